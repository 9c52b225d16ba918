"""What happens to the robot, read off the physics: contacts, falls, how near it came, whether it is stuck."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from ...physics.client import TICK_HZ
from ...physics.contacts import Contact
from ...world.mobile_actor import MobileActor
from ...world.world import CONTROL_TICKS

if TYPE_CHECKING:
    from .scenario import MobileScenario

ARRIVED_M = 0.25
_FLOORS = frozenset({"scenery/floor", "scenery/lower_floor"})
_WATCH_TICKS = 3 * CONTROL_TICKS
_STUCK_S = 3.0
_TOUCH_MPS, MOVING_MPS = 0.1, 0.3
_FALLEN_M, _TOPPLED_RAD = 0.035, np.deg2rad(50.0)
_WORST_MPS2 = 99.0


class Watch:
    """Follows the robot through one episode and logs events with the scenario.

    Attributes:
        contact_tick, loss_tick: of its first contact, and from when on it is out of action; None before.
        impact_mps, drop_m: closing speed of that contact, and how deep it fell.
        fallen, toppled, stuck: what became of it.
        worst_deceleration_mps2, worst_separation_m: closest it came before any loss, while it moved.

    """

    def __init__(self, scenario: MobileScenario, robot: MobileActor, floor_m: float) -> None:
        self.contact_tick: int | None = None
        self.loss_tick: int | None = None
        self.impact_mps, self.drop_m = 0.0, 0.0
        self.fallen, self.toppled, self.stuck = False, False, False
        self.worst_deceleration_mps2, self.worst_separation_m = 0.0, np.inf
        self._scenario, self._ego, self._floor_m = scenario, robot, floor_m
        self._lying: set[str] = set()
        self._still_s = 0.0

    def after_tick(self) -> None:
        """Log contacts, falls and how near it came."""
        world = self._scenario.world
        while world.contacts:
            self._log(world.contacts.pop(0))
        self._lying = {person.name for person in self._scenario.people if person.walker.released}
        if world.tick < 0:
            return
        self._watch_loss()
        if world.tick % _WATCH_TICKS == 0 and self.loss_tick is None:
            self._watch_danger()

    def _log(self, contact: Contact) -> None:
        world, ego, pair = self._scenario.world, self._ego, (contact.actor_a, contact.actor_b)
        names = {actor.name: actor for actor in world.actors}
        a, b = names.get(pair[0]), names.get(pair[1])
        if contact.closing_speed_mps < _TOUCH_MPS or (a is None and b is None):
            return
        if ego in (a, b) and _FLOORS & set(pair):
            return  # the belly on the edge of a floor
        quiet = self._scenario.loose | self._lying
        if ego not in (a, b) and any(n in quiet or n.startswith("scenery/") for n in pair):
            return
        detail = {
            "touching": list(pair),
            "closing_speed_mps": round(contact.closing_speed_mps, 4),
            "position_w": [round(v, 4) for v in contact.position_w],
            "links": [contact.link_a, contact.link_b],
        }
        first, second = (a, b) if a is not None and b is not ego else (b, a)
        self._scenario.emit("contact", first.id if first else 0, second.id if second else 0, contact.impulse_ns,
                  json.dumps(detail))  # fmt: skip
        if ego in (a, b) and self.contact_tick is None:
            self.contact_tick = world.tick
            self.impact_mps = contact.closing_speed_mps
            self._lose()
            self._scenario.mark("contact")
            other = pair[1] if a is ego else pair[0]
            words = other.removeprefix("scenery/").rstrip("0123456789").strip("_").replace("_", " ")
            self._scenario.cause("impact", f"the robot and {words} touch at {self.impact_mps:.1f} m/s", ego.id)

    def _lose(self) -> None:
        """The robot is out of action from now on."""
        self.loss_tick = self._scenario.world.tick if self.loss_tick is None else self.loss_tick

    def _watch_loss(self) -> None:
        """Falls from the floor, and toppling on it."""
        ego, ground = self._ego, self._scenario.world.stage.ground
        drop = self._floor_m + ego.base.spec.height_m / 2 - float(ego.position_w[2])
        tilt = ego.base.tilt_rad
        if drop < _FALLEN_M and tilt < _TOPPLED_RAD:
            return
        below = float(ground.at(ego.position_w[None, :2])[0][0]) < self._floor_m - _FALLEN_M
        if below:
            self.drop_m = max(self.drop_m, drop)
            if not self.fallen:
                self.fallen = True
                self._lose()
                self._scenario.emit("fall", ego.id, value=drop)
                self._scenario.cause("fall", "the robot goes over the edge of the floor and falls", ego.id)
        elif tilt > _TOPPLED_RAD and not self.toppled and not self.fallen:
            self.toppled = True
            self._lose()
            self._scenario.emit("topple", ego.id, value=tilt)
            self._scenario.cause("topple", "the robot is tipped over", ego.id)

    def _watch_danger(self) -> None:
        now = self._scenario.criticality()
        if self._ego.speed_mps > MOVING_MPS:
            needed = min(now["required_deceleration_mps2"], _WORST_MPS2)
            self.worst_deceleration_mps2 = max(self.worst_deceleration_mps2, needed)
            self.worst_separation_m = min(self.worst_separation_m, self._scenario.separation_m())
        if (
            "onset" in self._scenario.phases
            and "escape" not in self._scenario.phases
            and self._scenario.remaining_m() <= now["stopping_distance_m"] > 0.0
        ):
            self._scenario.mark("last_avoidable")
        wanted = self._scenario.driven and self._scenario.left_m() > ARRIVED_M and self._scenario.world.time_s > 1.0
        still = wanted and abs(self._ego.speed_mps) < 0.03
        self._still_s = self._still_s + _WATCH_TICKS / TICK_HZ if still else 0.0
        if self._still_s > _STUCK_S and not self.stuck:
            self.stuck = True
            self._scenario.emit("stuck", self._ego.id, value=self._scenario.left_m())
