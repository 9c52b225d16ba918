"""The base of all faults: when one acts, how strongly, and the frame it works on.

A fault is scripted (from `start_s` for `duration_s`) or random: within its window a two-state chain (Gilbert-Elliott)
enters the faulty state with `probability_per_frame` and leaves it with 1 / `mean_length_frames`, so that lengths are
geometric. Strength grows from "no effect" over `ramp_s`. Faults act in the order of their stages: first what the
sensor measures, then what its memory and its transport do to it.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..random import frame_key, mix, uniform
from ..truth import Truth
from .frame import Array, FaultFrame, FaultTarget

if TYPE_CHECKING:
    from .config import FaultConfig

_SLACK_S = 1e-9
"""Frames end on physics ticks, whose seconds carry rounding."""


class Stage(IntEnum):
    """Order in which faults of one sensor act."""

    CONTENT = 0
    MEMORY = 1
    TRANSPORT = 2
    STAMP = 3
    DROP = 4


@dataclass(frozen=True, eq=False)
class Held:
    """Measurements that a fault remembers.

    Attributes:
        data: measured arrays by name.
        cells: shape of the truth array that goes with them.

    """

    data: dict[str, Array]
    cells: tuple[int, ...]


class Work:
    """A frame under the hands of faults: arrays are copied when first written to.

    Attributes:
        frame: as the sound sensor delivers it.
        data: arrays by name, the present state.
        truth: bits of `Truth`, writable.
        dropped: no message comes.
        delay_s, stamp_shift_s: later delivery, error of the stamp.

    """

    def __init__(self, frame: FaultFrame, target: FaultTarget) -> None:
        self.frame, self.target = frame, target
        self.data: dict[str, Array] = dict(frame.data)
        self.truth: NDArray[np.uint8] = _truth_of(frame)
        self.dropped = False
        self.delay_s = 0.0
        self.stamp_shift_s = 0.0
        self._own: set[str] = set()

    def own(self, name: str) -> Array:
        """The array, as a copy that may be written to."""
        if name not in self._own:
            self.data[name] = np.array(self.data[name])
            self._own.add(name)
        return self.data[name]

    def put(self, name: str, array: Array) -> None:
        """Replace an array by a new one."""
        self.data[name] = array
        self._own.add(name)

    def shared(self) -> Held:
        """The measurements as they are; whoever writes to an array afterwards gets a copy."""
        self._own.clear()
        data = {name: array for name, array in self.data.items() if not self.target.is_label(name)}
        return Held(data, self.truth.shape)

    def mark(self, bits: Truth) -> None:
        """Set bits in every cell."""
        self.truth |= np.uint8(bits)

    def replace(self, held: Held, bits: Truth) -> None:
        """Deliver other measurements throughout; the truth takes their shape."""
        self.data.update(held.data)
        self._own.clear()
        if held.cells != self.truth.shape:
            self.truth = np.zeros(held.cells, np.uint8)
        self.mark(bits)


def _truth_of(frame: FaultFrame) -> NDArray[np.uint8]:
    """A writable truth array for a frame."""
    if frame.truth is not None:
        return np.array(frame.truth, np.uint8)
    if frame.kind == "lidar":
        return np.zeros(frame.data["range"].shape, np.uint8)
    if "rgb" in frame.data:
        return np.zeros(frame.data["rgb"].shape[:2], np.uint8)
    rows = [len(array) for array in frame.data.values() if array.ndim >= 2]
    return np.zeros(rows[0] if rows else 1, np.uint8)


class AbstractFault(ABC):
    """One fault of one sensor in one episode.

    Class attributes describe the kind:
        kind: name in configurations.
        sensors: kinds of sensors it fits; empty for all.
        unit: of the magnitude.
        ladder: magnitudes of severities 1 to 5; empty where there is nothing to scale.
        source: where the ladder comes from.
        identity: the magnitude without effect.
        bounds: smallest and greatest magnitude.
        stage: when it acts.
        uses: optional fields of `FaultConfig` that it reads.
        scripted: whether it acts on the capture itself, which is asked by time and so cannot wait for a draw per frame.

    Args:
        config: checked.
        target: the sensor.
        key: 64-bit key of its random numbers.

    """

    kind: ClassVar[str]
    sensors: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[str] = ""
    ladder: ClassVar[tuple[float, ...]] = ()
    source: ClassVar[str] = ""
    identity: ClassVar[float] = 0.0
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    stage: ClassVar[Stage] = Stage.CONTENT
    uses: ClassVar[frozenset[str]] = frozenset()
    scripted: ClassVar[bool] = False

    def __init__(self, config: FaultConfig, target: FaultTarget, key: int) -> None:
        self.config, self.target, self.key = config, target, key
        self.onset_s: float | None = None
        """End of the first frame of the present period."""
        self._bad = False

    @abstractmethod
    def act(self, work: Work, strength: float) -> bool:
        """Do it to a frame; whether the frame was touched."""

    def see(self, work: Work) -> None:
        """Look at a frame before acting or not; for faults that remember."""

    @classmethod
    def fits(cls, sensor_kind: str) -> bool:
        """Whether a kind of sensor can have it."""
        return not cls.sensors or sensor_kind in cls.sensors

    def within(self, time_s: float) -> bool:
        """Whether an instant lies in the scripted window."""
        after = time_s - self.config.start_s
        return after >= -_SLACK_S and (self.config.duration_s <= 0.0 or after < self.config.duration_s - _SLACK_S)

    def strength_at(self, time_s: float) -> float:
        """Magnitude at an instant of the window, with the ramp."""
        full = self.config.strength
        if self.config.ramp_s <= 0.0:
            return full
        share = min(1.0, max(0.0, (time_s - self.config.start_s) / self.config.ramp_s))
        return self.identity + share * (full - self.identity)

    def occurs(self, frame: FaultFrame) -> bool:
        """Whether it acts on a frame; to be asked once per frame, in order."""
        chance = self.config.probability_per_frame
        if not self.within(frame.time_end_s):
            self._bad = False
            return False
        if chance <= 0.0:
            return True
        draw = uniform(np.uint64(self.key), frame.index, 0)
        self._bad = draw >= 1.0 / self.config.mean_length_frames if self._bad else draw < chance
        return self._bad

    def elapsed_s(self, frame: FaultFrame) -> float:
        """Time since the present period began."""
        since = self.config.start_s if self.config.probability_per_frame <= 0.0 else self.onset_s
        return max(0.0, frame.time_end_s - (frame.time_end_s if since is None else since))

    def frame_key(self, frame: FaultFrame) -> np.uint64:
        """Key of the random numbers of one frame."""
        return frame_key(self.key, frame.index)

    def frame_rng(self, frame: FaultFrame, name: str = "") -> np.random.Generator:
        """Generator for a few numbers of one frame; names give independent ones."""
        return _generator(key_of(int(self.frame_key(frame)), name))

    def episode_rng(self, name: str = "") -> np.random.Generator:
        """Generator that starts afresh at each call, the same throughout an episode; names give independent ones."""
        return _generator(key_of(self.key, name))

    def specimen_rng(self) -> np.random.Generator:
        """Generator of what is fixed for the specimen: equal in all episodes."""
        return _generator(key_of(self.target.serial, f"specimen/{self.kind}"))


def _generator(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def key_of(stream_key: int, name: str) -> int:
    """64-bit key of a named stream below another: depends on the name, not on what else is configured."""
    digest = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    return int(mix(np.uint64((stream_key ^ digest) & 0xFFFFFFFFFFFFFFFF)))


FAULTS: dict[str, type[AbstractFault]] = {}
"""All kinds by name."""


def fault(cls: type[Any]) -> type[Any]:
    """Register a kind."""
    if cls.kind in FAULTS:
        raise ValueError(f"fault kind {cls.kind!r} is registered twice")
    FAULTS[cls.kind] = cls
    return cls
