"""How an animal walks, trots and gallops: footfalls, hooves that stay where they land, and the posture that follows.

Stride length over hip height is 2.4 Fr^0.34 in a walk and 1.9 Fr^0.40 beyond it, with the Froude number
Fr = v^2 / (g h) (Alexander and Jayes 1983, a dynamic similarity hypothesis for the gaits of quadrupedal mammals); the
walk gives way to the trot near Fr 0.5 and the trot to the gallop near Fr 2.5 (same source). Footfall sequences and the
share of the stride that a hoof is down are after Hildebrand (1977, 1989). Phase advances with distance, so a hoof that
is down stays down in the world whatever the speed does; one that is up is carried to where the leg will need it. Legs
are solved by the law of cosines with the cannon's slant given. Left out: forces; the body's bob and pitch are
sinusoids in step with the hooves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .client import GRAVITY_MPS2
from .quadruped import LEGS, AnimalPlan, length
from .quadruped_kernel import Legs, Steps

F64 = NDArray[np.float64]
_TROT_FR, _GALLOP_FR = 0.5, 2.5


@dataclass(frozen=True)
class Pattern:
    """A sequence of footfalls.

    Attributes:
        name: of the gait.
        landing: phase of the stride at which each hoof lands, in the order of `LEGS`.
        duty: share of the stride that a hoof is down at the speed where the gait begins.
        bob: rise and fall of the trunk, twice a stride, over the height at the withers.
        pitch_rad: nodding of the trunk.
        lift: height to which a hoof is lifted, over the height at the withers.
        lean: share of the standing neck's rise by which it is stretched forwards and down.

    """

    name: str
    landing: tuple[float, float, float, float]
    duty: float
    bob: float
    pitch_rad: float
    lift: float
    lean: float


WALK = Pattern("walk", (0.25, 0.75, 0.0, 0.5), 0.65, 0.008, 0.01, 0.07, 0.25)
TROT = Pattern("trot", (0.5, 0.0, 0.0, 0.5), 0.48, 0.020, 0.0, 0.14, 0.10)
GALLOP = Pattern("gallop", (0.50, 0.62, 0.0, 0.11), 0.34, 0.030, 0.07, 0.20, 0.55)


def froude(speed_mps: float, hip_m: float) -> float:
    """Speed squared over gravity and hip height."""
    return speed_mps**2 / (GRAVITY_MPS2 * hip_m)


def pattern_of(speed_mps: float, hip_m: float) -> Pattern:
    """The gait an animal takes for a speed."""
    fr = froude(speed_mps, hip_m)
    return WALK if fr < _TROT_FR else TROT if fr < _GALLOP_FR else GALLOP


def stride_m(speed_mps: float, hip_m: float) -> float:
    """Length of a stride at a speed; not below 0.6 of the hip height, so that a start is not all shuffle."""
    fr = froude(speed_mps, hip_m)
    relative = 2.4 * fr**0.34 if fr < _TROT_FR else 1.9 * fr**0.40
    return hip_m * max(0.6, relative)


class QuadrupedGait:
    """The gait of one animal at one cruising speed.

    Attributes:
        pattern: which gait.
        hip_m: hip height, the length in all laws.
        legs: for the kernel.
        crouch_m: how far the running body is below the standing one.
        reach_m: half of the longest way a hoof can be on the ground under its joint.

    """

    def __init__(self, plan: AnimalPlan, speed_mps: float) -> None:
        limbs = plan.limbs
        trunk_z = limbs[0].joint[2]
        first = [3 + 3 * k for k in range(len(LEGS))]
        joint = np.array([limbs[i].joint for i in first])
        bones = np.array([[length(limbs[i + j]) for j in range(3)] for i in first])
        rest = np.array([[math.atan2(limbs[i + j].end[0], -limbs[i + j].end[2]) for j in range(3)] for i in first])
        hoof_x = np.array([sum(limbs[i + j].end[0] for j in range(3)) for i in first])
        self.hip_m = float(joint[2, 2]) + trunk_z
        self.pattern = pattern_of(speed_mps, self.hip_m)
        self.withers_m = plan.withers_m
        vigour = {"walk": 0.55, "trot": 0.8, "gallop": 1.0}[self.pattern.name]
        fold = vigour * np.array([1.4, 1.4, 0.8, 0.8])
        glide = np.array([0.3, 0.3, 0.0, 0.0])
        self.legs = Legs(joint, bones, rest, hoof_x, np.array([-1.0, -1.0, 1.0, 1.0]), fold, glide)
        self.crouch_m = {"walk": 0.0, "trot": 0.01, "gallop": 0.03}[self.pattern.name] * plan.withers_m
        straight = 0.985 * bones.sum(axis=1)
        rise = self.pattern.bob * plan.withers_m + self.pattern.pitch_rad * np.abs(joint[:, 0])
        low = trunk_z + joint[:, 2] - self.crouch_m + 0.5 * rise
        self.reach_m = float((np.sqrt(np.maximum(straight**2 - low**2, 0.0)) / (1.0 - glide)).min())

    def duty(self, speed_mps: float) -> float:
        """Share of the stride that a hoof is down: nearly always when slow, at most as long as the leg reaches."""
        begins = {"walk": 0.0, "trot": _TROT_FR, "gallop": _GALLOP_FR}[self.pattern.name]
        faster = max(froude(speed_mps, self.hip_m), 0.02) / max(begins, 0.25)
        law = min(0.72, self.pattern.duty * faster**-0.14)
        return min(law, 2.0 * self.reach_m / stride_m(speed_mps, self.hip_m))

    def standing(self, place: tuple[float, float, float, float]) -> Steps:
        """All four hooves down where the standing body has them, at x, y, height and heading."""
        x, y, z, yaw = place
        c, s = math.cos(yaw), math.sin(yaw)
        hoof = np.empty((4, 3))
        for k in range(4):
            ahead, left = self.legs.joint[k, 0] + self.legs.hoof_x[k], self.legs.joint[k, 1]
            hoof[k] = x + c * ahead - s * left, y + s * ahead + c * left, z
        duty = self.duty(0.0)
        # whoever lands next is about to lift off; the rest has the weight
        phase = np.array([min((1.0 - at) % 1.0, duty - 0.02) for at in self.pattern.landing])
        return Steps(np.zeros(1), phase, np.ones(4), hoof, np.zeros((4, 3)))

    def sway(self, clock: float, duty: float) -> tuple[float, float]:
        """Rise of the trunk [m] and nose-up pitch [rad] at a phase of the stride: lowest over the weighted legs."""
        hind = 0.5 * (self.pattern.landing[2] + self.pattern.landing[3]) if self.pattern is GALLOP else 0.0
        since = 2.0 * math.pi * (clock - hind - 0.5 * duty)
        bob = -self.pattern.bob * self.withers_m * math.cos(2.0 * since)
        return bob, self.pattern.pitch_rad * math.cos(since - 0.6)
