"""Config dataclasses as YAML gives them: types of plain values; mappings, presets or objects inside one another."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping
from functools import cache
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
_BOOLS = (bool, np.bool_)
_ALSO: dict[type, type] = {int: Integral, float: Real}  # those of NumPy, and whole numbers for others
_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    types.NoneType: "null",
}


def check_types(kind: type, values: Mapping[str, Any], where: str) -> None:
    """Check values against the plain fields of a config dataclass: int, float, bool and str, or None where it may be.

    Args:
        kind: the dataclass.
        values: by name; names that are no plain fields are left to others.
        where: they stand, for messages; "" for the top.

    Raises:
        ValueError: a value is of another type; names the field, the value and what is expected.

    """
    plain = _plain_fields(kind)
    for name, value in values.items():
        allowed = plain.get(name, ())
        if allowed and not any(_is_a(value, one) for one in allowed):
            expected = " or ".join(_WORDS[one] for one in allowed)
            raise ValueError(f"{f'{where}.' if where else ''}{name} is {value!r}, expected {expected}")


@cache
def _plain_fields(kind: type) -> dict[str, tuple[type, ...]]:
    """The types that each plain field of a dataclass takes."""
    hints = typing.get_type_hints(kind)
    found = {}
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        allowed = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        if all(isinstance(one, type) and one in _WORDS for one in allowed):
            found[field.name] = allowed
    return found


def _is_a(value: Any, kind: type) -> bool:
    if kind is bool or isinstance(value, _BOOLS):
        return kind is bool and isinstance(value, _BOOLS)
    return isinstance(value, _ALSO.get(kind, kind))


def nested(kind: type[T], value: Any, where: str, presets: Mapping[str, T] | None = None) -> T:
    """A config from whatever was given for it.

    Args:
        kind: the dataclass wanted.
        value: an instance, the name of a preset, or a mapping of its fields (these may be nested in the same way).
        where: name of the field, for messages.
        presets: configs by name.

    Raises:
        ValueError: an unknown preset or field, a value of another type, or something else altogether.

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
    check_types(kind, fields, where)
    return kind(**fields)
