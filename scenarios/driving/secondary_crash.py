"""Chain braking: vehicles ahead follow closely, the first brakes hard, and an inattentive driver hits the one ahead.

So the vehicle right ahead of the ego loses its speed in the crash rather than by its brakes, faster than any driver
reckons with; a collision that the ego has not caused becomes its own. Deceleration and delays run down the chain: each
driver brakes a reaction time after the one ahead, the last but the ego after `inattention_s`. Contacts are physical.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.cast import CARS
from ...sim.episode.driving.company import add_company
from ...sim.episode.driving.limited_sight import LimitedSight
from ...sim.episode.param_space import Constraint
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_START_M, _CRUISE_S = 50.0, 0.4
_REACTION_S = 0.45
"""Of those who pay attention, which is why they get away with it."""
_AFTER_CRASH_MPS2 = 8.0


@dataclass(frozen=True)
class SecondaryCrashParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(Uniform(18.0, 30.0), bounds=(10.0, 36.2), unit="m/s", doc="speed of all")
    headway_s: float = parameter(
        Uniform(0.5, 1.2), bounds=(0.4, 3.0), unit="s", doc="time gap of the ego to the vehicle ahead"
    )
    chain_headway_s: float = parameter(
        Uniform(0.35, 0.65), bounds=(0.3, 1.5), unit="s", doc="time gaps between the vehicles ahead"
    )
    vehicles: str = parameter(Choice(("2", "3", "4")), doc="how many they are")
    deceleration_mps2: float = parameter(
        Uniform(6.0, 8.0), bounds=(3.0, 8.3), unit="m/s^2", doc="how hard the first brakes, and those after it"
    )
    inattention_s: float = parameter(
        Uniform(1.4, 2.4), bounds=(0.2, 4.0), unit="s", doc="how long after the one ahead the last of them brakes"
    )
    kind: str = parameter(Choice(("hatchback", "sedan", "suv")), doc="the inattentive driver's vehicle")
    struck_kind: str = parameter(
        Choice(("box_truck", "van", "suv")), doc="what it hits; the heavier, the sooner it stands"
    )

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint(
            "inattention_s >= chain_headway_s + 0.3: the last of the chain cannot stop in time",
            lambda p: p.inattention_s >= p.chain_headway_s + 0.3,
        ),
    )


@register("driving/secondary_crash")
class SecondaryCrash(LimitedSight):
    """Somebody else's crash."""

    title: ClassVar[str] = "Chain braking ahead ends in a crash right before the ego"
    source: ClassVar[str] = "NHTSA pre-crash type 25; multi-vehicle rear-end crashes"
    tags: ClassVar[tuple[str, ...]] = ("D36", "family/rear_end", "nhtsa/25", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = SecondaryCrashParams
    params: SecondaryCrashParams
    _chain: list[LaneKeeper]

    @property
    def hazard(self) -> Actor:
        """Who crashes, right ahead of the ego."""
        return self._chain[0].actor

    def stage(self) -> Stage:
        """A straight motorway, long enough for the ego to drive through."""
        return motorway(rng=self.streams.rng("stage"), length_m=_START_M + 150.0 + 9.0 * self.params.ego_speed_mps)

    def build(self) -> World:
        """The ego behind the chain, and traffic beside it."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        lanes, speed = sorted(lane.offset_m for lane in road.lanes if lane.direction > 0), p.ego_speed_mps
        start = _START_M - 0.25 * speed
        ego = self.add_ego(world, road.centre, s_m=start, d_m=lanes[0], speed_mps=speed)
        rear = start + ego.size[0] / 2 + p.headway_s * speed
        self._chain = []
        for k in range(int(p.vehicles)):
            kind = (p.kind, p.struck_kind)[k] if k < 2 else CARS[int(rng.integers(len(CARS)))]
            half = VEHICLES[kind].size[0] / 2
            # beyond the first two gaps are wider, so that who is pushed is pushed into nobody
            gap = (p.chain_headway_s if k == 0 else 2.2 * max(p.chain_headway_s, 0.6)) * speed
            name = "striker" if k == 0 else f"chain_{k}"
            self._chain.append(
                self.add_traffic(world, name, kind, road.centre, s_m=rear + half, d_m=lanes[0], speed_mps=speed)
            )
            rear += 2.0 * half + gap
        slots = [
            (lanes[1], start - 30.0, speed), (lanes[1], start + 70.0, 1.02 * speed), (lanes[2], start, 1.1 * speed),
            (lanes[0], max(start - 1.7 * speed, 4.0), 0.95 * speed),
        ]  # fmt: skip
        add_company(self, world, slots, rng=rng, from_m=230.0, oncoming=4)
        return world

    def script(self) -> Iterator[Condition]:
        """The first brakes, then the next, then the last one too late."""
        p, chain = self.params, self._chain
        yield lambda: self.world.time_s >= _CRUISE_S
        self.mark("onset")
        first = chain[-1].actor
        text = f"the first of {len(chain)} vehicles brakes at {p.deceleration_mps2:.1f} m/s^2"
        self.cause("hard_braking", text, first.id)
        for k in range(len(chain) - 1, 0, -1):
            chain[k].acceleration_mps2 = -p.deceleration_mps2
            wait = self.world.time_s + (_REACTION_S if k > 1 else p.inattention_s)
            yield lambda wait=wait: self.world.time_s >= wait or self._crashed()  # type: ignore[misc]
        self.cause("inattention", f"the last of them brakes {p.inattention_s:.1f} s late", self.hazard.id)
        chain[0].acceleration_mps2 = -p.deceleration_mps2
        yield lambda: self._crashed() or chain[0].actor.speed_mps < 0.3 or "contact" in self.phases
        if self._crashed():
            self.cause("crash_ahead", "the vehicle ahead of the ego crashes into the one ahead of it", self.hazard.id)
            for keeper in chain:
                keeper.acceleration_mps2 = -max(p.deceleration_mps2, _AFTER_CRASH_MPS2)
        yield from self.until_settled()

    def _crashed(self) -> bool:
        """Whether the one right ahead of the ego has hit the next."""
        return self._crash_ns() is not None

    def _crash_ns(self) -> int | None:
        """When it did."""
        pair = {self._chain[0].actor.id, self._chain[1].actor.id}
        hits = (e.time_ns for e in self.events if e.kind == "contact" and {e.actor, e.other} == pair)
        return next(hits, None)

    def occurred(self) -> bool:
        """It has crashed, without the ego's doing."""
        own, crash = self.phases.get("contact"), self._crash_ns()
        return crash is not None and (own is None or crash <= own.time_ns)
