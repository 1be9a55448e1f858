"""The Sock Shop's incidents with their visitors in real time, beside the same minutes in simulated time."""

import json
import os
import statistics
import subprocess
import threading
import time
import urllib.parse

from figures import Figure
from http.client import HTTPConnection
from shop import CLIENT_CORE, PROGRAM, Shop

SECONDS = int(os.environ.get("INCIDENT_SECONDS", "90"))
# With how many percent more or less may fail. In 7 full queues take 4.94 s, and answers that take more than 5 s count as failures.
INCIDENTS = [("1", "crowd", 3_000, 5), ("2", "hybrid", 750, 5), ("4", "latency", 500, 5), ("7", "hybrid", 750, 15)]
# Those that are named, or all.
CHOSEN = [row for row in INCIDENTS if row[0] in os.environ.get("INCIDENTS", "1 2 4 7").split()]
ENDS = ["event reason:OOMKilled", 'event reason:Killing "failed liveness probe"']


class Watcher(threading.Thread):
    """Asks a listener one thing over and over on one connection; keeps the times, each with what the shop's processor did meanwhile."""

    def __init__(self, shop, url, path, token=None):
        super().__init__(daemon=True)
        self.shop = shop
        self.host = urllib.parse.urlsplit(url).netloc
        self.path, self.headers = path, {"Authorization": f"Bearer {token}"} if token else {}
        self.times, self.failures, self.is_over = [], 0, False

    def run(self):
        connection = HTTPConnection(self.host, timeout=30)
        while not self.is_over:
            busy, started = self.shop.processor_milliseconds(), time.perf_counter()
            try:
                connection.request("GET", self.path, headers=self.headers)
                answer = connection.getresponse()
                answer.read()
                self.failures += answer.status != 200
            except OSError:
                connection.close()
                self.failures += 1
            self.times.append(((time.perf_counter() - started) * 1e3, self.shop.processor_milliseconds() - busy))
            time.sleep(0.1)

    def end(self):
        self.is_over = True
        self.join()


def measure():
    return [figure for row in CHOSEN for figure in incident(*row)]


def incident(number, journey, visitors, margin):
    amount = ["--journey", journey, "--duration", f"{SECONDS}s", "--json"]
    with Shop(f"incident-{number}", pack="sockshop") as shop:
        variables = shop.read("env")
        watchers = {
            "control": Watcher(shop, variables["SHOPHOST_CONTROL_URL"], "/v1/status", variables["SHOPHOST_CONTROL_TOKEN"]),
            "observability": Watcher(shop, variables["OBSERVABILITY_URL"], "/api/services"),
        }
        for watcher in watchers.values():
            watcher.start()
        real = load(*amount, environment=shop.environment)
        for watcher in watchers.values():
            watcher.end()
        memory = shop.status("VmHWM") / 1024
        events = shop.read("get", "events")
    real_ends = [sum(e["count"] for e in events if e["reason"] == "OOMKilled"), sum(e["count"] for e in events if "failed liveness probe" in e["message"])]
    queries = [word for query in ENDS for word in ("--evidence", query)]
    simulated = load(*amount, "--virtual", "--pack", "sockshop", "--state", f"incident-{number}", "--seed", "1", *queries)
    simulated_ends = [int(line.split()[0]) for line in simulated["stderr"].splitlines() if " found: " in line]
    name = f"{number}: {visitors:,} visitors"
    expected, average = failed(simulated), simulated["total"]["latencyMilliseconds"]["mean"]
    figures = [
        Figure(f"{name}, requests", real["total"]["requests"], at_least=0.85 * simulated["total"]["requests"], at_most=1.15 * simulated["total"]["requests"]),
        Figure(f"{number}: failed", failed(real), "%", at_least=max(0, expected - margin), at_most=expected + margin),
        Figure(f"{number}: average", real["total"]["latencyMilliseconds"]["mean"], "ms", at_least=0.85 * average, at_most=1.15 * average),
    ]
    for kind, happened, supposed in zip(["out of memory", "killed by the probe"], real_ends, simulated_ends, strict=True):
        figures.append(Figure(f"{number}: containers {kind}", happened, at_least=max(0, supposed - 1) if supposed else 0, at_most=supposed + (1 if supposed else 0)))
    figures.append(Figure(f"{number}: resident at most", memory, "MiB", at_most=300))
    for listener, watcher in watchers.items():
        figures += [
            Figure(f"{number}: {listener} listener, median", statistics.median(wait for wait, _ in watcher.times), "ms"),
            Figure(f"{number}: {listener} listener, greatest of {len(watcher.times)}", max(watcher.times)[0], "ms", at_most=50),
            # Less than the time itself: the shop was not let run.
            Figure(f"{number}: of that the shop's processor", max(watcher.times)[1], "ms"),
            Figure(f"{number}: {listener} listener, failures", watcher.failures, at_most=0),
        ]
    return figures


def load(*arguments, environment=None):
    """The report of a run. Failures make its exit status 1."""
    finished = subprocess.run(
        ["taskset", "-c", CLIENT_CORE, PROGRAM, "load", *arguments], capture_output=True, text=True, env=environment, timeout=SECONDS + 300)
    if finished.returncode not in (0, 1):
        raise RuntimeError("the visitors did not come: " + finished.stderr[-2000:])
    return json.loads(finished.stdout) | {"stderr": finished.stderr}


def failed(report):
    return 100 * report["total"]["failures"] / report["total"]["requests"]
