"""A person who steps up to a table and reaches over it with one hand.

Walks as a `Walker` does. A hand then moves along straight lines with minimum-jerk profiles (Flash and Hogan 1985,
J. Neurosci. 5:1688); shoulder and elbow follow by the law of cosines, the elbow hangs down and outward, and the trunk
leans from the hips as far as the arm is too short. Every segment is as soft as its body region (`body_regions`).
`release`, on a blow, lets go of both arms: they then follow the person's will by muscles of limited torque, and after
a reaction time the person draws back; the trunk keeps its prescribed motion. Left out: fingers that grip (`take` binds
a thing to the hand), steps backward, and balance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import acos, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import conjugate, from_matrix, from_rpy, multiply, rotate, slerp
from .body_regions import REGIONS, region_of
from .client import TICK_S, Client
from .specs import SEGMENTS, Segment
from .walk_kernel import Posture
from .walker import Walker

F64 = NDArray[np.float64]

HAND_SHARE = 0.40
"""Length of the hand over that of forearm and hand."""
_PALM = 0.80  # of the forearm segment's length: what is brought to a point
_LONGEST_LEAN_RAD = 0.9
_STRETCH = 0.93  # of the straight arm, before the trunk leans more
_PELVIS_SHARE = 0.35  # of the lean
_TWIST_RAD = 0.30
_REACTION_S = 0.25
_MUSCLE_NM = {"upper_arm": 30.0, "forearm": 18.0}
_DAMPING_RATIO = 0.25


@dataclass(frozen=True, eq=False)
class _Stance:
    """Where the hand is wanted [m], how far the arm obeys (0 to 1), and the lean [rad]."""

    hand_w: F64
    engaged: float
    lean_rad: float


class Reacher(Walker):
    """One person with one hand that reaches.

    Args:
        client, plan, position_w, yaw: see `Walker`.
        side: "l" or "r", the hand that reaches.
        options: further arguments of `Walker`.

    """

    def __init__(
        self, client: Client, plan: tuple[Segment, ...], position_w: ArrayLike, yaw: float, *, side: str, **options: Any
    ) -> None:
        by_name = {segment.name: segment for segment in plan}
        self.side = side
        self._upper, self._fore = SEGMENTS.index(f"upper_arm_{side}"), SEGMENTS.index(f"forearm_{side}")
        self._lengths = (by_name[f"upper_arm_{side}"].length_m, _PALM * by_name[f"forearm_{side}"].length_m)
        self._legs = (SEGMENTS.index("thigh_l"), SEGMENTS.index("thigh_r"))
        self._idle = SEGMENTS.index(f"upper_arm_{'l' if side == 'r' else 'r'}")
        self._parents = tuple(-1 if not s.parent else SEGMENTS.index(s.parent) for s in plan)
        self._now = self._from = self._to = _Stance(np.zeros(3), 0.0, 0.0)
        self._elapsed_s = self._lasts_s = 0.0
        self._yielding_ticks: int | None = None
        self._posed: _Stance | None = None  # the stance of the posture that the next step leads to
        self._goal_m: float | None = None  # where the walk is to end
        super().__init__(client, plan, position_w, yaw, **options)
        self._arms = [link for link, name in self.link_names.items() if "arm" in name]
        self._others = [link for link in self.link_names if link >= 0 and link not in self._arms]
        self._segment_of = {link: SEGMENTS.index(name) for link, name in self.link_names.items()}
        self._soften()

    # ---- what the person does -------------------------------------------------------------------------------------

    @property
    def hand_w(self) -> F64:
        """(3,) middle of the reaching hand after the last step [m]."""
        position, orientation = self.segment_poses()
        return self._palm(position[self._fore], orientation[self._fore])

    @property
    def moving_hand(self) -> bool:
        """Whether the hand is on its way."""
        return self._elapsed_s < self._lasts_s

    @property
    def yielding(self) -> bool:
        """Whether a blow has made the arms give way."""
        return self._yielding_ticks is not None

    def walk(self, steps: int) -> None:
        """Walk that many steps and stand still."""
        self._goal_m = self.travelled_m + steps * self.step_m
        self.start()

    @property
    def walking(self) -> bool:
        """Whether the person is on the way."""
        return self._moving

    @property
    def step_m(self) -> float:
        """Length of a step."""
        return self.stopping_m

    def ready_point(self, ahead_m: float = 0.34, up_m: float = 0.02) -> F64:
        """(3,) where a hand is held at the ready: ahead of its shoulder, elbow bent [m]."""
        x, y, ground, yaw, _ = self._next.place
        side = 1.0 if self.side == "l" else -1.0
        shoulder = np.array([0.0, side * abs(self._plan[self._upper].joint[1]) * 0.8, 0.0])
        turn = from_rpy(0.0, 0.0, yaw)
        height = ground + 0.63 * self._stature_m + up_m
        return np.array([x, y, height]) + rotate(turn, shoulder + [ahead_m, 0.0, 0.0])

    def reach(self, point_w: ArrayLike, peak_mps: float, *, least_s: float = 0.0) -> float:
        """Move the hand to a point in a straight line and return how long it takes [s]."""
        point = np.asarray(point_w, float)
        here = self._now if self._now.engaged > 0.0 else replace(self._now, hand_w=self.hand_w)
        length = float(np.linalg.norm(point - here.hand_w))
        return self._set_out(here, _Stance(point, 1.0, self._lean_for(point)), max(1.875 * length / peak_mps, least_s))

    def lower(self, lasts_s: float = 0.8) -> float:
        """Let the arm hang again and stand upright."""
        return self._set_out(self._now, _Stance(self._now.hand_w, 0.0, 0.0), lasts_s)

    def stay(self) -> None:
        """Hold the hand where it is."""
        self._set_out(self._now, self._now, 0.0)

    def take(self, body: int) -> None:
        """Close the hand about a thing: bind it where it is. Call `spare` before the hand comes."""
        client = self._client
        link = next(k for k, name in self.link_names.items() if name == f"forearm_{self.side}")
        state = client.getLinkState(self.body, link)
        inverse = client.invertTransform(state[0], state[1])
        place = client.multiplyTransforms(*inverse, *client.getBasePositionAndOrientation(body))
        bound = client.createConstraint(
            self.body, link, body, -1, client.JOINT_FIXED, [0, 0, 0], place[0], [0, 0, 0], place[1]
        )
        client.changeConstraint(bound, maxForce=60.0)

    def spare(self, body: int) -> None:
        """Touch a thing no more, so that a hand can close about it."""
        for link in self.link_names:
            self._client.setCollisionFilterPair(self.body, body, link, -1, 0)

    def release(self) -> None:
        """Give way: the arms follow by muscle force alone, and the person draws back after a reaction time."""
        if self._yielding_ticks is None:
            self._yielding_ticks = 0

    # ---- physics --------------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Set pose and motion for the physics step that follows."""
        if not self._passing:
            self._touch_fixed(False)
            self._passing = True
        if self._yielding_ticks is not None:
            self._yielding_ticks += 1
            if self._yielding_ticks == round(_REACTION_S / TICK_S):
                self.reach(self.ready_point(), 1.2)
        if self._goal_m is not None and self._goal_m - self.travelled_m <= self.step_m:
            self.stop(self._goal_m - self.travelled_m - 1e-6)
            self._goal_m = None
        if self.moving_hand:
            self._elapsed_s += TICK_S
            self._now = self._between(min(1.0, self._elapsed_s / self._lasts_s))
        self._drive(self._progress())

    def segment_poses(self) -> tuple[F64, F64]:
        """World poses of the segment frames; those of arms that give way are read from the physics."""
        positions, orientations = self._next.position_w.copy(), self._next.orientation_w.copy()
        if self._yielding_ticks is not None:
            states = self._client.getLinkStates(self.body, self._arms, computeForwardKinematics=1)
            for link, state in zip(self._arms, states, strict=True):
                positions[self._segment_of[link]] = state[4]
                orientations[self._segment_of[link]] = state[5]
        return positions, orientations

    def _drive(self, step_m: float) -> None:
        """As `Walker`, but the posture also changes on the spot, and yielding arms are left to the physics."""
        here = self._next
        self._travelled_m += step_m
        there = self._posture() if step_m > 0.0 or self._posed is not self._now else here
        self._posed = self._now
        if there is not here or here is not self._here:
            self._command = self._command_to(here, there)
        self._here, self._next = here, there
        client, (centre, orientation, velocity, turning, targets, speeds) = self._client, self._command
        client.resetBasePositionAndOrientation(self.body, centre, orientation)
        client.resetBaseVelocity(self.body, velocity, turning)
        if self._yielding_ticks is None:
            client.resetJointStatesMultiDof(self.body, list(range(len(targets))), targets, speeds)
            return
        links = self._others
        client.resetJointStatesMultiDof(self.body, links, [targets[k] for k in links], [speeds[k] for k in links])
        for link in self._arms:
            torque = _MUSCLE_NM[region_of(self.link_names[link])]
            client.setJointMotorControlMultiDof(
                self.body, link, client.POSITION_CONTROL, targetPosition=targets[link],
                targetVelocity=[0.0] * len(speeds[link]), positionGain=0.06, velocityGain=0.6,
                force=[torque] * len(speeds[link]),
            )  # fmt: skip

    def _set_out(self, start: _Stance, end: _Stance, lasts_s: float) -> float:
        self._from, self._to, self._now = start, end, start
        self._elapsed_s, self._lasts_s = 0.0, lasts_s
        return lasts_s

    def _between(self, u: float) -> _Stance:
        share = u**3 * (10.0 - 15.0 * u + 6.0 * u * u)
        a, b = self._from, self._to
        return _Stance(
            a.hand_w + share * (b.hand_w - a.hand_w),
            a.engaged + share * (b.engaged - a.engaged),
            a.lean_rad + share * (b.lean_rad - a.lean_rad),
        )

    def _lean_for(self, point_w: F64) -> float:
        """The least lean that brings a point within reach of the arm."""
        x, y, ground, yaw, _ = self._next.place
        length = _STRETCH * sum(self._lengths)
        base = super()._posture()
        for lean in np.linspace(0.0, _LONGEST_LEAN_RAD, 19):
            turns = self._trunk(base.turns, float(lean), 1.0)
            shoulder, _ = self._shoulder(base, turns)
            if float(np.linalg.norm(point_w - shoulder)) <= length:
                return float(lean)
        return _LONGEST_LEAN_RAD

    # ---- posture --------------------------------------------------------------------------------------------------

    def _posture(self) -> Posture:
        base, stance = super()._posture(), self._now
        if stance.engaged <= 0.0 and stance.lean_rad == 0.0:
            return base
        turns = self._trunk(base.turns, stance.lean_rad, stance.engaged)
        shoulder, chest = self._shoulder(base, turns)
        upper, bend = self._arm(shoulder, chest, stance.hand_w)
        straight = 2.0 * acos(min(1.0, abs(float(base.turns[self._fore][3]))))
        turns[self._upper] = slerp(turns[self._upper], multiply(conjugate(chest), upper), stance.engaged)
        angle = straight + stance.engaged * (bend - straight)
        turns[self._fore] = from_rpy(0.0, -angle, 0.0)
        return Posture(base.place, *self._placed(base, turns), turns)

    def _trunk(self, standing: F64, lean: float, engaged: float) -> F64:
        """(13, 4) turns with the trunk leant, legs upright, the idle arm hanging and the head looking at the hand."""
        turns = standing.copy()
        tilt, bow = _PELVIS_SHARE * lean, (1.0 - _PELVIS_SHARE) * lean
        twist = (1.0 if self.side == "r" else -1.0) * _TWIST_RAD * engaged
        pelvis, chest = from_rpy(0.0, tilt, 0.0), from_rpy(0.0, bow, twist)
        turns[0] = multiply(standing[0], pelvis)
        for leg in self._legs:
            turns[leg] = multiply(conjugate(pelvis), standing[leg])
        turns[1] = multiply(chest, standing[1])
        upright = conjugate(multiply(pelvis, chest))
        turns[2] = multiply(upright, from_rpy(0.0, 0.5 * engaged, 0.4 * twist))
        for arm in (self._idle, self._upper):
            turns[arm] = multiply(upright, multiply(from_rpy(0.0, 0.0, twist), standing[arm]))
        return turns

    def _shoulder(self, base: Posture, turns: F64) -> tuple[F64, F64]:
        """World position of the reaching shoulder and orientation of the chest."""
        pelvis = multiply(from_rpy(0.0, 0.0, base.place[3]), turns[0])
        chest = multiply(pelvis, turns[1])
        waist = base.position_w[0] + rotate(pelvis, self._joints[1])
        return waist + rotate(chest, self._joints[self._upper]), chest

    def _placed(self, base: Posture, turns: F64) -> tuple[F64, F64]:
        """World poses of the segments of a body whose hips are those of `base`."""
        position, orientation = np.empty((len(SEGMENTS), 3)), np.empty((len(SEGMENTS), 4))
        position[0] = base.position_w[0]
        orientation[0] = multiply(from_rpy(0.0, 0.0, base.place[3]), turns[0])
        for k in range(1, len(SEGMENTS)):
            parent = self._parents[k]
            position[k] = position[parent] + rotate(orientation[parent], self._joints[k])
            orientation[k] = multiply(orientation[parent], turns[k])
        return position, orientation

    def _arm(self, shoulder: F64, chest: F64, hand_w: F64) -> tuple[F64, float]:
        """World orientation of the upper arm and flexion of the elbow that bring the palm to a point."""
        a, b = self._lengths
        way = hand_w - shoulder
        distance = min(max(float(np.linalg.norm(way)), 0.15), 0.998 * (a + b))
        way = way / max(float(np.linalg.norm(way)), 1e-9)
        out = 1.0 if self.side == "l" else -1.0
        pole = rotate(chest, [-0.3, 0.55 * out, -1.0])
        pole = pole - way * float(way @ pole)
        pole /= float(np.linalg.norm(pole))
        cosine = (a * a + distance * distance - b * b) / (2.0 * a * distance)
        upper = cosine * way + sqrt(max(0.0, 1.0 - cosine * cosine)) * pole
        x = way - upper * float(upper @ way)
        size = float(np.linalg.norm(x))
        x = x / size if size > 1e-6 else -pole
        frame = np.stack([x, np.cross(-upper, x), -upper], axis=1)
        knuckle = (a * a + b * b - distance * distance) / (2.0 * a * b)
        return from_matrix(frame), np.pi - acos(min(1.0, max(-1.0, knuckle)))

    def _palm(self, elbow: F64, orientation: F64) -> F64:
        out: F64 = elbow + rotate(orientation, [0.0, 0.0, -self._lengths[1]])
        return out

    def _soften(self) -> None:
        """Contact springs of the body regions."""
        for link, name in self.link_names.items():
            region = REGIONS[region_of(name)]
            damping = 2.0 * _DAMPING_RATIO * sqrt(region.spring_npm * min(region.mass_kg, 4.0))
            self._client.changeDynamics(self.body, link, contactStiffness=region.spring_npm, contactDamping=damping)
