"""What a script must know of a place where ways meet: stop lines, crossings, signals, and where two ways conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..path import Path

if TYPE_CHECKING:
    from .stage import Placement

F64 = NDArray[np.float64]
XY = tuple[float, float]
_CROSSING_RAD = 0.05
_MERGED_M = 0.2


@dataclass(frozen=True)
class Crossing:
    """A zebra crossing.

    Attributes:
        waiting: two points on the pavement [m], one at each end, where people wait, a step behind the kerb.
        yaw: direction from the first to the second [rad].
        length_m: from kerb to kerb.
        width_m: along the road.

    """

    waiting: tuple[XY, XY]
    yaw: float
    length_m: float
    width_m: float


@dataclass(frozen=True)
class SignalSpot:
    """Where a signal head hangs.

    Attributes:
        name: unique at the junction: "south/near", "south/overhead", "south/far", "south/walk/0", "south/walk/1".
        group: who obeys it: an arm for vehicles that enter by it, "<arm>/walk" for people who cross that arm.
        kind: "vehicle" or "pedestrian".
        position_w: middle of the head [m].
        yaw: direction it faces [rad].

    """

    name: str
    group: str
    kind: str
    position_w: tuple[float, float, float]
    yaw: float


@dataclass(frozen=True)
class Junction:
    """A place where roads meet.

    Attributes:
        arms: names of the arms by where they lie: "south" lies at negative y.
        stop_s_m: for each route, the distance along it of the line where one waits: stop line or give-way line.
        crossings: the zebra crossing of each arm.
        corners: points on the pavement between two arms, "south_east" and so on, where people stand.
        signals: signal heads, none without traffic lights.

    """

    arms: tuple[str, ...]
    stop_s_m: Mapping[str, float]
    crossings: Mapping[str, Crossing]
    corners: Mapping[str, XY]
    signals: tuple[SignalSpot, ...] = ()


@dataclass(frozen=True)
class WorkArea:
    """A closed lane of a motorway; all distances along the median's path.

    Attributes:
        lane: number of the closed lane, 0 at the hard shoulder.
        open_lanes: numbers of the others of this carriageway.
        signs_m: where the first sign stands.
        taper_m: begin and end of the taper.
        zone_m: begin and end of the work area behind it, of constant width.
        workers: points within the closed lane, between machines and material, where people may stand [m].
        delimiters: cones and beacons where they stand, also those left out of the scenery to be made actors.

    """

    lane: int
    open_lanes: tuple[int, ...]
    signs_m: float
    taper_m: tuple[float, float]
    zone_m: tuple[float, float]
    workers: tuple[XY, ...] = ()
    delimiters: tuple[Placement, ...] = field(default=(), repr=False)


NO_ROUTES: Mapping[str, Path] = MappingProxyType({})


@dataclass(frozen=True)
class Conflict:
    """Where two ways come too close for two vehicles.

    Attributes:
        s_a_m, s_b_m: the conflict point: where the lines cross, where they become one, or where they are closest.
        span_a_m, span_b_m: stretch of each way (enter, leave) that is closer to the other than the given width.
        merges: whether they become one there, for a while at least.

    """

    s_a_m: float
    s_b_m: float
    span_a_m: tuple[float, float]
    span_b_m: tuple[float, float]
    merges: bool


def conflict(a: Path, b: Path, *, width_m: float = 2.0) -> Conflict | None:
    """The first place along `a` where it conflicts with `b`, or None where they never do or begin together.

    Args:
        a, b: centre lines.
        width_m: closer than this is a conflict: about the width of a vehicle.

    """
    gap = np.linalg.norm(a.xy[:, None] - b.xy[None], axis=-1)
    if gap[0, 0] < width_m or gap.min() > width_m:
        return None
    near_a, near_b = gap.min(axis=1), gap.min(axis=0)
    crossing = _crossing(a, b)
    merges = bool(near_a.min() < _MERGED_M)
    i = int(np.argmax(near_a < _MERGED_M)) if merges else int(near_a.argmin())
    j = int(gap[i].argmin())
    at = float(a.s[i]), float(b.s[j])
    if crossing is not None and (not merges or crossing[0] < at[0] + width_m):
        at, merges = crossing, False
        i, j = int(np.searchsorted(a.s, at[0])), int(np.searchsorted(b.s, at[1]))
    return Conflict(*at, _span(a.s, near_a < width_m, i), _span(b.s, near_b < width_m, j), merges)


def _crossing(a: Path, b: Path) -> tuple[float, float] | None:
    """Distances along both of the first point where they cross at a clear angle."""
    da, db = np.diff(a.xy, axis=0), np.diff(b.xy, axis=0)
    cross = da[:, None, 0] * db[None, :, 1] - da[:, None, 1] * db[None, :, 0]
    size = np.linalg.norm(da, axis=1)[:, None] * np.linalg.norm(db, axis=1)[None]
    apart = b.xy[None, :-1] - a.xy[:-1, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        u = (apart[..., 0] * db[None, :, 1] - apart[..., 1] * db[None, :, 0]) / cross
        w = (apart[..., 0] * da[:, None, 1] - apart[..., 1] * da[:, None, 0]) / cross
    hit = (np.abs(cross) > _CROSSING_RAD * size) & (u >= 0.0) & (u <= 1.0) & (w >= 0.0) & (w <= 1.0)
    if not hit.any():
        return None
    i, j = np.argwhere(hit)[0]
    return (
        float(a.s[i] + u[i, j] * (a.s[i + 1] - a.s[i])),
        float(b.s[j] + w[i, j] * (b.s[j + 1] - b.s[j])),
    )


def _span(s: F64, close: NDArray[np.bool_], at: int) -> tuple[float, float]:
    """The run of close samples around one of them."""
    at = min(at, len(s) - 1)
    low = high = at
    while low > 0 and close[low - 1]:
        low -= 1
    while high < len(s) - 1 and close[high + 1]:
        high += 1
    return float(s[low]), float(s[high])
