"""A vehicle enters a roundabout right before the ego that has priority on the ring.

Failing to give way at the entry is the typical crash at roundabouts; speeds are low. The ego is on the ring, the other
comes by the next arm and does not wait. Ranges are design values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.junction import AtJunction
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.stages.roundabout import roundabout
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_ONSET_S = 2.2


@dataclass(frozen=True)
class RoundaboutEntryParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(5.5, 7.5), bounds=(3.0, 8.0), unit="m/s", doc="speed of the ego on the ring"
    )
    other_speed_mps: float = parameter(
        Uniform(4.5, 7.0), bounds=(3.0, 8.0), unit="m/s", doc="speed of the one that enters"
    )
    late_s: float = parameter(
        Uniform(-0.9, 0.5),
        bounds=(-2.0, 2.0),
        unit="s",
        doc="how much later than the ego the other is where they merge",
    )
    radius_m: float = parameter(
        Uniform(20.0, 26.0), bounds=(18.0, 30.0), unit="m", doc="radius of the ring's outer kerb"
    )
    kind: str = parameter(Choice(("hatchback", "sedan", "van", "motorcycle", "bicycle")), doc="what enters")


@register("driving/roundabout_entry")
class RoundaboutEntry(AtJunction):
    """Into the ring without waiting."""

    title: ClassVar[str] = "A vehicle enters the roundabout right before the ego"
    source: ClassVar[str] = "Catalogue of rare events, D10; NHTSA pre-crash type 31; design values"
    tags: ClassVar[tuple[str, ...]] = ("D10", "family/crossing", "nhtsa/31", "level/scenario")
    duration_s: ClassVar[float] = 13.0
    approach_s = 8.0
    Params: ClassVar[type] = RoundaboutEntryParams
    params: RoundaboutEntryParams
    _other: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """Who does not wait."""
        return self._other.actor

    def stage(self) -> Stage:
        """The roundabout."""
        return roundabout(rng=self.streams.rng("stage"), radius_m=self.params.radius_m, arm_m=self.arm_m)

    def build(self) -> World:
        """The ego on its way over the ring, the other from the next arm, somebody who waits, people."""
        p, world = self.params, self.new_world()
        self.cast_ego(world, self.crossing("east/straight").span_a_m[0] + 2.0)
        path = self.route("east/straight")
        at = self.crossing("east/straight").span_b_m[0] + 2.0
        speed = min(p.other_speed_mps, 6.0) if p.kind == "bicycle" else p.other_speed_mps
        begin = max(at - speed * (self.meets_s + 0.25 + p.late_s), 2.0)
        self._other = self.add_traffic(world, "entering", p.kind, path, s_m=begin, d_m=0.0, speed_mps=speed)
        self._at_m, self._started = at, begin
        self.add_waiting(world, ("west/straight",))
        self.park_cars(world)
        self.add_people(world, stroll=3)
        return world

    def script(self) -> Iterator[Condition]:
        """It enters."""
        yield lambda: self.arrival_s() <= _ONSET_S
        self.mark("onset")
        self.cause("does_not_give_way", "the other enters the ring without waiting", self.hazard.id)
        yield lambda: self.arrival_s() < -1.5 or "contact" in self.phases or self._far()
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def _far(self) -> bool:
        return self._other.s_m > self._at_m + 14.0

    def occurred(self) -> bool:
        """The other came onto the ring."""
        return "contact" in self.phases or self._other.s_m > self._at_m - 3.0
