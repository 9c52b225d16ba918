"""A pick from a bin of things dropped in at random, the target half buried under others.

Before time 0 the things fall into the bin one layer after another and come to rest; the pile is whatever physics makes
of it. The arm knows where its target lies but not what lies on it: fingers come down on others (a touch of 25 N ends
the descent), close on more than the target, and drag others along. Cover is measured by rays from above the bin to
the target and past what hides it, at time 0 (R09: number, height of the pile, visible fraction). Dragged means that
another thing has risen by 3 cm or left the bin. Left out: a planner that unpacks from the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_rpy
from ...sim.control.grasping import Grasp, top_grasp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import ManipulationScenario
from ...sim.episode.manipulation.table import DROP_M, ROLLING_M, plan_to_bin
from ...sim.episode.scenario import Condition, register
from ...sim.physics.sight import visible_share
from ...sim.world.assets.objects import build_object
from ...sim.world.rigid_actor import ObjectActor
from ...sim.world.stages.cell import BINS_XY, robot_cell
from ...sim.world.world import World

F64 = NDArray[np.float64]
_SETTLE_S = 2.0
_RISEN_M = 0.03
_LAYER_M = 0.12
_KINDS = (
    "meat_can", "foam_block", "rubber_block", "jam_jar", "soup_can", "rubber_buffer", "banana", "tuna_can", "apple",
    "steel_canister",
)  # fmt: skip
_SEEN_FROM_M = 0.9
_VIEW = {
    "fov_deg": 46.0,
    "imager": "imx900_high_gain",
    "mount": {"actor": "world", "position_m": [1.10, -1.12, 0.78], "rpy_deg": [0.0, 39.0, 136.0]},
}


@dataclass(frozen=True)
class BinPickingParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("meat_can", "foam_block", "rubber_block", "banana")), doc="the target")
    n: int = parameter(Choice((8, 11, 14, 17, 20)), doc="how many things are in the bin")
    depth: float = parameter(
        Uniform(0.1, 0.5), bounds=(0.0, 1.0), doc="when the target falls in: 0 as the first, 1 as the last"
    )
    side: str = parameter(Choice(("right", "left")), doc="the bin that is picked from")


@register("robotics/bin_picking")
class BinPicking(ManipulationScenario):
    """Pick one thing out of a full bin and put it into the other."""

    title: ClassVar[str] = "The target is half buried in a bin; the hand drags others along or fails"
    source: ClassVar[str] = "Bin picking under heavy occlusion; YCB object set"
    tags: ClassVar[tuple[str, ...]] = ("R09", "family/clutter", "level/scene")
    duration_s: ClassVar[float] = 13.0
    troubles = {
        "drop": "collision", "missed_grasp": "near_miss", "dragged": "near_miss", "rotation": "near_miss",
        "slip": "near_miss",
    }  # fmt: skip
    fatal: ClassVar[frozenset[str]] = frozenset({"drop", "missed_grasp"})
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = ManipulationScenario.views | {
        "camera": _VIEW,
        "onlooker": _VIEW,
    }
    Params: ClassVar[type] = BinPickingParams
    params: BinPickingParams

    def build(self) -> World:
        """The cell, the arm, and things in the air over the bin."""
        p = self.params
        world = World(robot_cell(rng=self.streams.rng("stage")), run_up_s=_SETTLE_S)
        self.add_arm(world)
        source, goal = (np.array(BINS_XY[k]) for k in ((0, 1) if p.side == "right" else (1, 0)))
        self._bin_xy = source
        self._heap = self._pour(world, source)
        target = self._heap.pop(self._index)
        self._goal_xy = goal
        self._start_z: dict[str, float] = {}
        self._visible, self._pile_m = 1.0, 0.0
        grasp = top_grasp(target.size, [*source, 0.1], target.orientation_w)
        plan_to_bin(
            self,
            world,
            target,
            grasp,
            friction=target.asset.friction,
            grip_margin=2.5,
            bin_xy=goal,
            speed_mps=0.6,
            fine_speed_mps=0.25,
        )
        return world

    def _pour(self, world: World, at: F64) -> list[ObjectActor]:
        """Things in the air over the middle of the bin, four to a layer, each turned at random."""
        p, rng = self.params, self.streams.rng("heap")
        self._index = min(p.n - 1, int(p.depth * p.n))
        heap = []
        spots: list[int] = []
        for k in range(p.n):
            spots = spots or [int(s) for s in rng.permutation(4)]
            own = k == self._index
            spot = spots.pop(0)
            kind = p.kind if own else _KINDS[rng.integers(len(_KINDS))]
            asset = build_object(kind, rng=self.streams.rng(f"assets/heap_{k}"))
            x, y = 0.11 * (spot % 2 - 0.5), 0.11 * (spot // 2 - 0.5)
            turn = from_rpy(float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-3.1, 3.1)))
            base = 0.03 + _LAYER_M * (k // 4)
            heap.append(
                self.add_object(
                    world,
                    "object" if own else f"heap_{k}",
                    asset,
                    xy=(float(at[0] + x), float(at[1] + y)),
                    yaw=0.0,
                    orientation=turn.tolist(),
                    base_m=base,
                    rolling_m=ROLLING_M,
                )
            )
        return heap

    def script(self) -> Iterator[Condition]:
        """Find the target in the pile, go for it, and see what comes along."""
        thing = self._object
        self._rest_z = float(thing.position_w[2])
        everything = [*self._heap, thing]
        self._pile_m = max(float(other.position_w[2]) for other in everything)
        above = [*self._bin_xy, _SEEN_FROM_M]
        self._visible = visible_share(self.world.client, thing.bodies[0], above)
        grasp = self._grasp(thing)
        place = [*self._goal_xy, grasp.bottom_m + DROP_M]
        self._controller.retarget(grasp.position_w, grasp.yaw, place)
        yield lambda: self._controller.phase == "descend"
        self.mark("onset")
        self.cause(
            "covered",
            f"{len(self._heap)} other things lie in the bin, {100 * self._visible:.0f} % of the target is seen",
        )
        yield lambda: self._controller.phase == "close"
        self._start_z = {other.name: float(other.position_w[2]) for other in self._heap}
        yield lambda: self._controller.phase == "lift"
        self.mark("last_avoidable")
        self.cause("pulled_out", f"the hand pulls at the {self.params.kind} under the others", self._arm.id)

    def _grasp(self, thing: ObjectActor) -> Grasp:
        """From above, deep enough for the pads and clear of the bin's floor."""
        return top_grasp(thing.size, thing.position_w, thing.orientation_w, depth_m=0.025)

    def on_trouble(self, kind: str, value: float) -> None:
        """What it came to."""
        texts = {
            "drop": "it is lost on the way",
            "missed_grasp": "the fingers come up empty",
            "dragged": "something else is dragged along",
            "rotation": "it turns in the hand",
            "slip": "it slips in the hand",
        }
        super().on_trouble(kind, value)
        self.cause(kind, texts[kind], self._object.id)

    def after_tick(self) -> None:
        """Also watch what else rises."""
        super().after_tick()
        for other in self._heap:
            before = self._start_z.get(other.name)
            risen = 0.0 if before is None else float(other.position_w[2]) - before
            if risen > _RISEN_M:
                del self._start_z[other.name]
                self.trouble("dragged", risen, actor=other.id)

    def occurred(self) -> bool:
        """Whether the target was covered and the pick went wrong or took others along."""
        return self._visible < 0.95 and any(map(self.happened, self.troubles))

    def harm(self) -> float:
        """How many things were lost or dragged along."""
        dragged = sum(event.kind == "dragged" for event in self.events)
        return float(dragged + self.happened("drop") + self.happened("missed_grasp"))

    def measures(self) -> dict[str, float]:
        """Harm, share of the target seen from above at time 0, and height of the pile [m]."""
        return super().measures() | {"visible_share": self._visible, "pile_m": self._pile_m}
