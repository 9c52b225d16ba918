"""All faults of one sensor through one episode.

Each fault has a random stream of its own, named after it: adding one changes no other. Frames are to be given in their
order, once each; some faults remember earlier ones. Faults that act on the capture itself are asked beforehand:
`mount_offset` for where the sensor really sits, `exposure_held` for an exposure that no longer follows the light.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..transforms import compose
from .camera import ExposureStuck
from .config import FaultConfig
from .fault import AbstractFault, Work, key_of
from .frame import F64, ActiveFault, FaultFrame, FaultRecord, FaultResult, FaultTarget
from .geometry import AbstractMountFault
from .kinds import fault_class, fault_kinds


class FaultLine:
    """The faults of one sensor.

    Args:
        configs: faults by name.
        target: the sensor.
        stream_key: 64-bit integer that names the sensor's random stream.

    Raises:
        ValueError: a fault does not fit the kind of sensor.

    """

    def __init__(self, configs: Mapping[str, FaultConfig], target: FaultTarget, *, stream_key: int) -> None:
        self.target = target
        faults: dict[str, AbstractFault] = {}
        for name, config in configs.items():
            cls = fault_class(config.kind)
            if not cls.fits(target.kind):
                known = ", ".join(k.kind for k in fault_kinds(target.kind))
                raise ValueError(f"fault {name!r}: kind {target.kind} has no {config.kind!r}, expected one of {known}")
            faults[name] = cls(config, target, key_of(stream_key, f"fault/{name}"))
        self._faults = dict(sorted(faults.items(), key=lambda item: item[1].stage))
        self._open: dict[str, ActiveFault] = {}
        self._closed: list[FaultRecord] = []

    def mount_offset(self, time_s: float) -> tuple[F64, F64]:
        """Where the sensor really sits, in the frame of its nominal mount: position (3,) [m], quaternion (4,).

        To be composed as nominal mount after which the offset: world <- carrier <- nominal mount <- true sensor.
        """
        pose = np.zeros(3), np.array([0.0, 0.0, 0.0, 1.0])
        for fault in self._faults.values():
            if isinstance(fault, AbstractMountFault) and fault.within(time_s):
                pose = compose(pose, fault.offset(fault.strength_at(time_s)))
        return pose

    def exposure_held(self, time_s: float) -> bool:
        """Whether the exposure control of a camera stands still."""
        return any(isinstance(f, ExposureStuck) and f.within(time_s) for f in self._faults.values())

    def apply(self, frame: FaultFrame) -> FaultResult:
        """What the sensor delivers instead of a sound frame.

        Raises:
            ValueError: the frame is of another kind of sensor, or lacks an array that a fault names.

        """
        if frame.kind != self.target.kind:
            raise ValueError(f"frame of a {frame.kind}, expected one of a {self.target.kind}")
        work = Work(frame, self.target)
        active = []
        for name, fault in self._faults.items():
            fault.see(work)
            strength = fault.strength_at(frame.time_end_s)
            occurs = fault.occurs(frame)
            if occurs and fault.onset_s is None:
                fault.onset_s = frame.time_end_s
            elif not occurs:
                fault.onset_s = None
            if occurs and strength != fault.identity and fault.act(work, strength):
                active.append(self._note(name, fault, frame.time_end_s, strength))
            elif name in self._open:
                self._closed.append(_record(self._open.pop(name)))
        data = None if work.dropped else work.data
        return FaultResult(data, work.truth, work.delay_s, work.stamp_shift_s, tuple(active))

    def _note(self, name: str, fault: AbstractFault, end_s: float, strength: float) -> ActiveFault:
        before = self._open.get(name)
        if before is None:
            note = ActiveFault(name, fault.kind, end_s, end_s, strength)
        else:
            further = abs(strength - fault.identity) > abs(before.magnitude - fault.identity)
            magnitude = strength if further else before.magnitude
            note = dataclasses.replace(before, end_s=end_s, magnitude=magnitude)
        self._open[name] = note
        return note

    @property
    def records(self) -> tuple[FaultRecord, ...]:
        """All periods so far, by their starts."""
        every = [*self._closed, *(_record(note) for note in self._open.values())]
        return tuple(sorted(every, key=lambda r: (r.start_s, r.name)))


def _record(note: ActiveFault) -> FaultRecord:
    return FaultRecord(note.name, note.kind, note.start_s, note.end_s, note.magnitude)
