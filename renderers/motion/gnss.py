"""A satellite navigation receiver: position with a wandering bias, worse between houses, none in a tunnel.

Position = truth + Gauss-Markov bias + white noise. The bias of each mode has the size that its users see; a walk of
density K with the time constant tau has the standard deviation K sqrt(tau / 2). It grows with the dilution of precision
relative to the open sky. Rays decide which satellites are seen, and which come by a wall (`satellites`):
- a position from codes takes the whole detour of a hidden satellite into its pseudo-range, and the least-squares
  position moves accordingly; with fewer than `fix_direct` direct ones the bias jumps (normal) and stays for
  exponential times;
- an RTK float solution smooths its codes by the carrier: of their errors it keeps the share that it keeps of their
  noise, that of its standard deviation in that of the differential mode;
- an RTK fixed solution uses the carriers of direct satellites alone. An echo of relative amplitude a shifts their phase
  by at most arcsin(a), so their ranges by at most arcsin(a) / 2 pi wavelengths, a quarter of one at the most
  (`carrier_error`). It needs five direct satellites, and more of them than reflected ones, which otherwise pass for the
  truth; without these it is float with four direct satellites, and single with fewer;
- with fewer than four in all there is no position, and after that none for a while of re-acquisition;
- satellites that stand too much in one line or cone (position dilution beyond `pdop_mask`) give none either, and it is
  back as soon as they stand better: receivers deliver nothing beyond a limit of dilution.
The receiver states what it can know: the sigma of its mode and geometry, what the residuals of its pseudo-ranges show
of detours (the variance of unit weight a posteriori), and, with fewer than `fix_direct` direct satellites, the size of
jumps. It cannot know a false signal, and detours that agree with each other leave no residual.
Sources: constants of the PX4 simulation (time constant 30 s, walk 1 m/s/sqrt(Hz), noise 2e-4 m/sqrt(Hz)); sizes of the
modes, jumps and times are common figures, unverified; least squares and carrier multipath are textbook. Left out:
ionosphere, clock, cycle slips, wrongly fixed ambiguities and the time to fix them, echoes in the codes of direct
satellites.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ..pose_track import PoseTrack
from ..random import frame_key
from ..tracers.embree import EmbreeTracer
from ..truth import Truth
from .geodesy import world_to_geodetic
from .satellites import SkyView, satellite_directions, sky_view

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
Vec3 = tuple[float, float, float]

FEWEST = 4
"""Satellites for a position and the clock."""
_FIXED_NEEDS = 5
_VERTICAL = 1.75
_AXES = np.array([1.0, 1.0, _VERTICAL])
L1_M = 299_792_458.0 / 1_575.42e6
"""Wavelength of the carrier, 0.190 m."""
_ECHO = (math.sqrt(5.24) - 1.0) / (math.sqrt(5.24) + 1.0)
"""Amplitude of an echo relative to the direct signal: concrete of permittivity 5.24 at normal incidence."""
_REFLECTED_WEIGHT = 0.1
_BASELINE_S = 0.05


class FixStatus(IntEnum):
    """Quality, numbered as in NMEA sentences."""

    NONE = 0
    SINGLE = 1
    DGNSS = 2
    RTK_FIXED = 4
    RTK_FLOAT = 5


MODES: dict[str, tuple[FixStatus, float]] = {
    "rtk_fixed": (FixStatus.RTK_FIXED, 0.015),
    "rtk_float": (FixStatus.RTK_FLOAT, 0.35),
    "dgnss": (FixStatus.DGNSS, 0.75),
    "single": (FixStatus.SINGLE, 2.25 / 1.1774),  # CEP 1.5 to 3 m
    "simulator": (FixStatus.SINGLE, 1.0 * math.sqrt(30.0 / 2.0)),
}
"""Status and horizontal standard deviation per axis [m] under an open sky."""
_SMOOTHED = MODES["rtk_float"][1] / MODES["dgnss"][1]
_OF_CODES = {
    FixStatus.NONE: 0.0,
    FixStatus.SINGLE: 1.0,
    FixStatus.DGNSS: 1.0,
    FixStatus.RTK_FLOAT: _SMOOTHED,
    FixStatus.RTK_FIXED: 0.0,
}
"""Share of the errors of codes that each kind of solution takes over."""


@dataclass
class GnssConfig:
    """Which receiver, and where the world lies.

    Attributes:
        mode: name of an entry of `MODES`, the best the receiver can do.
        rate_hz: fixes per second.
        latency_s: how old a position is when it is reported.
        origin_deg: latitude, longitude [deg] and height [m] of the origin of the world; x is east, y north.
        mask_deg: satellites lower than this are not used.
        pdop_mask: greatest position dilution of a fix (design value: receivers are set to about 6 for surveying and
            up to 25 for vehicles); inf delivers them all.
        correlation_s: time constant of the bias.
        noise_density: of the white noise [m / sqrt(Hz)].
        velocity_noise_mps: standard deviation of each component.
        fix_direct: with fewer direct satellites than this the bias jumps.
        jump_m: standard deviation of a jump per horizontal axis.
        dwell_s: mean time that a jump stays.
        reacquire_s: least and longest time from seeing satellites again to a position.
        spoof_start_s, spoof_mps: from when on a false signal drags the position away, and how (world frame).
        multipath: multiplies what reflections do: shifts by detours and echoes, and jumps.
        noise: multiplies bias and noise, not what is stated of them.

    """

    mode: str = "single"
    rate_hz: float = 10.0
    latency_s: float = 0.0
    origin_deg: Vec3 = (48.1372, 11.5755, 519.0)
    mask_deg: float = 10.0
    pdop_mask: float = 10.0
    correlation_s: float = 30.0
    noise_density: float = 2e-4
    velocity_noise_mps: float = 0.05
    fix_direct: int = 4
    jump_m: float = 10.0
    dwell_s: float = 15.0
    reacquire_s: tuple[float, float] = (1.0, 30.0)
    spoof_start_s: float = float("inf")
    spoof_mps: Vec3 = (0.0, 0.0, 0.0)
    multipath: float = 1.0
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Check names and ranges."""
        if self.mode not in MODES:
            near = difflib.get_close_matches(self.mode, MODES, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"unknown GNSS mode {self.mode!r}, expected one of {', '.join(MODES)}; did you mean {near!r}?"
            )
        for name in ("rate_hz", "correlation_s", "dwell_s", "pdop_mask"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"GNSS {name} is {getattr(self, name)}, expected a value above 0")
        for name in ("latency_s", "noise_density", "velocity_noise_mps", "jump_m", "multipath", "noise", "fix_direct"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"GNSS {name} is {getattr(self, name)}, expected a value >= 0")
        if not (abs(self.origin_deg[0]) <= 90.0 and abs(self.origin_deg[1]) <= 180.0):
            raise ValueError(f"GNSS origin_deg is {self.origin_deg}, expected a latitude and a longitude in degrees")
        if not 0.0 <= self.mask_deg < 90.0:
            raise ValueError(f"GNSS mask_deg is {self.mask_deg}, expected a value in [0, 90)")
        if not 0.0 <= self.reacquire_s[0] <= self.reacquire_s[1]:
            raise ValueError(f"GNSS reacquire_s is {self.reacquire_s}, expected two rising values >= 0")


@dataclass(frozen=True, eq=False)
class GnssFix:
    """One report. Without a position all floats but the times and the truth are nan.

    Attributes:
        time_s: when it is reported; measured_s: the instant it is about.
        position_w: (3,) [m], world frame.
        geodetic_deg: (3,) latitude, longitude [deg], height over the ellipsoid [m].
        velocity_w: (3,) [m/s], world frame.
        sigma_m: (3,) standard deviation per axis as the receiver states it: mode, geometry, residuals, and jumps where
            they are to be expected.
        hdop, vdop, pdop: dilutions of precision of the satellites used.
        status: `FixStatus`.
        direct, reflected: numbers of satellites seen, and received by walls only.
        true_position_w, true_velocity_w: (3,) the clean values.
        truth: `Truth` bits: LOST for no position, DISPLACED while reflections, a jump or a false signal shift it by
            more than the standard deviation of mode and geometry.

    """

    time_s: float
    measured_s: float
    position_w: F64
    geodetic_deg: F64
    velocity_w: F64
    sigma_m: F64
    hdop: float
    vdop: float
    pdop: float
    status: int
    direct: int
    reflected: int
    true_position_w: F64
    true_velocity_w: F64
    truth: int


class Gnss:
    """One antenna with its receiver; keeps its bias and its memory of outages, so fixes must be taken in order.

    Args:
        config: which receiver.
        stream_key: 64-bit integer that names its random stream; it also draws the time of day.

    """

    def __init__(self, config: GnssConfig, *, stream_key: int) -> None:
        self.config = config
        self.stream_key = stream_key
        latitude, longitude, height = config.origin_deg
        self.reference: F64 = np.array([math.radians(latitude), math.radians(longitude), height])
        start = np.random.Generator(np.random.Philox(key=stream_key))
        self._epoch_s = float(start.uniform(0.0, 86_400.0))
        self._bias: F64 = start.standard_normal(3)
        self._jump: F64 = np.zeros(3)
        self._jump_until = -math.inf
        self._lost = False
        self._back_s = -math.inf
        self._last_s: float | None = None

    def satellites(self, time_s: float) -> F64:
        """(S, 3) directions of the satellites above the mask, world frame."""
        directions = satellite_directions(self.reference, self._epoch_s + time_s)
        return directions[directions[:, 2] > math.sin(math.radians(self.config.mask_deg))]

    def capture(
        self, tracer: EmbreeTracer, track: PoseTrack, time_s: float, index: int, clean: bool = False
    ) -> GnssFix:
        """One report.

        Args:
            tracer: holds a scene that covers `time_s`.
            track: pose of the antenna; to have a velocity it must reach back 50 ms, and further by the latency.
            time_s: when the fix is reported [s].
            index: number of the fix in its episode, selects its random numbers.
            clean: the twin under an open sky without errors; does not touch the receiver's memory.

        """
        config = self.config
        measured_s = time_s - config.latency_s
        position = track.at(measured_s)[0].copy()
        ends = np.clip(np.array([measured_s - _BASELINE_S, measured_s]), track.times_s[0], track.times_s[-1])
        span = float(ends[1] - ends[0])
        before, after = track.at(ends)[0]
        velocity = (after - before) / span if span > 0.0 else np.zeros(3)
        open_sky = self.satellites(measured_s)
        best, sigma = MODES[config.mode]
        if clean:
            used, status, truth = open_sky, best, Truth.SOUND
            view = SkyView(open_sky, np.ones(len(open_sky), np.bool_), np.full(len(open_sky), np.nan))
            error, noise_v, stated = np.zeros(3), np.zeros(3), np.zeros(3)
        else:
            view = sky_view(tracer, track.at(time_s)[0], time_s, open_sky)
            draws = np.random.Generator(np.random.Philox(key=int(frame_key(self.stream_key, index))))
            self._advance(time_s, draws.standard_normal(3))
            status, in_use = self._solution(view, best, time_s, float(draws.uniform()))
            used = open_sky[in_use]
            sigma = sigma if status == best else max(sigma, _sigma_of(status))
            sigmas = self._spread(sigma, used, open_sky) if status else np.full(3, np.nan)
            shift, suspected = self._reflections(view, in_use, status, time_s, draws)
            stated = np.hypot(sigmas, suspected)
            shift = shift + max(time_s - config.spoof_start_s, 0.0) * np.asarray(config.spoof_mps, float)
            white = config.noise_density * math.sqrt(config.rate_hz) * draws.standard_normal(3)
            error = config.noise * (sigmas * self._bias + white) + shift
            noise_v = config.noise * config.velocity_noise_mps * draws.standard_normal(3)
            shifted = bool(np.any(np.abs(shift) > np.maximum(config.noise * sigmas, 1e-9)))
            truth = Truth.LOST if status == FixStatus.NONE else Truth.DISPLACED if shifted else Truth.SOUND
        there = status != FixStatus.NONE
        hdop, vdop, pdop = dilution(used) if there else (math.nan,) * 3
        reported = position + error if there else np.full(3, np.nan)
        place = world_to_geodetic(reported, self.reference)
        return GnssFix(
            time_s=time_s,
            measured_s=measured_s,
            position_w=reported,
            geodetic_deg=np.concatenate([np.degrees(place[:2]), place[2:]]),
            velocity_w=velocity + noise_v if there else np.full(3, np.nan),
            sigma_m=stated,
            hdop=hdop,
            vdop=vdop,
            pdop=pdop,
            status=int(status),
            direct=int(np.count_nonzero(view.direct)),
            reflected=int(np.count_nonzero(view.reflected)),
            true_position_w=position,
            true_velocity_w=velocity,
            truth=int(truth),
        )

    def _advance(self, time_s: float, kick: F64) -> None:
        """Let the bias wander since the last fix."""
        if self._last_s is not None:
            keep = math.exp(-(time_s - self._last_s) / self.config.correlation_s)
            self._bias = keep * self._bias + math.sqrt(1.0 - keep * keep) * kick
        self._last_s = time_s

    def _solution(self, view: SkyView, best: FixStatus, time_s: float, u: float) -> tuple[FixStatus, Bools]:
        """What can be computed from what is received, and (S,) of which satellites; keeps the memory of outages."""
        received = view.direct | view.reflected
        direct, reflected = int(np.count_nonzero(view.direct)), int(np.count_nonzero(view.reflected))
        if direct + reflected < FEWEST:
            self._lost = True
            return FixStatus.NONE, received
        if self._lost:
            low, high = self.config.reacquire_s
            self._lost, self._back_s = False, time_s + low + (high - low) * u
        if time_s < self._back_s or not self._sharp(view, received):
            return FixStatus.NONE, received
        if direct < FEWEST:
            return FixStatus.SINGLE, received
        if best != FixStatus.RTK_FIXED:
            return best, received
        if direct >= _FIXED_NEEDS and direct > reflected and self._sharp(view, view.direct):
            return best, view.direct
        return FixStatus.RTK_FLOAT, received

    def _sharp(self, view: SkyView, used: Bools) -> bool:
        """Whether the dilution of these satellites is within the mask."""
        return dilution(view.directions_w[used])[2] <= self.config.pdop_mask

    def _spread(self, sigma: float, used: F64, open_sky: F64) -> F64:
        """Standard deviations of the three axes with the satellites that are used."""
        (h, v, _), (h_0, v_0, _) = dilution(used), dilution(open_sky)
        across, up = max(h / h_0, 1.0), max(v / v_0, 1.0)
        return sigma * _AXES * np.array([across, across, up])

    def _reflections(
        self, view: SkyView, used: Bools, status: FixStatus, time_s: float, draws: np.random.Generator
    ) -> tuple[F64, F64]:
        """By how much reflections and jumps move the position, and the sigma (3,) that the receiver gives them."""
        config, share = self.config, _OF_CODES[status]
        jump, dwell = draws.standard_normal(3), float(draws.exponential(config.dwell_s))
        suspected = np.zeros(3)
        if np.count_nonzero(view.direct) >= config.fix_direct:
            self._jump, self._jump_until = np.zeros(3), -math.inf
        else:
            suspected = share * config.jump_m * _AXES
            if time_s >= self._jump_until:
                self._jump = config.jump_m * jump * _AXES
                self._jump_until = time_s + dwell
        shift = share * self._jump
        detour = np.nan_to_num(view.detour_m)[used]
        if detour.any() and len(detour) >= FEWEST:
            direct = view.direct[used]
            error = carrier_error(detour) if status == FixStatus.RTK_FIXED else np.where(direct, 0.0, share * detour)
            weight = np.where(direct, 1.0, _REFLECTED_WEIGHT)
            moved, residual = least_squares(view.directions_w[used], error, weight)
            shift, suspected = shift + moved, np.hypot(suspected, residual)
        return config.multipath * shift, config.multipath * suspected


def _sigma_of(status: FixStatus) -> float:
    """Standard deviation of the first mode with a status."""
    return next((sigma for kind, sigma in MODES.values() if kind == status), 0.0)


def _design(directions_w: F64) -> F64:
    """(S, 4) change of each pseudo-range with position and clock."""
    return np.concatenate([-directions_w, np.ones((len(directions_w), 1))], axis=1)


def dilution(directions_w: F64) -> tuple[float, float, float]:
    """Horizontal, vertical and position dilution of precision of satellites in given directions (S, 3)."""
    if len(directions_w) < FEWEST:
        return math.inf, math.inf, math.inf
    h = _design(directions_w)
    d = np.diag(np.linalg.pinv(h.T @ h))
    return math.sqrt(d[0] + d[1]), math.sqrt(d[2]), math.sqrt(d[0] + d[1] + d[2])


def least_squares(directions_w: F64, error_m: F64, weight: F64) -> tuple[F64, F64]:
    """What errors of ranges do to the weighted least-squares position, and what their residuals show of it.

    Args:
        directions_w: (S, 3) unit vectors to the satellites.
        error_m: (S,) by how much their ranges are too long.
        weight: (S,) of each.

    Returns:
        (3,) shift of the position [m], and (3,) standard deviations from the variance of unit weight a posteriori,
        v'Wv / (S - 4) with the residuals v; zeros where four satellites leave none.

    """
    h = _design(directions_w)
    weighted = h.T * weight
    inverse = np.linalg.pinv(weighted @ h)
    moved = inverse @ (weighted @ error_m)
    left, spare = error_m - h @ moved, len(h) - FEWEST
    unit = float(left @ (weight * left)) / spare if spare else 0.0
    return moved[:3], np.sqrt(unit * np.diag(inverse)[:3])


def carrier_error(detour_m: F64) -> F64:
    """Error of ranges by the carrier [m] where an echo arrives that comes a detour later; 0 for no detour.

    Direct signal and echo, a = 0.39 of it, add up to one of the phase atan2(a sin p, 1 + a cos p), p = 2 pi detour /
    wavelength: at most arcsin(a), 12 mm.
    """
    phase = 2.0 * np.pi * detour_m / L1_M
    out: F64 = L1_M / (2.0 * np.pi) * np.arctan2(_ECHO * np.sin(phase), 1.0 + _ECHO * np.cos(phase))
    return out
