"""Minimal Boutique in one process, with SQLite and every span recorded: its load script's requests, and checkouts alone."""

import json
import pathlib
import re
import resource
import subprocess

from figures import Figure
from shop import PROGRAM, SERVER_CORE

CHECKOUTS = pathlib.Path(__file__).parent / "checkouts.json"


def measure():
    mix = rate("visitors", "--users", "3000", "--spawn-rate", "1000", "--duration", "60s")
    checkouts, spans = rate(str(CHECKOUTS), "--users", "100", "--duration", "4s"), spans_of_a_checkout()
    return [
        Figure("requests of the load script", mix, "per second and core", at_least=3_000),
        Figure("checkouts", checkouts, "per second and core", at_least=3_000),
        Figure("spans of a checkout", spans, at_most=26, at_least=26),
    ]


def rate(journey, *amount):
    """Requests per second of processor time. Simulated time never waits, so that nothing but work is counted; the visitors' own is in it, the start is not."""
    requests, seconds = run(journey, *amount)
    _, start = run(journey, "--users", "1", "--duration", "1s")
    return requests / (seconds - start)


def run(journey, *amount):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = load(journey, "--json", *amount)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.loads(outcome.stdout)["total"]["requests"], after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def load(journey, *options):
    return subprocess.run(
        ["taskset", "-c", SERVER_CORE, PROGRAM, "load", "--virtual", "--pack", "boutique", "--state", "broken", "--journey", journey, "--seed", "1", *options],
        check=True, capture_output=True, text=True, timeout=300)


def spans_of_a_checkout():
    """The number that every checkout's trace has, except the first of a cart, which asks for what it does not remember."""
    queries = [f'trace service:backend resource:"POST /checkout/" span_count>{below}' for below in range(20, 40)]
    options = [word for query in queries for word in ("--evidence", query)]
    found = [int(count) for count in re.findall(r"(\d+) found: trace", load(str(CHECKOUTS), "--users", "1", "--duration", "1s", *options).stderr)]
    # A query counts the spans below one, so that the span itself is added.
    return 1 + 20 + sum(count > 1 for count in found)
