"""One sensor of one episode: when a frame is due, what interval it covers, when and how it is delivered.

A frame is captured as soon as it has ended and waits until its delivery. Frames come in their order: one that is late
holds up those behind it, as on a bus or a queue.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ....renderers.faults import FaultTarget
from ....renderers.pose_track import PoseTrack
from ...physics.client import TICK_HZ
from ...world.actor import Actor
from ..records import FaultPeriod, SensorFrame, SensorInfo, SensorKind
from .config import SensorConfig
from .faulty import Faulty
from .view import View

F64 = NDArray[np.float64]
Values = dict[str, Any]


@dataclass(frozen=True)
class Fitting:
    """What every sensor is fitted with.

    Attributes:
        name: in the rig.
        config: the shared part of its configuration.
        view: of the world.
        carrier: the actor it sits on, None for the world.
        key: of its random stream.
        clean: whether frames come with their clean twins, from sensors that have one.

    """

    name: str
    config: SensorConfig
    view: View
    carrier: Actor | None
    key: int
    clean: bool = False

    @property
    def where(self) -> str:
        """It stands in the configuration."""
        return f"sensors.{self.name}"


class Sensor(ABC):
    """One sensor of one episode.

    Args:
        fitting: what every sensor is fitted with.
        target: what faults need to know of it beside kind and rate.

    Class attributes:
        kind: as in a rig.
        optical: whether its frame is x right, y down, z forward instead of x forward, y left, z up.
        measured: arrays of a frame that faults may change.

    """

    kind: ClassVar[SensorKind]
    optical: ClassVar[bool] = False
    measured: ClassVar[tuple[str, ...]] = ()

    def __init__(self, fitting: Fitting, target: FaultTarget | None = None) -> None:
        self.name = fitting.name
        self.config = fitting.config
        self._view, self._world, self._carrier = fitting.view, fitting.view.world, fitting.carrier
        self._clean = fitting.clean
        self._next = 0
        self._waiting: deque[SensorFrame] = deque()
        self._newest_ns = -(1 << 62)
        known = target or FaultTarget(self.kind)
        self._faulty = Faulty(
            self.config.faults,
            replace(known, rate_hz=self.config.rate_hz),
            self.measured,
            fitting.where,
            stream_key=fitting.key,
        )

    @abstractmethod
    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        """Ask the world for all that the sound frame that ends at `end_s` needs; what is returned makes it.

        The world may have gone on by then. Frames are made one after the other, in their order.
        """

    def _with_faults(self, frame: SensorFrame) -> SensorFrame | None:
        """What is delivered of it; None if nothing comes."""
        return self._faulty.apply(frame)

    def _intrinsics(self) -> Mapping[str, float | NDArray[Any]]:
        """Constant numbers of `SensorInfo`."""
        return {}

    @property
    def _range_max_m(self) -> float:
        """The farthest depth or range that labels must tell apart."""
        return self.config.depth_max_m

    @property
    def info(self) -> SensorInfo:
        """What is constant about it."""
        return SensorInfo(
            self.name,
            self.kind,
            self.config.rate_hz,
            range_max_m=self._range_max_m,
            intrinsics=self._intrinsics(),
            mount=np.concatenate(self._mount),
        )

    @property
    def faults(self) -> tuple[FaultPeriod, ...]:
        """What has gone wrong with it so far, whether its frames were delivered or not."""
        return self._faulty.periods

    def begin(self) -> Callable[[], list[SensorFrame]]:
        """Begin the frames that have ended by now; what is returned gives those that are delivered by now.

        To be called more often than every 0.2 s, and what is returned, once and in any thread, before the next call. Of
        several frames only the last is left for later.
        """
        tick, begun = self._world.tick, None
        while (end_tick := round((self.config.phase_s + self._next / self.config.rate_hz) * TICK_HZ)) <= tick:
            if begun is not None:
                self._receive(begun())
            begun = self._begin(self._next, end_tick / TICK_HZ)
            self._next += 1
        return partial(self._finish, begun, tick)

    def _finish(self, begun: Callable[[], SensorFrame] | None, tick: int) -> list[SensorFrame]:
        """Make the frame in progress; the frames delivered by `tick`."""
        if begun is not None:
            self._receive(begun())
        delivered = []
        while self._waiting and round(self._waiting[0].time_delivered_ns * TICK_HZ / 1e9) <= tick:
            delivered.append(self._waiting.popleft())
        return delivered

    def _receive(self, sound: SensorFrame) -> None:
        """Put what is delivered of a frame behind those that wait."""
        frame = self._with_faults(sound)
        if frame is not None:
            self._newest_ns = max(self._newest_ns, frame.time_delivered_ns)
            self._waiting.append(replace(frame, time_delivered_ns=self._newest_ns))

    def look(self) -> SensorFrame:
        """A sound frame that ends now, beside the schedule; numbered by the tick."""
        return self._begin(self._world.tick, self._world.time_s)()

    @cached_property
    def _mount(self) -> tuple[F64, F64]:
        """Pose of the sensor frame on its carrier, as it is believed to be."""
        return self.config.mount.pose(optical=self.optical)

    def _track(self, start_s: float, end_s: float) -> PoseTrack:
        """Where the sensor really is."""
        mount = self._faulty.mount(self._mount, end_s)
        if self._carrier is None:
            return PoseTrack(np.array([start_s]), mount[0][None], mount[1][None])
        return self._world.track(self._carrier, mount, start_s, end_s, part=self.config.mount.part)

    def _delivered_ns(self, end_s: float) -> int:
        return ns(end_s + self.config.delay_s)


def ns(time_s: float) -> int:
    """Seconds as whole nanoseconds."""
    return round(time_s * 1e9)


def flags(*bits: int) -> NDArray[np.uint8]:
    """Truth of the few values of one frame."""
    return np.array(bits, np.uint8)
