"""How far a lidar sees in fog, rain and snow, and how many points come back.

The range at which half of the beams that face a wall return it is searched by moving the wall, with the receiver's
noise on; the law is rho exp(-2 alpha R) / R^2 = 0.1 / R_10^2, R_10 being the range of a 10 % target in clear air. The
last return is asked for: it looks past what fog, drops and flakes send back themselves. Points are counted on a road
with a wall across it and compared with the sum of the chances of all beams, P = Phi(K (S - 1)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import trimesh
from cornercase.renderers.air import Air
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.scene import Environment, Material
from scipy.optimize import brentq
from scipy.stats import norm

from .air import Sweep
from .curve import Curve, Figure
from .worlds import Body, still_at, tracer_of, wall

R10_M = 100.0
"""Of a 10 % target in clear air, found half of the time."""
REFLECTANCES = (0.1, 0.8)
_FACING = 0.996
_CAP_M = 600.0
_STEPS, _SWEEPS = 8, 5
HEIGHT_M, WALL_M, GREY = 1.8, 80.0, 0.15
_K = norm.ppf(0.9) / (0.82**-2 - 1.0)
"""The chance is 0.9 at 0.82 of the range at which it is a half (OS1 data sheet)."""
RELATIVE, POINTS_RELATIVE = 0.02, 0.01


def range_figure(sweep: Sweep) -> Figure:
    """What the curves of range share."""
    return Figure(
        f"lidar_range_{sweep.name}", f"Lidar: range at which half of the beams return in {sweep.name}",
        f"rho exp(-2 alpha R) / R^2 = 0.1 / R10^2, R10 = {R10_M:g} m", sweep.label, "range [m]",
        x_log=sweep.logarithmic, y_log=sweep.name == "fog",
    )  # fmt: skip


def points_figure(sweep: Sweep) -> Figure:
    """What the curves of points share."""
    return Figure(
        f"lidar_points_{sweep.name}", f"Lidar: points returned by a road and a wall in {sweep.name}",
        f"sum over beams of Phi(K (S - 1)), S = 1 for 10 % at R10 = {R10_M:g} m", sweep.label, "points per turn",
        x_log=sweep.logarithmic, from_zero=False,
    )  # fmt: skip


def law_m(reflectance: float, alpha: float) -> float:
    """Range that the law gives [m]."""
    clear = R10_M * np.sqrt(reflectance / 0.1)
    return float(brentq(lambda r: np.log(clear / r) - alpha * r, 1e-3, clear + 1e-9))


def ranges(sweep: Sweep, reflectances: Sequence[float] = REFLECTANCES) -> Iterator[Curve]:
    """One curve of range for each reflectance."""
    lidar = _lidar()
    x = np.array(sweep.values)
    for rho in reflectances:
        law = np.array([law_m(rho, sweep.extinction(v)) for v in sweep.values])
        found = np.array([_reach(lidar, sweep.air(v), rho, 1000 * k) for k, v in enumerate(sweep.values)])
        many = sweep.dense()
        line = (many, np.array([law_m(rho, sweep.extinction(v)) for v in many]))
        yield Curve(range_figure(sweep).name, f"{100 * rho:g} % target", x, found, law, RELATIVE, line=line)


def points(sweep: Sweep) -> Iterator[Curve]:
    """Points of a road and of a wall across it."""
    lidar = _lidar()
    material = Material(nir_reflectance=GREY)
    ground = Body(trimesh.creation.box((4000.0, 4000.0, 1.0)), material, (0.0, 0.0, -0.5))
    bodies, track = [ground, wall(WALL_M, material, 4000.0)], still_at(HEIGHT_M)
    origin, direction = lidar.geometry.origins(), lidar.geometry.directions()
    with np.errstate(divide="ignore"):
        down = np.where(direction[..., 2] < 0.0, -(HEIGHT_M + origin[..., 2]) / direction[..., 2], np.inf)
        ahead = np.where(direction[..., 0] > 0.0, (WALL_M - origin[..., 0]) / direction[..., 0], np.inf)
    travelled = np.minimum(down, ahead)
    cosine = np.where(down < ahead, -direction[..., 2], direction[..., 0])
    reach = travelled + lidar.table.origin_radius_m
    inside = (reach < _CAP_M) & (reach > lidar.table.min_range_m)
    travelled, cosine, reach = travelled[inside], cosine[inside], reach[inside]

    def expected(value: float) -> float:
        passed = np.exp(-2.0 * sweep.extinction(value) * travelled)
        return float(np.sum(_chance(GREY / 0.1 * cosine * (R10_M / reach) ** 2 * passed)))

    measured = []
    for k, value in enumerate(sweep.values):
        frame = lidar.sweep(tracer_of(bodies, Environment(air=sweep.air(value))), track, 0.0, k)
        measured.append(np.count_nonzero(frame.true_range > 0.0))
    law, many = np.array([expected(v) for v in sweep.values]), sweep.dense()
    line = (many, np.array([expected(v) for v in many]))
    x = np.array(sweep.values)
    yield Curve(points_figure(sweep).name, "all points", x, np.array(measured, float), law, POINTS_RELATIVE, line=line)


def _lidar() -> Lidar:
    config = LidarConfig("OS1-128", columns=512, range_50_m=R10_M, max_range_m=_CAP_M, returns="last")
    return Lidar(config, stream_key=7)


def _chance(strength: np.ndarray) -> np.ndarray:
    """P of an echo, tapered below S = 1 so that nothing is found in nothing."""
    p = norm.cdf(_K * (strength - 1.0))
    return np.asarray(p - np.where(strength < 1.0, norm.cdf(-_K) * (1.0 - strength), 0.0))


def _reach(lidar: Lidar, air: Air, reflectance: float, index: int) -> float:
    """Range at which half of the facing beams return the wall [m]."""
    cosine = lidar.geometry.directions()[..., 0]
    facing = cosine > _FACING
    track, place = still_at(0.0), Environment(air=air)

    def share(x: float, first: int, count: int) -> float:
        tracer = tracer_of([wall(x, Material(nir_reflectance=reflectance))], place)
        frames = [lidar.sweep(tracer, track, 0.0, index + first + k) for k in range(count)]
        return float(np.mean([frame.true_range[facing] > 0.0 for frame in frames]))

    low, high = 2.0, _CAP_M
    for step in range(_STEPS):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if share(middle, step, 1) > 0.5 else (low, middle)
    # the share falls smoothly across the last interval and its neighbours: a line through three of it
    at = float(np.sqrt(low * high)) * np.array([0.96, 1.0, 1.04])
    shares = [share(float(x), _STEPS + _SWEEPS * k, _SWEEPS) for k, x in enumerate(at)]
    slope, offset = np.polyfit(np.log(at), norm.ppf(np.clip(shares, 1e-3, 1 - 1e-3)), 1)
    return float(np.exp(-offset / slope) * np.mean(1.0 / cosine[facing]))
