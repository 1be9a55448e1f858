"""Runs wrk on the clients' core and reads its report."""

import dataclasses
import re
import subprocess

from shop import CLIENT_CORE


@dataclasses.dataclass
class Report:
    requests_per_second: float
    requests: int
    failures: int


def command(address, seconds, *options):
    return ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-d{seconds}s", *options, address]


def run(address, seconds, connections=64):
    options = command(address, seconds, f"-c{connections}")
    return read(subprocess.run(options, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout)


def read(text):
    """wrk counts refused, broken and late connections, and answers other than 2xx and 3xx; all of them are failures."""
    socket_errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    statuses = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    failures = sum(map(int, socket_errors.groups())) if socket_errors else 0
    return Report(
        requests_per_second=float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        requests=int(re.search(r"(\d+) requests in", text)[1]),
        failures=failures + (int(statuses[1]) if statuses else 0))
