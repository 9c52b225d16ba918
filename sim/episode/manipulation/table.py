"""What most tables have in common: a thing to pick, a bin to put it in, and other things lying around."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....renderers.transforms import rotate
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
ROLLING_M = 1e-3
"""Lever of rolling resistance of things on a table."""
TOPPLED_RAD = np.radians(35.0)
"""Tilt from which a thing that stood is going over."""
_KINDS = (
    "mug", "foam_block", "soup_can", "banana", "sugar_box", "jam_jar", "tuna_can", "meat_can", "screwdriver", "marker",
    "apple", "drill", "cracker_box", "bottle",
)  # fmt: skip
_SPOTS = (
    (0.28, -0.17), (0.28, 0.17), (0.74, -0.18), (0.76, 0.16), (0.76, 0.0), (0.85, -0.12), (0.85, 0.12),
    (0.09, 0.46), (0.09, -0.46), (0.83, -0.46), (0.83, 0.46),
)  # fmt: skip


def add_bystanders(
    scenario: ManipulationScenario, world: World, *, clear_of: Sequence[ArrayLike], radius_m: float = 0.17
) -> list[ObjectActor]:
    """Three to six other things on the table, none of them within a radius of the given places (x, y) [m]."""
    rng = scenario.streams.rng("clutter")
    kinds = rng.permutation(len(_KINDS))
    placed: list[ObjectActor] = []
    for k in rng.permutation(len(_SPOTS))[: int(rng.integers(3, 7))]:
        xy = np.array(_SPOTS[k]) + rng.uniform(-0.025, 0.025, 2)
        yaw = float(rng.uniform(-np.pi, np.pi))
        if any(float(np.linalg.norm(xy - np.asarray(place, float)[:2])) < radius_m for place in clear_of):
            continue
        kind = _KINDS[kinds[k]]
        asset = build_object(kind, rng=scenario.streams.rng(f"assets/bystander_{k}"))
        placed.append(
            scenario.add_object(
                world, f"bystander_{k}", asset, xy=(float(xy[0]), float(xy[1])), yaw=yaw, rolling_m=ROLLING_M
            )
        )
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


class ToppleWatch:
    """Tells once of each thing when it has tipped over from the way it stood at the first call of `update`.

    Things that lie round along their y axis roll, which is no tipping over, and are not watched.
    """

    def __init__(self, things: Sequence[Actor]) -> None:
        self._things = [thing for thing in things if thing.size[0] != thing.size[2]]
        self._stood: dict[str, F64] = {}

    def update(self) -> list[tuple[Actor, float]]:
        """What has tipped over since the last call, with its tilt [rad]."""
        fallen = []
        for thing in list(self._things):
            up = rotate(thing.orientation_w, [0.0, 0.0, 1.0])
            tilt = float(np.arccos(np.clip(up @ self._stood.setdefault(thing.name, up), -1.0, 1.0)))
            if tilt > TOPPLED_RAD:
                fallen.append((thing, tilt))
                self._things.remove(thing)
        return fallen
