"""Lidars in a rig; one frame is one turn of a spinning head, or one period of another pattern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....renderers.faults import FaultTarget
from ....renderers.lidar.frame import LidarFrame
from ....renderers.lidar.lidar import Lidar, LidarConfig
from ....renderers.lidar.points import ScanGeometry
from ...errors import ConfigError
from ...world.classes import SemanticClass
from ..labels import boxes_3d, count_ids
from ..records import SensorFrame
from .config import fill
from .sensor import Fitting, Sensor, Values, ns

F64 = NDArray[np.float64]

VEHICLES = tuple(
    int(c)
    for c in (
        SemanticClass.CAR,
        SemanticClass.VAN,
        SemanticClass.TRUCK,
        SemanticClass.BUS,
        SemanticClass.MOTORCYCLE,
        SemanticClass.BICYCLE,
    )
)
"""Classes whose paint may swallow a pulse."""
_TURNING = ("blocked_window", "fov_loss", "motor_speed", "stuck_encoder")
"""Faults of a head with columns at fixed azimuths."""
_SECOND = ("range_2", "intensity_2", "instance_2", "semantic_2")


class LidarSensor(Sensor):
    """A lidar."""

    kind = "lidar"

    def __init__(self, fitting: Fitting, values: Values) -> None:
        config = fill(LidarConfig, {**values, "rate_hz": fitting.config.rate_hz}, fitting.where)
        self.lidar = Lidar(config, stream_key=fitting.key)
        geometry, turns = self.lidar.geometry, isinstance(self.lidar.geometry, ScanGeometry)
        for name, fault in fitting.config.faults.items():
            if fault.kind in _TURNING and not turns:
                raise ConfigError(
                    f"{fitting.where}.faults.{name}: {config.model} looks elsewhere in every frame and has no "
                    f"{fault.kind!r}, which needs columns at fixed azimuths"
                )
        target = FaultTarget(
            "lidar",
            azimuth_rad=geometry.azimuth_rad if isinstance(geometry, ScanGeometry) else None,
            vehicle_classes=VEHICLES,
            range_50_m=config.range_50_m or self.lidar.table.range_50_m,
        )
        super().__init__(fitting, target)

    def _intrinsics(self) -> dict[str, float | F64]:
        """Beam directions, where they are the same in all frames, and range step."""
        return self.lidar.intrinsics()

    @property
    def _range_max_m(self) -> float:
        return self.lidar.max_range_m

    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        start_s = end_s - self.lidar.sweep_s
        scene, track = self._view.scene(start_s, end_s), self._track(start_s, end_s)
        actors = self._view.labelled(start_s)

        def turn() -> SensorFrame:
            tracer = self._view.tracer(scene)
            sweep = self.lidar.sweep(tracer, track, start_s, index)
            clean: dict[str, NDArray[Any]] = {}
            if self._clean:
                twin = self.lidar.sweep(tracer, track, start_s, index, clean=True)
                clean = {"range": twin.range, "intensity": twin.intensity}
            counts = count_ids(sweep.instance, actors.ids, sweep.range > 0)
            pose = track.at(start_s)
            return SensorFrame(
                sensor=self.name,
                kind="lidar",
                index=index,
                time_start_ns=ns(start_s),
                time_end_ns=ns(end_s),
                time_delivered_ns=self._delivered_ns(end_s),
                pose_w=np.concatenate(pose),
                data=_arrays(sweep),
                boxes_3d=boxes_3d(actors, pose, counts, None),
                intrinsics=sweep.frame_intrinsics,
                clean=clean,
            )

        return turn

    def _with_faults(self, frame: SensorFrame) -> SensorFrame | None:
        """Boxes count the returns that are left."""
        out = super()._with_faults(frame)
        if out is None or out is frame or out.boxes_3d is None:
            return out
        boxes = out.boxes_3d.copy()
        boxes["points"] = count_ids(out.data["instance"], boxes["id"], out.data["range"] > 0)
        return replace(out, boxes_3d=boxes)


def _arrays(sweep: LidarFrame) -> dict[str, NDArray[Any]]:
    """What is stored of a sweep; second returns where the sensor reports two."""
    arrays: dict[str, NDArray[Any]] = {
        "range": sweep.range,
        "intensity": sweep.intensity,
        "time_offset": sweep.time_offset,
        "instance": sweep.instance,
        "semantic": sweep.semantic,
        "truth": sweep.truth,
    }
    second = (sweep.range_2, sweep.intensity_2, sweep.instance_2, sweep.semantic_2)
    return arrays | {name: a for name, a in zip(_SECOND, second, strict=True) if a is not None}
