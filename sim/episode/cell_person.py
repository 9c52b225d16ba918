"""A person at the operator's opening of a robot cell: stands outside, steps up to the table, reaches over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..physics.gait import Gait
from ..physics.proximity import nearest_points
from ..physics.reacher import Reacher
from ..physics.specs import body_plan
from ..world.assets.arm_of_person import build_operator
from ..world.operator_actor import OperatorActor
from ..world.stages.cell import TABLE_M, TABLE_X
from ..world.world import World

F64 = NDArray[np.float64]
WALK_MPS = 1.2
STAND_M = 0.21
"""Distance of the hips from the edge of the table."""
FAR_M = 3.0
"""Beyond this separations are not measured."""
SIDE_VIEW: dict[str, Any] = {
    "fov_deg": 60.0,
    "imager": "imx900_high_gain",
    "mount": {"actor": "world", "position_m": [-0.2, 1.95, 1.08], "rpy_deg": [0.0, 19.0, -63.0]},
}
"""A camera on the fence that sees the arm, the table, and who stands at the opening."""


def add_operator(
    world: World,
    *,
    y_m: float,
    steps: int,
    side: str,
    stature_m: float,
    rng: Callable[[str], np.random.Generator],
    palm_down_deg: float = 80.0,
) -> OperatorActor:
    """A person who will stand at the table's edge after `steps` steps; they begin that far outside.

    Args:
        world: of a robot cell.
        y_m: where along the edge they stand.
        steps: from the start to the edge; 0 stands there already.
        side: "l" or "r", the hand that reaches.
        stature_m: body height.
        rng: streams by name.
        palm_down_deg: see `build_operator`.

    """
    mass = 23.5 * stature_m**2
    plan = body_plan(stature_m, mass)
    x = TABLE_X[1] + STAND_M + steps * Gait(plan, WALK_MPS).stride_m / 2.0
    asset = build_operator(plan, rng=rng("assets/operator"), side=side, palm_down_deg=palm_down_deg)
    walker = Reacher(
        world.client, plan, (x, y_m, -TABLE_M), np.pi, side=side, speed_mps=WALK_MPS, accel_distance_m=0.35
    )
    actor = OperatorActor("operator", asset, walker)
    world.add(actor)
    return actor


def separation_m(world: World, body_a: int, body_b: int) -> float:
    """Shortest distance of two bodies; inf beyond `FAR_M`."""
    near = nearest_points(world.client, body_a, body_b, FAR_M)
    return float("inf") if near is None else max(0.0, near.distance_m)
