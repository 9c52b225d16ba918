"""A tunnel through a hill: a motorway in two box-shaped tubes, or a country road in one vaulted tube.

The path is the middle of the road. Inside are kerbed walkways of 1 m, walls with bright panels up to 3 m, lamps in rows
along the ceiling (closer near the portals), lit escape signs every 25 m, emergency niches, escape doors and jet fans.
Outside the road runs in a cutting whose banks rise to the portals; a hill covers the tubes.

Light: daylight on the floor falls with the depth x behind a portal of height H and half width W as what it sees of the
opening, 0.6 (1 - x / sqrt(x^2 + H^2)) 2/pi atan(W / x). Lamps follow CIE 88: the threshold zone (60 m) begins at full
and ends at 0.4 of the illuminance; then (1.9 + t)^-1.4 with t in seconds at `_DESIGN_MPS`, down to the interior value.
The renderer gets both as `Shelter`s; no single lamp is a luminaire, so headlights keep their places.
The drivable ground is level at z = 0, walkways are `KERB_M` higher. Left out: grades, cross passages to walk into.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....renderers.scene import Environment, Shelter, Sun
from ...physics.ground import Ground, Patch
from ..assets import finishes
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from .stage import Placement, Road, Stage
from .surfaces import Sweep, band_patches, chunks, dashes, terrain
from .tunnel_hill import OVERRUN_M, hill, roadside
from .tunnel_tube import KERB_M, LANE_M, THRESHOLD_M, WALK_M, Layout, equipment, layout_of, portals, tubes

F64 = NDArray[np.float64]
KINDS = ("motorway", "country")
PAINT_M = 0.004
ASPHALT_FRICTION, GRASS_FRICTION, WALK_FRICTION = 0.85, 0.45, 0.75
_DESIGN_MPS = 22.0
_DEPTHS = (0.0, 1.5, 3.0, 5.0, 8.0, 12.0, 17.0, 24.0, 34.0, 48.0, 60.0, 75.0, 95.0, 120.0, 150.0, 190.0, 240.0)


@pure
def tunnel(
    *,
    rng: np.random.Generator,
    path: Path | None = None,
    length_m: float = 600.0,
    tunnel_s: tuple[float, float] = (200.0, 420.0),
    kind: str = "motorway",
    lanes: int = 2,
    lamps_lx: tuple[float, float] = (700.0, 90.0),
) -> Stage:
    """Build a road through a tunnel.

    Args:
        rng: stream of the place's look and layout.
        path: middle of the road, radii from 200 m; a straight of `length_m` along x from the origin if not given.
        length_m: length of the default path [m].
        tunnel_s: where the portals stand along the path [m].
        kind: "motorway" (two tubes, one for each direction) or "country" (one tube for both).
        lanes: in each direction on a motorway, in both together and even on a country road.
        lamps_lx: illuminance of the floor by lamps behind a portal and in the interior [lx].

    Raises:
        ValueError: unknown kind, wrong number of lanes, portals less than 40 m apart, or bends that are too tight.

    """
    if kind not in KINDS:
        raise ValueError(f"unknown tunnel kind {kind!r}, expected one of {', '.join(KINDS)}")
    if lanes < 1 or (kind == "country" and lanes % 2):
        raise ValueError(f"a {kind} tunnel has {lanes} lanes, expected at least 1, on a country road an even number")
    start, end = tunnel_s
    if end - start < 40.0:
        raise ValueError(f"tunnel_s is {tunnel_s}, expected portals at least 40 m apart")
    path = path if path is not None else Path.from_segments([(length_m, 0.0)])
    if np.max(np.abs(path.curvature)) > 1.0 / 190.0:
        raise ValueError(
            f"a tunnel has a bend of {1.0 / np.max(np.abs(path.curvature)):.0f} m radius, expected 200 m and more"
        )
    layout = layout_of(kind, lanes)
    edge = layout.edge_m
    road = Road(path, layout.lanes, -edge, edge)
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    patches: list[Patch] = []
    for side in (-1, 1):
        low, high = sorted((side * edge, side * (edge + 60.0)))
        for a, b in ((s0, start), (end, s1)):
            patches += band_patches(path, a, b, low, high, height_m=0.0, friction=GRASS_FRICTION)
        low, high = sorted((side * edge, side * (edge + WALK_M)))
        patches += band_patches(path, start, end, low, high, height_m=KERB_M, friction=WALK_FRICTION)
    placements = [
        *_carriageway(road, layout, tunnel_s, rng),
        *tubes(path, layout, tunnel_s),
        *portals(path, layout, tunnel_s),
        *equipment(path, layout, tunnel_s),
        *roadside(path, layout, tunnel_s),
        *hill(path, layout, tunnel_s, rng),
    ]
    azimuth, elevation = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.5, 1.0))
    flat = float(np.cos(elevation))
    sun = Sun((flat * float(np.cos(azimuth)), flat * float(np.sin(azimuth)), float(np.sin(elevation))))
    environment = Environment(sun=sun, shelters=_shelters(path, layout, tunnel_s, lamps_lx))
    return Stage("tunnel", tuple(placements), Ground(0.0, ASPHALT_FRICTION, tuple(patches)), environment, road)


def daylight(depth_m: ArrayLike, clear_m: float, half_width_m: float) -> F64:
    """Share of the dome's light on the floor at depths behind a portal."""
    x = np.maximum(np.asarray(depth_m, float), 1e-6)
    up, across = 1.0 - x / np.hypot(x, clear_m), 2.0 / np.pi * np.arctan(half_width_m / x)
    out: F64 = 0.6 * up * across
    return out


def lamp_light(depth_m: ArrayLike, entrance_lx: float, interior_lx: float) -> F64:
    """Illuminance of the floor by lamps at depths behind a portal (CIE 88) [lx]."""
    x = np.asarray(depth_m, float)
    fade = np.interp(x, (0.5 * THRESHOLD_M, THRESHOLD_M), (1.0, 1.9**-1.4))
    later = np.maximum(x - THRESHOLD_M, 0.0) / _DESIGN_MPS
    out: F64 = np.maximum(interior_lx, entrance_lx * np.where(x < THRESHOLD_M, fade, (1.9 + later) ** -1.4))
    return out


def _shelters(
    path: Path, layout: Layout, tunnel_s: tuple[float, float], lamps_lx: tuple[float, float]
) -> tuple[Shelter, ...]:
    start, end = tunnel_s
    half = (end - start) / 2
    depths = [x for x in _DEPTHS if x < half]
    knots = np.array(sorted({*(start + x for x in depths), *(end - x for x in depths), start + half}))
    _, _, bend = path.at(knots)
    most = 15.0 if np.any(np.abs(bend) > 1e-6) else 60.0
    knots = np.array([a for p, q in zip(knots[:-1], knots[1:], strict=True) for a, _ in chunks(p, q, most)] + [end])
    width, away = layout.wall_m + 0.6, (knots - start, end - knots)
    day = np.sum([daylight(x, layout.clear_m, layout.wall_m) for x in away], axis=0)
    lamps = np.maximum(*(lamp_light(x, *lamps_lx) for x in away))
    out = []
    for k, (a, b) in enumerate(zip(knots[:-1], knots[1:], strict=True)):
        _, _, kappa = path.at((a + b) / 2)
        more = 0.5 * (b - a) * abs(float(kappa)) * width
        p = path.at(max(float(a) - more, start))[0]
        q = path.at(min(float(b) + more, end))[0]
        out.append(
            Shelter(
                (float(p[0]), float(p[1]), 0.0),
                (float(q[0]), float(q[1]), 0.0),
                width,
                layout.clear_m + 0.3,
                (min(1.0, float(day[k])), min(1.0, float(day[k + 1]))),
                (float(lamps[k]), float(lamps[k + 1])),
            )  # fmt: skip
        )
    return tuple(out)


def _carriageway(
    road: Road, layout: Layout, tunnel_s: tuple[float, float], rng: np.random.Generator
) -> list[Placement]:
    """Asphalt and lines from end to end."""
    path, edge, inner = road.centre, layout.edge_m, layout.inner_m
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    outer = max(abs(lane.offset_m) for lane in road.lanes) + LANE_M / 2
    placements = []
    for index, (a, b) in enumerate(chunks(s0, s1, 75.0)):
        ground = Sweep(path)
        ground.section(a, b, [(-edge, 0.0), (0.0, 0.0), (edge, 0.0)], finishes.ASPHALT)
        for side in (-1.0, 1.0):
            _line(ground, a, b, side * (outer + 0.1), 0.2)
            if inner:
                _line(ground, a, b, side * (inner - 0.08), 0.15)
        for lane in road.lanes[:-1]:
            border = lane.offset_m + lane.width_m / 2
            if inner and abs(border) < inner + 0.5:
                continue
            inside = not inner  # no overtaking on a country road in a tunnel
            for p, q in dashes(s0, s1, 6.0, 12.0) if inner else dashes(s0, s1, 4.0, 8.0):
                solid = inside and tunnel_s[0] - 60.0 < p < tunnel_s[1] + 60.0
                q = p + 12.0 if solid else q  # noqa: PLW2901
                if q > a and p < b:
                    _line(ground, max(p, a), min(q, b), border, 0.15)
        if rng.random() < 0.3:
            s, d = float(rng.uniform(a, b - 30.0)), road.lanes[int(rng.integers(len(road.lanes)))].offset_m
            ground.strip(s, s + 14.0, (d - 1.4, 0.0015), (d + 1.4, 0.0015), finishes.ASPHALT_REPAIR)
        placements.append(Placement(ground.asset(f"tunnel_road_{index}", SemanticClass.ROAD)))
    return [*placements, Placement(terrain(path))]


def _line(sweep: Sweep, a: float, b: float, d: float, wide: float) -> None:
    sweep.strip(a, b, (d - wide / 2, PAINT_M), (d + wide / 2, PAINT_M), finishes.ROAD_PAINT)
