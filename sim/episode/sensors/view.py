"""The world as tracers see it, shared by all sensors of a rig."""

from __future__ import annotations

import threading

import numpy as np

from ....renderers.scene import Scene
from ....renderers.tracers.embree import EmbreeTracer
from ...world.world import World
from ..labels import Labelled

_KEYS_PER_S = 60.0


class _Held(threading.local):
    """What one thread holds: a tracer, and the interval to which it was moved."""

    tracer: EmbreeTracer | None = None
    interval: tuple[float, float] | None = None


class View:
    """The world as tracers see it: a tracer for each thread, moved to the interval that a sensor asks for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._own = _Held()
        self._first: EmbreeTracer | None = None
        self._first_lock = threading.Lock()

    def tracer(self, start_s: float, end_s: float) -> EmbreeTracer:
        """The calling thread's tracer, with the scene over the interval."""
        own = self._own
        if own.tracer is None:
            with self._first_lock:  # meshes are built for whoever comes first
                own.tracer = EmbreeTracer(self._scene(start_s, end_s), like=self._first)
                self._first = self._first or own.tracer
        elif own.interval != (start_s, end_s):
            own.tracer.update(self._scene(start_s, end_s))
        own.interval = (start_s, end_s)
        return own.tracer

    def _scene(self, start_s: float, end_s: float) -> Scene:
        keys = 1 if end_s <= start_s else max(2, round((end_s - start_s) * _KEYS_PER_S) + 1)
        return self.world.scene(start_s, end_s, key_times=keys)

    def labelled(self, time_s: float) -> Labelled:
        """The actors' boxes at an instant of the recent past."""
        actors = self.world.actors
        position, orientation, velocity = self.world.actor_states(time_s)
        return Labelled(
            ids=np.array([a.id for a in actors], np.int32),
            classes=np.array([a.semantic for a in actors], np.uint8),
            sizes=np.array([a.size for a in actors], np.float32).reshape(-1, 3),
            position_w=position,
            orientation_w=orientation,
            velocity_w=velocity,
        )
