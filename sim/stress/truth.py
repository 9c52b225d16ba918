"""The truth that detections are compared with, at the instant at which each object was really looked at.

A turning lidar passes an object at some moment of its turn, and by then both have moved on from where they were at its
start, by metres at motorway speed. Each object's box is therefore moved along its velocity to the moment its own
bearing was passed, and told in the frame that carries the sensor, at the start of the turn: where an exact detector
finds it in motion-compensated points. The moment follows from bearing and firing times alone, so it is the same in any
weather. Boxes in pictures are those measured on the pixels.

Left out: turning and acceleration within the turn (centimetres at full braking), and what an object covers of its way
while the beams pass over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import compose, rotate
from ..dataset.sweep import geometry
from ..episode.records import SensorFrame, SensorInfo
from .classes import groups_of

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
_FARTHEST_M = 200.0
"""Objects beyond are in no truth."""


@dataclass(frozen=True, eq=False)
class Truth:
    """The objects before one sensor. M objects, never the one that carries it.

    Attributes:
        ids, groups: (M,) ids of the actors, and numbers of their groups.
        boxes: camera (M, 4) visible box x0 y0 x1 y1 [px edges]; lidar (M, 7) x y z length width height yaw, in the
            frame of the body that carries the sensor.
        range_m: (M,) horizontal distance from the sensor.
        points: (M,) lidar returns or visible pixels.
        share: (M,) visible share in the cameras, -1 where none looks.

    """

    ids: I64
    groups: I64
    boxes: F64
    range_m: F64
    points: I64
    share: F64

    def rows(self) -> list[list[float]]:
        """As numbers for a file; inverse of `of_rows`."""
        table = np.column_stack([self.ids, self.groups, self.boxes, self.range_m, self.points, self.share])
        return [[float(f"{v:.6g}") for v in row] for row in table.tolist()]

    @staticmethod
    def of_rows(rows: list[list[float]], kind: str) -> Truth:
        """What `rows` wrote, for a "camera" or a "lidar"."""
        width = 4 if kind == "camera" else 7
        t = np.array(rows, float).reshape(-1, width + 5)
        return Truth(t[:, 0].astype(int), t[:, 1].astype(int), t[:, 2:-3], t[:, -3], t[:, -2].astype(int), t[:, -1])


def camera_truth(frame: SensorFrame, carrier: int) -> Truth | None:
    """What is seen in a picture, but for the carrier; None if the camera has no boxes."""
    if frame.boxes_2d is None or frame.boxes_3d is None:
        return None
    flat = frame.boxes_2d[frame.boxes_2d["id"] != carrier]
    flat = flat[flat["visible_px"] > 0]
    distance = {int(b["id"]): float(np.linalg.norm(b["position"])) for b in frame.boxes_3d}
    return Truth(
        ids=flat["id"].astype(int),
        groups=groups_of(flat["class"]),
        boxes=np.column_stack([flat[n].astype(float) for n in ("x0", "y0", "x1", "y1")]).reshape(-1, 4),
        range_m=np.array([distance[int(i)] for i in flat["id"]], float),
        points=flat["visible_px"].astype(int),
        share=flat["visible_share"].astype(float),
    )


def lidar_truth(frame: SensorFrame, info: SensorInfo, carrier: int, shares: Mapping[int, float]) -> Truth:
    """What stands around a lidar.

    Args:
        frame: one turn.
        info: of the lidar.
        carrier: id of the actor that carries it, left out; 0 for none.
        shares: visible share by id, from the cameras that delivered at the same time.

    """
    solid: Any = frame.boxes_3d
    solid = solid[(solid["id"] != carrier) & (np.linalg.norm(solid["position"], axis=1) < _FARTHEST_M)]
    passed = solid["position"] + solid["velocity"] * _passed_s(frame, info, solid["position"])[:, None]
    mount = info.mount[:3], info.mount[3:]
    centre, attitude = compose(mount, (passed, solid["orientation"]))
    ahead = rotate(attitude, np.array([1.0, 0.0, 0.0]))
    yaw = np.arctan2(ahead[..., 1], ahead[..., 0])
    return Truth(
        ids=solid["id"].astype(int),
        groups=groups_of(solid["class"]),
        boxes=np.column_stack([centre, solid["size"].astype(float), yaw]).reshape(-1, 7),
        range_m=np.linalg.norm(centre[:, :2] - mount[0][:2], axis=1),
        points=solid["points"].astype(int),
        share=np.array([shares.get(int(i), -1.0) for i in solid["id"]], float),
    )


def _passed_s(frame: SensorFrame, info: SensorInfo, position: F64) -> F64:
    """When after the start of its turn the lidar looked into the directions of points in its frame."""
    scan = geometry(info)
    columns = scan.azimuth_rad + float(np.median(scan.azimuth_offset_rad))
    bearing = np.arctan2(position[:, 1], position[:, 0])
    away = np.angle(np.exp(1j * (columns[None, :] - bearing[:, None])))
    column = np.argmin(np.abs(away), axis=1)
    middle = frame.data["time_offset"][len(scan.elevation_rad) // 2]
    passed: F64 = middle[column].astype(np.float64)
    return passed


def to_carrier(rows: F64, mount: F64) -> F64:
    """3D detections (N, 9) from the frame of a sensor into that of what carries it."""
    out = rows.copy()
    out[:, :3] = mount[:3] + rotate(mount[3:], rows[:, :3])
    heading = np.column_stack([np.cos(rows[:, 6]), np.sin(rows[:, 6]), np.zeros(len(rows))])
    ahead = rotate(mount[3:], heading)
    out[:, 6] = np.arctan2(ahead[:, 1], ahead[:, 0])
    return out
