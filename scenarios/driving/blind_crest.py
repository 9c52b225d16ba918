"""A vehicle stands right behind a crest of a country road, where nobody sees it until late.

Over a crest of radius R a driver sees S = sqrt(2 R) (sqrt(h_eye) + sqrt(h_object)); how far that is here is worked out
on the ground itself (`sim/world/sight.py`) and recorded as a cause. Reference drivers see a vehicle from the moment the
line from the eye to three quarters of its height clears the ground; nearer to the top than sqrt(2 R h_object) it would
stand on the skyline. Rural roads have such crests: see `alignment`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.cast import CARS
from ...sim.episode.driving.limited_sight import LimitedSight
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.alignment import Crest
from ...sim.world.sight import sight_distance, visible
from ...sim.world.stages.country import country_road
from ...sim.world.stages.stage import Stage
from ...sim.world.vehicle_actor import VehicleActor
from ...sim.world.world import World

_START_M, _APPROACH_S = 60.0, 5.5
_GRADE, _SEEN_SHARE = 0.07, 0.75
_RANGE_M = 260.0


@dataclass(frozen=True)
class BlindCrestParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(17.0, 26.0), bounds=(8.0, 33.4), unit="m/s", doc="speed of the ego before it reacts"
    )
    radius_m: float = parameter(
        Uniform(300.0, 600.0), bounds=(200.0, 3000.0), unit="m", doc="radius of the crest; old roads down to 500"
    )
    beyond_m: float = parameter(
        Uniform(45.0, 80.0), bounds=(0.0, 120.0), unit="m", doc="from the top to the rear of the standing vehicle"
    )
    queue: str = parameter(Choice(("alone", "queue")), doc="whether it stands alone or is the last of three")
    warns: str = parameter(Choice(("hazard_lights", "none")), doc="whether it warns")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "motorcycle")), doc="what stands there")


@register("driving/blind_crest")
class BlindCrest(LimitedSight):
    """Hidden by the road itself."""

    title: ClassVar[str] = "A vehicle stands right behind a crest"
    source: ClassVar[str] = "NHTSA pre-crash type 26; crests after the German RAL"
    tags: ClassVar[tuple[str, ...]] = ("D35", "family/rear_end", "family/occlusion", "nhtsa/26", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = BlindCrestParams
    params: BlindCrestParams
    _standing: VehicleActor

    @property
    def hazard(self) -> Actor:
        """What stands there."""
        return self._standing

    @property
    def top_m(self) -> float:
        """Where the top of the crest is along the road."""
        p = self.params
        return _START_M + max(_APPROACH_S * p.ego_speed_mps - p.beyond_m, 60.0)

    def stage(self) -> Stage:
        """A straight road over a hill that is just high enough for its crest."""
        p = self.params
        height = max(4.0, 1.3 * p.radius_m * _GRADE**2 / 2.0)
        crest = Crest(self.top_m, p.radius_m, _GRADE, height)
        length = self.top_m + p.beyond_m + 220.0
        return country_road(rng=self.streams.rng("stage"), length_m=length, crest=crest, crossfall=0.025)

    def build(self) -> World:
        """The ego, what stands behind the crest, and somebody who comes the other way."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        self._lane_m = next(lane.offset_m for lane in road.lanes if lane.direction > 0)
        speed = p.ego_speed_mps
        self.add_ego(world, road.centre, s_m=_START_M - 0.25 * speed, d_m=self._lane_m, speed_mps=speed)
        at = self.top_m + p.beyond_m + VEHICLES[p.kind].size[0] / 2
        kinds = [p.kind, *(CARS[int(k)] for k in rng.integers(len(CARS), size=2))]
        for k, kind in enumerate(kinds[: 3 if p.queue == "queue" else 1]):
            keeper = self.add_traffic(
                world, "standing" if k == 0 else f"queue_{k}", kind, road.centre, s_m=at + 8.0 * k, d_m=self._lane_m,
                speed_mps=0.0,
            )  # fmt: skip
            keeper.acceleration_mps2 = -3.0
            if k == 0:
                keeper.warns, self._standing = p.warns == "hazard_lights", keeper.actor
        back = road.centre.reversed()
        for k, early in enumerate((float(rng.uniform(0.5, 1.5)), float(rng.uniform(3.5, 5.5)))):
            kind = CARS[int(rng.integers(len(CARS)))]
            s_m = max(back.length_m - at - early * 20.0 - 30.0 * k, 5.0)
            self.add_traffic(
                world, f"oncoming_{k}", kind, back, s_m=s_m, d_m=self._lane_m, speed_mps=20.0, follows=True
            )
        self.add_traffic(
            world, "behind", kinds[-1], road.centre, s_m=8.0, d_m=self._lane_m, speed_mps=0.8 * speed, follows=True
        )
        return world

    def sees(self, other: Actor) -> bool:
        """Not through the hill."""
        road, ground = self.road.centre, self.world.stage.ground
        s, d = road.project(self.ego.position_w[:2])
        ahead = road.project(other.position_w[:2])[0] - s
        if ahead > _RANGE_M:
            return False
        if ahead > 5.0:
            _, clear = visible(ground, road, s, d, reach_m=ahead, object_m=_SEEN_SHARE * other.size[2])
            if not clear[-1]:
                return False
        return super().sees(other)

    def script(self) -> Iterator[Condition]:
        """The ego comes up the hill."""
        p, standing, ego = self.params, self._standing, self.ego
        yield lambda: self.hazard_gap_m() <= 5.0 * max(ego.speed_mps, 1.0)
        self.mark("onset")
        s, d = self.road.centre.project(ego.position_w[:2])
        reach = sight_distance(
            self.world.stage.ground, self.road.centre, s, d, object_m=_SEEN_SHARE * standing.size[2], reach_m=_RANGE_M
        )
        self.emit("sight_distance", ego.id, standing.id, value=reach)
        self.cause("blind_crest", f"the crest ends the view after {reach:.0f} m", ego.id)
        self.cause("standing_vehicle", f"a {p.kind} stands {p.beyond_m:.0f} m beyond its top", standing.id)
        yield from self.until_settled()

    def occurred(self) -> bool:
        """The crest hid it when the event began."""
        return "onset" in self.phases and ("first_sight" in {event.kind for event in self.events})
