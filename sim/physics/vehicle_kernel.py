"""One 240 Hz tick of all vehicles at once: ground, suspension, steering, drive, brakes, tyres, drag, lean.

Each wheel is massless up and down and rides on a spring, a damper, an anti-roll bar and a bump stop; it turns with its
own inertia in four sub-steps a tick, because spin is faster than the chassis. Loads come from the springs, so load
transfer is m a h / L by itself. Brakes, and drive within the driven axle, share the demand by wheel load; both are held
near peak slip by an ideal slip controller (ABS, traction control). It knows the tyre force, which real ones estimate:
the torque allowed is what the tyre takes plus what brings the wheel to the wanted speed within 20 ms. A two-wheeler is
kept in balance by a bounded torque towards the lean angle of a coordinated turn, atan(v r / g), as a rider would.
A tyre may lose its pressure (`flat`, 0 to 1): at 1 its cornering stiffness has fallen to a quarter and its grip to 0.6,
it drags by 0.3 of its load, and its wheel stands a fifth of the radius lower (engineering values, not measured ones).
On sloping ground tyre forces lie in its tangent plane and loads along its normal, so grades and crossfall act by
gravity alone. Left out: gearbox and engine inertia, camber, suspension geometry (anti-dive, roll centres), lift.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from .client import GRAVITY_MPS2, TICK_S
from .ground import pool_mm, surface
from .road_friction import weathered
from .tyres import PEAK_SLIP_RATIO, RELAXATION_SHARE, SLIP_PER_G, advance, slip_scale

F64 = NDArray[np.float64]

SUB_STEPS = 4
_SUB_S = TICK_S / SUB_STEPS
_SLIP_CONTROL_S = 0.02
_SLIP_TARGET = 0.9  # of the peak slip
_ABS_ABOVE_MPS = 1.5
_SPIN_DAMPING = 0.4  # of the damping that stops a free wheel within a sub-step
_TRACTION_MARGIN_MPS = 0.3
_TRACTION_IN_A_SKID = 0.04  # square of the least share of slip left for drive when the tyre corners at its limit
_ENVELOPE_M = 0.12  # rolling distance over which a tyre climbs a step
_FLAT_STIFFNESS, _FLAT_GRIP, _FLAT_DRAG, _FLAT_SINK = 0.25, 0.6, 0.3, 0.2
_BUMP_STOP = 8.0  # times the spring rate
_UPRIGHT = 0.3  # cosine of tilt below which wheels touch nothing


@compiled
def rotation(q: F64, out: F64) -> None:
    """Write the 3x3 rotation matrix of the quaternion (x, y, z, w)."""
    x, y, z, w = q[0], q[1], q[2], q[3]
    out[0, 0], out[0, 1], out[0, 2] = 1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)
    out[1, 0], out[1, 1], out[1, 2] = 2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)
    out[2, 0], out[2, 1], out[2, 2] = 2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)


@compiled
def wheel_angle(steer: float, wheelbase: float, y: float) -> float:
    """Ackermann: angle of the front wheel at lateral place `y` when the middle one would stand at `steer`."""
    t = np.tan(steer)
    return float(np.arctan(t / (1.0 - y * t / wheelbase)))


@compiled
def _toward(value: float, target: float, step: float) -> float:
    return min(max(target, value - step), value + step)


@compiled
def _suspend(p: Any, s: Any, table: F64, chassis: F64, turn: F64, contact: F64, slope: F64) -> None:
    """Heights, friction and loads of the four wheels.

    Contact points from the centre of mass go into `contact` (4, 3), slopes of the ground there into `slope` (4, 2).
    """
    up_z = turn[2, 2]
    speed = np.sqrt(chassis[7] ** 2 + chassis[8] ** 2)
    rate = np.zeros(4)
    for i in range(4):
        for k in range(3):
            contact[i, k] = turn[k, 0] * p.hub_xyz[i, 0] + turn[k, 1] * p.hub_xyz[i, 1] + turn[k, 2] * p.hub_xyz[i, 2]
        rise = chassis[9] + chassis[10] * contact[i, 1] - chassis[11] * contact[i, 0]
        x = chassis[0] + contact[i, 0] - turn[0, 2] * p.radius
        y = chassis[1] + contact[i, 1] - turn[1, 2] * p.radius
        height, s.friction[i], slope[i, 0], slope[i, 1] = surface(table, x, y)
        s.friction[i] = weathered(s.friction[i], table[0], speed, pool_mm(table, x, y))
        climb = (height - s.ground[i]) * (1.0 - np.exp(-speed * TICK_S / _ENVELOPE_M))
        s.ground[i] += climb
        gap = (chassis[2] + contact[i, 2] - s.ground[i]) / max(up_z, _UPRIGHT)
        s.travel[i] = p.radius * (1.0 - _FLAT_SINK * s.flat[i]) - gap
        rate[i] = (climb / TICK_S - rise) / max(up_z, _UPRIGHT)
        for k in range(3):
            contact[i, k] -= turn[k, 2] * gap
    for i in range(4):
        bar = p.anti_roll[i // 2] * (s.travel[i] - s.travel[i ^ 1])
        stop = _BUMP_STOP * p.spring[i] * max(0.0, s.travel[i] - p.bump_travel)
        load = p.rest_load[i] + p.spring[i] * s.travel[i] + p.damper[i] * rate[i] + bar + stop
        s.load[i] = max(0.0, load) if up_z > _UPRIGHT else 0.0


@compiled
def _wheel_tick(p: Any, s: Any, i: int, forward: float, lateral: float, drive_n: float, brake_n: float) -> None:
    """Spin and tyre of wheel `i` through one tick; leaves the mean force in the wheel frame in the state."""
    radius, inertia = p.radius, p.wheel_inertia
    grip = s.friction[i] * (1.0 - (1.0 - _FLAT_GRIP) * s.flat[i])
    scale = slip_scale(grip)
    target = _SLIP_TARGET * PEAK_SLIP_RATIO * scale
    drag = (p.rolling_resistance + _FLAT_DRAG * s.flat[i]) * s.load[i] * radius
    peak_angle = p.peak_angle[i] / (1.0 - (1.0 - _FLAT_STIFFNESS) * s.flat[i])
    sum_x, sum_y, force = 0.0, 0.0, s.force_x[i]
    for _ in range(SUB_STEPS):
        brake, drive = brake_n * radius, drive_n * radius
        if abs(forward) > _ABS_ABOVE_MPS:
            wanted = forward * (1.0 - target) / radius
            spare = (s.omega[i] - wanted) * np.sign(forward)
            brake = min(brake, max(0.0, -force * np.sign(forward) * radius + inertia / _SLIP_CONTROL_S * spare))
        cornering = s.w[i] / (RELAXATION_SHARE[1] * radius * peak_angle * scale)
        spared = np.sqrt(max(1.0 - cornering * cornering, _TRACTION_IN_A_SKID))
        wanted = (max(forward, 0.0) * (1.0 + target * spared) + _TRACTION_MARGIN_MPS) / radius
        drive = min(drive, max(0.0, force * radius + inertia / _SLIP_CONTROL_S * (wanted - s.omega[i])))
        s.u[i], s.w[i], force, side = advance(
            s.u[i],
            s.w[i],
            forward,
            lateral,
            s.omega[i] * radius,
            s.load[i],
            grip,
            peak_angle,
            radius,
            np.inf if s.omega[i] == 0.0 else _SPIN_DAMPING * inertia / (radius * radius * _SUB_S),
            _SUB_S,
        )
        s.omega[i] = _toward(
            s.omega[i] + (drive - force * radius) / inertia * _SUB_S, 0.0, (brake + drag) / inertia * _SUB_S
        )
        s.spin[i] += s.omega[i] * _SUB_S
        sum_x += force
        sum_y += side
    s.spin[i] %= 2.0 * pi
    s.force_x[i], s.force_y[i] = sum_x / SUB_STEPS, sum_y / SUB_STEPS
    rim = s.omega[i] * radius
    rolling = max(abs(forward), abs(rim), 0.1)
    s.slip_ratio[i] = (rim - forward) / rolling
    s.slip_angle[i] = np.arctan2(lateral, max(abs(forward), 0.1))


@compiled
def _drive_dynamic(p: Any, s: Any, table: F64, chassis: F64, control: F64, wrench: F64) -> None:
    """Net force and torque about the centre of mass, world axes, of one vehicle under tyre forces."""
    turn = np.empty((3, 3))
    contact, slope = np.empty((4, 3)), np.empty((4, 2))
    rotation(chassis[3:7], turn)
    _suspend(p, s, table, chassis, turn, contact, slope)
    total_load, driven_load = 1.0, 1.0
    for i in range(4):
        total_load += s.load[i]
        driven_load += p.driven[i] * s.load[i]
    ahead = chassis[7] * turn[0, 0] + chassis[8] * turn[1, 0] + chassis[9] * turn[2, 0]
    drive_n = control[1] * min(p.max_drive, p.power / max(ahead, 0.1))
    brake_n = control[2] * p.max_brake
    if p.leans > 0.5:  # the rider eases the brake before the rear wheel lifts
        brake_n *= min(1.0, (s.load[2] + s.load[3]) / (0.12 * p.mass * GRAVITY_MPS2))
    wrench[:] = 0.0
    for i in range(4):
        angle = wheel_angle(s.steer, p.wheelbase, p.hub_xyz[i, 1]) if i < 2 else 0.0
        cos, sin = np.cos(angle), np.sin(angle)
        fx, fy = turn[0, 0] * cos + turn[0, 1] * sin, turn[1, 0] * cos + turn[1, 1] * sin
        norm = max(np.sqrt(fx * fx + fy * fy), 1e-6)
        fx, fy = fx / norm, fy / norm
        # the wheel rolls in the tangent plane of the ground: ahead f, to the left l, away from the ground n
        fz = slope[i, 0] * fx + slope[i, 1] * fy
        norm = np.sqrt(1.0 + fz * fz)
        fx, fy, fz = fx / norm, fy / norm, fz / norm
        norm = np.sqrt(1.0 + slope[i, 0] * slope[i, 0] + slope[i, 1] * slope[i, 1])
        nx, ny, nz = -slope[i, 0] / norm, -slope[i, 1] / norm, 1.0 / norm
        lx, ly, lz = ny * fz - nz * fy, nz * fx - nx * fz, nx * fy - ny * fx
        rx, ry, rz = contact[i, 0], contact[i, 1], contact[i, 2]
        vx = chassis[7] + chassis[11] * rz - chassis[12] * ry
        vy = chassis[8] + chassis[12] * rx - chassis[10] * rz
        vz = chassis[9] + chassis[10] * ry - chassis[11] * rx
        _wheel_tick(
            p,
            s,
            i,
            vx * fx + vy * fy + vz * fz,
            vy * ly + vx * lx + vz * lz,
            drive_n * p.driven[i] * s.load[i] / driven_load,
            brake_n * s.load[i] / total_load,
        )
        x = s.force_x[i] * fx + s.force_y[i] * lx + s.load[i] * nx
        y = s.force_x[i] * fy + s.force_y[i] * ly + s.load[i] * ny
        z = s.load[i] * nz + s.force_x[i] * fz + s.force_y[i] * lz
        wrench[0] += x
        wrench[1] += y
        wrench[2] += z
        wrench[3] += ry * z - rz * y
        wrench[4] += rz * x - rx * z
        wrench[5] += rx * y - ry * x
    speed = np.sqrt(chassis[7] ** 2 + chassis[8] ** 2 + chassis[9] ** 2)
    for k in range(3):
        wrench[k] -= p.drag * speed * chassis[7 + k]
    if p.leans > 0.5 and s.stabilised > 0.5:
        roll = np.arctan2(turn[2, 1], turn[2, 2])
        roll_rate = chassis[10] * turn[0, 0] + chassis[11] * turn[1, 0] + chassis[12] * turn[2, 0]
        wanted = -np.arctan(ahead * chassis[12] / GRAVITY_MPS2)
        torque = p.lean_stiffness * (wanted - roll) - p.lean_damping * roll_rate
        torque = min(max(torque, -p.lean_limit), p.lean_limit)
        for k in range(3):
            wrench[3 + k] += torque * turn[k, 0]
    s.speed = ahead


@compiled
def _lean_onto(gx: float, gy: float, yaw: float, chassis: F64) -> None:
    """Tilt a level orientation by the pitch and roll of sloping ground."""
    cos, sin = np.cos(yaw), np.sin(yaw)
    pitch, roll = -np.arctan(gx * cos + gy * sin), np.arctan(gy * cos - gx * sin)
    cy, sy, cp, sp = np.cos(yaw / 2), np.sin(yaw / 2), np.cos(pitch / 2), np.sin(pitch / 2)
    cr, sr = np.cos(roll / 2), np.sin(roll / 2)
    chassis[3] = cy * cp * sr - sy * sp * cr
    chassis[4] = cy * sp * cr + sy * cp * sr
    chassis[5] = sy * cp * cr - cy * sp * sr
    chassis[6] = cy * cp * cr + sy * sp * sr


@compiled
def _drive_kinematic(p: Any, s: Any, table: F64, chassis: F64, control: F64) -> None:
    """Pose and velocity of a vehicle that follows the steady-state bicycle model, written into `chassis`."""
    yaw = np.arctan2(
        2 * (chassis[6] * chassis[5] + chassis[3] * chassis[4]), 1 - 2 * (chassis[4] ** 2 + chassis[5] ** 2)
    )
    height, friction, gx, gy = surface(table, chassis[0], chassis[1])
    grade = gx * np.cos(yaw) + gy * np.sin(yaw)
    force = control[1] * min(p.max_drive, p.power / max(s.speed, 0.1)) - p.drag * s.speed * s.speed
    force -= p.mass * GRAVITY_MPS2 * grade
    loss = (control[2] * p.max_brake / p.mass + p.rolling_resistance * GRAVITY_MPS2) * TICK_S
    s.speed = _toward(s.speed + force / p.mass * TICK_S, 0.0, loss)
    understeer = (SLIP_PER_G[0] - SLIP_PER_G[1]) / GRAVITY_MPS2 * s.speed * s.speed
    yaw_rate = s.speed * np.tan(s.steer) / (p.wheelbase + understeer)
    heading = yaw + yaw_rate * TICK_S / 2
    cos, sin = np.cos(heading), np.sin(heading)
    side = yaw_rate * (p.rear_to_cog - SLIP_PER_G[1] / GRAVITY_MPS2 * s.speed * s.speed)
    friction = weathered(friction, table[0], abs(s.speed), pool_mm(table, chassis[0], chassis[1]))
    chassis[2] = height + p.cog_height
    chassis[3], chassis[4], chassis[5], chassis[6] = 0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)
    if gx != 0.0 or gy != 0.0:
        _lean_onto(gx, gy, yaw, chassis)
    chassis[7], chassis[8] = s.speed * cos - side * sin, s.speed * sin + side * cos
    chassis[9] = GRAVITY_MPS2 * TICK_S + gx * chassis[7] + gy * chassis[8]  # what gravity takes during the step
    chassis[10], chassis[11], chassis[12] = 0.0, 0.0, yaw_rate
    for i in range(4):
        s.omega[i] = s.speed / p.radius
        s.spin[i] = (s.spin[i] + s.omega[i] * TICK_S) % (2.0 * pi)
        s.load[i], s.friction[i], s.ground[i], s.travel[i] = p.rest_load[i], friction, height, 0.0


@compiled
def tick(params: Any, states: Any, table: F64, chassis: F64, controls: F64, wrench: F64) -> None:
    """Advance wheels of all vehicles by one tick and find the wrench on each chassis.

    Args:
        params: (N,) `vehicle_tables.PARAMETERS`.
        states: (N,) `vehicle_tables.STATE`, updated.
        table: `Ground.table`, whose first row begins with what covers the ground (see `road_friction`).
        chassis: (N, 13) position of the centre of mass, quaternion, velocity, angular velocity, world frame; the rows
            of kinematic vehicles are rewritten with what they are to have.
        controls: (N, 3) steering angle of the middle front wheel [rad], throttle 0..1, brake 0..1.
        wrench: (N, 6) out: force and torque about the centre of mass, world axes; unused on kinematic rows.

    """
    for n in range(params.shape[0]):
        p, s = params[n], states[n]
        wanted = min(max(controls[n, 0], -p.max_steer), p.max_steer)
        s.steer = _toward(s.steer, wanted, p.steer_rate * TICK_S)
        if s.kinematic > 0.5:
            _drive_kinematic(p, s, table, chassis[n], controls[n])
        else:
            _drive_dynamic(p, s, table, chassis[n], controls[n], wrench[n])


POSITION, ORIENTATION, VELOCITY, TURNING, SPEED, YAW = slice(0, 3), slice(3, 7), slice(7, 10), slice(10, 13), 13, 14
HUBS, WHEELS, MOTION_COLUMNS = slice(15, 27), slice(27, 43), 43
"""Columns of `motion`."""


@compiled
def motion(params: Any, states: Any, chassis: F64, cog: F64, out: F64) -> None:
    """What each vehicle does, from what its centre of mass does.

    Args:
        params, states, chassis: as for `tick`.
        cog: (N, 3) centres of mass in the box frames [m].
        out: (N, 43) position and quaternion of the box, velocity of its centre, angular velocity, forward speed of the
            centre of mass, heading; then hub positions (4, 3) and wheel quaternions (4, 4): body, steer about z, spin
            about y.

    """
    turn = np.empty((3, 3))
    for n in range(chassis.shape[0]):
        p, s, row = params[n], states[n], out[n]
        rotation(chassis[n, 3:7], turn)
        row[13] = 0.0
        for k in range(3):
            lever = turn[k, 0] * cog[n, 0] + turn[k, 1] * cog[n, 1] + turn[k, 2] * cog[n, 2]
            row[k] = chassis[n, k] - lever
            row[13] += turn[k, 0] * chassis[n, 7 + k]
            row[10 + k] = chassis[n, 10 + k]
        for k in range(3, 7):
            row[k] = chassis[n, k]
        rx, ry, rz = row[0] - chassis[n, 0], row[1] - chassis[n, 1], row[2] - chassis[n, 2]
        row[7] = chassis[n, 7] + chassis[n, 11] * rz - chassis[n, 12] * ry
        row[8] = chassis[n, 8] + chassis[n, 12] * rx - chassis[n, 10] * rz
        row[9] = chassis[n, 9] + chassis[n, 10] * ry - chassis[n, 11] * rx
        bx, by, bz, bw = chassis[n, 3], chassis[n, 4], chassis[n, 5], chassis[n, 6]
        row[14] = np.arctan2(2.0 * (bw * bz + bx * by), 1.0 - 2.0 * (by * by + bz * bz))
        for i in range(4):
            lift = min(max(s.travel[i], -0.4 * p.radius), 0.4 * p.radius)
            x, y, z = p.hub_xyz[i, 0], p.hub_xyz[i, 1], p.hub_xyz[i, 2] + lift
            for k in range(3):
                row[15 + 3 * i + k] = chassis[n, k] + turn[k, 0] * x + turn[k, 1] * y + turn[k, 2] * z
            half = 0.5 * wheel_angle(s.steer, p.wheelbase, y) if i < 2 else 0.0
            cs, ss = np.cos(half), np.sin(half)
            cp, sp = np.cos(0.5 * s.spin[i]), np.sin(0.5 * s.spin[i])
            wx, wy, wz, ww = -ss * sp, cs * sp, ss * cp, cs * cp
            row[27 + 4 * i] = bw * wx + bx * ww + by * wz - bz * wy
            row[28 + 4 * i] = bw * wy - bx * wz + by * ww + bz * wx
            row[29 + 4 * i] = bw * wz + bx * wy - by * wx + bz * ww
            row[30 + 4 * i] = bw * ww - bx * wx - by * wy - bz * wz
