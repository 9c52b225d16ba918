"""The compiled inner loop of a radar: rays over the field, what they meet, and what that sends back.

Each ray stands for its solid angle. Where it meets a surface it leaves an echo: path length, range rate, radar
cross-section. A flat surface also passes it on as a mirror does, and whatever it meets next returns along the same way,
so it appears in the direction of the first surface and at the length of the whole path. The rate of a broken path is
the sum over its legs of the relative velocity of their ends along them; the reflection points add nothing, since the
path is stationary in them (Fermat). Rays are jittered within their cells of the field, from a random lane of their own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..compiled import inlined, kernel
from ..random import uniform
from ..tracers.tables import METALLIC, cast, instance_pose, surface_material, surface_normal, surface_semantic, turn
from .surfaces import DIFFUSE, HEIGHT, REFLECTIVITY, SLOPE, cross_section, mirror_share

JITTER_AZIMUTH, JITTER_ELEVATION = 20, 21
"""Random lanes."""
_FAINTEST = 1e-6


class Field(NamedTuple):
    """Where the rays go: half widths [rad], their numbers, and how often they are reflected."""

    azimuth: float
    elevation: float
    columns: int
    rows: int
    bounces: int
    near_m: float
    far_m: float
    wavelength_m: float
    apart_m: float


class Instant(NamedTuple):
    """When they go: ray times at the middle, begin and end of the frame, and the seconds between the last two."""

    time: float
    first: float
    last: float
    span_s: float


class Echoes(NamedTuple):
    """What came back: E echoes.

    Attributes:
        values: (E, 5) path length [m], sine of azimuth, elevation [rad], range rate [m/s], cross-section [m^2].
        owner: (E, 3) int32 instance label, class id, 1 for ghosts.
        bounced: (E,) bool.

    """

    values: np.ndarray
    owner: np.ndarray
    bounced: np.ndarray


def new_echoes(most: int) -> Echoes:
    """Room for echoes."""
    return Echoes(np.empty((most, 5)), np.empty((most, 3), np.int32), np.empty(most, np.bool_))


@inlined
def point_velocity(tables, instance, when, px, py, pz):  # type: ignore[no-untyped-def]
    """Velocity [m/s] of the material point of an instance that is at (px, py, pz) at the middle of the frame."""
    if not tables.moving[instance] or tables.position.shape[0] == 1 or when.span_s <= 0.0:
        return 0.0, 0.0, 0.0
    x, y, z, qx, qy, qz, qw = instance_pose(tables, instance, when.time)
    lx, ly, lz = turn(-qx, -qy, -qz, qw, px - x, py - y, pz - z)
    x, y, z, qx, qy, qz, qw = instance_pose(tables, instance, when.first)
    ax, ay, az = turn(qx, qy, qz, qw, lx, ly, lz)
    ax, ay, az = ax + x, ay + y, az + z
    x, y, z, qx, qy, qz, qw = instance_pose(tables, instance, when.last)
    bx, by, bz = turn(qx, qy, qz, qw, lx, ly, lz)
    return (bx + x - ax) / when.span_s, (by + y - ay) / when.span_s, (bz + z - az) / when.span_s


@kernel
def illuminate(tables, ray, field, when, key, pose, velocity, surfaces, out):  # type: ignore[no-untyped-def]
    """Cast all rays and note their echoes; returns how many there are.

    Args:
        tables, ray: of the tracer, and a buffer.
        field, when: see there.
        key: random key of the frame.
        pose: (7,) position and quaternion of the sensor (x forward, y left, z up) at the middle of the frame.
        velocity: (3,) of the sensor, world frame [m/s].
        surfaces: (256, 4) by class id.
        out: room for rows * columns * (bounces + 1) echoes.

    """
    count = 0
    step_a, step_e = 2.0 * field.azimuth / field.columns, 2.0 * field.elevation / field.rows
    for i in range(field.rows * field.columns):
        row, column = i // field.columns, i % field.columns
        azimuth = (column + uniform(key, i, JITTER_AZIMUTH)) * step_a - field.azimuth
        elevation = (row + uniform(key, i, JITTER_ELEVATION)) * step_e - field.elevation
        level = np.cos(elevation)
        solid = level * step_a * step_e
        dx, dy, dz = turn(
            pose[3], pose[4], pose[5], pose[6],
            level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation),
        )  # fmt: skip
        ox, oy, oz = pose[0], pose[1], pose[2]
        fx, fy = dx, dy
        vx, vy, vz = velocity[0], velocity[1], velocity[2]
        length, rate, share, near = 0.0, 0.0, 1.0, field.near_m
        for bounce in range(field.bounces + 1):
            hit = cast(tables, ray, ox, oy, oz, dx, dy, dz, when.time, near, field.far_m - length)
            if hit < 0:
                break
            t = ray[8]
            px, py, pz = ox + t * dx, oy + t * dy, oz + t * dz
            gx, gy, gz, sx, sy, sz = surface_normal(tables, ray)
            ux, uy, uz = point_velocity(tables, hit, when, px, py, pz)
            length += t
            rate += (ux - vx) * dx + (uy - vy) * dy + (uz - vz) * dz
            kind = surface_semantic(tables, ray)
            reflectivity = max(surfaces[kind, REFLECTIVITY], tables.material[surface_material(tables, ray), METALLIC])
            slope = surfaces[kind, SLOPE]
            cosine = -(sx * dx + sy * dy + sz * dz)
            per_area = cross_section(reflectivity, slope, surfaces[kind, DIFFUSE], cosine)
            if per_area > 0.0:
                out.values[count, 0] = length
                out.values[count, 1] = np.sin(azimuth)
                out.values[count, 2] = elevation
                out.values[count, 3] = rate
                out.values[count, 4] = share * share * solid * length * length * per_area
                ex = pose[0] + length * fx - px
                ey = pose[1] + length * fy - py
                out.owner[count, 0], out.owner[count, 1] = tables.label[hit], kind
                out.owner[count, 2] = 1 if bounce > 0 and ex * ex + ey * ey > field.apart_m**2 else 0
                out.bounced[count] = bounce > 0
                count += 1
            across = -(gx * dx + gy * dy + gz * dz)
            share *= mirror_share(reflectivity, slope, surfaces[kind, HEIGHT], across, field.wavelength_m)
            if share * share < _FAINTEST:
                break
            ox, oy, oz, vx, vy, vz, near = px, py, pz, ux, uy, uz, 1e-3
            dx, dy, dz = dx + 2.0 * across * gx, dy + 2.0 * across * gy, dz + 2.0 * across * gz
    return count
