"""A pick from a bin of things dropped in at random, the target half buried under others.

Before time 0 the things fall into the bin one layer after another and come to rest; the pile is whatever physics makes
of it, and the one whose cover is nearest to what is wanted is the target. The arm knows where it lies but not what lies
on it: fingers come down on others (a touch ends the descent), close on more than the target or on nothing, and drag
others along. Cover is measured by rays from above the bin to the target and past what hides it, at time 0 (R09: number,
height of the pile, visible fraction). Dragged means that another thing has risen by 3 cm. Left out: a planner that
unpacks from the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_rpy
from ...sim.control.grasping import top_grasp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import ManipulationScenario
from ...sim.episode.manipulation.table import ROLLING_M, plan_to_bin
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
_APART_M = 0.09
_DEPTH_M = 0.025
"""How far below the top of a thing to hold it: less than on a table, as the others keep the hand up."""
_INSIDE_M = 0.13
"""How far from the middle of the bin the target may lie, so that its walls leave room for the hand."""
_SEEN_FROM_M = 0.9
_GUARD_N = 60.0
"""Force on a finger at which the descent stops; a hand in a pile pushes harder than one on a table."""
_VIEW = {
    "fov_deg": 38.0,
    "imager": "imx900_high_gain",
    "mount": {"actor": "world", "position_m": [1.10, -1.12, 0.78], "rpy_deg": [0.0, 39.0, 136.0]},
}


@dataclass(frozen=True)
class BinPickingParams:
    """What is drawn for each episode."""

    n: int = parameter(Choice((8, 10, 12, 15, 20)), doc="how many things are in the bin")
    visible_share: float = parameter(
        Uniform(0.15, 0.55),
        bounds=(0.0, 1.0),
        doc="share of the target that should be seen from above; the thing that comes nearest is the target",
    )


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
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        **ManipulationScenario.views, "camera": _VIEW, "onlooker": _VIEW,
    }  # fmt: skip
    Params: ClassVar[type] = BinPickingParams
    params: BinPickingParams

    def build(self) -> World:
        """The cell, the arm, and things in the air over the bin."""
        world = World(robot_cell(rng=self.streams.rng("stage")), run_up_s=_SETTLE_S)
        self.add_arm(world)
        source, goal = (np.array(middle) for middle in BINS_XY)
        self._source_xy, self._goal_xy = source, goal
        self._heap = self._pour(world, source)
        self._start_z: dict[str, float] = {}
        self._visible, self._pile_m = 1.0, 0.0
        self._go_for(world, self._heap[0])
        return world

    def _go_for(self, world: World, target: ObjectActor) -> None:
        """Plan to pick that one."""
        plan_to_bin(
            self,
            world,
            target,
            top_grasp(target.size, target.position_w, target.orientation_w, depth_m=_DEPTH_M),
            friction=target.asset.friction,
            grip_margin=2.5,
            bin_xy=self._goal_xy,
            speed_mps=0.6,
            fine_speed_mps=0.25,
            guard_n=_GUARD_N,
        )

    def _pour(self, world: World, at: F64) -> list[ObjectActor]:
        """Things in the air over the middle of the bin, four to a layer, each turned at random."""
        rng = self.streams.rng("heap")
        heap: list[ObjectActor] = []
        for layer in range(-(-self.params.n // 4)):
            for spot in rng.permutation(4)[: self.params.n - len(heap)]:
                k = len(heap)
                asset = build_object(_KINDS[rng.integers(len(_KINDS))], rng=self.streams.rng(f"assets/heap_{k}"))
                x, y = at + _APART_M * (np.array([spot % 2, spot // 2]) - 0.5)
                lean, nod, yaw = rng.uniform(-1.0, 1.0, 3) * [0.5, 0.5, np.pi]
                turn = from_rpy(float(lean), float(nod), float(yaw)).tolist()
                base = 0.03 + _LAYER_M * layer
                thing = self.add_object(
                    world, f"heap_{k}", asset, xy=(float(x), float(y)), yaw=0.0, orientation=turn, base_m=base,
                    rolling_m=ROLLING_M,
                )  # fmt: skip
                heap.append(thing)
        return heap

    def _choose(self) -> None:
        """At time 0: the thing in the bin whose cover is nearest to what is wanted becomes the target."""
        above = [*self._source_xy, _SEEN_FROM_M]
        inside = [thing for thing in self._heap if np.abs(thing.position_w[:2] - self._source_xy).max() < _INSIDE_M]
        inside = inside or self._heap
        seen = {thing.name: visible_share(self.world.client, thing.bodies[0], above) for thing in inside}
        target = min(inside, key=lambda thing: abs(seen[thing.name] - self.params.visible_share))
        self._visible = seen[target.name]
        self._pile_m = max(float(thing.position_w[2]) + 0.5 * min(thing.size) for thing in inside)
        self._go_for(self.world, target)

    def script(self) -> Iterator[Condition]:
        """The hand goes into the pile, and something comes up."""
        yield lambda: self._controller.phase == "descend"
        self.mark("onset")
        count, seen = len(self._heap) - 1, 100 * self._visible
        self.cause("covered", f"{count} other things lie in the bin, {seen:.0f} % of the target is seen from above")
        yield lambda: self._controller.phase == "close"
        others = [thing for thing in self._heap if thing is not self._object]
        self._start_z = {other.name: float(other.position_w[2]) for other in others}
        self.mark("last_avoidable")
        self.cause("closed_in_pile", f"the hand closes on the {self._object.asset.name} among the others", self._arm.id)

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
        """Choose the target at time 0; later also watch what else rises."""
        if self.world.tick == 0:
            self._choose()
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
