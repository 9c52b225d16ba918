"""What happens to the ego, read off the physics: contacts, loss of control, how close it came, what the crash did."""

from __future__ import annotations

import json
from math import atan2, degrees, hypot

import numpy as np

from ...physics.client import GRAVITY_MPS2, TICK_HZ
from ...physics.contacts import Contact
from ...physics.tyres import SLIP_PER_G
from ...world.actor import Actor
from ...world.vehicle_actor import VehicleActor
from ...world.world import CONTROL_TICKS
from ..scenario import Scenario

_SLIDE_RAD, _SLIDE_MPS, _SLIDE_TICKS = np.deg2rad(8.0), 3.0, TICK_HZ // 5
_ASTRAY_RADPS = np.deg2rad(4.0)
"""Yaw rate error that a stability control would answer to; loss of control is 0.2 s of it, or of 8 degrees of slip."""
CRITICAL_TTC_S = 1.5
_TOUCH_MPS = 0.1
"""Contacts that close more slowly are no collisions."""
_CRASH_TICKS = round(0.15 * TICK_HZ)
"""How long a crash goes on changing the ego's velocity (crash pulses of cars last 0.1 to 0.15 s)."""


class Watch:
    """Follows one ego through one episode and logs events with the scenario.

    Attributes:
        contact_tick: of the ego's first contact, None before.
        impact_mps: closing speed of that contact.
        delta_v_mps: how much the crash changed the ego's velocity, so far.
        sliding: whether the ego has lost control.
        worst_ttc_s, worst_deceleration_mps2: closest it came before any contact.
        tet_s, tit_s2: time exposed to a TTC below 1.5 s, and the integral of what was missing (Minderhoud and Bovy
            2001, Accident Analysis and Prevention 33, 89-97).

    """

    def __init__(self, scenario: Scenario, ego: VehicleActor) -> None:
        self.contact_tick: int | None = None
        self.impact_mps = 0.0
        self.delta_v_mps = 0.0
        self.sliding = False
        self.worst_ttc_s, self.worst_deceleration_mps2 = np.inf, 0.0
        self.tet_s, self.tit_s2 = 0.0, 0.0
        self._scenario, self._ego = scenario, ego
        self._sliding_ticks = 0
        self._before = np.zeros(2)
        self._actors: dict[str, Actor] | None = None

    def after_tick(self) -> None:
        """Log what the last tick brought."""
        world = self._scenario.world
        while world.contacts:
            self._log(world.contacts.pop(0))
        if self.contact_tick is None:
            self._before = self._ego.velocity_w[:2]
        elif world.tick - self.contact_tick <= _CRASH_TICKS:
            change = self._ego.velocity_w[:2] - self._before
            self.delta_v_mps = max(self.delta_v_mps, float(np.hypot(*change)))
        if world.tick % CONTROL_TICKS == 0:
            self._watch_sliding()
            if world.tick >= 0 and self.contact_tick is None:
                self._watch_danger()

    def _log(self, contact: Contact) -> None:
        scenario, ego = self._scenario, self._ego
        if self._actors is None:
            self._actors = {actor.name: actor for actor in scenario.world.actors}
        a, b = self._actors.get(contact.actor_a), self._actors.get(contact.actor_b)
        if contact.closing_speed_mps < _TOUCH_MPS or (a is None and b is None):
            return
        detail = {
            "touching": [contact.actor_a, contact.actor_b],
            "closing_speed_mps": round(contact.closing_speed_mps, 4),
            "position_w": [round(v, 4) for v in contact.position_w],
            "links": [contact.link_a, contact.link_b],
        }
        first, second = (a, b) if a is not None else (b, a)
        scenario.emit(
            "contact", first.id if first else 0, second.id if second else 0, contact.impulse_ns, json.dumps(detail)
        )
        if ego in (a, b) and self.contact_tick is None:
            self.contact_tick = scenario.world.tick
            self.impact_mps = contact.closing_speed_mps
            scenario.mark("contact")
            other = contact.actor_b if a is ego else contact.actor_a
            scenario.cause("impact", f"the ego and {_words(other)} touch at {self.impact_mps:.1f} m/s", ego.id)

    def _watch_sliding(self) -> None:
        """Loss of control: the body slips sideways, or it turns otherwise than its front wheels say (understeer)."""
        ego = self._ego
        u, v = ego.slide_mps
        stiffening = (SLIP_PER_G[0] - SLIP_PER_G[1]) * u * u / GRAVITY_MPS2
        wanted = u * ego.steer_rad / (ego.spec.wheelbase_m + stiffening)
        astray = abs(float(ego.angular_velocity_w[2]) - wanted) > _ASTRAY_RADPS
        sideways = abs(atan2(v, abs(u))) > _SLIDE_RAD
        if hypot(u, v) > _SLIDE_MPS and (sideways or astray):
            self._sliding_ticks += CONTROL_TICKS
        else:
            self._sliding_ticks = 0
        if self._sliding_ticks == _SLIDE_TICKS and not self.sliding and self.contact_tick is None:
            self.sliding = True
            error = degrees(float(ego.angular_velocity_w[2]) - wanted)
            detail = {"side_slip_deg": round(degrees(atan2(v, u)), 3), "yaw_rate_error_dps": round(error, 3)}
            self._scenario.emit("loss_of_control", ego.id, value=error, detail=json.dumps(detail))
            self._scenario.cause("loss_of_control", "the tyres can no longer carry what is asked of them", ego.id)

    def _watch_danger(self) -> None:
        scenario = self._scenario
        now = scenario.criticality()
        self.worst_ttc_s = min(self.worst_ttc_s, now["ttc_s"])
        if now["ttc_s"] < CRITICAL_TTC_S:
            step_s = CONTROL_TICKS / TICK_HZ
            self.tet_s += step_s
            self.tit_s2 += (CRITICAL_TTC_S - now["ttc_s"]) * step_s
        worst = min(now["required_deceleration_mps2"], 99.0)
        self.worst_deceleration_mps2 = max(self.worst_deceleration_mps2, worst)
        if "onset" in scenario.phases and now["brake_threat"] >= 1.0:
            scenario.mark("last_avoidable")


def _words(name: str) -> str:
    """The name of an actor or of scenery as one would say it."""
    return name.removeprefix("scenery/").rstrip("0123456789").strip("_").replace("_", " ")
