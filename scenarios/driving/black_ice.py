"""Black ice: a patch of road without grip, in a bend or where one has to brake; under one side of the car or both.

Friction of ice 0.05-0.15 (Bosch, Bohnenkamp and Noon tables). In a bend of radius R the car can hold at most
v^2 / R = mu g; at the default speeds dry asphalt carries it and ice does not. On a split surface only one half of the
lane is iced, and a braking car yaws towards the side with grip. In the braking variant the vehicle ahead brakes as soon
as it has crossed the ice, while the ego is still on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.path import Path
from ...sim.world.rigid_actor import StandingActor
from ...sim.world.stages.ice import ice_sheet, iced
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_START_M, _STRAIGHT_M, _LEAD_S = 40.0, 130.0, 1.0
_HALF_LANE_M = 1.875


@dataclass(frozen=True)
class BlackIceParams:
    """What is drawn for each episode."""

    zone: str = parameter(Choice(("bend", "braking")), doc="where the ice lies")
    split: str = parameter(
        Choice(("none", "left", "right"), (0.6, 0.2, 0.2)), doc="which half of the lane is iced; none is both"
    )
    friction: float = parameter(Uniform(0.05, 0.1), bounds=(0.02, 0.9), doc="peak tyre friction on the ice")
    patch_length_m: float = parameter(Uniform(50.0, 90.0), bounds=(2.0, 120.0), unit="m", doc="length of the patch")
    ego_speed_mps: float = parameter(
        Uniform(23.0, 29.0), bounds=(5.0, 36.0), unit="m/s", doc="speed of the ego before it reacts"
    )
    radius_m: float = parameter(Uniform(215.0, 260.0), bounds=(210.0, 2000.0), unit="m", doc="radius of the bend")
    lead_deceleration_mps2: float = parameter(
        Uniform(6.0, 8.5), bounds=(1.0, 9.0), unit="m/s^2", doc="how hard the vehicle ahead brakes in the braking zone"
    )


@register("driving/black_ice")
class BlackIce(DrivingScenario):
    """A patch of black ice on a motorway."""

    title: ClassVar[str] = "A patch of black ice in a bend or a braking zone"
    source: ClassVar[str] = "NHTSA pre-crash types 2-3 (control loss); friction after Bosch and Noon"
    tags: ClassVar[tuple[str, ...]] = ("D29", "family/loss_of_control", "nhtsa/2", "nhtsa/3", "level/domain")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = BlackIceParams
    params: BlackIceParams
    _ahead: LaneKeeper | None

    @property
    def hazard(self) -> Actor:
        """The sheet of ice."""
        return self._ice

    def stage(self) -> Stage:
        """A straight, then the bend; the ice lies 15 m into the bend, or on the straight."""
        p = self.params
        bends = [(_STRAIGHT_M, 0.0), (220.0, 1.0 / p.radius_m), (60.0, 0.0)]
        path = Path.from_segments(bends if p.zone == "bend" else [(_STRAIGHT_M + 280.0, 0.0)])
        stage = motorway(rng=self.streams.rng("stage"), path=path)
        assert stage.road is not None
        self._lane_m = min(lane.offset_m for lane in stage.road.lanes if lane.direction > 0)
        s0 = _STRAIGHT_M + (15.0 if p.zone == "bend" else 0.0)
        self._ice_s = (s0, s0 + p.patch_length_m)
        low = self._lane_m - (_HALF_LANE_M if p.split != "left" else 0.0)
        high = self._lane_m + (_HALF_LANE_M if p.split != "right" else 0.0)
        self._ice_d = (low, high)
        return iced(stage, s_m=self._ice_s, d_m=self._ice_d, friction=p.friction)

    def build(self) -> World:
        """The ego in the right lane, the ice, other traffic, and in the braking zone a vehicle ahead."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        self.add_ego(world, road.centre, s_m=_START_M, d_m=self._lane_m, speed_mps=p.ego_speed_mps)
        asset, position, orientation = ice_sheet(road.centre, s_m=self._ice_s, d_m=self._ice_d)
        self._ice = StandingActor("ice", asset, None, position, orientation)
        world.add(self._ice)
        self._ahead = None
        if p.zone == "braking":
            self._ahead = self.add_traffic(
                world, "lead", "sedan", road.centre, s_m=_START_M + _LEAD_S * p.ego_speed_mps + 6.5, d_m=self._lane_m,
                speed_mps=p.ego_speed_mps,
            )  # fmt: skip
        self._populate(world)
        return world

    def _populate(self, world: World) -> None:
        """Traffic in the other lanes and on the other carriageway, well clear of the iced lane."""
        road = world.stage.road
        assert road is not None
        rng = self.streams.rng("traffic")
        kinds = ("hatchback", "sedan", "suv", "van", "box_truck")
        left = max(lane.offset_m for lane in road.lanes if lane.direction > 0)
        slots = [(left, _START_M + 45.0, 1.0), (left, _START_M + 100.0, 1.0)]
        slots += [(lane.offset_m, 330.0 - 45.0 * k, -1.0) for k, lane in enumerate(road.lanes) if lane.direction < 0]
        for k, (d, s, direction) in enumerate(slots):
            kind = kinds[int(rng.integers(len(kinds)))]
            s, speed = s + float(rng.uniform(-8.0, 8.0)), float(rng.uniform(21.0, 26.0))
            path = road.centre if direction > 0 else road.centre.reversed()
            if direction < 0:
                s, d = path.length_m - s, -d
            self.add_traffic(world, f"traffic_{k}", kind, path, s_m=s, d_m=d, speed_mps=speed)

    def script(self) -> Iterator[Condition]:
        """Onto the ice, and off it again."""
        p, lead = self.params, self._ahead
        if lead is not None:
            # it has grip again, the ego has not
            yield lambda: self._along_m(lead.actor) - lead.actor.size[0] / 2 >= self._ice_s[1]
            lead.acceleration_mps2 = -p.lead_deceleration_mps2
        yield lambda: self._along_m() + self.ego.size[0] / 2 >= self._ice_s[0]
        self.mark("onset")
        side = "" if p.split == "none" else f" under its {p.split} wheels"
        self.cause("low_friction", f"the ego comes onto ice of friction {p.friction:.2f}{side}", self._ice.id)
        if lead is not None:
            self.cause("hard_braking", "the vehicle ahead, past the ice, brakes", lead.actor.id)
        yield lambda: self._along_m() - self.ego.size[0] / 2 > self._ice_s[1] or self.ego.speed_mps < 0.3
        started = self.world.time_s
        yield lambda: self.world.time_s - started > 1.5 and self.criticality()["ttc_s"] > 4.0
        if "contact" not in self.phases and not self.watch.sliding:
            self.mark("escape")

    def _along_m(self, actor: Actor | None = None) -> float:
        """Distance along the road of an actor, or of the ego."""
        road = self.world.stage.road
        assert road is not None
        return road.centre.project((actor or self.ego).position_w[:2])[0]
