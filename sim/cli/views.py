"""One instant of a recorded episode as pictures: camera, labels, lidar, and the numbers of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.camera.lens import BrownConradyLens, KannalaBrandtLens, Lens
from ...renderers.transforms import conjugate, from_yaw, multiply, rotate, yaw_of
from ...renderers.view.birdseye import BirdsEye
from ...renderers.view.boxes import box_corners, draw_box, draw_box_3d, draw_boxes_2d
from ...renderers.view.colours import (
    INTENSITY_MAP,
    by_class,
    by_distance,
    by_flow,
    by_id,
    by_value,
    flow_wheel,
    id_colour,
)
from ...renderers.view.text import SMALL
from ..dataset.frame import Frame
from ..dataset.reader import Episode
from ..dataset.sweep import geometry
from ..world.classes import PALETTE, PEOPLE, SemanticClass

F64 = NDArray[np.float64]
Picture = NDArray[np.uint8]
Array = NDArray[Any]

_READINGS = {
    "ttc_s": ("TTC", 1.0, ".2f", "s"),
    "headway_s": ("headway", 1.0, ".2f", "s"),
    "required_deceleration_mps2": ("needs", 1.0, ".1f", "m/s2"),
    "grip_margin": ("grip", 1.0, ".2f", "of the weight"),
    "slip_m": ("slip", 1000.0, ".0f", "mm"),
}
"""How measures are read out: word, factor, digits, unit. Others stay in the file."""
_FAR_AWAY = 60.0
"""No measure says anything beyond, in its own unit."""
_LABEL_PX = 60
"""Objects with fewer visible pixels get a box and no words."""
_NEAREST = 3
_MOVING_MPS = 0.3
_MOVING_M = 0.1
"""A robot that goes farther has wheels."""
_TIGHT_S = 4.0


@dataclass(frozen=True)
class Reach:
    """What of the world around an ego is worth drawing.

    Attributes:
        near_m, far_m: distances at the ends of the colour scale of depth.
        sweep_m: the same of lidar ranges.
        height_m: what a picture from above shows from its lower to its upper edge.
        forward_m: how much of it is ahead.
        grid_m: between its lines.
        low_m, high_m: heights at the ends of its colour scale.
        follows: whether it goes with the ego, or stays with the world.

    """

    near_m: float
    far_m: float
    sweep_m: tuple[float, float]
    height_m: float
    forward_m: float
    grid_m: float
    low_m: float
    high_m: float
    follows: bool


VEHICLE = Reach(2.0, 120.0, (2.0, 100.0), 42.0, 32.0, 10.0, -0.8, 6.0, True)
MOBILE = Reach(0.5, 25.0, (0.5, 20.0), 10.0, 8.0, 2.0, -0.1, 2.0, True)
ARM = Reach(0.3, 4.0, (0.3, 4.0), 1.7, 1.2, 0.5, -0.06, 0.6, False)


@dataclass(frozen=True)
class Story:
    """What is needed to draw an episode.

    Attributes:
        episode: as read.

    """

    episode: Episode

    @cached_property
    def cameras(self) -> list[str]:
        """Names of the cameras, the largest picture first."""
        found = [n for n, s in self.episode.sensors.items() if s.kind == "camera"]
        return sorted(found, key=lambda n: -self.episode.frames(n)[0].depth.size)

    @cached_property
    def lidars(self) -> list[str]:
        """Names of the lidars."""
        return [n for n, s in self.episode.sensors.items() if s.kind == "lidar"]

    @cached_property
    def duration_s(self) -> float:
        """Length of the episode."""
        return float(self.episode.time[-1]) / 1e9

    @cached_property
    def phases(self) -> list[tuple[str, float]]:
        """Name and beginning [s] of each phase; of what single sensors see first, only the first of all."""
        return [(p.name, p.time_ns / 1e9) for p in self.episode.phases if "/" not in p.name]

    @cached_property
    def events(self) -> list[tuple[str, float]]:
        """Kind and instant [s] of the first event of each kind; in traffic only what the ego has part in."""
        first: dict[str, float] = {}
        for event in (e for e in self.episode.events if e.kind != "cause"):
            if not self._ego_is_vehicle or self.ego_id in (event.actor, event.other):
                first.setdefault(event.kind, event.time_ns / 1e9)
        return list(first.items())

    @cached_property
    def ego_id(self) -> int:
        """Id of the ego in masks and boxes."""
        return int(self.episode["actors/id"][self.episode.ego])

    @cached_property
    def _ego_is_vehicle(self) -> bool:
        return int(self.episode["actors/class"][self.episode.ego]) != SemanticClass.ROBOT

    @cached_property
    def reach(self) -> Reach:
        """What is worth drawing: far around a vehicle, less around a robot that drives, the table before an arm."""
        if self._ego_is_vehicle:
            return VEHICLE
        position = self.episode["ego/position_w"]
        return MOBILE if float(np.ptp(position[:, :2], axis=0).max()) > _MOVING_M else ARM

    @cached_property
    def tightest_s(self) -> float | None:
        """Instant [s] of the lowest time to collision, where any was below `_TIGHT_S`."""
        ttc = self._criticality.get("ttc_s")
        if ttc is None or not (ttc < _TIGHT_S).any():
            return None
        return float(self._state[0][int(np.argmin(ttc))]) / 1e9

    @cached_property
    def _state(self) -> tuple[Array, Array, Array, Array]:
        position, orientation, velocity = (self.episode[f"ego/{n}_w"] for n in ("position", "orientation", "velocity"))
        return self.episode.time, position, orientation, velocity

    @cached_property
    def _criticality(self) -> dict[str, F64]:
        return self.episode.criticality

    @cached_property
    def _ends(self) -> dict[str, Array]:
        return {n: self.episode[f"sensors/{n}/time_end"] for n in (*self.cameras, *self.lidars)}

    def frame(self, sensor: str, time_s: float) -> Frame:
        """The frame of a sensor that ends nearest to an instant."""
        return self.episode.frames(sensor)[int(np.abs(self._ends[sensor] / 1e9 - time_s).argmin())]

    def phase(self, time_s: float) -> str:
        """The phase that has begun last."""
        return next((name for name, start in reversed(self.phases) if start <= time_s + 1e-6), "")

    def readings(self, time_s: float) -> str:
        """Speed and criticality at an instant, as far as they say something."""
        step = max(int(np.searchsorted(self._state[0] / 1e9, time_s + 1e-6)) - 1, 0)
        words = []
        if self._ego_is_vehicle:
            words.append(f"ego {np.linalg.norm(self._state[3][step]) * 3.6:.0f} km/h")
        for name, (word, factor, digits, unit) in _READINGS.items():
            value = float(self._criticality[name][step]) if name in self._criticality else np.inf
            if abs(value) < _FAR_AWAY and (value > 0 or name == "ttc_s"):
                words.append(f"{word} {value * factor:{digits}} {unit}")
        return "   ".join(words)

    def camera(self, name: str, time_s: float, *, text: float = SMALL / 640) -> Picture:
        """What a camera delivered, with the boxes of all objects but the ego; `text` is the label size per column."""
        frame = self.frame(name, time_s)
        picture = frame.rgb.copy()
        flat, solid = frame.boxes_2d, frame.boxes_3d
        flat = flat[flat["id"] != self.ego_id]
        distance = {int(b["id"]): float(np.linalg.norm(b["position"])) for b in solid}
        flat = flat[np.argsort([distance[int(i)] for i in flat["id"]])]
        told = self._worth_telling(flat, solid)
        lens = lens_of(frame)
        for box in solid:
            if int(box["id"]) in told and int(box["class"]) not in PEOPLE:
                corners = box_corners(box["position"], box["orientation"], box["size"])
                draw_box_3d(picture, corners, lens, _faded(id_colour(int(box["id"]))))
        for box in flat[[int(i) not in told for i in flat["id"]]]:
            draw_box(picture, [box[n] for n in ("x0", "y0", "x1", "y1")], _faded(id_colour(int(box["id"]))))
        main = flat[[int(i) in told for i in flat["id"]]]
        labels = [f"{_word(int(b['class']))} {distance[int(b['id'])]:.1f} m" for b in main]
        draw_boxes_2d(picture, main, [id_colour(int(i)) for i in main["id"]], labels, text=text * picture.shape[1])
        return picture

    def _worth_telling(self, flat: Array, solid: Array) -> set[int]:
        """Ids of the objects that get words: people, what moves, and the nearest, if more than a speck is seen."""
        plain = set(flat["id"][flat["visible_px"] >= _LABEL_PX].tolist())
        moving = set(solid["id"][np.linalg.norm(solid["velocity"], axis=1) > _MOVING_MPS].tolist())
        people = set(solid["id"][np.isin(solid["class"], list(PEOPLE))].tolist())
        order = [int(i) for i in flat["id"] if int(i) in plain]
        return set(order[:_NEAREST]) | {i for i in order[: 4 * _NEAREST] if i in moving or i in people}

    def depth(self, name: str, time_s: float) -> Picture:
        """Depth on a logarithmic scale, warm is near."""
        return by_distance(self.frame(name, time_s).depth, self.reach.near_m, self.reach.far_m)

    def semantic(self, name: str, time_s: float) -> Picture:
        """Classes in their display colours."""
        return by_class(self.frame(name, time_s).semantic, PALETTE)

    def instance(self, name: str, time_s: float) -> Picture:
        """Objects in their own colours."""
        return by_id(self.frame(name, time_s).instance)

    def flow(self, name: str, time_s: float) -> Picture:
        """Optical flow with its colour wheel, at the scale of its fastest hundredth."""
        flow = self.frame(name, time_s).flow
        speed = np.hypot(flow[..., 0], flow[..., 1])
        known = speed[np.isfinite(speed)]
        picture = by_flow(flow, max(float(np.percentile(known, 99)), 1.0) if len(known) else 1.0)
        size = picture.shape[0] // 8
        wheel = flow_wheel(size)
        picture[-size - 6 : -6, 6 : 6 + size] = np.where(
            wheel.any(-1, keepdims=True), wheel, picture[-size - 6 : -6, 6 : 6 + size]
        )
        return picture

    def sweep(self, name: str, time_s: float) -> Picture:
        """Range above intensity, columns in one direction each."""
        frame = self.frame(name, time_s)
        scan = geometry(frame.info)
        ranges = by_distance(scan.destaggered(frame.range), *self.reach.sweep_m)
        strength = np.where(frame.range > 0, np.sqrt(np.asarray(frame.intensity, float)), np.nan)
        top = max(float(np.nanpercentile(strength, 99)), 1.0) if np.isfinite(strength).any() else 1.0
        bright = by_value(scan.destaggered(strength), 0.0, top, colour_map=INTENSITY_MAP)
        tall = max(round(ranges.shape[1] * 3 / 16 / ranges.shape[0]), 1)
        line = np.zeros((4, ranges.shape[1], 3), np.uint8)
        return np.concatenate([ranges.repeat(tall, 0), line, bright.repeat(tall, 0)])

    def above(self, name: str, time_s: float, width: int, height: int) -> Picture:
        """A sweep from above with the boxes of the objects: what drives does so up the picture, an arm stands below."""
        frame, reach = self.frame(name, time_s), self.reach
        view = BirdsEye(width, height, height / reach.height_m, reach.forward_m)
        points, ids = frame.points(compensated=True)[:, :3].astype(float), frame.instance[frame.range > 0]
        pose = frame.pose_w
        origin, heading = self._origin(frame.time_start / 1e9)
        inverse = conjugate(heading)
        flat = rotate(inverse, pose[:3] + rotate(pose[3:], points) - origin)
        order = np.lexsort([flat[:, 2], ids > 0])
        flat, ids = flat[order], ids[order]
        colours = by_value(flat[:, 2], reach.low_m, reach.high_m)
        colours[ids > 0] = by_id(ids[ids > 0])
        picture = view.blank(reach.grid_m)
        keep = ids != self.ego_id if reach.follows else np.ones(len(ids), bool)
        view.draw_points(picture, flat[keep], colours[keep], size_px=2)
        for box in frame.boxes_3d:
            ego = int(box["id"]) == self.ego_id
            if ego and not reach.follows:
                continue
            position = rotate(inverse, pose[:3] + rotate(pose[3:], box["position"]) - origin)
            turn = multiply(inverse, multiply(pose[3:], box["orientation"]))
            colour = (255, 255, 255) if ego else id_colour(int(box["id"]))
            view.draw_box(picture, position, turn, box["size"], colour, heading=reach.follows)
        return picture

    def _origin(self, time_s: float) -> tuple[F64, F64]:
        """The frame of the view from above: below an ego that drives, along its heading; an arm's is the world's."""
        if not self.reach.follows:
            return np.zeros(3), from_yaw(0.0)
        times, position, orientation, _ = self._state
        step = int(np.clip(np.searchsorted(times / 1e9, time_s), 0, len(times) - 1))
        height = float(self.episode["actors/size"][self.episode.ego][2])
        return position[step] - np.array([0.0, 0.0, height / 2]), from_yaw(yaw_of(orientation[step]))


def lens_of(frame: Frame) -> Lens:
    """The lens a camera frame was taken with."""
    values = frame.intrinsics
    height, width = frame.depth.shape
    matrix = values["matrix"]
    kind = KannalaBrandtLens if float(values["fisheye"]) else BrownConradyLens
    return kind(
        width,
        height,
        fx=float(matrix[0, 0]),
        fy=float(matrix[1, 1]),
        cx=float(matrix[0, 2]),
        cy=float(matrix[1, 2]),
        distortion=tuple(values["distortion"]),
    )


def _word(number: int) -> str:
    return SemanticClass(number).name.lower().replace("_", " ")


def _faded(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    r, g, b = (int(0.8 * v) for v in colour)
    return r, g, b
