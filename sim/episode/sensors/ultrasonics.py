"""Ultrasonic sensors in a rig; a frame is one ping and its echo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ....renderers.faults import FaultTarget
from ....renderers.ultrasonic.ultrasonic import Ultrasonic, UltrasonicConfig
from ...errors import ConfigError
from ..records import SensorFrame
from .config import fill
from .sensor import Fitting, Sensor, Values, flags, ns

_COLDEST_C = -50.0
"""Sound is slowest there, so one ping takes longest."""


class UltrasonicSensor(Sensor):
    """A distance sensor as in bumpers."""

    kind = "ultrasonic"
    measured = ("range",)

    def __init__(self, fitting: Fitting, values: Values) -> None:
        config = fill(UltrasonicConfig, values, fitting.where)
        self.ultrasonic = Ultrasonic(config, stream_key=fitting.key)
        longest_s = self.ultrasonic.listening_s(_COLDEST_C)
        if longest_s * fitting.config.rate_hz > 1.0:
            raise ConfigError(
                f"{fitting.where}.rate_hz is {fitting.config.rate_hz:g}, expected at most {1.0 / longest_s:.1f}: "
                f"an echo from {config.max_m:g} m takes up to {longest_s * 1e3:.1f} ms"
            )
        super().__init__(fitting, FaultTarget("ultrasonic", full_scale={"range": config.max_m}))

    @property
    def _range_max_m(self) -> float:
        return self.ultrasonic.config.max_m

    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        warm = self._world.conditions.environment(end_s).air.temperature_c
        start_s = end_s - self.ultrasonic.listening_s(warm)
        scene, track = self._view.scene(start_s, start_s), self._track(start_s, start_s)

        def listen() -> SensorFrame:
            ping = self.ultrasonic.capture(self._view.tracer(scene), track, start_s, index)
            return SensorFrame(
                sensor=self.name,
                kind="ultrasonic",
                index=index,
                time_start_ns=ns(start_s),
                time_end_ns=ns(end_s),
                time_delivered_ns=self._delivered_ns(end_s),
                pose_w=np.concatenate(track.at(start_s)),
                data={
                    "range": np.array([ping.range_m]),
                    "level_db": np.array([ping.level_db]),
                    "true_range": np.array([ping.true_range_m]),
                    "instance": np.array([ping.instance], np.int32),
                    "semantic": np.array([ping.semantic], np.uint8),
                    "truth": flags(ping.truth),
                },
            )

        return listen
