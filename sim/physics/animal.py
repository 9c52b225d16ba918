"""An animal: 15 rigid segments that run by prescribed gait until something hits them, then fall.

As with people (`walker`), every tick of the run sets the exact pose and the velocity that leads to the next one, so
what meets the animal meets a body of the right mass and speed, and the blow is Bullet's own; `release` leaves the
momentum to it, and passive joints with a little damping are held inside their ranges by bounded torques. The animal may
run on, stop and stare, or turn back on the spot. While driven it does not collide with anything fixed, and the glide of
its shoulders is seen but not felt. Body plan: `quadruped`; gait: `quadruped_gait`; shapes and joints: `quadruped_body`.
Left out: muscles, balance, evasion by its own sight, and collision of its own limbs.
"""

from __future__ import annotations

from math import atan2, cos, exp, pi, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import compose, conjugate, multiply, rotate
from ..world.path import Path
from .bodies import BodyState
from .client import TICK_S, Client
from .ground import Ground, lookup
from .quadruped import SEGMENTS, AnimalPlan
from .quadruped_body import HINGE, RANGES, create_body, segment_centre
from .quadruped_gait import QuadrupedGait, stride_m
from .quadruped_kernel import motion, pose, step
from .walk_kernel import nearest_turn

F64 = NDArray[np.float64]
_COUNT = len(SEGMENTS)
_LINKS = list(range(_COUNT - 1))

# passive torques of a 75 kg body [N m]: damping within the range of a joint, and at its ends
_PASSIVE_NM, _STOP_NM = 4.0, 250.0
_BRAKE_MPS2 = 6.0
"""Hooves and claws on asphalt."""
_TURN_RADPS = 4.0
_EASE_S = 0.25
"""How fast posture follows speed."""
_LOOK_RADPS, _LOOK_MOST = 4.0, 1.3


class _Pose(NamedTuple):
    """Where a driven body is: frames of the segments (15, 3), (15, 4), their turns in the parents, and its place."""

    position_w: F64
    orientation_w: F64
    turns: F64
    place: tuple[float, float, float, float]


class Animal:
    """One animal on a straight or curved way; stands until `start`.

    Args:
        client: the physics world.
        plan: from `animal_plan`.
        position_w: (3,) point on the ground below the middle between nose and rump at the start [m].
        yaw: heading at the start [rad].
        speed_mps: steady speed, > 0; it decides the gait.
        accel_mps2: acceleration of `start`, > 0.
        height_m: full height of the label box.
        path: the way to follow from its beginning; straight ahead if not given. With a path, only the height of
            `position_w` counts.
        ground: the surface; level at the height of `position_w` if not given.
        friction: Coulomb coefficient of the hide; the pair's is the product of both.

    Raises:
        ValueError: when a speed, acceleration or height is not above 0.

    """

    def __init__(
        self,
        client: Client,
        plan: AnimalPlan,
        position_w: ArrayLike,
        yaw: float,
        *,
        speed_mps: float,
        accel_mps2: float = 5.0,
        height_m: float,
        path: Path | None = None,
        ground: Ground | None = None,
        friction: float = 0.6,
    ) -> None:
        if not (speed_mps > 0.0 and accel_mps2 > 0.0 and height_m > 0.0):
            raise ValueError(
                "an animal needs speed_mps, accel_mps2 and height_m above 0, "
                f"got {speed_mps:g}, {accel_mps2:g} and {height_m:g}"
            )
        start = np.asarray(position_w, float)
        self.plan = plan
        self._client = client
        self._path = path or Path.from_segments([(1.0, 0.0)], start=(float(start[0]), float(start[1])), yaw=yaw)
        self._ground = np.ascontiguousarray((ground or Ground(height_m=float(start[2]))).table)
        self._speed_mps, self._accel = speed_mps, accel_mps2
        self._gait = QuadrupedGait(plan, speed_mps)
        self._landing = np.array(self._gait.pattern.landing)
        self._joints = np.array([limb.joint for limb in plan.limbs])
        self._masses = np.array([limb.mass_kg for limb in plan.limbs])
        self._base_centre = np.array(segment_centre(plan, 0))
        self._height_m = height_m
        neck = plan.limbs[1].end
        self._raised = max(0.0, atan2(neck[2], neck[0]))
        self._offset, self._rest_z = plan.limbs[0].joint[0], plan.limbs[0].joint[2]
        self._travelled_m = self._now_mps = self._rate = self._vigour = self._look = self._turned = 0.0
        self._way = 1.0  # -1 after turning back
        self._turning = self._turn_back = False
        self._stare: tuple[float, float] | None = None
        self._released = self._passing = False
        self._trunk_to_box: tuple[F64, F64] | None = None
        self.body: int = create_body(client, plan, friction)
        place = self._place()
        self._steps = self._gait.standing(place)
        self._next = self._posed(place)
        self._set(self._next, self._next)

    @property
    def link_names(self) -> dict[int, str]:
        """Segment name by PyBullet link index; -1 is the trunk."""
        return {i - 1: name for i, name in enumerate(SEGMENTS)}

    @property
    def gait(self) -> QuadrupedGait:
        """Its gait."""
        return self._gait

    @property
    def released(self) -> bool:
        """Whether physics has the body."""
        return self._released

    @property
    def speed_mps(self) -> float:
        """Speed along the way while driven."""
        return self._now_mps

    @property
    def accel_mps2(self) -> float:
        """Present change of speed."""
        return self._rate

    @property
    def travelled_m(self) -> float:
        """Place along the way; falls again after turning back."""
        return self._travelled_m

    @property
    def hooves_w(self) -> tuple[F64, F64]:
        """(4, 3) where the hooves are while driven [m], and (4,) whether each is down, in the order of `LEGS`."""
        return self._steps.hoof_w.copy(), self._steps.down == 1.0

    def start(self) -> None:
        """Run off at constant acceleration, up to the steady speed."""
        if not self._released and not self._turning:
            self._rate, self._stare = self._accel, None

    def stop(self, distance_m: float = 0.0) -> float:
        """Slow down evenly to a stand in `distance_m`, or as soon as hooves can; returns the distance."""
        if self._released or self._now_mps <= 0.0:
            return 0.0
        way = max(distance_m, self._now_mps**2 / (2.0 * _BRAKE_MPS2))
        self._rate = -(self._now_mps**2) / (2.0 * way)
        return way

    def freeze(self, stare_at: tuple[float, float] | None = None) -> float:
        """Stop as soon as it can and stare at a point [m]; returns the distance it takes."""
        self._stare = stare_at
        return self.stop()

    def turn_back(self) -> float:
        """Stop as soon as it can, turn about on the spot and run back; returns the distance of the stop."""
        if self._released:
            return 0.0
        self._turn_back = True
        return self.stop()

    def advance(self) -> None:
        """Set pose and motion for the physics step that follows; hold the joints together once released."""
        if self._released:
            self._hold()
            return
        if not self._passing:  # by the first step everything fixed has been placed
            self._touch_fixed(False)
            self._passing = True
        here = self._next
        travelled, turned = self._progress(), self._about()
        look = self._looked()
        if travelled > 0.0 or turned > 0.0 or look or min(self._steps.down.tolist()) == 0.0:
            there = self._moved(travelled + turned * 0.5 * self.plan.withers_m)
        else:
            there = here
        self._next = there
        self._set(here, there)

    def release(self) -> None:
        """Hand the body over to physics, with the momentum it has now."""
        if self._released:
            return
        box = self.state()
        trunk = self._trunk()
        inverse = conjugate(trunk[1])
        self._trunk_to_box = (
            rotate(inverse, box.position_w - trunk[0]), multiply(inverse, box.orientation)
        )  # fmt: skip
        self._released = True
        self._now_mps = self._rate = 0.0
        self._touch_fixed(True)
        self._hold()

    def state(self) -> BodyState:
        """Pose and motion of the label box as of the last physics step; after release it stays with the trunk."""
        if self._trunk_to_box is None:
            x, y, z, yaw = self._next.place
            return BodyState(
                np.array([x, y, z + self._height_m / 2.0]),
                np.array([0.0, 0.0, sin(yaw / 2.0), cos(yaw / 2.0)]),
                self._now_mps * np.array([cos(yaw), sin(yaw), 0.0]),
                np.array([0.0, 0.0, _TURN_RADPS if self._turning else 0.0]),
            )
        position, orientation = compose(self._trunk(), self._trunk_to_box)
        _, turning = self._client.getBaseVelocity(self.body)
        return BodyState(position, orientation, self.centre_of_mass_velocity(), np.array(turning))

    def segment_poses(self) -> tuple[F64, F64]:
        """World poses of the segment frames, (15, 3) and (15, 4), in the order of `SEGMENTS`, after the last step."""
        if not self._released:
            return self._next.position_w.copy(), self._next.orientation_w.copy()
        position, orientation = self._trunk()
        links = self._client.getLinkStates(self.body, _LINKS, computeForwardKinematics=1)
        return (
            np.array([position, *(link[4] for link in links)]),
            np.array([orientation, *(link[5] for link in links)]),
        )

    def centre_of_mass_velocity(self) -> F64:
        """(3,) momentum over mass [m/s]."""
        velocity, _ = self._client.getBaseVelocity(self.body)
        links = self._client.getLinkStates(self.body, _LINKS, computeLinkVelocity=1, computeForwardKinematics=1)
        out: F64 = self._masses @ np.array([velocity, *(link[6] for link in links)]) / float(np.sum(self._masses))
        return out

    # ---- running ----------------------------------------------------------------------------------------------------

    def _progress(self) -> float:
        """Speed and distance through one tick by the exact law; returns the distance of the tick."""
        speed, rate = self._now_mps, self._rate
        if rate == 0.0:
            way = speed * TICK_S
        else:
            goal = self._speed_mps if rate > 0.0 else 0.0
            reach = min(TICK_S, max(0.0, (goal - speed) / rate))
            way = speed * reach + 0.5 * rate * reach**2 + goal * (TICK_S - reach)
            self._now_mps = speed + rate * reach
            if reach < TICK_S or abs(self._now_mps - goal) < 1e-9:
                self._now_mps, self._rate = goal, 0.0
        self._travelled_m += self._way * way
        return way

    def _about(self) -> float:
        """Turn about on the spot where that was asked for; returns the angle of the tick."""
        if self._turn_back and self._now_mps == 0.0:
            self._turning, self._turn_back = True, False
        if not self._turning:
            return 0.0
        before = self._turned
        self._turned = min(before + _TURN_RADPS * TICK_S, pi)
        if self._turned == pi:
            self._turning, self._way, self._turned = False, -self._way, 0.0
            self.start()
            return pi - before
        return self._turned - before

    def _looked(self) -> bool:
        """Turn the head towards what it stares at; whether it moved."""
        aim = 0.0
        if self._stare is not None:
            x, y, _, yaw = self._next.place
            away = atan2(self._stare[1] - y, self._stare[0] - x) - yaw
            aim = min(max((away + pi) % (2.0 * pi) - pi, -_LOOK_MOST), _LOOK_MOST)
        change = min(max(aim - self._look, -_LOOK_RADPS * TICK_S), _LOOK_RADPS * TICK_S)
        self._look += change
        return abs(change) > 1e-9

    def _place(self) -> tuple[float, float, float, float]:
        """X, y, height of the ground under the body, and heading."""
        xy, yaw, _ = self._path.at(self._travelled_m, 0.0)
        x, y = float(xy[0]), float(xy[1])
        heading = float(yaw) + self._turned + (pi if self._way < 0.0 else 0.0)
        c, s = cos(heading), sin(heading)
        spread = [k * self.plan.half_length_m / 3.0 for k in range(-3, 4)]
        ground = sum(lookup(self._ground, x + c * a, y + s * a)[0] for a in spread) / len(spread)
        return x, y, float(ground), heading

    def _moved(self, way_m: float) -> _Pose:
        """Hooves and body after a piece of the way."""
        gait, steps, place = self._gait, self._steps, self._place()
        speed = self._now_mps if not self._turning else 1.0
        self._vigour += (min(1.0, self._now_mps / self._speed_mps) - self._vigour) * (1.0 - exp(-TICK_S / _EASE_S))
        stride, duty = stride_m(speed, gait.hip_m), gait.duty(speed)
        lift = gait.pattern.lift * gait.withers_m * (0.35 + 0.65 * self._vigour)
        step(
            gait.legs, *steps, (place[0], place[1], place[3], self._offset), self._ground, self._landing,
            way_m / stride, duty, 0.5 * duty * stride, lift, 2.0 * TICK_S if way_m == 0.0 else 0.0,
            1.02 * gait.reach_m,
        )  # fmt: skip
        return self._posed(place)

    def _posed(self, place: tuple[float, float, float, float]) -> _Pose:
        gait, steps, vigour = self._gait, self._steps, self._vigour
        duty = gait.duty(self._now_mps)
        bob, pitch = gait.sway(float(steps.clock[0]), duty)
        lean = gait.pattern.lean * self._raised * vigour
        out = _Pose(np.empty((_COUNT, 3)), np.empty((_COUNT, 4)), np.empty((_COUNT, 4)), place)
        height = place[2] + self._rest_z + vigour * (bob - gait.crouch_m)
        pose(
            gait.legs, self._joints, steps.phase, steps.down, steps.hoof_w,
            (place[0], place[1], place[3], self._offset), height, vigour * pitch, duty, 0.3 + 0.7 * vigour,
            (lean + vigour * pitch, -0.7 * lean, self._look), *out[:3],
        )  # fmt: skip
        return out

    def _set(self, here: _Pose, there: _Pose) -> None:
        """Put the body where it is now, moving so that the physics step takes it to the next pose."""
        client, joints = self._client, range(1, _COUNT)
        rows = motion(*here[:3], *there[:3], self._base_centre, TICK_S).tolist()
        (centre, velocity, spin), rates, turns = rows[:3], rows[3:], here.turns.tolist()
        client.resetBasePositionAndOrientation(self.body, centre, here.orientation_w[0].tolist())
        client.resetBaseVelocity(self.body, velocity, spin)
        client.resetJointStatesMultiDof(
            self.body, _LINKS,
            [[2.0 * atan2(turns[i][1], turns[i][3])] if HINGE[i] else turns[i] for i in joints],
            [[rates[i][1]] if HINGE[i] else rates[i] for i in joints],
        )  # fmt: skip

    # ---- the body in Bullet -----------------------------------------------------------------------------------------

    def _touch_fixed(self, touch: bool) -> None:
        """Collide with everything fixed in the world, or pass through it; group masks do not reach links."""
        client = self._client
        for row in range(client.getNumBodies()):
            other = client.getBodyUniqueId(row)
            if client.getNumJoints(other) == 0 and client.getDynamicsInfo(other, -1)[0] == 0.0:
                for link in range(-1, _COUNT - 1):
                    client.setCollisionFilterPair(self.body, other, link, -1, int(touch))

    def _hold(self) -> None:
        """Passive joints: light damping inside the range of motion, a bounded pull back beyond it."""
        client, scale = self._client, self.plan.mass_kg / 75.0
        for joint, state in zip(_LINKS, client.getJointStatesMultiDof(self.body, _LINKS), strict=True):
            low, high = RANGES[joint]
            if len(state[0]) == 1:
                angle = float(state[0][0])
                inside = min(max(angle, float(low[1])), float(high[1]))
                target, speed, outside = [inside], [0.0], abs(angle - inside)
            else:
                target, outside = nearest_turn(state[0], low, high)
                speed = [0.0, 0.0, 0.0]
            force = (_STOP_NM if outside > 0.0 else _PASSIVE_NM) * scale
            client.setJointMotorControlMultiDof(
                self.body, joint, client.POSITION_CONTROL, targetPosition=target, targetVelocity=speed,
                positionGain=0.1 if outside > 0.0 else 0.0, velocityGain=1.0 if outside > 0.0 else 0.2,
                force=[force] * len(speed),
            )  # fmt: skip

    def _trunk(self) -> tuple[F64, F64]:
        """World pose of the frame of the trunk."""
        centre, orientation = self._client.getBasePositionAndOrientation(self.body)
        turn = np.array(orientation)
        return np.array(centre) - rotate(turn, self._base_centre), turn
