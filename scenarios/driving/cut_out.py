"""The vehicle ahead swerves out of the lane and reveals one that stands there (UN R157 scenario 4.5).

Ranges of the public UN R157 set: ego to 60 km/h (here also motorway speed), 10-100 m from the leaving vehicle to the
standing one, lateral speed 0.5-3 m/s, following with the headway of the regulation's table or more. The lead leaves
just in time: a draw in which it would not get past the standing vehicle is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import ClassVar

from ...renderers.scene import Lamp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.param_space import Constraint
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.stages.motorway import LANE_M, motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_START_M, _CRUISE_S = 40.0, 2.5


def _shift_s(lateral_speed_mps: float) -> float:
    """How long a change of lane takes."""
    return pi * LANE_M / (2.0 * lateral_speed_mps)


@dataclass(frozen=True)
class CutOutParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(10.0, 28.0), bounds=(4.0, 36.0), unit="m/s", doc="speed of the ego and of the vehicle ahead"
    )
    headway_s: float = parameter(
        Uniform(1.0, 1.8), bounds=(0.6, 3.0), unit="s", doc="time gap to the vehicle ahead; R157 1.0-1.6"
    )
    reveal_m: float = parameter(
        Uniform(15.0, 60.0),
        bounds=(8.0, 120.0),
        unit="m",
        doc="from the lead's front to the standing vehicle as it swerves",
    )
    lateral_speed_mps: float = parameter(
        Uniform(1.5, 3.0), bounds=(0.5, 4.0), unit="m/s", doc="peak lateral speed of the lead"
    )
    lead_kind: str = parameter(Choice(("van", "suv", "box_truck", "sedan")), doc="what drives ahead and hides the rest")
    kind: str = parameter(Choice(("hatchback", "sedan", "van", "motorcycle", "box_truck")), doc="what stands there")

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint(
            "reveal_m >= the way of the lead in 0.6 of its lane change",
            lambda p: p.reveal_m >= 0.6 * _shift_s(p.lateral_speed_mps) * p.ego_speed_mps,
        ),
    )


@register("driving/cut_out")
class CutOut(DrivingScenario):
    """A lead that leaves reveals a standing vehicle."""

    title: ClassVar[str] = "The vehicle ahead swerves away and reveals a standing one"
    source: ClassVar[str] = "UN Regulation No. 157, cut-out (4.5); NHTSA pre-crash type 22"
    tags: ClassVar[tuple[str, ...]] = ("D05", "family/cut_out", "r157/4.5", "nhtsa/22", "level/scenario")
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = CutOutParams
    params: CutOutParams
    _lead_keeper: LaneKeeper
    _standing: Actor

    @property
    def hazard(self) -> Actor:
        """The standing vehicle."""
        return self._standing

    def stage(self) -> Stage:
        """Long enough for the ego to drive through."""
        return motorway(rng=self.streams.rng("stage"), length_m=220.0 + 11.0 * self.params.ego_speed_mps)

    def build(self) -> World:
        """The ego behind the lead in the right lane, the standing vehicle ahead of both, traffic elsewhere."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        lanes = [lane.offset_m for lane in road.lanes if lane.direction > 0]
        self._left_m = lanes[1]
        speed = p.ego_speed_mps
        ego = self.add_ego(world, road.centre, s_m=_START_M, d_m=lanes[0], speed_mps=speed)
        lead_size = VEHICLES[p.lead_kind].size[0]
        lead_s = _START_M + ego.size[0] / 2 + p.headway_s * speed + lead_size / 2
        self._lead_keeper = self.add_traffic(
            world, "lead", p.lead_kind, road.centre, s_m=lead_s, d_m=lanes[0], speed_mps=speed
        )
        size = VEHICLES[p.kind].size[0]
        self._object_s = lead_s + lead_size / 2 + (_CRUISE_S + 0.25) * speed + p.reveal_m + size / 2
        standing = self.add_traffic(
            world, "standing", p.kind, road.centre, s_m=self._object_s, d_m=lanes[0], speed_mps=0.0
        )
        standing.acceleration_mps2, standing.warns = -3.0, True
        self._standing = standing.actor
        self._populate(world, lanes)
        return world

    def _populate(self, world: World, lanes: list[float]) -> None:
        """Faster traffic in the left lane and some on the other carriageway."""
        road = world.stage.road
        assert road is not None
        rng, kinds, speed = self.streams.rng("traffic"), ("hatchback", "sedan", "suv", "van"), self.params.ego_speed_mps
        for k, s in enumerate((15.0, 95.0)):
            kind = kinds[int(rng.integers(4))]
            s_m = s + float(rng.uniform(-8.0, 8.0))
            self.add_traffic(world, f"traffic_{k}", kind, road.centre, s_m=s_m, d_m=lanes[2], speed_mps=1.1 * speed)
        back = road.centre.reversed()
        for k, lane in enumerate(lane for lane in road.lanes if lane.direction < 0):
            s_m = back.length_m - 120.0 - 45.0 * k - float(rng.uniform(0.0, 25.0))
            kind = kinds[int(rng.integers(4))]
            self.add_traffic(world, f"oncoming_{k}", kind, back, s_m=s_m, d_m=-lane.offset_m, speed_mps=29.0)

    def _lead_gap_m(self) -> float:
        """From the lead's front to the standing vehicle's rear."""
        lead = self._lead_keeper
        return self._object_s - self._standing.size[0] / 2 - lead.s_m - lead.actor.size[0] / 2

    def script(self) -> Iterator[Condition]:
        """The lead signals and swerves; the ego has to deal with what it sees."""
        p, lead = self.params, self._lead_keeper
        yield lambda: self._lead_gap_m() <= p.reveal_m
        self.mark("onset")
        self.cause("hidden_by_lead", f"the {p.lead_kind.replace('_', ' ')} ahead hides the road", lead.actor.id)
        self.cause("standing_vehicle", f"a {p.kind.replace('_', ' ')} stands in the lane", self._standing.id)
        self.cause("late_swerve", f"the vehicle ahead swerves {p.reveal_m:.0f} m before it", lead.actor.id)
        lead.actor.indicators = Lamp.INDICATOR_LEFT
        lead.change_lane(self._left_m, p.lateral_speed_mps)
        yield lambda: not lead.changing
        lead.actor.indicators = Lamp.NONE
        yield lambda: self.ego.speed_mps < 0.3 or "contact" in self.phases or self._passed()
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def _passed(self) -> bool:
        s, _ = self.road.centre.project(self.ego.position_w[:2])
        return s > self._object_s + 8.0

    def occurred(self) -> bool:
        """The lead has left the lane and not hit anything."""
        swerved = "onset" in self.phases and not self._lead_keeper.changing
        hit = any(
            event.kind == "contact" and self._lead_keeper.actor.id in (event.actor, event.other)
            and self.ego.id not in (event.actor, event.other)
            for event in self.events
        )  # fmt: skip
        return ("contact" in self.phases or swerved) and not hit
