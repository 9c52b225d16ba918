"""Keeping a vehicle on a line and at a speed.

Steering is the steady-state steer of the wanted curvature, (L + K_us v^2 / g) kappa, plus state feedback on lateral and
heading error whose gains put both poles of the linear bicycle at one place (critically damped, 1.6 rad/s at speed,
one and a half wheelbases at walking pace). The heading error is taken against the side-slip that the vehicle needs in
the bend, so no error remains in steady cornering (Rajamani, Vehicle Dynamics and Control, 2nd ed., sections 3.2-3.4).
Speed is a proportional-integral law on acceleration, with drag and rolling resistance fed forward by `pedals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, cos, pi, remainder, sin, tau

from ..physics.client import GRAVITY_MPS2
from ..physics.specs import VehicleSpec
from ..physics.tyres import SLIP_PER_G
from ..physics.vehicle_tables import drag_factor, rolling_resistance
from ..world.path import Path

_POLE_RADPS = 1.6
_POLE_WHEELBASES = 1.5
PREVIEW_S = 0.13
"""How far ahead in time the curvature is taken: what steering rate, tyre relaxation and yaw take to build up."""
_STANDING_MPS, _STANDING_BRAKE = 0.1, 0.3


@dataclass(frozen=True)
class Offset:
    """Wanted place beside a path, positive to the left, with its rates in time [m, m/s, m/s2]."""

    d_m: float = 0.0
    rate_mps: float = 0.0
    acceleration_mps2: float = 0.0


@dataclass(frozen=True)
class SineShift:
    """A lane change: offset from one value to another along half a cosine, with a given peak lateral speed (UN R157).

    Attributes:
        start_s: when it begins.
        from_m, to_m: offset before and after.
        peak_mps: largest lateral speed, > 0; the duration follows as pi |to - from| / (2 peak).

    """

    start_s: float
    from_m: float
    to_m: float
    peak_mps: float

    def __post_init__(self) -> None:
        if not self.peak_mps > 0.0:
            raise ValueError(f"SineShift peak_mps must be > 0, got {self.peak_mps}")

    @property
    def duration_s(self) -> float:
        """Time from start to end."""
        return pi * abs(self.to_m - self.from_m) / (2.0 * self.peak_mps)

    def at(self, time_s: float) -> Offset:
        """Offset and its rates at a time; constant before and after."""
        t, duration = time_s - self.start_s, self.duration_s
        if t <= 0.0 or duration == 0.0:
            return Offset(self.from_m if t <= 0.0 else self.to_m)
        if t >= duration:
            return Offset(self.to_m)
        half, w = (self.to_m - self.from_m) / 2.0, pi / duration
        return Offset(self.from_m + half * (1.0 - cos(w * t)), half * w * sin(w * t), half * w * w * cos(w * t))


@dataclass(frozen=True)
class PathError:
    """Where a vehicle is relative to its wanted line.

    Attributes:
        s_m: distance along the path.
        lateral_m: how far left of the wanted line the box centre is.
        heading_rad: heading less that of the wanted line.
        curvature_1pm: of the wanted line, a little ahead.

    """

    s_m: float
    lateral_m: float
    heading_rad: float
    curvature_1pm: float


class PathTracker:
    """Finds a vehicle on its path from one call to the next; searches near the last place only."""

    def __init__(self, path: Path) -> None:
        self._s: list[float] = path.s.tolist()
        self._xy: list[list[float]] = path.xy.tolist()
        self._yaw: list[float] = path.yaw.tolist()
        self._curvature: list[float] = path.curvature.tolist()
        self._path = path
        self._at: int | None = None

    def error(
        self,
        xy: tuple[float, float],
        yaw: float,
        speed_mps: float,
        offset: Offset = Offset(),
        ahead: Offset | None = None,
    ) -> PathError:
        """Errors of a vehicle whose box centre is at `xy`.

        Args:
            xy: world position [m].
            yaw: heading [rad].
            speed_mps: forward speed.
            offset: wanted place beside the path now.
            ahead: the same a moment (`PREVIEW_S`) ahead, whose acceleration bends the line; default `offset`.

        """
        i, share = self._nearest(xy)
        (ax, ay), (bx, by) = self._xy[i], self._xy[i + 1]
        along = share * (self._s[i + 1] - self._s[i])
        inside = min(max(share, 0.0), 1.0)
        path_yaw = self._yaw[i] + inside * (self._yaw[i + 1] - self._yaw[i])
        px, py = ax + share * (bx - ax), ay + share * (by - ay)
        d = -sin(path_yaw) * (xy[0] - px) + cos(path_yaw) * (xy[1] - py)
        v = max(speed_mps, 1.0)
        s = self._s[i] + along
        k, reach = i, s + PREVIEW_S * max(speed_mps, 0.0)
        while k < len(self._s) - 2 and self._s[k + 1] <= reach:
            k += 1
        bend = self._curvature[k] / (1.0 - self._curvature[k] * offset.d_m)
        sway = (ahead or offset).acceleration_mps2 / (v * v)
        heading = remainder(yaw - path_yaw - atan(offset.rate_mps / v), tau)
        return PathError(s, d - offset.d_m, heading, bend + sway)

    def _nearest(self, xy: tuple[float, float]) -> tuple[int, float]:
        """Segment index and share of it (beyond 0..1 only past the ends of the path) nearest to a point."""
        last = len(self._s) - 2
        if self._at is None:
            s, _ = self._path.project(xy)
            self._at = min(max(sum(1 for v in self._s if v <= s) - 1, 0), last)
        i, share = self._at, self._share(self._at, xy)
        if share > 1.0:
            while share > 1.0 and i < last:
                i += 1
                share = max(self._share(i, xy), 0.0)
        else:
            while share < 0.0 and i > 0:
                i -= 1
                share = min(self._share(i, xy), 1.0)
        self._at = i
        return i, share

    def _share(self, i: int, xy: tuple[float, float]) -> float:
        (ax, ay), (bx, by) = self._xy[i], self._xy[i + 1]
        dx, dy = bx - ax, by - ay
        return ((xy[0] - ax) * dx + (xy[1] - ay) * dy) / (dx * dx + dy * dy)


def steering(spec: VehicleSpec, error: PathError, speed_mps: float) -> float:
    """Front wheel angle that brings a vehicle onto its line and keeps it there [rad], within its limits."""
    v = max(speed_mps, 0.5)
    length = spec.wheelbase_m
    lateral_g = v * v * error.curvature_1pm / GRAVITY_MPS2
    feed_forward = length * error.curvature_1pm + (SLIP_PER_G[0] - SLIP_PER_G[1]) * lateral_g
    centre_to_rear = spec.size[0] / 2 - spec.rear_overhang_m
    side_slip = centre_to_rear * error.curvature_1pm - SLIP_PER_G[1] * lateral_g
    pole = min(_POLE_RADPS, v / (_POLE_WHEELBASES * length))
    stiffening = 1.0 + (SLIP_PER_G[0] - SLIP_PER_G[1]) * v * v / (GRAVITY_MPS2 * length)
    gain_lateral, gain_heading = pole * pole * length / (v * v), 2.0 * pole * length / v
    feedback = gain_lateral * error.lateral_m + gain_heading * (error.heading_rad + side_slip)
    return min(max(feed_forward - stiffening * feedback, -spec.max_steer_rad), spec.max_steer_rad)


def pedals(spec: VehicleSpec, acceleration_mps2: float, speed_mps: float, grade: float = 0.0) -> tuple[float, float]:
    """Throttle and brake, each 0..1, for a wanted acceleration up a grade (slope ahead); holds the brake at rest."""
    resistance = drag_factor(spec) * speed_mps * abs(speed_mps)
    resistance += (rolling_resistance(spec) + grade) * spec.mass_kg * GRAVITY_MPS2
    force = spec.mass_kg * acceleration_mps2 + resistance
    if speed_mps < _STANDING_MPS and acceleration_mps2 <= 0.0:
        return 0.0, max(_STANDING_BRAKE, min(1.0, -acceleration_mps2 / (spec.max_brake_g * GRAVITY_MPS2)))
    if force >= 0.0:
        return min(1.0, force / min(spec.max_drive_n, spec.power_w / max(speed_mps, 0.1))), 0.0
    return 0.0, min(1.0, -force / (spec.max_brake_g * spec.mass_kg * GRAVITY_MPS2))


class SpeedHold:
    """Proportional-integral speed control; returns accelerations for `pedals`.

    Attributes:
        gain_1ps: acceleration per speed error.
        reset_s: integral time.
        limits_mps2: hardest braking (negative) and acceleration asked for.

    """

    def __init__(
        self, *, gain_1ps: float = 0.8, reset_s: float = 5.0, limits_mps2: tuple[float, float] = (-3.0, 2.0)
    ) -> None:
        self.gain_1ps = gain_1ps
        self.reset_s = reset_s
        self.limits_mps2 = limits_mps2
        self._integral = 0.0

    def acceleration(self, target_mps: float, speed_mps: float, dt_s: float) -> float:
        """Acceleration to reach and hold `target_mps`; the integral rests while the output is at a limit."""
        error = target_mps - speed_mps
        low, high = self.limits_mps2
        wanted = self.gain_1ps * error + self._integral
        if low < wanted < high:
            self._integral += self.gain_1ps / self.reset_s * error * dt_s
        return min(max(wanted, low), high)
