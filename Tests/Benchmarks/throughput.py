"""`GET /ads` (SQL, JSON) against a C server that sends the same bytes; with recording on and off. Server and client have a core each."""

import os
import statistics
import subprocess
import tempfile
import urllib.request

import load
from figures import Figure
from shop import ADS_PORT, SERVER_CORE, Shop

SECONDS = 5
ROUNDS = 3
CONSTANT_SERVER = os.environ.get("BENCHMARK_TOOLS", ".build/benchmarks") + "/constant_server"


def measure_shop(instrumentation):
    with Shop("fixed", "--instrumentation", instrumentation):
        address = f"http://127.0.0.1:{ADS_PORT}/ads"
        load.run(address, seconds=1)
        return load.run(address, SECONDS)


def measure_constant(body, content_type):
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        options = ["taskset", "-c", SERVER_CORE, CONSTANT_SERVER, file.name, content_type]
        with subprocess.Popen(options, stdout=subprocess.PIPE, text=True) as server:
            try:
                address = f"http://127.0.0.1:{int(server.stdout.readline())}/ads"
                load.run(address, seconds=1)
                return load.run(address, SECONDS)
            finally:
                server.terminate()


def ads_answer():
    with Shop("fixed"), urllib.request.urlopen(f"http://127.0.0.1:{ADS_PORT}/ads") as answer:
        return answer.read(), answer.headers["Content-Type"]


def measure():
    body, content_type = ads_answer()
    reports = {"constant": [], "full": [], "none": []}
    # Taking turns, so that a slow minute of the machine falls on all three.
    for _ in range(ROUNDS):
        reports["constant"].append(measure_constant(body, content_type))
        for instrumentation in ("full", "none"):
            reports[instrumentation].append(measure_shop(instrumentation))
    rates = {name: statistics.median(report.requests_per_second for report in runs) for name, runs in reports.items()}
    failures = sum(report.failures for runs in reports.values() for report in runs)
    return [
        Figure("constant answer in C", rates["constant"], "req/s"),
        Figure("GET /ads, full recording", rates["full"], "req/s"),
        Figure("GET /ads, no recording", rates["none"], "req/s"),
        Figure("GET /ads / constant", rates["full"] / rates["constant"], at_least=0.35),
        Figure("full / no recording", rates["full"] / rates["none"], at_least=0.80),
        Figure("failed requests", failures, at_most=0),
    ]
