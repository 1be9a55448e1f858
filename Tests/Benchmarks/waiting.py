"""3,000 connections waiting for the slow `GET /ads` of the broken state, while another client asks for other routes."""

import json
import os
import statistics
import subprocess
import time

from figures import Figure
from http.client import HTTPConnection
from shop import ADS_PORT, CLIENT_CORE, PORT, Shop

CONNECTIONS = 3_000
DELAY = 2_500
CLIENT = os.environ.get("BENCHMARK_TOOLS", ".build/benchmarks") + "/waiting_client"
OTHER_ROUTES = [(PORT, "/cart_link"), (ADS_PORT, "/banners/1.jpg")]


def ask(connection, path):
    started = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return (time.perf_counter() - started) * 1e3 if answer.status == 200 else float("inf")


def measure():
    with Shop("broken") as shop:
        others = [(HTTPConnection("127.0.0.1", port, timeout=30), path) for port, path in OTHER_ROUTES]
        for connection, path in others:
            ask(connection, path)
        threads_before, threads, times = shop.status("Threads"), [], []
        options = ["taskset", "-c", CLIENT_CORE, CLIENT, str(ADS_PORT), "/ads", str(CONNECTIONS), "30"]
        with subprocess.Popen(options, stdout=subprocess.PIPE, text=True) as client:
            while client.poll() is None:
                times += [(time.perf_counter(), ask(connection, path)) for connection, path in others]
                threads.append(shop.status("Threads"))
                # A visitor, not a load generator: without a pause it would take half of both cores from what is measured.
                time.sleep(0.005)
            waiting = json.loads(client.stdout.read())
        ended = time.perf_counter()
        # All requests are sent at once and answered DELAY later: in between they wait, before and after they keep the loop busy.
        quiet = [length for at, length in times if ended - (DELAY - 200) / 1e3 < at < ended - 0.2]
        busy = [length for at, length in times if not ended - (DELAY - 200) / 1e3 < at < ended - 0.2]
        memory = shop.status("VmHWM")
    return [
        Figure("waiting connections answered", waiting["answered"], at_least=CONNECTIONS),
        Figure("errors", waiting["errors"], at_most=0),
        Figure("additional threads", max(threads) - threads_before, at_most=0),
        Figure("slow answer, median", waiting["median"], "ms", at_least=DELAY - 50, at_most=DELAY + 50),
        Figure("slow answer, greatest", waiting["greatest"], "ms"),
        Figure("other routes while they wait, median", statistics.median(quiet), "ms"),
        Figure("other routes while they wait, greatest", max(quiet), "ms", at_most=20),
        Figure("other routes while all arrive or leave, greatest", max(busy), "ms", at_most=20),
        Figure("resident at most", memory / 1024, "MiB"),
    ]
