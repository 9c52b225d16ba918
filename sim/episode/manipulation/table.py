"""What most tables have in common: a thing to pick, a bin to put it in, and other things lying around."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....renderers.transforms import to_matrix
from ...control.grasping import Grasp
from ...control.pick_place import PickPlaceConfig
from ...physics.client import GRAVITY_MPS2
from ...world.actor import Actor
from ...world.assets.objects import build_object
from ...world.rigid_actor import ObjectActor
from ...world.stages.cell import BINS_XY
from ...world.world import World
from .scenario import ManipulationScenario

F64 = NDArray[np.float64]
DROP_M = 0.03
"""Height above the bin's floor at which the hand lets go."""
_KINDS = (
    "mug", "foam_block", "soup_can", "banana", "sugar_box", "jam_jar", "tuna_can", "meat_can", "screwdriver", "marker",
    "apple", "drill", "cracker_box", "bottle",
)  # fmt: skip
_SPOTS = (
    (0.30, -0.24), (0.30, 0.24), (0.74, -0.22), (0.76, 0.20), (0.76, 0.0), (0.86, -0.12), (0.86, 0.12),
    (0.24, 0.42), (0.24, -0.42), (0.84, -0.42), (0.84, 0.42),
)  # fmt: skip


def add_bystanders(
    scenario: ManipulationScenario, world: World, *, clear_of: Sequence[Sequence[float]], radius_m: float = 0.17
) -> list[ObjectActor]:
    """Three to six other things on the table, none of them within a radius of the given places (x, y) [m]."""
    rng = scenario.streams.rng("clutter")
    kinds = rng.permutation(len(_KINDS))
    placed: list[ObjectActor] = []
    for k in rng.permutation(len(_SPOTS))[: int(rng.integers(3, 7))]:
        xy = np.array(_SPOTS[k]) + rng.uniform(-0.025, 0.025, 2)
        yaw = float(rng.uniform(-np.pi, np.pi))
        if any(float(np.linalg.norm(xy - np.asarray(place[:2]))) < radius_m for place in clear_of):
            continue
        kind = _KINDS[kinds[k]]
        asset = build_object(kind, rng=scenario.streams.rng(f"assets/bystander_{k}"))
        placed.append(scenario.add_object(world, f"bystander_{k}", asset, xy=(float(xy[0]), float(xy[1])), yaw=yaw))
    return placed


def bin_near(y_m: float) -> F64:
    """(2,) middle of the bin on that side of the table [m]."""
    return np.array(BINS_XY[1 if y_m >= 0.0 else 0])


def plan_to_bin(
    scenario: ManipulationScenario,
    world: World,
    target: ObjectActor,
    grasp: Grasp,
    *,
    friction: float,
    grip_margin: float,
    bin_xy: F64,
    attempts: int = 1,
    locate: Callable[[], Grasp | None] | None = None,
    **config: Any,
) -> None:
    """Let the reference controller carry `target` to a bin, as `ManipulationScenario.plan` does.

    Args:
        scenario, world, target: see there.
        grasp: where the controller believes it can hold the target.
        friction: of the pads on the object.
        grip_margin: grip force over the least that holds the weight at rest, m g / (2 mu).
        bin_xy: (2,) middle of the bin.
        attempts, locate: see there.
        config: fields of `PickPlaceConfig` other than the defaults of a table.

    """
    least_n = target.asset.mass_kg * GRAVITY_MPS2 / (2.0 * friction)
    settings: dict[str, Any] = {"grip_force_n": grip_margin * least_n, "clearance_m": 0.24, "fine_speed_mps": 0.22}
    scenario.plan(
        world,
        target,
        grasp_w=grasp.position_w,
        place_w=np.array([bin_xy[0], bin_xy[1], grasp.bottom_m + DROP_M]),
        yaw=grasp.yaw,
        friction=friction,
        config=PickPlaceConfig(**(settings | config)),
        attempts=attempts,
        locate=locate,
    )


def tilt_rad(thing: Actor) -> float:
    """Angle between a thing's own vertical and the world's [rad]."""
    return float(np.arccos(np.clip(to_matrix(thing.orientation_w)[2, 2], -1.0, 1.0)))
