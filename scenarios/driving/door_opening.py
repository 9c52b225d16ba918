"""The driver's door of a parked car opens into the ego's way (CARLA VehicleOpensDoor; dooring).

The ego drives along a row of parked cars with `clearance_m` to their flanks; one door opens when the ego is `trigger_s`
away (CARLA: 3 s, 50 m) along a minimum-jerk curve. Drivers and measures of danger see the open door as a thing of its
own beside the car. Front doors open to 70 degrees, 1.0 to 1.2 m into the lane.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sin
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import rotate
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario
from ...sim.episode.driving.street_life import add_oncoming, add_passers_by, park_cars
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.assets.asset import Vec3
from ...sim.world.door_actor import DoorCarActor, add_door_car
from ...sim.world.stages.stage import Stage
from ...sim.world.stages.urban import BAY_M, urban_street
from ...sim.world.world import World

F64 = NDArray[np.float64]
_RUN_IN_M, _APPROACH_S = 14.0, 5.0
_THICK_M = 0.10


@dataclass(frozen=True)
class DoorOpeningParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(6.0, 14.0), bounds=(3.0, 16.7), unit="m/s", doc="speed of the ego before it reacts"
    )
    clearance_m: float = parameter(
        Uniform(0.35, 0.85), bounds=(0.3, 1.6), unit="m", doc="from the ego's flank to that of the parked car"
    )
    trigger_s: float = parameter(
        Uniform(0.7, 2.6), bounds=(0.4, 4.0), unit="s", doc="time to the door at which it begins to open; CARLA 3"
    )
    angle_rad: float = parameter(Uniform(0.45, 1.15), bounds=(0.2, 1.2), unit="rad", doc="how far it opens")
    opening_s: float = parameter(Uniform(0.6, 1.4), bounds=(0.3, 3.0), unit="s", doc="how long that takes")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van")), doc="class of the parked car")


class _Door(Actor):
    """The driver's door as drivers and measures of danger see it: a thin box on its hinge, at each instant still."""

    def __init__(self, car: DoorCarActor) -> None:
        super().__init__("door", car.asset)
        self._car = car
        part = next(part for part in car.parts if part.name == "door_fl")
        self.hinge_m = float(part.position[0])
        self._size = (-float(part.mesh.vertices[:, 0].min()), _THICK_M, float(np.ptp(part.mesh.vertices[:, 2])))

    @property
    def size(self) -> Vec3:
        """Of the panel."""
        return self._size

    @property
    def bodies(self) -> tuple[int, ...]:
        """That of the car."""
        return self._car.bodies

    @property
    def position_w(self) -> F64:
        """(3,) middle between hinge and rear edge."""
        positions, _ = self._car.part_poses()
        half: F64 = rotate(self.orientation_w, np.array([-0.5 * self._size[0], 0.0, 0.0]))
        return np.asarray(positions[0]) + half

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion, x from the rear edge to the hinge."""
        _, orientations = self._car.part_poses()
        return np.asarray(orientations[0])

    @property
    def velocity_w(self) -> F64:
        """Zero."""
        return np.zeros(3)


@register("driving/door_opening")
class DoorOpening(DrivingScenario):
    """Dooring."""

    title: ClassVar[str] = "The door of a parked car opens into the ego's way"
    source: ClassVar[str] = "CARLA leaderboard 2, VehicleOpensDoor"
    tags: ClassVar[tuple[str, ...]] = ("D25", "family/door", "carla/VehicleOpensDoor", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = DoorOpeningParams
    params: DoorOpeningParams
    _car: DoorCarActor

    @property
    def hazard(self) -> Actor:
        """The parked car with the door."""
        return self._car

    @property
    def _at_m(self) -> float:
        return _RUN_IN_M + _APPROACH_S * self.params.ego_speed_mps

    def stage(self) -> Stage:
        """A street with a place for the car."""
        at = self._at_m
        return urban_street(
            rng=self.streams.rng("stage"), length_m=at + 75.0, reserved_gaps=((at - 3.2, at + 3.2, -1),)
        )

    def build(self) -> World:
        """The ego close to the parked cars, the car among them, and life in the street."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        bay, speed = road.right_edge_m + BAY_M / 2, p.ego_speed_mps
        self._flank_m = bay + VEHICLES[p.kind].size[1] / 2
        d = self._flank_m + p.clearance_m + VEHICLES["hatchback"].size[1] / 2
        self.add_ego(world, road.centre, s_m=_RUN_IN_M - 0.25 * speed, d_m=d, speed_mps=speed)
        xy, yaw, _ = road.centre.at(self._at_m, bay)
        self._car = add_door_car(world, "door_car", p.kind, xy=(float(xy[0]), float(xy[1])), yaw=float(yaw),
                                 rng=self.streams.rng("assets/door_car"))  # fmt: skip
        self._door = _Door(self._car)
        self._hinge_m = self._at_m + self._door.hinge_m
        self._widest_m = 0.0
        rng = self.streams.rng("traffic")
        park_cars(self, world, near_m=self._at_m, rng=rng, share=0.7)
        add_passers_by(self, world, int(rng.integers(2, 5)), near_m=self._at_m, rng=rng)
        add_oncoming(self, world, passes_m=self._at_m, after_s=3.0, speed_mps=speed, rng=rng)
        return world

    def door_reach_m(self) -> float:
        """How far the edge of the door stands out beyond the flank of the car."""
        return self._door.size[0] * sin(self._car.angle_rad())

    def arrival_s(self) -> float:
        """Time until the ego's front is beside the rear edge of the closed door, at its present speed."""
        s, _ = self.road.centre.project(self.ego.position_w[:2])
        gap = self._hinge_m - self._door.size[0] - s - self.ego.size[0] / 2
        return gap / max(self.ego.speed_mps, 0.1)

    def _others(self) -> list[Actor]:
        """Everybody else, and the door as a thing of its own."""
        return [*super()._others(), self._door]

    def script(self) -> Iterator[Condition]:
        """It opens; the ego hits it, stops before it, or squeezes by."""
        p = self.params
        yield lambda: self.arrival_s() <= p.trigger_s
        self.mark("onset")
        self.cause("close_to_parked_cars", f"the ego drives {p.clearance_m:.1f} m beside parked cars", self.ego.id)
        self.cause("does_not_look", f"somebody opens the door {p.trigger_s:.1f} s ahead of the ego", self._car.id)
        self._car.open(p.angle_rad, p.opening_s)

        def over() -> bool:
            """The ego has passed, or stands."""
            self._widest_m = max(self._widest_m, self.door_reach_m())
            s, _ = self.road.centre.project(self.ego.position_w[:2])
            return s - self.ego.size[0] / 2 > self._hinge_m + 0.5 or self.ego.speed_mps < 0.1

        yield lambda: over() or "contact" in self.phases
        self.cause("door_in_the_way", f"the door stands {self._widest_m:.2f} m out", self._car.id)
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def occurred(self) -> bool:
        """The door has come out by 0.2 m or more before the ego was past it, or was hit."""
        return "contact" in self.phases or self._widest_m > 0.2
