"""Cameras in a rig; their labels are taken at mid exposure of each row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ....renderers.camera.camera import Camera, CameraConfig
from ....renderers.faults import FaultTarget
from ..labels import boxes_2d, boxes_3d, count_ids
from ..records import SensorFrame
from .config import fill_picture
from .sensor import Fitting, Sensor, Values, ns

F64 = NDArray[np.float64]


class CameraSensor(Sensor):
    """A camera."""

    kind = "camera"
    optical = True
    measured = ("rgb",)

    def __init__(self, fitting: Fitting, values: Values) -> None:
        camera = fill_picture(CameraConfig, values, fitting.where)
        super().__init__(fitting, FaultTarget("camera", serial=camera.serial))
        self.camera = Camera(camera, stream_key=fitting.key)

    def _intrinsics(self) -> dict[str, float | F64]:
        """Pinhole matrix, distortion and line time."""
        values = self.camera.intrinsics()
        return {
            "matrix": values.matrix,
            "distortion": np.array(values.distortion, float),
            "fisheye": float(values.model == "kannala_brandt"),
            "line_time_s": self.camera.config.line_time_s,
        }

    def _length_s(self) -> float:
        first, last = self.camera.interval(0.0)
        return last - first

    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        start_s = end_s - self._length_s()
        scene, track = self._view.scene(start_s, end_s), self._track(start_s, end_s)
        if self.camera.unsettled:
            # all frames end on time, so the first begins when its exposure is known
            self.camera.settle(self._view.tracer(scene), track, start_s, index)
            start_s = end_s - self._length_s()
            scene, track = self._view.scene(start_s, end_s), self._track(start_s, end_s)
        actors, held = self._view.labelled(start_s), self._faulty.exposure_held(end_s)

        def shoot() -> SensorFrame:
            tracer = self._view.tracer(scene)
            shot = self.camera.capture(tracer, track, start_s, index, hold_exposure=held)
            clean = {"rgb": self.camera.clean_twin(shot, tracer, track, index).rgb} if self._clean else {}
            shutter = shot.shutter
            rows = np.arange(shot.instance.shape[0], dtype=np.float64)
            rows_s = shutter.start_s + shutter.exposure_s / 2 + shutter.line_time_s * rows
            flat, shares = None, None
            if self.config.boxes:
                flat = boxes_2d(actors, shot.instance, tracer, self.camera.lens, track, rows_s)
                shares = np.zeros(len(actors.ids))
                shares[np.searchsorted(actors.ids, flat["id"])] = flat["visible_share"]
            counts = count_ids(shot.instance, actors.ids)
            pose = track.at(start_s)
            return SensorFrame(
                sensor=self.name,
                kind="camera",
                index=index,
                time_start_ns=ns(start_s),
                time_end_ns=ns(shot.time_end_s),
                time_delivered_ns=self._delivered_ns(end_s),
                pose_w=np.concatenate(pose),
                data={
                    "rgb": shot.rgb,
                    "depth": shot.depth,
                    "instance": shot.instance,
                    "semantic": shot.semantic,
                    "flow": shot.flow,
                    "truth": shot.truth,
                },
                boxes_2d=flat,
                boxes_3d=boxes_3d(actors, pose, counts, shares),
                intrinsics={"exposure_s": shot.exposure_s, "gain": shot.gain},
                clean=clean,
            )

        return shoot
