"""A warehouse hall: a main aisle along x between rows of pallet racks, other aisles beside it, open floor at its ends.

The main aisle runs from -x to +x about y = 0 on a floor at z = 0; racks stand back to back beside it. `gaps` are cross
aisles that cut all rows. With an `edge` the floor ends in a straight line across the hall and goes on `drop_m` lower;
`spills` are patches of the floor with their own friction. Light as in `cell`: lamps overhead stand for a broad source
and a glow, and the roof is open so that both reach the floor. Concrete, sealed: friction 0.6 to rubber treads (Noon:
wet concrete .60, dry .75).
Left out: office wing, people, and everything an episode is about; scenarios add that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ....renderers.scene import Environment, Material, Sky, Sun
from ...physics.ground import Ground, RectPatch
from ..assets import cell as props
from ..assets import finishes, warehouse
from ..assets.asset import Asset, Box
from ..assets.scenery import Pile, panel, quad
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from .stage import Placement, Stage
from .surfaces import Sweep

FLOOR_FRICTION = 0.6
HALF_LENGTH_M = 15.0
RACK_M, RACK_DEPTH_M = 2.8, 1.0
RACKS_X = tuple(RACK_M * (k - 3) for k in range(7))
"""Middles of the racks of one row along x."""
_AISLE_2_M = 2.9


@dataclass(frozen=True)
class Edge:
    """Where the floor ends, to go on lower.

    Attributes:
        x_m: the edge.
        drop_m: how much lower.
        risers: 1 for a sheer face, else steps down.
        width_m: of the steps, or of the open part of the face; a rail guards the edge beside stairs.

    """

    x_m: float
    drop_m: float
    risers: int = 1
    width_m: float = 3.2

    @property
    def flight_m(self) -> float:
        """Length of the steps along x."""
        return (self.risers - 1) * warehouse.TREAD_M


def half_width_m(aisle_m: float) -> float:
    """From the middle of the hall to its walls."""
    return aisle_m / 2 + 2 * RACK_DEPTH_M + 0.1 + _AISLE_2_M + RACK_DEPTH_M + 0.5


@pure
def warehouse_hall(
    *,
    rng: np.random.Generator,
    aisle_m: float = 3.2,
    gaps: tuple[tuple[float, float], ...] = (),
    edge: Edge | None = None,
    spills: tuple[RectPatch, ...] = (),
    clear: tuple[tuple[float, float, float, float], ...] = (),
) -> Stage:
    """Build the hall.

    Args:
        rng: colours, what is on the racks and stands about, and the light level.
        aisle_m: width of the main aisle between the racks.
        gaps: (x0, x1) where all rows of racks are cut by a cross aisle.
        edge: where the floor ends.
        spills: patches of the floor.
        clear: (x0, x1, y0, y1) rectangles of floor to leave free of racks and clutter.

    """
    half_y = half_width_m(aisle_m)
    end = HALF_LENGTH_M if edge is None else edge.x_m
    floors = [Placement(_floor(-HALF_LENGTH_M, end, half_y, 0.0, aisle_m, gaps, edge))]
    if edge is not None and edge.x_m < HALF_LENGTH_M:
        floors += _below(edge, half_y, rng)
    placements = [*floors, *_racks(rng, aisle_m, gaps, clear, end), *_around(rng, half_y, clear, end)]
    placements += _hall(half_y, 0.0 if edge is None else edge.drop_m)
    low = 0.0 if edge is None else -edge.drop_m - 0.002  # the floor below is a slab of its own, so that it can be hit
    upper = () if edge is None else (_floor_patch(-HALF_LENGTH_M - 2.0, edge.x_m, half_y + 2.0, 0.0),)
    ground = Ground(low, FLOOR_FRICTION, (*upper, *_treads(edge), *spills))
    return Stage("warehouse", tuple(placements), ground, _light(rng))


def _floor_patch(x0: float, x1: float, half_y: float, z: float) -> RectPatch:
    return RectPatch(((x0 + x1) / 2, 0.0), 0.0, (x1 - x0) / 2, half_y, z)


def _treads(edge: Edge | None) -> tuple[RectPatch, ...]:
    """The steps of a flight as the ground knows them."""
    if edge is None:
        return ()
    riser, tread, half = edge.drop_m / edge.risers, warehouse.TREAD_M, edge.width_m / 2
    return tuple(
        _floor_patch(edge.x_m + k * tread, edge.x_m + (k + 1) * tread, half, -(k + 1) * riser)
        for k in range(edge.risers - 1)
    )


def _floor(
    x0: float, x1: float, half_y: float, z: float, aisle_m: float, gaps: tuple[tuple[float, float], ...],
    edge: Edge | None,
) -> Asset:  # fmt: skip
    """The floor with its joints and lines; drawn on straight strips along x."""
    sheet = Sweep(Path.from_segments([(x1 - x0, 0.0)], start=(x0, 0.0), step_m=1.0))

    def rectangle(a: float, b: float, c: float, d: float, lift: float, material: Material) -> None:
        a, b = max(a, x0), min(b, x1)
        if b > a:
            sheet.polygon(np.array([[a, c], [b, c], [b, d], [a, d]]) - [x0, 0.0], z + lift, material)

    rectangle(x0, x1, -half_y, half_y, 0.0, finishes.FLOOR)
    for x in np.arange(x0 + 5.0, x1 - 0.5, 5.0):
        rectangle(x - 0.004, x + 0.004, -half_y, half_y, 0.0008, finishes.CONCRETE_DARK)
    for y in np.arange(-half_y + 4.0, half_y, 5.5):
        rectangle(x0, x1, y - 0.004, y + 0.004, 0.0009, finishes.CONCRETE_DARK)
    line = aisle_m / 2 - 0.14
    inside = sorted([(-RACK_M * 3.5, -RACK_M * 3.5), *gaps, (RACK_M * 3.5, RACK_M * 3.5)])
    for (_, a), (b, _) in zip(inside[:-1], inside[1:], strict=True):
        for side in (-1.0, 1.0):
            middle = side * (line + 0.04)
            rectangle(a, b, middle - 0.04, middle + 0.04, 0.002, finishes.FLOOR_LINE)
    white = replace(finishes.FLOOR_LINE, albedo=(0.55, 0.55, 0.54))
    for a, b in gaps:
        middle = (a + b) / 2
        for k in np.arange(-1.0, 1.01, 0.5):
            if abs(k) * 2 < (b - a):
                rectangle(middle + 0.8 * k - 0.14, middle + 0.8 * k + 0.14, -line, line, 0.002, white)
    if edge is not None:
        rectangle(x1 - 0.14, x1, -half_y, half_y, 0.003, finishes.HAZARD)
    slab = Box(((x1 - x0) / 2, half_y, 1.0), ((x0 + x1) / 2, 0.0, z - 1.0))
    shapes = () if edge is None else (slab,)  # without an edge the endless plane below does
    return replace(sheet.asset("floor", SemanticClass.FLOOR, shapes), friction=1.0)


def _below(edge: Edge, half_y: float, rng: np.random.Generator) -> list[Placement]:
    """The lower floor and the face beside the steps, drawn only (the steps bring what robots land on), rail, goods."""
    pile, z, half = Pile(), -edge.drop_m, edge.width_m / 2
    x0, x1 = edge.x_m, HALF_LENGTH_M
    pile.flat(
        finishes.FLOOR_YARD,
        quad((x0, -half_y, z - 0.002), (x1, -half_y, z - 0.002), (x1, half_y, z - 0.002), (x0, half_y, z - 0.002)),
    )
    placements = []
    for a, b in ((-half_y, -half), (half, half_y)):
        pile.flat(finishes.CONCRETE_DARK, panel(x0, a, b, z, 0.0))
        if edge.risers > 1:
            placements.append(Placement.upright(warehouse.guard_rail(b - a), x0 - 0.06, (a + b) / 2))
    goods = [props.pallet_of_cartons(rng=rng), props.pallet_of_cartons(rng=rng), props.drum()]
    for x in np.arange(x0 + 6.5, x1 - 1.5, 1.7):
        for y in (-5.8, -4.4, 4.2, 5.6):
            which, turn, there = int(rng.integers(3)), float(rng.uniform(-0.06, 0.06)), rng.random() < 0.55
            if there and abs(y) < half_y - 0.8:
                placements.append(Placement.upright(goods[which], x, y, z, yaw=turn))
    return [Placement(pile.asset("lower_floor", SemanticClass.FLOOR)), *placements]


def _free(x: float, y: float, hx: float, hy: float, clear: tuple[tuple[float, float, float, float], ...]) -> bool:
    """Whether a rectangle about (x, y) keeps out of all that must stay clear."""
    return not any(x + hx > a and x - hx < b and y + hy > c and y - hy < d for a, b, c, d in clear)


def _racks(
    rng: np.random.Generator, aisle_m: float, gaps: tuple[tuple[float, float], ...],
    clear: tuple[tuple[float, float, float, float], ...], end: float,
) -> list[Placement]:  # fmt: skip
    kinds = [props.shelf_rack(rng=rng) for _ in range(4)]
    guard = warehouse.rack_upright_guard()
    first = aisle_m / 2 + RACK_DEPTH_M / 2 + 0.05
    rows = (first, first + RACK_DEPTH_M + 0.05, first + 2 * RACK_DEPTH_M + 0.1 + _AISLE_2_M)
    placements = []
    for side in (-1.0, 1.0):
        for row, y in enumerate(rows):
            facing = -side if row != 1 else side  # rows 0 and 2 face the main aisle, row 1 its own
            for x in RACKS_X:
                kind = kinds[int(rng.integers(len(kinds)))]
                half = RACK_M / 2
                cut = any(x + half > a and x - half < b for a, b in gaps) or x + half > end - 0.6
                if cut or not _free(x, side * y, half, 0.5, clear):
                    continue
                placements.append(Placement.upright(kind, x, side * y, yaw=facing * np.pi / 2))
                if row == 0:
                    for foot in (-1.42, 1.42):
                        placements.append(Placement.upright(guard, x + foot, side * (y - 0.58)))
    return placements


def _around(
    rng: np.random.Generator, half_y: float, clear: tuple[tuple[float, float, float, float], ...], end: float
) -> list[Placement]:
    """Charging station, stored pallets, drums and a cabinet on the open floor at the ends and along the walls."""
    placements = []
    station = warehouse.charging_station()
    for y in (-3.2, -2.2):
        placements.append(Placement.upright(station, -HALF_LENGTH_M + 0.45, y))
    placements.append(Placement.upright(props.control_cabinet(), -HALF_LENGTH_M + 0.5, 4.2))
    pallets, drum = [props.pallet_of_cartons(rng=rng) for _ in range(3)], props.drum()
    spots = [(x, y) for x in (-12.6, 12.4) for y in (-6.4, -5.0, 4.6, 6.0)] + [(13.6, 2.6), (13.6, -2.4), (11.2, 3.4)]
    for x, y in spots:
        x, y = x + float(rng.uniform(-0.15, 0.15)), y + float(rng.uniform(-0.1, 0.1))
        which, turn, there = int(rng.integers(3)), float(rng.uniform(-0.08, 0.08)), rng.random() < 0.75
        if there and x < end - 1.0 and abs(y) < half_y - 0.8 and _free(x, y, 0.7, 0.6, clear):
            placements.append(Placement.upright(pallets[which], x, y, yaw=turn))
    for _ in range(3):
        x, y = float(rng.uniform(-14.0, -13.2)), float(rng.uniform(0.9, 2.6))
        if _free(x, y, 0.35, 0.35, clear):
            placements.append(Placement.upright(drum, x, y))
    return placements


def _hall(half_y: float, drop_m: float) -> list[Placement]:
    """Walls down to the lowest floor, and open roof trusses with lamps."""
    x, y, z = HALF_LENGTH_M, half_y, -drop_m
    side, end = props.hall_wall(2 * x), props.hall_wall(2 * y)
    gate = props.hall_wall(2 * y, door=True)
    return [
        Placement.upright(side, 0.0, y, z, yaw=-np.pi / 2),
        Placement.upright(side, 0.0, -y, z, yaw=np.pi / 2),
        Placement.upright(end, -x, 0.0, z),
        Placement.upright(gate, x, 0.0, z, yaw=np.pi),
        Placement.upright(props.roof_beams(2 * x, 2 * y), 0.0, 0.0, 0.0),
    ]


def _light(rng: np.random.Generator) -> Environment:
    level, glow = float(rng.uniform(500.0, 1000.0)), float(rng.uniform(140.0, 260.0))
    warm = float(rng.uniform(0.88, 1.0))
    tilt = rng.uniform(-0.3, 0.3, 2)
    direction = np.array([tilt[0], tilt[1], 1.0]) / np.sqrt(1.0 + float(tilt @ tilt))
    lamp = Sun(
        direction_w=(float(direction[0]), float(direction[1]), float(direction[2])),
        illuminance_lx=(level, level * (0.5 + 0.5 * warm), level * warm),
        angular_radius_rad=0.22,
    )
    tone = (glow, glow * (0.5 + 0.5 * warm), glow * warm)
    return Environment(
        lamp, Sky(zenith=tone, horizon=tone, ground=(0.3 * tone[0], 0.3 * tone[1], 0.3 * tone[2]), clouds=0.0)
    )


def furnished(stage: Stage, *placements: Placement) -> Stage:
    """The stage with more scenery."""
    return replace(stage, placements=(*stage.placements, *placements))


def side_aisle_m(aisle_m: float) -> float:
    """From the middle of the main aisle to that of the next one."""
    return aisle_m / 2 + 2 * RACK_DEPTH_M + 0.1 + _AISLE_2_M / 2
