"""Resident memory after 10,000 requests in the recorded mix."""

from figures import Figure
from shop import Shop

# 101 requests each.
PASSES = 100


def measure():
    with Shop("fixed") as shop:
        before = shop.status("VmRSS")
        report = shop.replay("--speed", "max", "--loop", str(PASSES))
        failures = sum(c for s, c in report["statuses"].items() if int(s) >= 400) + sum(report["errors"].values())
        return [
            Figure("resident after start", before / 1024, "MiB"),
            Figure(f"resident after {report['requests']:,} requests", shop.status("VmRSS") / 1024, "MiB", at_most=64),
            Figure("resident at most", shop.status("VmHWM") / 1024, "MiB"),
            Figure("failed requests", failures, at_most=0),
        ]
