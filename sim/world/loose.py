"""Things of a stage that can be pushed: a placement as a free body."""

from __future__ import annotations

import numpy as np

from .rigid_actor import ObjectActor
from .stages.stage import Placement
from .world import World


def add_loose(world: World, name: str, placement: Placement, *, friction: float | None = None) -> ObjectActor:
    """Add one placement of an actor asset (a cone, a beacon) as a body that can be hit; before the first tick.

    Args:
        world: where.
        name: of the actor.
        placement: asset and pose, for example one of `stage.work_area.delimiters`.
        friction: Coulomb coefficient, that of the asset if not given.

    """
    body = world.bodies.add(placement.asset, np.array(placement.position_w), placement.orientation_w, friction=friction)
    actor = ObjectActor(name, placement.asset, world.bodies, body)
    world.add(actor)
    return actor
