"""All figures and their curves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from . import camera, lidar, radar, stopping
from .air import SWEEPS, thinned
from .curve import Curve, Figure

Part = tuple[tuple[Figure, ...], Callable[[], Iterator[Curve]]]


def parts(*, fast: bool) -> Iterator[Part]:
    """Each part of the report: its figures, and what measures their curves."""
    for sweep in SWEEPS:
        thin = thinned(sweep, 5) if fast else sweep
        yield (camera.figure(sweep),), partial(camera.curves, thin)
        yield (lidar.range_figure(sweep),), partial(lidar.ranges, thin)
        yield (lidar.points_figure(sweep),), partial(lidar.points, thin)
    rates = thinned(SWEEPS[1], 4 if fast else 1).values
    yield (radar.FIGURE,), partial(radar.curves, rates)
    yield stopping.FIGURES, partial(stopping.curves, 3 if fast else 1)


def measure(*, fast: bool, progress: Callable[[str], None]) -> tuple[list[Figure], list[Curve]]:
    """All figures in order, and all curves; `progress` hears of each part."""
    figures: list[Figure] = []
    curves: list[Curve] = []
    for of, work in parts(fast=fast):
        start = time.perf_counter()
        curves += work()
        figures += of
        progress(f"{of[0].title}: {time.perf_counter() - start:.1f} s")
    return figures, curves
