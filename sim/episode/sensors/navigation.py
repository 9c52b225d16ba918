"""Satellite receivers in a rig; a frame is one report, about the instant `latency_s` before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ....renderers.faults import FaultTarget
from ....renderers.motion.geodesy import world_to_geodetic
from ....renderers.motion.gnss import Gnss, GnssConfig
from ...errors import ConfigError
from ..records import SensorFrame
from .config import fill
from .sensor import Fitting, Sensor, Values, flags, ns

_VELOCITY_OVER_S = 0.05
"""A fix needs the antenna's track this far back."""
_LONGEST_LATENCY_S = 0.2
"""The world keeps 0.4 s of the past, and frames are asked for every 0.1 s."""


class GnssSensor(Sensor):
    """An antenna with its receiver."""

    kind = "gnss"
    measured = ("position_w", "velocity_w")

    def __init__(self, fitting: Fitting, values: Values) -> None:
        config = fill(GnssConfig, {**values, "rate_hz": fitting.config.rate_hz}, fitting.where)
        if config.latency_s > _LONGEST_LATENCY_S:
            raise ConfigError(
                f"{fitting.where}.latency_s is {config.latency_s:g}, expected at most {_LONGEST_LATENCY_S:g}; "
                "delay_s puts off the delivery by any time"
            )
        self.gnss = Gnss(config, stream_key=fitting.key)
        super().__init__(fitting, FaultTarget("gnss"))

    def _intrinsics(self) -> dict[str, float]:
        """Where the origin of the world lies."""
        latitude, longitude, height = self.gnss.config.origin_deg
        return {"origin_latitude_deg": latitude, "origin_longitude_deg": longitude, "origin_height_m": height}

    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        measured_s = end_s - self.gnss.config.latency_s
        scene = self._view.scene(end_s, end_s)
        track = self._track(measured_s - _VELOCITY_OVER_S, end_s)

        def locate() -> SensorFrame:
            fix = self.gnss.capture(self._view.tracer(scene), track, end_s, index)
            return SensorFrame(
                sensor=self.name,
                kind="gnss",
                index=index,
                time_start_ns=ns(measured_s),
                time_end_ns=ns(measured_s),
                time_delivered_ns=self._delivered_ns(end_s),
                pose_w=np.concatenate(track.at(measured_s)),
                data={
                    "position_w": fix.position_w,
                    "geodetic": fix.geodetic_deg,
                    "velocity_w": fix.velocity_w,
                    "sigma": fix.sigma_m,
                    "dilution": np.array([fix.hdop, fix.vdop, fix.pdop]),
                    "status": np.array([fix.status], np.int32),
                    "satellites": np.array([fix.direct, fix.reflected], np.int32),
                    "true_position_w": fix.true_position_w,
                    "true_velocity_w": fix.true_velocity_w,
                    "truth": flags(fix.truth),
                },
            )

        return locate

    def _with_faults(self, frame: SensorFrame) -> SensorFrame | None:
        """Latitude, longitude and height go wrong with the position."""
        out = super()._with_faults(frame)
        if out is None or out is frame:
            return out
        place = world_to_geodetic(out.data["position_w"], self.gnss.reference)
        return replace(out, data={**out.data, "geodetic": np.concatenate([np.degrees(place[:2]), place[2:]])})
