"""A stack of cartons topples into the aisle: a truck in the next aisle lifts the far edge of its pallet.

The pallet stands in a bay beside the aisle; the tines caught under it tilt it about its edge at the aisle at
`tilt_rate_dps`, at most by 40 degrees. A layer slides once tan(tilt) > mu; a stack that does not slide tips over when
its centre of mass is beyond the edge, tan(tilt) > depth / height. What falls is free and falls as physics says; the
event is that it comes into the robot's lane (exclusion-zone breach). The robot sees cartons when they reach its scan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, radians, tan
from typing import ClassVar

import numpy as np

from ...renderers.transforms import from_rpy, rotate
from ...sim.control.navigate import NavigateConfig
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.mobile import MobileScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.bodies import BodyState
from ...sim.physics.mobile_base import BaseSpec
from ...sim.world.actor import Actor
from ...sim.world.assets.forklift import fork_carriage, forklift
from ...sim.world.assets.warehouse import carton_layer, empty_pallet
from ...sim.world.mobile_actor import GuidedActor
from ...sim.world.path import Path
from ...sim.world.rigid_actor import ObjectActor
from ...sim.world.stages.warehouse import warehouse_hall
from ...sim.world.world import World

_AT_X, _AISLE_M, _LANE_Y, _LANE_HALF_M = 1.4, 3.0, -0.35, 0.55
_EDGE_Y = -_AISLE_M / 2 + 0.05
_DEPTH_M, _PALLET_M, _MOST_RAD = 0.8, 0.144, radians(40.0)
_TIP_M = 0.60
"""From the pallet's edge at the aisle to the tips of the tines under it."""
_LAYER_M, _LAYER_KG = (1.14, 0.74, 0.38), 45.0
_APPROACH_S = 3.0
_HEAVY_KG = 1e5
_SETTLED_MPS = 0.15


@dataclass(frozen=True)
class TopplingPalletParams:
    """What is drawn for each episode."""

    layers: int = parameter(Choice((3, 4, 5)), doc="layers of cartons on the pallet")
    friction: float = parameter(
        Uniform(0.35, 0.6), bounds=(0.15, 0.9), doc="friction of cardboard on cardboard and wood"
    )
    tilt_rate_dps: float = parameter(
        Uniform(14.0, 30.0), bounds=(5.0, 60.0), unit="deg/s", doc="how fast the pallet is tilted"
    )
    lead_m: float = parameter(
        Uniform(1.2, 3.6),
        bounds=(0.0, 6.0),
        unit="m",
        doc="from the robot's front to the pallet when it starts to tilt",
    )
    speed_mps: float = parameter(Uniform(1.0, 1.6), bounds=(0.3, 2.0), unit="m/s", doc="speed of the robot")


@register("robotics/toppling_pallet")
class TopplingPallet(MobileScenario):
    """Pass a stack that is about to fall."""

    title: ClassVar[str] = "A stack of cartons topples into the aisle"
    source: ClassVar[str] = "statics of tipping and sliding; cardboard friction as wood on wood and tray, .30-.54"
    tags: ClassVar[tuple[str, ...]] = ("M06", "family/mobile_robot", "family/falling_load", "level/scenario")
    duration_s: ClassVar[float] = 13.0
    Params: ClassVar[type] = TopplingPalletParams
    params: TopplingPalletParams

    @property
    def hazard(self) -> Actor:
        """The topmost layer."""
        return self._layers[-1]

    def build(self) -> World:
        """The aisle with a bay in its racks, the stack in it, the truck behind, and the robot."""
        p = self.params
        bay = (_AT_X - 1.4, _AT_X + 1.4, -7.5, -_AISLE_M / 2)
        world = World(warehouse_hall(rng=self.streams.rng("stage"), aisle_m=_AISLE_M, clear=(bay,)))
        start = _AT_X - 0.6 - 0.35 - p.lead_m - _APPROACH_S * p.speed_mps
        path = Path.from_segments([(8.0 - start, 0.0)], start=(start, _LANE_Y))
        self.add_ego(world, spec=BaseSpec(), path=path, config=NavigateConfig(speed_mps=p.speed_mps))
        self._world, self._tilting_from = world, None
        self._add_pallet(world)
        self._add_truck(world)
        self._layers: list[ObjectActor] = []
        for k in range(int(p.layers)):
            asset = carton_layer(_LAYER_M, _LAYER_KG, p.friction**0.5, rng=self.streams.rng(f"assets/layer_{k}"))
            z = _PALLET_M + (k + 0.5) * (_LAYER_M[2] + 1e-4)
            at = np.array([_AT_X, _EDGE_Y - _DEPTH_M / 2, z])
            self._layers.append(self.add_object(world, f"layer_{k + 1}", asset, position_w=at))
        self.loose |= {"pallet", "fork_carriage", "forklift", *(actor.name for actor in self._layers)}
        self.add_life(world, aisle_m=_AISLE_M)
        return world

    def _add_pallet(self, world: World) -> None:
        asset, self._pallet_middle = empty_pallet()
        pose = self._pallet_motion
        state = pose()
        body = world.bodies.add(
            asset, state.position_w, state.orientation, mass_kg=_HEAVY_KG, friction=self.params.friction**0.5
        )
        self._pallet = self.add_moving(world, GuidedActor("pallet", asset, world.bodies, body, pose))

    def _add_truck(self, world: World) -> None:
        y = _EDGE_Y - _TIP_M
        truck = forklift(0.0, carriage=False, rng=self.streams.rng("assets/forklift"))
        self.add_standing(world, "forklift", truck, xy=(_AT_X, y), yaw=pi / 2)
        asset, self._carriage_middle = fork_carriage()
        state = self._carriage_motion()
        body = world.bodies.add(asset, state.position_w, state.orientation, mass_kg=_HEAVY_KG)
        self.add_moving(world, GuidedActor("fork_carriage", asset, world.bodies, body, self._carriage_motion))

    _tilting_from: float | None

    def tilt(self) -> tuple[float, float]:
        """Tilt of the pallet [rad] and its rate [rad/s]."""
        rate = radians(self.params.tilt_rate_dps)
        if self._tilting_from is None:
            return 0.0, 0.0
        angle = rate * (self._world.time_s - self._tilting_from)
        return (angle, rate) if angle < _MOST_RAD else (_MOST_RAD, 0.0)

    def _pallet_motion(self) -> BodyState:
        """Turned about its lower edge at the aisle."""
        angle, rate = self.tilt()
        turn, hinge = from_rpy(-angle, 0.0, 0.0), np.array([_AT_X, _EDGE_Y, 0.0])
        arm = rotate(turn, self._pallet_middle - np.array([0.0, _DEPTH_M / 2, 0.0]))
        spin = np.array([-rate, 0.0, 0.0])
        return BodyState(hinge + arm, turn, np.cross(spin, arm), spin)

    def _carriage_motion(self) -> BodyState:
        """Its tips stay just under the pallet's bottom."""
        angle, rate = self.tilt()
        lift = max(0.0, _TIP_M * tan(angle) - 0.05)
        speed = rate * _TIP_M / np.cos(angle) ** 2 if lift > 0.0 else 0.0
        turn = from_rpy(0.0, 0.0, pi / 2)
        at = np.array([_AT_X, _EDGE_Y - _TIP_M, lift]) + rotate(turn, self._carriage_middle)
        return BodyState(at, turn, np.array([0.0, 0.0, speed]), np.zeros(3))

    def lead_m(self) -> float:
        """From the robot's front to the near end of the pallet."""
        return _AT_X - 0.6 - float(self.ego.position_w[0]) - self.ego.size[0] / 2

    def in_lane(self) -> bool:
        """Whether any carton is in the robot's lane."""
        return any(
            abs(float(actor.position_w[1]) - _LANE_Y) < _LANE_HALF_M + _LAYER_M[1] / 2
            and float(actor.position_w[2]) < 1.2
            for actor in self._layers
        )

    def script(self) -> Iterator[Condition]:
        """The pallet is tilted, the stack comes down; the robot is hit, runs in, stops or is past."""
        yield lambda: self.lead_m() <= self.params.lead_m
        self._tilting_from = self.world.time_s
        self.mark("onset")
        self.cause("pallet_lifted", "a truck in the next aisle lifts the far edge of a pallet", self._pallet.id)
        yield lambda: self._moved() > 0.10
        self.cause("stack_unstable", "the tilted stack begins to slide or tip", self.hazard.id)
        yield self.in_lane
        self._breached = self.disturbed = True
        self.emit("zone_breach", self.hazard.id, self.ego.id, self.lead_m())
        self.cause("load_in_lane", "cartons fall into the robot's lane", self.hazard.id)
        fallen = self.world.time_s
        yield lambda: "contact" in self.phases or (self.world.time_s > fallen + 0.5 and self._quiet())
        if "contact" not in self.phases:
            self.mark("escape")

    _breached = False

    def _moved(self) -> float:
        """How far the topmost layer has left its place over the pallet, towards the aisle."""
        angle, _ = self.tilt()
        height = _PALLET_M + (len(self._layers) - 0.5) * _LAYER_M[2]
        rest = _EDGE_Y + rotate(from_rpy(-angle, 0.0, 0.0), np.array([0.0, -_DEPTH_M / 2, height]))[1]
        return float(self.hazard.position_w[1] - rest)

    def _quiet(self) -> bool:
        return all(float(np.linalg.norm(actor.velocity_w)) < _SETTLED_MPS for actor in self._layers)

    def occurred(self) -> bool:
        """Whether the load came into the robot's lane."""
        return self._breached
