"""A person: 13 rigid segments that walk or run by prescribed gait until something hits them, then fall as a ragdoll.

While driven, every tick sets the exact pose and the velocity that leads to the next one, so whatever meets the person
meets a body of the right mass and speed, and the blow is Bullet's own. `release` ends the driving: the segments keep
the momentum they have, the joints become passive with a little damping and are held inside human ranges of motion by
bounded torques. Driven people do not collide with anything fixed (the gait keeps their feet on the ground); released
ones do. Segment sizes and masses: `body_plan`. Gait: `Gait`. Shapes and ranges of motion: `anatomy`. Left out: muscles,
balance recovery, bracing, clothing, and collision of a person's own limbs with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, sin
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import compose, conjugate, multiply, rotate
from ..world.path import Path
from .anatomy import HINGES, MOTION_RANGES, segment_box, segment_shape
from .client import TICK_S, Client
from .gait import Gait
from .ground import Ground
from .specs import SEGMENTS, Segment
from .walk_kernel import Posture, Way, motion, nearest_turn, posture

F64 = NDArray[np.float64]

# PyBullet numbers the links of a tree depth first; `_LINK_SEGMENTS[link]` is the place of that link in `SEGMENTS`
_LINK_SEGMENTS = (1, 2, 3, 5, 4, 6, 7, 9, 11, 8, 10, 12)
_LINK_OF = tuple(_LINK_SEGMENTS.index(i) for i in range(1, len(SEGMENTS)))
_LINK_HINGES = tuple((i, SEGMENTS[i] in HINGES) for i in _LINK_SEGMENTS)
_LINKS = list(range(len(_LINK_SEGMENTS)))

# passive torque limits [N m] of a 75 kg adult: damping within the range, and at its ends
_PASSIVE_NM = 4.0
_STOP_NM = 250.0


@dataclass(frozen=True, eq=False)
class WalkerState:
    """Pose of a person's box and its motion.

    Attributes:
        position_w: (3,) centre of the standing bounding box [m]; after release it stays with the pelvis.
        orientation: (4,) quaternion, x forward.
        velocity_w: (3,) [m/s]; after release the velocity of the centre of mass.
        angular_velocity_w: (3,) [rad/s].

    """

    position_w: F64
    orientation: F64
    velocity_w: F64
    angular_velocity_w: F64


class Walker:
    """One person on a straight or curved way; stands until `start`.

    Args:
        client: the physics world.
        plan: from `body_plan`.
        position_w: (3,) point on the ground below the centre of the body at the start [m].
        yaw: heading at the start [rad].
        speed_mps: steady speed, > 0.
        accel_distance_m: distance over which `start` speeds up at constant acceleration; 0 starts at full speed.
        path: the way to follow from its beginning; straight ahead from `position_w` if not given. With a path, only the
            height of `position_w` counts.
        ground: the surface, for a way over a kerb; level at the height of `position_w` if not given. A step up or down
            is taken over the length of a foot to both sides.
        friction: Coulomb coefficient of skin and clothes; the pair's is the product of both.

    Raises:
        ValueError: when speed or distance are out of range.

    """

    def __init__(
        self,
        client: Client,
        plan: tuple[Segment, ...],
        position_w: ArrayLike,
        yaw: float,
        *,
        speed_mps: float,
        accel_distance_m: float = 1.0,
        path: Path | None = None,
        ground: Ground | None = None,
        friction: float = 0.6,
    ) -> None:
        if speed_mps <= 0.0 or accel_distance_m < 0.0:
            raise ValueError(
                f"a walker needs speed_mps > 0 and accel_distance_m >= 0, got {speed_mps:g} and {accel_distance_m:g}"
            )
        start = np.asarray(position_w, float)
        self._client = client
        self._plan = plan
        path = path or Path.from_segments([(1.0, 0.0)], start=(float(start[0]), float(start[1])), yaw=yaw)
        ground = ground or Ground(height_m=float(start[2]))
        self._way = Way(*(np.ascontiguousarray(a) for a in (path.s, path.xy, path.yaw, path.curvature, ground.table)))
        self._speed_mps = speed_mps
        self._accel_distance_m = accel_distance_m
        self._gait = Gait(plan, speed_mps)
        self._stature_m = sum(s.length_m for s in plan[:3]) + plan[0].joint[2]
        self._masses = np.array([segment.mass_kg for segment in plan])
        self._base_centre = np.array(segment_box(plan[0])[1])
        self._joints = np.array([segment.joint for segment in plan], float)
        self._travelled_m = 0.0
        self._from_m = 0.0  # where the present walk began
        self._until_m: float | None = None  # where it is to end
        self._now_mps = 0.0
        self._accel_mps2 = 0.0
        self._moving = False
        self._released = False
        self._passing = False
        self._pelvis_to_box: tuple[F64, F64] | None = None
        self.body: int = self._create(friction)
        self._next = self._posture()  # where the physics step takes the body
        self._here: Posture | None = None  # where it was set before the step
        self._command: tuple[list[Any], ...] = ()
        self._drive(0.0)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The body plan."""
        return self._plan

    @property
    def link_names(self) -> dict[int, str]:
        """Segment name by PyBullet link index; -1 is the pelvis."""
        return {-1: SEGMENTS[0]} | {link: SEGMENTS[i] for link, i in enumerate(_LINK_SEGMENTS)}

    @property
    def released(self) -> bool:
        """Whether the person has become a ragdoll."""
        return self._released

    @property
    def travelled_m(self) -> float:
        """Distance walked along the way."""
        return self._travelled_m

    @property
    def speed_mps(self) -> float:
        """Speed along the way while driven."""
        return self._now_mps

    @property
    def stopping_m(self) -> float:
        """Shortest distance in which `stop` can bring the walk to its next standing pose."""
        return self._gait.stride_m / 2.0

    def start(self) -> None:
        """Walk off: constant acceleration over the given distance, then steady speed."""
        if self._released or self._moving:
            return
        self._moving = True
        self._from_m, self._until_m = self._travelled_m, None
        if self._accel_distance_m == 0.0:
            self._now_mps, self._accel_mps2 = self._speed_mps, 0.0
        else:
            self._accel_mps2 = self._speed_mps**2 / (2.0 * self._accel_distance_m)

    def stop(self, distance_m: float = 0.0) -> float:
        """Slow down evenly to a stand at the first mid-stance at least `distance_m` ahead, and return how far it is."""
        if self._released or not self._moving:
            return 0.0
        step = self._gait.stride_m / 2.0
        least = max(distance_m, 0.6 * step)
        walked = self._travelled_m - self._from_m
        until = np.ceil((walked + least) / step) * step
        self._until_m = self._from_m + float(until)
        left = self._until_m - self._travelled_m
        self._accel_mps2 = -(self._now_mps**2) / (2.0 * left)
        return left

    def advance(self) -> None:
        """Set pose and motion for the physics step that follows; hold the joints together once released."""
        if self._released:
            self._hold()
            return
        if not self._passing:  # by the first step everything fixed has been placed
            self._touch_fixed(False)
            self._passing = True
        self._drive(self._progress())

    def _touch_fixed(self, touch: bool) -> None:
        """Collide with everything fixed in the world, or pass through it; group masks do not reach links."""
        client = self._client
        for row in range(client.getNumBodies()):
            other = client.getBodyUniqueId(row)
            if client.getNumJoints(other) == 0 and client.getDynamicsInfo(other, -1)[0] == 0.0:
                for link in range(-1, len(SEGMENTS) - 1):
                    client.setCollisionFilterPair(self.body, other, link, -1, int(touch))

    def release(self) -> None:
        """Hand the body over to physics, with the momentum it has now."""
        if self._released:
            return
        box = self.state()
        pelvis = self._pelvis()
        inverse = conjugate(pelvis[1])
        offset = rotate(inverse, box.position_w - pelvis[0])
        self._pelvis_to_box = (offset, multiply(inverse, box.orientation))
        self._released = True
        self._now_mps = 0.0
        self._touch_fixed(True)
        self._hold()

    def state(self) -> WalkerState:
        """Box pose and motion as of the last physics step."""
        if self._pelvis_to_box is None:
            x, y, ground_z, yaw, curvature = self._next.place
            speed = self._now_mps
            return WalkerState(
                np.array([x, y, ground_z + self._stature_m / 2.0]),
                np.array([0.0, 0.0, sin(yaw / 2.0), cos(yaw / 2.0)]),
                np.array([speed * cos(yaw), speed * sin(yaw), 0.0]),
                np.array([0.0, 0.0, speed * curvature]),
            )
        pelvis = self._pelvis()
        position, orientation = compose(pelvis, self._pelvis_to_box)
        _, turning = self._client.getBaseVelocity(self.body)
        return WalkerState(position, orientation, self.centre_of_mass_velocity(), np.array(turning))

    def segment_poses(self) -> tuple[F64, F64]:
        """World poses of the segment frames, (13, 3) and (13, 4), in the order of `SEGMENTS`, after the last step."""
        if not self._released:
            return self._next.position_w.copy(), self._next.orientation_w.copy()
        position, orientation = self._pelvis()
        links = self._client.getLinkStates(self.body, _LINK_OF, computeForwardKinematics=1)
        positions = np.array([position, *(link[4] for link in links)])
        orientations = np.array([orientation, *(link[5] for link in links)])
        return positions, orientations

    def segment_velocities(self) -> F64:
        """(13, 3) velocities of the segments' centres of mass [m/s]."""
        velocity, _ = self._client.getBaseVelocity(self.body)
        links = self._client.getLinkStates(self.body, _LINK_OF, computeLinkVelocity=1, computeForwardKinematics=1)
        return np.array([velocity, *(link[6] for link in links)])

    def centre_of_mass_velocity(self) -> F64:
        """(3,) momentum over mass [m/s]."""
        out: F64 = self._masses @ self.segment_velocities() / float(np.sum(self._masses))
        return out

    def _progress(self) -> float:
        """Speed and distance through one tick by the exact law; returns the distance of the tick."""
        if not self._moving:
            return 0.0
        speed, accel = self._now_mps, self._accel_mps2
        goal = self._speed_mps if accel > 0.0 else 0.0
        if accel == 0.0:
            return speed * TICK_S
        reach = min(TICK_S, (goal - speed) / accel)
        step = speed * reach + 0.5 * accel * reach**2
        self._now_mps = speed + accel * reach
        if reach < TICK_S or abs(self._now_mps - goal) < 1e-9:
            self._now_mps, self._accel_mps2 = goal, 0.0
            step += goal * (TICK_S - reach)
            if goal == 0.0:
                self._moving = False
                step = (self._until_m or self._travelled_m) - self._travelled_m
        return step

    def _posture(self) -> Posture:
        """The body at the distance travelled."""
        left = np.inf if self._until_m is None else self._until_m - self._travelled_m
        at_once = self._accel_distance_m == 0.0 and self._moving
        walked = self._travelled_m - self._from_m
        return Posture(*posture(self._gait.table, self._joints, self._way, self._travelled_m, walked, left, at_once))

    def _drive(self, step_m: float) -> None:
        """Put the body where the gait has it now, moving so that the physics step takes it to the next pose."""
        here = self._next
        self._travelled_m += step_m
        there = self._posture() if step_m > 0.0 else here
        if there is not here or here is not self._here:
            self._command = self._command_to(here, there)
        self._here, self._next = here, there
        client, (centre, orientation, velocity, turning, targets, speeds) = self._client, self._command
        client.resetBasePositionAndOrientation(self.body, centre, orientation)
        client.resetBaseVelocity(self.body, velocity, turning)
        client.resetJointStatesMultiDof(self.body, _LINKS, targets, speeds)

    def _command_to(self, here: Posture, there: Posture) -> tuple[list[Any], ...]:
        """Pose of the base, its velocities, joint positions and joint speeds, as PyBullet takes them."""
        rows = motion(*here[1:], *there[1:], self._base_centre, TICK_S).tolist()
        (centre, velocity, turning), rates, turns = rows[:3], rows[3:], here.turns.tolist()
        targets = [[2.0 * atan2(turns[i][1], turns[i][3])] if hinge else turns[i] for i, hinge in _LINK_HINGES]
        speeds = [[rates[i][1]] if hinge else rates[i] for i, hinge in _LINK_HINGES]
        return centre, here.orientation_w[0].tolist(), velocity, turning, targets, speeds

    def _hold(self) -> None:
        """Passive joints: light damping inside the range of motion, a bounded pull back beyond it."""
        client = self._client
        scale = float(np.sum(self._masses)) / 75.0
        for joint, state in zip(_LINKS, client.getJointStatesMultiDof(self.body, _LINKS), strict=True):
            low, high = MOTION_RANGES[_LINK_SEGMENTS[joint] - 1]
            if len(state[0]) == 1:
                angle = float(state[0][0])
                inside = min(max(angle, float(low[1])), float(high[1]))
                target, speed = [inside], [0.0]
                outside = abs(angle - inside)
            else:
                target, outside = nearest_turn(state[0], low, high)
                speed = [0.0, 0.0, 0.0]
            force = (_STOP_NM if outside > 0.0 else _PASSIVE_NM) * scale
            client.setJointMotorControlMultiDof(
                self.body,
                joint,
                client.POSITION_CONTROL,
                targetPosition=target,
                targetVelocity=speed,
                positionGain=0.1 if outside > 0.0 else 0.0,
                velocityGain=1.0 if outside > 0.0 else 0.2,
                force=[force] * len(speed),
            )

    def _pelvis(self) -> tuple[F64, F64]:
        """World pose of the pelvis frame."""
        centre, orientation = self._client.getBasePositionAndOrientation(self.body)
        turn = np.array(orientation)
        return np.array(centre) - rotate(turn, self._base_centre), turn

    def _create(self, friction: float) -> int:
        """The multibody, with contact to everything that moves and to nothing that is fixed."""
        client = self._client
        segments = [self._plan[0], *(self._plan[i] for i in _LINK_SEGMENTS)]
        shapes = [segment_shape(client, segment) for segment in segments]
        centres = [list(segment_box(segment)[1]) for segment in segments]
        names = [segment.name for segment in segments]
        links = len(_LINKS)
        upright = [[0.0, 0.0, 0.0, 1.0]] * links
        hinges = [segment.name in HINGES for segment in segments[1:]]
        body: int = client.createMultiBody(
            baseMass=segments[0].mass_kg,
            baseCollisionShapeIndex=shapes[0],
            baseInertialFramePosition=centres[0],
            linkMasses=[segment.mass_kg for segment in segments[1:]],
            linkCollisionShapeIndices=shapes[1:],
            linkVisualShapeIndices=[-1] * links,
            linkPositions=[list(segment.joint) for segment in segments[1:]],
            linkOrientations=upright,
            linkInertialFramePositions=centres[1:],
            linkInertialFrameOrientations=upright,
            linkParentIndices=[names.index(segment.parent) for segment in segments[1:]],
            linkJointTypes=[client.JOINT_REVOLUTE if hinge else client.JOINT_SPHERICAL for hinge in hinges],
            linkJointAxis=[[0.0, 1.0, 0.0]] * links,
        )
        for link in range(-1, links):
            client.changeDynamics(
                body,
                link,
                lateralFriction=friction,
                linearDamping=0.0,
                angularDamping=0.0,
                jointDamping=0.0,
                activationState=client.ACTIVATION_STATE_DISABLE_SLEEPING,
            )
        for joint, hinge in enumerate(hinges):
            if hinge:
                client.setJointMotorControl2(body, joint, client.VELOCITY_CONTROL, force=0.0)
            else:
                client.setJointMotorControlMultiDof(
                    body, joint, client.POSITION_CONTROL, targetPosition=[0, 0, 0, 1], positionGain=0, force=[0, 0, 0]
                )
        return body
