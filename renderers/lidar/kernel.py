"""The compiled inner loop of a lidar: pose at the ray's instant, ray, echoes along it, receiver."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from ..random import normal_pair, uniform
from ..tracers.packets import LANES, query
from ..tracers.tables import NIR, RETRO, TRANSPARENCY, cast, turn
from .radiometry import (
    INTENSITY_NOISE,
    apparent_reflectance,
    detection_probability,
    intensity_byte,
    pane_reflectance,
    quantised,
    range_sigma,
    signal,
)

_SURFACES = 4  # that one ray looks at; the last is taken as opaque
_PAST_PANE_M = 1e-4


class Receiver(NamedTuple):
    """What the kernel needs to know of the sensor besides its beams; see `BeamTable` and `LidarConfig`."""

    radius_m: float
    min_m: float
    max_m: float
    range_50_m: float
    floor_m: float
    noise_m: float
    step_m: float
    false_alarm: float
    strength: float


class _Aim(NamedTuple):
    """The part of the tracer's tables that a cast needs; free of arrays, so that it costs nothing to hand around."""

    scene: int
    intersect: int


@njit(cache=True, nogil=True)
def receive(receiver, key, counter, echo, rho, range_m):  # type: ignore[no-untyped-def]
    """Measured range (0 for none), intensity, and whether the strongest echo (not a false alarm) was reported."""
    noisy = receiver.strength > 0.0
    if range_m >= receiver.min_m:
        p = detection_probability(echo) if noisy else (1.0 if echo >= 1.0 else 0.0)
        if p >= 1.0 or uniform(key, counter, 0) < p:
            error, flicker = 0.0, 0.0
            if noisy:
                g, h = normal_pair(key, counter, 1)
                error = receiver.strength * g * range_sigma(echo, receiver.floor_m, receiver.noise_m)
                flicker = receiver.strength * h * INTENSITY_NOISE / np.sqrt(echo)
            measured = quantised(range_m + error, receiver.step_m)
            if receiver.min_m <= measured <= receiver.max_m:
                return measured, intensity_byte(rho * max(0.0, 1.0 + flicker)), True
    if noisy and uniform(key, counter, 2) < receiver.false_alarm * receiver.strength:
        span = receiver.max_m - receiver.min_m
        return quantised(receiver.min_m + span * uniform(key, counter, 3), receiver.step_m), 1, False
    return 0.0, 0, False


@njit(cache=True, nogil=True, inline="always")
def _pose(poses, c, w):  # type: ignore[no-untyped-def]
    """Position and quaternion between the starts of columns c and c + 1."""
    u = 1.0 - w
    px, py, pz = (
        u * poses[c, 0] + w * poses[c + 1, 0],
        u * poses[c, 1] + w * poses[c + 1, 1],
        u * poses[c, 2] + w * poses[c + 1, 2],
    )
    if w == 0.0:
        return px, py, pz, poses[c, 3], poses[c, 4], poses[c, 5], poses[c, 6]
    same = 0.0
    for k in range(3, 7):
        same += poses[c, k] * poses[c + 1, k]
    v = w if same >= 0.0 else -w
    qx, qy = u * poses[c, 3] + v * poses[c + 1, 3], u * poses[c, 4] + v * poses[c + 1, 4]
    qz, qw = u * poses[c, 5] + v * poses[c + 1, 5], u * poses[c, 6] + v * poses[c + 1, 6]
    n = 1.0 / np.sqrt(qx * qx + qy * qy + qz * qz + qw * qw)
    return px, py, pz, qx * n, qy * n, qz * n, qw * n


@njit(cache=True, nogil=True)
def _place_head(head, poses, encoder, w):  # type: ignore[no-untyped-def]
    """For each column the axes (3 x 3, one after the other) and position of the turned head in the world: (C, 12)."""
    for c in range(len(head)):
        px, py, pz, qx, qy, qz, qw = _pose(poses, c, w)
        cos_c, sin_c = encoder[c, 0], encoder[c, 1]
        head[c, 0], head[c, 1], head[c, 2] = turn(qx, qy, qz, qw, cos_c, sin_c, 0.0)
        head[c, 3], head[c, 4], head[c, 5] = turn(qx, qy, qz, qw, -sin_c, cos_c, 0.0)
        head[c, 6], head[c, 7], head[c, 8] = turn(qx, qy, qz, qw, 0.0, 0.0, 1.0)
        head[c, 9], head[c, 10], head[c, 11] = px, py, pz


@njit(cache=True, nogil=True, inline="always")
def _cos_incidence(ray, orientation, moving, hit):  # type: ignore[no-untyped-def]
    """Cosine between the last cast and the geometric normal of what it hit, which Embree gives in the mesh frame."""
    x, y, z, s = orientation[0, hit, 0], orientation[0, hit, 1], orientation[0, hit, 2], orientation[0, hit, 3]
    steps = len(orientation)
    if moving[hit] and steps > 1:
        at = ray[7] * (steps - 1)
        k = min(int(at), steps - 2)
        w = at - k
        ax, ay, az, aw = orientation[k, hit, 0], orientation[k, hit, 1], orientation[k, hit, 2], orientation[k, hit, 3]
        k += 1
        bx, by, bz, bw = orientation[k, hit, 0], orientation[k, hit, 1], orientation[k, hit, 2], orientation[k, hit, 3]
        u, v = 1.0 - w, w if ax * bx + ay * by + az * bz + aw * bw >= 0.0 else -w
        x, y, z, s = u * ax + v * bx, u * ay + v * by, u * az + v * bz, u * aw + v * bw
        n = 1.0 / np.sqrt(x * x + y * y + z * z + s * s)
        x, y, z, s = x * n, y * n, z * n, s * n
    dx, dy, dz = turn(-x, -y, -z, s, ray[4], ray[5], ray[6])
    across = ray[12] * dx + ray[13] * dy + ray[14] * dz
    return min(1.0, abs(across) / np.sqrt(ray[12] * ray[12] + ray[13] * ray[13] + ray[14] * ray[14]))


@njit(cache=True, nogil=True, inline="always")
def _set_lane(lanes, word, lane, ox, oy, oz, dx, dy, dz, time, far):  # type: ignore[no-untyped-def]
    """Put a ray into a lane of a packet, given as float32 and as int32."""
    lanes[lane], lanes[8 + lane], lanes[16 + lane], lanes[24 + lane] = ox, oy, oz, 0.0
    lanes[32 + lane], lanes[40 + lane], lanes[48 + lane] = dx, dy, dz
    lanes[56 + lane], lanes[64 + lane] = time, far
    word[72 + lane], word[80 + lane], word[88 + lane] = -1, 0, 0
    word[136 + lane], word[144 + lane], word[152 + lane] = -1, -1, -1


@njit(cache=True, nogil=True, inline="always")
def _get_lane(lane_word, lane, ray_word):  # type: ignore[no-untyped-def]
    """Move a lane into a ray buffer, both as int32; returns the instance hit, -1 for none."""
    for k in range(20):
        ray_word[k] = lane_word[8 * k + lane]
    return ray_word[19] if ray_word[18] >= 0 else -1


@njit(cache=True, nogil=True)
def sweep(  # type: ignore[no-untyped-def]
    tables, ray, packet, receiver, key, beams, encoder, poses, ray_times,
    first_beam, end_beam, out_range, out_intensity, out_instance, out_semantic, out_true,
):  # fmt: skip
    """Fill the rows from `first_beam` up to `end_beam` of the five (B, C) arrays.

    Args:
        tables: of the tracer.
        ray, packet: buffers.
        receiver, key: the sensor, and the random key of this sweep.
        beams: (B, 5) direction at encoder azimuth 0, height of origin, instant within the column in [0, 1).
        encoder: (C, 2) cosine and sine of the encoder azimuth.
        first_beam, end_beam: the rows to do; a row does not depend on the others.
        poses, ray_times: (C + 1, 7) and (C + 1,) sensor pose and ray time at the start of every column.
        out_range, out_intensity, out_instance, out_semantic, out_true: see `LidarFrame`.

    """
    # a compiled function that is handed all tables counts references to each of them on every call: take them apart
    aim, word, lanes = _Aim(tables.scene, tables.intersect), ray.view(np.int32), packet.ray
    mesh, label, semantic, moving, orientation = (
        tables.mesh, tables.label, tables.semantic, tables.moving, tables.orientation,
    )  # fmt: skip
    face_start, face_material, materials, material_semantic = (
        tables.face_start, tables.face_material, tables.material, tables.material_semantic,
    )  # fmt: skip
    lane_word, valid, intersect8 = packet.word, packet.valid, packet.intersect
    lane_data, valid_data, coherent = lanes.ctypes.data, valid.ctypes.data, packet.coherent.ctypes.data
    columns, far = len(encoder), receiver.max_m - receiver.radius_m
    head = np.empty((columns, 12))
    for b in range(first_beam, end_beam):
        w = beams[b, 4]
        if b == first_beam or w != beams[b - 1, 4]:
            _place_head(head, poses, encoder, w)
        for first in range(0, columns, LANES):
            for lane in range(LANES):
                c = first + lane
                valid[lane] = -1 if c < columns else 0
                if c >= columns:
                    continue
                x, y, z = beams[b, 0], beams[b, 1], beams[b, 2]
                dx = head[c, 0] * x + head[c, 3] * y + head[c, 6] * z
                dy = head[c, 1] * x + head[c, 4] * y + head[c, 7] * z
                dz = head[c, 2] * x + head[c, 5] * y + head[c, 8] * z
                n, h = receiver.radius_m, beams[b, 3]
                ox = head[c, 9] + n * head[c, 0] + h * head[c, 6]
                oy = head[c, 10] + n * head[c, 1] + h * head[c, 7]
                oz = head[c, 11] + n * head[c, 2] + h * head[c, 8]
                time = ray_times[c] + w * (ray_times[c + 1] - ray_times[c])
                _set_lane(lanes, lane_word, lane, ox, oy, oz, dx, dy, dz, time, far)
            query(intersect8, valid_data, aim.scene, lane_data, coherent)  # type: ignore[call-arg]
            for lane in range(min(LANES, columns - first)):
                c = first + lane
                hit = _get_lane(lane_word, lane, word)
                echo, rho, range_m, owner, kind, passed = 0.0, 0.0, 0.0, 0, 0, 1.0
                for surface in range(_SURFACES):
                    if surface > 0:
                        hit = cast(
                            aim, ray, ray[0], ray[1], ray[2], ray[4], ray[5], ray[6], ray[7], ray[8] + _PAST_PANE_M, far
                        )
                    if hit < 0:
                        break
                    m = face_material[face_start[mesh[hit]] + word[17]]
                    cosine = _cos_incidence(ray, orientation, moving, hit)
                    through = materials[m, TRANSPARENCY] if surface < _SURFACES - 1 else 0.0
                    if through > 0.0:
                        returned = passed * pane_reflectance(materials[m, NIR], through, cosine)
                    else:
                        returned = passed * apparent_reflectance(materials[m, NIR], materials[m, RETRO], cosine)
                    reach = ray[8] + receiver.radius_m
                    power = signal(returned, reach, receiver.range_50_m)
                    if power > echo:
                        echo, rho, range_m, owner = power, returned, reach, label[hit]
                        kind = material_semantic[m] if material_semantic[m] > 0 else semantic[hit]
                    if through == 0.0:
                        break
                    passed *= through * through
                measured, intensity, real = receive(receiver, key, b * columns + c, echo, rho, range_m)
                out_range[b, c], out_intensity[b, c] = measured, intensity
                if real:
                    out_instance[b, c], out_semantic[b, c], out_true[b, c] = owner, kind, range_m
