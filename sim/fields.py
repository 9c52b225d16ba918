"""Checks that all configs share: whether values are of the kind that their dataclass declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from ..renderers.configs import check_types
from .errors import ConfigError


def check_fields(kind: type, values: Mapping[str, Any], where: str) -> None:
    """Check values by name against the plain fields of a config dataclass: numbers, truth values and text.

    Args:
        kind: the dataclass.
        values: by name; names that it does not have are left to others.
        where: they stand, for messages; "" for the top.

    Raises:
        ConfigError: a value is of another kind; names the key, what was got and what is expected.

    """
    try:
        check_types(kind, values, where)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def are_numbers(values: Any, count: int) -> bool:
    """Whether these are so many finite numbers in a row."""
    if not isinstance(values, Sequence | np.ndarray) or len(values) != count:
        return False
    return all(isinstance(v, int | float | np.number) and not isinstance(v, bool) and isfinite(v) for v in values)
