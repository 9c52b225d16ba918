"""An urban crossing of two streets: signals, priority signs or stop signs, zebra crossings, corner houses.

One lane of `lane_m` in each direction and corner radii of 8 m (Euro NCAP turn geometry), so the junction is
2 x (3.5 + 8) = 23 m across, as in the crossing-paths tests. From the middle outwards along an arm: the corner kerbs end
at 11.5 m, a zebra crossing from 12.2 to 16.2 m, the stop or give-way line at 17.2 m, parking bays from about 40 m on.
Routes are named "<arm>/<left|straight|right>" by the arm of entry. Left turns follow the test's clothoids for
`turn_kmh`; right turns are as tight as the lane allows. Traffic keeps right. Left out: turning lanes, islands, cycle
lanes, trams.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...physics.ground import ArcPatch, Ground, Patch, RectPatch
from ..assets import finishes, street
from ..assets.asset import Asset
from ..assets.scenery import Pile
from ..assets.signals import ARM_HEIGHT_M, signal_pole
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from . import arms as town
from .arms import ARM_YAW, Arms, arm_path, facing, mark, roadside_sign, sheet, turned
from .layout import Crossing, Junction, SignalSpot
from .stage import Lane, Placement, Road, Stage
from .surfaces import dashes, terrain
from .turns import clothoid_turn, turn_geometry, turn_route
from .urban import ASPHALT_FRICTION, BAY_M, KERB_M, PAINT_M, PAVING_FRICTION

CORNER_M = 8.0
ZEBRA_M = (0.7, 4.7)
"""Begin and end of a zebra crossing, from the end of the corner kerb."""
STOP_M = 5.7
"""The stop line, from the end of the corner kerb."""
POLE_M = 0.65
"""Signal poles and signs stand this far behind the kerb."""
CONTROLS = ("signals", "priority", "stop")
_RIGHT_TURN = (8.6, 18.0)
"""R_min [m] and alpha [deg] of right turns: keeps a car's flank about 0.8 m off the corner kerb."""
_ROUTE_END_M = 4.0


@dataclass(frozen=True)
class _Measures:
    """Distances along an arm from the middle of the junction [m]."""

    lane: float
    length: float

    @property
    def mouth(self) -> float:
        return self.lane + CORNER_M

    @property
    def stop(self) -> float:
        return self.mouth + STOP_M

    @property
    def zebra(self) -> tuple[float, float]:
        return self.mouth + ZEBRA_M[0], self.mouth + ZEBRA_M[1]

    @property
    def pole(self) -> float:
        return self.zebra[1] + 0.45


def turn_path(speed_kmh: float, *, arm: str = "south", lane_m: float = 3.5, arm_m: float = 120.0) -> Path:
    """The left turn of a car-to-car turning test as a route through the junction.

    Args:
        speed_kmh: 10 to 25; see `turns.turn_geometry`.
        arm: where it enters.
        lane_m, arm_m: as given to `intersection`.

    """
    r_min, alpha, _ = turn_geometry(speed_kmh)
    return _route(arm, "left", lane_m, arm_m, clothoid_turn(r_min, alpha, left=True))


def _route(arm: str, way: str, lane_m: float, arm_m: float, turn: list[tuple[float, float]]) -> Path:
    yaw, o, reach = ARM_YAW[arm], lane_m / 2, arm_m - _ROUTE_END_M
    x, y = turned(np.array([[reach, o]]), yaw)[0].tolist()
    if way == "straight":
        return Path.from_segments([(2 * reach, 0.0)], start=(x, y), yaw=yaw + np.pi)
    corner = reach + (o if way == "left" else -o)
    return turn_route((x, y), yaw + np.pi, corner, reach + (o if way == "left" else -o), turn)


@pure
def intersection(
    *,
    rng: np.random.Generator,
    control: str = "signals",
    lane_m: float = 3.5,
    arm_m: float = 120.0,
    turn_kmh: float = 15.0,
) -> Stage:
    """Build a crossing with four arms around the origin.

    Args:
        rng: stream of the place's look and layout.
        control: "signals"; "priority": the street from south to north has it, the other gives way; "stop": the other
            stops.
        lane_m: width of a lane, 3.0 to 4.0.
        arm_m: from the middle to the end of each arm, at least 70.
        turn_kmh: speed whose test geometry the routes "<arm>/left" follow; see `turn_path` for others.

    Raises:
        ValueError: for an unknown control or sizes out of range.

    """
    if control not in CONTROLS:
        raise ValueError(f"unknown control {control!r} of an intersection, expected one of {', '.join(CONTROLS)}")
    if not 3.0 <= lane_m <= 4.0 or not arm_m >= 70.0:
        raise ValueError(f"intersection has lane_m {lane_m} and arm_m {arm_m}, expected 3 to 4 and at least 70")
    m = _Measures(lane_m, arm_m)
    pavement = float(rng.uniform(2.9, 3.5))
    bays = (38.0 + float(rng.uniform(0.0, 4.0)), arm_m - 8.0)
    edge = np.array([[m.mouth, lane_m], [bays[0] - BAY_M, lane_m], [bays[0], lane_m + BAY_M], [arm_m, lane_m + BAY_M]])
    angle = np.linspace(np.pi, 1.5 * np.pi, 25)[1:-1]
    corner = m.mouth + CORNER_M * np.stack([np.cos(angle), np.sin(angle)], 1)
    street_arms = Arms(arm_m, edge, corner, lane_m + BAY_M + 0.15 + pavement, bays, m.stop + 6.0)
    rows, begin = town.houses(street_arms, 0.0, rng)
    placements = [
        *town.blocks(street_arms, begin),
        Placement(terrain(arm_path("east", arm_m))),
        *(Placement(_markings(name, m, street_arms, control, rng)) for name in ARM_YAW),
        *rows,
        *town.furniture(street_arms, rng),
        *_corners(m, begin, rng),
        *_signs(m, control),
    ]
    signals: tuple[SignalSpot, ...] = ()
    if control == "signals":
        poles, signals = _signals(m)
        placements += poles
    routes = _routes(m, turn_kmh)
    stop = arm_m - _ROUTE_END_M - m.stop
    junction = Junction(
        tuple(ARM_YAW),
        dict.fromkeys(routes, stop),
        {name: _crossing(name, m) for name in ARM_YAW},
        _waiting(m),
        signals,
    )
    road = Road(
        Path.from_segments([(2 * arm_m, 0.0)], start=(0.0, -arm_m), yaw=np.pi / 2),
        (Lane(-lane_m / 2, lane_m, 1), Lane(lane_m / 2, lane_m, -1)), -lane_m, lane_m,
    )  # fmt: skip
    return Stage(
        "intersection", tuple(placements), _ground(street_arms, m), town.daylight(rng), road, town.slots(street_arms),
        routes, junction,
    )  # fmt: skip


def _routes(m: _Measures, turn_kmh: float) -> dict[str, Path]:
    r_min, alpha, _ = turn_geometry(turn_kmh)
    left, right = clothoid_turn(r_min, alpha, left=True), clothoid_turn(*_RIGHT_TURN, left=False)
    return {
        f"{arm}/{way}": _route(arm, way, m.lane, m.length, right if way == "right" else left)
        for arm in ARM_YAW
        for way in ("left", "straight", "right")
    }


def _ground(layout: Arms, m: _Measures) -> Ground:
    """Pavements around the asphalt, with rounded corners."""
    patches: list[Patch] = town.ground_patches(layout)
    patches.append(RectPatch((0.0, 0.0), 0.0, m.mouth, m.mouth, 0.0, ASPHALT_FRICTION))
    for yaw in ARM_YAW.values():
        x, y = turned(np.array([[m.mouth, m.mouth]]), yaw)[0].tolist()
        patches.append(ArcPatch((x, y), 0.0, CORNER_M, yaw + np.pi, yaw + 1.5 * np.pi, KERB_M, PAVING_FRICTION))
    return Ground(friction=ASPHALT_FRICTION, patches=tuple(patches))


def _gives_way(name: str, control: str) -> bool:
    return control != "signals" and name in ("east", "west")


def _markings(name: str, m: _Measures, layout: Arms, control: str, rng: np.random.Generator) -> Asset:
    """Paint on one arm: zebra, stop or give-way line, middle line, arrows, parking bays."""
    path, pile = arm_path(name, m.length), Pile()
    near, far = m.zebra
    for d in np.arange(-m.lane + 0.35, m.lane - 0.5, 1.0):
        mark(pile, path, near, far, float(d), float(d) + 0.5)
    if control == "signals" or (control == "stop" and _gives_way(name, control)):
        mark(pile, path, m.stop, m.stop + 0.5, 0.15, m.lane - 0.1)
    elif _gives_way(name, control):
        for d in np.arange(0.3, m.lane - 0.5, 0.75):
            corners = ((m.stop, d + 0.25), (m.stop + 0.6, d), (m.stop + 0.6, d + 0.5))
            sheet(pile, path, [(float(s), float(v)) for s, v in corners], PAINT_M, finishes.ROAD_PAINT)
    solid = m.stop + 20.0
    mark(pile, path, m.stop + 0.5, solid, -0.06, 0.06)
    for p, q in dashes(solid + 4.0, m.length - 6.0, 3.0, 4.5):
        mark(pile, path, p, q, -0.06, 0.06)
    for s in (m.stop + 8.0, m.stop + 24.0):
        town.arrow(pile, path, s, m.lane / 2, "left", "straight", "right")
    mark(pile, path, m.length - 2.5, m.length - 2.0, -m.lane + 0.1, -0.15)
    town.bay_marks(pile, path, layout)
    town.repairs(pile, path, layout, rng)
    return pile.asset(f"markings_{name}", SemanticClass.LANE_MARKING)


def _crossing(name: str, m: _Measures) -> Crossing:
    path, s, away = arm_path(name, m.length), sum(m.zebra) / 2, m.lane + 0.9
    ends, yaw, _ = path.at(np.array([s, s]), np.array([-away, away]))
    (ax, ay), (bx, by) = ends.tolist()
    return Crossing(((ax, ay), (bx, by)), float(yaw[0]) + np.pi / 2, 2 * m.lane, m.zebra[1] - m.zebra[0])


def _waiting(m: _Measures) -> dict[str, tuple[float, float]]:
    """Where people stand at the corners, named by the two arms."""
    at = m.lane + 3.5
    return {
        f"{v}_{h}": (x * at, y * at)
        for v, y in (("south", -1.0), ("north", 1.0))
        for h, x in (("east", 1.0), ("west", -1.0))
    }


def _signals(m: _Measures) -> tuple[list[Placement], tuple[SignalSpot, ...]]:
    """Two poles on each arm beyond the crossing, the one of inbound traffic with a mast arm; and the heads on them."""
    mast, pole = signal_pole(m.lane * 0.5 + POLE_M + 0.5), signal_pole()
    placements, spots = [], []
    opposite = dict(zip(ARM_YAW, list(ARM_YAW)[2:] + list(ARM_YAW)[:2], strict=True))
    away = m.lane + POLE_M
    for name, yaw in ARM_YAW.items():
        path, s = arm_path(name, m.length), m.pole
        placements += [facing(path, s, 1.0, away, mast), facing(path, s, -1.0, away, pole)]

        def hang(  # one head at (s, d) beside the arm
            label: str, group: str, kind: str, d: float, z: float, turn: float, ahead: float,
            path: Path = path, s: float = s, yaw: float = yaw, name: str = name,
        ) -> None:  # fmt: skip
            (x, y), _, _ = path.at(s, d)
            faces = yaw + turn
            at = (float(x) + ahead * float(np.cos(faces)), float(y) + ahead * float(np.sin(faces)), z)
            spots.append(SignalSpot(f"{name}/{label}", group, kind, at, float(faces)))

        hang("near", name, "vehicle", away, KERB_M + 2.85, 0.0, 0.20)
        hang("overhead", name, "vehicle", m.lane * 0.5 - 0.1, KERB_M + ARM_HEIGHT_M - 0.25, 0.0, 0.17)
        hang("far", opposite[name], "vehicle", -away, KERB_M + 2.75, np.pi, 0.17)
        hang("walk/0", f"{name}/walk", "pedestrian", away, KERB_M + 2.45, -np.pi / 2, 0.20)
        hang("walk/1", f"{name}/walk", "pedestrian", -away, KERB_M + 2.45, np.pi / 2, 0.17)
    return placements, tuple(spots)


def _signs(m: _Measures, control: str) -> list[Placement]:
    """Who goes first, where there are no signals; and what announces the crossings."""
    if control == "signals":
        return []
    priority, other = street.sign("priority"), street.sign("stop" if control == "stop" else "give_way")
    zebra = street.sign("pedestrian_crossing")
    out = []
    for name in ARM_YAW:
        path, away = arm_path(name, m.length), m.lane + POLE_M
        out.append(roadside_sign(path, m.stop + 0.9, 1.0, away, other if _gives_way(name, control) else priority))
        out.append(roadside_sign(path, m.zebra[1] + 0.4, -1.0, away, zebra))
        out.append(roadside_sign(path, m.zebra[1] + 0.4, 1.0, away, zebra))
    return out


def _corners(m: _Measures, begin: float, rng: np.random.Generator) -> list[Placement]:
    """Bollards along the corner kerbs, and what stands on the little squares before the corner houses."""
    bollard, bench, column = street.bollard(), street.bench(), street.litter_bin()
    lamp, cabinet, stand = street.street_lamp(7.2), street.cable_cabinet(), street.bicycle_stand()
    out = []
    for yaw in ARM_YAW.values():
        arc = np.deg2rad(np.array([200.0, 216.0, 234.0, 250.0]))
        ring = m.mouth + (CORNER_M - 0.55) * np.stack([np.cos(arc), np.sin(arc)], 1)
        for x, y in turned(ring, yaw):
            out.append(Placement.upright(bollard, float(x), float(y), KERB_M))
        c = begin - 2.2
        things = [(lamp, m.mouth - 3.2, m.mouth - 3.2, np.pi / 4), (column, m.mouth + 3.0, m.lane + 2.6, 0.0)]
        things.append((cabinet if rng.random() < 0.5 else stand, m.lane + 2.9, c + 1.0, np.pi))
        things.append((bench, c, m.lane + 3.6, -np.pi / 2))
        for asset, px, py, turn in things:
            x, y = turned(np.array([[px, py]]), yaw)[0].tolist()
            facing_yaw = yaw + (turn + np.pi if asset is lamp else turn)
            out.append(Placement.upright(asset, x, y, KERB_M, yaw=facing_yaw))
    return out
