"""Intervals by resampling whole episodes: frames of one episode are far too alike to count as independent.

Percentile bootstrap. All severities and slices of a test share the same resamples, so that a change against the clean
episodes is a paired one. With a handful of episodes the intervals are too narrow; with one there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: NaN where there is nothing to count.
        low, high: ends of the interval, NaN where there is none.
        n: what it was counted on.

    """

    value: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, float | int | None]:
        """For a file: None instead of NaN, six digits."""
        values = {"value": self.value, "low": self.low, "high": self.high}
        return {k: float(f"{v:.6g}") if np.isfinite(v) else None for k, v in values.items()} | {"n": self.n}


class Resamples:
    """How often each episode counts: once, and in each of the resamples.

    Args:
        episodes: how many there are.
        count: of resamples.
        confidence: of the intervals.
        rng: draws them.

    """

    def __init__(self, episodes: int, count: int, confidence: float, *, rng: np.random.Generator) -> None:
        self.confidence = confidence
        drawn = rng.multinomial(episodes, np.full(episodes, 1.0 / max(episodes, 1)), size=count if episodes > 1 else 0)
        self.weights: F64 = np.concatenate([np.ones((1, episodes)), drawn.reshape(-1, episodes)])

    def estimate(self, values: F64, n: int) -> Estimate:
        """From a statistic under all weights, the plain one first.

        Args:
            values: (B,); NaN where it is not defined, +inf allowed.
            n: what it was counted on.

        """
        known = values[1:][~np.isnan(values[1:])]
        if np.isnan(values[0]) or not len(known):
            return Estimate(float(values[0]), np.nan, np.nan, n)
        tail = (1.0 - self.confidence) / 2.0
        low, high = np.quantile(known, [tail, 1.0 - tail], method="inverted_cdf")
        return Estimate(float(values[0]), float(low), float(high), n)

    def ratio(self, part: F64, whole: F64) -> F64:
        """(B,) sum of `part` over sum of `whole`, both (E,) by episode."""
        top, bottom = self.weights @ part, self.weights @ whole
        return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)

    def median(self, values: F64) -> F64:
        """(B,) lower median over episodes with a value; inf is "never", NaN an episode that does not count."""
        order = np.argsort(values)[: int(np.sum(~np.isnan(values)))]
        heaped = np.cumsum(self.weights[:, order], axis=1)
        if not len(order):
            return np.full(len(self.weights), np.nan)
        at = np.argmax(heaped >= heaped[:, -1:] / 2.0, axis=1)
        return np.where(heaped[:, -1] > 0, values[order][at], np.nan)
