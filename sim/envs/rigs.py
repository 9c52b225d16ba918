"""Small rigs for agents, by name; where the sensors sit is told by the kind of scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..episode.scenario import Scenario
from ..errors import ConfigError, nearest

Sensors = dict[str, dict[str, Any]]

_CAMERA: dict[str, Any] = {
    "boxes": False, "kind": "camera", "rate_hz": 10.0, "width": 84, "height": 84, "quality": "draft",
}  # fmt: skip
_LIDAR: dict[str, Any] = {"kind": "lidar", "rate_hz": 10.0, "model": "VLP-16"}

RIGS: dict[str, dict[str, dict[str, Any]]] = {
    "state": {},
    "camera": {"camera": _CAMERA},
    "lidar": {"top": _LIDAR},
    "camera_lidar": {"camera": _CAMERA, "top": _LIDAR},
}
"""Sensors of each named rig; `Scenario.views` adds mount and optics by kind."""


def sensors_of(choice: str | Mapping[str, Mapping[str, Any]], kind: type[Scenario]) -> Sensors:
    """The rig as the loop wants it, from a name of `RIGS` or from a configuration by name.

    Raises:
        ConfigError: there is no rig of that name, or it is neither a name nor fields by name.

    Boxes are left out unless asked for, as no observation holds them.

    """
    if not isinstance(choice, str):
        if not isinstance(choice, Mapping) or not all(isinstance(values, Mapping) for values in choice.values()):
            raise ConfigError(f"sensors is {choice!r}, expected fields by name of sensor, or one of {', '.join(RIGS)}")
        return {name: {"boxes": False, **values} for name, values in choice.items()}
    if choice not in RIGS:
        raise ConfigError(f"unknown sensors {choice!r}; {nearest(choice, RIGS)}")
    return {name: {**values, **kind.views[values["kind"]]} for name, values in RIGS[choice].items()}


def onlooker(kind: type[Scenario]) -> Sensors:
    """The camera of `render`: sees the whole scene, and is no part of any rig."""
    return {"onlooker": {"kind": "camera", "width": 480, "height": 360, **kind.views["onlooker"]}}
