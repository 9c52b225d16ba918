"""Values that change over time: a list of moments, between which numbers go over linearly."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ..errors import ConfigError, nearest

T = TypeVar("T")
TIME = "time_s"


def list_of_changes(values: Any, where: str) -> list[dict[str, Any]]:
    """Changes as they stand in YAML, as a list of our own.

    Raises:
        ConfigError: they are something else than mappings in a list.

    """
    if not isinstance(values, Sequence) or not all(isinstance(change, Mapping) for change in values):
        raise ConfigError(f"{where}.changes is {values!r}, expected a list of fields, each with its {TIME}")
    return [dict(change) for change in values]


def check_changes(config: Any, changes: Sequence[Mapping[str, Any]], where: str, fixed: frozenset[str]) -> None:
    """Check a list of changes against the config dataclass whose fields they set.

    Args:
        config: the dataclass with its values at the start.
        changes: each with `time_s` and the fields that have a new value by then.
        where: name of the config, for messages.
        fixed: fields that cannot change.

    Raises:
        ConfigError: a field does not exist or cannot change, a time is missing, or times do not increase.

    """
    known = [f.name for f in dataclasses.fields(config) if f.name not in fixed]
    before = 0.0
    for k, change in enumerate(changes):
        if TIME not in change:
            raise ConfigError(f"{where}.changes[{k}] has no {TIME}, expected when its values are reached")
        for name in change:
            if name != TIME and name not in known:
                raise ConfigError(f"{where}.changes[{k}] sets {name!r}; {nearest(name, known)}")
        if not _number(change[TIME]):
            raise ConfigError(f"{where}.changes[{k}].{TIME} is {change[TIME]!r}, expected a number")
        if float(change[TIME]) < before:
            raise ConfigError(f"{where}.changes[{k}].{TIME} is {change[TIME]}, expected at least {before:g}")
        before = float(change[TIME])
        dataclasses.replace(config, changes=[], **{n: v for n, v in change.items() if n != TIME})


def at_time(config: T, changes: Sequence[Mapping[str, Any]], time_s: float) -> T:
    """The config with its values at a moment: numbers on the way from one change to the next, the rest as last set."""
    if not changes:
        return config
    values: dict[str, Any] = {}
    before = {f.name: 0.0 for f in dataclasses.fields(config)}  # type: ignore[arg-type]
    for change in changes:
        moment = float(change[TIME])
        for name, value in change.items():
            if name == TIME:
                continue
            old = values.get(name, getattr(config, name))
            if time_s >= moment:
                values[name] = value
                before[name] = moment
            elif _number(old) and _number(value) and time_s > before[name]:
                share = (time_s - before[name]) / max(moment - before[name], 1e-9)
                values[name] = old + share * (value - old)
                before[name] = float("inf")
    return dataclasses.replace(config, changes=[], **values)  # type: ignore[type-var]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
