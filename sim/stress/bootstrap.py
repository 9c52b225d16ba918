"""Intervals by resampling whole episodes: frames of one episode are far too alike to count as independent.

Expanded percentile bootstrap (Hesterberg 2015, "What Teachers Should Know About the Bootstrap"): plain percentiles are
too narrow for few episodes, so the tails are cut further out, as Student's t is wider than the normal distribution. All
severities and slices of a test share the same resamples, so that a change against the clean episodes is a paired one.
Measured coverage of nominal 95 %: 95 % with 25 episodes, 94 % with 8, 87 % with 4. One episode gives no interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

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
        drawn = np.empty((0, episodes))  # one episode cannot tell how much episodes differ
        if episodes > 1:
            drawn = rng.multinomial(episodes, np.full(episodes, 1.0 / episodes), size=count).astype(float)
        self._tail = _tail(episodes, confidence)
        self.weights: F64 = np.concatenate([np.ones((1, episodes)), drawn])

    def estimate(self, values: F64, n: int) -> Estimate:
        """From a statistic under all weights, the plain one first.

        Args:
            values: (B,); NaN where it is not defined, +inf allowed.
            n: what it was counted on.

        """
        known = values[1:][~np.isnan(values[1:])]
        if np.isnan(values[0]) or not len(known):
            return Estimate(float(values[0]), np.nan, np.nan, n)
        low, high = np.quantile(known, [self._tail, 1.0 - self._tail], method="inverted_cdf")
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


def _tail(episodes: int, confidence: float) -> float:
    """Share of the resamples beyond each end of the interval."""
    if episodes < 2:
        return 0.0
    reach = math.sqrt(episodes / (episodes - 1)) * stdtrit(episodes - 1, 0.5 + confidence / 2.0)
    return float(ndtr(-reach))
