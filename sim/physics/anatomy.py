"""Collision shapes and ranges of motion of the body segments.

Trunk and feet are boxes, everything else capsules along the segment. Ranges of motion are rounded from Kapandji, The
Physiology of the Joints. Left out: hands apart from forearms, and ranges that depend on other joints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .client import Client
from .specs import SEGMENTS, Segment, Vec3

F64 = NDArray[np.float64]

HINGES = ("forearm_l", "forearm_r", "shank_l", "shank_r", "foot_l", "foot_r")
"""Segments whose proximal joint turns about y alone; the other joints are spherical."""

# lowest and highest rotation vector components of each joint [deg], about x, y, z of the parent; left side, the right
# one mirrored; y > 0 bends a limb backward
_RANGES_DEG: dict[str, tuple[Vec3, Vec3]] = {
    "chest": ((-30, -25, -35), (30, 60, 35)),
    "head": ((-35, -45, -60), (35, 50, 60)),
    "upper_arm": ((-20, -160, -60), (120, 50, 60)),
    "forearm": ((0, -140, 0), (0, 0, 0)),
    "thigh": ((-20, -115, -35), (40, 20, 35)),
    "shank": ((0, 0, 0), (0, 140, 0)),
    "foot": ((0, -20, 0), (0, 50, 0)),
}


def segment_box(segment: Segment) -> tuple[Vec3, Vec3]:
    """Half extents (or radius, radius, half length) of a segment's shape and its centre in the segment frame [m]."""
    r, length = segment.radius_m, segment.length_m
    kind = segment.name.split("_")[0]
    if kind == "pelvis":
        return (0.62 * r, r, 0.75 * length), (0.0, 0.0, 0.35 * length)
    if kind == "chest":
        return (0.72 * r, 1.2 * r, 0.5 * length), (0.0, 0.0, 0.5 * length)
    if kind == "head":
        r = min(r, 0.30 * length)
        return (r, r, 0.5 * length), (0.0, 0.0, 0.5 * length)
    if kind == "foot":
        return (0.5 * length, r, 0.5 * r), (0.25 * length, 0.0, -0.2565 * length + 0.5 * r)
    return (r, r, 0.5 * length), (0.0, 0.0, -0.5 * length)


def segment_shape(client: Client, segment: Segment) -> int:
    """Boxes for trunk and feet, capsules for the rest, centred on the segment's centre of mass."""
    half, centre = segment_box(segment)
    if segment.name in ("pelvis", "chest", "foot_l", "foot_r"):
        shape: int = client.createCollisionShape(client.GEOM_BOX, halfExtents=list(half), collisionFramePosition=centre)
        return shape
    straight = 2.0 * (half[2] - half[0])
    shape = client.createCollisionShape(
        client.GEOM_CAPSULE, radius=half[0], height=straight, collisionFramePosition=centre
    )
    return shape


def _ranges() -> tuple[tuple[F64, F64], ...]:
    """Lowest and highest rotation vector of each joint after the pelvis [rad], left and right."""
    out = []
    for name in SEGMENTS[1:]:
        kind, _, side = name.rpartition("_")
        low, high = (np.deg2rad(v) for v in _RANGES_DEG[kind or name])
        if side == "r":
            low, high = low.copy(), high.copy()
            low[[0, 2]], high[[0, 2]] = -high[[0, 2]], -low[[0, 2]]
        out.append((low, high))
    return tuple(out)


MOTION_RANGES = _ranges()
"""Lowest and highest rotation vector (3,) of each joint [rad], in the order of `SEGMENTS` without the pelvis."""
