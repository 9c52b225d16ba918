"""An urban street: carriageway with parking bays, kerbs, pavements, terraces, trees and furniture, closed at both ends.

The section, from the middle out: lanes, parking bays, a concrete gutter, a 0.12 m kerb, the pavement with a furniture
zone by the kerb, the building line. The street runs on beyond both ends of its path and meets a cross street
with a row of houses behind it, so no view ends in nothing. All levels are flat; the carriageway is z = 0 and has
no crown. Paint lies 4 mm above the asphalt. Left out: gradients, junctions with signals, tram tracks.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Environment, Material, Sun
from ...physics.ground import ArcPatch, Ground, RectPatch
from ..assets import buildings, finishes, street, vegetation
from ..assets.asset import Asset
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from .stage import Lane, ParkingSlot, Placement, Road, Stage
from .surfaces import Sweep, band_patches, chunks, dashes, terrain

KERB_M = 0.12
PAINT_M = 0.004
BAY_M = 2.1
GUTTER_M = 0.25
OVERRUN_M = 60.0
CROSS_STREET_M = 11.0
REACH_M = 30.0
SLOT_M = 5.9
ASPHALT_FRICTION, PAVING_FRICTION = 0.85, 0.75

Gap = tuple[float, float, int]


@pure
def urban_street(
    *,
    rng: np.random.Generator,
    path: Path | None = None,
    length_m: float = 160.0,
    lanes: int = 2,
    reserved_gaps: tuple[Gap, ...] = (),
    zebras_m: tuple[float, ...] = (),
) -> Stage:
    """Build a street.

    Args:
        rng: stream of the place's look and layout.
        path: centre line; a straight of `length_m` along x from the origin if not given. Radii above 40 m.
        length_m: length of the default path [m].
        lanes: number of lanes, an even number, half of them in each direction.
        reserved_gaps: (s_start, s_end, side) stretches without parking slots and without furniture by the kerb;
            side -1 is the right of the path, +1 the left, 0 both.
        zebras_m: middles of zebra crossings along the path.

    Raises:
        ValueError: for an odd number of lanes or none.

    """
    if lanes < 2 or lanes % 2:
        raise ValueError(f"an urban street has {lanes} lanes, expected an even number of at least 2")
    path = path if path is not None else Path.from_segments([(length_m, 0.0)])
    width = float(rng.uniform(3.25, 3.5))
    pavement = float(rng.uniform(2.8, 3.6))
    street_half = lanes / 2 * width
    kerb = street_half + BAY_M
    front = kerb + 0.15 + pavement
    offsets = (np.arange(lanes) - (lanes - 1) / 2) * width
    road = Road(path, tuple(Lane(float(d), width, -1 if d > 0 else 1) for d in offsets), -kerb, kerb)
    gaps = reserved_gaps + tuple((s - 6.0, s + 6.0, 0) for s in zebras_m)
    slots = _slots(path, street_half + BAY_M / 2, gaps)
    placements = [
        *_surfaces(road, width, front, slots, zebras_m, rng),
        *_terraces(path, front, rng),
        *_furniture(path, kerb, front, gaps, rng),
    ]
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    patches: list[RectPatch | ArcPatch] = []
    for side in (-1, 1):
        low, high = sorted((side * kerb, side * (front + REACH_M)))
        patches += band_patches(path, s0, s1, low, high, height_m=KERB_M, friction=PAVING_FRICTION)
    for a, b in (
        (s0 - CROSS_STREET_M - REACH_M, s0 - CROSS_STREET_M),
        (s1 + CROSS_STREET_M, s1 + CROSS_STREET_M + REACH_M),
    ):
        patches += band_patches(path, a, b, -90.0, 90.0, height_m=KERB_M, friction=PAVING_FRICTION)
    ground = Ground(friction=ASPHALT_FRICTION, patches=tuple(patches))
    return Stage("urban_street", tuple(placements), ground, _daylight(rng), road, slots)


def _daylight(rng: np.random.Generator) -> Environment:
    azimuth, elevation = rng.uniform(0, 2 * np.pi), rng.uniform(0.55, 1.0)
    direction = (np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation))
    return Environment(sun=Sun(direction_w=tuple(float(c) for c in direction)))  # type: ignore[arg-type]


def _blocked(s0: float, s1: float, side: int, gaps: tuple[Gap, ...]) -> bool:
    return any(s0 < b and s1 > a and side in (g, side if g == 0 else g) for a, b, g in gaps)


def _slots(path: Path, offset: float, gaps: tuple[Gap, ...]) -> tuple[ParkingSlot, ...]:
    slots = []
    for side in (-1, 1):
        for s in np.arange(4.0 + SLOT_M / 2, path.length_m - 4.0 - SLOT_M / 2, SLOT_M):
            if _blocked(s - SLOT_M / 2, s + SLOT_M / 2, side, gaps):
                continue
            xy, yaw, _ = path.at(s, side * offset)
            heading = float(yaw) + (np.pi if side > 0 else 0.0)
            slots.append(ParkingSlot(float(s), side, (float(xy[0]), float(xy[1])), heading, SLOT_M - 0.5, BAY_M))
    return tuple(sorted(slots, key=lambda slot: (slot.s_m, slot.side)))


def _surfaces(
    road: Road,
    width: float,
    front: float,
    slots: tuple[ParkingSlot, ...],
    zebras: tuple[float, ...],
    rng: np.random.Generator,
) -> list[Placement]:
    path, kerb = road.centre, road.left_edge_m
    s0, s1 = -OVERRUN_M, path.length_m + OVERRUN_M
    bays = kerb - BAY_M
    back = front + REACH_M
    placements = []
    for index, (a, b) in enumerate(chunks(s0, s1)):
        ground = Sweep(path)
        for side in (-1.0, 1.0):
            points = [
                (0.0, 0.0), (bays, 0.0), (kerb - GUTTER_M, 0.0), (kerb, 0.0), (kerb, KERB_M), (kerb + 0.15, KERB_M),
                (front + 1.0, KERB_M), (back, KERB_M),
            ]  # fmt: skip
            look = [
                finishes.ASPHALT, finishes.ASPHALT_WORN, finishes.GUTTER, finishes.KERBSTONE, finishes.KERBSTONE,
                finishes.PAVING, finishes.GRASS,
            ]  # fmt: skip
            if side > 0:
                ground.section(a, b, points, look)
            else:
                ground.section(a, b, [(-d, z) for d, z in reversed(points)], look[::-1])
        _paint(ground, a, b, bays, width, zebras)
        _marks(ground, a, b, slots, bays)
        _repairs(ground, a, b, bays, rng)
        placements.append(Placement(ground.asset(f"street_{index}", SemanticClass.ROAD)))
    for index, (end, sign) in enumerate(((s0, -1.0), (s1, 1.0))):
        placements.append(
            Placement(_cross_street(path, end, sign, kerb).asset(f"cross_street_{index}", SemanticClass.ROAD))
        )
    placements.append(Placement(terrain(path)))
    return placements


def _paint(ground: Sweep, a: float, b: float, bays: float, width: float, zebras: tuple[float, ...]) -> None:
    length = ground.path.length_m
    paint = finishes.ROAD_PAINT

    def free(s: float) -> bool:
        return all(abs(s - zebra) > 4.5 for zebra in zebras)

    def line(p: float, q: float, d: float, wide: float) -> None:
        low, high = max(p, a), min(q, b)
        if high > low:
            ground.strip(low, high, (d - wide / 2, PAINT_M), (d + wide / 2, PAINT_M), paint)

    middles = [0.0] + [side * k * width for side in (-1, 1) for k in range(1, round(bays / width))]
    for d in middles:
        for p, q in dashes(-OVERRUN_M + 8.0, length + OVERRUN_M - 8.0, 3.0, 4.5):
            if free((p + q) / 2):
                line(p, q, d, 0.12)
    for side, end in ((-1.0, length + OVERRUN_M - 2.0), (1.0, -OVERRUN_M + 1.5)):
        low, high = sorted((side * 0.25, side * (bays - 0.1)))
        if a <= end < b:
            ground.strip(end, end + 0.5, (low, PAINT_M), (high, PAINT_M), paint)
    for zebra in zebras:
        for d in np.arange(-bays - BAY_M + 0.6, bays + BAY_M - 0.5, 1.0):
            line(zebra - 2.0, zebra + 2.0, float(d) + 0.25, 0.5)


def _marks(ground: Sweep, a: float, b: float, slots: tuple[ParkingSlot, ...], bays: float) -> None:
    for slot in slots:
        if not a <= slot.s_m < b:
            continue
        half = SLOT_M / 2
        low, high = sorted((slot.side * bays, slot.side * (bays + 0.10)))
        ground.strip(slot.s_m - half, slot.s_m + half, (low, PAINT_M), (high, PAINT_M), finishes.ROAD_PAINT)
        low, high = sorted((slot.side * bays, slot.side * (bays + BAY_M - GUTTER_M)))
        edge = slot.s_m - half
        ground.strip(edge - 0.05, edge + 0.05, (low, PAINT_M), (high, PAINT_M), finishes.ROAD_PAINT)


def _repairs(ground: Sweep, a: float, b: float, bays: float, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(1, 4))):
        s, d = rng.uniform(a + 2, b - 8), rng.uniform(-bays + 0.3, bays - 1.6)
        long, wide = rng.uniform(1.0, 6.0), rng.uniform(0.6, 1.3)
        ground.strip(s, s + long, (d, 0.0015), (d + wide, 0.0015), finishes.ASPHALT_REPAIR)
    for _ in range(2):
        s, d = rng.uniform(a + 2, b - 2), rng.uniform(-bays + 0.6, bays - 0.6)
        angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        ground.polygon(np.column_stack([s + 0.31 * np.cos(angle), d + 0.31 * np.sin(angle)]), 0.0025, finishes.MANHOLE)


def _cross_street(path: Path, end: float, sign: float, kerb: float) -> Sweep:
    """The road met at the end of the street, with the pavement behind it; all beyond the path, hence straight."""
    ground = Sweep(path)
    near, far = end, end + sign * CROSS_STREET_M
    pave, back = far + sign * 3.2, far + sign * REACH_M

    def band(p: float, q: float, d0: float, d1: float, z: float, material: Material) -> None:
        low, high = sorted((p, q))
        ground.strip(low, high, (d0, z), (d1, z), material)

    band(near, far, -90.0, 90.0, 0.0, finishes.ASPHALT)
    kerb_a, kerb_b = sorted((far, far + sign * 0.15))
    ground.polygon(
        np.array([[kerb_a, -90.0], [kerb_b, -90.0], [kerb_b, 90.0], [kerb_a, 90.0]]), KERB_M, finishes.KERBSTONE
    )
    ground.upright((far, -sign * 90.0), (far, sign * 90.0), 0.0, KERB_M, finishes.KERBSTONE)
    band(far + sign * 0.15, pave, -90.0, 90.0, KERB_M, finishes.PAVING)
    band(pave, back, -90.0, 90.0, KERB_M, finishes.GRASS)
    for side in (-1.0, 1.0):
        ground.upright(
            (near, sign * side * 90.0), (near, sign * side * kerb), 0.0, KERB_M, finishes.KERBSTONE, flip=side < 0
        )
    return ground


def _terraces(path: Path, front: float, rng: np.random.Generator) -> list[Placement]:
    """Rows of houses on both sides and across both ends, each kind used several times."""
    houses = [buildings.terraced_house(rng=rng, shop=k % 2 == 0) for k in range(14)]
    wall = street.garden_wall(4.0, 2.2, buildings.GARDEN_WALL)
    trees = [vegetation.tree(vegetation.SPECIES[k], rng=rng, clusters=1400, spread_m=2.3) for k in (0, 2)]
    placements: list[Placement] = []
    deck = _Deck(houses, rng)
    for side in (-1.0, 1.0):
        s, end = -OVERRUN_M + 1.0, path.length_m + OVERRUN_M - 1.0
        while s < end:
            if rng.random() < 0.08:
                placements.append(_facing(path, s + 2.0, side, front + 0.3, wall))
                placements.append(_facing(path, s + 2.0, side, front + 4.0, trees[int(rng.integers(2))]))
                s += 4.0
                continue
            house = deck.draw()
            _, _, curvature = path.at(np.clip(s, 0.0, path.length_m))
            step = buildings.frontage_m(house) / max(0.5, float(1.0 - curvature * side * front))
            if s + step > end + 4.0:
                break
            placements.append(_facing(path, s + step / 2, side, front + float(rng.uniform(0.0, 0.15)), house))
            s += step
    for sign, end in ((-1.0, -OVERRUN_M), (1.0, path.length_m + OVERRUN_M)):
        far = end + sign * (CROSS_STREET_M + 3.4)
        d = -46.0
        while d < 46.0:
            house = deck.draw()
            placements.append(_across(path, far, sign, d + buildings.frontage_m(house) / 2, house))
            d += buildings.frontage_m(house)
    blocks = [buildings.city_block(rng=rng) for _ in range(3)]
    for sign, end in ((-1.0, -OVERRUN_M), (1.0, path.length_m + OVERRUN_M)):
        for k, d in enumerate((-75.0, -28.0, 22.0, 70.0)):
            placements.append(_across(path, end + sign * float(rng.uniform(42.0, 70.0)), sign, d, blocks[k % 3]))
    return placements


class _Deck:
    """Draws assets like cards, so that neighbours differ and every one is used."""

    def __init__(self, cards: list[Asset], rng: np.random.Generator) -> None:
        self._cards, self._rng, self._left = cards, rng, list[int]()

    def draw(self) -> Asset:
        if not self._left:
            self._left = self._rng.permutation(len(self._cards)).tolist()
        return self._cards[self._left.pop()]


def _facing(path: Path, s: float, side: float, distance: float, asset: Asset, z: float = KERB_M) -> Placement:
    """An asset beside the road with its +x towards the middle of it."""
    xy, yaw, _ = path.at(s, side * distance)
    return Placement.upright(asset, float(xy[0]), float(xy[1]), z, yaw=float(yaw) - side * np.pi / 2)


def _across(path: Path, s: float, sign: float, d: float, asset: Asset) -> Placement:
    """An asset beyond an end of the street, facing back along it."""
    xy, yaw, _ = path.at(s, d)
    return Placement.upright(asset, float(xy[0]), float(xy[1]), KERB_M, yaw=float(yaw) + (np.pi if sign > 0 else 0.0))


def _furniture(
    path: Path, kerb: float, front: float, gaps: tuple[Gap, ...], rng: np.random.Generator
) -> list[Placement]:
    """Trees, lamps, signs and small things in the zone by the kerb, benches and hedges by the houses."""
    trees = [vegetation.tree(species, rng=rng, spread_m=BAY_M + 0.85) for species in vegetation.SPECIES[:3]]
    lamp = street.street_lamp(float(rng.uniform(6.2, 7.8)))
    grate = street.tree_grate()
    small = [street.litter_bin(), street.bollard(), street.bicycle_stand(), street.cable_cabinet(), street.post_box()]
    signs = {
        kind: street.sign(kind) for kind in ("speed_30", "parking", "no_stopping", "pedestrian_crossing", "give_way")
    }
    bench, hedge = street.bench(), vegetation.hedge(rng=rng)
    zone = kerb + 0.15 + 0.55
    placements: list[Placement] = []
    for side in (-1.0, 1.0):
        phase = float(rng.uniform(0.0, 8.0))
        for k, s in enumerate(np.arange(-OVERRUN_M + 8.0 + phase, path.length_m + OVERRUN_M - 6.0, 9.5)):
            s = float(s + rng.uniform(-1.0, 1.0))
            turn = float(rng.uniform(0, 2 * np.pi))
            if _blocked(s - 1.0, s + 1.0, int(side), gaps):
                continue
            if k % 3 == 0:
                placements.append(_facing(path, s, side, zone, lamp))
            elif k % 3 == 1 or rng.random() < 0.25:
                xy, yaw, _ = path.at(s, side * (zone + 0.25))
                pick = trees[int(rng.integers(len(trees)))]
                placements.append(Placement.upright(pick, float(xy[0]), float(xy[1]), KERB_M, yaw=turn))
                placements.append(_facing(path, s, side, zone + 0.25, grate))
            else:
                thing = small[int(rng.integers(len(small)))]
                placements.append(_facing(path, s, side, zone - 0.1, thing))
        for s in rng.uniform(-30.0, path.length_m + 30.0, 3):
            if not _blocked(s - 2.0, s + 2.0, int(side), gaps):
                placements.append(_facing(path, float(s), side, front - 0.55, bench))
        for s in rng.uniform(-40.0, path.length_m + 40.0, 2):
            placements.append(_facing(path, float(s), side, front - 0.45, hedge))
        along = np.arange(10.0, path.length_m, 45.0)
        for s, kind in zip(
            along, rng.permutation(["parking", "speed_30", "no_stopping", "speed_30"]).tolist(), strict=False
        ):
            if not _blocked(float(s) - 0.5, float(s) + 0.5, int(side), gaps):
                placements.append(
                    _roadside_sign(path, float(s + rng.uniform(0.0, 4.0)), side, zone - 0.15, signs[kind])
                )
        end = path.length_m + OVERRUN_M - 3.0 if side < 0 else -OVERRUN_M + 3.0
        placements.append(_roadside_sign(path, end, side, zone - 0.1, signs["give_way"]))
        for a, b, _ in (gap for gap in gaps if gap[1] - gap[0] == 12.0 and gap[2] == 0):
            placements.append(
                _roadside_sign(path, (a + b) / 2 + side * 2.6, side, zone - 0.15, signs["pedestrian_crossing"])
            )
    return placements


def _roadside_sign(path: Path, s: float, side: float, distance: float, asset: Asset) -> Placement:
    """A sign that faces the traffic of its side of the road."""
    xy, yaw, _ = path.at(s, side * distance)
    heading = float(yaw) + (np.pi if side < 0 else 0.0)
    return Placement.upright(asset, float(xy[0]), float(xy[1]), KERB_M, yaw=heading)
