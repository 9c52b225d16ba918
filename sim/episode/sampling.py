"""Points of a parameter space that cover it better than chance: low discrepancy, Latin hypercubes, t-way arrays.

Every method yields points of the unit cube that the distributions of the space turn into values by their quantiles, so
a parameter keeps its law. Points that break a constraint are left out, the sequence goes on behind them. Sobol and
Halton sequences are scrambled (Owen), so that they are random by seed yet even; SciPy's `qmc` makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigError, nearest
from ..fields import check_fields
from .coverage import Row, covering_array
from .distributions import Choice
from .param_space import TRIES, ParamSpace

if TYPE_CHECKING:
    from scipy.stats.qmc import QMCEngine  # loading it takes a second, which only those wait who ask for it


@dataclass
class SamplingConfig:
    """How the parameters of many episodes are chosen.

    Attributes:
        method: random (each episode on its own), sobol, halton, latin_hypercube or t_way.
        strength: of t_way: how many parameters act together.
        levels: of t_way: into how many equally likely parts a number's range is cut.

    """

    method: str = "random"
    strength: int = 2
    levels: int = 3

    def __post_init__(self) -> None:
        check_fields(SamplingConfig, vars(self), "sampling")
        if self.method != "random" and self.method not in _METHODS:
            raise ConfigError(f"sampling.method is '{self.method}': {nearest(self.method, ['random', *_METHODS])}")
        if not 1 <= self.strength <= 4:
            raise ConfigError(f"sampling.strength is {self.strength}, expected 1 to 4")
        if self.levels < 2:
            raise ConfigError(f"sampling.levels is {self.levels}, expected 2 or more")


def sample(space: ParamSpace, count: int, config: SamplingConfig, *, rng: np.random.Generator) -> list[Any]:
    """`count` concrete `Params` of a space.

    Args:
        space: with its overrides.
        count: how many.
        config: by which method; not "random", whose episodes draw for themselves.
        rng: scrambles, and draws within the parts of a t-way array.

    Raises:
        ConfigError: next to no point keeps the constraints.

    """
    found = list(islice(_METHODS[config.method](space, count, config, rng), count))
    if len(found) < count:
        texts = "; ".join(c.text for c in space.constraints)
        raise ConfigError(
            f"{space.owner}: sampling.method={config.method} found {len(found)} of {count} points that keep "
            f"its constraints ({texts})"
        )
    return found


def levels_of(space: ParamSpace, config: SamplingConfig) -> dict[str, int]:
    """Number of values of each free parameter in a t-way array: the options of a choice, or parts of a range."""
    out = {}
    for name in space.free():
        distribution = space.parameters[name].distribution
        out[name] = len(_drawn(distribution)) if isinstance(distribution, Choice) else config.levels
    return out


def _engine(kind: str, dimension: int, rng: np.random.Generator) -> QMCEngine:
    from scipy.stats import qmc

    engine: QMCEngine = getattr(qmc, kind)(dimension, rng=rng)
    return engine


def _sequence(kind: str) -> Callable[[ParamSpace, int, SamplingConfig, np.random.Generator], Iterator[Any]]:
    def points(space: ParamSpace, count: int, config: SamplingConfig, rng: np.random.Generator) -> Iterator[Any]:
        names = list(space.parameters)
        engine = _engine(kind, len(names), rng)
        block = 1 << max(count - 1, 1).bit_length()  # whole powers of two keep a Sobol sequence balanced
        for _ in range(max(2, TRIES // block)):
            for row in engine.random(block):
                params = space.at(dict(zip(names, row.tolist(), strict=True)))
                if params is not None:
                    yield params

    return points


def _latin(space: ParamSpace, count: int, config: SamplingConfig, rng: np.random.Generator) -> Iterator[Any]:
    names = list(space.parameters)
    for _ in range(TRIES):
        for row in _engine("LatinHypercube", len(names), rng).random(count):
            params = space.at(dict(zip(names, row.tolist(), strict=True)))
            if params is not None:
                yield params


def _t_way(space: ParamSpace, count: int, config: SamplingConfig, rng: np.random.Generator) -> Iterator[Any]:
    counts = levels_of(space, config)
    names, levels = list(counts), list(counts.values())

    def point(row: Row, inside: float | None = None) -> Any | None:
        at = {name: 0.5 for name in space.parameters}
        for name, level, of in zip(names, row, levels, strict=True):
            distribution = space.parameters[name].distribution
            if isinstance(distribution, Choice):
                at[name] = _middle_of_option(distribution, level)
            else:
                at[name] = (level + (float(rng.random()) if inside is None else inside)) / of
        return space.at(at)

    if not names:
        yield from (space.at({name: 0.5 for name in space.parameters}) for _ in range(count))
        return
    rows = list(
        islice(covering_array(levels, config.strength, rng=rng, allowed=lambda r: point(r, 0.5) is not None), count)
    )
    for _ in range(TRIES):
        for row in rows:
            params = point(row)
            yield params if params is not None else point(row, 0.5)
        if not rows:
            return


def _drawn(choice: Choice) -> tuple[int, ...]:
    """Places of the options that may be drawn."""
    return tuple(k for k in range(len(choice.options)) if not choice.weights or choice.weights[k] > 0)


def _middle_of_option(choice: Choice, level: int) -> float:
    """The point of the unit interval that falls on one of the options that may be drawn."""
    weights = np.array(choice.weights or (1.0,) * len(choice.options), float)
    edges = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
    option = _drawn(choice)[level]
    return float(edges[option] + edges[option + 1]) / 2


_METHODS: dict[str, Callable[[ParamSpace, int, SamplingConfig, np.random.Generator], Iterator[Any]]] = {
    "sobol": _sequence("Sobol"),
    "halton": _sequence("Halton"),
    "latin_hypercube": _latin,
    "t_way": _t_way,
}
