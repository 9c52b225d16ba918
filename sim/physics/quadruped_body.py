"""The body of an animal in Bullet: collision shapes, joints and their ranges.

The trunk is a box, every other segment a capsule along its bone. Elbows, wrists, stifles and hocks are hinges; neck,
head, shoulders and hips are spherical. Ranges of motion are read off the postures of the gaits with some room, rounded
(unverified). Left out: ranges that depend on other joints.
"""

from __future__ import annotations

from math import atan2, cos, sin

import numpy as np
from numpy.typing import NDArray

from .client import Client
from .quadruped import PARENTS, SEGMENTS, AnimalPlan, length
from .specs import Vec3

F64 = NDArray[np.float64]
_COUNT = len(SEGMENTS)
HINGE = tuple(name.startswith(("lower", "cannon")) for name in SEGMENTS)
"""Whether the proximal joint of each segment turns about y alone."""

_RANGES_DEG: dict[str, tuple[Vec3, Vec3]] = {
    "neck": ((-30, -40, -60), (30, 60, 60)),
    "head": ((-30, -50, -40), (30, 50, 40)),
    "upper": ((-25, -60, -15), (25, 60, 15)),
    "lower_f": ((0, -100, 0), (0, 25, 0)),
    "cannon_f": ((0, -5, 0), (0, 110, 0)),
    "lower_h": ((0, -15, 0), (0, 70, 0)),
    "cannon_h": ((0, -70, 0), (0, 25, 0)),
}
"""Lowest and highest turn of each joint from standing, about x, y, z of the parent; y > 0 bends a limb backwards."""


def _ranges() -> tuple[tuple[F64, F64], ...]:
    out = []
    for name in SEGMENTS[1:]:
        part, _, leg = name.partition("_")
        low, high = _RANGES_DEG[part if part in _RANGES_DEG else f"{part}_{leg[0]}"]
        out.append((np.deg2rad(low), np.deg2rad(high)))
    return tuple(out)


RANGES = _ranges()
"""Lowest and highest rotation vector (3,) of each joint [rad], in the order of `SEGMENTS` without the trunk."""


def create_body(client: Client, plan: AnimalPlan, friction: float) -> int:
    """The multibody, a box for the trunk and capsules along all other segments."""
    limbs = plan.limbs
    shapes = [_segment_shape(client, plan, i) for i in range(_COUNT)]
    centres = [list(segment_centre(plan, i)) for i in range(_COUNT)]
    upright = [[0.0, 0.0, 0.0, 1.0]] * (_COUNT - 1)
    body: int = client.createMultiBody(
        baseMass=limbs[0].mass_kg,
        baseCollisionShapeIndex=shapes[0],
        baseInertialFramePosition=centres[0],
        linkMasses=[limb.mass_kg for limb in limbs[1:]],
        linkCollisionShapeIndices=shapes[1:],
        linkVisualShapeIndices=[-1] * (_COUNT - 1),
        linkPositions=[list(limb.joint) for limb in limbs[1:]],
        linkOrientations=upright,
        linkInertialFramePositions=centres[1:],
        linkInertialFrameOrientations=upright,
        linkParentIndices=list(PARENTS[1:]),
        linkJointTypes=[client.JOINT_REVOLUTE if h else client.JOINT_SPHERICAL for h in HINGE[1:]],
        linkJointAxis=[[0.0, 1.0, 0.0]] * (_COUNT - 1),
    )
    for link in range(-1, _COUNT - 1):
        client.changeDynamics(
            body, link, lateralFriction=friction, linearDamping=0.0, angularDamping=0.0, jointDamping=0.0,
            activationState=client.ACTIVATION_STATE_DISABLE_SLEEPING,
        )  # fmt: skip
    for joint in range(_COUNT - 1):
        if HINGE[joint + 1]:
            client.setJointMotorControl2(body, joint, client.VELOCITY_CONTROL, force=0.0)
        else:
            client.setJointMotorControlMultiDof(
                body, joint, client.POSITION_CONTROL, targetPosition=[0, 0, 0, 1], positionGain=0, force=[0, 0, 0]
            )
    return body


def segment_centre(plan: AnimalPlan, segment: int) -> Vec3:
    """Centre of a segment's shape, which is its centre of mass, in the frame of the segment [m]."""
    if segment == 0:
        s = plan.species.skeleton
        return (0.5 * (s.front + s.back) * plan.withers_m, 0.0, 0.0)
    x, y, z = (0.5 * e for e in plan.limbs[segment].end)
    return (x, y, z)


def _segment_shape(client: Client, plan: AnimalPlan, segment: int) -> int:
    """The collision shape of a segment, about its centre of mass."""
    limb, s, h = plan.limbs[segment], plan.species.skeleton, plan.withers_m
    centre = segment_centre(plan, segment)
    if segment == 0:
        half = [0.5 * (s.front - s.back) * h, s.half_width * h, 0.5 * (s.top - s.belly) * h]
        box: int = client.createCollisionShape(client.GEOM_BOX, halfExtents=half, collisionFramePosition=centre)
        return box
    along = atan2(limb.end[0], limb.end[2])
    straight = max(1e-3, length(limb) - 2.0 * limb.radius_m)
    capsule: int = client.createCollisionShape(
        client.GEOM_CAPSULE, radius=limb.radius_m, height=straight, collisionFramePosition=centre,
        collisionFrameOrientation=[0.0, sin(along / 2.0), 0.0, cos(along / 2.0)],
    )  # fmt: skip
    return capsule
