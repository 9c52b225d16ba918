"""At a crossing of two streets: the ego on a route through it, others on theirs, and where and when they meet.

The point of meeting follows the placement rule of `crossing`: counted from the side the other comes from, it hits the
ego's front at H = w (impact share) - w / 2. Routes are driving lines of the stage, "south/left" and the like; the ego
always enters by the southern arm.
"""

from __future__ import annotations

from functools import partial
from math import pi
from typing import ClassVar

import numpy as np

from ...control.signals import SignalPlan, two_phases
from ...world.path import Path
from ...world.person_actor import PersonActor
from ...world.signal_actor import SignalController, add_signals
from ...world.stages.intersection import intersection
from ...world.stages.layout import Conflict, conflict
from ...world.stages.stage import Stage
from ...world.world import World
from .cast import CARS
from .keeper import LaneKeeper
from .people import WaryPedestrian, arrival_s
from .rendezvous import Rendezvous
from .scenario import DrivingScenario

EGO_SIZE_M = (4.358, 1.815)
_RUN_UP_S = 0.25
_LEAST_S_M = 3.0


class AtJunction(DrivingScenario):
    """Abstract: a drive through a four-arm junction.

    Subclasses set `control` and `way`, have a parameter `ego_speed_mps`, and call `cast_ego` first in `build`.
    """

    control: ClassVar[str] = "priority"
    way: ClassVar[str] = "straight"
    approach_s: ClassVar[float] = 6.0
    arm_m: ClassVar[float] = 120.0
    lights: SignalController | None = None

    def stage(self) -> Stage:
        """The crossing."""
        return intersection(rng=self.streams.rng("stage"), control=self.control, arm_m=self.arm_m)

    def route(self, name: str) -> Path:
        """A driving line of the stage."""
        return self.world_stage.routes[name]

    def ego_route(self) -> Path:
        """The ego's line."""
        return self.route(f"south/{self.way}")

    def new_world(self) -> World:
        """See `RoadCast`; keeps the stage at hand while the world is built."""
        world = super().new_world()
        self.world_stage = world.stage
        return world

    def cast_ego(self, world: World, meets_m: float) -> None:
        """The ego on its route, so that its front is at `meets_m` along it after `approach_s`, or as early as fits."""
        speed = float(self.params.ego_speed_mps)
        front = meets_m - EGO_SIZE_M[0] / 2
        start = max(front - self.approach_s * speed, _LEAST_S_M + _RUN_UP_S * speed)
        self.meets_m = meets_m
        self.meets_s = (front - start) / speed
        self.add_ego(world, self.ego_route(), s_m=start - _RUN_UP_S * speed, d_m=0.0, speed_mps=speed)

    def ego_s_m(self) -> float:
        """How far the ego is along its route."""
        return self._ego_path.project(self.ego.position_w[:2])[0]

    def arrival_s(self) -> float:
        """Time until the ego's front is at the place of meeting, at its present speed."""
        return (self.meets_m - self.ego_s_m() - self.ego.size[0] / 2) / max(self.ego.speed_mps, 0.1)

    def hit_m(self) -> float:
        """The encoded point on the ego's front, from its middle away from the side the other comes from."""
        return EGO_SIZE_M[1] * (float(getattr(self.params, "impact_share", 0.5)) - 0.5)

    def add_meeting(
        self, world: World, name: str, kind: str, route: str, *, speed_mps: float, reference_offset_m: float = 0.0,
        steady_m: float = 12.0, late_s: float = 0.0,
    ) -> tuple[LaneKeeper, Rendezvous]:  # fmt: skip
        """A vehicle that meets the ego where their routes cross; call after `cast_ego`.

        Args:
            world: theirs.
            name, kind, route: of the vehicle.
            speed_mps: its speed.
            reference_offset_m: from the middle of its box to its reference point, along its way.
            steady_m: see `Rendezvous`.
            late_s: how much later than the ego it is there.

        """
        path = self.route(route)
        at = self.crossing(route).s_b_m + self.hit_m() - reference_offset_m
        begin = max(at - speed_mps * (self.meets_s + _RUN_UP_S + late_s), 2.0)
        keeper = self.add_traffic(world, name, kind, path, s_m=begin, d_m=0.0, speed_mps=speed_mps)
        meeting = Rendezvous(
            world, keeper, at_m=at, speed_mps=speed_mps, arrival_s=lambda: self.arrival_s() + late_s, steady_m=steady_m
        )
        return keeper, meeting

    def crossing(self, route: str) -> Conflict:
        """Where a route crosses the ego's."""
        found = conflict(self.ego_route(), self.route(route))
        if found is None:
            raise ValueError(f"{route} does not cross the ego's route south/{self.way}")
        return found

    # ---- life around ----------------------------------------------------------------------------------------------

    def hang_signals(self, world: World, plan: SignalPlan | None = None) -> SignalController:
        """Traffic lights; by default the ego has green for the whole time it needs them."""
        self.lights = add_signals(world, plan or two_phases(green_s=(25.0, 14.0)).starting("south", -8.0))
        return self.lights

    def add_waiting(self, world: World, routes: tuple[str, ...]) -> None:
        """One or two vehicles that stand at the stop line of each of these routes."""
        rng, junction = self.streams.rng("waiting"), world.stage.junction
        assert junction is not None
        for name in routes:
            s = junction.stop_s_m[name] - 0.8
            for k in range(int(rng.integers(1, 3))):
                kind = CARS[int(rng.integers(len(CARS)))]
                half = 2.7
                keeper = self.add_traffic(
                    world, f"waiting_{name.replace('/', '_')}_{k}", kind, self.route(name), s_m=s - half, d_m=0.0,
                    speed_mps=0.0,
                )  # fmt: skip
                keeper.acceleration_mps2 = -3.0
                s -= 2 * half + float(rng.uniform(1.5, 3.0))

    def add_people(self, world: World, *, wait: tuple[str, ...] = (), stroll: int = 3) -> None:
        """People who stand at corners, who walk along the pavements, and who wait to cross the arms `wait`."""
        rng, junction = self.streams.rng("people"), world.stage.junction
        assert junction is not None
        for arm in wait:
            crossing = junction.crossings[arm]
            xy, yaw = crossing.waiting[0], crossing.yaw
            person = self._person(
                world, f"wary_{arm}", (xy[0] - 2.0 * np.cos(yaw), xy[1] - 2.0 * np.sin(yaw)), yaw, rng
            )
            person.walker.start()
            (ax, ay), (bx, by) = crossing.waiting
            coming = partial(arrival_s, world, ((ax + bx) / 2, (ay + by) / 2))
            WaryPedestrian(world, person, kerb_m=2.0, arrival_s=coming, accepts_s=8.0)
        names = sorted(junction.corners)
        for k in range(stroll):
            x, y = junction.corners[names[k % len(names)]]
            out = (np.sign(x), np.sign(y))
            along = pi / 2 * float(out[1]) if rng.uniform() < 0.5 else (0.0 if out[0] > 0 else pi)
            at = (x + 2.2 * float(out[0]), y + 2.2 * float(out[1]))
            person = self._person(world, f"passer_by_{k}", at, along, rng)
            if rng.uniform() < 0.7:
                person.walker.start()

    def _person(
        self, world: World, name: str, xy: tuple[float, float], yaw: float, rng: np.random.Generator
    ) -> PersonActor:
        return self.add_pedestrian(
            world, name, xy=(float(xy[0]), float(xy[1])), yaw=float(yaw), speed_mps=float(rng.uniform(1.1, 1.5)),
            stature_m=float(rng.normal(1.72, 0.08)), mass_kg=float(rng.uniform(55.0, 90.0)),
        )  # fmt: skip

    def park_cars(self, world: World, share: float = 0.4) -> None:
        """Cars in some of the bays along the arms."""
        rng = self.streams.rng("parked")
        for k, slot in enumerate(world.stage.parking_slots):
            kind = CARS[int(rng.integers(len(CARS)))]
            if rng.uniform() < share:
                self.add_parked(world, f"parked_{k}", kind, xy=slot.position_w, yaw=slot.yaw)
