"""`shophost load` against hey, wrk, Locust and libcurl alone on the same core and target; 3,000 visitors who think; five simulated minutes of 3,000 visitors."""

import concurrent.futures
import contextlib
import json
import os
import re
import statistics
import subprocess
import tempfile
import time

import load
from figures import Figure
from shop import CLIENT_CORE, PORT, PROGRAM, SERVER_CORE, Shop

SECONDS = 5
ROUNDS = 3
CONNECTIONS = 64
USERS = 3_000
TOOLS = os.environ.get("BENCHMARK_TOOLS", ".build/benchmarks")
PINNED = ["taskset", "-c", CLIENT_CORE]

LOCUSTFILE = """
from locust import HttpUser, task
class Visitor(HttpUser):
    @task
    def ads(self):
        self.client.get("/ads")
"""


@contextlib.contextmanager
def constant_server():
    """A C server that answers with the same 300 bytes; gives its address."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x" * 300)
        file.flush()
        options = ["taskset", "-c", SERVER_CORE, TOOLS + "/constant_server", file.name, "text/plain"]
        with subprocess.Popen(options, stdout=subprocess.PIPE, text=True) as server:
            try:
                yield f"http://127.0.0.1:{int(server.stdout.readline())}"
            finally:
                server.terminate()


def output(arguments, seconds=SECONDS + 60, **options):
    return subprocess.run(PINNED + arguments, capture_output=True, text=True, timeout=seconds, **options)


def ours(address, *options):
    """The JSON report of a run with hey's options."""
    return json.loads(output([PROGRAM, "load", *options, "--json", address]).stdout)


def hey_rate(address):
    report = output(["hey", "-cpus", "1", "-c", str(CONNECTIONS), "-z", f"{SECONDS}s", address]).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])


def libcurl_rate(address):
    """What libcurl carries when nobody measures, which no generator on it can exceed."""
    return float(output([TOOLS + "/libcurl_client", address, str(CONNECTIONS), str(SECONDS)]).stdout)


def locust_rate(address):
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/locustfile.py", "w") as file:
            file.write(LOCUSTFILE)
        report = folder + "/out"
        # Every visitor is there from the start; a run time is what it measures over.
        output(
            [TOOLS + "/locust/bin/locust", "-f", folder + "/locustfile.py", "-H", address, "--headless", "-u", str(CONNECTIONS), "-r", str(CONNECTIONS),
             "-t", f"{SECONDS}s", "--csv", report, "--only-summary"])
        with open(report + "_stats.csv") as file:
            rows = [line.rstrip().split(",") for line in file]
    return float(rows[-1][rows[0].index("Requests/s")])


def rates():
    found = {"hey": [], "libcurl": [], "locust": [], "ours": []}
    with constant_server() as base:
        # Taking turns, so that a slow minute of the machine falls on all.
        for _ in range(ROUNDS):
            found["hey"].append(hey_rate(base + "/ads"))
            found["libcurl"].append(libcurl_rate(base + "/ads"))
            found["ours"].append(ours(base + "/ads", "-c", str(CONNECTIONS), "-z", f"{SECONDS}s")["requestsPerSecond"])
            found["locust"].append(locust_rate(base))
    return {name: statistics.median(values) for name, values in found.items()}


MILLISECONDS = {"us": 1e-3, "ms": 1, "s": 1e3}


# A rate that the shop keeps with ease: 16 connections of each generator that rest after each answer, for random times so that they do not
# march in step.
PACED_CONNECTIONS = 16
PACED_SECONDS = 16
PACED_ROUNDS = 7
REST_MILLISECONDS = [50, 350]
WRK_PACE = "function delay() return math.random({}, {}) end".format(*REST_MILLISECONDS)
JOURNEY_PACE = {
    "title": "Paced", "visitors": {"v": {"cookies": False, "waitMilliseconds": REST_MILLISECONDS, "tasks": [{"steps": [{"request": "GET /"}]}]}}}


def wrk_percentiles(address):
    """Percent by milliseconds, as `wrk --latency` prints them."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(WRK_PACE)
        script.flush()
        options = load.command(address, PACED_SECONDS, f"-c{PACED_CONNECTIONS}", "--latency", "-s", script.name)
        report = subprocess.run(options, check=True, capture_output=True, text=True).stdout
    return {int(percent): float(number) * MILLISECONDS[unit] for percent, number, unit in re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s)$", report, re.M)}


def own_percentiles(address):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as journey:
        json.dump(JOURNEY_PACE, journey)
        journey.flush()
        report = ours(address, "--journey", journey.name, "--users", str(PACED_CONNECTIONS), "--spawn-rate", "1000", "--duration", f"{PACED_SECONDS}s")
    return {percent: report["total"]["latencyMilliseconds"][f"p{percent}"] for percent in (50, 75, 90, 99)}


def percentiles():
    """The relative difference to wrk's, by percentile, on the shop's home page; the medians of rounds in which both measure at the same time.

    One after the other they would meet different seconds of the machine: wrk's own p99 differs from wrk's by a tenth then.
    """
    theirs, own = {}, {}
    with Shop("fixed"), concurrent.futures.ThreadPoolExecutor(2) as both:
        address = f"http://127.0.0.1:{PORT}/"
        load.run(address, seconds=1)
        for _ in range(PACED_ROUNDS):
            running = [(theirs, both.submit(wrk_percentiles, address)), (own, both.submit(own_percentiles, address))]
            for found, result in running:
                for percent, value in result.result().items():
                    found.setdefault(percent, []).append(value)
    return {percent: abs(statistics.median(own[percent]) / statistics.median(theirs[percent]) - 1) * 100 for percent in own}


def thinking_visitors():
    """Greatest resident memory, in MiB, of 3,000 visitors who think between requests, and their failures."""
    journey = {"title": "Thinking", "visitors": {"v": {"waitMilliseconds": [1000, 3000], "tasks": [{"steps": [{"request": "GET /ads"}]}]}}}
    with constant_server() as base, tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(journey, file)
        file.flush()
        arguments = [PROGRAM, "load", "--journey", file.name, "--users", str(USERS), "--spawn-rate", "600", "--duration", "15s", "--json", base]
        with subprocess.Popen(PINNED + arguments, stdout=subprocess.PIPE, text=True) as process:
            report = process.stdout.read()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
    run = json.loads(report)
    return usage.ru_maxrss / 1024, run["failures"], run["mostUsers"]


def simulated_incident():
    """Real seconds for five simulated minutes of 3,000 visitors in the broken shop, and their requests."""
    started = time.perf_counter()
    arguments = ["load", "--virtual", "--pack", "storedog", "--state", "broken", "--journey", "browsing", "--users", str(USERS), "--spawn-rate", "100", "--duration", "5m"]
    report = output([PROGRAM, *arguments, "--json"], seconds=600).stdout
    return time.perf_counter() - started, json.loads(report)["requests"]


def measure():
    rate = rates()
    differences = percentiles()
    memory, failures, users = thinking_visitors()
    seconds, requests = simulated_incident()
    return [
        Figure("hey", rate["hey"], "req/s"),
        Figure("Locust", rate["locust"], "req/s"),
        Figure("libcurl alone", rate["libcurl"], "req/s"),
        Figure("libcurl alone / hey", rate["libcurl"] / rate["hey"]),
        Figure("shophost load", rate["ours"], "req/s"),
        Figure("shophost load / libcurl alone", rate["ours"] / rate["libcurl"]),
        Figure("shophost load / hey", rate["ours"] / rate["hey"], at_least=1.5),
        Figure("shophost load / Locust", rate["ours"] / rate["locust"], at_least=50),
        *(Figure(f"p{percent} differs from wrk's by", difference, "%", at_most=5) for percent, difference in differences.items()),
        Figure("visitors who think", users, at_least=USERS),
        Figure("their failures", failures, at_most=0),
        Figure("resident at most", memory, "MiB", at_most=200),
        Figure("five simulated minutes, 3,000 visitors", seconds, "s"),
        Figure("requests in them", requests),
    ]
