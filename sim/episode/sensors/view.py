"""The world as tracers see it, shared by all sensors of a rig."""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Scene
from ....renderers.tracers.embree import EmbreeTracer
from ...world.world import World
from ..labels import Labelled

_KEYS_PER_S = 60.0


class View:
    """The world as tracers see it: one tracer, moved to the interval that a sensor asks for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._tracer: EmbreeTracer | None = None
        self._held: tuple[float, float] | None = None

    def tracer(self, start_s: float, end_s: float) -> EmbreeTracer:
        """A tracer that holds the scene over the interval."""
        if self._held != (start_s, end_s) or self._tracer is None:
            keys = 1 if end_s <= start_s else max(2, round((end_s - start_s) * _KEYS_PER_S) + 1)
            scene: Scene = self.world.scene(start_s, end_s, key_times=keys)
            if self._tracer is None:
                self._tracer = EmbreeTracer(scene)
            else:
                self._tracer.update(scene)
            self._held = (start_s, end_s)
        return self._tracer

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
