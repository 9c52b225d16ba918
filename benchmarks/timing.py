"""Repeats that alternate between candidates, so that a machine that slows down slows both.

Processor time is what counts: the process is held to one core and one thread, and other work on the machine then
costs it waiting but hardly any processor time. It includes all threads of the process.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Repeats of one candidate, each in seconds of processor time and of the clock."""

    cpu_s: tuple[float, ...]
    wall_s: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """Median processor time."""
        return statistics.median(self.cpu_s)


def once(work: Callable[[], object]) -> tuple[float, float]:
    """Processor and clock time of one call [s]."""
    gc.collect()
    gc.disable()
    try:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        return time.process_time() - cpu, time.perf_counter() - wall
    finally:
        gc.enable()


def interleaved(*candidates: Callable[[], object], repeats: int, warm_up: int = 1) -> list[Times]:
    """Call the candidates in turn, `repeats` times each after the warm-up."""
    for _ in range(warm_up):
        for work in candidates:
            work()
    rounds = [[once(work) for work in candidates] for _ in range(repeats)]
    return [
        Times(tuple(cpu for cpu, _ in column), tuple(wall for _, wall in column))
        for column in zip(*rounds, strict=True)
    ]
