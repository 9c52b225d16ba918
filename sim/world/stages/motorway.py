"""A motorway: two carriageways with hard shoulders, a concrete median barrier, guard rails, banks and woods.

The road's centre path runs along the median barrier. Section to each side: barrier, inner strip, three lanes of
3.75 m, a 3 m hard shoulder, verge with a W-beam guard rail on posts, a grass bank. Lane lines are dashes of 6 m with
gaps of 12 m, edge lines 0.3 m at the shoulder and 0.15 m inside. The surface is flat at z = 0, paint 4 mm above.
The drivable ground is flat everywhere: banks behind the guard rail are only seen. Left out: slip roads, superelevation.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Environment, Material, Sun
from ...physics.ground import Ground, Patch
from ..assets import finishes, vegetation
from ..assets import motorway as furniture
from ..assets.asset import Asset
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from .stage import Lane, Placement, Road, Stage
from .surfaces import Sweep, band_boxes, band_patches, chunks, dashes, terrain

LANE_M = 3.75
INNER_M = 1.6
SHOULDER_M = 3.0
PAINT_M = 0.004
OVERRUN_M = 600.0
HITTABLE_M = 60.0
RAIL_GAP_M = 0.7
ASPHALT_FRICTION, GRASS_FRICTION = 0.85, 0.45
BARRIER = ((0.30, 0.0), (0.30, 0.08), (0.17, 0.33), (0.09, 0.82), (0.09, 0.90))
W_BEAM = (
    (0.00, 0.44),
    (0.075, 0.475),
    (0.075, 0.525),
    (0.0, 0.57),
    (0.0, 0.62),
    (0.075, 0.665),
    (0.075, 0.715),
    (0.0, 0.75),
)


@pure
def motorway(*, rng: np.random.Generator, path: Path | None = None, length_m: float = 900.0, lanes: int = 3) -> Stage:
    """Build a motorway.

    Args:
        rng: stream of the place's look and layout.
        path: line of the median; a straight of `length_m` along x from the origin if not given. Radii above 200 m.
        length_m: length of the default path [m].
        lanes: lanes in each direction.

    Raises:
        ValueError: for less than one lane.

    """
    if lanes < 1:
        raise ValueError(f"a motorway has {lanes} lanes in each direction, expected at least 1")
    path = path if path is not None else Path.from_segments([(length_m, 0.0)])
    edge = INNER_M + lanes * LANE_M + SHOULDER_M
    offsets = INNER_M + (np.arange(lanes) + 0.5) * LANE_M
    all_lanes = [Lane(-float(d), LANE_M, 1) for d in offsets[::-1]] + [Lane(float(d), LANE_M, -1) for d in offsets]
    road = Road(path, tuple(all_lanes), -edge, edge)
    placements = [
        *_surfaces(road, lanes, rng),
        *_barriers(path, edge),
        *_noise_walls(path, edge, rng),
        *_roadside(path, edge, rng),
        *_landscape(path, edge, rng),
    ]
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    patches: list[Patch] = []
    for side in (-1, 1):
        low, high = sorted((side * edge, side * (edge + 80.0)))
        patches += band_patches(path, s0, s1, low, high, height_m=0.0, friction=GRASS_FRICTION)
    azimuth, elevation = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.55, 1.0))
    flat = float(np.cos(elevation))
    direction = (flat * float(np.cos(azimuth)), flat * float(np.sin(azimuth)), float(np.sin(elevation)))
    environment = Environment(sun=Sun(direction_w=direction))
    return Stage("motorway", tuple(placements), Ground(0.0, ASPHALT_FRICTION, tuple(patches)), environment, road)


def _both_sides(sweep: Sweep, a: float, b: float, points: list[tuple[float, float]], looks: list[Material]) -> None:
    """A section given for the left side, from the middle outwards, and its mirror image."""
    sweep.section(a, b, points, looks)
    sweep.section(a, b, [(-d, z) for d, z in reversed(points)], looks[::-1])


def _surfaces(road: Road, lanes: int, rng: np.random.Generator) -> list[Placement]:
    path, edge = road.centre, road.left_edge_m
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    rise = float(rng.uniform(1.0, 2.6))
    placements = []
    outer = INNER_M + lanes * LANE_M
    for index, (a, b) in enumerate(chunks(s0, s1, 75.0)):
        ground = Sweep(path)
        points = [
            (0.0, 0.0),
            (outer, 0.0),
            (edge, 0.0),
            (edge + 3.2, 0.0),
            (edge + 11.0, rise),
            (edge + 40.0, rise),
            (edge + 70.0, -0.06),
        ]
        looks = [
            finishes.ASPHALT,
            finishes.ASPHALT_WORN,
            finishes.GRASS,
            finishes.MEADOW,
            finishes.MEADOW,
            finishes.MEADOW,
        ]
        _both_sides(ground, a, b, points, looks)
        for side in (-1.0, 1.0):
            _line(ground, a, b, side * (INNER_M - 0.05), 0.15)
            _line(ground, a, b, side * (outer + 0.15), 0.30)
            for k in range(1, lanes):
                for p, q in dashes(s0, s1, 6.0, 12.0):
                    if q > a and p < b:
                        _line(ground, max(p, a), min(q, b), side * (INNER_M + k * LANE_M), 0.15)
        if rng.random() < 0.4:
            s, d = float(rng.uniform(a, b - 30)), -INNER_M - LANE_M * int(rng.integers(1, lanes + 1))
            ground.strip(
                s,
                s + float(rng.uniform(8, 28)),
                (d + 0.25, 0.0015),
                (d + LANE_M - 0.25, 0.0015),
                finishes.ASPHALT_REPAIR,
            )
        placements.append(Placement(ground.asset(f"motorway_{index}", SemanticClass.ROAD)))
    return [*placements, Placement(terrain(path))]


def _line(ground: Sweep, a: float, b: float, d: float, wide: float) -> None:
    ground.strip(a, b, (d - wide / 2, PAINT_M), (d + wide / 2, PAINT_M), finishes.ROAD_PAINT)


def _barriers(path: Path, edge: float) -> list[Placement]:
    """The concrete barrier in the median and a guard rail on each verge; solid near the path, seen beyond."""
    rail = edge + RAIL_GAP_M
    placements = []
    for index, (a, b) in enumerate(chunks(-OVERRUN_M, path.length_m + OVERRUN_M, 75.0)):
        walls = Sweep(path)
        right = [(-d, z) for d, z in BARRIER]
        walls.section(a, b, right + [(d, z) for d, z in reversed(BARRIER)], finishes.CONCRETE)
        near = b > -HITTABLE_M and a < path.length_m + HITTABLE_M
        solid = band_boxes(path, a, b, -0.28, 0.28, 0.0, 0.9) if near else ()
        placements.append(Placement(walls.asset(f"median_barrier_{index}", SemanticClass.WALL, solid)))
        rails = Sweep(path)
        for side in (-1.0, 1.0):
            faces = [(side * (rail - d), z) for d, z in W_BEAM]
            backs = [(side * (rail + 0.004 - d), z) for d, z in W_BEAM]
            front, back = (faces[::-1], backs) if side < 0 else (faces, backs[::-1])
            rails.section(a, b, front[::-1], finishes.GALVANISED)
            rails.section(a, b, back[::-1], finishes.GALVANISED)
            every = np.arange(np.ceil(a / 4.0) * 4.0, b, 4.0)
            rails.posts(every, side * (rail + 0.10), 0.0, 0.72, 0.06, 0.12, finishes.GALVANISED)
        solid = ()
        if near:
            solid = band_boxes(path, a, b, rail - 0.08, rail + 0.16, 0.0, 0.75) + band_boxes(
                path, a, b, -rail - 0.16, -rail + 0.08, 0.0, 0.75
            )
        placements.append(Placement(rails.asset(f"guard_rail_{index}", SemanticClass.GUARD_RAIL, solid)))
    return placements


def _noise_walls(path: Path, edge: float, rng: np.random.Generator) -> list[Placement]:
    """One or two long walls of ribbed panels between steel posts."""
    placements = []
    tones = ((0.30, 0.31, 0.27), (0.24, 0.29, 0.22), (0.38, 0.34, 0.28))
    look = Material(tones[rng.integers(3)], 0.9, nir_reflectance=0.35, texture=finishes.CONCRETE.texture)
    for side in (-1.0, 1.0):
        start = float(rng.uniform(-200.0, path.length_m * 0.6))
        stop = start + float(rng.uniform(220.0, 420.0))
        d, high = side * (edge + 3.6), float(rng.uniform(3.2, 4.6))
        for index, (a, b) in enumerate(chunks(start, stop, 60.0)):
            wall = Sweep(path)
            low, up = sorted((d - 0.1, d + 0.1))
            wall.section(a, b, [(low, 0.0), (low, high), (up, high), (up, 0.0)], look)
            for z in np.arange(0.5, high, 0.5):
                wall.section(
                    a,
                    b,
                    [(low - 0.03, z - 0.05), (low - 0.03, z + 0.05), (up + 0.03, z + 0.05), (up + 0.03, z - 0.05)],
                    look,
                )
            wall.posts(np.arange(a, b, 5.0), d, 0.0, high + 0.08, 0.16, 0.34, finishes.STEEL_GREEN)
            placements.append(Placement(wall.asset(f"noise_wall_{index}", SemanticClass.WALL)))
    return placements


def _place(path: Path, asset: Asset, s: float, d: float, turn: float, z: float = 0.0) -> Placement:
    xy, yaw, _ = path.at(s, d)
    return Placement.upright(asset, float(xy[0]), float(xy[1]), z, yaw=float(yaw) + turn)


def _roadside(path: Path, edge: float, rng: np.random.Generator) -> list[Placement]:
    """Delineators every 50 m, gantries, and one bridge across."""
    post = furniture.delineator()
    placements = []
    for s in np.arange(-400.0, path.length_m + 400.0, 50.0):
        for side in (-1.0, 1.0):
            placements.append(_place(path, post, float(s), side * (edge + 0.35), 0.0))
    for side in (-1.0, 1.0):
        portal = furniture.gantry(edge + 2.2 - 0.7, rng=rng)
        turn = np.pi if side < 0 else 0.0  # faces its own traffic, so the span runs from the median outwards
        for s in np.arange(float(rng.uniform(120.0, 300.0)), path.length_m + 300.0, 520.0):
            placements.append(_place(path, portal, float(s), side * 0.7, turn))
    s = path.length_m + float(rng.uniform(60.0, 200.0))
    placements.append(_place(path, furniture.overbridge(), s, 0.0, 0.0))
    return placements


def _landscape(path: Path, edge: float, rng: np.random.Generator) -> list[Placement]:
    trees = [vegetation.tree(vegetation.SPECIES[k % 4], rng=rng, clusters=1500) for k in range(5)]
    bushes = [vegetation.bush(rng=rng, height_m=float(rng.uniform(1.4, 2.6))) for _ in range(3)]
    woods = [furniture.wood_edge(rng=rng) for _ in range(3)]
    placements = []
    for side in (-1.0, 1.0):
        s = -450.0
        while s < path.length_m + 450.0:
            dense = np.sin(s / 90.0 + side) + float(rng.uniform(-0.6, 0.6))
            s += float(rng.uniform(5.0, 12.0)) if dense > 0 else float(rng.uniform(18.0, 45.0))
            thing = trees[int(rng.integers(5))] if rng.random() < 0.55 else bushes[int(rng.integers(3))]
            away = edge + float(rng.uniform(11.0, 30.0))
            placements.append(_place(path, thing, s, side * away, float(rng.uniform(0, 6.28)), 0.9))
        for s in np.arange(-OVERRUN_M, path.length_m + OVERRUN_M, 58.0):
            away = edge + float(rng.uniform(75.0, 130.0))
            placements.append(_place(path, woods[int(rng.integers(3))], float(s), side * away, -side * np.pi / 2))
    for end, sign in ((-OVERRUN_M, -1.0), (path.length_m + OVERRUN_M, 1.0)):
        for d in np.arange(-240.0, 241.0, 66.0):
            placements.append(
                _place(path, woods[int(rng.integers(3))], end + sign * 12.0, float(d), np.pi if sign > 0 else 0.0)
            )
    return placements
