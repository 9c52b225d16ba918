"""A single-lane roundabout of a town: planted island, truck apron, splitter islands, zebra crossings, four arms.

Around the origin, from the middle: the planted island, a cobbled apron 4 cm high, a ring road of 5.6 m, the pavement.
A driving line is straight along its arm, bends right on a circle of `ENTRY_M`, runs round on the ring's own circle to
the left, and leaves as it came; its curvature is made continuous (`turns.smoothed`). At the default radius of 22 m the
ring's line has 19.4 m, 2.5 m/s^2 at 25 km/h and 3.6 m/s^2 at 30 km/h. Traffic keeps right and goes round to the left;
those who enter give way. Routes are "<arm>/right", "straight", "left" and "back" by the arm of entry.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material
from ...physics.ground import ArcPatch, Ground, Patch
from ..assets import finishes, street, vegetation
from ..assets.asset import Asset, Cylinder
from ..assets.meshes import grid, polygon
from ..assets.scenery import Pile, block
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from . import arms as town
from .arms import ARM_YAW, Arms, arm_path, mark, roadside_sign, sheet, turned
from .layout import Crossing, Junction
from .stage import Lane, Placement, Road, Stage
from .surfaces import dashes, terrain
from .turns import line_through, smoothed
from .urban import ASPHALT_FRICTION, BAY_M, KERB_M, PAINT_M, PAVING_FRICTION

F64 = NDArray[np.float64]
LANE_M = 3.5
NEAR_M = 2.75
"""Offset of the driving line from the arm's middle beside the splitter island; 1.75 m further out."""
OUTER_M, INNER_M, APRON_M = 2.6, 3.0, 1.4
"""From the ring's driving line to the outer kerb and to the apron; and the apron's width."""
ENTRY_M = 20.0
APRON_HEIGHT_M = 0.04
RADII_M = (18.0, 30.0)
_ROUTE_END_M = 4.0
_SMOOTH_M = 2.0
_FLARE_M = (7.0, 24.0)
"""Begin and length of the stretch where carriageway and lines widen, from where the entry bend begins."""


class _Measures:
    """The circles of a roundabout [m]."""

    def __init__(self, radius_m: float, arm_m: float) -> None:
        self.outer, self.length = radius_m, arm_m
        self.ring = radius_m - OUTER_M
        self.inner = self.ring - INNER_M
        self.island = self.inner - APRON_M
        self.bend = float(np.sqrt((ENTRY_M + self.ring) ** 2 - (ENTRY_M + NEAR_M) ** 2))
        self.enters = float(np.arctan2(ENTRY_M + NEAR_M, self.bend))
        self.flare = self.bend + _FLARE_M[0], self.bend + sum(_FLARE_M)
        self.zebra = self.bend - 1.0, self.bend + 3.0

    def lane(self, s: float | F64) -> F64:
        """Offset of the driving line at a distance from the middle."""
        return NEAR_M + (LANE_M / 2 - NEAR_M) * _ease(s, *self.flare)

    def kerb(self, s: float | F64) -> F64:
        """Offset of the kerb."""
        return NEAR_M + OUTER_M + (LANE_M - NEAR_M - OUTER_M) * _ease(s, *self.flare)


def _ease(s: float | F64, begin: float, end: float) -> F64:
    w = np.clip((np.asarray(s, float) - begin) / (end - begin), 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * w)


@pure
def roundabout(*, rng: np.random.Generator, radius_m: float = 22.0, arm_m: float = 120.0) -> Stage:
    """Build a roundabout around the origin.

    Args:
        rng: stream of the place's look and layout.
        radius_m: of the outer kerb of the ring, 18 to 30.
        arm_m: from the middle to the end of each arm, at least 100.

    Raises:
        ValueError: for sizes out of range.

    """
    low, high = RADII_M
    if not low <= radius_m <= high or not arm_m >= 100.0:
        raise ValueError(
            f"roundabout has radius_m {radius_m} and arm_m {arm_m}, expected {low:g} to {high:g} and at least 100"
        )
    m = _Measures(radius_m, arm_m)
    bays = m.flare[1] + BAY_M + float(rng.uniform(1.0, 3.0)), arm_m - 8.0
    s = np.linspace(m.bend, m.flare[1], 40)
    edge = np.concatenate([
        np.stack([s, m.kerb(s)], 1),
        [[bays[0] - BAY_M, LANE_M], [bays[0], LANE_M + BAY_M], [arm_m, LANE_M + BAY_M]],
    ])  # fmt: skip
    layout = Arms(arm_m, edge, _corner(m), LANE_M + BAY_M + 0.15 + float(rng.uniform(2.9, 3.5)), bays, m.flare[0] + 2.0)
    least = np.sqrt(2.0) * (radius_m + 5.0) - layout.front_m
    rows, begin = town.houses(layout, max(float(least), m.bend - 3.0), rng)
    placements = [
        *town.blocks(layout, begin),
        Placement(terrain(arm_path("east", arm_m))),
        *(Placement(_markings(name, m, layout, rng)) for name in ARM_YAW),
        *(Placement(_splitter(name, m)) for name in ARM_YAW),
        *_island(m, rng),
        *rows,
        *town.furniture(layout, rng),
        *_signs(m),
        *_corners(m, rng),
    ]
    routes = {f"{arm}/{way}": _route(arm, quarters, m) for arm in ARM_YAW for way, quarters in _WAYS}
    junction = Junction(
        tuple(ARM_YAW),
        {name: _give_way_s(path, m) for name, path in routes.items()},
        {name: _crossing(name, m) for name in ARM_YAW},
        {f"{v}_{h}": (x * (radius_m + 1.4) * 0.7071, y * (radius_m + 1.4) * 0.7071)
         for v, y in (("south", -1), ("north", 1)) for h, x in (("east", 1), ("west", -1))},
    )  # fmt: skip
    road = Road(
        Path.from_segments([(2 * arm_m, 0.0)], start=(0.0, -arm_m), yaw=np.pi / 2),
        (Lane(-LANE_M / 2, LANE_M, 1), Lane(LANE_M / 2, LANE_M, -1)), -LANE_M, LANE_M,
    )  # fmt: skip
    return Stage(
        "roundabout",
        tuple(placements),
        _ground(layout, m),
        town.daylight(rng),
        road,
        town.slots(layout),
        routes,
        junction,
    )


_WAYS = (("right", 1), ("straight", 2), ("left", 3), ("back", 4))


def _corner(m: _Measures) -> F64:
    """Kerb from the exit of the next arm around the ring to the entry of this one, in this arm's frame."""
    ring = np.linspace(np.pi / 4, m.enters, 12)
    side = m.outer * np.stack([np.cos(ring), np.sin(ring)], 1)
    centre = np.array([m.bend, NEAR_M + ENTRY_M])
    start = np.arctan2(-centre[1], -centre[0]) % (2 * np.pi)
    arc = np.linspace(start, 1.5 * np.pi, 20)[1:-1]
    entry = centre + (ENTRY_M - OUTER_M) * np.stack([np.cos(arc), np.sin(arc)], 1)
    half = np.concatenate([side, entry])
    return np.concatenate([half[:0:-1, ::-1], half])


def _entry(m: _Measures) -> F64:
    """Driving line of inbound traffic in the arm's frame, from the arm's end onto the ring."""
    s = np.arange(m.length - _ROUTE_END_M, m.bend, -0.25)
    straight = np.stack([s, m.lane(s)], 1)
    centre = np.array([m.bend, NEAR_M + ENTRY_M])
    end = np.arctan2(-centre[1], -centre[0]) % (2 * np.pi)
    arc = np.linspace(1.5 * np.pi, end, 60)
    return np.concatenate([straight, centre + ENTRY_M * np.stack([np.cos(arc), np.sin(arc)], 1)])


def _route(arm: str, quarters: int, m: _Measures) -> Path:
    entry = _entry(m)
    turn = np.arange(m.enters, quarters * np.pi / 2 - m.enters, 0.01)[1:]
    ring = m.ring * np.stack([np.cos(turn), np.sin(turn)], 1)
    leave = turned(entry[::-1] * [1.0, -1.0], quarters * np.pi / 2)
    whole = np.concatenate([entry, ring, leave])
    return smoothed(line_through(turned(whole, ARM_YAW[arm]), step_m=0.1), _SMOOTH_M)


def _give_way_s(path: Path, m: _Measures) -> float:
    """Distance along a route where it comes to the ring: half a lane before the ring's edge line."""
    radius = np.linalg.norm(path.xy, axis=1)
    return float(path.s[int(np.argmax(radius < m.outer + 1.2))])


def _ground(layout: Arms, m: _Measures) -> Ground:
    patches: list[Patch] = town.ground_patches(layout)
    for yaw in ARM_YAW.values():
        for side in (-1.0, 1.0):
            x, y = turned(np.array([[m.bend, side * (NEAR_M + ENTRY_M)]]), yaw)[0].tolist()
            low, high = sorted((yaw + np.pi + side * m.enters, yaw + np.pi + side * np.pi / 2))
            patches.append(ArcPatch((x, y), ENTRY_M - OUTER_M, ENTRY_M + NEAR_M, low, high, 0.0, ASPHALT_FRICTION))
    for radius, height, friction in (
        (m.outer, 0.0, ASPHALT_FRICTION), (m.inner, APRON_HEIGHT_M, PAVING_FRICTION), (m.island, KERB_M, 0.5),
    ):  # fmt: skip
        patches.append(ArcPatch((0.0, 0.0), 0.0, radius, 0.0, 2 * np.pi, height, friction))
    for yaw in ARM_YAW.values():
        for s0, s1 in _splitter_parts(m):
            cuts = np.linspace(s0, s1, 8)
            for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
                patches.append(town.asphalt_patch(yaw, a, b, _splitter_half((a + b) / 2, m), KERB_M))
    return Ground(friction=ASPHALT_FRICTION, patches=tuple(patches))


def _splitter_half(s: float, m: _Measures) -> float:
    """Half width of a splitter island, tapering towards the street."""
    return float(np.interp(s, (m.bend - 5.0, m.bend + 4.0, m.flare[0] + 12.0), (1.15, 0.95, 0.22)))


def _splitter_parts(m: _Measures) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two stretches of a splitter island, before and behind the zebra crossing."""
    return (m.bend - 5.0, m.zebra[0]), (m.zebra[1], m.flare[0] + 12.0)


def _splitter(name: str, m: _Measures) -> Asset:
    pile, yaw = Pile(), ARM_YAW[name]
    for s0, s1 in _splitter_parts(m):
        along = np.linspace(s0 + 0.3, s1 - 0.3, 9)
        half = np.array([_splitter_half(float(s), m) for s in along])
        right = np.stack([along, -half], 1)
        left = np.stack([along[::-1], half[::-1]], 1)
        nose = np.array([[s1, -half[-1] * 0.4], [s1, half[-1] * 0.4]])
        tail = np.array([[s0, half[0] * 0.5], [s0, -half[0] * 0.5]])
        line = turned(np.concatenate([right, nose, left, tail]), yaw)
        town.kerbs(pile, line, gutter=False)
        pile.flat(finishes.PAVING, polygon(town.inset(line, town.RIM_M), at=KERB_M))
    return pile.asset("splitter_island", SemanticClass.PAVEMENT)


def _markings(name: str, m: _Measures, layout: Arms, rng: np.random.Generator) -> Asset:
    path, pile = arm_path(name, m.length), Pile()
    yaw = ARM_YAW[name]
    near, far = m.zebra
    for side in (-1.0, 1.0):
        for d in np.arange(1.3, float(m.kerb(far)) - 0.5, 1.0):
            low, high = sorted((side * d, side * (d + 0.5)))
            mark(pile, path, near, far, low, high)
    for k in range(12):  # give-way line: teeth across the entry, on the ring's edge
        a, b = m.enters * 0.16 + 0.052 * k, m.enters * 0.16 + 0.052 * k + 0.030
        if b > m.enters * 1.02:
            break
        r0, r1 = m.outer + 0.1, m.outer + 0.6
        teeth = np.array([[r0 * np.cos(a), r0 * np.sin(a)], [r1 * np.cos(a), r1 * np.sin(a)],
                          [r1 * np.cos(b), r1 * np.sin(b)], [r0 * np.cos(b), r0 * np.sin(b)]])  # fmt: skip
        pile.flat(finishes.ROAD_PAINT, polygon(turned(teeth, yaw), at=PAINT_M))
    nose = m.flare[0] + 12.0
    for side in (-1.0, 1.0):
        along = np.linspace(nose - 6.0, nose + 14.0, 9)
        d = np.interp(along, (nose, nose + 14.0), (0.42, 0.06)) * side
        for a, b, p, q in zip(along[:-1], along[1:], d[:-1], d[1:], strict=True):
            sheet(
                pile, path, ((a, p - 0.06), (b, q - 0.06), (b, q + 0.06), (a, p + 0.06)), PAINT_M, finishes.ROAD_PAINT
            )
    for p, q in dashes(nose + 16.0, m.length - 6.0, 3.0, 4.5):
        mark(pile, path, p, q, -0.06, 0.06)
    town.bay_marks(pile, path, layout)
    town.repairs(pile, path, layout, rng)
    return pile.asset(f"markings_{name}", SemanticClass.LANE_MARKING)


def _island(m: _Measures, rng: np.random.Generator) -> list[Placement]:
    """Apron, kerb, a mound with shrubs and small trees, and chevron boards facing those who enter."""
    pile = Pile()
    t = np.linspace(0.0, 2 * np.pi, 97)

    def ring(radius: float, z: float) -> F64:
        return np.stack([radius * np.cos(t), radius * np.sin(t), np.full(97, z)], 1)

    def band(low: tuple[float, float], high: tuple[float, float], material: Material) -> None:
        pile.flat(material, grid(np.stack([ring(*low), ring(*high)])))

    band((m.inner, -0.02), (m.inner - 0.02, APRON_HEIGHT_M), finishes.KERBSTONE)
    band((m.inner - 0.02, APRON_HEIGHT_M), (m.inner - 0.18, APRON_HEIGHT_M), finishes.KERBSTONE)
    band((m.inner - 0.18, APRON_HEIGHT_M), (m.island, APRON_HEIGHT_M), finishes.CONCRETE_DARK)
    band((m.island, APRON_HEIGHT_M), (m.island, KERB_M + 0.04), finishes.KERBSTONE)
    band((m.island, KERB_M + 0.04), (m.island - 0.2, KERB_M + 0.04), finishes.KERBSTONE)
    heights = [
        (m.island - 0.2, KERB_M),
        (m.island - 2.5, 0.3),
        (m.island - 5.5, 0.85),
        (m.island * 0.45, 1.2),
        (0.01, 1.4),
    ]
    for low, high in zip(heights[:-1], heights[1:], strict=True):
        band(low, high, finishes.GRASS)
    out = [
        Placement(pile.asset("central_island", SemanticClass.TERRAIN, Cylinder(m.island * 0.6, 1.0, (0.0, 0.0, 0.5))))
    ]

    def height(radius: float) -> float:
        return float(np.interp(radius, [r for r, _ in heights[::-1]], [h for _, h in heights[::-1]]))

    bushes = [vegetation.bush(rng=rng, height_m=float(rng.uniform(0.8, 1.5))) for _ in range(3)]
    trees = [vegetation.tree(vegetation.SPECIES[k], rng=rng, clusters=2200, spread_m=3.0) for k in (2, 3)]
    for k in range(22):
        radius, angle = m.island * float(rng.uniform(0.42, 0.78)), k * 2.4 + float(rng.uniform(-0.3, 0.3))
        x, y = radius * float(np.cos(angle)), radius * float(np.sin(angle))
        out.append(Placement.upright(bushes[k % 3], x, y, height(radius) - 0.1, yaw=float(rng.uniform(0, 6.28))))
    for k in range(int(rng.integers(3, 6))):
        radius, angle = m.island * float(rng.uniform(0.12, 0.4)), k * 1.7 + float(rng.uniform(-0.4, 0.4))
        x, y = radius * float(np.cos(angle)), radius * float(np.sin(angle))
        out.append(Placement.upright(trees[k % 2], x, y, height(radius), yaw=float(rng.uniform(0, 6.28))))
    board = _chevrons()
    for yaw in ARM_YAW.values():
        x, y = turned(np.array([[m.island - 1.0, 1.0]]), yaw)[0].tolist()
        out.append(Placement.upright(board, x, y, height(m.island - 1.0), yaw=yaw))
    return out


def _chevrons() -> Asset:
    """A low board of arrows that point to the right of those who look at it."""
    pile = Pile()
    pile.flat(finishes.SIGN_BACK, block(-0.02, 0.0, -1.0, 1.0, 0.32, 0.87))
    pile.flat(finishes.SIGN_WHITE, block(0.0, 0.004, -0.98, 0.98, 0.34, 0.85))
    for k in range(3):
        y = 0.65 - 0.62 * k  # +y is to the right of one who looks at +x
        point = np.array(
            [
                [y - 0.30, 0.37],
                [y - 0.05, 0.37],
                [y + 0.20, 0.595],
                [y - 0.05, 0.82],
                [y - 0.30, 0.82],
                [y - 0.05, 0.595],
            ]
        )
        pile.flat(finishes.SIGN_RED, polygon(point, axis="x", at=0.007))
    for y in (-0.7, 0.7):
        pile.flat(finishes.SIGN_POST, block(-0.05, -0.02, y - 0.03, y + 0.03, 0.0, 0.8))
    return pile.asset("chevron_board", SemanticClass.TRAFFIC_SIGN)


def _signs(m: _Measures) -> list[Placement]:
    """Give way and roundabout at each entry, keep right on the splitter islands, and the crossings."""
    give, ring, keep = street.sign("give_way"), street.sign("roundabout"), street.sign("keep_right")
    zebra = street.sign("pedestrian_crossing")
    out = []
    for name in ARM_YAW:
        path = arm_path(name, m.length)
        away = float(m.kerb(m.bend)) + 0.65
        out.append(roadside_sign(path, m.zebra[1] + 1.0, 1.0, away, zebra))
        out.append(roadside_sign(path, m.zebra[1] + 1.0, -1.0, away, zebra))
        out.append(roadside_sign(path, m.zebra[0] - 1.2, 1.0, away + 0.15, give))
        out.append(roadside_sign(path, m.flare[0] + 6.0, 1.0, float(m.kerb(m.flare[0] + 6.0)) + 0.65, ring))
        out.append(roadside_sign(path, m.zebra[1] + 0.8, 1.0, 0.0, keep))
    return out


def _corners(m: _Measures, rng: np.random.Generator) -> list[Placement]:
    """Lamps and trees on the wide pavements between the arms, bollards along the ring."""
    lamp, bench, column, bollard = street.street_lamp(8.0), street.bench(), street.litter_bin(), street.bollard()
    tree, grate = vegetation.tree(vegetation.SPECIES[1], rng=rng, spread_m=2.6), street.tree_grate()
    out = []
    for yaw in ARM_YAW.values():
        for angle, radius, asset, turn in (
            (34.0, m.outer + 0.8, lamp, np.pi), (56.0, m.outer + 0.8, lamp, np.pi),
            (45.0, m.outer + 3.4, tree, 0.0), (45.0, m.outer + 3.4, grate, 0.0),
            (40.0, m.outer + 3.6, bench, np.pi), (50.0, m.outer + 3.4, column, np.pi),
            *((a, m.outer + 0.5, bollard, 0.0) for a in (39.0, 43.0, 47.0, 51.0)),
        ):  # fmt: skip
            t = np.deg2rad(angle)
            x, y = turned(np.array([[radius * np.cos(t), radius * np.sin(t)]]), yaw)[0].tolist()
            out.append(Placement.upright(asset, x, y, KERB_M, yaw=float(yaw + t + turn)))
    return out


def _crossing(name: str, m: _Measures) -> Crossing:
    path, s = arm_path(name, m.length), sum(m.zebra) / 2
    away = float(m.kerb(s)) + 0.9
    ends, yaw, _ = path.at(np.array([s, s]), np.array([-away, away]))
    (ax, ay), (bx, by) = ends.tolist()
    return Crossing(((ax, ay), (bx, by)), float(yaw[0]) + np.pi / 2, 2 * float(m.kerb(s)), m.zebra[1] - m.zebra[0])
