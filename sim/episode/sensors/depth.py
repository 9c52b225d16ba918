"""Depth cameras in a rig; a frame is an instant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ....renderers.depth.depth_camera import KINDS, DepthCamera, DepthConfig
from ....renderers.faults import FaultTarget
from ...errors import ConfigError, nearest
from ..labels import boxes_3d, count_ids
from ..records import SensorFrame
from .config import fill_picture
from .sensor import Fitting, Sensor, Values, ns

F64 = NDArray[np.float64]


class DepthSensor(Sensor):
    """A depth camera; `method` tells how it measures: "stereo" or "structured_light"."""

    kind = "depth"
    optical = True
    measured = ("depth",)

    def __init__(self, fitting: Fitting, values: Values) -> None:
        method = str(values.pop("method", DepthConfig.kind))
        if method not in KINDS:
            raise ConfigError(f"{fitting.where}.method is {method!r}; {nearest(method, KINDS)}")
        depth = fill_picture(DepthConfig, values, fitting.where, without=("kind",))
        depth.kind = method
        super().__init__(fitting, FaultTarget("depth", full_scale={"depth": depth.max_m}))
        self.camera = DepthCamera(depth, stream_key=fitting.key)

    def _intrinsics(self) -> dict[str, float | F64]:
        """Camera matrix, baseline and limits."""
        return self.camera.intrinsics()

    @property
    def _range_max_m(self) -> float:
        return self.camera.config.max_m

    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        scene, track = self._view.scene(end_s, end_s), self._track(end_s, end_s)
        actors = self._view.labelled(end_s)

        def shoot() -> SensorFrame:
            shot = self.camera.capture(self._view.tracer(scene), track, end_s, index)
            pose = track.at(end_s)
            return SensorFrame(
                sensor=self.name,
                kind="depth",
                index=index,
                time_start_ns=ns(end_s),
                time_end_ns=ns(end_s),
                time_delivered_ns=self._delivered_ns(end_s),
                pose_w=np.concatenate(pose),
                data={
                    "depth": shot.depth,
                    "true_depth": shot.true_depth,
                    "instance": shot.instance,
                    "semantic": shot.semantic,
                    "truth": shot.truth,
                },
                boxes_3d=boxes_3d(actors, pose, count_ids(shot.instance, actors.ids), None),
            )

        return shoot
