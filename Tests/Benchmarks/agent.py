"""`GET /ads` without a Datadog agent, with one that takes everything, and with one that is dead. Server and client have a core each."""

import multiprocessing
import os
import re
import socket
import statistics
import urllib.request

import load
from figures import Figure
from shop import ADS_PORT, CLIENT_CORE, PORT, Shop

SECONDS = 5
ROUNDS = 3
OBSERVABILITY_PORT = PORT + 99


def serve(listener):
    """Reads requests and answers each with the same few bytes, one connection at a time, as the shop uses one."""
    os.sched_setaffinity(0, {int(CLIENT_CORE)})
    buffer = bytearray(1 << 20)
    while True:
        connection, _ = listener.accept()
        head = b""
        while data := connection.recv(65536):
            head += data
            end = head.find(b"\r\n\r\n")
            if end < 0:
                continue
            rest = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) - (len(head) - end - 4)
            while rest > 0 and (count := connection.recv_into(buffer)):
                rest -= count
            head = b""
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n{\"rate_by_service\":{}}")
        connection.close()


def metric(text, name):
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE))


def measure_shop(port):
    """Rate, resident MiB, and the shop's own metrics at the end; no agent is named when the port is None."""
    agent = {} if port is None else {"DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": str(port), "DD_DOGSTATSD_PORT": str(port)}
    with Shop("fixed", "--observability-port", str(OBSERVABILITY_PORT), environment=agent) as shop:
        address = f"http://127.0.0.1:{ADS_PORT}/ads"
        load.run(address, seconds=2)
        report = load.run(address, SECONDS)
        with urllib.request.urlopen(f"http://127.0.0.1:{OBSERVABILITY_PORT}/metrics") as answer:
            metrics = answer.read().decode()
        return report, shop.status("VmRSS") / 1024, metrics


def measure():
    live = socket.create_server(("127.0.0.1", 0))
    agent = multiprocessing.Process(target=serve, args=(live,), daemon=True)
    agent.start()
    # Bound and not listening: connections are refused, and nobody else gets the port meanwhile.
    dead = socket.socket()
    dead.bind(("127.0.0.1", 0))
    ports = {"none": None, "dead": dead.getsockname()[1], "live": live.getsockname()[1]}
    runs = {name: [] for name in ports}
    # Taking turns, so that a slow minute of the machine falls on all three.
    for _ in range(ROUNDS):
        for name, port in ports.items():
            runs[name].append(measure_shop(port))
    agent.terminate()
    rates = {name: statistics.median(run[0].requests_per_second for run in all_runs) for name, all_runs in runs.items()}
    dead_metrics, live_metrics = runs["dead"][-1][2], runs["live"][-1][2]
    return [
        Figure("GET /ads, no agent", rates["none"], "req/s"),
        Figure("dead agent / no agent", rates["dead"] / rates["none"], at_least=0.95),
        Figure("live agent / no agent", rates["live"] / rates["none"]),
        Figure("spans dropped, dead agent", metric(dead_metrics, "datadog_tracer_dropped_spans_total"), at_least=1),
        Figure("requests to the dead agent", metric(dead_metrics, "datadog_tracer_api_requests_total"), at_most=12),
        Figure("spans sent, live agent", metric(live_metrics, "datadog_tracer_flush_spans_total"), at_least=1),
        Figure("bytes sent, live agent", metric(live_metrics, "datadog_tracer_flush_bytes_total") / 2**20, "MiB"),
        Figure("resident, dead agent", max(run[1] for run in runs["dead"]), "MiB", at_most=64),
        Figure("resident, live agent", max(run[1] for run in runs["live"]), "MiB", at_most=64),
        Figure("failed requests", sum(run[0].failures for all_runs in runs.values() for run in all_runs), at_most=0),
    ]
