"""Vehicles as actors of the fleet's physics."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ...renderers.scene import Beam, Lamp, Luminaire
from ...renderers.transforms import rotate
from ..physics.specs import VehicleSpec
from ..physics.vehicle import VehicleFleet
from ..physics.vehicle_kernel import ORIENTATION, POSITION, SPEED, TURNING, VELOCITY, YAW
from .actor import Actor, Axle, Flock
from .assets.asset import Asset, Vec3

F64 = NDArray[np.float64]
_WHEEL_ROW = {"wheel_fl": 0, "wheel_fr": 1, "wheel_rl": 2, "wheel_rr": 3, "wheel_f": 0, "wheel_r": 2}
_NARROW_M, _LAMP_HEIGHT_M, _LAMP_AHEAD_M, _LAMP_DIP = 1.0, 0.68, 0.05, 0.01
_LOW_CD, _HIGH_CD = 22_000.0, 90_000.0
"""Peak luminous intensity of one lamp (typical are 15-30 and 50-150 kcd)."""
_BRAKES = 0.02
_HARD_CONTACT_NS_PER_KG = 0.3
"""A rider falls when a touch changes the speed by more than this [m/s]."""


@lru_cache(maxsize=256)
def _lit(lamps: Lamp, indicators: Lamp, braking: bool) -> Lamp:
    """All that is lit; asked for every vehicle at every tick, and there are few answers."""
    return lamps | indicators | Lamp.BRAKE if braking else lamps | indicators


class FleetState:
    """What the vehicles of a world have in common: their poses as one table, and the lamps that light and weather ask.

    Attributes:
        lamps: what every vehicle on the road has lit because of light and weather.

    """

    def __init__(self, fleet: VehicleFleet) -> None:
        self._fleet = fleet
        self.lamps = Lamp.NONE

    def update(self) -> None:
        """Read the fleet; call once after every physics step."""
        if len(self._fleet):
            self._fleet.read()

    @property
    def motion(self) -> F64:
        """(N, 43), see `physics.vehicle_kernel.motion`."""
        return self._fleet.motion


class VehicleActor(Actor):
    """A vehicle of the fleet.

    Attributes:
        index: its row in the fleet.
        spec: its class.
        indicators: indicator lamps that are on.

    """

    def __init__(self, name: str, asset: Asset, fleet: VehicleFleet, state: FleetState, index: int) -> None:
        super().__init__(name, asset)
        self.index = index
        self.indicators = Lamp.NONE
        self._fleet = fleet
        self._state = state
        self._loose = tuple(k for k, part in enumerate(asset.parts) if part.name in _WHEEL_ROW)
        rows = [_WHEEL_ROW[asset.parts[k].name] for k in self._loose]
        self._rows: slice | list[int] = slice(None) if rows == [0, 1, 2, 3] else rows

    @property
    def spec(self) -> VehicleSpec:
        """Its class."""
        return self._fleet.specs[self.index]

    @property
    def bodies(self) -> tuple[int, ...]:
        """The chassis."""
        return (self._fleet.body_ids[self.index],)

    @property
    def base_motion(self) -> Callable[[], tuple[Vec3, Vec3, Vec3]]:
        """As the fleet has read them."""
        return partial(self._fleet.base_motion, self.index)

    @property
    def position_w(self) -> F64:
        """(3,) centre of the box [m]."""
        return self._fleet.motion[self.index, POSITION]

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion (x, y, z, w) of the box."""
        return self._fleet.motion[self.index, ORIENTATION]

    @property
    def velocity_w(self) -> F64:
        """(3,) velocity of the centre [m/s]."""
        return self._fleet.motion[self.index, VELOCITY]

    @property
    def yaw(self) -> float:
        """Heading of the box in the world's plane [rad]."""
        return float(self._fleet.motion[self.index, YAW])

    @property
    def angular_velocity_w(self) -> F64:
        """(3,) angular velocity [rad/s]."""
        return self._fleet.motion[self.index, TURNING]

    @property
    def speed_mps(self) -> float:
        """Forward speed [m/s]."""
        return float(self._fleet.motion[self.index, SPEED])

    @property
    def slide_mps(self) -> tuple[float, float]:
        """Velocity of the centre along the body's x and y axes [m/s]."""
        x, y, z, w = self.orientation_w.tolist()
        vx, vy, vz = self.velocity_w.tolist()
        forward = (1.0 - 2.0 * (y * y + z * z)) * vx + 2.0 * (x * y + z * w) * vy + 2.0 * (x * z - y * w) * vz
        left = 2.0 * (x * y - z * w) * vx + (1.0 - 2.0 * (x * x + z * z)) * vy + 2.0 * (y * z + x * w) * vz
        return forward, left

    @property
    def lamps(self) -> Lamp:
        """Brake lamps while braking, indicators as the controller says, head and tail lamps as the conditions ask."""
        braking = float(self._fleet.controls[self.index, 2]) > _BRAKES
        return _lit(self._state.lamps, self.indicators, braking)

    def headlights(self, position_w: F64, orientation_w: F64, beam: Beam) -> list[Luminaire]:
        """One lamp on a two-wheeler, two on others, tilted down by one per cent."""
        length, width, height = self.size
        double = width > _NARROW_M
        rise = min(_LAMP_HEIGHT_M, 0.55 * height) - 0.5 * height
        peak = _HIGH_CD if beam is Beam.HIGH else _LOW_CD
        axis = rotate(orientation_w, np.array([1.0, 0.0, -_LAMP_DIP]))
        axis = axis / np.linalg.norm(axis)
        out = []
        for side in (0.36, -0.36) if double else (0.0,):
            at = position_w + rotate(orientation_w, np.array([0.5 * length + _LAMP_AHEAD_M, side * width, rise]))
            out.append(Luminaire(_three(at), _three(axis), (peak, 0.97 * peak, 0.9 * peak), beam))
        return out

    @property
    def wheel_friction(self) -> F64:
        """(4,) peak friction under the wheels."""
        return self._fleet.wheel_friction_of(self.index)

    @property
    def mean_wheel_friction(self) -> float:
        """Mean of `wheel_friction`."""
        return sum(self._fleet.wheel_friction_of(self.index).tolist()) / 4.0

    @property
    def wheel_speed_radps(self) -> F64:
        """(4,) spin rates."""
        return self._fleet.wheel_speed_radps[self.index]

    @property
    def axle(self) -> Axle:
        """The rear wheels."""
        return Axle(self.spec.wheel_radius_m, self.spec.track_m, self._rear_spin)

    def _rear_spin(self) -> tuple[float, float]:
        spin = self.wheel_speed_radps
        return float(spin[2]), float(spin[3])

    @property
    def steer_rad(self) -> float:
        """Angle of the middle front wheel."""
        return self._fleet.steer_of(self.index)

    @property
    def grade(self) -> float:
        """Slope of the road ahead, up in the direction it heads."""
        return self._fleet.grade_of(self.index)

    def set_controls(self, steer_rad: float, throttle: float, brake: float) -> None:
        """See `VehicleFleet.set_controls`."""
        self._fleet.set_controls(self.index, steer_rad, throttle, brake)

    def deflate(self, wheel: int, flat: float) -> None:
        """See `VehicleFleet.deflate`."""
        self._fleet.deflate(self.index, wheel, flat)

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """The wheels."""
        return self._loose

    def part_poses(self) -> tuple[F64, F64]:
        """The wheels, from their own states."""
        position, orientation = self._fleet.wheel_poses()
        return position[self.index, self._rows], orientation[self.index, self._rows]

    @property
    def flock(self) -> Flock:
        """Its row of the fleet."""
        names = (self.asset.parts[k].name for k in self._loose)
        return Flock(self._state, self.index, tuple(_WHEEL_ROW[name] for name in names))

    def on_contact(self, other: Actor | None, impulse_ns: float) -> None:
        """A rider falls after a hard touch; far traffic becomes a real body."""
        self._fleet.release(self.index)
        if impulse_ns > _HARD_CONTACT_NS_PER_KG * self.spec.mass_kg:
            self._fleet.disable_stabiliser(self.index)


def _three(values: F64) -> Vec3:
    return float(values[0]), float(values[1]), float(values[2])
