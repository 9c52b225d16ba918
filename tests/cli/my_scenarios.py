"""A user's package: one scenario, registered by import."""

from __future__ import annotations

from dataclasses import dataclass

from cornercase.sim.episode.distributions import Uniform, parameter
from cornercase.sim.episode.scenario import Scenario, register


@dataclass(frozen=True)
class RollParams:
    speed_mps: float = parameter(Uniform(1.0, 5.0), bounds=(0.0, 10.0), unit="m/s", doc="speed of the ball")


@register("mine/roll")
class Roll(Scenario):
    title = "A ball rolls"
    source = "nowhere"
    duration_s = 1.0
    drivers = ("none",)
    Params = RollParams
