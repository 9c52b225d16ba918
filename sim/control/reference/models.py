"""The reference models by name."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from .careful import CarefulModel
from .fuzzy import FuzzyModel
from .model import ReferenceModel
from .regulation import RegulationModel
from .rss import RssModel

MODELS: dict[str, Callable[[], ReferenceModel]] = {
    "careful": CarefulModel,
    "fsm": FuzzyModel,
    "rss": RssModel,
    "reg157": RegulationModel,
}
"""Makers of a fresh model."""


def reference_model(name: str) -> ReferenceModel:
    """A new model of that name; raises ValueError naming the nearest one."""
    if name not in MODELS:
        near = get_close_matches(name, MODELS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown reference model {name!r}, expected one of {', '.join(MODELS)}; nearest is {near!r}")
    return MODELS[name]()
