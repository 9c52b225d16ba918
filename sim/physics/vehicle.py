"""All vehicles of a world: rigid chassis in Bullet, wheels, tyres and drive train in one numba call a tick.

A chassis is one rigid box that Bullet moves, collides and rolls over; wheels are not bodies but state, and act on the
chassis through one force and one torque per tick (`vehicle_kernel`). A kinematic vehicle (far traffic) runs on the
steady-state bicycle model instead and pushes what it meets without being pushed; `release` hands it to dynamics.
"""

from __future__ import annotations

from difflib import get_close_matches
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_matrix, rotate
from .client import Client, pybullet
from .ground import Ground
from .specs import VEHICLES, VehicleSpec
from .tyres import PEAK_SLIP_ANGLE
from .vehicle_kernel import (
    HUBS,
    MOTION_COLUMNS,
    ORIENTATION,
    POSITION,
    SPEED,
    TURNING,
    VELOCITY,
    WHEELS,
    motion,
    tick,
)
from .vehicle_tables import PARAMETERS, STATE, Body, parameters

F64 = NDArray[np.float64]
Vec3 = tuple[float, float, float]

_BODY_FRICTION, _BODY_RESTITUTION = 0.8, 0.05


def vehicle_spec(kind: str) -> VehicleSpec:
    """The class of that name; raises ValueError naming the nearest one."""
    if kind not in VEHICLES:
        near = get_close_matches(kind, VEHICLES, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown vehicle kind {kind!r}, expected one of {', '.join(VEHICLES)}; nearest is {near!r}")
    return VEHICLES[kind]


class VehicleFleet:
    """The vehicles of one world. Rows of all arrays are in the order of `add`.

    Each tick: `set_controls`, `apply()`, `client.stepSimulation()`, `read()`.

    Attributes:
        specs: class of each vehicle.
        body_ids: Bullet body of each chassis.
        controls: (N, 3) steering angle of the middle front wheel [rad], throttle 0..1, brake 0..1.
        motion: (N, 43) what each vehicle does, see `vehicle_kernel.motion`; made anew by `read`, so views of it keep.

    """

    def __init__(self, client: Client, ground: Ground) -> None:
        self.ground = ground
        self._surface = ground.table.copy()
        self.specs: list[VehicleSpec] = []
        self.body_ids: list[int] = []
        self.controls: F64 = np.zeros((0, 3))
        self._base: list[tuple[Vec3, Vec3, Vec3]] = []
        self._client = client
        self._params = np.zeros(0, PARAMETERS)
        self._state = np.zeros(0, STATE)
        self._chassis: F64 = np.zeros((0, 13))
        self._wrench: F64 = np.zeros((0, 6))
        self._cog: F64 = np.zeros((0, 3))
        self.motion: F64 = np.zeros((0, MOTION_COLUMNS))
        self._kinematic: list[bool] = []
        self._fresh = False  # whether Bullet still stands where `read` found it

    def __len__(self) -> int:
        return len(self.specs)

    def add(
        self,
        spec: VehicleSpec,
        *,
        xy: tuple[float, float],
        yaw: float,
        speed_mps: float = 0.0,
        kinematic: bool = False,
    ) -> int:
        """Place a vehicle on its wheels, at rest on its springs, rolling straight at `speed_mps`; returns its index.

        Args:
            spec: vehicle class.
            xy: where the centre of its box shall be, world frame [m].
            yaw: heading [rad].
            speed_mps: forward speed, >= 0.
            kinematic: follow the steady-state bicycle model instead of tyre forces.

        """
        if not (all(map(isfinite, (*xy, yaw, speed_mps))) and speed_mps >= 0.0):
            raise ValueError(f"vehicle pose must be finite and speed_mps >= 0, got xy={xy} yaw={yaw} speed={speed_mps}")
        p = self._client
        body = Body.of(spec)
        row = parameters(spec, PEAK_SLIP_ANGLE)
        centre, turn, ground_m = self._standing(spec, body, row["hub_xyz"], xy, yaw)
        orientation = from_matrix(turn)
        shape = p.createCollisionShape(
            p.GEOM_BOX, halfExtents=body.box_half_extents, collisionFramePosition=body.box_centre
        )
        body_id = p.createMultiBody(
            baseMass=spec.mass_kg,
            baseCollisionShapeIndex=shape,
            basePosition=centre.tolist(),
            baseOrientation=orientation.tolist(),
            baseInertialFramePosition=body.cog,
        )
        p.changeDynamics(
            body_id, -1, localInertiaDiagonal=body.inertia, linearDamping=0.0, angularDamping=0.0,
            lateralFriction=_BODY_FRICTION, restitution=_BODY_RESTITUTION,
        )  # fmt: skip
        velocity = speed_mps * turn[:, 0]
        p.resetBaseVelocity(body_id, velocity.tolist(), [0.0, 0.0, 0.0])
        state = np.zeros(1, STATE)
        state["omega"] = speed_mps / spec.wheel_radius_m
        state["ground"], state["load"] = ground_m, row["rest_load"]
        state["speed"], state["stabilised"], state["kinematic"] = speed_mps, 1.0, float(kinematic)
        self.specs.append(spec)
        self.body_ids.append(body_id)
        self._kinematic.append(kinematic)
        self._params = np.concatenate([self._params, row[None]])
        self._state = np.concatenate([self._state, state])
        self.controls = np.concatenate([self.controls, np.zeros((1, 3))])
        self._wrench = np.concatenate([self._wrench, np.zeros((1, 6))])
        self._cog = np.concatenate([self._cog, [body.cog]])
        self._chassis = np.zeros((len(self.specs), 13))
        self.read()
        contact = self._chassis[-1, :3] + rotate(orientation, row["hub_xyz"])
        self._state["friction"][-1] = self.ground.at(contact)[1]
        return len(self.specs) - 1

    def _standing(
        self, spec: VehicleSpec, body: Body, hub_xyz: F64, xy: tuple[float, float], yaw: float
    ) -> tuple[F64, F64, F64]:
        """Box centre, rotation matrix and wheel heights of a vehicle standing on the plane through its contacts."""
        hubs = hub_xyz[:, :2] + np.array(body.cog[:2])
        cos, sin = np.cos(yaw), np.sin(yaw)
        points = np.array(xy) + hubs @ np.array([[cos, sin], [-sin, cos]])
        heights = self.ground.at(points)[0]
        level, slope_x, slope_y = np.linalg.lstsq(np.column_stack([np.ones(4), hubs]), heights, rcond=None)[0]
        x_axis = np.array([1.0, 0.0, slope_x]) / np.hypot(1.0, slope_x)
        z_axis = np.array([-slope_x, -slope_y, 1.0]) / np.sqrt(1.0 + slope_x**2 + slope_y**2)
        local = np.stack([x_axis, np.cross(z_axis, x_axis), z_axis], axis=1)
        turn: F64 = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]) @ local
        centre: F64 = np.array([*xy, level]) + turn[:, 2] * spec.size[2] / 2
        return centre, turn, heights

    def set_controls(self, index: int, steer_rad: float, throttle: float, brake: float) -> None:
        """Command one vehicle until told otherwise; values are clipped to what it can do.

        Args:
            index: as returned by `add`.
            steer_rad: angle of the middle front wheel, positive to the left; reached at a limited rate.
            throttle: 0..1 of the drive force available at this speed.
            brake: 0..1 of the brake capacity.

        """
        if not (isfinite(steer_rad) and isfinite(throttle) and isfinite(brake)):
            raise ValueError(
                f"vehicle controls must be finite, got steer={steer_rad} throttle={throttle} brake={brake}"
            )
        self.controls[index] = steer_rad, min(max(throttle, 0.0), 1.0), min(max(brake, 0.0), 1.0)

    def disable_stabiliser(self, index: int) -> None:
        """Let a two-wheeler fall: its rider is no longer in control. No effect on others."""
        self._state["stabilised"][index] = 0.0

    def deflate(self, index: int, wheel: int, flat: float) -> None:
        """Let the air out of a tyre.

        Args:
            index: as returned by `add`.
            wheel: 0 front left, 1 front right, 2 rear left, 3 rear right.
            flat: share of the pressure that is gone, 0 (sound) to 1.

        """
        if not 0.0 <= flat <= 1.0:
            raise ValueError(f"flat is {flat}, expected a value in [0, 1]")
        self._state["flat"][index, wheel] = flat

    def release(self, index: int) -> None:
        """Turn a kinematic vehicle into a dynamic one at its present speed, e.g. before it is hit."""
        self._kinematic[index] = False
        self._state["kinematic"][index] = 0.0

    def cover(self, water_mm: float, snow: float, ice: float) -> None:
        """Lay water [mm], snow and ice (shares of the ground) over the whole surface, as `road_friction` has it."""
        self._surface[0, :3] = water_mm, snow, ice

    def apply(self) -> None:
        """Advance wheels by one tick and apply their forces; call once before each `stepSimulation`."""
        if not self._fresh:
            self.read()
        self._fresh = False
        tick(self._params, self._state, self._surface, self._chassis, self.controls, self._wrench)
        p, world = pybullet, self._client.id  # without `Client`, which costs a fifth of so short a call
        frame = p.WORLD_FRAME
        rows, wrenches = self._chassis.tolist(), self._wrench.tolist()
        for body, kinematic, row, wrench in zip(self.body_ids, self._kinematic, rows, wrenches, strict=True):
            if kinematic:
                p.resetBasePositionAndOrientation(body, row[:3], row[3:7], world)
                p.resetBaseVelocity(body, row[7:10], row[10:], world)
            else:
                p.applyExternalForce(body, -1, wrench[:3], row[:3], frame, world)
                p.applyExternalTorque(body, -1, wrench[3:], frame, world)

    def read(self) -> None:
        """Fetch poses and velocities from Bullet; call after `stepSimulation`, before reading the properties."""
        pose_of, velocity_of = pybullet.getBasePositionAndOrientation, pybullet.getBaseVelocity
        base, rows, world = [], [], self._client.id
        for body in self.body_ids:
            position, orientation = pose_of(body, world)
            velocity, turning = velocity_of(body, world)
            base.append((position, velocity, turning))
            rows.append(position + orientation + velocity + turning)
        self._base, self.motion = base, np.empty((len(rows), MOTION_COLUMNS))
        self._chassis[:] = rows
        motion(self._params, self._state, self._chassis, self._cog, self.motion)
        self._fresh = True

    def base_motion(self, index: int) -> tuple[Vec3, Vec3, Vec3]:
        """Centre of mass, velocity and angular velocity of one chassis, as last read."""
        return self._base[index]

    @property
    def position_w(self) -> F64:
        """(N, 3) centres of the label boxes [m]."""
        return self.motion[:, POSITION]

    @property
    def orientation_w(self) -> F64:
        """(N, 4) quaternions x, y, z, w."""
        return self.motion[:, ORIENTATION]

    @property
    def velocity_w(self) -> F64:
        """(N, 3) velocities of the box centres [m/s]."""
        return self.motion[:, VELOCITY]

    @property
    def angular_velocity_w(self) -> F64:
        """(N, 3) angular velocities [rad/s]."""
        return self.motion[:, TURNING]

    @property
    def speed_mps(self) -> F64:
        """(N,) velocity of the centre of mass along the body's x axis [m/s]."""
        return self.motion[:, SPEED]

    @property
    def steer_rad(self) -> F64:
        """(N,) present angle of the middle front wheel [rad], after the rate limit."""
        return self._state["steer"].copy()

    @property
    def wheel_friction(self) -> F64:
        """(N, 4) peak friction coefficient under each wheel: front left, front right, rear left, rear right."""
        return self._state["friction"].copy()

    def wheel_friction_of(self, index: int) -> F64:
        """(4,) peak friction coefficients under one vehicle's wheels."""
        return self._state["friction"][index].copy()

    def steer_of(self, index: int) -> float:
        """Present angle of one vehicle's middle front wheel [rad]."""
        return float(self._state["steer"][index])

    @property
    def wheel_load(self) -> F64:
        """(N, 4) vertical loads [N]."""
        return self._state["load"].copy()

    @property
    def slip_ratio(self) -> F64:
        """(N, 4) longitudinal slip, -1 locked, 0 rolling, towards 1 spinning."""
        return self._state["slip_ratio"].copy()

    @property
    def slip_angle(self) -> F64:
        """(N, 4) angle from wheel plane to velocity [rad], positive when moving to the left of where it points."""
        return self._state["slip_angle"].copy()

    @property
    def wheel_speed_radps(self) -> F64:
        """(N, 4) spin rates [rad/s], as a wheel-speed sensor sees them."""
        return self._state["omega"].copy()

    def grade_of(self, index: int) -> float:
        """Slope of the ground under one vehicle, up in the direction it heads; 0 on level ground."""
        if self.ground.relief is None:
            return 0.0
        ahead = rotate(self._chassis[index, 3:7], np.array([1.0, 0.0, 0.0]))[:2]
        return float(self.ground.slope(self.motion[index, POSITION]) @ ahead / np.linalg.norm(ahead))

    def wheel_poses(self) -> tuple[F64, F64]:
        """Wheel centres (N, 4, 3) [m] and orientations (N, 4, 4), world frame; a two-wheeler's pairs coincide."""
        n = len(self.specs)
        return self.motion[:, HUBS].reshape(n, 4, 3), self.motion[:, WHEELS].reshape(n, 4, 4)
