"""A country road: one carriageway over hills and through bends, between ditches, fields, hedges and woods.

The path is the centre line. Section to each side: lanes of 3.5 m, an edge line 0.12 m wide on a 0.35 m strip, a gravel
shoulder, a grass verge, a ditch 0.55 m deep, a bank, and then the land. The centre line is broken (4 m and 8 m) and
solid where bends are tight or a crest hides what comes. Delineators stand every 50 m, in bends every 25 m; bends below
`TIGHT_M` of radius get a warning sign, chevron boards and a guard rail on their outer side.
Height, crossfall and verges come from `Relief`: what is seen is draped over what wheels feel. Left out: clothoids
(curvature jumps as the path has it), field tracks and junctions.
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np

from ....renderers.scene import Environment, Material, Sun, Texture
from ...physics.ground import Ground
from ...physics.relief import Relief, distances
from ..alignment import Crest, Profile, superelevation
from ..assets import country as furniture
from ..assets import finishes, vegetation
from ..assets.asset import Asset
from ..assets.motorway import delineator, wood_edge
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from ..sight import sight_distance
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
_CROPS = (
    (Material((0.36, 0.29, 0.12), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN), 0.75),
    (Material((0.40, 0.36, 0.03), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN), 1.0),
    (Material((0.075, 0.135, 0.03), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN), 0.5),
    (finishes.SOIL, 0.08),
)


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
        *_Landscape(road, ground, rng).placements,
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
    path, edge, relief = road.centre, road.left_edge_m, ground.relief
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
        ways = (sight_distance(ground, path, float(s), 0.0, object_m=1.0, reach_m=sign * _OVERTAKING_M) for sign in (1, -1))
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
            for s in np.arange(np.ceil(a / 4.0) * 4.0, b, 4.0):
                sweep.post(float(s), rail - towards * 0.09, -0.1, 0.72, 0.06, 0.12, finishes.GALVANISED)
            low, high = sorted((rail - towards * 0.15, rail + towards * 0.08))
            solid = band_boxes(path, a, b, low, high, 0.0, 0.75)
            asset = sweep.asset(f"guard_rail_{index}", SemanticClass.GUARD_RAIL, solid)
            placements.append(Placement(draped(asset, ground)))
        board = -side * (edge + 2.2)
        count = max(2, min(5, round((end - start) / 18.0)))
        for k in range(count):
            s = start + (end - start) * (k + 0.75) / (count + 0.5)
            placements.append(stood(boards[side], ground, path, s, board, np.pi + side * 0.25))
            s = end - (end - start) * (k + 0.75) / (count + 0.5)
            placements.append(stood(boards[-side], ground, path, s, board - side * 0.12, -side * 0.25))
        ahead, back = ("bend_left", "bend_right") if side > 0 else ("bend_right", "bend_left")
        placements.append(stood(signs[ahead], ground, path, start - 110.0, -edge - 1.4, np.pi))
        placements.append(stood(signs[back], ground, path, end + 110.0, edge + 1.4, 0.0))
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
    side, pole, tops = float(rng.choice([-1.0, 1.0])), furniture.power_pole(), []
    for s in np.arange(-OVERRUN_M + 20.0, path.length_m + OVERRUN_M, 46.0):
        placements.append(stood(pole, ground, path, float(s), side * (edge + 6.0)))
        x, y, z = placements[-1].position_w
        tops.append((x, y, z + pole.size[2]))
    for a in range(0, len(tops) - 1, 4):
        placements.append(Placement(furniture.wire(np.array(tops[a : a + 5]))))
    return placements


class _Landscape:
    """Plots of wood, field, meadow and hedge on both sides, with one farm, and woods on the horizon."""

    def __init__(self, road: Road, ground: Ground, rng: np.random.Generator) -> None:
        assert ground.relief is not None
        self.placements: list[Placement] = []
        self._path, self._ground, self._relief, self._rng = road.centre, ground, ground.relief, rng
        self._first = self._relief.reach_m
        self._trees = [vegetation.tree(vegetation.SPECIES[k % 4], rng=rng, clusters=1500) for k in range(7)]
        self._backdrop = [dataclasses.replace(tree, collision=()) for tree in self._trees]
        self._bushes = [vegetation.bush(rng=rng, height_m=float(rng.uniform(1.2, 2.8))) for _ in range(4)]
        self._post = furniture.fence_post()
        self._hedge = vegetation.hedge(6.0, 1.5, rng=rng)
        self._woods = [wood_edge(rng=rng) for _ in range(3)]
        farm_side, farm_s = int(rng.choice([-1, 1])), float(rng.uniform(0.2, 0.8)) * self._path.length_m
        for side in (-1, 1):
            cuts = [-OVERRUN_M]
            while cuts[-1] < self._path.length_m + OVERRUN_M:
                cuts.append(cuts[-1] + float(rng.uniform(55.0, 130.0)))
            kinds = [("wood", "field", "meadow", "field")[int(rng.integers(4))] for _ in cuts]
            for a, b, kind in zip(cuts[:-1], cuts[1:], kinds[1:], strict=True):
                farm = side == farm_side and a <= farm_s < b
                {"wood": self._wood, "field": self._field, "meadow": self._meadow, "farm": self._farm}[
                    "farm" if farm else kind
                ](a, b, side)
        self._horizon()

    def _stand(self, asset: Asset, s: float, d: float, turn: float | None = None, *, clear_m: float = 0.0) -> None:
        """Put something down unless it would stand nearer to the road elsewhere than here."""
        xy, _, _ = self._path.at(s, d)
        if float(distances(self._relief.rows, xy[None])[0]) < max(min(abs(d), self._first + 3.0), clear_m) - 0.5:
            return
        angle = float(self._rng.uniform(0.0, 2.0 * np.pi)) if turn is None else turn
        self.placements.append(stood(asset, self._ground, self._path, s, d, angle, sink_m=0.12))

    def _wood(self, a: float, b: float, side: int) -> None:
        """Trees in loose rows, bushes under the first of them."""
        rng = self._rng
        for s in np.arange(a + 2.0, b - 2.0, 3.5):
            self._stand(self._bushes[int(rng.integers(4))], float(s), side * (self._first + float(rng.uniform(2.5, 6.0))))
        for row in range(3):
            trees = self._trees if row == 0 else self._backdrop
            for s in np.arange(a + 3.0, b - 3.0, 5.5 + 1.5 * row):
                d = self._first + 4.5 + 6.5 * row + float(rng.uniform(-1.5, 1.5))
                tree = trees[int(rng.integers(len(trees)))]
                self._stand(tree, float(s + rng.uniform(-1.5, 1.5)), side * d)
        for s in np.arange(a + 30.0, b - 20.0, 55.0):
            self._stand(self._woods[int(rng.integers(3))], float(s), side * (self._first + 34.0), -side * np.pi / 2, clear_m=34.0)

    def _field(self, a: float, b: float, side: int) -> None:
        """A crop behind a strip of grass; ploughed land where it stands low."""
        crop, tall = _CROPS[int(self._rng.integers(len(_CROPS)))]
        near = self._first + float(self._rng.uniform(3.0, 7.0))
        self._plot(a + 1.5, b - 1.5, side, near, near + float(self._rng.uniform(60.0, 110.0)), crop, tall)
        if self._rng.random() < 0.35:
            for s in np.arange(a + 3.0, b - 3.0, 6.0):
                self._stand(self._hedge, float(s), side * (self._first + 1.6), 0.5 * np.pi)
        self._solitary(a, b, side)

    def _plot(self, a: float, b: float, side: int, near: float, far: float, crop: Material, tall: float) -> None:
        _, _, bend = self._path.at(np.linspace(a, b, 9))
        inner = float(np.max(side * bend))
        far = min(far, 0.75 / inner) if inner > 0.0 else far
        if far - near < 12.0:
            return
        d = np.linspace(near, far, int(np.ceil((far - near) / 8.0)) + 1)
        sweep = Sweep(self._path, 6.0, 4.0)
        top = [(float(side * x), tall) for x in (d if side > 0 else d[::-1])]
        low, high = top[0][0], top[-1][0]
        sweep.section(a, b, [(low, 0.0), *top, (high, 0.0)], crop)
        for p, q in pairwise([low, *(x for x, _ in top[1:-1]), high]):
            sweep.upright((a, q), (a, p), 0.0, tall, crop)
            sweep.upright((b, p), (b, q), 0.0, tall, crop)
        self.placements.append(Placement(draped(sweep.asset("field", SemanticClass.TERRAIN), self._ground)))

    def _meadow(self, a: float, b: float, side: int) -> None:
        """Grass with a fence, bales or single trees."""
        rng = self._rng
        if rng.random() < 0.6:
            self._fence(a, b, side * (self._first + 2.5))
        if rng.random() < 0.5:
            bale = furniture.bale()
            for _ in range(5):
                self._stand(bale, float(rng.uniform(a, b)), side * (self._first + float(rng.uniform(14.0, 45.0))))
        self._solitary(a, b, side)
        self._solitary(a, b, side)

    def _fence(self, a: float, b: float, d: float) -> None:
        sweep = Sweep(self._path, 4.0, 4.0)
        for s in np.arange(a, b, 4.0):
            self.placements.append(stood(self._post, self._ground, self._path, float(s), d))
        for z in (0.45, 0.75, 1.05):
            sweep.section(a, b, [(d - 0.006, z), (d + 0.006, z + 0.006), (d - 0.006, z + 0.012)], finishes.STEEL_GREY)
            sweep.section(a, b, [(d + 0.006, z + 0.012), (d - 0.006, z + 0.006), (d + 0.006, z)], finishes.STEEL_GREY)
        self.placements.append(Placement(draped(sweep.asset("fence", SemanticClass.FENCE), self._ground)))

    def _solitary(self, a: float, b: float, side: int) -> None:
        rng = self._rng
        for _ in range(int(rng.integers(0, 3))):
            thing = self._trees[int(rng.integers(len(self._trees)))]
            self._stand(thing, float(rng.uniform(a, b)), side * (self._first + float(rng.uniform(2.5, 40.0))))

    def _farm(self, a: float, b: float, side: int) -> None:
        """A house and a barn behind a yard, trees around."""
        rng, middle, turn = self._rng, (a + b) / 2, -side * np.pi / 2
        self._stand(furniture.farmhouse(rng=rng), middle - 13.0, side * (self._first + 17.0), turn + 0.1)
        self._stand(furniture.barn(rng=rng), middle + 13.0, side * (self._first + 24.0), turn - 0.15)
        for s in np.arange(a + 4.0, b - 4.0, 7.0):
            self._stand(self._trees[int(rng.integers(len(self._trees)))], float(s), side * (self._first + 42.0))
        for s in np.arange(middle - 24.0, middle - 5.0, 6.0):
            self._stand(self._hedge, float(s), side * (self._first + 3.0), 0.5 * np.pi)

    def _horizon(self) -> None:
        """The edges of woods all around, at 90 to 220 m."""
        rng, path = self._rng, self._path
        for side in (-1.0, 1.0):
            for s in np.arange(-OVERRUN_M, path.length_m + OVERRUN_M, 62.0):
                away = 90.0 + 120.0 * float(rng.random()) ** 2
                self._stand(self._woods[int(rng.integers(3))], float(s), side * away, -side * np.pi / 2, clear_m=70.0)
        for end, turn in ((-OVERRUN_M, 0.0), (path.length_m + OVERRUN_M, np.pi)):
            for d in np.arange(-260.0, 261.0, 62.0):
                s = end + (15.0 if turn else -15.0)
                xy, yaw, _ = path.at(s, float(d))
                z = float(self._ground.at(xy)[0])
                wood = self._woods[int(rng.integers(3))]
                self.placements.append(Placement.upright(wood, float(xy[0]), float(xy[1]), z, yaw=float(yaw) + turn))


