"""Random parameters as values: they compare, print, know their bounds, and draw from an explicit generator.

A scenario declares its parameters as a dataclass whose defaults are distributions. In YAML a parameter is either a
plain value, which pins it, or one of `{uniform: [low, high]}`, `{loguniform: [low, high]}`,
`{normal: [low, high, mean, sd]}` (truncated) and `{choice: [a, b, c]}`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import scipy  # its parts load when first used

from ..errors import ConfigError

Value = float | int | str | bool
_BOOL = (bool, np.bool_)
_TRIES = 1000
"""Draws of a truncated Gaussian before its quantiles are taken instead."""


class Distribution(ABC):
    """How a parameter is drawn."""

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> Value:
        """One value."""

    @abstractmethod
    def quantile(self, u: float) -> Value:
        """The value below which a share `u` in [0, 1) of all draws lies; of a choice, the option that `u` falls on."""

    @abstractmethod
    def contains(self, value: Value) -> bool:
        """Whether the value lies in the support."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value of a numeric distribution."""
        raise TypeError(f"{type(self).__name__} has no numeric bounds")

    @abstractmethod
    def __str__(self) -> str: ...


@dataclass(frozen=True)
class AbstractInterval(Distribution):
    """A number between two bounds."""

    low: float
    high: float

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value."""
        return self.low, self.high

    def contains(self, value: Value) -> bool:
        """Whether the value lies in the support."""
        return _is_number(value) and self.low <= float(value) <= self.high


@dataclass(frozen=True)
class Uniform(AbstractInterval):
    """Any number in [low, high] alike."""

    def __post_init__(self) -> None:
        """Reject an empty interval."""
        _check_interval("uniform", self.low, self.high)

    def draw(self, rng: np.random.Generator) -> float:
        """One value."""
        return float(rng.uniform(self.low, self.high))

    def quantile(self, u: float) -> float:
        """See `Distribution`."""
        return self.low + u * (self.high - self.low)

    def __str__(self) -> str:
        return f"uniform [{self.low:g}, {self.high:g}]"


@dataclass(frozen=True)
class LogUniform(AbstractInterval):
    """Any order of magnitude in [low, high] alike."""

    def __post_init__(self) -> None:
        """Reject an empty or non-positive interval."""
        _check_interval("loguniform", self.low, self.high)
        if self.low <= 0:
            raise ConfigError(f"loguniform needs positive bounds, got [{self.low:g}, {self.high:g}]")

    def draw(self, rng: np.random.Generator) -> float:
        """One value."""
        return float(np.exp(rng.uniform(np.log(self.low), np.log(self.high))))

    def quantile(self, u: float) -> float:
        """See `Distribution`."""
        value = self.low * (self.high / self.low) ** u
        return float(min(max(value, self.low), self.high))

    def __str__(self) -> str:
        return f"log-uniform [{self.low:g}, {self.high:g}]"


@dataclass(frozen=True)
class Normal(AbstractInterval):
    """A Gaussian cut off at [low, high] by redrawing."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        """Reject an empty interval and bounds too far from the mean to hit."""
        _check_interval("normal", self.low, self.high)
        if not (_is_finite(self.mean) and _is_finite(self.sd)):
            raise ConfigError(f"normal needs a finite mean and sd, got mean {self.mean} and sd {self.sd}")
        if self.sd <= 0 or self.mean + 4 * self.sd < self.low or self.mean - 4 * self.sd > self.high:
            raise ConfigError(
                f"normal with mean {self.mean:g} and sd {self.sd:g} can hardly reach [{self.low:g}, {self.high:g}]"
            )

    def draw(self, rng: np.random.Generator) -> float:
        """One value."""
        for _ in range(_TRIES):
            value = float(rng.normal(self.mean, self.sd))
            if self.low <= value <= self.high:
                return value
        return self.quantile(float(rng.random()))  # an interval so narrow that hardly a draw falls into it

    def quantile(self, u: float) -> float:
        """See `Distribution`."""
        low, high = (float(scipy.special.ndtr((bound - self.mean) / self.sd)) for bound in (self.low, self.high))
        value = self.mean + self.sd * float(scipy.special.ndtri(low + u * (high - low)))
        return min(max(value, self.low), self.high)

    def __str__(self) -> str:
        return f"normal {self.mean:g} +- {self.sd:g} in [{self.low:g}, {self.high:g}]"


@dataclass(frozen=True)
class Choice(Distribution):
    """One of a few values, alike or by relative weights."""

    options: tuple[Value, ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Reject an empty list, and weights that do not fit."""
        if not self.options:
            raise ConfigError("choice needs at least one option")
        fits = len(self.weights) == len(self.options) and all(_is_finite(w) and w >= 0 for w in self.weights)
        if self.weights and not (fits and any(self.weights)):
            raise ConfigError(f"choice of {len(self.options)} options has weights {self.weights}")

    def draw(self, rng: np.random.Generator) -> Value:
        """One value."""
        weights = np.array(self.weights or (1.0,) * len(self.options))
        return self.options[int(rng.choice(len(self.options), p=weights / weights.sum()))]

    def quantile(self, u: float) -> Value:
        """See `Distribution`."""
        weights = np.array(self.weights or (1.0,) * len(self.options))
        edges = np.cumsum(weights) / weights.sum()
        return self.options[min(int(np.searchsorted(edges, u, side="right")), len(self.options) - 1)]

    def contains(self, value: Value) -> bool:
        """Whether the value is an option."""
        return any(_same(option, value) for option in self.options)

    def __str__(self) -> str:
        if not self.weights:
            return "one of " + ", ".join(str(option) for option in self.options)
        drawn = [(o, w) for o, w in zip(self.options, self.weights, strict=True) if w > 0]
        allowed = ", ".join(str(o) for o, w in zip(self.options, self.weights, strict=True) if w <= 0)
        told = f"always {drawn[0][0]}" if len(drawn) == 1 else "one of " + ", ".join(f"{o} ({w:g})" for o, w in drawn)
        return told + (f"; allowed: {allowed}" if allowed else "")


def _same(option: Value, value: Value) -> bool:
    """Whether a value is an option: 1 is 1.0, but not True, which Python takes to be equal."""
    return option == value and all(isinstance(option, kind) == isinstance(value, kind) for kind in (str, _BOOL))


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, _BOOL)


def _is_finite(value: Value) -> bool:
    return _is_number(value) and -inf < value < inf  # type: ignore[operator]


def _check_interval(name: str, low: float, high: float) -> None:
    if not (_is_finite(low) and _is_finite(high) and low <= high):
        raise ConfigError(f"{name} needs finite numbers with low <= high, got [{low}, {high}]")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter.

    Attributes:
        distribution: the default way to draw it.
        low, high: hard physical bounds; values outside are refused, whoever asks. None for choices.
        unit: SI unit, "" for pure numbers and names.
        doc: what it means, one line.

    """

    distribution: Distribution
    low: float | None
    high: float | None
    unit: str
    doc: str

    def check(self, name: str, value: Value) -> Value:
        """The value as the type it is declared in, or a message that says what is allowed.

        Raises:
            ConfigError: wrong kind or out of bounds.

        """
        if isinstance(value, np.generic):
            value = value.item()
        if self.low is None or self.high is None:
            assert isinstance(self.distribution, Choice)
            if not self.distribution.contains(value):
                options = ", ".join(str(option) for option in self.distribution.options)
                raise ConfigError(f"parameter {name} is {value!r}, expected one of {options}")
            # the option itself, of its own type: 1 where 1.0 was asked for
            return next(option for option in self.distribution.options if _same(option, value))
        if not _is_number(value):
            raise ConfigError(f"parameter {name} is {value!r}, expected a number")
        if not self.low <= float(value) <= self.high:
            raise ConfigError(
                f"parameter {name} is {value:g}, expected a value in [{self.low:g}, {self.high:g}] {self.unit}".rstrip()
            )
        return float(value)


def parameter(
    distribution: Distribution, *, bounds: tuple[float, float] | None = None, unit: str = "", doc: str
) -> Any:
    """Declare a parameter in a scenario's `Params` dataclass. Bounds default to those of the distribution."""
    if bounds is None and not isinstance(distribution, Choice):
        bounds = distribution.bounds
    low, high = bounds if bounds is not None else (None, None)
    return Parameter(distribution, low, high, unit, doc)
