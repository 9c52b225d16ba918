"""The compiled part of walking: from distance along the way to poses and motion of all segments.

`bend` evaluates a gait's tables to joint turns by inverse kinematics of the legs, `posture` places the segments in the
world by forward kinematics, `motion` gives the velocities that lead from one posture to the next within a tick.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from ..world.path import place
from .ground import surface

F64 = NDArray[np.float64]

_PARENTS = (-1, 0, 1, 1, 1, 3, 4, 0, 0, 7, 8, 9, 10)  # in the order of `specs.SEGMENTS`
_STEP_M = 0.25
_STEP_POINTS = 9


class GaitTable(NamedTuple):
    """One gait of one body, as `bend` reads it; angles in radians, phases as shares of the stride from heel strike.

    Attributes:
        curves: (4, N + 1) rows over one stride: ankle x from the hip, ankle z and hip z above the ground, foot pitch.
        stride_m, ramp_m: lengths of a stride and of the fade between standing and walking.
        stance, mid_stance: share of the stride on the ground, and phase at which ankle is below hip.
        thigh_m, shank_m, hip_height_m, ankle_height_m: the standing leg.
        vigour: strength of the swing of the arms, 0 to 1.
        shoulder, elbow: (mean, amplitude) of their swing.
        arm_lead: phase by which the arms' swing precedes heel strike.
        tuck, abduction, twist, lean: of legs, arms, shoulders and trunk.

    """

    curves: F64
    stride_m: float
    ramp_m: float
    stance: float
    mid_stance: float
    thigh_m: float
    shank_m: float
    hip_height_m: float
    ankle_height_m: float
    vigour: float
    shoulder: tuple[float, float]
    elbow: tuple[float, float]
    arm_lead: float
    tuck: float
    abduction: float
    twist: float
    lean: float


class Way(NamedTuple):
    """Where a body walks: the arrays of a `Path`, and `Ground.table`."""

    s: F64
    xy: F64
    yaw: F64
    curvature: F64
    ground: F64


class Posture(NamedTuple):
    """A body on its way.

    Attributes:
        place: x, y, height of the ground [m], heading [rad] and curvature of the way [1/m].
        position_w, orientation_w: (13, 3) and (13, 4) frames of the segments.
        turns: (13, 4) orientation of each segment in its parent's frame.

    """

    place: tuple[float, float, float, float, float]
    position_w: F64
    orientation_w: F64
    turns: F64


@compiled
def leg_flexion(thigh_m: float, shank_m: float, x: float, drop: float) -> tuple[float, float]:
    """Hip and knee flexion that put the ankle `x` ahead of and `drop` below the hip (law of cosines)."""
    a, b = thigh_m, shank_m
    distance = min(math.hypot(x, drop), 0.9995 * (a + b))
    cosine = (a * a + b * b - distance * distance) / (2.0 * a * b)
    knee = math.pi - math.acos(min(1.0, max(-1.0, cosine)))
    above = math.atan2(b * math.sin(knee), a + b * math.cos(knee))
    return math.atan2(x, drop) + above, knee


@compiled
def bend(gait: GaitTable, distance_m: float, walking: float, lifted: float) -> tuple[float, F64]:
    """Height of the hip above the ground and (13, 4) turns after a distance from mid-stance of the left foot.

    Args:
        gait: the tables.
        distance_m: distance walked.
        walking: weight of walking against standing, 0 to 1.
        lifted: the same for the height of the free foot.

    """
    turns = np.zeros((13, 4))
    turns[:, 3] = 1.0
    phase = gait.mid_stance + distance_m / gait.stride_m
    pelvis_z = _blend(_at(gait.curves[2], phase), gait.hip_height_m * 0.998, walking)
    for side in range(2):
        own, sign = (phase, 1.0) if side == 0 else (phase + 0.5, -1.0)
        x, z, pitch = _at(gait.curves[0], own), _at(gait.curves[1], own), _at(gait.curves[3], own)
        if own % 1.0 >= gait.stance:
            x, pitch = x * walking, pitch * walking
            z = _blend(z, gait.ankle_height_m, lifted)
        hip, knee = leg_flexion(gait.thigh_m, gait.shank_m, x, pelvis_z - z)
        _about_x_then_y(sign * gait.tuck * walking, -hip, turns[7 + side])
        _about_x_then_y(0.0, knee, turns[9 + side])
        _about_x_then_y(0.0, pitch + hip - knee, turns[11 + side])
        swing = -math.cos(2.0 * math.pi * (own + gait.arm_lead)) * gait.vigour
        shoulder = _blend(gait.shoulder[0] + gait.shoulder[1] * swing, 0.0, walking)
        elbow = _blend(gait.elbow[0] + gait.elbow[1] * swing, math.radians(12.0), walking)
        _about_x_then_y(sign * gait.abduction, -shoulder, turns[3 + side])
        _about_x_then_y(0.0, -elbow, turns[5 + side])
    twist = gait.twist * math.cos(2.0 * math.pi * (phase + gait.arm_lead)) * gait.vigour * walking
    _about_z_then_y(twist, gait.lean * walking, turns[1])
    # the head stays as it was: the inverse of the chest's turn
    turns[2, :3], turns[2, 3] = -turns[1, :3], turns[1, 3]
    return pelvis_z, turns


@compiled
def posture(
    gait: GaitTable, joints: F64, way: Way, distance_m: float, walked_m: float, left_m: float, at_once: bool
) -> Any:
    """The fields of a `Posture` at a distance along the way.

    Args:
        gait: the tables.
        joints: (13, 3) proximal joint of each segment in its parent's frame [m].
        way: path and ground.
        distance_m: along the path.
        walked_m, left_m: since the walk began, and until it ends; inf if it does not.
        at_once: whether the walk began at full speed, without a fade from standing.

    """
    x, y, yaw, curvature = place(way.s, way.xy, way.yaw, way.curvature, distance_m)
    ground = 0.0
    for k in range(_STEP_POINTS):
        ahead = _STEP_M * (2.0 * k / (_STEP_POINTS - 1) - 1.0)
        at_x, at_y, _, _ = place(way.s, way.xy, way.yaw, way.curvature, distance_m + ahead)
        ground += surface(way.ground, at_x, at_y)[0]
    ground /= _STEP_POINTS
    walking, lifted = _ease(left_m / gait.ramp_m), _ease(4.0 * left_m / gait.ramp_m)
    if not at_once:
        walking = min(walking, _ease(walked_m / gait.ramp_m))
        lifted = min(lifted, _ease(4.0 * walked_m / gait.ramp_m))
    pelvis_z, turns = bend(gait, walked_m, walking, lifted)
    position, orientation = np.empty((13, 3)), np.empty((13, 4))
    position[0, 0], position[0, 1], position[0, 2] = x, y, ground + pelvis_z
    _multiply((0.0, 0.0, math.sin(yaw / 2.0), math.cos(yaw / 2.0)), turns[0], orientation[0])
    for i in range(1, 13):
        parent = _PARENTS[i]
        px, py, pz = _rotate(orientation[parent], joints[i])
        position[i, 0] = position[parent, 0] + px
        position[i, 1] = position[parent, 1] + py
        position[i, 2] = position[parent, 2] + pz
        _multiply(orientation[parent], turns[i], orientation[i])
    return (x, y, ground, yaw, curvature), position, orientation, turns


@compiled
def motion(  # type: ignore[no-untyped-def]
    here_position, here_orientation, here_turns, there_position, there_orientation, there_turns, base_centre, tick_s
):
    """What takes a body from one posture to another within a tick, at constant rates.

    Returns:
        (16, 3): place and velocity of the pelvis' centre of mass, its angular velocity, and the angular velocities of
        the 13 segments in their own frames against their parents.

    """
    out, delta = np.empty((16, 3)), np.empty(4)
    centre, velocity, turning, rates = out[0], out[1], out[2], out[3:]
    _multiply(there_orientation[0], _conjugate(here_orientation[0]), delta)
    _rotation_vector(delta, tick_s, turning)
    for i in range(13):
        _multiply(_conjugate(here_turns[i]), there_turns[i], delta)
        _rotation_vector(delta, tick_s, rates[i])
    ox, oy, oz = _rotate(here_orientation[0], base_centre)
    across = (turning[1] * oz - turning[2] * oy, turning[2] * ox - turning[0] * oz, turning[0] * oy - turning[1] * ox)
    offset = (ox, oy, oz)
    for k in range(3):
        centre[k] = here_position[0, k] + offset[k]
        velocity[k] = (there_position[0, k] - here_position[0, k]) / tick_s + across[k]
    return out


@compiled
def nearest_turn(turn, low, high):  # type: ignore[no-untyped-def]
    """The turn within a range of rotation vectors that is nearest to a quaternion, and how far off it is [rad]."""
    vector = np.empty(3)
    _rotation_vector(turn, 1.0, vector)
    x = min(max(vector[0], low[0]), high[0])
    y = min(max(vector[1], low[1]), high[1])
    z = min(max(vector[2], low[2]), high[2])
    outside = math.sqrt((vector[0] - x) ** 2 + (vector[1] - y) ** 2 + (vector[2] - z) ** 2)
    angle = math.sqrt(x * x + y * y + z * z)
    scale = 0.5 if angle < 1e-9 else math.sin(angle / 2.0) / angle
    return (scale * x, scale * y, scale * z, math.cos(angle / 2.0)), outside


@compiled
def _ease(share: float) -> float:
    """How far standing has turned into walking, 0 to 1."""
    x = min(1.0, max(0.0, share))
    return x * x * (3.0 - 2.0 * x)


@compiled
def _blend(walking: float, standing: float, weight: float) -> float:
    return weight * walking + (1.0 - weight) * standing


@compiled
def _at(curve: F64, phase: float) -> float:
    """Linear interpolation of a periodic table."""
    x = (phase % 1.0) * (len(curve) - 1)
    i = int(x)
    out: float = curve[i] + (x - i) * (curve[i + 1] - curve[i])
    return out


@compiled
def _about_x_then_y(x: float, y: float, out: F64) -> None:
    """Quaternion of a turn about x followed by one about the turned y axis."""
    sx, cx, sy, cy = math.sin(x / 2.0), math.cos(x / 2.0), math.sin(y / 2.0), math.cos(y / 2.0)
    out[0], out[1], out[2], out[3] = sx * cy, cx * sy, sx * sy, cx * cy


@compiled
def _about_z_then_y(z: float, y: float, out: F64) -> None:
    """Quaternion of a turn about z followed by one about the turned y axis."""
    sz, cz, sy, cy = math.sin(z / 2.0), math.cos(z / 2.0), math.sin(y / 2.0), math.cos(y / 2.0)
    out[0], out[1], out[2], out[3] = -sz * sy, cz * sy, sz * cy, cz * cy


@compiled
def _rotate(q, v):  # type: ignore[no-untyped-def]
    x, y, z, w = q[0], q[1], q[2], q[3]
    a, b, c = v[0], v[1], v[2]
    tx, ty, tz = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    return a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx


@compiled
def _conjugate(q):  # type: ignore[no-untyped-def]
    return -q[0], -q[1], -q[2], q[3]


@compiled
def _multiply(a, b, out):  # type: ignore[no-untyped-def]
    out[0] = a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1]
    out[1] = a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0]
    out[2] = a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3]
    out[3] = a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2]


@compiled
def _rotation_vector(q, over, out):  # type: ignore[no-untyped-def]
    """Rotation vector of a unit quaternion, shorter way round, divided by `over`."""
    sine = math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    sign = -1.0 if q[3] < 0.0 else 1.0
    scale = sign * (2.0 if sine < 1e-9 else 2.0 * math.atan2(sine, sign * q[3]) / sine) / over
    out[0], out[1], out[2] = q[0] * scale, q[1] * scale, q[2] * scale
