"""A vehicle runs a red light and crosses the ego's green (NHTSA type 4, 4.3 % of US crashes).

The ego has had green for `green_for_s` when it comes to its stop line; the other comes from the side at speed, its own
light red since before that by the time that the junction clears in. On the opposite arm others wait as they should.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.control.signals import two_phases
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.scenario import register
from ...sim.world.world import World
from .crossing_paths import CrossingPaths


@dataclass(frozen=True)
class RedLightRunnerParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(8.0, 14.5), bounds=(5.5, 16.7), unit="m/s", doc="speed of the ego before it reacts"
    )
    other_speed_mps: float = parameter(
        Uniform(9.0, 16.0), bounds=(5.5, 16.7), unit="m/s", doc="speed of the one that runs the light; CARLA 60 km/h"
    )
    impact_share: float = parameter(
        Uniform(-0.6, 1.6), bounds=(-1.0, 2.0), doc="where the other's middle meets the ego's front, from its side"
    )
    green_for_s: float = parameter(
        Uniform(1.5, 7.0),
        bounds=(0.5, 15.0),
        unit="s",
        doc="how long the ego's light is green when the ego is at its stop line",
    )
    side: str = parameter(Choice(("near", "far")), doc="side the other comes from; near is the right")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "box_truck")), doc="what comes")


@register("driving/red_light_runner")
class RedLightRunner(CrossingPaths):
    """Somebody runs a red light."""

    title: ClassVar[str] = "A vehicle runs a red light across the ego's green"
    source: ClassVar[str] = "NHTSA pre-crash type 4; CARLA OppositeVehicleRunningRedLight"
    tags: ClassVar[tuple[str, ...]] = (
        "D10", "family/crossing", "nhtsa/4", "carla/OppositeVehicleRunningRedLight", "level/scenario"
    )  # fmt: skip
    control = "signals"
    Params: ClassVar[type] = RedLightRunnerParams
    params: RedLightRunnerParams  # type: ignore[assignment]
    _red_for_s: float

    def regulate(self, world: World) -> None:
        """The ego's green follows the other's red by the clearing time; others wait on the opposite arm."""
        plan, junction = two_phases(green_s=(25.0, 14.0)), world.stage.junction
        assert junction is not None
        at_line_s = self.meets_s - (self.meets_m - junction.stop_s_m["south/straight"]) / self.params.ego_speed_mps
        green_begins_s = at_line_s - self.params.green_for_s
        self._red_for_s = self.meets_s - (green_begins_s - plan.all_red_s)
        self.hang_signals(world, plan.starting("south", green_begins_s))
        self.add_waiting(world, ("west/straight",) if self.params.side == "near" else ("east/straight",))

    def tell(self) -> None:
        """Why it happens."""
        self.cause(
            "runs_red_light", f"the other's light is red for {self._red_for_s:.1f} s when they meet", self.hazard.id
        )
