"""cornercase: a simulation engine for edge-case sensor data.

Importing it makes the Gymnasium ids known. The rest is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .sim.envs.registration import register_environments

if TYPE_CHECKING:
    from .sim.dataset.generation import generate
    from .sim.dataset.reader import load
    from .sim.episode.config import GenerateConfig, ScenarioConfig
    from .sim.world.classes import SemanticClass

__all__ = ["GenerateConfig", "ScenarioConfig", "SemanticClass", "__version__", "generate", "load"]
__version__ = "0.1.0"

_HOMES = {
    "generate": ".sim.dataset.generation",
    "load": ".sim.dataset.reader",
    "GenerateConfig": ".sim.episode.config",
    "ScenarioConfig": ".sim.episode.config",
    "SemanticClass": ".sim.world.classes",
}


def __getattr__(name: str) -> Any:
    """A public name, from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name], __name__), name)


register_environments()
