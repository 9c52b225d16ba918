"""The town streets that meet at a junction, and the blocks of houses between them.

Four arms point south, east, north and west from the origin. Along each, distance `s` counts outwards from the middle of
the junction and `d` to the left of that: inbound traffic, which keeps right, is at positive `d`. The kerb of an arm is
a line (s, |d|), the same on both sides: near the junction the carriageway alone, further out parking bays between
build-outs. Between two arms lies a block: a pavement whose kerb runs from one arm around the corner to the other,
terraces behind it, and a row of houses across its corner. At the far end each arm meets a ring road with houses behind
it, so every view ends in houses. All is flat; pavements are a kerb higher. Left out: lowered kerbs, gradients.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Environment, Material, Sun
from ...physics.ground import Patch, RectPatch
from ..assets import buildings, finishes, street, vegetation
from ..assets.asset import Asset
from ..assets.meshes import grid, polygon, ribbon
from ..assets.scenery import Pile
from ..classes import SemanticClass
from ..path import Path
from .stage import ParkingSlot, Placement
from .urban import BAY_M, CROSS_STREET_M, GUTTER_M, KERB_M, PAINT_M, PAVING_FRICTION, REACH_M, SLOT_M

F64 = NDArray[np.float64]
ARM_YAW = {"south": -np.pi / 2, "east": 0.0, "north": np.pi / 2, "west": np.pi}
"""Direction of each arm, outwards."""
RIM_M = 0.15
OUTER_D_M = 52.0
_SOLID_M = 75.0


@dataclass(frozen=True, eq=False)
class Arms:
    """What the four arms have in common.

    Attributes:
        length_m: from the middle of the junction to the ring road.
        edge: (K, 2) kerb (s, |d|) with growing s, ending at `length_m`.
        corner: (C, 2) kerb around a corner in the frame of an arm (x along it, y to the left), from the next arm
            to the left round to this one, between the beginnings of both edges.
        front_m: |d| of the house fronts.
        bays_m: (begin, end) of the stretch with parking bays.
        clear_m: no trees and no small things nearer to the middle than this.

    """

    length_m: float
    edge: F64
    corner: F64
    front_m: float
    bays_m: tuple[float, float]
    clear_m: float

    def kerb(self, s: float) -> float:
        """|d| of the kerb at a distance from the middle."""
        return float(np.interp(s, self.edge[:, 0], self.edge[:, 1]))


def arm_path(name: str, length_m: float) -> Path:
    """The middle of an arm, outwards from the origin."""
    return Path.from_segments([(length_m, 0.0)], yaw=ARM_YAW[name], step_m=5.0)


def turned(points: F64, yaw: float) -> F64:
    """Points (N, 2) of an arm's frame in the world."""
    c, s = round(float(np.cos(yaw)), 12), round(float(np.sin(yaw)), 12)
    return np.stack([c * points[:, 0] - s * points[:, 1], s * points[:, 0] + c * points[:, 1]], 1)


def inset(line: F64, d_m: float) -> F64:
    """A closed polyline moved to its left, mitred."""
    step = np.roll(line, -1, axis=0) - line
    step /= np.linalg.norm(step, axis=1, keepdims=True)
    normal = np.stack([-step[:, 1], step[:, 0]], 1)
    before = np.roll(normal, 1, axis=0)
    both = normal + before
    return line + d_m * 2.0 * both / np.sum(both * both, axis=1, keepdims=True)


def kerbs(pile: Pile, line: F64, *, gutter: bool = True) -> None:
    """Kerb around a raised area on the left of a closed line: gutter, face, and the stone's top."""
    loop = np.concatenate([line, line[:1]])
    inner = inset(line, RIM_M)
    inner = np.concatenate([inner, inner[:1]])
    top = np.column_stack([loop, np.full(len(loop), KERB_M)])
    pile.flat(finishes.KERBSTONE, ribbon(np.column_stack([inner, top[:, 2]]), top))
    pile.flat(finishes.KERBSTONE, grid(np.stack([top - [0.0, 0.0, KERB_M + 0.02], top])))
    if gutter:
        outer = inset(line, -GUTTER_M)
        outer = np.concatenate([outer, outer[:1]])
        low = np.column_stack([loop, np.full(len(loop), 0.002)])
        pile.flat(finishes.GUTTER, ribbon(low, np.column_stack([outer, low[:, 2]])))


def sheet(pile: Pile, path: Path, sd: Iterable[tuple[float, float]], z: float, material: Material) -> None:
    """A flat simple polygon given by corners (s, d) beside a straight path."""
    corners = np.array(list(sd), float)
    xy, _, _ = path.at(corners[:, 0], corners[:, 1])
    pile.flat(material, polygon(xy, at=z))


def mark(pile: Pile, path: Path, s0: float, s1: float, d0: float, d1: float) -> None:
    """A painted rectangle."""
    sheet(pile, path, ((s0, d0), (s1, d0), (s1, d1), (s0, d1)), PAINT_M, finishes.ROAD_PAINT)


def arrow(pile: Pile, path: Path, s: float, d: float, *heads: str) -> None:
    """A lane arrow for inbound traffic, its tail at (s, d); heads are any of "left", "straight", "right"."""
    stem = 3.4 if "straight" in heads else 2.2
    shapes = [[(0.0, -0.075), (stem, -0.075), (stem, 0.075), (0.0, 0.075)]]
    if "straight" in heads:
        shapes.append([(3.4, -0.26), (4.8, 0.0), (3.4, 0.26)])
    for name, side in (("left", 1.0), ("right", -1.0)):
        if name in heads:
            shapes.append([(1.5, side * 0.07), (1.72, side * 0.07), (2.32, side * 0.60), (2.12, side * 0.66)])
            shapes.append([(2.02, side * 0.98), (1.98, side * 0.50), (2.62, side * 0.62), (2.95, side * 1.08)])
    for shape in shapes:
        sheet(pile, path, [(s - u, d - v) for u, v in shape], PAINT_M, finishes.ROAD_PAINT)


def daylight(rng: np.random.Generator) -> Environment:
    """A fair day, the sun somewhere between 32 and 57 degrees high."""
    azimuth, elevation = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.55, 1.0))
    flat = float(np.cos(elevation))
    direction = (flat * float(np.cos(azimuth)), flat * float(np.sin(azimuth)), float(np.sin(elevation)))
    return Environment(sun=Sun(direction_w=direction))


# ---- ground -----------------------------------------------------------------------------------------------------


def block_line(arms: Arms) -> F64:
    """The closed kerb of the block to the left of an arm, in the arm's frame, pavement on its left."""
    this = arms.edge
    other = this[::-1, ::-1]
    far = [(arms.length_m, arms.length_m)]
    return np.concatenate([other, arms.corner, this, far])


def blocks(arms: Arms, corner_m: float) -> list[Placement]:
    """Asphalt everywhere, and pavements with kerbs; houses across a corner begin `corner_m` from the arms' middles."""
    out = []
    end = arms.length_m + CROSS_STREET_M
    asphalt = Pile()
    for a, b, c, d in ((-end, end, -arms.front_m, arms.front_m), (-arms.front_m, arms.front_m, arms.front_m, end),
                       (-arms.front_m, arms.front_m, -end, -arms.front_m)):  # fmt: skip
        asphalt.flat(finishes.ASPHALT, polygon(np.array([[a, c], [b, c], [b, d], [a, d]])))
    middle = 40.0
    for sx, sy in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        corners = np.array([[arms.front_m, arms.front_m], [middle, arms.front_m], [arms.front_m, middle]])
        asphalt.flat(finishes.ASPHALT, polygon(corners * [sx, sy]))
    out.append(Placement(asphalt.asset("carriageway", SemanticClass.ROAD)))
    line = block_line(arms)
    f, c, length = arms.front_m + 1.0, max(corner_m + 1.0, arms.front_m + 2.0), arms.length_m
    rear = np.array([[length - RIM_M, f], [c, f], [f, c], [f, length - RIM_M]])
    rim = inset(line, RIM_M)[:-1]
    garden = np.array([[length - RIM_M, f], [length - RIM_M, length - RIM_M], [f, length - RIM_M], [f, c], [c, f]])
    paving, grass = polygon(np.concatenate([rim, rear]), at=KERB_M), polygon(garden, at=KERB_M)
    for yaw in ARM_YAW.values():
        pile = Pile()
        kerbs(pile, turned(line, yaw))
        pile.flat(finishes.PAVING, paving.rotated("z", yaw))
        pile.flat(finishes.GRASS, grass.rotated("z", yaw))
        out.append(Placement(pile.asset("block", SemanticClass.PAVEMENT)))
    for yaw in ARM_YAW.values():
        out.append(Placement(_ring(end, length, yaw)))
    return out


def _ring(end: float, length: float, yaw: float) -> Asset:
    """The ring road at the end of an arm, the kerb behind it, and the land beyond."""
    pile = Pile()

    def band(a: float, b: float, z: float, material: Material) -> None:
        outline = np.array([[a, -a], [b, -b], [b, b], [a, a]])
        pile.flat(material, polygon(turned(outline, yaw), at=z))

    band(length - 0.5, end + 0.01, -0.004, finishes.ASPHALT)
    band(end, end + RIM_M, KERB_M, finishes.KERBSTONE)
    band(end + RIM_M, end + 3.4, KERB_M, finishes.PAVING)
    band(end + 3.4, end + REACH_M, KERB_M, finishes.GRASS)
    face = turned(np.array([[end, end], [end, -end]]), yaw)
    low, top = (np.column_stack([face, np.full(2, z)]) for z in (-0.02, KERB_M))
    pile.flat(finishes.KERBSTONE, grid(np.stack([low, top])))
    return pile.asset("ring_road", SemanticClass.ROAD)


def ground_patches(arms: Arms) -> list[Patch]:
    """Raised pavements with the arms cut out of them; the junction itself is the caller's, and comes after these."""
    length, end = arms.length_m, arms.length_m + CROSS_STREET_M
    patches: list[Patch] = [RectPatch((0.0, 0.0), 0.0, length, length, KERB_M, PAVING_FRICTION)]
    for yaw in ARM_YAW.values():
        at = turned(np.array([[end + REACH_M / 2, 0.0]]), yaw)[0]
        patches.append(
            RectPatch((float(at[0]), float(at[1])), yaw, REACH_M / 2, end + REACH_M, KERB_M, PAVING_FRICTION)
        )
        for (s0, k0), (s1, k1) in zip(arms.edge[:-1].tolist(), arms.edge[1:].tolist(), strict=True):
            n = 1 if k0 == k1 else max(1, int(np.ceil(abs(k1 - k0) / 0.12)))
            for i in range(n):
                a, b = s0 + (s1 - s0) * i / n, s0 + (s1 - s0) * (i + 1) / n
                half = k0 + (k1 - k0) * (i + 0.5) / n
                patches.append(asphalt_patch(yaw, a, b, half))
        patches.append(asphalt_patch(yaw, 0.0, float(arms.edge[0, 0]), float(arms.edge[0, 1])))
    return patches


def asphalt_patch(
    yaw: float, s0: float, s1: float, half_m: float, height_m: float = 0.0, d_m: float = 0.0
) -> RectPatch:
    """A rectangle of road surface on an arm."""
    x, y = turned(np.array([[(s0 + s1) / 2, d_m]]), yaw)[0].tolist()
    return RectPatch((x, y), yaw, (s1 - s0) / 2, half_m, height_m, 0.85)


# ---- houses -----------------------------------------------------------------------------------------------------


class Deck:
    """Draws assets like cards, so that neighbours differ and every one is used."""

    def __init__(self, cards: list[Asset], rng: np.random.Generator) -> None:
        self._cards, self._rng, self._left = cards, rng, list[int]()

    def draw(self) -> Asset:
        """The next card."""
        if not self._left:
            self._left = self._rng.permutation(len(self._cards)).tolist()
        return self._cards[self._left.pop()]


def facing(path: Path, s: float, side: float, distance: float, asset: Asset, z: float = KERB_M) -> Placement:
    """An asset beside a road with its +x towards the middle of it."""
    xy, yaw, _ = path.at(s, side * distance)
    return Placement.upright(asset, float(xy[0]), float(xy[1]), z, yaw=float(yaw) - side * np.pi / 2)


def houses(arms: Arms, least_corner_m: float, rng: np.random.Generator) -> tuple[list[Placement], float]:
    """Terraces along all arms, rows across the corners and at the ends; also where the corner rows begin."""
    deck = Deck([buildings.terraced_house(rng=rng, shop=k % 2 == 0) for k in range(14)], rng)
    corner = [deck.draw()]
    while arms.front_m + sum(buildings.frontage_m(h) for h in corner) / np.sqrt(2.0) < least_corner_m:
        corner.append(deck.draw())
    begin = arms.front_m + sum(buildings.frontage_m(h) for h in corner) / float(np.sqrt(2.0))
    diagonal = (arms.front_m + begin) / float(np.sqrt(2.0))
    out = []
    for yaw in ARM_YAW.values():
        row = Path.from_segments([(10.0, 0.0)], yaw=yaw + np.pi / 4)
        d = -sum(buildings.frontage_m(h) for h in corner) / 2
        for house in (corner := corner[1:] + corner[:1]):
            xy, heading, _ = row.at(diagonal, d + buildings.frontage_m(house) / 2)
            out.append(Placement.upright(house, float(xy[0]), float(xy[1]), KERB_M, yaw=float(heading) + np.pi))
            d += buildings.frontage_m(house)
    blocks = [buildings.city_block(rng=rng) for _ in range(3)]
    for name, yaw in ARM_YAW.items():
        path = arm_path(name, arms.length_m)
        for side in (-1.0, 1.0):
            s = begin
            while True:
                house = deck.draw()
                if s + buildings.frontage_m(house) > arms.length_m - 0.5:
                    break
                solid = house if s < _SOLID_M else _hollow(house)
                out.append(facing(path, s + buildings.frontage_m(house) / 2, side, arms.front_m, solid))
                s += buildings.frontage_m(house)
        far = arms.length_m + CROSS_STREET_M + 3.4
        d = -OUTER_D_M
        while d < OUTER_D_M:
            house = deck.draw()
            (x, y), _, _ = path.at(far, d + buildings.frontage_m(house) / 2)
            out.append(Placement.upright(_hollow(house), float(x), float(y), KERB_M, yaw=yaw + np.pi))
            d += buildings.frontage_m(house)
        for k, d in enumerate((-78.0, -30.0, 24.0, 72.0)):
            (x, y), _, _ = path.at(far + float(rng.uniform(28.0, 50.0)), d)
            block = _hollow(blocks[k % 3])
            out.append(Placement.upright(block, float(x), float(y), KERB_M, yaw=yaw + np.pi))
    return out, begin


def _hollow(asset: Asset) -> Asset:
    """The same look with nothing to touch, for what nobody reaches."""
    return dataclasses.replace(asset, collision=())


# ---- along the arms ---------------------------------------------------------------------------------------------


def slots(arms: Arms) -> tuple[ParkingSlot, ...]:
    """Parking bays of all arms."""
    out = []
    first, last = arms.bays_m
    for name in ARM_YAW:
        path = arm_path(name, arms.length_m)
        for s in np.arange(first + SLOT_M / 2, last - SLOT_M / 2, SLOT_M):
            for side in (-1, 1):
                xy, yaw, _ = path.at(float(s), side * (arms.kerb(float(s)) - BAY_M / 2))
                heading = float(yaw) + (np.pi if side > 0 else 0.0)
                at = (float(xy[0]), float(xy[1]))
                out.append(ParkingSlot(float(s), side, at, heading, SLOT_M - 0.5, BAY_M, name))
    return tuple(out)


def bay_marks(pile: Pile, path: Path, arms: Arms) -> None:
    """Lines between carriageway and parking bays, and between the bays."""
    first, last = arms.bays_m
    for side in (-1.0, 1.0):
        inner = side * (arms.kerb(first) - BAY_M)
        mark(pile, path, first, last, *sorted((inner, inner + side * 0.10)))
        for s in np.arange(first, last, SLOT_M):
            low, high = sorted((inner + side * 0.10, inner + side * (BAY_M - GUTTER_M)))
            mark(pile, path, float(s) - 0.05, float(s) + 0.05, low, high)


def repairs(pile: Pile, path: Path, arms: Arms, rng: np.random.Generator) -> None:
    """Patches of newer asphalt and manhole covers."""
    for _ in range(4):
        s, d = float(rng.uniform(arms.clear_m, arms.length_m - 12.0)), float(rng.uniform(-3.2, 2.0))
        long, wide = float(rng.uniform(1.0, 7.0)), float(rng.uniform(0.6, 1.2))
        sheet(pile, path, ((s, d), (s + long, d), (s + long, d + wide), (s, d + wide)), 0.0015, finishes.ASPHALT_REPAIR)
    for _ in range(3):
        s, d = float(rng.uniform(arms.clear_m - 8.0, arms.length_m - 5.0)), float(rng.uniform(-2.6, 2.6))
        angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        circle = zip((s + 0.31 * np.cos(angle)).tolist(), (d + 0.31 * np.sin(angle)).tolist(), strict=True)
        sheet(pile, path, circle, 0.0025, finishes.MANHOLE)


def furniture(arms: Arms, rng: np.random.Generator) -> list[Placement]:
    """Lamps, trees and small things by the kerbs, benches and hedges by the houses."""
    trees = [vegetation.tree(species, rng=rng, spread_m=BAY_M + 0.85) for species in vegetation.SPECIES[:3]]
    lamp = street.street_lamp(float(rng.uniform(6.4, 7.6)))
    grate, bench, hedge = street.tree_grate(), street.bench(), vegetation.hedge(rng=rng)
    small = [street.litter_bin(), street.bollard(), street.bicycle_stand(), street.cable_cabinet(), street.post_box()]
    parking = street.sign("parking")
    first, last = arms.bays_m
    out: list[Placement] = []
    for name in ARM_YAW:
        path = arm_path(name, arms.length_m)
        for side in (-1.0, 1.0):
            phase = float(rng.uniform(0.0, 5.0))
            for k, s in enumerate(np.arange(arms.clear_m + phase, arms.length_m - 6.0, 8.0)):
                s = float(s + rng.uniform(-0.8, 0.8))
                zone = max(arms.kerb(s - 1.5), arms.kerb(s + 1.5)) + RIM_M + 0.55
                if k % 3 == 0:
                    out.append(facing(path, s, side, zone, lamp))
                elif first + 3.0 < s < last - 3.0 and (k % 3 == 1 or rng.random() < 0.3):
                    xy, _, _ = path.at(s, side * (zone + 0.25))
                    pick = trees[int(rng.integers(len(trees)))]
                    turn = float(rng.uniform(0, 2 * np.pi))
                    out.append(Placement.upright(pick, float(xy[0]), float(xy[1]), KERB_M, yaw=turn))
                    out.append(facing(path, s, side, zone + 0.25, grate))
                else:
                    out.append(facing(path, s, side, zone - 0.1, small[int(rng.integers(len(small)))]))
            for s in rng.uniform(arms.clear_m + 10.0, arms.length_m - 8.0, 2):
                out.append(facing(path, float(s), side, arms.front_m - 0.55, bench))
            s = float(rng.uniform(arms.clear_m + 10.0, arms.length_m - 8.0))
            out.append(facing(path, s, side, arms.front_m - 0.45, hedge))
            at = first + 1.0 if side < 0 else last - 1.0
            out.append(roadside_sign(path, at, side, arms.kerb(at) + RIM_M + 0.45, parking))
    return out


def roadside_sign(path: Path, s: float, side: float, distance: float, asset: Asset) -> Placement:
    """A sign that faces the traffic of its side: inbound on the left of an arm (side +1), outbound on the right."""
    xy, yaw, _ = path.at(s, side * distance)
    return Placement.upright(asset, float(xy[0]), float(xy[1]), KERB_M, yaw=float(yaw) + (np.pi if side < 0 else 0.0))
