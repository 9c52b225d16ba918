"""The classes that detections are scored in: groups of semantic classes, as detectors seldom tell a van from a car.

A label of a detection may be the name of a group ("car"), the name or number of a semantic class ("VAN", 14), or a word
of the model's own that `model.classes` maps to one of these.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError, nearest
from ..world.classes import SemanticClass

GROUPS: dict[str, tuple[SemanticClass, ...]] = {
    "car": (SemanticClass.CAR, SemanticClass.VAN),
    "truck": (SemanticClass.TRUCK, SemanticClass.BUS),
    "two_wheeler": (SemanticClass.MOTORCYCLE, SemanticClass.BICYCLE),
    "person": (SemanticClass.PERSON, SemanticClass.CHILD),
    "animal": (SemanticClass.ANIMAL,),
    "object": (SemanticClass.DEBRIS, SemanticClass.OBJECT, SemanticClass.BIN),
    "hand": (SemanticClass.HAND,),
}
"""Name of each group, in the order of their numbers, and the semantic classes in it."""
NAMES = tuple(GROUPS)
UNKNOWN = -1
"""Number of a detection without a class, and of an actor that is in no group."""

_BY_SEMANTIC = np.full(256, UNKNOWN, np.int64)
for _number, _members in enumerate(GROUPS.values()):
    _BY_SEMANTIC[[int(m) for m in _members]] = _number
_BY_WORD = {name: k for k, name in enumerate(NAMES)} | {
    member.name.lower(): k for k, members in enumerate(GROUPS.values()) for member in members
}


def groups_of(semantic: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Numbers of the groups of semantic classes, `UNKNOWN` where there is none."""
    return _BY_SEMANTIC[np.asarray(semantic, np.int64)]


def checked_mapping(classes: Mapping[str, str]) -> dict[str, int]:
    """`model.classes` as label -> number of a group.

    Raises:
        ConfigError: a word on the right is no class; names the nearest.

    """
    for label, word in classes.items():
        if str(word).lower() not in _BY_WORD:
            raise ConfigError(f"model.classes maps '{label}' to '{word}': {nearest(str(word).lower(), _BY_WORD)}")
    return {str(label).lower(): _BY_WORD[str(word).lower()] for label, word in classes.items()}


def group_of_label(label: object, mapping: Mapping[str, int]) -> int:
    """Number of the group that a model's label stands for, `UNKNOWN` if for none.

    Args:
        label: a word or a number; with a mapping only its words count, as the numbers are then the model's own.
        mapping: from `checked_mapping`.

    """
    whole = int(label) if isinstance(label, float | np.floating) and float(label).is_integer() else label
    word = str(whole).lower()
    if mapping:
        return mapping.get(word, UNKNOWN)
    if isinstance(whole, int | np.integer):
        return int(_BY_SEMANTIC[int(whole)]) if 0 <= int(whole) < len(_BY_SEMANTIC) else UNKNOWN
    return _BY_WORD.get(word, UNKNOWN)
