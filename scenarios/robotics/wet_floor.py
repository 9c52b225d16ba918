"""A spill where the robot means to brake: it slides past its stopping point, towards a person or a pallet.

The robot plans with a service deceleration of 1.2 m/s^2, which the dry floor (mu 0.6) carries twice over; on the spill
the driven wheels give at most share mu g, 0.6 m/s^2 at mu 0.1, so the way to stop from 1.5 m/s grows from 0.9 m to
1.8 m. Friction of oil and water films on smooth floors after the bands for ice and wet surfaces (Noon .10-.15).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import ClassVar

from ...sim.control.navigate import NavigateConfig
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.mobile import MobileScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.ground import RectPatch
from ...sim.physics.mobile_base import BaseSpec
from ...sim.world.actor import Actor
from ...sim.world.assets.warehouse import bucket_and_sign, roll_cage, spill
from ...sim.world.path import Path
from ...sim.world.stages.warehouse import warehouse_hall
from ...sim.world.world import World

_TARGET_X, _AISLE_M = 2.4, 3.4
_APPROACH_S, _SHORT_M = 4.0, 0.45
_WIDTH_M, _FILM_SHARE = 1.9, 0.94
_OVERRUN_M = 0.08
_REACH_M = {"person": 0.15, "cage": 0.40}


@dataclass(frozen=True)
class WetFloorParams:
    """What is drawn for each episode."""

    friction: float = parameter(Uniform(0.04, 0.11), bounds=(0.02, 0.6), doc="friction of the treads on the spill")
    length_m: float = parameter(Uniform(1.6, 2.8), bounds=(0.2, 4.0), unit="m", doc="length of the spill along the way")
    speed_mps: float = parameter(Uniform(1.2, 1.8), bounds=(0.3, 2.0), unit="m/s", doc="speed of the robot")
    target: str = parameter(Choice(("person", "cage")), doc="who or what stands behind the stopping point")
    liquid: str = parameter(Choice(("water", "oil")), doc="what was spilt; changes the look only")


@register("robotics/wet_floor")
class WetFloor(MobileScenario):
    """Brake for an obstacle on a slippery floor."""

    title: ClassVar[str] = "A spill where the robot brakes"
    source: ClassVar[str] = "Coulomb's law on a friction patch; Noon's friction bands; ISO/TS 15066 separation"
    tags: ClassVar[tuple[str, ...]] = ("M04", "family/mobile_robot", "family/low_friction", "level/scene")
    duration_s: ClassVar[float] = 13.0
    Params: ClassVar[type] = WetFloorParams
    params: WetFloorParams

    @property
    def hazard(self) -> Actor:
        """The spill."""
        return self._spill

    def build(self) -> World:
        """The aisle with the spill, somebody or something behind it, and the robot on its way."""
        p = self.params
        face = _TARGET_X - _REACH_M[p.target]
        # the driven wheels are half a robot behind its front, which is to stop 0.3 m short
        middle = face - _SHORT_M - p.length_m / 2
        patch = RectPatch(
            (middle, 0.0), 0.0, _FILM_SHARE * p.length_m / 2, _FILM_SHARE * _WIDTH_M / 2, None, p.friction
        )
        world = World(warehouse_hall(rng=self.streams.rng("stage"), aisle_m=_AISLE_M, spills=(patch,)))
        self._film_x = (middle - p.length_m / 2, middle + p.length_m / 2)
        start = middle - p.length_m / 2 - 0.3 - _APPROACH_S * p.speed_mps
        path = Path.from_segments([(8.0 - start, 0.0)], start=(start, 0.0))
        self._plan = NavigateConfig(speed_mps=p.speed_mps)
        self.add_ego(world, spec=BaseSpec(), path=path, config=self._plan)
        rng = self.streams.rng("spill")
        drawn = spill(p.length_m, _WIDTH_M, oil=p.liquid == "oil", rng=rng)
        self._spill = self.add_standing(world, "spill", drawn, xy=(middle, 0.0), solid=False)
        if p.target == "person":
            self._target: Actor = self.add_person(
                world, "worker_ahead", xy=(_TARGET_X, 0.0), yaw=float(rng.choice([0.5, -0.5])) * pi
            )
        else:
            cage = roll_cage(rng=self.streams.rng("assets/cage"))
            self._target = self.add_standing(world, "cage", cage, xy=(_TARGET_X, float(rng.uniform(-0.15, 0.15))))
        side = 1.0 if rng.uniform() < 0.5 else -1.0
        self.add_standing(
            world,
            "wet_floor_sign",
            bucket_and_sign(),
            xy=(middle + 0.2, side * 1.25 - 0.3),
            yaw=float(rng.uniform(-0.4, 0.4)),
        )
        self.add_life(world, aisle_m=_AISLE_M)
        return world

    def script(self) -> Iterator[Condition]:
        """It brakes, the wheels slide, and it comes to rest or to a touch."""
        yield lambda: self.ego.base.sliding_mps > 0.1 or self._rests()
        self._slid = self.ego.base.sliding_mps > 0.1
        self.mark("onset")
        self.cause("low_friction", "a spill lies where the robot brakes", self._spill.id)
        if self._slid:
            self.disturbed = True
            self.cause(
                "wheels_slide", "the driven wheels slide and the robot stops later than it reckoned", self.ego.id
            )
        yield lambda: "contact" in self.phases or self._rests()
        if "contact" not in self.phases:
            self.mark("escape")

    _slid = False

    def _rests(self) -> bool:
        return abs(self.ego.speed_mps) < 0.03 and self.world.time_s > 1.0

    def overrun_m(self) -> float:
        """How far its front is beyond where it meant to stop."""
        return self._plan.stand_off_m - self.remaining_m()

    def occurred(self) -> bool:
        """Whether it slid past its stopping point."""
        return self._slid and ("contact" in self.phases or self.overrun_m() > _OVERRUN_M)
