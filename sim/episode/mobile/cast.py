"""Who and what is in the hall: the robot, things that stand, things that move, people, and the life around them."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray

from ....renderers.transforms import from_yaw, rotate
from ...physics.mobile_base import BaseSpec, MobileBase
from ...physics.planar_scan import PlanarScanner, ScanConfig
from ...physics.specs import body_plan
from ...physics.walker import Walker
from ...world.actor import Actor
from ...world.assets.asset import Asset
from ...world.assets.forklift import forklift
from ...world.assets.mobile_robot import build_mobile_robot
from ...world.assets.people import build_person
from ...world.mobile_actor import MobileActor, SteadyPersonActor
from ...world.path import Path
from ...world.person_actor import PersonActor
from ...world.rigid_actor import ObjectActor, StandingActor
from ...world.stages.warehouse import HALF_LENGTH_M, side_aisle_m
from ...world.world import World
from ..clearance import COLUMNS, actor_rows, standing_rows
from ..scenario import Scenario

F64 = NDArray[np.float64]


class HallCast(Scenario):
    """Abstract: a scenario in a hall, with what it takes to populate it.

    Attributes:
        scanner: the robot's safety scanners.
        standing, moving, people: rows of what stands (see `clearance`), and who else to keep clear of.

    """

    scanner: PlanarScanner
    standing: F64
    moving: list[Actor]
    people: list[PersonActor]

    def place_robot(
        self, world: World, *, spec: BaseSpec, path: Path, speed_mps: float, scan: ScanConfig | None
    ) -> MobileActor:
        """The robot at the beginning of its path, at speed, in a hall where nobody is yet."""
        asset = build_mobile_robot(spec, rng=self.streams.rng("assets/ego"))
        (x, y), yaw, _ = path.at(0.0)
        base = MobileBase(
            world.client, world.bodies, spec, asset, world.stage.ground, xy=(float(x), float(y)), yaw=float(yaw),
            speed_mps=speed_mps,
        )  # fmt: skip
        robot = MobileActor("ego", asset, base)
        world.add(robot)
        self.scanner = PlanarScanner(world.client, scan or ScanConfig(), carrier=base.body)
        self.standing, self.moving, self.people = standing_rows(world.stage), [], []
        return robot

    def add_standing(
        self, world: World, name: str, drawn: tuple[Asset, F64], *, xy: tuple[float, float], yaw: float = 0.0,
        z_m: float = 0.0, solid: bool = True, clear: bool = False,
    ) -> StandingActor:  # fmt: skip
        """A thing that stands still, labelled; add it after the robot.

        Args:
            world: takes it.
            name: of the actor.
            drawn: asset and middle, as `assets.warehouse.centred` gives them.
            xy, yaw, z_m: where the point goes about which it was drawn.
            solid: whether it can be touched.
            clear: whether the scan looks through it.

        """
        asset, middle = drawn
        orientation = from_yaw(yaw)
        position = np.array([*xy, z_m]) + rotate(orientation, middle)
        body = world.bodies.add_static(asset, position, orientation) if solid else None
        if body is not None and clear:
            self.scanner.look_through(body)
        actor = StandingActor(name, asset, body, position, orientation)
        world.add(actor)
        if solid:
            rows = np.array(actor_rows(actor), float).reshape(-1, len(COLUMNS))
            self.standing = np.concatenate([self.standing, rows])
        return actor

    def add_object(
        self, world: World, name: str, asset: Asset, *, position_w: F64, yaw: float = 0.0, friction: float | None = None
    ) -> ObjectActor:
        """A free body."""
        body = world.bodies.add(asset, position_w, from_yaw(yaw), friction=friction)
        actor = ObjectActor(name, asset, world.bodies, body)
        return self.add_moving(world, actor)

    def add_moving(self, world: World, actor: ObjectActor) -> ObjectActor:
        """A body that moves, whose clearance is to be watched."""
        world.add(actor)
        self.moving.append(actor)
        return actor

    def add_person(
        self, world: World, name: str, *, xy: tuple[float, float], yaw: float, speed_mps: float = 1.3,
        stature_m: float = 1.74, mass_kg: float = 74.0, accel_distance_m: float = 0.6,
    ) -> PersonActor:  # fmt: skip
        """A person who stands until `walker.start()`, then walks straight on."""
        plan = body_plan(stature_m, mass_kg)
        asset = build_person(plan, rng=self.streams.rng(f"assets/{name}"))
        walker = Walker(
            world.client, plan, (*xy, 0.0), yaw, speed_mps=speed_mps, accel_distance_m=accel_distance_m,
            ground=world.stage.ground,
        )  # fmt: skip
        actor = SteadyPersonActor(name, asset, walker)
        world.add(actor)
        self.people.append(actor)
        return actor

    def add_life(self, world: World, *, aisle_m: float) -> None:
        """What else goes on: somebody walks along the next aisle, a robot charges, a truck is parked."""
        rng = self.streams.rng("life")
        side = 1.0 if rng.uniform() < 0.5 else -1.0
        back = rng.uniform() < 0.5
        x = float(rng.uniform(4.0, 8.0)) * (1.0 if back else -1.0)
        walker = self.add_person(
            world, "worker", xy=(x, side * side_aisle_m(aisle_m)), yaw=pi if back else 0.0,
            speed_mps=float(rng.uniform(1.0, 1.4)), stature_m=float(rng.normal(1.74, 0.07)),
        )  # fmt: skip
        walker.walker.start()
        parked = build_mobile_robot(BaseSpec(), rng=self.streams.rng("assets/parked"))
        at = (-HALF_LENGTH_M + 1.02, -2.2 if rng.uniform() < 0.5 else -3.2)
        self.add_standing(world, "parked_robot", (parked, np.array([0.0, 0.0, parked.size[2] / 2])), xy=at, yaw=pi)
        truck = forklift(float(rng.uniform(0.05, 0.12)), rng=self.streams.rng("assets/truck"))
        y = float(rng.uniform(5.0, 6.0)) * (1.0 if rng.uniform() < 0.5 else -1.0)
        self.add_standing(world, "parked_truck", truck, xy=(-9.6, y), yaw=float(rng.uniform(-0.2, 0.2)))
