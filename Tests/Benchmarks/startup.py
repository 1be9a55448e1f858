"""Time from starting the program to its `ready` line."""

import statistics

from figures import Figure
from shop import Shop

RUNS = 20


def measure():
    seconds = []
    for _ in range(RUNS):
        with Shop("broken") as shop:
            seconds.append(shop.seconds_to_ready)
    return [
        Figure("ready after, median", statistics.median(seconds) * 1e3, "ms", at_most=200),
        Figure("ready after, greatest", max(seconds) * 1e3, "ms", at_most=200),
    ]
