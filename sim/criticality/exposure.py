"""Exposure over an episode: how long, and how deep, time to collision lay below a threshold.

TET = integral of 1[TTC <= tau] dt, TIT = integral of (tau - TTC)+ dt (Minderhoud and Bovy 2001,
doi 10.1016/S0001-4575(00)00019-1), as sums over steps in which the TTC is held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass
class Exposure:
    """Running sums of one episode.

    Attributes:
        threshold_s: tau.
        exposed_s: TET so far.
        integrated_s2: TIT so far.

    """

    threshold_s: float = 2.0
    exposed_s: float = 0.0
    integrated_s2: float = 0.0

    def add(self, ttc_s: float, dt_s: float) -> None:
        """One more step of `dt_s` with this time to collision; inf adds nothing."""
        if ttc_s <= self.threshold_s:
            self.exposed_s += dt_s
            self.integrated_s2 += (self.threshold_s - ttc_s) * dt_s


def exposure(ttc_s: F64, dt_s: float | F64, threshold_s: float = 2.0) -> tuple[F64, F64]:
    """Running TET [s] and TIT [s^2] after each step, each (N,).

    Args:
        ttc_s: time to collision per step, (N,); inf where there is no conflict.
        dt_s: length of each step.
        threshold_s: tau.

    """
    depth = np.maximum(threshold_s - np.asarray(ttc_s, float), 0.0)
    return np.cumsum((ttc_s <= threshold_s) * dt_s), np.cumsum(depth * dt_s)
