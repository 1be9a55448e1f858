#!/usr/bin/env python3
"""Runs the named benchmarks, or all, and prints a table for each. Exit status: 0 when every target is met, 1 otherwise.

Called by run.sh, which installs and builds what is needed.
"""

import importlib
import os
import sys

import figures

BENCHMARKS = ["startup", "memory", "replay", "waiting", "switching", "throughput", "agent", "generators", "checkout", "incidents"]


def main(names):
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    # The clients share a core, the shop has the other one for itself.
    os.sched_setaffinity(0, {1})
    all_met = True
    for name in names or BENCHMARKS:
        module = importlib.import_module(name)
        print(f"\n== {name}: {module.__doc__.splitlines()[0]}", flush=True)
        measured = module.measure()
        figures.show(measured)
        all_met &= all(figure.is_met for figure in measured)
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
