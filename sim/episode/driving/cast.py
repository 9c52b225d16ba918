"""Who is on the road: vehicles of the fleet, traffic, parked cars, people, and anything that lies or stands about."""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ....renderers.transforms import rotate
from ...physics.specs import VEHICLES, body_plan
from ...physics.walker import Walker
from ...world.assets.asset import Asset
from ...world.assets.people import build_person
from ...world.assets.vehicles import build_vehicle
from ...world.path import Path
from ...world.person_actor import PersonActor
from ...world.rigid_actor import ObjectActor, StandingActor
from ...world.stages.stage import Road, Stage
from ...world.vehicle_actor import VehicleActor
from ...world.world import World
from ..scenario import Scenario
from .keeper import LaneKeeper

F64 = NDArray[np.float64]
CARS = ("hatchback", "sedan", "suv", "van")
"""Kinds of vehicles that may stand or drive anywhere."""


LOOKS = 6
"""How many parked vehicles of a kind differ; building one takes as long as simulating half a second."""


@lru_cache(maxsize=48)
def _look(kind: str, number: int) -> Asset:
    """One of the looks of a kind, the same in every episode."""
    seed = np.random.SeedSequence(0, spawn_key=(number, *kind.encode()))
    return build_vehicle(kind, rng=np.random.Generator(np.random.PCG64(seed)))


def _stand(world: World, asset: Asset, xy: tuple[float, float], yaw: float, clear_m: float = 0.0) -> tuple[F64, F64]:
    """Pose of the box of something that stands square on the ground, or a little above it."""
    at, orientation = world.stage.ground.standing(xy, yaw)
    return at + rotate(orientation, np.array([0.0, 0.0, asset.size[2] / 2 + clear_m])), orientation


class RoadCast(Scenario):
    """Abstract: a scenario on a road, with what it takes to populate it."""

    @abstractmethod
    def stage(self) -> Stage:
        """The place."""

    @property
    def road(self) -> Road:
        """The carriageway of the stage."""
        road = self.world.stage.road
        assert road is not None
        return road

    def new_world(self) -> World:
        """A world on the scenario's stage."""
        return World(self.stage())

    def add_vehicle(
        self,
        world: World,
        name: str,
        kind: str,
        *,
        xy: tuple[float, float],
        yaw: float = 0.0,
        speed_mps: float = 0.0,
        kinematic: bool = False,
    ) -> VehicleActor:
        """A vehicle of the fleet, rolling at `speed_mps`; its colour and details come from its own stream."""
        asset = build_vehicle(kind, rng=self.streams.rng(f"assets/{name}"))
        index = world.fleet.add(VEHICLES[kind], xy=xy, yaw=yaw, speed_mps=speed_mps, kinematic=kinematic)
        world.fleet_state.update()
        actor = VehicleActor(name, asset, world.fleet, world.fleet_state, index)
        world.add(actor)
        return actor

    def add_traffic(
        self,
        world: World,
        name: str,
        kind: str,
        path: Path,
        *,
        s_m: float,
        d_m: float,
        speed_mps: float,
        follows: bool = False,
        kinematic: bool = False,
    ) -> LaneKeeper:
        """A vehicle that keeps an offset beside a path; with `follows`, also its distance to what is ahead."""
        xy, yaw, _ = path.at(s_m, d_m)
        at = (float(xy[0]), float(xy[1]))
        actor = self.add_vehicle(world, name, kind, xy=at, yaw=float(yaw), speed_mps=speed_mps, kinematic=kinematic)
        keeper = LaneKeeper(world, actor, path, d_m, speed_mps, follows=follows)
        world.control(keeper)
        return keeper

    def add_parked(
        self,
        world: World,
        name: str,
        kind: str,
        *,
        xy: tuple[float, float],
        yaw: float = 0.0,
        size: tuple[float, float, float] | None = None,
    ) -> StandingActor:
        """A parked vehicle: labelled, solid, and still; one of a few looks of its kind unless it has its own size."""
        rng = self.streams.rng(f"assets/{name}")
        asset = _look(kind, int(rng.integers(LOOKS))) if size is None else build_vehicle(kind, rng=rng, size=size)
        position, orientation = _stand(world, asset, xy, yaw)
        body = world.bodies.add_static(asset, position, orientation)
        actor = StandingActor(name, asset, body, position, orientation)
        world.add(actor)
        return actor

    def add_pedestrian(
        self,
        world: World,
        name: str,
        *,
        xy: tuple[float, float],
        yaw: float,
        speed_mps: float,
        stature_m: float = 1.75,
        mass_kg: float = 75.0,
        child: bool = False,
        accel_distance_m: float = 1.0,
        path: Path | None = None,
    ) -> PersonActor:
        """A person who stands until `walker.start()`, then walks straight on or along a path, over kerbs."""
        plan = body_plan(stature_m, mass_kg, child=child)
        asset = build_person(plan, rng=self.streams.rng(f"assets/{name}"), child=child)
        walker = Walker(
            world.client, plan, (*xy, 0.0), yaw, speed_mps=speed_mps, accel_distance_m=accel_distance_m,
            path=path, ground=world.stage.ground,
        )  # fmt: skip
        actor = PersonActor(name, asset, walker)
        world.add(actor)
        return actor

    def add_thing(
        self,
        world: World,
        name: str,
        asset: Asset,
        *,
        xy: tuple[float, float],
        yaw: float = 0.0,
        free: bool = True,
        friction: float | None = None,
    ) -> ObjectActor | StandingActor:
        """Something that stands or lies on the ground: free to be knocked about, or fixed."""
        position, orientation = _stand(world, asset, xy, yaw, clear_m=1e-3)
        actor: ObjectActor | StandingActor
        if free:
            body = world.bodies.add(asset, position, orientation, friction=friction)
            actor = ObjectActor(name, asset, world.bodies, body)
        else:
            body = world.bodies.add_static(asset, position, orientation)
            actor = StandingActor(name, asset, body, position, orientation)
        world.add(actor)
        return actor
