"""A classical lidar detector without learning: ground away, clusters, rectangles, class by size.

A baseline to stress, and a pattern for one's own: it knows nothing of the simulator. What stands out of the ground is
put into a grid seen from above; cells that touch, with a small gap allowed, are one cluster; each cluster gets the
rectangle that fits it best, completed to a whole car or lorry where only a face is seen, and the class of that size.
What has the size of nothing on the road (walls, rails, trees, poles) is no detection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ....renderers.transforms import conjugate, from_yaw, multiply, rotate, yaw_of
from ...world.classes import SemanticClass
from ..frames import LidarView, View
from .ground import height_above_ground
from .rectangle import Rectangle, fit

F64 = NDArray[np.float64]
_USUAL_POINTS = {
    SemanticClass.CAR: 60.0,
    SemanticClass.TRUCK: 90.0,
    SemanticClass.MOTORCYCLE: 30.0,
    SemanticClass.PERSON: 15.0,
}
"""Points on one at 10 m that make a score of one half."""
_CAR_M, _TRUCK_M = (4.5, 1.85), (7.0, 2.4)
"""Length and width that a seen face is completed to."""


@dataclass(frozen=True)
class LidarCluster:
    """The detector.

    Attributes:
        cell_m: of the grid.
        gap_cells: how many empty cells a cluster may bridge.
        min_points: of a cluster.
        above_m: height over the ground from which a point belongs to an object, and up to which.
        reach_m: how far from the sensor it looks.
        own_box_m: length and width of the vehicle that carries the sensor; what lies within is left out.

    """

    cell_m: float = 0.25
    gap_cells: int = 1
    min_points: int = 5
    above_m: tuple[float, float] = (0.3, 4.0)
    reach_m: float = 60.0
    own_box_m: tuple[float, float] = (5.4, 2.4)

    def __call__(self, frames: Mapping[str, View]) -> dict[str, F64]:
        """Boxes of each lidar."""
        return {name: self.boxes(view) for name, view in frames.items() if isinstance(view, LidarView)}

    def boxes(self, view: LidarView) -> F64:
        """(N, 9) rows x y z length width height yaw score class in the frame of the lidar."""
        level = view.mount[3:]
        points = rotate(level, view.points()[:, :3].astype(np.float64))  # upright, the lidar in the origin
        own = points + view.mount[:3]
        keep = np.hypot(points[:, 0], points[:, 1]) < self.reach_m
        keep &= (np.abs(own[:, 0]) > self.own_box_m[0] / 2) | (np.abs(own[:, 1]) > self.own_box_m[1] / 2)
        points = points[keep]
        height = height_above_ground(points)
        high = (height > self.above_m[0]) & (height < self.above_m[1])
        points, height = points[high], height[high]
        rows = [
            box for cluster in self._clusters(points) if (box := _box(points[cluster], height[cluster])) is not None
        ]
        boxes = np.array(rows, float).reshape(-1, 9)
        back = conjugate(level)
        boxes[:, :3] = rotate(back, boxes[:, :3])
        boxes[:, 6] = yaw_of(multiply(back, from_yaw(boxes[:, 6])))
        return boxes

    def _clusters(self, points: F64) -> list[NDArray[np.int64]]:
        """Rows of the points of each cluster."""
        if not len(points):
            return []
        cell = np.floor(points[:, :2] / self.cell_m).astype(np.int64)
        cell -= cell.min(0) - 1 - self.gap_cells
        taken = np.zeros(cell.max(0) + 2 + self.gap_cells, bool)
        taken[cell[:, 0], cell[:, 1]] = True
        grown = ndimage.binary_dilation(taken, np.ones((1 + self.gap_cells,) * 2, bool))
        labels, count = ndimage.label(grown, np.ones((3, 3), int))
        owner = labels[cell[:, 0], cell[:, 1]]
        order = np.argsort(owner, kind="stable")
        parts = np.split(order, np.searchsorted(owner[order], np.arange(2, count + 1)))
        return [part for part in parts if len(part) >= self.min_points]


def _box(points: F64, height: F64) -> list[float] | None:
    """The box of a cluster, None if nothing on the road has its size."""
    top, flat = float(height.max()), fit(points[:, :2])
    if flat.width > flat.length:
        flat = flat.turned()
    kind = _kind(flat, top)
    if kind is None:
        return None
    group, whole = kind
    ground = float(np.median(points[:, 2] - height))
    expected = _USUAL_POINTS[group] * 10.0 / max(float(np.hypot(whole.x, whole.y)), 2.0)
    score = len(points) / (len(points) + expected)
    return [whole.x, whole.y, ground + top / 2, whole.length, whole.width, top, whole.yaw, score, float(group)]


def _kind(seen: Rectangle, top_m: float) -> tuple[SemanticClass, Rectangle] | None:
    """Class and whole rectangle of what is seen, its length along its longer side."""
    long, short = seen.length, seen.width
    if 0.8 <= top_m <= 2.1 and long <= 1.1 and short <= 0.9:
        return SemanticClass.PERSON, seen.stretched(0.5, 0.5)
    if 0.8 <= top_m <= 2.1 and 1.1 < long <= 2.5 and short <= 0.7 and abs(_bearing(seen)) < np.pi / 4:
        return SemanticClass.MOTORCYCLE, seen.stretched(1.8, 0.6)
    big = top_m > 2.3
    length, width = _TRUCK_M if big else _CAR_M
    if not (0.6 <= top_m and long <= (18.0 if big else 5.6) and short <= (3.2 if big else 2.6)):
        return None
    if long < 1.2 or (top_m > 2.3 and long < 1.7):
        return None
    face = long <= (2.9 if big else 2.3)
    if face and short < 1.2 and abs(_bearing(seen)) > np.pi / 4:
        seen = seen.turned()  # a rear or a front: the vehicle goes on behind it
    elif long > 6.0 and short < 0.4:
        return None  # a wall or a rail
    return (SemanticClass.TRUCK if big else SemanticClass.CAR), seen.stretched(length, width)


def _bearing(seen: Rectangle) -> float:
    """Angle between the heading and the line of sight, in [-90, 90] degrees."""
    angle = seen.yaw - np.arctan2(seen.y, seen.x)
    return float((angle + np.pi / 2) % np.pi - np.pi / 2)
