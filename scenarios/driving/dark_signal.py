"""The traffic lights are dark, flashing or contradictory, and somebody takes the right of way (catalogue D31).

With signals out of order the signs count: the ego's street has priority, which the other does not know or respects too
late. A contradictory signal shows red and green at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ...sim.control.signals import Fault, two_phases
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.scenario import register
from ...sim.world.world import World
from .crossing_paths import CrossingPaths


@dataclass(frozen=True)
class DarkSignalParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(7.0, 13.9), bounds=(5.5, 16.7), unit="m/s", doc="speed of the ego before it reacts"
    )
    other_speed_mps: float = parameter(Uniform(5.6, 11.0), bounds=(5.5, 16.7), unit="m/s", doc="speed of the other")
    impact_share: float = parameter(
        Uniform(-1.0, 2.0), bounds=(-2.0, 3.0), doc="where the other's middle meets the ego's front, from its side"
    )
    fault: str = parameter(Choice(("dark", "flashing", "contradictory")), doc="what is wrong with the lights")
    side: str = parameter(Choice(("near", "far")), doc="side the other comes from; near is the right")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "bus")), doc="what comes")


@register("driving/dark_signal")
class DarkSignal(CrossingPaths):
    """Lights out of order."""

    title: ClassVar[str] = "Traffic lights out of order, and somebody drives through"
    source: ClassVar[str] = "Catalogue of rare events, D31: infrastructure fault; NHTSA pre-crash type 30"
    tags: ClassVar[tuple[str, ...]] = ("D31", "family/crossing", "nhtsa/30", "level/scene")
    control = "signals"
    Params: ClassVar[type] = DarkSignalParams
    params: DarkSignalParams  # type: ignore[assignment]

    def regulate(self, world: World) -> None:
        """The faulty lights; somebody opposite waits to be sure."""
        plan = two_phases(green_s=(25.0, 14.0)).starting("south", -8.0)
        self.hang_signals(world, replace(plan, faults=(Fault(self.params.fault),)))
        self.add_waiting(world, ("west/straight",) if self.params.side == "near" else ("east/straight",))

    def tell(self) -> None:
        """Why it happens."""
        self.cause("signal_fault", f"the traffic lights are {self.params.fault}")
        self.cause("does_not_give_way", "the other takes the right of way", self.hazard.id)
