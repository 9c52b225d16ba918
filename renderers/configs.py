"""Config dataclasses inside config dataclasses, as YAML gives them: mappings, names of presets, or finished objects."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def nested(kind: type[T], value: Any, where: str, presets: Mapping[str, T] | None = None) -> T:
    """A config from whatever was given for it.

    Args:
        kind: the dataclass wanted.
        value: an instance, the name of a preset, or a mapping of its fields (these may be nested in the same way).
        where: name of the field, for messages.
        presets: configs by name.

    Raises:
        ValueError: an unknown preset or field, or something else altogether.

    """
    if isinstance(value, kind):
        return value
    known = dict(presets or {})
    if isinstance(value, str):
        if value in known:
            return copy.deepcopy(known[value])
        near = difflib.get_close_matches(value, known, n=1, cutoff=0.0)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"unknown {where} {value!r}, expected one of {', '.join(known) or 'nothing by name'}{hint}")
    if not isinstance(value, Mapping):
        raise ValueError(f"{where} is {value!r}, expected its fields" + (" or the name of a preset" if known else ""))
    hints = typing.get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    fields = {}
    for name, inner in value.items():
        if name not in names:
            closest = difflib.get_close_matches(str(name), names, n=1, cutoff=0.0)[0]
            raise ValueError(f"{where} has no field {name!r}; did you mean {closest!r}?")
        hint = hints[name]
        plain = not (isinstance(hint, type) and dataclasses.is_dataclass(hint))
        fields[name] = inner if plain else nested(hint, inner, f"{where}.{name}")
    return kind(**fields)
