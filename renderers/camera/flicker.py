"""Lamps that blink too fast for the eye: how much of a pulsed lamp's light each row of the picture collects.

LED lamps are dimmed by switching them on for a share of every period (pulse-width modulation). A row integrates over
[t_r, t_r + t_exp], so it collects

    m_r = (on(t_r + t_exp) - on(t_r)) / (duty t_exp),    on(t) = whole periods x duty T + min(rest of t, duty T)

times what a steady lamp of the same mean would give; the mean of m over all phases is 1. With a rolling shutter this
makes bands of T / line_time rows, with a global one lamps that come and go from frame to frame. A frame sees any of
the lamp's light with probability min(1, (t_on + t_exp) / T), and all bands vanish where t_exp is a multiple of T (a
period of 11.1 ms at 90 Hz, what flicker-free exposure modes hold on to).
Source: Deegan 2018, "LED flicker: root cause, impact and measurement"; the probability and the band are derived.
Left out: rise and fall times, mains ripple of filament lamps, jitter of the driver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Pulsing:
    """How a lamp is driven.

    Attributes:
        frequency_hz: pulses per second; 0 is a steady lamp.
        duty: share of the period it is on, in (0, 1].
        phase: share of a period by which its pulses begin after time 0, in [0, 1).
    """

    frequency_hz: float = 0.0
    duty: float = 1.0
    phase: float = 0.0

    def __post_init__(self) -> None:
        """Reject what no driver does."""
        if not self.frequency_hz >= 0.0:
            raise ValueError(f"lamp frequency_hz is {self.frequency_hz}, expected 0 (steady) or more")
        if not 0.0 < self.duty <= 1.0:
            raise ValueError(f"lamp duty is {self.duty}, expected a value in (0, 1]")
        if not 0.0 <= self.phase < 1.0:
            raise ValueError(f"lamp phase is {self.phase}, expected a value in [0, 1)")

    @property
    def steady(self) -> bool:
        """Whether it never goes out."""
        return self.frequency_hz == 0.0 or self.duty == 1.0


def collected(lamp: Pulsing, row_starts_s: ArrayLike, exposure_s: float) -> F64:
    """Light of a lamp that each row collects, relative to a steady lamp of the same mean.

    Args:
        lamp: how it is driven.
        row_starts_s: begin of exposure of each row [s], any shape.
        exposure_s: length of each row's exposure [s]; 0 looks at an instant.

    Returns:
        Factors of the same shape, in [0, 1 / duty].
    """
    start = np.asarray(row_starts_s, float)
    if lamp.steady:
        return np.ones_like(start)
    begin = start * lamp.frequency_hz - lamp.phase
    if exposure_s <= 0.0:
        return np.where(begin - np.floor(begin) < lamp.duty, 1.0 / lamp.duty, 0.0)
    periods = exposure_s * lamp.frequency_hz
    # count from the period in which the row begins, so that late times lose no digits
    rest = begin - np.floor(begin)
    out: F64 = (_on(rest + periods, lamp.duty) - _on(rest, lamp.duty)) / (lamp.duty * periods)
    return out


def _on(periods: F64, duty: float) -> F64:
    whole = np.floor(periods)
    out: F64 = whole * duty + np.minimum(periods - whole, duty)
    return out


def seen_probability(lamp: Pulsing, exposure_s: float) -> float:
    """Chance that an exposure at a random phase collects any of the lamp's light."""
    if lamp.steady:
        return 1.0
    return min(1.0, lamp.duty + exposure_s * lamp.frequency_hz)


def band_rows(lamp: Pulsing, line_time_s: float) -> float:
    """Period of the bands of a rolling shutter [rows]; inf for a steady lamp or a global shutter."""
    if lamp.steady or line_time_s <= 0.0:
        return float("inf")
    return 1.0 / (lamp.frequency_hz * line_time_s)


PULSING: dict[str, Pulsing] = {
    "light": Pulsing(400.0, 0.5),
    "moderate": Pulsing(200.0, 0.4),
    "heavy": Pulsing(120.0, 0.3),
    "severe": Pulsing(90.0, 0.2),
    "extreme": Pulsing(90.0, 0.1),
}
"""Severities 1 to 5. 90 Hz is where people stop seeing it (Deegan 2018); duties are (unverified)."""
