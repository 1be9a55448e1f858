"""Time of reset and switch, and what a load notices of 1,000 switches.

The commands are timed as a trainer types them. What the host needs for them is that time less that of a command which asks it nothing.
"""

import itertools
import pathlib
import signal
import statistics
import subprocess
import time

import load
from figures import Figure
from shop import PORT, Shop

RUNS = 20
SWITCHES = 1_000
LONGEST = 120
MIX = pathlib.Path(__file__).with_name("pages.lua")


def median_time(shop, *commands):
    choices = itertools.cycle(commands)
    return statistics.median(shop.command(*next(choices)) for _ in range(RUNS))


def switch_often(shop):
    """Switches to and fro; returns how often before the time ran out."""
    deadline = time.monotonic() + LONGEST
    for count in range(SWITCHES):
        if time.monotonic() > deadline:
            return count
        shop.command("switch", "storedog", ("broken", "fixed")[count % 2])
    return SWITCHES


def switch_under_load(shop):
    # A page waits 2.5 s in the broken state; wrk's own limit of 2 s would count that as a failure.
    options = load.command(f"http://127.0.0.1:{PORT}", LONGEST * 2, "-c16", "--timeout", "30s", "--script", str(MIX))
    with subprocess.Popen(options, stdout=subprocess.PIPE, text=True) as client:
        try:
            done = switch_often(shop)
        finally:
            client.send_signal(signal.SIGINT)
        return done, load.read(client.communicate(timeout=60)[0])


def measure():
    with Shop("fixed") as shop:
        base = median_time(shop, ["--help"])
        reset = median_time(shop, ["reset"])
        switch = median_time(shop, ["switch", "storedog", "broken"], ["switch", "storedog", "fixed"])
        done, report = switch_under_load(shop)
    return [
        Figure("command that asks nothing", base, "ms"),
        Figure("reset, whole command", reset, "ms"),
        Figure("reset in the host", max(reset - base, 0), "ms", at_most=10),
        Figure("switch, whole command", switch, "ms", at_most=100),
        Figure("switches under load", done, at_least=SWITCHES),
        Figure("requests meanwhile", report.requests, at_least=1),
        Figure("failed requests", report.failures, at_most=0),
    ]
