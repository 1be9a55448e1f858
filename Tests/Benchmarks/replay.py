"""The recorded session, request after request without the pauses, on the broken and on the fixed shop."""

import collections
import statistics

import recording
from figures import Figure
from recording import Player
from shop import PORT, Shop


def play(state):
    """For each request line of the recording: the statuses and times that it had."""
    requests = recording.read()
    with Shop(state):
        player = Player(PORT)
        # Start-up is measured elsewhere; the first page would otherwise pay for cold caches.
        player.send(requests[1])
        answers = [(request, *player.send(request)) for request in requests]
    return answers


def print_by_page(state, answers):
    pages = collections.defaultdict(list)
    for request, status, milliseconds in answers:
        pages[request.method, request.target[:60]].append((status, milliseconds))
    print(f"{state}:")
    for (method, target), results in pages.items():
        statuses = " ".join(f"{count} x {status}" for status, count in collections.Counter(status for status, _ in results).items())
        times = [milliseconds for _, milliseconds in results]
        print(f"  {method:4} {target:60}  {statuses:10}  median {statistics.median(times):8.2f} ms  greatest {max(times):8.2f} ms")


def measure():
    broken, fixed = play("broken"), play("fixed")
    print_by_page("broken", broken)
    print_by_page("fixed", fixed)
    home = statistics.median(milliseconds for request, _, milliseconds in broken if request.target == "/")
    return [
        Figure("broken: requests", len(broken), at_least=101, at_most=101),
        Figure("broken: status 500", sum(status == 500 for _, status, _ in broken), at_least=8, at_most=8),
        Figure("broken: other failures", sum(status >= 400 and status != 500 for _, status, _ in broken), at_most=0),
        Figure("broken: home page, median", home, "ms", at_least=2_500, at_most=2_800),
        Figure("fixed: failures", sum(status >= 400 for _, status, _ in fixed), at_most=0),
        Figure("fixed: slowest page", max(milliseconds for request, _, milliseconds in fixed if request.is_page), "ms", at_most=50),
        Figure("fixed: slowest request", max(milliseconds for *_, milliseconds in fixed), "ms"),
    ]
