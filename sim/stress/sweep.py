"""A sweep applied to the configuration of an episode: dotted keys set in the nested whole.

It knows no key by name, so whatever an episode is made of can be swept: weather, light, faults, a mount, a driver.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..episode.config import KINDS, EpisodeConfig, to_dict
from ..errors import ConfigError, nearest
from .config import CLEAN, SweepConfig

_EVERY = "*"


def changes_at(sweep: SweepConfig, severity: int) -> dict[str, Any]:
    """What a severity sets, by dotted key; nothing when clean."""
    if severity == CLEAN:
        return {}
    return dict(sorted(_flat(sweep.severities[severity - 1], "").items()))


def degraded(config: EpisodeConfig, sweep: SweepConfig, severity: int) -> EpisodeConfig:
    """The configuration of an episode at one severity.

    Args:
        config: of the clean episode; stays as it is.
        sweep: what changes.
        severity: 0 is clean.

    Raises:
        ConfigError: a key does not exist, its value is out of range, or the rig has no sensor that it could change.

    """
    values = to_dict(config)
    set_any = severity == CLEAN
    for key, value in changes_at(sweep, severity).items():
        for path in _paths(sweep.name, key, values):
            _set(sweep.name, values, path, value)
            set_any = True
    if not set_any:
        kinds = sorted({key.split(".")[1] for key in changes_at(sweep, severity)})
        raise ConfigError(
            f"sweep '{sweep.name}' changes {', '.join(kinds)}, and the rig has none: choose other sensors="
        )
    try:
        return EpisodeConfig.from_dict(values)
    except (ConfigError, TypeError) as error:
        if severity == CLEAN:
            raise
        raise ConfigError(f"sweep '{sweep.name}', severity {severity}: {error}") from error


def _flat(node: Any, prefix: str) -> dict[str, Any]:
    """Nested mappings as one mapping by dotted keys."""
    if not isinstance(node, Mapping) or (prefix and not node):
        return {prefix.removesuffix("."): node}
    return {k: v for name, child in node.items() for k, v in _flat(child, f"{prefix}{name}.").items()}


def _paths(sweep: str, key: str, values: dict[str, Any]) -> list[list[str]]:
    """The concrete places that a key with a selector means."""
    parts = key.split(".")
    if parts[0] not in values:
        raise ConfigError(f"sweep '{sweep}' sets '{key}', which no episode has: {nearest(parts[0], values)}")
    if parts[0] != "sensors" or len(parts) < 3:
        return [parts]
    selector, rig = parts[1], values["sensors"]
    if selector == _EVERY:
        return [["sensors", name, *parts[2:]] for name in rig]
    if selector.startswith("<") and selector.endswith(">"):
        kind = selector[1:-1]
        if kind not in KINDS:
            raise ConfigError(f"sweep '{sweep}' sets '{key}': {nearest(kind, KINDS)}")
        return [["sensors", name, *parts[2:]] for name, sensor in rig.items() if sensor.get("kind") == kind]
    if selector not in rig:
        raise ConfigError(
            f"sweep '{sweep}' sets '{key}', and the rig has no sensor '{selector}': {nearest(selector, rig)}"
        )
    return [parts]


def _set(sweep: str, values: dict[str, Any], path: list[str], value: Any) -> None:
    node = values
    for k, name in enumerate(path[:-1]):
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            raise ConfigError(f"sweep '{sweep}' sets '{'.'.join(path)}', but {'.'.join(path[: k + 1])} is {node!r}")
    node[path[-1]] = value
