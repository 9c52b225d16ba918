"""Run all benchmarks, or those named, print the table and write it to benchmarks/results.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import camera, conditions, environment, episode, lidar, physics
from .machine import Machine, pin
from .report import Row, markdown

BENCHMARKS: dict[str, Callable[[], list[Row]]] = {
    "camera": camera.measure,
    "lidar": lidar.measure,
    "conditions": conditions.measure,
    "episode": episode.measure,
    "environment": environment.measure,
    "physics": physics.measure,
}
RESULTS = Path(__file__).with_name("results.md")


def main() -> int:
    """Exit code: 0, or 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; default all")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file to write")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"unknown benchmark {unknown[0]!r}, expected any of {', '.join(BENCHMARKS)}")
    core = pin()
    rows: list[Row] = []
    before = Machine.now(core)
    for name in asked.names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        for row in BENCHMARKS[name]():
            print(f"  {row.name}: {row.shown} ({row.detail})", file=sys.stderr, flush=True)
            rows.append(row)
    text = markdown(rows, before, Machine.now(core))
    asked.out.write_text(text)
    print(text)
    return 0 if all(row.passed is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
