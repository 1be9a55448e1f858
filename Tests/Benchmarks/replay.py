"""The recorded session, request after request without the pauses, on the broken and on the fixed shop."""

import urllib.request

from figures import Figure
from shop import PORT, Shop


def play(state):
    """The report of `shophost replay`: statuses and times for each request line."""
    with Shop(state) as shop:
        # Start-up is measured elsewhere; the first page would otherwise pay for cold caches.
        urllib.request.urlopen(f"http://127.0.0.1:{PORT}/cart_link", timeout=30).read()
        return shop.replay("--speed", "max")


def is_page(line):
    """What a visitor opens; the rest is loaded by pages."""
    return line["name"].split()[1].split("?")[0] in ("/", "/products", "/cart") or "GET /products/" in line["name"] or "GET /t/" in line["name"]


def print_by_page(state, report):
    print(f"{state}:")
    for line in report["lines"]:
        statuses = " ".join(f"{count} x {status}" for status, count in line["statuses"].items())
        times = line["latencyMilliseconds"]
        print(f"  {line['name'][:65]:65}  {statuses:10}  median {times['p50']:8.2f} ms  greatest {times['max']:8.2f} ms")


def measure():
    broken, fixed = play("broken"), play("fixed")
    print_by_page("broken", broken)
    print_by_page("fixed", fixed)
    failed = sum(count for status, count in broken["statuses"].items() if int(status) >= 400)
    home = next(line for line in broken["lines"] if line["name"] == "GET /")
    return [
        Figure("broken: requests", broken["requests"], at_least=101, at_most=101),
        Figure("broken: status 500", broken["statuses"].get("500", 0), at_least=8, at_most=8),
        Figure("broken: other failures", failed - broken["statuses"].get("500", 0) + sum(broken["errors"].values()), at_most=0),
        Figure("broken: home page, median", home["latencyMilliseconds"]["p50"], "ms", at_least=2_500, at_most=2_800),
        Figure("fixed: failures", sum(c for s, c in fixed["statuses"].items() if int(s) >= 400) + sum(fixed["errors"].values()), at_most=0),
        Figure("fixed: slowest page", max(line["latencyMilliseconds"]["max"] for line in fixed["lines"] if is_page(line)), "ms", at_most=50),
        Figure("fixed: slowest request", fixed["latencyMilliseconds"]["max"], "ms"),
    ]
