"""Encroachment: how long after one road user leaves the shared area another enters it.

Predicted, at every moment: both keep their velocity, each sweeps a strip of ground, the two strips cross in a
parallelogram. The predicted time is the later entry less the earlier exit (time advantage); it is negative, by how
long both would be inside at once, where they are on course to meet there. Post-encroachment time (PET) is measured
after the episode from the two tracks of boxes over a given area; if both were ever inside at once it is undefined, an
interaction, and not 0. Sources: Allen et al. 1978; Laureshyn et al. 2010, doi 10.1016/j.aap.2010.03.021.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from .plane import half_extent

F64 = NDArray[np.float64]
LEAST_CROSSING_RAD = np.deg2rad(10.0)
"""Paths that cross at less follow or meet each other; their shared strip is no crossing."""
HORIZON_S = 10.0
"""Entries further ahead say nothing: nobody keeps a velocity that long."""
_STANDING_MPS = 0.1


@compiled
def predicted_encroachment(a, b):  # type: ignore[no-untyped-def]
    """Later entry less earlier exit of the area where the paths of two boxes, rows of `BOX`, cross [s].

    Negative if both would be inside at once. inf if one stands, if the paths do not cross, if one has left the area,
    or if the later entry is further ahead than `HORIZON_S`.
    """
    speed_a, speed_b = np.hypot(a[2], a[3]), np.hypot(b[2], b[3])
    if speed_a < _STANDING_MPS or speed_b < _STANDING_MPS:
        return np.inf
    ax, ay, bx, by = a[2] / speed_a, a[3] / speed_a, b[2] / speed_b, b[3] / speed_b
    sine, cosine = ax * by - ay * bx, abs(ax * bx + ay * by)
    if abs(sine) < np.sin(LEAST_CROSSING_RAD):
        return np.inf
    x, y = b[0] - a[0], b[1] - a[1]
    way_a, way_b = (x * by - y * bx) / sine, (x * ay - y * ax) / sine
    wide_a, wide_b = half_extent(a, -ay, ax), half_extent(b, -by, bx)
    depth_a = (wide_b + wide_a * cosine) / abs(sine) + half_extent(a, ax, ay)
    depth_b = (wide_a + wide_b * cosine) / abs(sine) + half_extent(b, bx, by)
    enter_a, leave_a = (way_a - depth_a) / speed_a, (way_a + depth_a) / speed_a
    enter_b, leave_b = (way_b - depth_b) / speed_b, (way_b + depth_b) / speed_b
    if leave_a < 0.0 or leave_b < 0.0 or max(enter_a, enter_b) > HORIZON_S:
        return np.inf
    return max(enter_a, enter_b) - min(leave_a, leave_b)


class Encroachment(NamedTuple):
    """What two tracks did in one area.

    Attributes:
        pet_s: from the exit of one to the entry of the other; inf where it is undefined.
        first: 0 or 1, whose exit it is counted from; -1 where it is undefined.
        interaction: whether both were inside at the same time.

    """

    pet_s: float
    first: int
    interaction: bool


def post_encroachment(times_s: F64, first: F64, second: F64, area: F64) -> Encroachment:
    """Post-encroachment time of two tracks over a conflict area: the shortest where they enter more than once.

    Args:
        times_s: of the rows, (N,), rising.
        first, second: rows of `BOX`, (N, 7) or wider; rows of NaN where a track does not exist.
        area: corners of a convex polygon, (K, 2), in order, in the frame of the boxes [m].

    """
    inside = np.stack([_inside(track, area) for track in (first, second)])
    if bool(np.any(inside[0] & inside[1])):
        return Encroachment(np.inf, -1, True)
    best = Encroachment(np.inf, -1, False)
    for who in (0, 1):
        ends = np.flatnonzero(inside[who][:-1] & ~inside[who][1:]) + 1  # first row outside again
        begins = np.flatnonzero(inside[1 - who])
        for end in ends:
            after = begins[begins >= end]
            if len(after) and times_s[after[0]] - times_s[end] < best.pet_s:
                best = Encroachment(float(times_s[after[0]] - times_s[end]), who, False)
    return best


def _inside(track: F64, area: F64) -> NDArray[np.bool_]:
    """At which rows the box overlaps the polygon (separating axes of both)."""
    c, s = np.cos(track[:, 4]), np.sin(track[:, 4])
    edges = np.roll(area, -1, axis=0) - area
    normals = np.stack([-edges[:, 1], edges[:, 0]], axis=1) / np.linalg.norm(edges, axis=1)[:, None]
    overlap = np.ones(len(track), bool)
    fixed = [(np.full(len(track), nx), np.full(len(track), ny)) for nx, ny in normals]
    for ux, uy in [*fixed, (c, s), (-s, c)]:
        centre = track[:, 0] * ux + track[:, 1] * uy
        reach = 0.5 * (track[:, 5] * np.abs(ux * c + uy * s) + track[:, 6] * np.abs(uy * c - ux * s))
        shadow = area[:, 0, None] * ux + area[:, 1, None] * uy
        overlap &= (centre - reach <= shadow.max(axis=0)) & (centre + reach >= shadow.min(axis=0))
    return overlap
