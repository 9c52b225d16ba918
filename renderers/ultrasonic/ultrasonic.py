"""An ultrasonic distance sensor as in bumpers: one ping, the first echo over a threshold.

The echo of the cone is gathered over time in steps of 5 mm; a ping of `cycles` periods holds each echo for its
length. Its level falls with R^4 for small things and R^2 for walls, and with the absorption of the air; the
receiver's gain grows with range. The first instant at which the level is over the threshold gives the range, with the
speed of sound that the sensor believes in. Its error is the length of the ping over the root of twice the
signal-to-noise ratio. Closer than `min_m` the ringing of the membrane hides everything.
Other sensors' pings (crosstalk) come at any time and pass for near objects; dirt or ice on the membrane weakens it.
Levels are in dB, 0 dB being the ping at 1 m from the sensor. Left out: motion during the flight (30 ms at most),
second echoes, and reflection by the ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..pose_track import PoseTrack
from ..random import frame_key, normal, uniform
from ..tracers.embree import EmbreeTracer
from ..tracers.tables import new_ray
from ..truth import Truth
from .air import absorption_db_per_m, speed_of_sound
from .echoes import SOUND, listen

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_STEP_M = 0.005
_EDGE = 1.6
"""How far beyond the -6 dB width the cone is followed."""
_NOISE_RE, _NOISE_IM, _ERROR, _WHEN, _LOUD = 0, 1, 2, 3, 4
_FRAME = 1 << 20
_LOUDEST_DB = 20.0


@dataclass
class UltrasonicConfig:
    """Which sensor.

    Attributes:
        frequency_hz: 40 to 58 kHz are usual.
        cycles: periods in one ping.
        beam_deg, beam_height_deg: full widths at -6 dB, both ways, across and upwards.
        min_m, max_m: range that is looked at.
        step_m: quantisation of the range; 0 for none.
        threshold_db: level after the gain that counts as an echo.
        gain_db_per_decade, gain_db: growth of the receiver's gain from 1 m on, and its limit; closer than 1 m it sinks.
        noise_db: level of the noise before the gain.
        cover_db: what dirt, snow or ice on the membrane takes, both ways together.
        crosstalk: expected number of foreign pings heard in one listening time; 0 is off.
        assumed_c: air temperature [deg C] the sensor believes in; None measures it.
        humidity: relative, in [0, 1].
        rays: how finely the cone is sampled.
        noise: multiplies noise and errors; 0 leaves the quantisation.

    """

    frequency_hz: float = 48_000.0
    cycles: int = 16
    beam_deg: float = 70.0
    beam_height_deg: float = 40.0
    min_m: float = 0.15
    max_m: float = 5.5
    step_m: float = 0.01
    threshold_db: float = -30.0
    gain_db_per_decade: float = 30.0
    gain_db: float = 25.0
    noise_db: float = -65.0
    cover_db: float = 0.0
    crosstalk: float = 0.0
    assumed_c: float | None = None
    humidity: float = 0.5
    rays: int = 4000
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Check ranges."""
        if not 20e3 <= self.frequency_hz <= 200e3:
            raise ValueError(f"ultrasonic frequency_hz is {self.frequency_hz}, expected a value in [20e3, 200e3]")
        for name in ("beam_deg", "beam_height_deg"):
            if not 0.0 < getattr(self, name) <= 110.0:
                raise ValueError(f"ultrasonic {name} is {getattr(self, name)}, expected a value in (0, 110]")
        if not 0.0 <= self.min_m < self.max_m:
            raise ValueError(f"ultrasonic limits are {self.min_m} and {self.max_m} m, expected 0 <= min_m < max_m")
        if self.cycles < 1 or self.rays < 16:
            raise ValueError(f"ultrasonic cycles is {self.cycles} and rays {self.rays}, expected at least 1 and 16")
        for name in ("step_m", "cover_db", "crosstalk", "noise", "gain_db"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"ultrasonic {name} is {getattr(self, name)}, expected a value >= 0")
        if not 0.0 <= self.humidity <= 1.0:
            raise ValueError(f"ultrasonic humidity is {self.humidity}, expected a value in [0, 1]")


@dataclass(frozen=True)
class UltrasonicFrame:
    """One ping.

    Attributes:
        start_s: when it was sent.
        end_s: when listening ended.
        range_m: reported range; 0 where no echo was heard.
        level_db: highest level of the echo, before the gain; -inf where none was heard.
        true_range_m: distance of the surface that answered first, 0 for none and for foreign pings.
        instance: object label of that surface, 0 for scenery, none and foreign pings.
        semantic: its class id.
        truth: `Truth` bits: PHANTOM for foreign pings and noise, LOST where the clean sensor hears an echo and this
            one none, DISPLACED where an echo comes from something farther than the clean one or with a wrong speed of
            sound (by more than a step), DIMMED where dirt weakened it.

    """

    start_s: float
    end_s: float
    range_m: float
    level_db: float
    true_range_m: float
    instance: int
    semantic: int
    truth: int


@dataclass(frozen=True)
class _Heard:
    """One crossing of the threshold; `index` of the echo that gave most of it, -1 for none."""

    level_db: float
    range_m: float
    snr: float
    index: int


class Ultrasonic:
    """One mounted sensor; the frame is x along the axis of the cone, y left, z up.

    Args:
        config: which sensor.
        stream_key: 64-bit integer that names its random stream; sensors with different keys are independent.

    """

    def __init__(self, config: UltrasonicConfig, *, stream_key: int) -> None:
        self.config = config
        self.stream_key = stream_key
        half = [math.radians(a) / 2.0 for a in (config.beam_deg, config.beam_height_deg)]
        edge = min(_EDGE * max(half), math.radians(88.0))
        self._shape = np.array([edge, half[0], half[1], config.max_m])
        self._bins = math.ceil(config.max_m / _STEP_M)
        middle = (np.arange(self._bins) + 0.5) * _STEP_M
        self._gain_db: F64 = np.minimum(config.gain_db_per_decade * np.log10(middle), config.gain_db)

    def listening_s(self, temperature_c: float = 15.0) -> float:
        """How long one ping takes."""
        return 2.0 * self.config.max_m / speed_of_sound(temperature_c)

    def capture(
        self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, index: int, clean: bool = False
    ) -> UltrasonicFrame:
        """One ping.

        Args:
            tracer: holds a scene that covers `start_s`.
            track: pose of the sensor at that time (sensor frame to world).
            start_s: when it is sent [s].
            index: number of the ping in its episode, selects its random numbers.
            clean: the twin without noise, crosstalk, dirt and quantisation, in known air.

        """
        config, key = self.config, frame_key(self.stream_key, index)
        air = tracer.scene.environment.air
        pose = np.concatenate(track.at(start_s))
        out, owner = np.empty((config.rays, 2)), np.empty((config.rays, 2), np.int32)
        time = float(tracer.ray_time(start_s))
        count = listen(tracer.tables, new_ray(), SOUND, key, time, pose, self._shape, out, owner)
        far, area = out[:count, 0], out[:count, 1]
        loss_db = 2.0 * absorption_db_per_m(config.frequency_hz, air.temperature_c, config.humidity) * far
        power = area / (4.0 * math.pi * far**4) * 10.0 ** (-loss_db / 10.0)
        speed = speed_of_sound(air.temperature_c)
        ping_m = speed * config.cycles / config.frequency_hz / 2.0
        exact = self._first(far, power, ping_m, key, 0.0)
        if clean:
            return self._frame(
                start_s, air.temperature_c, exact, far, owner, exact.range_m if exact.index >= 0 else 0.0, 0
            )
        heard = self._first(far, power * 10.0 ** (-config.cover_db / 10.0), ping_m, key, config.noise)
        foreign = self._foreign(key)
        truth = Truth.SOUND
        if foreign is not None and (heard.level_db == -math.inf or foreign.range_m < heard.range_m):
            heard = foreign
        if heard.level_db == -math.inf:
            truth = Truth.LOST if exact.index >= 0 else Truth.SOUND
            return self._frame(start_s, air.temperature_c, heard, far, owner, 0.0, truth)
        believed = speed if config.assumed_c is None else speed_of_sound(config.assumed_c)
        error = config.noise * ping_m / math.sqrt(2.0 * max(heard.snr, 1.0)) * normal(key, _FRAME, _ERROR)
        measured = max((heard.range_m + error) * believed / speed, 0.0)
        if config.step_m > 0.0:
            measured = round(measured / config.step_m) * config.step_m
        if heard.index < 0:
            truth = Truth.PHANTOM
        else:
            wrong = abs(heard.range_m * (believed / speed - 1.0)) > max(config.step_m, 1e-6)
            if wrong or heard.range_m > exact.range_m + ping_m:
                truth |= Truth.DISPLACED
            if config.cover_db > 0.0:
                truth |= Truth.DIMMED
        return self._frame(start_s, air.temperature_c, heard, far, owner, measured, truth)

    def _frame(
        self, start_s: float, warm: float, heard: _Heard, far: F64, owner: NDArray[np.int32], range_m: float, truth: int
    ) -> UltrasonicFrame:
        k = heard.index
        return UltrasonicFrame(
            start_s=start_s,
            end_s=start_s + self.listening_s(warm),
            range_m=float(range_m),
            level_db=heard.level_db,
            true_range_m=float(heard.range_m) if k >= 0 else 0.0,
            instance=int(owner[k, 0]) if k >= 0 else 0,
            semantic=int(owner[k, 1]) if k >= 0 else 0,
            truth=int(truth),
        )

    def _first(self, far: F64, power: F64, ping_m: float, key: np.uint64, strength: float) -> _Heard:
        """The first crossing of the threshold beyond the ringing."""
        config = self.config
        noise = 10.0 ** (config.noise_db / 10.0)
        level = np.empty(self._bins)
        length = max(round(ping_m / _STEP_M), 1)
        first = math.ceil(config.min_m / _STEP_M)
        threshold = 10.0 ** (config.threshold_db / 10.0)
        at, peak = _crossing(far, power, length, first, noise, strength, key, self._gain_db, threshold, level)
        if at < 0:
            return _Heard(-math.inf, 0.0, 0.0, -1)
        begin, end = (at - length + 1) * _STEP_M, (at + 1) * _STEP_M
        inside = np.flatnonzero((far >= max(begin, config.min_m)) & (far < end))
        signal = float(power[inside].sum())
        level_db = 10.0 * math.log10(level[peak])
        snr = level[peak] / noise
        if signal * 10.0 ** (self._gain_db[at] / 10.0) < 0.25 * threshold:
            return _Heard(level_db, (at + 0.5) * _STEP_M, snr, -1)
        strongest = inside[np.argmax(power[inside])]
        # the front of what lies within one ping of the crossing, where it has a tenth of the strongest ray's power
        front = inside[power[inside] >= 0.1 * power[strongest]]
        return _Heard(level_db, float(far[front].min()), snr, int(strongest))

    def _foreign(self, key: np.uint64) -> _Heard | None:
        """The first ping of another sensor that is loud enough, if any."""
        config = self.config
        if config.crosstalk <= 0.0:
            return None
        # arrivals of a Poisson process: the first of them after an exponential waiting time
        share = -math.log(1.0 - uniform(key, _FRAME, _WHEN)) / config.crosstalk
        if share >= 1.0:
            return None
        range_m = config.min_m + share * (config.max_m - config.min_m)
        gain_db = self._gain_db[min(int(range_m / _STEP_M), self._bins - 1)]
        level_db = config.threshold_db - float(gain_db) + _LOUDEST_DB * uniform(key, _FRAME, _LOUD)
        return _Heard(level_db, range_m, 1e3, -1)


@compiled(error_model="numpy")
def _crossing(far, power, length, first, noise, strength, key, gain_db, threshold, level):  # type: ignore[no-untyped-def]
    """First bin whose level is over the threshold, -1 for none, and the loudest within a ping from there."""
    level[:] = 0.0
    found, peak = -1, -1
    for i in range(len(far)):
        start = int(far[i] / _STEP_M)
        if start >= first:  # what answers during the ringing is over before it ends
            for k in range(start, min(start + length, len(level))):
                level[k] += power[i]
    for b in range(first, len(level)):
        gain = 10.0 ** (gain_db[b] / 10.0)
        if strength > 0.0:
            # one draw per length of a ping: the noise cannot change faster
            block = b // length
            re = np.sqrt(level[b]) + strength * np.sqrt(0.5 * noise) * normal(key, block, _NOISE_RE)
            im = strength * np.sqrt(0.5 * noise) * normal(key, block, _NOISE_IM)
            level[b] = re * re + im * im
        if found < 0:
            if gain * level[b] >= threshold:
                found, peak = b, b
        elif b >= found + length:
            break
        elif level[b] > level[peak]:
            peak = b
    return found, peak
