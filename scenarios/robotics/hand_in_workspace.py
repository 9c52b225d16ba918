"""A person reaches through the opening of a robot cell into the way of the arm.

The light curtain is muted; the person steps up to the table and puts a hand, or the whole forearm, where the arm is
about to carry something. The driver `pick_place` does not look. The driver `ssm` monitors speed and separation: it
slows down and stands as the protective distance S_p demands (see `control.separation`). Contact is a spring of the body
region between arm and person; its peak force is compared with a limit from a named preset (`physics.body_regions`),
because open tables disagree. Sources: power and force limiting and speed and separation monitoring of the technical
specification on collaborative robots; hand speeds of 1.6 to 2 m/s as its design values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import radians, tan
from typing import Any, ClassVar

import numpy as np

from ...sim.control.pick_place import ToolCommand
from ...sim.control.separation import Monitor, PacedReference, Separation
from ...sim.episode.cell_person import FAR_M, SIDE_VIEW, STAND_M, add_operator, separation_m
from ...sim.episode.cell_scenario import PAD_DEPTH_M, CellScenario
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation.table import add_bystanders
from ...sim.episode.scenario import Condition, register
from ...sim.physics.arm import ArmState
from ...sim.physics.body_regions import force_limit_n, region_of
from ...sim.physics.client import TICK_HZ, TICK_S
from ...sim.physics.contacts import Contact
from ...sim.world.actor import Actor
from ...sim.world.assets.objects import build_object
from ...sim.world.operator_actor import OperatorActor
from ...sim.world.stages.cell import TABLE_X
from ...sim.world.world import CONTROL_TICKS, World

_STEPS = 2
_HAND_BEYOND_ELBOW = 0.6
_FOREARM_M = 0.17
"""From the middle of the hand back to the middle of the forearm."""
_DWELL_S = 0.7
_AFTERMATH_S = 0.5
_LATEST_S = 6.0
_MOVING_MPS = 0.05


@dataclass(frozen=True)
class HandInWorkspaceParams:
    """What is drawn for each episode."""

    body_part: str = parameter(Choice(("hand", "forearm")), doc="what is put into the arm's way")
    hand_speed_mps: float = parameter(
        Uniform(0.9, 2.0), bounds=(0.2, 2.5), unit="m/s", doc="peak speed of the reaching hand"
    )
    angle_deg: float = parameter(
        Uniform(-30.0, 30.0), bounds=(-40.0, 40.0), unit="deg", doc="direction of the reach, 0 is straight across"
    )
    aim_share: float = parameter(
        Uniform(0.35, 0.75), bounds=(0.1, 0.95), doc="where on the way from pick to place the hand goes, as a share"
    )
    aim_height_m: float = parameter(
        Uniform(0.0, 0.10), bounds=(-0.05, 0.3), unit="m", doc="height of the hand over the way of the tool point"
    )
    lead_s: float = parameter(
        Uniform(-0.4, 0.3), bounds=(-1.0, 1.5), unit="s", doc="how long the hand is there before the arm comes"
    )
    carry_mps: float = parameter(Uniform(0.4, 0.9), bounds=(0.1, 1.2), unit="m/s", doc="peak speed of the arm's tool")
    stature_m: float = parameter(Uniform(1.62, 1.90), bounds=(1.5, 2.0), unit="m", doc="body height of the person")
    hand_side: str = parameter(Choice(("l", "r")), doc="left or right hand")
    force_limits: str = parameter(
        Choice(("standard_recalled", "open_body_model")), doc="preset of the force limits that contacts are held to"
    )
    y_m: float = parameter(Uniform(-0.12, 0.12), bounds=(-0.2, 0.2), unit="m", doc="place of the object on the table")


@register("robotics/hand_in_workspace")
class HandInWorkspace(CellScenario):
    """A person's hand enters the workspace of an arm that carries something."""

    title: ClassVar[str] = "A person reaches into the workspace while the arm carries something"
    source: ClassVar[str] = "speed and separation monitoring and power and force limiting for collaborative robots"
    tags: ClassVar[tuple[str, ...]] = ("R11", "family/human_robot", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    drivers: ClassVar[tuple[str, ...]] = ("pick_place", "ssm")
    troubles: ClassVar[Mapping[str, str]] = {
        "over_limit": "collision",
        "collision": "collision",
        "drop": "collision",
        "too_near": "near_miss",
        "missed_grasp": "near_miss",
        "slip": "near_miss",
    }
    fatal: ClassVar[frozenset[str]] = frozenset({"collision", "drop"})
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        **CellScenario.views,
        "camera": SIDE_VIEW,
        "onlooker": SIDE_VIEW,
    }
    Params: ClassVar[type] = HandInWorkspaceParams
    params: HandInWorkspaceParams

    @property
    def hazard(self) -> Actor:  # type: ignore[override]
        """The person."""
        return self._person

    def build(self) -> World:
        """The cell, the arm, an object to carry across, things lying around, and the person outside."""
        p = self.params
        world = self.new_cell()
        rng = self.streams.rng("object")
        kind = ("soup_can", "sugar_box", "cracker_box", "bottle")[int(rng.integers(4))]
        asset = build_object(kind, rng=self.streams.rng("assets/object"))
        x, yaw = float(rng.uniform(0.46, 0.56)), float(rng.uniform(-0.5, 0.5))
        target = self.carry(world, asset, xy=(x, p.y_m), yaw=yaw, speed_mps=p.carry_mps)
        height = float(target.position_w[2]) + asset.size[2] / 2 - PAD_DEPTH_M
        self._aim(np.array([x, p.y_m, height]), self._place_w)
        add_bystanders(self, world, clear_of=[(x, p.y_m), self._point])
        self._person = self._add_person(world)
        self._watch_person(world)
        return world

    def _aim(self, grasp: np.ndarray, place: np.ndarray) -> None:
        """Where the hand goes, and when after the lift the tool gets there."""
        p, config = self.params, self._config
        up = np.array([0.0, 0.0, config.clearance_m])
        self._point = grasp + up + p.aim_share * (place - grasp) + np.array([0.0, 0.0, p.aim_height_m])
        if p.body_part == "forearm":
            slope = tan(radians(p.angle_deg))
            self._point = self._point + _FOREARM_M * np.array([-1.0, -slope, -0.25]) / np.hypot(1.0, slope)
        u = np.linspace(0.0, 1.0, 101)
        meets = float(np.interp(p.aim_share, u**3 * (10.0 - 15.0 * u + 6.0 * u * u), u))
        lift = 1.875 * config.clearance_m / (2.0 * config.fine_speed_mps)
        carry = 1.875 * float(np.linalg.norm(place - grasp)) / config.speed_mps
        self._meets_s = lift + meets * carry

    def _add_person(self, world: World) -> OperatorActor:
        p = self.params
        shoulder = (0.118 if p.hand_side == "l" else -0.118) * p.stature_m
        away = TABLE_X[1] + STAND_M - float(self._point[0])
        # facing -x, the left hand is on the side of -y
        y = float(self._point[1]) + tan(radians(p.angle_deg)) * away + shoulder
        return add_operator(
            world,
            y_m=min(max(y, -0.8), 0.8),
            steps=_STEPS,
            side=p.hand_side,
            stature_m=p.stature_m,
            rng=self.streams.rng,
        )

    def _watch_person(self, world: World) -> None:
        self._constants = Separation()
        self._separation_m, self._hand_mps, self._ratio = np.inf, 0.0, 0.0
        self._least_m = FAR_M
        self._last_hand = self._person.walker.hand_w
        self._touched: Contact | None = None
        self._reached = False
        self._left_s: float | None = None
        self._monitor = Monitor(self._constants, self._config.speed_mps, period_s=CONTROL_TICKS * TICK_S)
        slope = self._config.speed_mps / self._constants.stopping_s / self._config.speed_mps
        self._paced = PacedReference(self._controller.step, tick_s=TICK_S, slope_per_s=slope)

    # ---- acting ---------------------------------------------------------------------------------------------------

    def reference(self, reading: ArmState) -> ToolCommand:
        """The controller's command, at the pace that monitoring allows."""
        return self._paced(reading, self._monitor.wanted if self.driver_name == "ssm" else 1.0)

    def script(self) -> Iterator[Condition]:
        """The person steps up as the hand closes, and reaches so as to meet the arm on its way."""
        p, person, world = self.params, self._person.walker, self.world
        yield lambda: self._controller.phase in ("descend", "close", "lift") or world.time_s > _LATEST_S - 2.0
        person.walk(_STEPS)
        self.cause("muted_curtain", "the light curtain is muted, so a person can step up to the table", self._person.id)
        yield lambda: not person.walking
        person.reach(person.ready_point(), 1.2)
        yield lambda: self._controller.phase in ("lift", "move") or world.time_s > _LATEST_S
        lift_s = world.time_s
        takes_s = 1.875 * float(np.linalg.norm(self._point - person.ready_point())) / p.hand_speed_mps
        start_s = lift_s + self._meets_s - p.lead_s - takes_s
        yield lambda: not person.moving_hand and (world.time_s >= start_s or world.time_s > _LATEST_S + 2.0)
        self.mark("onset")
        self.cause("reach_in", f"the person puts a {p.body_part} where the arm is about to pass", self._person.id)
        person.reach(self._point, p.hand_speed_mps)
        yield lambda: not person.moving_hand
        self._reached = True
        until_s = world.time_s + max(p.lead_s, 0.0) + _DWELL_S
        yield lambda: world.time_s > until_s or person.yielding
        if not person.yielding:
            person.reach(person.ready_point(), 1.2)
        yield lambda: not person.moving_hand
        self._left_s = world.time_s
        yield lambda: self._gone
        if "contact" not in self.phases and not self.happened("drop"):
            self.mark("escape")

    # ---- watching -------------------------------------------------------------------------------------------------

    def after_tick(self) -> None:
        """Also measure the separation, at the rate of the controllers."""
        super().after_tick()
        if self.world.tick % CONTROL_TICKS == 0:
            self._measure()

    def _measure(self) -> None:
        hand = self._person.walker.hand_w
        self._hand_mps = float(np.linalg.norm(hand - self._last_hand)) / (CONTROL_TICKS * TICK_S)
        self._last_hand = hand
        self._separation_m = separation_m(self.world, self._arm.arm.body, self._person.walker.body)
        self._least_m = min(self._least_m, self._separation_m)
        self._monitor.see(self._separation_m)
        if "onset" not in self.phases:
            return
        speed = self._robot_mps()
        if speed > _MOVING_MPS:
            protective = self._constants.protective_m(speed, self._separation_m)
            if self._separation_m < protective and not self.happened("too_near"):
                self.trouble("too_near", protective - self._separation_m, actor=self._arm.id, other=self._person.id)
                self.cause("protective_distance", "the arm moves on within the protective distance", self._arm.id)
            stops_in = speed * (self._constants.reaction_s + 0.5 * self._constants.stopping_s)
            if self._separation_m < stops_in:
                self.mark("last_avoidable")

    def _robot_mps(self) -> float:
        arm = self._arm.arm
        return float(np.linalg.norm(arm.tool_velocity()))

    def on_touch(self, contact: Contact) -> None:
        """A blow to the person is the contact; whatever else is touched is told as by the base."""
        pair = {contact.actor_a, contact.actor_b}
        if self._person.name in pair and self._touched is None and self.unwanted(contact):
            self._touched = contact
            self.mark("onset")
            region = self._region(contact)
            moving = self._robot_mps() > _MOVING_MPS
            text = f"the arm strikes the person's {region}" if moving else f"the {region} runs into the standing arm"
            self.cause("blow", text, self._arm.id if moving else self._person.id)
        super().on_touch(contact)

    def measures(self) -> dict[str, float]:
        """Also the least separation, and the peak force of an unwanted touch, alone and over its limit."""
        return super().measures() | {
            "least_separation_m": self._least_m,
            "peak_force_n": self.peak_force_n,
            "force_over_limit": self._ratio,
        }

    def _region(self, contact: Contact) -> str:
        """The body region that was struck; the far end of a forearm is the hand."""
        own = contact.actor_a == self._person.name
        link = contact.link_a if own else contact.link_b
        region = region_of(link)
        if region != "forearm":
            return region
        walker = self._person.walker
        elbow = walker.segment_poses()[0][[s.name for s in walker.segments].index(link)]
        length = next(s.length_m for s in walker.segments if s.name == link)
        away = float(np.linalg.norm(np.array(contact.position_w) - elbow))
        return "hand" if away > _HAND_BEYOND_ELBOW * length else "forearm"

    def on_trouble(self, kind: str, value: float) -> None:
        """Hold the force of a blow against the limit of its region."""
        if kind != "collision" or self._touched is None:
            super().on_trouble(kind, value)
            return
        region, preset = self._region(self._touched), self.params.force_limits
        limit = force_limit_n(preset, region, transient=True)
        self._ratio = max(self._ratio, value / limit)
        detail = {"region": region, "preset": preset, "limit_n": limit, "peak_force_n": round(value, 3)}
        who, text = (self._arm.id, self._person.id), json.dumps(detail)
        if value > limit:
            self.trouble("over_limit", value / limit, actor=who[0], other=who[1], detail=text)
        else:
            self.emit("within_limit", *who, value / limit, text)

    def criticality(self) -> dict[str, float]:
        """Separation of arm and person against the protective distance, speeds, force over its limit."""
        speed = self._robot_mps()
        protective = self._constants.protective_m(speed, self._separation_m)
        return super().criticality() | {
            "separation_m": self._separation_m,
            "protective_distance_m": protective,
            "separation_margin_m": self._separation_m - protective,
            "robot_speed_mps": speed,
            "hand_speed_mps": self._hand_mps,
            "force_over_limit": self._ratio,
        }

    def occurred(self) -> bool:
        """Whether the hand got to where it was to go, or met the arm before."""
        return self._reached or "contact" in self.phases

    def harm(self) -> float:
        """Peak force of a blow to the person over the limit of the region; a drop as by the base."""
        return super().harm() if self._touched is None else max(self._ratio, 0.01)

    @property
    def _gone(self) -> bool:
        """Whether the person drew back half a second ago."""
        return self._left_s is not None and self.world.tick >= (self._left_s + _AFTERMATH_S) * TICK_HZ

    def terminated(self) -> bool:
        """A second after a blow or a drop, or half a second after the person has drawn back."""
        return self._gone or super().terminated()

    def outcome(self) -> str:
        """The worst trouble, or avoided once the person has drawn back unhurt."""
        word = super().outcome()
        return "avoided" if word in ("placed", "unfinished") and self._gone else word
