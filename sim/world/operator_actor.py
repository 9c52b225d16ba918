"""A person at a robot cell as an actor: gives way when the robot touches them, and carries on when a thing does."""

from __future__ import annotations

from ..physics.reacher import Reacher
from .actor import Actor
from .arm_actor import ArmActor
from .person_actor import PersonActor


class OperatorActor(PersonActor):
    """A person whose body is a `Reacher`."""

    walker: Reacher

    def on_contact(self, other: Actor | None, impulse_ns: float) -> None:
        """Give way to a robot."""
        if isinstance(other, ArmActor):
            self.walker.release()
