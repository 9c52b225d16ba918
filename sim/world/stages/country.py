"""A country road: one carriageway over hills and through bends, between ditches, fields, hedges and woods.

The path is the centre line. Section to each side: lanes of 3.5 m, an edge line 0.12 m wide on a 0.35 m strip, a gravel
shoulder, a grass verge, a ditch 0.55 m deep, a bank, and then the land. The centre line is broken (4 m and 8 m) and
solid where bends are tight or a crest hides what comes. Delineators stand every 50 m, in bends every 25 m; bends below
`TIGHT_M` of radius get a warning sign, chevron boards and a guard rail on their outer side.
Height, crossfall and verges come from `Relief`: what is seen is draped over what wheels feel. Left out: clothoids
(curvature jumps as the path has it), field tracks and junctions.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Environment, Sun
from ...physics.ground import Ground
from ...physics.relief import Relief
from ..alignment import Crest, Profile, superelevation
from ..assets import country as furniture
from ..assets import finishes
from ..assets.motorway import delineator
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from ..sight import sight_distance
from .country_land import Landscape
from .motorway import W_BEAM
from .relief import countryside, draped, land_around, stood
from .stage import Lane, Placement, Road, Stage
from .surfaces import Sweep, band_boxes, band_patches, chunks, dashes, runs

STRIP_M = 0.35
PAINT_M, LINE_M = 0.004, 0.12
OVERRUN_M = 300.0
SECTION = ((0.0, 0.0), (1.0, -0.05), (1.7, -0.11), (2.7, -0.62), (3.1, -0.62), (4.6, 0.10))
"""Verge: (distance beyond the asphalt, height against its edge) of shoulder, grass, ditch and bank."""
TIGHT_M = 200.0
RAIL_M = 0.95
ASPHALT_FRICTION, VERGE_FRICTION, GRASS_FRICTION = 0.85, 0.55, 0.40
_STEP_M = 2.0
_OVERTAKING_M = 250.0


@pure
def country_road(
    *,
    rng: np.random.Generator,
    path: Path | None = None,
    length_m: float = 800.0,
    crest: Crest | None = None,
    profile: Profile | None = None,
    crossfall: float = 0.06,
    speed_mps: float = 25.0,
    lanes: int = 2,
    lane_m: float = 3.5,
    animals: bool = False,
) -> Stage:
    """Build a country road; `stage.ground.relief` holds its profile and crossfall.

    Args:
        rng: stream of the place's look and layout.
        path: centre line, radii from 60 m; a straight of `length_m` along x from the origin if not given.
        length_m: length of the default path [m].
        crest: a hill on the way.
        profile: heights along the path instead of those of the crest.
        crossfall: largest in bends, >= 0; straights fall by at most 2.5 % to the right.
        speed_mps: for which bends are tilted.
        lanes: in both directions together, even.
        lane_m: width of one.
        animals: put up signs that warn of deer.

    Raises:
        ValueError: lanes that are not even, bends that are too tight, or both a crest and a profile.

    """
    if lanes < 2 or lanes % 2:
        raise ValueError(f"a country road has {lanes} lanes, expected an even number from 2")
    if crest is not None and profile is not None:
        raise ValueError("a country road got both crest and profile, expected one of them")
    path = path if path is not None else Path.from_segments([(length_m, 0.0)])
    if np.max(np.abs(path.curvature)) > 1.0 / 55.0:
        raise ValueError(
            f"a country road has a bend of {1.0 / np.max(np.abs(path.curvature)):.0f} m radius, expected 60 m and more"
        )
    edge = lanes * lane_m / 2 + STRIP_M
    offsets = (np.arange(lanes) + 0.5 - lanes / 2) * lane_m
    road = Road(path, tuple(Lane(float(d), lane_m, 1 if d < 0 else -1) for d in offsets), -edge, edge)
    heights = profile if profile is not None else (crest.profile() if crest is not None else Profile.level())
    tilt = superelevation(path, largest=crossfall, speed_mps=speed_mps, drainage=min(0.025, crossfall))
    land = land_around(path, heights, overrun_m=OVERRUN_M, rng=rng)
    relief = Relief(path, heights, tilt, edge, SECTION, land, OVERRUN_M)
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    patches = []
    for side in (-1.0, 1.0):
        for a, b, friction in ((edge, edge + 1.0, VERGE_FRICTION), (edge + 1.0, edge + 45.0, GRASS_FRICTION)):
            low, high = sorted((side * a, side * b))
            patches += band_patches(path, s0, s1, low, high, height_m=None, friction=friction)
    ground = Ground(0.0, ASPHALT_FRICTION, tuple(patches), relief)
    placements = [
        *_surfaces(road, ground, rng),
        *_bend_furniture(road, ground),
        *_roadside(road, ground, animals, rng),
        *Landscape(road, ground, rng).placements,
    ]
    azimuth, elevation = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.5, 1.0))
    flat = float(np.cos(elevation))
    sun = Sun((flat * float(np.cos(azimuth)), flat * float(np.sin(azimuth)), float(np.sin(elevation))))
    return Stage("country_road", tuple(placements), ground, Environment(sun=sun), road)


def tight_bends(path: Path, radius_m: float = TIGHT_M) -> list[tuple[float, float, int]]:
    """Bends below a radius: (start, end, +1 to the left or -1 to the right), neighbours of one direction joined."""
    out: list[tuple[float, float, int]] = []
    for a, b, curvature in runs(path, 0.0, path.length_m):
        if abs(curvature) * radius_m > 1.0:
            side = 1 if curvature > 0 else -1
            if out and out[-1][2] == side and a - out[-1][1] < 1.0:
                out[-1] = (out[-1][0], b, side)
            else:
                out.append((a, b, side))
    return out


def _surfaces(road: Road, ground: Ground, rng: np.random.Generator) -> list[Placement]:
    """Asphalt, lines, verges and the land."""
    path, relief = road.centre, ground.relief
    assert relief is not None
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    d = relief.offsets()
    half = [
        finishes.ASPHALT, furniture.GRAVEL, furniture.VERGE, furniture.DITCH, furniture.DITCH, furniture.VERGE,
    ]  # fmt: skip
    half += [finishes.MEADOW] * (len(d) // 2 - len(half))
    looks = half[::-1] + half
    outer = max(abs(lane.offset_m) + lane.width_m / 2 for lane in road.lanes)
    barred = _no_overtaking(road, ground)
    placements = []
    for index, (a, b) in enumerate(chunks(s0, s1, 60.0)):
        sweep = Sweep(path, _STEP_M)
        sweep.section(a, b, [(float(x), 0.0) for x in d], looks)
        for side in (-1.0, 1.0):
            _line(sweep, a, b, side * (outer + LINE_M / 2))
        borders = {lane.offset_m + lane.width_m / 2 for lane in road.lanes[:-1]}
        for border in sorted(borders):
            middle = abs(border) < 1e-6
            for p, q in dashes(s0, s1, 4.0, 8.0):
                p_, q_ = (p, p + 12.0) if middle and _inside((p + q) / 2, barred) else (p, q)
                if q_ > a and p_ < b:
                    _line(sweep, max(p_, a), min(q_, b), border)
        for _ in range(int(rng.integers(0, 3))):
            s, at = float(rng.uniform(a, b - 12.0)), float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.4, 1.6))
            end = s + float(rng.uniform(3.0, 11.0))
            low, high = sorted((at, at + float(np.sign(at)) * float(rng.uniform(0.7, 1.5))))
            sweep.strip(s, end, (low, 0.002), (high, 0.002), finishes.ASPHALT_REPAIR)
        placements.append(Placement(draped(sweep.asset(f"country_road_{index}", SemanticClass.ROAD), ground)))
    return [*placements, Placement(countryside(relief))]


def _line(sweep: Sweep, a: float, b: float, d: float) -> None:
    sweep.strip(a, b, (d - LINE_M / 2, PAINT_M), (d + LINE_M / 2, PAINT_M), finishes.ROAD_PAINT)


def _inside(s: float, spans: list[tuple[float, float]]) -> bool:
    return any(a <= s <= b for a, b in spans)


def _no_overtaking(road: Road, ground: Ground) -> list[tuple[float, float]]:
    """Where the centre line is solid: in tight bends, and where a crest hides an oncoming car too soon."""
    path = road.centre
    spans = [(a - 40.0, b + 40.0) for a, b, _ in tight_bends(path, 350.0)]
    for s in np.arange(-100.0, path.length_m + 100.0, 20.0):
        ways = (
            sight_distance(ground, path, float(s), 0.0, object_m=1.0, reach_m=sign * _OVERTAKING_M) for sign in (1, -1)
        )
        if min(ways) < _OVERTAKING_M:
            spans.append((float(s) - 10.0, float(s) + 10.0))
    return spans


def _bend_furniture(road: Road, ground: Ground) -> list[Placement]:
    """A guard rail and chevrons on the outer side of each tight bend, and a warning sign before it on both ways."""
    path, edge = road.centre, road.left_edge_m
    placements = []
    signs = {kind: furniture.warning_sign(kind) for kind in ("bend_left", "bend_right")}
    boards = {side: furniture.chevron(side) for side in (1, -1)}
    for start, end, side in tight_bends(path):
        rail = -side * (edge + RAIL_M)
        for index, (a, b) in enumerate(chunks(start - 25.0, end + 25.0, 10.0)):
            sweep = Sweep(path, _STEP_M)
            towards = float(side)
            faces = [(rail + towards * d, z) for d, z in W_BEAM]
            backs = [(rail + towards * (d - 0.004), z) for d, z in W_BEAM]
            front, back = (faces, backs[::-1]) if side > 0 else (faces[::-1], backs)
            sweep.section(a, b, front[::-1], finishes.GALVANISED)
            sweep.section(a, b, back[::-1], finishes.GALVANISED)
            every = np.arange(np.ceil(a / 4.0) * 4.0, b, 4.0)
            sweep.posts(every, rail - towards * 0.09, -0.1, 0.72, 0.06, 0.12, finishes.GALVANISED)
            low, high = sorted((rail - towards * 0.15, rail + towards * 0.08))
            solid = band_boxes(path, a, b, low, high, 0.0, 0.75)
            asset = sweep.asset(f"guard_rail_{index}", SemanticClass.GUARD_RAIL, solid)
            placements.append(Placement(draped(asset, ground)))
        board = -side * (edge + 1.6)
        count = max(2, min(5, round((end - start) / 18.0)))
        pitch = (end - start) / count
        for k in range(count):
            placements.append(stood(boards[side], ground, path, start + (k + 0.7) * pitch, board, np.pi + side * 0.25))
            placements.append(stood(boards[-side], ground, path, start + (k + 0.3) * pitch, board, -side * 0.25))
        here, there = ("bend_left", "bend_right") if side > 0 else ("bend_right", "bend_left")
        placements.append(stood(signs[here], ground, path, start - 110.0, -edge - 1.4, np.pi))
        placements.append(stood(signs[there], ground, path, end + 110.0, edge + 1.4, 0.0))
    return placements


def _roadside(road: Road, ground: Ground, animals: bool, rng: np.random.Generator) -> list[Placement]:
    """Delineators, deer signs, and a power line."""
    path, edge = road.centre, road.left_edge_m
    post = delineator()
    bends = [(a - 30.0, b + 30.0) for a, b, _ in tight_bends(path, 350.0)]
    placements = []
    for k, s in enumerate(np.arange(-300.0, path.length_m + 300.0, 25.0)):
        if k % 2 == 0 or _inside(float(s), bends):
            for side in (-1.0, 1.0):
                placements.append(stood(post, ground, path, float(s), side * (edge + 0.5)))
    if animals:
        deer = furniture.warning_sign("deer")
        for s in np.arange(60.0, path.length_m, 400.0):
            placements.append(stood(deer, ground, path, float(s), -edge - 1.4, np.pi))
        for s in np.arange(path.length_m - 60.0, 0.0, -400.0):
            placements.append(stood(deer, ground, path, float(s), edge + 1.4, 0.0))
    side, pole = float(rng.choice([-1.0, 1.0])), furniture.power_pole()
    tops: list[tuple[float, float, float]] = []
    for s in np.arange(-OVERRUN_M + 20.0, path.length_m + OVERRUN_M, 46.0):
        placements.append(stood(pole, ground, path, float(s), side * (edge + 6.0)))
        x, y, z = placements[-1].position_w
        tops.append((x, y, z + pole.size[2]))
    for a in range(0, len(tops) - 1, 4):
        placements.append(Placement(furniture.wire(np.array(tops[a : a + 5]))))
    return placements
