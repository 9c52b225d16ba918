"""Measure all curves, write the report, print its table; exit code 1 if a curve leaves its law."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from .page import summary, write
from .sweeps import measure


def main() -> int:
    """Exit code: 0, or 1 if a curve left its law."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.laws", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1], help="folder to write to")
    parser.add_argument("--fast", action="store_true", help="few points of each curve")
    asked = parser.parse_args()
    start = time.perf_counter()
    figures, curves = measure(fast=asked.fast, progress=lambda text: print(text, file=sys.stderr, flush=True))
    write(figures, curves, asked.out)
    print(summary(figures, curves))
    failed = [f"{c.figure} {c.name}" for c in curves if not c.passed]
    print(
        f"\n{len(curves)} curves in {time.perf_counter() - start:.0f} s, {len(failed)} off their law", file=sys.stderr
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
