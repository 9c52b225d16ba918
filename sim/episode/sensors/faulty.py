"""Between the capture of a frame and its delivery: the faults of one sensor.

A mount that moved is asked for before the capture, so that a frame and its labels are those of the true place while
the stored mount is the believed one. Everything else happens to the finished frame. Truth about the scene stays; what
belongs to the message but is no measurement of its own (labels of returns, the exposure time) travels with it
unchanged, so that a frozen frame keeps its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....renderers.faults import FaultConfig, FaultFrame, FaultLine, FaultTarget
from ....renderers.faults.geometry import AbstractMountFault
from ....renderers.faults.kinds import fault_class
from ....renderers.transforms import compose
from ...errors import ConfigError
from ..records import FaultPeriod, SensorFrame

F64 = NDArray[np.float64]
Array = NDArray[Any]
Pose = tuple[F64, F64]

_FAMILIES = {"encoders": "encoder", "ultrasonic": "range_finder"}
"""What the fault models call kinds of sensors where the name differs."""
_INTRINSICS = "intrinsics/"


class Faulty:
    """The faults of one sensor through one episode.

    Args:
        configs: faults by name.
        target: the sensor, with the kind it has in a rig.
        measured: arrays that faults may change, beside those of lidars; others travel with the frame.
        where: the sensor stands in the configuration.
        stream_key: of the sensor.

    Raises:
        ConfigError: a fault does not fit the sensor.

    """

    def __init__(
        self,
        configs: Mapping[str, FaultConfig],
        target: FaultTarget,
        measured: tuple[str, ...],
        where: str,
        *,
        stream_key: int,
    ) -> None:
        self._where, self._measured, self._any = f"{where}.faults", measured, bool(configs)
        self._mounts = any(issubclass(fault_class(c.kind), AbstractMountFault) for c in configs.values())
        self._target = dataclasses.replace(target, kind=_FAMILIES.get(target.kind, target.kind))
        try:
            self._line = FaultLine(configs, self._target, stream_key=stream_key)
        except ValueError as error:
            raise ConfigError(f"{self._where}: {error}") from error

    @property
    def moves_mount(self) -> bool:
        """Whether one of them moves the sensor on its carrier."""
        return self._mounts

    def mount(self, nominal: Pose, time_s: float) -> Pose:
        """Where the sensor really sits on its carrier; during the run-up where it does at the start."""
        return compose(nominal, self._line.mount_offset(max(time_s, 0.0))) if self._mounts else nominal

    def exposure_held(self, time_s: float) -> bool:
        """Whether the exposure control of a camera stands still."""
        return self._line.exposure_held(time_s)

    def apply(self, frame: SensorFrame) -> SensorFrame | None:
        """What is delivered of a sound frame, with its delivery put off and its stamp shifted; None if nothing comes.

        To be called once for each frame, in order.

        Raises:
            ConfigError: a fault names an array that the frame has not.

        """
        if not self._any:
            return frame
        data = {name: array for name, array in frame.data.items() if name != "truth"}
        own = frame.data.get("truth")
        cells = own if own is not None and own.ndim > 1 else np.zeros(1, np.uint8)
        arrays = {name: self._packed(name, array) for name, array in data.items()}
        arrays |= {f"{_INTRINSICS}{name}": _void(np.asarray(v)) for name, v in frame.intrinsics.items()}
        out = self.delivered(frame, arrays, cells)
        if out is None:
            return None
        changed, truth, late = out
        bits = truth if own is None or own.ndim > 1 else own | truth
        return dataclasses.replace(
            late,
            data={**{name: _unpacked(changed[name], data[name]) for name in data}, "truth": bits},
            intrinsics={
                name: _unpacked(changed[f"{_INTRINSICS}{name}"], np.asarray(v)) for name, v in frame.intrinsics.items()
            },
        )

    def delivered(
        self, frame: SensorFrame, arrays: Mapping[str, Array], truth: NDArray[np.uint8]
    ) -> tuple[Mapping[str, Array], NDArray[np.uint8], SensorFrame] | None:
        """The faults on bare arrays: what they become, their truth, and the frame with its new times; None if dropped.

        A frame that ends in the run-up counts as one of the start, so that what is faulty from there on is so from
        frame 0.
        """
        start_s, end_s = frame.time_start_ns / 1e9, max(frame.time_end_ns, 0) / 1e9
        try:
            result = self._line.apply(FaultFrame(self._target.kind, frame.index, start_s, end_s, arrays, truth))
        except ValueError as error:
            raise ConfigError(f"{self._where}: {error}") from error
        if result.data is None:
            return None
        late = dataclasses.replace(
            frame,
            time_delivered_ns=frame.time_delivered_ns + round(result.delay_s * 1e9),
            stamp_shift_ns=round(result.stamp_shift_s * 1e9),
        )
        return result.data, result.truth, late

    @property
    def active(self) -> bool:
        """Whether any fault is configured."""
        return self._any

    @property
    def periods(self) -> tuple[FaultPeriod, ...]:
        """All periods so far in which a fault touched every frame, by their starts."""
        return tuple(
            FaultPeriod(r.name, r.kind, round(r.start_s * 1e9), round(r.end_s * 1e9), float(r.magnitude))
            for r in self._line.records
        )

    def _packed(self, name: str, array: Array) -> Array:
        free = self._target.kind == "lidar" or name in self._measured or self._target.is_label(name)
        return array if free else _void(array)


def _void(array: Array) -> Array:
    """The same bytes as a type that no fault knows how to change."""
    flat = np.ascontiguousarray(np.atleast_1d(array))
    return flat if flat.dtype.names else flat.view(np.dtype((np.void, flat.dtype.itemsize)))


def _unpacked(array: Array, like: Array) -> Array:
    return array if array.dtype == like.dtype else array.view(like.dtype).reshape(like.shape)
