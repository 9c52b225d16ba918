"""A mobile robot's base: a rigid body on two driven wheels and four castors, steered by the difference of the wheels.

The wheels are springs under the body: each carries load while its contact point has ground within reach (`Ground`
knows its height and friction there), so a wheel beyond an edge carries nothing, the body tips, grounds on its belly and
falls, by Bullet's own contacts. A driven wheel answers the slip of its tread over the ground, along and across, with
Coulomb friction inside the friction circle mu N; below `_CREEP_MPS` of slip the force grows linearly, which keeps the
explicit step stable and lets a standing base creep on no slope. Castors roll freely. The driven wheels carry the share
`drive_share` of the weight, so a base on a level floor can brake at most at

    a = min(brake_mps2, drive_share mu g),      stopping distance v^2 / (2 a).

Speed and turn commands are followed by the treads at limited rates; where friction does not suffice the wheels slide,
and their turning (what odometry counts) says less than the truth. Rules for such vehicles ask for 40 mm of clearance at
most (ISO 3691-4), so anything higher than that is hit by the body and not rolled over.
Left out: rolling resistance, castor trail, climbing of steps, tyre relaxation, weather on the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from ...renderers.transforms import IDENTITY, from_yaw, rotate
from ..world.assets.asset import Asset, Box
from .bodies import Bodies, BodyState, MassProperties, mass_properties
from .client import GRAVITY_MPS2, TICK_HZ, TICK_S, Client
from .ground import Ground, surface

F64 = NDArray[np.float64]

WHEELS = ("wheel_l", "wheel_r", "castor_fl", "castor_fr", "castor_rl", "castor_rr")
"""Names of the wheels in the order of all arrays here; the first two are driven."""
_CREEP_MPS = 0.06
_SAG_M = 0.0025
_DAMPING = 0.35
_REACH_M = 0.03
"""A surface that stands higher than this above the foot of a wheel is beside it, and carries nothing."""
_UPRIGHT = 0.7
"""Cosine of the tilt beyond which the wheels no longer stand on anything."""


@dataclass(frozen=True)
class BaseSpec:
    """A base and what it carries.

    Attributes:
        size: length, width, height of the chassis [m].
        mass_kg: of the chassis.
        clearance_m: between its belly and the floor.
        load: length, width, height of a load or mast standing on it [m]; zeros for none.
        load_kg: mass of that load.
        wheel_radius_m, track_m: driven wheels, in the middle of the length.
        castor_x_m, castor_y_m: half distances of the castors.
        drive_share: share of the weight on the driven wheels.
        max_speed_mps, max_turn_radps: fastest commands.
        accel_mps2, brake_mps2, turn_radps2: rates at which the treads follow a command; the emergency stop
            brakes so too.
        max_drive_n: largest force of one driven wheel.

    """

    size: tuple[float, float, float] = (0.70, 0.50, 0.35)
    mass_kg: float = 90.0
    clearance_m: float = 0.035
    load: tuple[float, float, float] = (0.0, 0.0, 0.0)
    load_kg: float = 0.0
    wheel_radius_m: float = 0.085
    track_m: float = 0.40
    castor_x_m: float = 0.28
    castor_y_m: float = 0.18
    drive_share: float = 0.65
    max_speed_mps: float = 2.0
    max_turn_radps: float = 1.5
    accel_mps2: float = 0.8
    brake_mps2: float = 2.5
    turn_radps2: float = 3.0
    max_drive_n: float = 250.0

    def __post_init__(self) -> None:
        if self.mass_kg <= 0.0 or self.load_kg < 0.0 or not 0.0 < self.drive_share < 1.0:
            raise ValueError(
                f"a base needs mass_kg > 0, load_kg >= 0 and drive_share in (0, 1), "
                f"got {self.mass_kg:g}, {self.load_kg:g} and {self.drive_share:g}"
            )

    @property
    def height_m(self) -> float:
        """From the floor to the top of the load."""
        return self.size[2] + self.load[2]

    @property
    def chassis_shape(self) -> Box:
        """The chassis, in the actor frame (centre of the whole)."""
        length, width, top = self.size
        tall = top - self.clearance_m
        return Box((length / 2, width / 2, tall / 2), (0.0, 0.0, self.clearance_m + tall / 2 - self.height_m / 2))

    @property
    def load_shape(self) -> Box | None:
        """What stands on it, if anything."""
        if min(self.load) <= 0.0:
            return None
        x, y, z = self.load
        return Box((x / 2, y / 2, z / 2), (0.0, 0.0, self.height_m / 2 - z / 2))

    @property
    def wheel_places(self) -> F64:
        """(6, 3) feet of the wheels in the actor frame, in the order of `WHEELS`, springs unloaded."""
        x, y, half, foot = self.castor_x_m, self.castor_y_m, self.track_m / 2, -self.height_m / 2 - _SAG_M
        return np.array([(0, half, foot), (0, -half, foot), (x, y, foot), (x, -y, foot), (-x, y, foot), (-x, -y, foot)])

    def stopping_m(self, speed_mps: float, friction: float, reaction_s: float = 0.0) -> float:
        """Distance to a stand on a level floor of one friction [m]."""
        braking = min(self.brake_mps2, self.drive_share * friction * GRAVITY_MPS2)
        return abs(speed_mps) * reaction_s + speed_mps**2 / (2.0 * max(braking, 1e-6))


def mass_of(spec: BaseSpec) -> MassProperties:
    """Mass distribution of chassis and load together, in the actor frame."""
    chassis = mass_properties((spec.chassis_shape,), spec.mass_kg)
    if spec.load_shape is None or spec.load_kg == 0.0:
        return chassis
    load = mass_properties((spec.load_shape,), spec.load_kg)
    total = spec.mass_kg + spec.load_kg
    centre = (spec.mass_kg * chassis.centre + spec.load_kg * load.centre) / total
    inertia = np.zeros(3)
    for part in (chassis, load):  # both are on the middle axis, so the axes stay those of the frame
        x, y, z = (part.centre - centre) ** 2
        inertia += part.inertia + part.mass_kg * np.array([y + z, x + z, x + y])
    return MassProperties(total, centre, IDENTITY.copy(), inertia)


class MobileBase:
    """One base in a world.

    Args:
        client: the physics world.
        bodies: of that world.
        spec: of the base.
        asset: its collision shapes and look; the frame is the middle of chassis and load together.
        ground: the floor.
        xy: where it stands.
        yaw: heading [rad].
        speed_mps: at which it already rolls.

    """

    def __init__(
        self,
        client: Client,
        bodies: Bodies,
        spec: BaseSpec,
        asset: Asset,
        ground: Ground,
        *,
        xy: tuple[float, float],
        yaw: float = 0.0,
        speed_mps: float = 0.0,
    ) -> None:
        self.spec = spec
        self._client, self._bodies, self._ground = client, bodies, ground.table
        mass = mass_of(spec)
        position = np.array([*xy, float(ground.at(np.array(xy))[0]) + spec.height_m / 2])
        orientation = from_yaw(yaw)
        self.body: int = bodies.add(asset, position, orientation, friction=0.4, distribution=mass)
        heading = rotate(orientation, np.array([1.0, 0.0, 0.0]))
        bodies.set_state(self.body, BodyState(position, orientation, speed_mps * heading, np.zeros(3)))
        self._state = bodies.state(self.body)
        drive = spec.drive_share / 2
        share = np.array([drive, drive, *[(1.0 - spec.drive_share) / 4] * 4])
        self._stiffness = share * mass.mass_kg * GRAVITY_MPS2 / _SAG_M
        self._damping = 2.0 * _DAMPING * np.sqrt(self._stiffness * share * mass.mass_kg)
        self._places = spec.wheel_places
        self._command = (speed_mps, 0.0)
        self._tread = (speed_mps, 0.0)  # speed and turn rate that the treads have now
        self._spin = np.full(2, speed_mps / spec.wheel_radius_m)
        self._angle = np.zeros(2)
        self._load = share * mass.mass_kg * GRAVITY_MPS2
        self._friction = np.zeros(6)
        self._sliding_mps = 0.0
        self._wrench = np.zeros((3, 3))
        self._centre = mass.centre.copy()

    # ---- commands -------------------------------------------------------------------------------------------------

    def command(self, speed_mps: float, turn_radps: float) -> None:
        """Speed and turn rate to reach and hold; clipped to what the base can do.

        Args:
            speed_mps: along its x axis.
            turn_radps: positive to the left.

        Raises:
            ValueError: a command is not finite.

        """
        if not (isfinite(speed_mps) and isfinite(turn_radps)):
            raise ValueError(f"base commands must be finite, got speed {speed_mps} and turn {turn_radps}")
        fastest, turning = self.spec.max_speed_mps, self.spec.max_turn_radps
        self._command = min(max(speed_mps, -fastest), fastest), min(max(turn_radps, -turning), turning)

    def apply(self) -> None:
        """Move the treads on by one tick and apply the forces of all wheels; call before each physics step."""
        self._follow_command()
        state, spec = self._state, self.spec
        treads = self._treads
        self._spin = treads / spec.wheel_radius_m
        self._sliding_mps = press(
            self._ground, self._places, self._stiffness, self._damping, state.position_w, state.orientation,
            state.velocity_w, state.angular_velocity_w, treads, spec.max_drive_n, spec.wheel_radius_m,
            self._centre, self._load, self._friction, self._spin, self._wrench,
        )  # fmt: skip
        self._angle = (self._angle + self._spin * TICK_S) % (2.0 * np.pi)
        force, torque, at = self._wrench.tolist()
        frame = self._client.WORLD_FRAME
        self._client.applyExternalForce(self.body, -1, force, at, frame)
        self._client.applyExternalTorque(self.body, -1, torque, frame)

    def _follow_command(self) -> None:
        spec, (speed, turn) = self.spec, self._tread
        wanted, turning = self._command
        slower = abs(wanted) < abs(speed) or wanted * speed < 0.0
        step = (spec.brake_mps2 if slower else spec.accel_mps2) / TICK_HZ
        speed += min(max(wanted - speed, -step), step)
        step = spec.turn_radps2 / TICK_HZ
        turn += min(max(turning - turn, -step), step)
        self._tread = speed, turn

    @property
    def _treads(self) -> F64:
        """(2,) speed of the left and the right tread [m/s]."""
        speed, turn = self._tread
        half = self.spec.track_m / 2
        return np.array([speed - turn * half, speed + turn * half])

    # ---- reading --------------------------------------------------------------------------------------------------

    def read(self) -> BodyState:
        """Fetch the state; call after every physics step."""
        self._state = self._bodies.state(self.body)
        return self._state

    @property
    def speed_mps(self) -> float:
        """Velocity of the middle along the body's x axis, as last read."""
        ahead = rotate(self._state.orientation, np.array([1.0, 0.0, 0.0]))
        return float(ahead @ self._state.velocity_w)

    @property
    def tilt_rad(self) -> float:
        """Angle between the body's z axis and the vertical."""
        x, y, _, _ = self._state.orientation.tolist()
        return 2.0 * float(np.arcsin(min(1.0, sqrt(x * x + y * y))))

    @property
    def wheel_load_n(self) -> F64:
        """(6,) load of each wheel in the last tick, in the order of `WHEELS`."""
        return self._load.copy()

    @property
    def wheel_friction(self) -> F64:
        """(6,) friction coefficient of the floor under each wheel."""
        return self._friction.copy()

    @property
    def wheel_speed_radps(self) -> F64:
        """(2,) spin of the left and the right wheel, as an encoder counts it."""
        return self._spin.copy()

    @property
    def wheel_angle_rad(self) -> F64:
        """(2,) angle that the wheels have turned by."""
        return self._angle.copy()

    @property
    def sliding_mps(self) -> float:
        """Largest slip speed of a driven wheel beyond what a gripping one needs; 0 while both roll."""
        return self._sliding_mps

    @property
    def unsupported(self) -> int:
        """How many wheels stand on nothing."""
        return int(np.sum(self._load <= 0.0))


@compiled
def press(  # type: ignore[no-untyped-def]
    ground, places, stiffness, damping, position, orientation, velocity, turning, treads, max_drive_n, radius, centre,
    load, friction, spin, wrench,
):  # fmt: skip
    """Forces of all wheels on the body for one tick.

    Args:
        ground: `Ground.table`.
        places, stiffness, damping: of the wheels.
        position, orientation, velocity, turning: of the actor frame.
        treads: (2,) speeds of the driven treads [m/s].
        max_drive_n, radius: of a driven wheel.
        centre: (3,) centre of mass in the actor frame.
        load, friction, spin: (6,), (6,), (2,), written; a wheel whose drive is too weak is turned by the ground.
        wrench: (3, 3), written: force, torque about the centre of mass, and where that is, all in the world.

    Returns:
        Largest slip speed of a sliding driven wheel.

    """
    x, y, z, w = orientation
    turn = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
    wrench[:2] = 0.0
    middle = turn @ centre
    wrench[2] = position + middle
    if turn[2, 2] < _UPRIGHT:
        load[:] = 0.0
        return 0.0
    flat = np.hypot(turn[0, 0], turn[1, 0])
    ax, ay = turn[0, 0] / flat, turn[1, 0] / flat
    worst = 0.0
    for k in range(len(places)):
        foot = turn @ places[k]
        height, mu, _, _ = surface(ground, position[0] + foot[0], position[1] + foot[1])
        sunk = height - position[2] - foot[2]
        friction[k] = mu
        load[k] = 0.0
        if not 0.0 < sunk < _REACH_M:
            continue
        vx = velocity[0] + turning[1] * foot[2] - turning[2] * foot[1]
        vy = velocity[1] + turning[2] * foot[0] - turning[0] * foot[2]
        vz = velocity[2] + turning[0] * foot[1] - turning[1] * foot[0]
        load[k] = max(0.0, stiffness[k] * sunk - damping[k] * vz)
        fx, fy, fz = 0.0, 0.0, load[k]
        if k < 2:
            rolling, sideways = vx * ax + vy * ay, vy * ax - vx * ay
            slip = treads[k] - rolling
            sliding = np.hypot(slip, sideways)
            grip = mu * load[k] * min(1.0, sliding / _CREEP_MPS) / max(sliding, 1e-9)
            pull, hold = grip * slip, -grip * sideways
            if abs(pull) > max_drive_n:
                pull = np.sign(pull) * max_drive_n
                spin[k] = rolling / radius
            elif sliding > _CREEP_MPS:
                worst = max(worst, sliding)
            fx, fy = pull * ax - hold * ay, pull * ay + hold * ax
        px, py, pz = foot[0] - middle[0], foot[1] - middle[1], foot[2] - middle[2]
        wrench[0, 0] += fx
        wrench[0, 1] += fy
        wrench[0, 2] += fz
        wrench[1, 0] += py * fz - pz * fy
        wrench[1, 1] += pz * fx - px * fz
        wrench[1, 2] += px * fy - py * fx
    return worst
