"""Spray: what the wheels of a vehicle throw up from a wet road, as puffs that hang in the air behind it.

Every `_EVERY_S` the rear wheels leave a puff, left and right in turn. Its extinction grows with the film of water, up
to 0.5 mm, and with the square of the speed above 50 km/h, below which there is none; it is `density` at 90 km/h.
The wake carries a puff along at first, then it falls back, drifts with the wind, widens and thins out: cameras and
lidars find a dense cloud within some ten metres of the wheels, as field reports have it, and a veil beyond.
Extinctions, wake and lifetimes are engineering values, not measured ones. Left out: drops on the lens of who follows,
splash from the front wheels, the shape of the wake.
"""

from __future__ import annotations

from collections import deque
from math import cos, exp, sin
from typing import NamedTuple

import numpy as np

from ...renderers.air import FogBank
from ..physics.client import TICK_HZ
from .vehicle_actor import VehicleActor
from .world import World

_EVERY_S, _LIFE_S = 0.10, 1.5
_FULL_MM = 0.5
_LEAST_MPS, _FULL_MPS = 14.0, 25.0
_CARRIED, _WAKE_S, _THINS_S = 0.75, 0.5, 0.6
"""Share of the vehicle's speed that a puff has at first, how long it keeps it, and how fast its drops fall out."""
_SIZE_M, _GROWTH_MPS, _HEIGHT_M = 0.9, 1.0, 1.0


class _Puff(NamedTuple):
    time_s: float
    position_w: tuple[float, float, float]
    velocity_w: tuple[float, float]
    extinction_per_m: float
    """On a road that is wet enough."""


class Spray:
    """The spray of one vehicle; it joins the world's clouds by itself.

    Args:
        world, vehicle: whose wheels; the film of water is that of the world's conditions.
        density: extinction in the middle of a fresh puff at 25 m/s on 0.5 mm of water and more [1/m].
        rng: how puffs differ.

    """

    def __init__(self, world: World, vehicle: VehicleActor, *, density: float, rng: np.random.Generator) -> None:
        self._world, self._vehicle, self._density, self._rng = world, vehicle, density, rng
        self._puffs: deque[_Puff] = deque()
        self._count = 0
        world.watch(self.emit)
        world.cloud(self.banks)

        for age in range(round(_LIFE_S / _EVERY_S), 0, -1):
            self._leave(age * _EVERY_S)

    def emit(self) -> None:
        """Leave a puff when its time has come; called after every tick."""
        if self._world.tick % round(_EVERY_S * TICK_HZ) == 0:
            self._leave(0.0)

    def _leave(self, age_s: float) -> None:
        """Leave a puff that is `age_s` old already, the vehicle having come straight on at its speed."""
        world, vehicle = self._world, self._vehicle
        self._count += 1
        jitter, sway = float(self._rng.uniform(0.6, 1.4)), float(self._rng.normal(0.0, 0.2))
        while self._puffs and world.time_s - self._puffs[0].time_s > _LIFE_S + 0.5:
            self._puffs.popleft()
        excess = max(vehicle.speed_mps**2 - _LEAST_MPS**2, 0.0) / (_FULL_MPS**2 - _LEAST_MPS**2)
        if excess <= 0.0:
            return
        spec = vehicle.spec
        back = -spec.size[0] / 2 + 0.5 * spec.rear_overhang_m
        aside = (0.5 if self._count % 2 else -0.5) * spec.track_m + sway
        c, s = cos(vehicle.yaw), sin(vehicle.yaw)
        x, y, z = vehicle.position_w.tolist()
        vx, vy, _ = vehicle.velocity_w.tolist()
        x, y = x + c * back - s * aside - age_s * vx, y + s * back + c * aside - age_s * vy
        at = (x, y, z - spec.size[2] / 2 + _HEIGHT_M)
        self._puffs.append(_Puff(world.time_s - age_s, at, (vx, vy), self._density * jitter * excess))

    def banks(self, time_s: float) -> tuple[FogBank, ...]:
        """The puffs in the air at a recent instant."""
        now = self._world.conditions.environment(time_s)
        wind, water = now.air.wind_w, min(now.cover.water_mm / _FULL_MM, 1.0)
        if water <= 0.0:
            return ()
        out = []
        for born, (x, y, z), (vx, vy), extinction in self._puffs:
            age = time_s - born
            if not 0.0 <= age <= _LIFE_S:
                continue
            carried = _CARRIED * _WAKE_S * (1.0 - exp(-age / _WAKE_S))
            size = _SIZE_M + _GROWTH_MPS * age
            centre = (x + carried * vx + age * wind[0], y + carried * vy + age * wind[1], z + 0.5 * age)
            fade = exp(-age / _THINS_S) * (1.0 - (age / _LIFE_S) ** 4)
            out.append(FogBank(centre, (1.3 * size, size, 0.8 * size), extinction * water * fade))
        return tuple(out)
