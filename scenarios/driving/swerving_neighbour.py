"""A vehicle in the next lane drifts into the ego's lane and back (UN R157 scenarios 4.1_2 and 4.1_3).

Drifting in the same direction is 1.7 % of US crashes (typology 19). The neighbour runs a little ahead of the ego at
almost its speed, drifts over the line by half a cosine, stays, and returns: a driver who looks at a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.stages.motorway import LANE_M, motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_START_M, _CRUISE_S = 40.0, 1.5


@dataclass(frozen=True)
class SwervingNeighbourParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(16.0, 32.0), bounds=(5.0, 36.0), unit="m/s", doc="speed of the ego before it reacts"
    )
    relative_speed_mps: float = parameter(
        Uniform(-3.0, -0.5), bounds=(-8.0, 0.0), unit="m/s", doc="speed of the neighbour less that of the ego"
    )
    ahead_m: float = parameter(
        Uniform(0.0, 10.0),
        bounds=(-4.0, 40.0),
        unit="m",
        doc="from the ego's front to the neighbour's rear as it begins",
    )
    drift_m: float = parameter(
        Uniform(1.4, 2.6), bounds=(0.2, 3.5), unit="m", doc="how far it leaves the middle of its lane"
    )
    lateral_speed_mps: float = parameter(
        Uniform(0.4, 1.2), bounds=(0.2, 2.5), unit="m/s", doc="peak lateral speed of the drift"
    )
    hold_s: float = parameter(Uniform(0.5, 2.0), bounds=(0.0, 5.0), unit="s", doc="how long it stays there")
    kind: str = parameter(Choice(("hatchback", "sedan", "van", "box_truck", "bus")), doc="class of the neighbour")


@register("driving/swerving_neighbour")
class SwervingNeighbour(DrivingScenario):
    """A neighbour drifts over the line."""

    title: ClassVar[str] = "A vehicle in the next lane drifts over the line and back"
    source: ClassVar[str] = "UN Regulation No. 157, 4.1_2 and 4.1_3; NHTSA pre-crash type 19"
    tags: ClassVar[tuple[str, ...]] = ("D06", "family/drift", "r157/4.1", "nhtsa/19", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = SwervingNeighbourParams
    params: SwervingNeighbourParams
    _other: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The neighbour."""
        return self._other.actor

    def stage(self) -> Stage:
        """Long enough for the ego to drive through."""
        return motorway(rng=self.streams.rng("stage"), length_m=220.0 + 12.0 * self.params.ego_speed_mps)

    def build(self) -> World:
        """The ego in the middle lane, the neighbour ahead to its right, traffic behind and opposite."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        lanes = [lane.offset_m for lane in road.lanes if lane.direction > 0]
        self._lane_m = lanes[0]
        ego = self.add_ego(world, road.centre, s_m=_START_M, d_m=lanes[1], speed_mps=p.ego_speed_mps)
        speed = p.ego_speed_mps + p.relative_speed_mps
        length = VEHICLES[p.kind].size[0]
        ahead = p.ahead_m - p.relative_speed_mps * (_CRUISE_S + 0.25) + (ego.size[0] + length) / 2
        self._other = self.add_traffic(
            world, "neighbour", p.kind, road.centre, s_m=_START_M + ahead, d_m=lanes[0], speed_mps=speed
        )
        self._over = False
        world.control(self._watch_line)
        self._populate(world, lanes)
        return world

    def _watch_line(self) -> None:
        """Whether the flank of the neighbour is over the line between the lanes."""
        _, d = self.world.stage.road.centre.project(self._other.actor.position_w[:2])  # type: ignore[union-attr]
        self._over |= d + self._other.actor.size[1] / 2 > self._lane_m + LANE_M / 2

    def _populate(self, world: World, lanes: list[float]) -> None:
        road = world.stage.road
        assert road is not None
        rng, kinds = self.streams.rng("traffic"), ("hatchback", "sedan", "suv", "van")
        speed = self.params.ego_speed_mps
        slots = [
            (lanes[2], _START_M - 25.0, 1.02),
            (lanes[0], _START_M - 40.0, 0.94),
            (lanes[1], _START_M + 110.0, 1.05),
        ]
        for k, (d, s, pace) in enumerate(slots):
            kind = kinds[int(rng.integers(4))]
            s_m = max(s + float(rng.uniform(-5.0, 5.0)), 4.0)
            self.add_traffic(world, f"traffic_{k}", kind, road.centre, s_m=s_m, d_m=d, speed_mps=pace * speed)
        back = road.centre.reversed()
        for k, lane in enumerate(lane for lane in road.lanes if lane.direction < 0):
            s_m = back.length_m - 120.0 - 45.0 * k - float(rng.uniform(0.0, 25.0))
            kind = kinds[int(rng.integers(4))]
            self.add_traffic(world, f"oncoming_{k}", kind, back, s_m=s_m, d_m=-lane.offset_m, speed_mps=29.0)

    def script(self) -> Iterator[Condition]:
        """Drift, hold, return."""
        p, other = self.params, self._other
        yield lambda: self.world.time_s >= _CRUISE_S
        self.mark("onset")
        self.cause("inattention", "the driver beside does not look at the road", other.actor.id)
        self.cause("drift", f"it drifts {p.drift_m:.1f} m towards the ego's lane", other.actor.id)
        other.change_lane(self._lane_m + p.drift_m, p.lateral_speed_mps)
        yield lambda: not other.changing
        since = self.world.time_s
        yield lambda: self.world.time_s - since >= p.hold_s
        other.change_lane(self._lane_m, p.lateral_speed_mps)
        yield lambda: not other.changing or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def occurred(self) -> bool:
        """It really came over the line of the ego's lane: its flank beyond the middle between the two lanes."""
        return "onset" in self.phases and self._over
