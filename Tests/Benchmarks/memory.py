"""Resident memory after 10,000 requests in the recorded mix."""

import recording
from figures import Figure
from recording import Player
from shop import PORT, Shop

REQUESTS = 10_000


def measure():
    requests = recording.read()
    with Shop("fixed") as shop:
        before = shop.status("VmRSS")
        player = Player(PORT)
        failures = sum(player.send(requests[index % len(requests)])[0] >= 400 for index in range(REQUESTS))
        return [
            Figure("resident after start", before / 1024, "MiB"),
            Figure(f"resident after {REQUESTS:,} requests", shop.status("VmRSS") / 1024, "MiB", at_most=64),
            Figure("resident at most", shop.status("VmHWM") / 1024, "MiB"),
            Figure("failed requests", failures, at_most=0),
        ]
