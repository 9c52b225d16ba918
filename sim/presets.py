"""The presets of `conf` for those who do not come through the command line: weather, light and rigs by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from .errors import ConfigError, nearest

T = TypeVar("T")
_CONF = files(__package__.rpartition(".sim")[0] + ".conf")


def names(group: str) -> list[str]:
    """Names of the presets of a group, such as "weather"."""
    return sorted(p.name.removesuffix(".yaml") for p in (_CONF / group).iterdir() if p.name.endswith(".yaml"))


def rig(name: str) -> dict[str, dict[str, Any]]:
    """The sensors of a preset rig by name, such as "drive".

    Raises:
        ConfigError: there is none of that name.

    """
    if name not in names("sensors"):
        raise ConfigError(f"unknown sensors {name!r}; {nearest(name, names('sensors'))}")
    return yaml.safe_load((_CONF / "sensors" / f"{name}.yaml").read_text(encoding="utf-8")) or {}


def conditions(kind: type[T], group: str, value: str | Mapping[str, Any] | T | None) -> T:
    """A config of weather or light from the name of a preset, from fields, or as it is; None is the default.

    Raises:
        ConfigError: there is no preset or field of that name, or a value is out of range.

    """
    if value is None:
        return kind()
    if isinstance(value, kind):
        return value
    if isinstance(value, str):
        known = names(group)
        if value not in known:
            raise ConfigError(f"unknown {group} {value!r}; {nearest(value, known)}")
        value = yaml.safe_load((_CONF / group / f"{value}.yaml").read_text(encoding="utf-8")) or {}
    if not isinstance(value, Mapping):
        raise ConfigError(f"{group} is {value!r}, expected the name of a preset or its fields")
    fields = list(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    for name in value:
        if name not in fields:
            raise ConfigError(f"{group} has no field {name!r}; {nearest(str(name), fields)}")
    return kind(**value)
