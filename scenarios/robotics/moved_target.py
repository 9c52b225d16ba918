"""A person moves the object, turns it, or takes it away while the arm is on its way to it.

The person stands at the table; a hand pushes the object by contact, or takes hold of it and draws back. The driver
`replan` sees the object's true pose some time late, plans again when it lies elsewhere and lies still, and tries again
when the hand closes on nothing; `pick_place` goes where the object was. Sources: human disruptions in robot benchmarks
(trigger 0.5 to 5 s, speeds of 0.5 to 2 times the usual); replanning latencies of 0.2 to 1.5 s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import conjugate, multiply
from ...sim.control.grasping import Grasp, half_turn, top_grasp
from ...sim.control.pick_place import ToolCommand, pointing_down
from ...sim.episode.cell_person import SIDE_VIEW, add_operator
from ...sim.episode.cell_scenario import CellScenario
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation.table import add_bystanders
from ...sim.episode.scenario import Condition, register
from ...sim.physics.arm import MAX_WIDTH_M, ArmState
from ...sim.physics.client import TICK_HZ
from ...sim.world.actor import Actor
from ...sim.world.assets.objects import build_object
from ...sim.world.world import World

F64 = NDArray[np.float64]
MOVED_M, TURNED_RAD = 0.02, np.radians(15.0)
"""From which the target counts as moved."""
_BEGUN_M, _BEGUN_RAD = 0.005, np.radians(5.0)
_REPLAN_M, _REPLAN_RAD = 0.01, 0.12
_STILL_M = 0.002
_STILL_TICKS = 24
_WITHIN_X = 0.70
_HAND_M = 0.037
"""Half the width of a hand, as it is felt."""
_FINGERTIPS = 0.2
"""Of the forearm's length with the hand: fingertips beyond the middle of the hand."""
_GAP_M = 0.03
_PUSH_Z = 0.055
_PULL_M = np.array([0.20, 0.0, 0.03])
_WIDEST_M = 0.078
_RAISED_S = 0.6


@dataclass(frozen=True)
class MovedTargetParams:
    """What is drawn for each episode."""

    how: str = parameter(Choice(("nudge", "rotate", "steal")), doc="what the person does with the object")
    hand_speed_mps: float = parameter(
        Uniform(0.6, 1.2), bounds=(0.2, 2.0), unit="m/s", doc="peak speed of the person's hand"
    )
    push_mps: float = parameter(
        Uniform(0.15, 0.35), bounds=(0.05, 1.0), unit="m/s", doc="peak speed of the hand while it pushes"
    )
    distance_m: float = parameter(Uniform(0.05, 0.12), bounds=(0.0, 0.2), unit="m", doc="how far it is pushed")
    before_grasp_s: float = parameter(
        Uniform(1.0, 2.0), bounds=(0.2, 3.0), unit="s", doc="how long before the fingers are to close it is done"
    )
    latency_s: float = parameter(
        Uniform(0.2, 1.5), bounds=(0.0, 3.0), unit="s", doc="age of the pose that the controller sees"
    )
    kind: str = parameter(Choice(("cracker_box", "sugar_box", "bottle")), doc="the object")
    x_m: float = parameter(Uniform(0.46, 0.58), bounds=(0.40, 0.64), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.10, 0.10), bounds=(-0.15, 0.15), unit="m", doc="place of the object on the table")
    turn_rad: float = parameter(
        Uniform(-0.4, 0.4),
        bounds=(-0.8, 0.8),
        unit="rad",
        doc="turn of the object; 0 points its long side at the person",
    )
    hand_side: str = parameter(Choice(("l", "r")), doc="left or right hand")
    stature_m: float = parameter(Uniform(1.62, 1.90), bounds=(1.5, 2.0), unit="m", doc="body height of the person")
    carry_mps: float = parameter(Uniform(0.45, 0.7), bounds=(0.2, 1.0), unit="m/s", doc="peak speed of the arm's tool")


@register("robotics/moved_target")
class MovedTarget(CellScenario):
    """A person moves what the arm is about to pick up."""

    title: ClassVar[str] = "A person moves or takes the object the arm is reaching for"
    source: ClassVar[str] = "catalogue entry R12; human disruptions in robot benchmarks"
    tags: ClassVar[tuple[str, ...]] = ("R12", "family/human_robot", "level/scenario")
    duration_s: ClassVar[float] = 15.0
    drivers: ClassVar[tuple[str, ...]] = ("replan", "pick_place")
    troubles: ClassVar[Mapping[str, str]] = {**CellScenario.troubles, "stolen": "near_miss"}
    fatal: ClassVar[frozenset[str]] = frozenset({"collision", "drop"})
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        **CellScenario.views,
        "camera": SIDE_VIEW,
        "onlooker": SIDE_VIEW,
    }
    Params: ClassVar[type] = MovedTargetParams
    params: MovedTargetParams

    @property
    def hazard(self) -> Actor:  # type: ignore[override]
        """The person."""
        return self._person

    def build(self) -> World:
        """The cell, the arm, the object, things lying around, and a person at the table."""
        p = self.params
        world = self.new_cell()
        asset = build_object(p.kind, rng=self.streams.rng("assets/object"))
        yaw = np.pi / 2 + p.turn_rad
        looks = self.driver_name == "replan"
        target = self.carry(
            world, asset, xy=(p.x_m, p.y_m), yaw=yaw, speed_mps=p.carry_mps, clearance_m=0.2, fine_mps=0.22,
            attempts=2 if looks else 1, locate=self._locate if looks else None,
        )  # fmt: skip
        self._start = (target.position_w.copy(), target.orientation_w.copy())
        self._planned = (self._start[0][:2].copy(), half_turn(yaw + np.pi / 2))
        self._seen: deque[tuple[F64, F64]] = deque(maxlen=max(1, round(p.latency_s * TICK_HZ)) + _STILL_TICKS)
        self.replans = 0
        self.moved_m = self.turned_rad = 0.0
        self._taken = self._tried = False
        self._arm_starts_s = np.inf
        y = p.y_m + (-0.118 if p.hand_side == "r" else 0.118) * p.stature_m
        self._person = add_operator(
            world, y_m=y, steps=0, side=p.hand_side, stature_m=p.stature_m, rng=self.streams.rng, palm_down_deg=15.0
        )
        # a hand comes from its own side, so that the forearm does not cross the object
        self._from = -1.0 if p.hand_side == "l" else 1.0
        path = [(x, p.y_m - self._from * 0.05) for x in (0.68, 0.80, 0.90)]
        add_bystanders(self, world, clear_of=[(p.x_m, p.y_m), *path])
        return world

    # ---- the person -----------------------------------------------------------------------------------------------

    def script(self) -> Iterator[Condition]:
        """The hand goes to the object, pushes or takes it, and draws back; the arm comes all the while."""
        p, world, person = self.params, self.world, self._person.walker
        yield lambda: world.tick > 0
        ready = person.ready_point()
        person.reach(ready, 1.5, least_s=_RAISED_S)
        beside, through = self._hand_path()
        push_mps = p.hand_speed_mps if p.how == "steal" else p.push_mps
        takes_s = 1.875 * float(np.linalg.norm(beside - ready)) / p.hand_speed_mps
        takes_s += 1.875 * float(np.linalg.norm(through - beside)) / push_mps + p.before_grasp_s
        # whoever needs longer to the grasp begins first
        start_s = max(_RAISED_S, self._grasp_s() - takes_s)
        self._arm_starts_s = max(0.0, start_s + takes_s - self._grasp_s())
        yield lambda: not person.moving_hand and world.time_s >= start_s
        if p.how == "steal":
            person.spare(self._object.bodies[0])
        person.reach(beside, p.hand_speed_mps)
        yield lambda: not person.moving_hand or person.yielding
        if p.how == "steal" and not person.yielding:
            person.take(self._object.bodies[0])
            self._taken = True
        if not person.yielding:
            person.reach(through, push_mps)
            yield lambda: not person.moving_hand or person.yielding
        if not person.yielding:
            person.reach(ready, p.hand_speed_mps)
        yield lambda: self._controller.phase == "close"
        self.mark("last_avoidable")
        if max(self.moved_m / MOVED_M, self.turned_rad / TURNED_RAD) > 1.0 and not self._fits():
            self.cause("stale_target", "the arm closes its fingers where the object was", self._arm.id)
        yield lambda: self.finished
        self.escaped()

    def _hand_path(self) -> tuple[F64, F64]:
        """Where the hand goes first, and where it pushes to."""
        p = self.params
        length, width, height = self._object.size
        x, y, _ = self._start[0]
        along = 0.5 * (width * abs(np.cos(p.turn_rad)) + length * abs(np.sin(p.turn_rad)))
        across = 0.5 * (length * abs(np.cos(p.turn_rad)) + width * abs(np.sin(p.turn_rad)))
        tips = _FINGERTIPS * next(s.length_m for s in self._person.walker.segments if s.name.startswith("forearm"))
        if p.how == "steal":
            point = np.array([x + 0.5 * along + 0.02, y + self._from * (across + 0.022), 0.6 * height])
            return point, point + _PULL_M  # out from under the hand of the arm, then up
        if p.how == "nudge":
            before = np.array([x + along + tips + _GAP_M, y + self._from * 0.3 * across, _PUSH_Z])
            return before, before - [_GAP_M + p.distance_m, 0.0, 0.0]
        clear = across + _HAND_M + _GAP_M
        beside = np.array([x + 0.3 * along + 0.75 * tips, y + self._from * clear, _PUSH_Z])
        return beside, beside - [0.0, self._from * (_GAP_M + p.distance_m), 0.0]

    def _grasp_s(self) -> float:
        """When the fingers would close if nobody interfered."""
        config = self._config
        above = np.array([*self._start[0][:2], self._start[0][2] + config.clearance_m])
        length = float(np.linalg.norm(above - self._reading.tool_position_w))
        turn = abs(self._planned[1]) / config.turn_radps
        travel = 1.875 * max(length / config.speed_mps, turn)
        return travel + 1.875 * config.clearance_m / config.fine_speed_mps

    # ---- the controller -------------------------------------------------------------------------------------------

    def reference(self, reading: ArmState) -> ToolCommand:
        """The controller's command; it waits for its turn first."""
        if self.world.time_s < self._arm_starts_s:
            rest = self._arm.arm.tool_at(self._arm.arm.command)
            return ToolCommand("approach", rest, pointing_down(0.0), 0.0, MAX_WIDTH_M)
        return self._controller.step(reading)

    def _look(self) -> None:
        """Plan anew where the object is seen to lie elsewhere."""
        found = self._believed()
        if found is None or self._as_planned(found):
            return
        self.replans += 1
        self._planned = (found.position_w[:2].copy(), found.yaw)
        self._controller.retarget(found.position_w, found.yaw)
        self.emit("replan", self._arm.id, self._object.id, float(self.replans))
        self.cause("replan", f"the arm sees it {self.params.latency_s:.1f} s later and plans anew", self._arm.id)

    def _believed(self) -> Grasp | None:
        """A grasp at the pose that is seen, if the object lies still there within reach."""
        if len(self._seen) < self._seen.maxlen:  # type: ignore[operator]
            return None
        (then, _), (position, turn) = self._seen[0], self._seen[_STILL_TICKS - 1]
        lies = float(position[2]) < float(self._start[0][2]) + 0.01
        if not lies or float(np.linalg.norm(position - then)) > _STILL_M or position[0] > _WITHIN_X:
            return None
        grasp = top_grasp(self._object.size, position, turn)
        return grasp if grasp.width_m < _WIDEST_M else None

    def _locate(self) -> Grasp | None:
        found = self._believed()
        if found is not None:
            self.replans += 1
        return found

    def _as_planned(self, grasp: Grasp) -> bool:
        turned = abs(half_turn(grasp.yaw - self._planned[1]))
        return float(np.linalg.norm(grasp.position_w[:2] - self._planned[0])) < _REPLAN_M and turned < _REPLAN_RAD

    def _fits(self) -> bool:
        """Whether the hand is planned for where the object is now."""
        return self._as_planned(top_grasp(self._object.size, self._object.position_w, self._object.orientation_w))

    # ---- watching -------------------------------------------------------------------------------------------------

    def after_tick(self) -> None:
        """Also watch how far the object has been moved before the arm has it."""
        super().after_tick()
        thing = self._object
        if self.world.tick < 0:
            self._start = (thing.position_w.copy(), thing.orientation_w.copy())
            return
        self._seen.append((thing.position_w.copy(), thing.orientation_w.copy()))
        if self.driver_name == "replan" and self._controller.phase in ("approach", "descend"):
            self._look()
        self._tried |= self._controller.phase == "close" or self._watch.closed_s is not None
        if self._tried:
            return
        self.moved_m = float(np.linalg.norm(thing.position_w - self._start[0]))
        turn = multiply(conjugate(self._start[1]), thing.orientation_w)
        self.turned_rad = 2.0 * float(np.arccos(min(1.0, abs(float(turn[3])))))
        if self.moved_m > _BEGUN_M or self.turned_rad > _BEGUN_RAD:
            self._tell()

    def _tell(self) -> None:
        if "onset" not in self.phases:
            self.mark("onset")
            does = {"nudge": "pushes the object aside", "rotate": "turns the object", "steal": "takes the object away"}
            self.cause("disruption", f"a person {does[self.params.how]}", self._person.id)
            self.cause("target_moved", "the object no longer lies where the arm saw it", self._object.id)
            self.emit("target_moved", self._object.id, self._person.id, self.moved_m)

    def criticality(self) -> dict[str, float]:
        """Also how far the object is from where the controller plans to grasp it."""
        apart = float(np.linalg.norm(self._object.position_w[:2] - self._planned[0]))
        return super().criticality() | {"plan_error_m": apart, "moved_m": self.moved_m, "turned_rad": self.turned_rad}

    def measures(self) -> dict[str, float]:
        """Also how far the object was moved and turned, and how often the controller planned again."""
        return super().measures() | {
            "moved_m": self.moved_m, "turned_rad": self.turned_rad, "replans": float(self.replans),
        }  # fmt: skip

    def occurred(self) -> bool:
        """Whether the object was moved or turned by the person before the arm had it."""
        return self.moved_m > MOVED_M or self.turned_rad > TURNED_RAD

    def terminated(self) -> bool:
        """Also a second after a miss that the controller does not answer."""
        missed = self.happened("missed_grasp") and self.driver_name == "pick_place"
        return (missed and self.world.tick - self._first_tick["missed_grasp"] > TICK_HZ) or super().terminated()

    def outcome(self) -> str:
        """As of the base; regrasped where it was placed after a new plan, stolen where the person has it."""
        word = super().outcome()
        if self.placed and self.replans and word in ("placed", "missed_grasp"):
            return "regrasped"
        return "stolen" if self._taken and word in ("unfinished", "missed_grasp") else word
