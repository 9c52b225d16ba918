"""Cut-in: a slower vehicle in the next lane moves in front of the ego.

Logical ranges of UN Regulation No. 157 (ALKS), scenario 4.4_1, as encoded in the public ASAM set: ego 20-60 km/h,
relative speed -50 to -10 km/h, gap at the start of the lane change up to 60 m, lateral speed 0.5-3 m/s along half a
cosine. The lane change begins at the first tick at which the free space ahead of the ego is no longer than the gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...renderers.scene import Lamp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_APPROACH_S = 3.0
_WARNING_S = 1.0
_START_M = 60.0
_EGO_LANE = 1


@dataclass(frozen=True)
class CutInParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(9.0, 16.7), bounds=(5.5, 36.0), unit="m/s", doc="speed of the ego before it reacts"
    )
    relative_speed_mps: float = parameter(
        Uniform(-7.0, -2.8), bounds=(-14.0, -1.0), unit="m/s", doc="speed of the other less that of the ego"
    )
    gap_m: float = parameter(
        Uniform(6.0, 25.0), bounds=(1.0, 60.0), unit="m", doc="free space ahead of the ego when the lane change begins"
    )
    lateral_speed_mps: float = parameter(
        Uniform(0.8, 2.5), bounds=(0.5, 3.0), unit="m/s", doc="peak lateral speed of the lane change"
    )
    side: str = parameter(Choice(("left", "right")), doc="lane the other comes from")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "box_truck")), doc="class of the other vehicle")
    traffic: int = parameter(
        Choice(tuple(range(7)), (0,) * 6 + (1,)), doc="vehicles beside those two; fewer run faster"
    )


@register("driving/cut_in")
class CutIn(DrivingScenario):
    """A vehicle cuts in on a three-lane motorway."""

    title: ClassVar[str] = "A slower vehicle cuts in from the next lane"
    source: ClassVar[str] = "UN Regulation No. 157, cut-in; NHTSA pre-crash type 18"
    tags: ClassVar[tuple[str, ...]] = ("D04", "family/cut_in", "r157/4.4", "nhtsa/18", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = CutInParams
    params: CutInParams
    _other: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The vehicle that cuts in."""
        return self._other.actor

    def stage(self) -> Stage:
        """Long enough for the ego to drive through."""
        return motorway(rng=self.streams.rng("stage"), length_m=200.0 + 12.0 * self.params.ego_speed_mps)

    def build(self) -> World:
        """The ego in the middle lane, the other ahead beside it, and traffic around them."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        lanes = [lane.offset_m for lane in road.lanes if lane.direction > 0]
        self._lane_m = lanes[_EGO_LANE]
        other_lane = lanes[_EGO_LANE + (1 if p.side == "left" else -1)]
        ego = self.add_ego(world, road.centre, s_m=_START_M, d_m=self._lane_m, speed_mps=p.ego_speed_mps)
        speed = p.ego_speed_mps + p.relative_speed_mps
        ahead = p.gap_m - p.relative_speed_mps * (_APPROACH_S + 0.25) + ego.size[0] / 2
        self._other = self.add_traffic(
            world, "cutter", p.kind, road.centre, s_m=_START_M + ahead + 2.5, d_m=other_lane, speed_mps=max(speed, 0.5)
        )
        self._populate(world, lanes, other_lane)
        return world

    def _populate(self, world: World, lanes: list[float], taken_m: float) -> None:
        """Traffic that is never in the way: the free lane, and the other carriageway."""
        road = world.stage.road
        assert road is not None
        rng = self.streams.rng("traffic")
        kinds = ("hatchback", "sedan", "suv", "van", "box_truck")
        free = [d for d in lanes if d not in (self._lane_m, taken_m)]
        oncoming = [lane.offset_m for lane in road.lanes if lane.direction < 0]
        slots = [(free[0], _START_M + 14.0, 1), (free[0], _START_M - 16.0, 1), (taken_m, _START_M - 22.0, 1)]
        slots += [(d, _START_M + 70.0 + 55.0 * k, -1) for k, d in enumerate(oncoming)]
        for k, (d, s, direction) in enumerate(slots[: self.params.traffic]):
            kind = kinds[int(rng.integers(len(kinds)))]
            s_m, speed = s + float(rng.uniform(-4.0, 4.0)), self.params.ego_speed_mps * float(rng.uniform(0.94, 1.0))
            path = road.centre if direction > 0 else road.centre.reversed()
            if direction < 0:
                s_m, d, speed = path.length_m - s_m, -d, 1.6 * speed
            self.add_traffic(world, f"traffic_{k}", kind, path, s_m=s_m, d_m=d, speed_mps=speed)

    def script(self) -> Iterator[Condition]:
        """Signal, cut in, and leave."""
        p, other = self.params, self._other
        yield lambda: self.free_space_m() <= p.gap_m + _WARNING_S * (self.ego.speed_mps - other.actor.speed_mps)
        other.actor.indicators = Lamp.INDICATOR_RIGHT if p.side == "left" else Lamp.INDICATOR_LEFT
        yield lambda: self.free_space_m() <= p.gap_m
        self.mark("onset")
        slower = self.ego.speed_mps - other.actor.speed_mps
        self.cause("misjudged_gap", f"the other changes lane {self.free_space_m():.0f} m ahead", other.actor.id)
        self.cause("speed_difference", f"it is {slower:.1f} m/s slower than the ego", other.actor.id)
        other.change_lane(self._lane_m, p.lateral_speed_mps)
        started = self.world.time_s
        yield lambda: self.world.time_s - started > 3.0 and self.criticality()["ttc_s"] > 3.0
        other.actor.indicators = Lamp.NONE
        if "contact" not in self.phases:
            self.mark("escape")

    def free_space_m(self) -> float:
        """Clearance along the road between the ego's front and the other's rear."""
        road = self.world.stage.road
        assert road is not None
        s_ego, _ = road.centre.project(self.ego.position_w[:2])
        s_other, _ = road.centre.project(self._other.actor.position_w[:2])
        return s_other - s_ego - (self.ego.size[0] + self._other.actor.size[0]) / 2
