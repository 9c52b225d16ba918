"""What a lidar delivers for one turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..pose_track import PoseTrack
from .points import Geometry, deskewed

POINT = np.dtype(
    [
        ("x", np.float32), ("y", np.float32), ("z", np.float32), ("intensity", np.uint8), ("beam", np.uint8),
        ("column", np.uint16), ("time", np.float32), ("instance", np.int32), ("semantic", np.uint8),
    ]
)  # fmt: skip
"""One returned point: metres in the sensor frame, seconds after the start of the sweep."""


@dataclass(frozen=True, eq=False)
class LidarFrame:
    """One sweep of B beams (top first) and C columns (in firing order). Cells without return hold 0.

    Attributes:
        geometry: where each cell looks.
        start_s, end_s: absolute times of the start of the turn and of the next one's [s].
        range: (B, C) float32 measured range from the spin axis [m].
        intensity: (B, C) uint8, 0-100 linear in apparent reflectance, above that retro-reflectors.
        time_offset: (B, C) float32 instant of every ray after `start_s` [s], also of those without return.
        instance: (B, C) int32 object id of the returned surface; 0 for scenery, false alarms and no return.
        semantic: (B, C) uint8 class id of the returned surface; 0 for false alarms and no return.
        true_range: (B, C) float32 range of the returned surface without noise and quantisation [m]; 0 for false alarms
            and phantoms.
        truth: (B, C) uint8 bits of `Truth`: what air, cover and artefacts did to each cell. Where it is 0, the cell is
            what the same sensor with the same luck reports in clear air over bare ground.
        range_2, intensity_2, instance_2, semantic_2: (B, C) second returns of a sensor that reports two, else None.
    """

    geometry: Geometry
    start_s: float
    end_s: float
    range: NDArray[np.float32]
    intensity: NDArray[np.uint8]
    time_offset: NDArray[np.float32]
    instance: NDArray[np.int32]
    semantic: NDArray[np.uint8]
    true_range: NDArray[np.float32]
    truth: NDArray[np.uint8]
    range_2: NDArray[np.float32] | None = None
    intensity_2: NDArray[np.uint8] | None = None
    instance_2: NDArray[np.int32] | None = None
    semantic_2: NDArray[np.uint8] | None = None

    @property
    def frame_intrinsics(self) -> dict[str, NDArray[np.float32]]:
        """Arrays (B, C) by name that must be stored with this frame to turn its ranges into points; mostly none."""
        return self.geometry.frame_intrinsics()

    def points(self, compensate: bool = False, track: PoseTrack | None = None) -> NDArray[np.void]:
        """(N,) rows of `POINT` for all returns, row by row of the range image.

        Args:
            compensate: express the points in the sensor frame at the start of the sweep instead of that at each ray's
                own instant. Undoes the motion of the sensor, not that of other bodies.
            track: the sensor's pose over the sweep; needed to compensate.

        """
        if compensate and track is None:
            raise ValueError("points(compensate=True) got no track, expected the sensor's PoseTrack over the sweep")
        beam, column = np.nonzero(self.range)
        xyz = self.geometry.points(self.range)[beam, column]
        if compensate and track is not None:
            times = self.start_s + self.time_offset[beam, column].astype(float)
            xyz = deskewed(xyz, times, track, self.start_s)
        rows = np.empty(len(beam), POINT)
        rows["x"], rows["y"], rows["z"] = xyz.T
        rows["beam"], rows["column"], rows["time"] = beam, column, self.time_offset[beam, column]
        for name in ("intensity", "instance", "semantic"):
            rows[name] = getattr(self, name)[beam, column]
        return rows
