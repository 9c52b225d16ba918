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
    """What one thread holds: a tracer, and the scene to which it was moved."""

    tracer: EmbreeTracer | None = None
    scene: Scene | None = None


class View:
    """The world as tracers see it: scenes of the recent past, and a tracer for each thread.

    Scenes, tracks and labels are asked for while the world stands still. A scene stays what it is when time goes on, so
    rays may be cast into it later, and in any thread.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._own = _Held()
        self._first: EmbreeTracer | None = None
        self._lock = threading.Lock()
        self._scenes: dict[tuple[float, float], Scene] = {}
        self._tick = world.tick

    def scene(self, start_s: float, end_s: float) -> Scene:
        """The scene over an interval; sensors that ask for the same one now get the same."""
        keys = 1 if end_s <= start_s else max(2, round((end_s - start_s) * _KEYS_PER_S) + 1)
        with self._lock:
            if self._tick != self.world.tick:
                self._scenes.clear()
                self._tick = self.world.tick
            found = self._scenes.get((start_s, end_s))
            if found is None:
                found = self._scenes[start_s, end_s] = self.world.scene(start_s, end_s, key_times=keys)
            return found

    def tracer(self, scene: Scene) -> EmbreeTracer:
        """The calling thread's tracer, moved to the scene."""
        own = self._own
        if own.tracer is None:
            with self._lock:  # meshes are built for whoever comes first
                own.tracer = EmbreeTracer(scene, like=self._first)
                self._first = self._first or own.tracer
        elif own.scene is not scene:
            own.tracer.update(scene)
        own.scene = scene
        return own.tracer

    def labelled(self, time_s: float) -> Labelled:
        """The actors' boxes at an instant of the recent past."""
        actors = self.world.actors
        position, orientation, velocity = self.world.actor_states(time_s)
        centre, size = self.world.enclose(time_s, position, orientation)
        return Labelled(
            ids=np.array([a.id for a in actors], np.int32),
            classes=np.array([a.semantic for a in actors], np.uint8),
            sizes=size.astype(np.float32),
            position_w=centre,
            orientation_w=orientation,
            velocity_w=velocity,
        )
