"""The parameters of a scenario as a space: declared, overridden, constrained, drawn.

Constraints are declared with the parameters, as a class attribute of the `Params` dataclass:

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint("lead_speed_mps < ego_speed_mps", lambda p: p.lead_speed_mps < p.ego_speed_mps),
    )

A draw that breaks one is drawn again, all parameters that are not pinned, up to `TRIES` times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, fields, replace
from typing import Any

import numpy as np

from ..errors import ConfigError, nearest
from .distributions import Choice, Distribution, LogUniform, Normal, Parameter, Uniform, Value

TRIES = 1000


@dataclass(frozen=True)
class Constraint:
    """What must hold between parameters.

    Attributes:
        text: for messages and tables: "lead_speed_mps < ego_speed_mps".
        holds: whether a concrete `Params` keeps it.

    """

    text: str
    holds: Callable[[Any], bool]


def _declared(owner: str, field: Field[Any]) -> Parameter:
    if not isinstance(field.default, Parameter):
        raise TypeError(f"{owner}: declare {field.name} with parameter(...), got {field.default!r}")
    return field.default


class ParamSpace:
    """The parameters of a scenario: their declarations, overrides, and how a concrete set is drawn.

    An override changes what is drawn, not what is allowed: a pinned value need only be one of those declared.

    Args:
        owner: name of the scenario, for messages.
        params: the scenario's `Params` dataclass, whose defaults are made by `parameter`.

    """

    def __init__(self, owner: str, params: type) -> None:
        self.owner = owner
        self._params = params
        self.constraints: tuple[Constraint, ...] = getattr(params, "constraints", ())
        self._allowed: dict[str, Parameter] = {f.name: _declared(owner, f) for f in fields(params)}
        self.parameters = dict(self._allowed)

    def _known(self, name: str) -> Parameter:
        """A parameter as it is declared."""
        if name not in self._allowed:
            raise ConfigError(f"{self.owner} has no parameter {name!r}; {nearest(str(name), self._allowed)}")
        return self._allowed[name]

    def with_overrides(self, overrides: Mapping[str, Any]) -> ParamSpace:
        """The same space with some parameters pinned or distributed otherwise, as written in YAML."""
        out = ParamSpace(self.owner, self._params)
        for name, value in overrides.items():
            known = self._known(name)
            distribution = _parse(name, value)
            if known.low is None and not isinstance(distribution, Choice):
                raise ConfigError(f"parameter {name} is drawn from {distribution}, expected {known.distribution}")
            checked = tuple(known.check(name, bound) for bound in _extremes(distribution))
            if isinstance(distribution, Choice):
                distribution = replace(distribution, options=checked)
            out.parameters[name] = replace(known, distribution=distribution)
        return out

    def draw(self, rng: np.random.Generator, pinned: Mapping[str, Value] | None = None) -> Any:
        """A concrete `Params`. Every parameter is drawn, pinned or not, so pinning one leaves the others as they were.

        Raises:
            ConfigError: a pinned name is unknown, its value out of bounds, or no draw keeps the constraints.

        """
        # one child generator per parameter: redrawing in one must not shift the next
        children = rng.spawn(len(self.parameters))
        named = list(zip(children, self.parameters.items(), strict=True))
        broken: Counter[str] = Counter()
        for _ in range(TRIES):
            drawn = {name: p.distribution.draw(child) for child, (name, p) in named}
            params, missed = self._concrete({**drawn, **(pinned or {})})
            if not missed:
                return params
            broken.update(missed)
        raise self._infeasible(broken, pinned or {})

    def at(self, point: Mapping[str, float], pinned: Mapping[str, Value] | None = None) -> Any | None:
        """The concrete `Params` at a point of the unit cube, by each parameter's quantile; None if a constraint breaks.

        Raises:
            ConfigError: a pinned name is unknown or its value out of bounds.

        """
        values = {name: p.distribution.quantile(point[name]) for name, p in self.parameters.items()}
        params, missed = self._concrete({**values, **(pinned or {})})
        return None if missed else params

    def free(self) -> tuple[str, ...]:
        """Names of the parameters that are really drawn: more than one value is possible."""
        return tuple(name for name, p in self.parameters.items() if len(set(_support(p.distribution))) > 1)

    def _concrete(self, values: Mapping[str, Value]) -> tuple[Any, list[str]]:
        """A checked `Params`, and the constraints it breaks."""
        params = self._params(**{name: self._known(name).check(name, value) for name, value in values.items()})
        return params, [c.text for c in self.constraints if not c.holds(params)]

    def _infeasible(self, broken: Counter[str], pinned: Mapping[str, Value]) -> ConfigError:
        what = "; ".join(f"{text} (broken by {n} of {TRIES} draws)" for text, n in broken.most_common())
        fixed = [f"{n} = {p.distribution}" for n, p in self.parameters.items() if n not in self.free()]
        fixed += [f"{name} = {value}" for name, value in pinned.items()]
        with_ = f" with {', '.join(fixed)}" if fixed else ""
        return ConfigError(f"{self.owner}: no draw keeps its constraints{with_}: {what}")


def _support(distribution: Distribution) -> tuple[Value, ...]:
    """The options that can be drawn, or the bounds."""
    if not isinstance(distribution, Choice):
        return distribution.bounds
    weights = distribution.weights or (1.0,) * len(distribution.options)
    return tuple(option for option, weight in zip(distribution.options, weights, strict=True) if weight > 0)


def _extremes(distribution: Distribution) -> tuple[Value, ...]:
    return distribution.options if isinstance(distribution, Choice) else distribution.bounds


_KINDS: dict[str, type[Uniform | LogUniform | Normal]] = {
    "uniform": Uniform,
    "loguniform": LogUniform,
    "normal": Normal,
}


def _parse(name: str, value: Any) -> Distribution:
    """A distribution from its YAML form."""
    if isinstance(value, Distribution):
        return value
    if not isinstance(value, Mapping):
        return Choice((value,))
    if len(value) != 1:
        raise ConfigError(f"parameter {name}: expected one distribution, got {dict(value)}")
    ((kind, arguments),) = value.items()
    if kind not in _KINDS and kind != "choice":
        raise ConfigError(f"parameter {name}: unknown distribution {kind!r}; {nearest(kind, [*_KINDS, 'choice'])}")
    if isinstance(arguments, str) or not isinstance(arguments, Iterable):
        raise ConfigError(f"parameter {name}: {kind} takes a list, got {arguments!r}")
    try:
        return Choice(tuple(arguments)) if kind == "choice" else _KINDS[kind](*arguments)
    except ConfigError as error:
        raise ConfigError(f"parameter {name}: {error}") from None
    except TypeError:
        expected = ", ".join(f.name for f in fields(_KINDS[kind]))
        raise ConfigError(f"parameter {name}: {kind} takes [{expected}], got {list(arguments)}") from None
