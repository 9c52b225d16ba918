"""Radars in a rig; a frame is the list of detections of one coherent interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ....renderers.configs import nested
from ....renderers.faults import FaultTarget
from ....renderers.radar.config import RadarConfig
from ....renderers.radar.radar import Radar
from ....renderers.radar.specs import RadarSpec
from ...errors import ConfigError
from ...world.classes import SemanticClass
from ..labels import boxes_3d, count_ids
from ..records import SensorFrame
from .config import fill
from .sensor import Fitting, Sensor, Values, ns

_NAMES = {int(c): c.name.lower() for c in SemanticClass}
_MEASURED = ("range", "azimuth", "elevation", "velocity", "rcs", "snr")
_FULL_SCALE_DB = 60.0


class RadarSensor(Sensor):
    """A radar."""

    kind = "radar"

    def __init__(self, fitting: Fitting, values: Values) -> None:
        if "spec" in values:
            try:
                values["spec"] = nested(RadarSpec, values["spec"], "spec")
            except (TypeError, ValueError) as error:
                raise ConfigError(f"{fitting.where}: {error}") from error
        config = fill(RadarConfig, {**values, "rate_hz": fitting.config.rate_hz}, fitting.where)
        self.radar = Radar(config, stream_key=fitting.key, names=_NAMES)
        spec = self.radar.spec
        if spec.frame_s > 1.0 / fitting.config.rate_hz:
            raise ConfigError(
                f"{fitting.where}.rate_hz is {fitting.config.rate_hz:g}, expected at most {1.0 / spec.frame_s:.1f}: "
                f"one frame of this radar takes {spec.frame_s * 1e3:.1f} ms"
            )
        self._measures = tuple(n for n in _MEASURED if n != "elevation" or spec.elevation_channels > 1)
        scales = {
            "range": spec.max_range_m,
            "azimuth": math.radians(spec.azimuth_fov_deg),
            "elevation": math.radians(spec.elevation_fov_deg),
            "velocity": spec.max_velocity_mps,
            "rcs": _FULL_SCALE_DB,
            "snr": _FULL_SCALE_DB,
        }
        super().__init__(fitting, FaultTarget("radar", full_scale=scales, labels=()))

    def _intrinsics(self) -> dict[str, float]:
        """Resolutions and limits."""
        return self.radar.intrinsics()

    @property
    def _range_max_m(self) -> float:
        return self.radar.max_range_m

    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        start_s = end_s - self.radar.frame_s
        scene, track = self._view.scene(start_s, end_s), self._track(start_s, end_s)
        actors = self._view.labelled(start_s)

        def measure() -> SensorFrame:
            scan = self.radar.capture(self._view.tracer(scene), track, start_s, index)
            pose = track.at(start_s)
            counts = count_ids(scan.detections["instance"], actors.ids)
            return SensorFrame(
                sensor=self.name,
                kind="radar",
                index=index,
                time_start_ns=ns(start_s),
                time_end_ns=ns(end_s),
                time_delivered_ns=self._delivered_ns(end_s),
                pose_w=np.concatenate(pose),
                data={
                    "detections": scan.detections,
                    "missed": scan.missed,
                    "noise_rise_db": np.array([scan.noise_rise_db]),
                },
                boxes_3d=boxes_3d(actors, pose, counts, None),
            )

        return measure

    def _with_faults(self, frame: SensorFrame) -> SensorFrame | None:
        """Faults see the measured columns; the rows travel with them, so that a frozen list keeps its labels."""
        if not self._faulty.active:
            return frame
        rows = frame.data["detections"]
        columns = {name: np.ascontiguousarray(rows[name]) for name in self._measures}
        out = self._faulty.delivered(frame, {"detections": rows, **columns}, np.zeros(len(rows), np.uint8))
        if out is None:
            return None
        arrays, truth, late = out
        found: NDArray[np.void] = np.array(arrays["detections"])
        for name in self._measures:
            found[name] = arrays[name]
        found["truth"] |= truth
        boxes = frame.boxes_3d
        if boxes is not None:
            boxes = boxes.copy()
            boxes["points"] = count_ids(found["instance"], boxes["id"])
        return replace(late, data={**frame.data, "detections": found}, boxes_3d=boxes)
