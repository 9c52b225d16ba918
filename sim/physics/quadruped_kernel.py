"""The compiled part of an animal's gait: hooves, posture, and the motion between two postures.

`step` moves the hooves on, `pose` solves the legs by the law of cosines and places all segments by forward kinematics,
`motion` gives the velocities that lead from one posture to the next within a tick.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from .ground import lookup
from .quadruped import PARENTS

F64 = NDArray[np.float64]
_PARENT = np.array(PARENTS)


class Legs(NamedTuple):
    """The legs as the kernel reads them, rows in the order of `LEGS`.

    Attributes:
        joint: (4, 3) shoulders and hips in the frame of the trunk [m].
        bones: (4, 3) lengths of upper, lower and cannon [m].
        rest: (4, 3) their slants when standing: angle from straight down, positive forwards [rad].
        hoof_x: (4,) the hoof ahead of its joint when standing [m].
        bend: (4,) +1 where the first joint points forwards (stifle), -1 backwards (elbow).
        fold: (4,) how far the cannon folds back in a vigorous swing [rad].
        glide: (4,) how far the joint follows the hoof, as a share of its way: the shoulder blade glides on the ribs.

    """

    joint: F64
    bones: F64
    rest: F64
    hoof_x: F64
    bend: F64
    fold: F64
    glide: F64


class Steps(NamedTuple):
    """What the hooves do now; arrays that the kernel changes.

    Attributes:
        clock: (1,) phase of the stride of the whole body.
        phase: (4,) share of the stride since the hoof came down.
        down: (4,) 1 while on the ground.
        hoof_w: (4, 3) the hoof [m].
        lift: (4, 3) where it was in the frame of the heading when it left the ground [m].

    """

    clock: F64
    phase: F64
    down: F64
    hoof_w: F64
    lift: F64


@compiled
def step(  # type: ignore[no-untyped-def]
    legs, clock, phase, down, hoof_w, lift, body, ground, landing, turn, duty, half_m, lift_m, settle, far_m
):
    """Move the hooves on by a piece of a stride, in place.

    Args:
        legs: see `Legs`.
        clock, phase, down, hoof_w, lift: see `Steps`.
        body: x, y, heading of the origin of the body, and x of the trunk's frame ahead of it.
        ground: table of the surface.
        landing: (4,) phase of the stride at which each hoof should land.
        turn: share of a stride since the last call.
        duty: share of the stride that a hoof is down.
        half_m: half the way of the body while a hoof is down.
        lift_m: height to which hooves are lifted.
        settle: share of a stride that hooves in the air go on when the body stands.
        far_m: how far behind its place a hoof can be before the leg must take it up.

    """
    x, y, yaw, offset = body
    c, s = math.cos(yaw), math.sin(yaw)
    clock[0] = (clock[0] + turn) % 1.0
    for k in range(4):
        # a leg out of step makes up for it over a stride or so
        late = (clock[0] - landing[k] - phase[k] + 0.5) % 1.0 - 0.5
        own = turn * (1.0 + min(0.5, max(-0.5, 1.5 * late)))
        phase[k] += own if down[k] == 1.0 else max(own, settle)
        home_x, home_y = offset + legs.joint[k, 0] + legs.hoof_x[k], legs.joint[k, 1]
        if down[k] == 1.0:
            dx, dy = hoof_w[k, 0] - x, hoof_w[k, 1] - y
            behind = home_x - (c * dx + s * dy)
            if (phase[k] < duty and behind < far_m) or turn <= 0.0:
                continue
            down[k] = 0.0
            phase[k] = max(phase[k], duty)
            lift[k, 0], lift[k, 1], lift[k, 2] = c * dx + s * dy, -s * dx + c * dy, hoof_w[k, 2]
        share = (phase[k] - duty) / (1.0 - duty)
        aim = home_x + half_m
        landed = share >= 1.0
        u = 1.0 if landed else max(share, 0.0)
        # Hermite curve in the frame of the heading, setting off and arriving with part of the ground's own motion
        slope = -half_m * (1.0 - duty) / max(duty, 1e-6)
        h1, h2 = u * u * (3.0 - 2.0 * u), u * (1.0 - u)
        ahead = lift[k, 0] + (aim - lift[k, 0]) * h1 + slope * h2 * (0.20 * (1.0 - u) - 0.30 * u)
        left = lift[k, 1] + (home_y - lift[k, 1]) * h1
        wx, wy = x + c * ahead - s * left, y + s * ahead + c * left
        floor = lookup(ground, wx, wy)[0]
        base = lift[k, 2] + (floor - lift[k, 2]) * h1
        hoof_w[k, 0], hoof_w[k, 1] = wx, wy
        hoof_w[k, 2] = max(floor, base) + (1.0 if k < 2 else 0.7) * lift_m * math.sin(math.pi * u**0.85) ** 1.2
        if landed:
            down[k] = 1.0
            hoof_w[k, 2] = floor
            phase[k] -= 1.0


@compiled
def pose(  # type: ignore[no-untyped-def]
    legs, joints, phase, down, hoof_w, body, height, pitch, duty, vigour, neck, position, orientation, turns
):
    """Segments of a body whose hooves are where they are; results into the last three arguments.

    Args:
        legs, phase, down, hoof_w: as for `step`.
        joints: (15, 3) proximal joints in the parent's frame [m].
        body: as for `step`.
        height: of the trunk's frame [m].
        pitch: nose of the trunk up [rad].
        duty: share of the stride that a hoof is down.
        vigour: how much of the fold of the cannons is taken, 0 to 1.
        neck: forward lean of the neck, counter-lean of the head, and how far the head looks to the left [rad].
        position, orientation: (15, 3) and (15, 4) frames of the segments.
        turns: (15, 4) orientation of each segment in its parent's frame.

    """
    x, y, yaw, offset = body
    c, s = math.cos(yaw), math.sin(yaw)
    qz, qw = math.sin(yaw / 2.0), math.cos(yaw / 2.0)
    position[0, 0], position[0, 1], position[0, 2] = x + c * offset, y + s * offset, height
    _turn_zxy(qz, qw, 0.0, -pitch, orientation[0])
    lean, counter, look = neck
    _turn_zxy(math.sin(0.25 * look), math.cos(0.25 * look), 0.0, lean, turns[1])
    _turn_zxy(math.sin(0.25 * look), math.cos(0.25 * look), 0.0, counter, turns[2])
    turns[0] = orientation[0]
    glides = np.empty(4)
    cp, sp = math.cos(pitch), math.sin(pitch)
    for k in range(4):
        jx, jy, jz = legs.joint[k, 0], legs.joint[k, 1], legs.joint[k, 2]
        hx, hz = offset + cp * jx - sp * jz, height + sp * jx + cp * jz
        dx, dy = hoof_w[k, 0] - x, hoof_w[k, 1] - y
        ahead, left, drop = c * dx + s * dy - hx, -s * dx + c * dy - jy, hz - hoof_w[k, 2]
        ahead -= legs.glide[k] * (ahead - legs.hoof_x[k])
        tilt = math.atan2(left, max(drop, 1e-6))
        drop = math.hypot(drop, left)
        a, b, d = legs.bones[k, 0], legs.bones[k, 1], legs.bones[k, 2]
        slant = legs.rest[k, 2] + 0.8 * math.atan2(ahead - legs.hoof_x[k], drop)
        if down[k] == 0.0:
            u = min(1.0, max(0.0, (phase[k] - duty) / (1.0 - duty)))
            slant -= vigour * legs.fold[k] * math.sin(math.pi * u**0.8) ** 1.2
        wx, wz = ahead - d * math.sin(slant), drop - d * math.cos(slant)
        reach = min(max(math.hypot(wx, wz), abs(a - b) + 0.02 * a), 0.9995 * (a + b))
        inner = math.acos(min(1.0, max(-1.0, (a * a + reach * reach - b * b) / (2.0 * a * reach))))
        upper = math.atan2(wx, wz) + legs.bend[k] * inner
        lower = math.atan2(wx - a * math.sin(upper), wz - a * math.cos(upper))
        i = 3 + 3 * k
        # about y, backwards is positive; the trunk's own pitch is taken off its child
        _turn_xy(tilt, -(upper - legs.rest[k, 0]), turns[i])
        _before_y(pitch, turns[i])
        _turn_xy(0.0, (upper - legs.rest[k, 0]) - (lower - legs.rest[k, 1]), turns[i + 1])
        _turn_xy(0.0, (lower - legs.rest[k, 1]) - (slant - legs.rest[k, 2]), turns[i + 2])
        glides[k] = legs.glide[k] / (1.0 - legs.glide[k]) * (ahead - legs.hoof_x[k])
    for i in range(1, 15):
        parent = _PARENT[i]
        _place(position[parent], orientation[parent], joints[i], position[i])
        _multiply(orientation[parent], turns[i], orientation[i])
        if i > 2 and i % 3 == 0:
            position[i, 0] += c * glides[i // 3 - 1]
            position[i, 1] += s * glides[i // 3 - 1]


@compiled
def motion(  # type: ignore[no-untyped-def]
    here_position, here_orientation, here_turns, there_position, there_orientation, there_turns, base_centre, tick_s
):
    """What takes a body from one posture to another within a tick, at constant rates.

    Returns:
        (18, 3): place and velocity of the trunk's centre of mass, its angular velocity, and the angular velocities of
        the 15 segments in their own frames against their parents.

    """
    out, delta, back = np.empty((18, 3)), np.empty(4), np.empty(4)
    lever = np.empty(3)
    _conjugate(here_orientation[0], back)
    _multiply(there_orientation[0], back, delta)
    _rotation_vector(delta, tick_s, out[2])
    for i in range(15):
        _conjugate(here_turns[i], back)
        _multiply(back, there_turns[i], delta)
        _rotation_vector(delta, tick_s, out[3 + i])
    _place(here_position[0], here_orientation[0], base_centre, out[0])
    for k in range(3):
        lever[k] = out[0, k] - here_position[0, k]
    wx, wy, wz = out[2]
    across = (wy * lever[2] - wz * lever[1], wz * lever[0] - wx * lever[2], wx * lever[1] - wy * lever[0])
    for k in range(3):
        out[1, k] = (there_position[0, k] - here_position[0, k]) / tick_s + across[k]
    return out


@compiled
def _conjugate(q, out):  # type: ignore[no-untyped-def]
    out[0], out[1], out[2], out[3] = -q[0], -q[1], -q[2], q[3]


@compiled
def _rotation_vector(q, over, out):  # type: ignore[no-untyped-def]
    """Rotation vector of a unit quaternion, shorter way round, divided by `over`."""
    sine = math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    sign = -1.0 if q[3] < 0.0 else 1.0
    scale = sign * (2.0 if sine < 1e-9 else 2.0 * math.atan2(sine, sign * q[3]) / sine) / over
    out[0], out[1], out[2] = q[0] * scale, q[1] * scale, q[2] * scale


@compiled
def _turn_zxy(z, w, x, y, out):  # type: ignore[no-untyped-def]
    """A turn about z (given as sine and cosine of its half), then about the new x, then about the new y."""
    _turn_xy(x, y, out)
    a, b, c, d = out[0], out[1], out[2], out[3]
    out[0], out[1], out[2], out[3] = w * a - z * b, w * b + z * a, w * c + z * d, w * d - z * c


@compiled
def _turn_xy(x, y, out):  # type: ignore[no-untyped-def]
    """A turn about x, then about the new y."""
    sx, cx, sy, cy = math.sin(x / 2.0), math.cos(x / 2.0), math.sin(y / 2.0), math.cos(y / 2.0)
    out[0], out[1], out[2], out[3] = sx * cy, cx * sy, sx * sy, cx * cy


@compiled
def _before_y(angle, q):  # type: ignore[no-untyped-def]
    """The same turn seen from a parent pitched by -`angle` about y: q becomes y(angle) q."""
    s, c = math.sin(angle / 2.0), math.cos(angle / 2.0)
    a, b, e, d = q[0], q[1], q[2], q[3]
    q[0], q[1], q[2], q[3] = c * a + s * e, c * b + s * d, c * e - s * a, c * d - s * b


@compiled
def _multiply(a, b, out):  # type: ignore[no-untyped-def]
    out[0] = a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1]
    out[1] = a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0]
    out[2] = a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3]
    out[3] = a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2]


@compiled
def _place(at, q, v, out):  # type: ignore[no-untyped-def]
    x, y, z, w = q[0], q[1], q[2], q[3]
    a, b, c = v[0], v[1], v[2]
    tx, ty, tz = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    out[0], out[1] = at[0] + a + w * tx + y * tz - z * ty, at[1] + b + w * ty + z * tx - x * tz
    out[2] = at[2] + c + w * tz + x * ty - y * tx
