"""One PyBullet DIRECT client per world, bound so that no call can reach another world.

PyBullet's functions take `physicsClientId` with a default of 0, a global in disguise. `Client` forwards every
attribute to pybullet with its own id filled in, so `client.stepSimulation()` steps this world and no other.
The engine runs at fixed 240 Hz ticks with deterministic overlapping pairs; a world repeats bit for bit when it is
rebuilt by the same calls in the same order (saving and restoring state does not repeat, so we never do).
"""

from __future__ import annotations

import importlib
import os
from functools import cached_property, partial
from types import TracebackType
from typing import Any


def _import_quietly(name: str) -> Any:
    """Import an extension that greets on standard error, without the greeting."""
    saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        return importlib.import_module(name)
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


pybullet = _import_quietly("pybullet")

TICK_HZ = 240
TICK_S = 1.0 / TICK_HZ
GRAVITY_MPS2 = 9.81


class Client:
    """A bound PyBullet world in DIRECT mode; use as a context manager or call `close`."""

    def __init__(self) -> None:
        self.id: int = pybullet.connect(pybullet.DIRECT)
        if self.id < 0:
            raise RuntimeError("PyBullet refused a new DIRECT world; too many may be open in this process")
        self.setGravity(0.0, 0.0, -GRAVITY_MPS2)
        self.setPhysicsEngineParameter(fixedTimeStep=TICK_S, numSubSteps=0, deterministicOverlappingPairs=1)
        self.setTimeStep(TICK_S)

    def __getattr__(self, name: str) -> Any:
        """A pybullet function bound to this world, or a pybullet constant."""
        value = getattr(pybullet, name)
        if callable(value):
            value = partial(value, physicsClientId=self.id)
        self.__dict__[name] = value
        return value

    @cached_property
    def data_path(self) -> str:
        """Folder of the models that come with pybullet (Franka Panda, plane)."""
        import pybullet_data  # noqa: PLC0415  (slow to import, needed by robot worlds only)

        return str(pybullet_data.getDataPath())

    def close(self) -> None:
        """Disconnect; safe to call twice."""
        if self.id >= 0:
            pybullet.disconnect(physicsClientId=self.id)
            self.id = -1

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
