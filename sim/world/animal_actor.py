"""An animal as an actor: runs by its gait until something touches it, then falls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..physics.animal import Animal
from ..physics.quadruped import animal_plan
from .actor import Actor
from .assets.animals import build_animal
from .assets.asset import Asset
from .path import Path
from .world import World

F64 = NDArray[np.float64]


class AnimalActor(Actor):
    """An animal.

    Attributes:
        animal: its body; `animal.start()` sets it in motion.

    """

    def __init__(self, name: str, asset: Asset, animal: Animal) -> None:
        super().__init__(name, asset)
        self.animal = animal
        self._state = animal.state()

    @property
    def bodies(self) -> tuple[int, ...]:
        """The articulated body."""
        return (self.animal.body,)

    @property
    def link_names(self) -> dict[int, str]:
        """The body segments."""
        return self.animal.link_names

    @property
    def passes_fixed(self) -> bool:
        """Until it falls."""
        return not self.animal.released

    @property
    def position_w(self) -> F64:
        """(3,) centre of the standing box [m]."""
        return self._state.position_w

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion (x, y, z, w) of the box."""
        return self._state.orientation

    @property
    def velocity_w(self) -> F64:
        """(3,) velocity [m/s]."""
        return self._state.velocity_w

    @property
    def angular_velocity_w(self) -> F64:
        """(3,) angular velocity [rad/s]."""
        return self._state.angular_velocity_w

    @property
    def articulated(self) -> bool:
        """It runs."""
        return True

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """All: the segments, in the order of the body plan."""
        return tuple(range(len(self.parts)))

    def part_poses(self) -> tuple[F64, F64]:
        """The segments."""
        return self.animal.segment_poses()

    def before_tick(self) -> None:
        """Take the next bit of a stride."""
        self.animal.advance()

    def after_tick(self) -> None:
        """Read the body once for everybody."""
        self._state = self.animal.state()

    def on_contact(self, other: Actor | None, impulse_ns: float) -> None:
        """Fall."""
        self.animal.release()


def add_animal(
    world: World,
    name: str,
    kind: str,
    *,
    xy: tuple[float, float],
    yaw: float,
    rng: np.random.Generator,
    speed_mps: float | None = None,
    accel_mps2: float = 5.0,
    mass_kg: float | None = None,
    path: Path | None = None,
) -> AnimalActor:
    """An animal that stands until `animal.start()`, then runs straight on or along a path.

    Args:
        world: where.
        name: of the actor.
        kind: a key of `SPECIES`: red_deer, roe_deer, moose, wild_boar, dog.
        xy: the point on the ground below the middle between nose and rump [m]; not used with a path.
        yaw: heading [rad]; not used with a path.
        rng: source of mass and looks.
        speed_mps: steady speed, which decides the gait; the kind's speed of flight where None.
        accel_mps2: acceleration of `start`.
        mass_kg: mass, within the range of the kind; drawn where None.
        path: the way to follow from its beginning.

    """
    plan = animal_plan(kind, rng=rng, mass_kg=mass_kg)
    asset = build_animal(plan, rng=rng)
    animal = Animal(
        world.client, plan, (*xy, 0.0), yaw, speed_mps=speed_mps or plan.species.run_mps, accel_mps2=accel_mps2,
        height_m=asset.size[2], path=path, ground=world.stage.ground,
    )  # fmt: skip
    actor = AnimalActor(name, asset, animal)
    world.add(actor)
    return actor
