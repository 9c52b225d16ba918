"""From a name to a detector: built-ins by name, the user's own by import path.

A path names a class or a function that makes a detector from `model.options`, or, if it takes one argument that has no
default, the detector itself. A made detector is made anew for every episode, so that what it remembers of one cannot
change the next; if it has a method `reset`, that is called instead.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import ConfigError, nearest
from .config import ModelConfig
from .frames import View

Detector = Callable[[Mapping[str, View]], Any]
"""Frames by sensor in, something `detections.checked` understands out."""
CALLABLE = "callable"
BUILT_IN = {
    "hog_people": "hog_people:HogPeople",
    "lidar_cluster": "lidar_cluster:LidarCluster",
    "moving_blobs": "moving_blobs:MovingBlobs",
}
"""Detectors by name, and the class in `models` that makes each."""
ORACLES = ("ground_truth", "empty")
"""Detectors that need no frames: everything there is, and nothing. They check the test itself."""


@dataclass(frozen=True)
class Loaded:
    """A model that can be imported.

    Attributes:
        make: a detector for one episode.
        source_sha256: hash of its source: of the file it is written in and of what that imported from its own package,
            or, where it is in none, from its own folder; "" if it cannot be read. Weights are not part of it.

    """

    make: Callable[[], Detector]
    source_sha256: str


def check_name(config: ModelConfig) -> None:
    """Whether there is a model of that name.

    Raises:
        ConfigError: there is none; names the nearest.

    """
    known = (*BUILT_IN, *ORACLES, CALLABLE)
    if config.name not in known:
        raise ConfigError(f"unknown model '{config.name}': {nearest(config.name, known)}, or model=package.module:name")
    if (config.name == CALLABLE) != bool(config.path):
        raise ConfigError("a detector of your own is named on the command line: model=package.module:name")


def load(config: ModelConfig) -> Loaded:
    """Import a model.

    Raises:
        ConfigError: it cannot be imported, or is nothing that could be called.

    """
    check_name(config)
    path = config.path or f"{__package__}.models.{BUILT_IN[config.name]}"
    module_name, _, name = path.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever a user's module does as it is imported
        raise ConfigError(f"model {path} cannot be loaded: {type(error).__name__}: {error}") from error
    found = module
    for part in name.split("."):
        if part not in vars(found):
            names = [n for n, v in vars(module).items() if callable(v) and not n.startswith("_")]
            raise ConfigError(f"model {path} cannot be loaded: {module_name} has no '{part}'; {nearest(part, names)}")
        found = vars(found)[part]
    if not callable(found):
        raise ConfigError(f"model {path} is {type(found).__name__}, expected something to call")
    return Loaded(_Maker(found, dict(config.options)), _hash(module))


class _Maker:
    """Makes the detector of an episode; see the module."""

    def __init__(self, found: Callable[..., Any], options: dict[str, Any]) -> None:
        self._found = found
        self._options = options
        self._is_detector = not inspect.isclass(found) and _needs_one(found)
        self._made: Any = None

    def __call__(self) -> Detector:
        if self._is_detector:
            if self._options:
                raise TypeError(f"it takes frames, not options, got {', '.join(self._options)}")
            return self._found
        reset = getattr(self._made, "reset", None)
        if callable(reset):
            reset()
        else:
            self._made = self._found(**self._options)
        if not callable(self._made):
            raise TypeError(f"it made {type(self._made).__name__}, expected something to call with frames")
        return self._made


def _needs_one(found: Callable[..., Any]) -> bool:
    """Whether it must be called with exactly one argument."""
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return len(needed) == 1 and needed[0].kind in (needed[0].POSITIONAL_ONLY, needed[0].POSITIONAL_OR_KEYWORD)


def _hash(module: ModuleType) -> str:
    file = _file(module)
    if file is None:
        return ""
    top = module.__name__.partition(".")[0]
    if top == __name__.partition(".")[0]:
        sources = {file}
    else:
        found = {name: _file(other) for name, other in list(sys.modules.items())}
        alone = top == module.__name__ and file.stem != "__init__"
        sources = {file} | {
            other
            for name, other in found.items()
            if other is not None and (other.parent == file.parent if alone else name.partition(".")[0] == top)
        }
    whole = hashlib.sha256()
    for source in sorted(sources):
        whole.update(source.read_bytes())
    return whole.hexdigest()


def _file(module: ModuleType) -> Path | None:
    name = getattr(module, "__file__", None)
    file = Path(name) if isinstance(name, str) else None
    return file if file is not None and file.is_file() else None
