"""What a detector under test may see: the sensors' measurements and calibration, and nothing of the truth.

Arrays are copied by name from an allow-list, so that a new label of a sensor can never leak into a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.lidar.points import deskewed
from ...renderers.pose_track import PoseTrack
from ...renderers.transforms import conjugate, multiply, rotate
from ..dataset.sweep import geometry
from ..episode.records import SensorFrame, SensorInfo

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class CameraView:
    """One picture.

    Attributes:
        name: of the sensor.
        kind: "camera".
        time_s, delivered_s: end of the exposure and delivery [s], since the start of the episode.
        mount: (7,) x y z qx qy qz qw of the optical frame (x right, y down, z forward) in the frame of what carries it.
        intrinsics: `matrix` (3, 3) [px], `distortion`, `fisheye`, `line_time_s`, `exposure_s`, `gain`.
        rgb: (H, W, 3) uint8 sRGB.
        depth: (H, W) float32 exact depth [m] that no weather touches, inf where nothing is; None unless
            `model.depth=true` asked for it.

    """

    name: str
    time_s: float
    delivered_s: float
    mount: F64
    intrinsics: Mapping[str, Any]
    rgb: U8
    depth: F32 | None = None
    kind: str = field(default="camera", init=False)


@dataclass(frozen=True, eq=False)
class LidarView:
    """One turn.

    Attributes:
        name: of the sensor.
        kind: "lidar".
        time_s, delivered_s: end of the turn and delivery [s], since the start of the episode.
        mount: (7,) x y z qx qy qz qw of the sensor (x forward, y left, z up) in the frame of what carries it.
        intrinsics: the beam table, see `SensorInfo`.
        range: (beams, columns) float32 [m], 0 where nothing came back.
        intensity: (beams, columns).
        time_offset: (beams, columns) float32 when each beam fired after the start of the turn [s].
        track: poses of the sensor over the turn, relative to that at its start; what odometry would know.
        rate_hz: turns per second.

    """

    name: str
    time_s: float
    delivered_s: float
    mount: F64
    intrinsics: Mapping[str, Any]
    range: F32
    intensity: Array
    time_offset: F32
    track: PoseTrack
    rate_hz: float
    kind: str = field(default="lidar", init=False)

    def points(self, *, compensated: bool = True) -> F32:
        """Returns as rows (x, y, z, intensity, time_offset, beam) in the sensor frame at the start of the turn.

        Args:
            compensated: False leaves each point in the frame the sensor had as that beam fired.

        """
        hit = self.range > 0
        info = SensorInfo(self.name, "lidar", self.rate_hz, intrinsics=self.intrinsics)
        where = geometry(info).points(self.range)[hit]
        offset = self.time_offset[hit]
        if compensated:
            where = deskewed(where, offset.astype(np.float64), self.track, 0.0)
        return np.column_stack([where, self.intensity[hit], offset, np.nonzero(hit)[0]]).astype(np.float32)


View = CameraView | LidarView
SEEN = ("camera", "lidar")
"""Kinds of sensors a detector is shown."""


def view_of(frame: SensorFrame, info: SensorInfo, track: PoseTrack | None, *, depth: bool) -> View:
    """The part of a frame that a detector may see.

    Args:
        frame: of a camera or lidar.
        info: what is constant about the sensor.
        track: poses of a lidar over its turn in the world, times relative to its start; None if it stands still.
        depth: whether a camera's exact depth is shown.

    """
    end_s, delivered_s = frame.time_end_ns / 1e9, frame.time_delivered_ns / 1e9
    intrinsics = {**info.intrinsics, **frame.intrinsics}
    if frame.kind == "camera":
        exact = frame.data["depth"] if depth else None
        return CameraView(frame.sensor, end_s, delivered_s, info.mount, intrinsics, frame.data["rgb"], exact)
    if track is None:
        track = PoseTrack(np.zeros(1), frame.pose_w[None, :3], frame.pose_w[None, 3:])
    return LidarView(
        frame.sensor,
        end_s,
        delivered_s,
        info.mount,
        intrinsics,
        range=frame.data["range"],
        intensity=frame.data["intensity"],
        time_offset=frame.data["time_offset"],
        track=_relative(track),
        rate_hz=info.rate_hz,
    )


def _relative(track: PoseTrack) -> PoseTrack:
    """The track in the frame of its own first pose: where in the world it is, is nobody's business."""
    inverse = conjugate(track.orientation_w[0])
    position = rotate(inverse, track.position_w - track.position_w[0])
    return PoseTrack(track.times_s, position, multiply(inverse, track.orientation_w))
