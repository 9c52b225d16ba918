"""Road works on a motorway: one lane closed by a taper, yellow markings over the white ones, machines behind a wall.

Along the carriageway that follows the path, in order: warning and speed signs on the hard shoulder, a panel with the
lanes, an arrow trailer, a taper of beacons or cones across the closed lane, delimiters along it, a temporary concrete
wall beside the work area, and a short taper back. The lanes that stay open are narrowed to 3.25 m and moved aside by
yellow lines; the white ones remain below them and contradict (as on every such site before they are blacked out).
Routes "lane/0", "lane/1" ... are the driving lines by lane, 0 at the hard shoulder; that of the closed lane merges
into its neighbour before the taper. Left out: contraflow, works of short duration that move.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material
from ..assets import finishes
from ..assets import work_zone as props
from ..assets.asset import Asset
from ..assets.vehicles import build_vehicle
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from .layout import WorkArea
from .motorway import INNER_M, LANE_M, PAINT_M, motorway
from .stage import Placement, Stage
from .surfaces import Sweep, band_boxes, chunks, dashes
from .turns import line_through

F64 = NDArray[np.float64]
TEMPORARY_LANE_M = 3.25
YELLOW = Material(
    (0.62, 0.36, 0.02), 0.6, nir_reflectance=0.6, retro=6.0, texture=finishes.ROAD_PAINT.texture,
    semantic=SemanticClass.LANE_MARKING,
)  # fmt: skip
CLOSED = ("right", "left")
_SHIFT_M = {"right": 0.8, "left": 1.4}
"""How far the yellow line beside the closed lane stands off the white one: on the left there is a hard shoulder."""
_SWAY_M, _MERGE_M, _BACK_M = 60.0, 90.0, 25.0
_WALL = ((0.24, 0.0), (0.24, 0.06), (0.15, 0.28), (0.09, 0.78), (0.09, 0.82))
SPEEDS_KMH = (100, 80, 60)


@pure
def work_zone(
    *,
    rng: np.random.Generator,
    path: Path | None = None,
    length_m: float = 900.0,
    lanes: int = 3,
    closed: str = "right",
    start_m: float = 330.0,
    taper_m: float = 100.0,
    zone_m: float = 180.0,
    missing: float = 0.0,
    shifted: float = 0.0,
    loose: bool = False,
) -> Stage:
    """Build a motorway with road works.

    Args:
        rng: stream of the place's look and layout.
        path, length_m, lanes: see `motorway`; at least 2 lanes.
        closed: "right" (the lane at the hard shoulder, and the shoulder) or "left" (the one at the median).
        start_m: where the taper begins, along the path.
        taper_m: its length, at least 20.
        zone_m: length of the work area behind it, at least 60.
        missing: chance of each delimiter to be gone, in [0, 1); the row stays a row, see `_Site.standing`.
        shifted: share of them that were knocked up to 1.2 m into the open lane, in [0, 1).
        loose: leave the delimiters out of the scenery, to add them as bodies (`loose.add_loose`).

    Raises:
        ValueError: for an unknown side, or numbers out of range.

    """
    _check(lanes, closed, taper_m, zone_m, missing, shifted)
    end, whole_m = start_m + taper_m + zone_m, length_m if path is None else path.length_m
    if not 0.0 < start_m or end + _BACK_M > whole_m:
        raise ValueError(f"road works from {start_m:g} m to {end + _BACK_M:g} m do not fit a motorway of {whole_m:g} m")
    stage = motorway(rng=rng, path=path, length_m=length_m, lanes=lanes)
    assert stage.road is not None
    own = [lane.offset_m for lane in stage.road.lanes if lane.direction > 0]
    site = _Site(stage.road.centre, own, closed, start_m, start_m + taper_m, end, -stage.road.right_edge_m)
    delimiters = site.delimiters(missing, shifted, rng)
    rows, workers = site.works(rng)
    placements = (*stage.placements, Placement(site.paint()), *site.wall(), *site.signs(), *rows)
    area = WorkArea(
        lane=site.lane,
        open_lanes=tuple(k for k in range(lanes) if k != site.lane),
        signs_m=start_m - 250.0,
        taper_m=(start_m, start_m + taper_m),
        zone_m=(start_m + taper_m, end),
        workers=workers,
        delimiters=delimiters,
    )
    return dataclasses.replace(
        stage,
        name="work_zone",
        placements=placements if loose else (*placements, *delimiters),
        routes={f"lane/{k}": site.route(k) for k in range(lanes)},
        work_area=area,
    )


def _check(lanes: int, closed: str, taper_m: float, zone_m: float, missing: float, shifted: float) -> None:
    if lanes < 2:
        raise ValueError(f"a work zone needs at least 2 lanes in each direction, got {lanes}")
    if closed not in CLOSED:
        raise ValueError(f"unknown side {closed!r} of a work zone, expected one of {', '.join(CLOSED)}")
    for name, value, least in (("taper_m", taper_m, 20.0), ("zone_m", zone_m, 60.0)):
        if not value >= least:
            raise ValueError(f"work zone {name} is {value}, expected at least {least:g}")
    for name, value in (("missing", missing), ("shifted", shifted)):
        if not 0.0 <= value < 1.0:
            raise ValueError(f"work zone {name} is {value}, expected a share in [0, 1)")


class _Site:
    """The measures of one site: `d` are offsets from the median's path, negative on this carriageway."""

    def __init__(
        self, path: Path, own: list[float], closed: str, begin: float, full: float, end: float, edge: float
    ) -> None:
        self.path, self.own, self.edge = path, own, edge
        self.begin, self.full, self.end = begin, full, end
        self.right = closed == "right"
        self.lane = 0 if self.right else len(own) - 1
        self.away = 1.0 if self.right else -1.0
        """Sign of the direction, in d, from the closed lane to the open ones."""
        self.border = own[self.lane] + self.away * LANE_M / 2
        self.outside = -edge if self.right else -INNER_M + 0.3
        self.shift = _SHIFT_M[closed]

    def fence(self, s: F64) -> F64:
        """Offset of the line of delimiters."""
        open_from = self.begin, self.full, self.end, self.end + _BACK_M
        return np.interp(s, open_from, (self.outside, self.border, self.border, self.outside))

    def sway(self, s: F64, before: float, within: float) -> F64:
        """An offset that changes from `before` to `within` until the taper ends, and back behind the site."""
        go = np.clip((s - (self.full - _SWAY_M)) / _SWAY_M, 0.0, 1.0)
        back = np.clip((s - self.end) / _SWAY_M, 0.0, 1.0)
        share = (0.5 - 0.5 * np.cos(np.pi * go)) * (0.5 + 0.5 * np.cos(np.pi * back))
        return before + share * (within - before)

    def temporary(self, k: int) -> float:
        """Offset of the middle of an open lane between the yellow lines."""
        steps = abs(k - self.lane) - 0.5
        return self.border + self.away * (self.shift + steps * TEMPORARY_LANE_M)

    def route(self, k: int) -> Path:
        """Driving line of a lane; the closed one merges before the taper."""
        s = np.arange(0.0, self.path.length_m + 0.25, 0.5)
        if k != self.lane:
            d = self.sway(s, self.own[k], self.temporary(k))
        else:
            beside = k + 1 if self.right else k - 1
            go = np.clip((s - (self.begin - 10.0 - _MERGE_M)) / _MERGE_M, 0.0, 1.0)
            d = self.sway(s, self.own[beside], self.temporary(beside))
            d = self.own[k] + (0.5 - 0.5 * np.cos(np.pi * go)) * (d - self.own[k])
        xy, _, _ = self.path.at(s, d)
        return line_through(xy)

    # ---- what is seen -------------------------------------------------------------------------------------------

    def paint(self) -> Asset:
        """Yellow lines above the white ones, and the milled lane behind the wall."""
        sheet = Sweep(self.path)
        z = PAINT_M + 0.003

        def line(s0: float, s1: float, before: float, within: float, wide: float) -> None:
            s = np.linspace(s0, s1, max(2, int(np.ceil((s1 - s0) / 2.5)) + 1))
            d = self.sway(s, before, within)
            for a, b, p, q in zip(s[:-1], s[1:], d[:-1], d[1:], strict=True):
                corners = np.array([[a, p - wide / 2], [b, q - wide / 2], [b, q + wide / 2], [a, p + wide / 2]])
                sheet.polygon(corners, z, YELLOW)

        begin, end = self.full - _SWAY_M, self.end + _SWAY_M
        count = len(self.own) - 1
        for k in range(count + 1):
            within = self.border + self.away * (self.shift + k * TEMPORARY_LANE_M)
            before = self.border + self.away * k * LANE_M
            if k in (0, count):
                line(begin if k else self.full - 25.0, end if k else self.end + 10.0, before, within, 0.15)
            else:
                for p, q in dashes(begin, end, 4.0, 4.0):
                    line(p, q, before, within, 0.15)
        low, high = sorted((self.own[self.lane] - LANE_M / 2 + 0.15, self.own[self.lane] + LANE_M / 2 - 0.15))
        for a, b in chunks(self.full + 0.4 * (self.end - self.full), self.end - 6.0, 50.0):
            sheet.strip(a, b, (low, 0.003), (high, 0.003), finishes.ASPHALT_REPAIR)
        return sheet.asset("temporary_markings", SemanticClass.LANE_MARKING)

    def wall(self) -> list[Placement]:
        """The temporary wall on the side of the work area, with reflectors."""
        begin, end = self.full + 0.3 * (self.end - self.full), self.end - 2.0
        middle = self.border - self.away * 0.36  # clear of the feet of the cones before it
        out = []
        for index, (a, b) in enumerate(chunks(begin, end, 60.0)):
            wall = Sweep(self.path)
            right = [(middle - d, z) for d, z in _WALL]
            wall.section(a, b, right + [(middle + d, z) for d, z in reversed(_WALL)], finishes.CONCRETE)
            every = np.arange(np.ceil(a / 8.0) * 8.0, b, 8.0)
            wall.posts(every, middle, 0.82, 0.94, 0.03, 0.10, finishes.REFLECTOR_AMBER)
            wall.posts(every + 4.0, middle, 0.0, 0.825, 0.02, 0.192, finishes.CONCRETE_DARK)
            solid = band_boxes(self.path, a, b, middle - 0.22, middle + 0.22, 0.0, 0.82)
            out.append(Placement(wall.asset(f"temporary_wall_{index}", SemanticClass.WALL, solid)))
        return out

    def delimiters(self, missing: float, shifted: float, rng: np.random.Generator) -> tuple[Placement, ...]:
        """Beacons with lamps in the taper, then beacons to the wall, cones along it and in the taper back."""
        lit = props.beacon(lamp=True, pass_left=self.right)
        plain, cone = props.beacon(pass_left=self.right), props.cone()
        wall = self.full + 0.3 * (self.end - self.full)
        rows = [(s, lit) for s in np.arange(self.begin, self.full, 8.0)]
        rows += [(s, plain) for s in np.arange(self.full, wall, 10.0)]
        rows += [(s, cone) for s in np.arange(wall + 6.0, self.end, 14.0)]
        rows += [(s, cone) for s in np.arange(self.end, self.end + _BACK_M + 0.1, 5.0)]
        stands = self.standing(np.array([s for s, _ in rows]), rng.random(len(rows)) < missing)
        moved = rng.random(len(rows)) < shifted
        nudge, turn = rng.uniform(0.3, 1.2, len(rows)), rng.normal(0.0, 0.06, len(rows))
        out = []
        for k, (s, asset) in enumerate(rows):
            d = float(self.fence(np.array(s))) + self.away * (0.12 + (float(nudge[k]) if moved[k] else 0.0))
            if stands[k]:
                height, yaw = asset.size[2] / 2, np.pi + float(turn[k]) * (8.0 if moved[k] else 1.0)
                out.append(self.place(asset, float(s), d, yaw, height))
        return tuple(out)

    def standing(self, s: F64, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which delimiters are there: of any two neighbours one, and those where the taper begins and is full.

        Wider gaps would read as open road.
        """
        stands = ~gone | np.isin(s, (self.begin, self.full))
        for k in range(1, len(s)):
            stands[k] |= not stands[k - 1]
        return stands

    def signs(self) -> list[Placement]:
        """Signs on the hard shoulder, each facing the traffic, and the arrow trailer behind the taper."""
        d = -self.edge + 0.55
        rows = [(250.0, props.roadworks_sign())]
        rows += [(ahead, props.speed_sign(v)) for ahead, v in zip((200.0, 140.0, 50.0), SPEEDS_KMH, strict=True)]
        rows.append((90.0, props.lane_sign(len(self.own), self.lane)))
        out = [self.place(asset, self.begin - ahead, d, np.pi) for ahead, asset in rows if self.begin > ahead]
        trailer = props.arrow_trailer(to_left=self.right)
        out.append(self.place(trailer, self.full + 5.0, self.own[self.lane] - self.away * 0.25, np.pi))
        return out

    def works(self, rng: np.random.Generator) -> tuple[list[Placement], tuple[tuple[float, float], ...]]:
        """Machines and material in the closed lane, in a random order, and free places between them for people."""
        truck = build_vehicle("box_truck", rng=rng, colour=(0.60, 0.34, 0.015))
        machines = [props.excavator(rng=rng), props.roller(), props.heap(rng=rng), props.pipes(), props.heap(rng=rng)]
        first = self.full + 22.0
        middle = self.own[self.lane] - self.away * (0.35 if self.right else 0.2)
        out = [self.place(truck, first, middle, 0.0, truck.size[2] / 2)]
        wide = (self.end - 10.0 - (first + 14.0)) / len(machines)
        people = []
        for k, which in enumerate(rng.permutation(len(machines)).tolist()):
            s = first + 14.0 + wide * (k + 0.35) + float(rng.uniform(-1.5, 1.5))
            yaw = float(rng.choice([0.0, np.pi])) if which < 2 else float(rng.uniform(-0.2, 0.2))
            out.append(self.place(machines[which], s, middle, yaw))
            (x, y), _, _ = self.path.at(s + max(6.5, 0.45 * wide), middle - self.away * float(rng.uniform(0.0, 0.5)))
            people.append((float(x), float(y)))
        if self.right:
            out.append(self.place(props.toilet(), self.end - 12.0, -self.edge + 0.8, np.pi / 2))
        return out, tuple(people)

    def place(self, asset: Asset, s: float, d: float, turn: float, z: float = 0.0) -> Placement:
        """An asset at (s, d), turned against the direction of the path."""
        xy, yaw, _ = self.path.at(s, d)
        return Placement.upright(asset, float(xy[0]), float(xy[1]), z, yaw=float(yaw) + turn)
