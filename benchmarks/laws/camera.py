"""Contrast of black targets against the horizon, read off rendered radiance: Koschmieder's law.

Targets stand at several distances, each seen in its own direction; the horizon is what the same pixel shows without
them, so that the airlight is the same in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import Shutter, render
from cornercase.renderers.scene import Environment, Material
from cornercase.renderers.transforms import look_at

from .air import Sweep
from .curve import Curve, Figure
from .worlds import Body, still_at, tracer_of

EYE_M = 1.5
DISTANCES_M = (20.0, 50.0, 100.0, 200.0, 500.0)
_WIDTH, _HEIGHT, _FOCAL = 260, 24, 260.0
_ROW = _HEIGHT // 2 - 1
"""Just above eye level, where the layer of air has no end."""
RELATIVE, ABSOLUTE = 0.02, 5e-4


def figure(sweep: Sweep) -> Figure:
    """What the curves over a sweep share."""
    return Figure(
        f"contrast_{sweep.name}", f"Camera: contrast of a black target in {sweep.name}",
        "exp(-alpha d) against the horizon (Koschmieder)", sweep.label, "contrast",
        x_log=sweep.logarithmic,
    )  # fmt: skip


def curves(sweep: Sweep, distances_m: Sequence[float] = DISTANCES_M) -> Iterator[Curve]:
    """One curve for each distance."""
    lens = BrownConradyLens(_WIDTH, _HEIGHT, fx=_FOCAL)
    track = still_at(EYE_M, look_at((0.0, 0.0, EYE_M), (1.0, 0.0, EYE_M)))
    columns = np.linspace(30, _WIDTH - 30, len(distances_m)).astype(int)
    bodies = [_target(lens, int(c), d) for c, d in zip(columns, distances_m, strict=True)]
    behind = Body(trimesh.creation.box((1.0, 1.0, 1.0)), Material(), (-50.0, 0.0, 0.0))
    seen = np.empty((len(sweep.values), len(distances_m)))
    ranges = np.empty(len(distances_m))
    for k, value in enumerate(sweep.values):
        place = Environment(air=sweep.air(value))
        with_targets, without = (
            render(tracer_of(things, place), lens, track, Shutter(0.0), key=1)
            for things in ([*bodies, behind], [behind])
        )
        for i, c in enumerate(columns):
            horizon, target = (float(f.radiance[_ROW, c, 1]) for f in (without, with_targets))
            seen[k, i] = (horizon - target) / horizon if with_targets.instance[_ROW, c] == i + 1 else np.nan
            ranges[i] = with_targets.distance[_ROW, c]
    x = np.array(sweep.values)
    alpha = np.array([sweep.extinction(v) for v in sweep.values])
    many = sweep.dense()
    thick = np.array([sweep.extinction(v) for v in many])
    for i, d in enumerate(distances_m):
        law, line = np.exp(-alpha * ranges[i]), (many, np.exp(-thick * ranges[i]))
        yield Curve(figure(sweep).name, f"{d:g} m", x, seen[:, i], law, RELATIVE, ABSOLUTE, line)


def _target(lens: BrownConradyLens, column: int, distance_m: float) -> Body:
    """A black ball that fills some pixels around a column."""
    left = (lens.cx - column) / _FOCAL
    ball = trimesh.creation.icosphere(3, 6.0 / _FOCAL * distance_m)
    return Body(ball, Material((0.0, 0.0, 0.0), 1.0), (distance_m, left * distance_m, EYE_M))
