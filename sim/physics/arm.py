"""A Franka Panda arm with its two-finger gripper, position controlled, that holds things by friction alone.

The model is PyBullet's `franka_panda/panda.urdf`; its finger meshes are replaced by boxes for contact, because a flat
pad needs a flat shape. Joint motors follow targets within the limits of speed, acceleration and torque of the data
sheet. Closing drives both fingers with a force, not to a position, and a gear couples them as in the real hand;
Coulomb friction then holds an object while 2 mu F > m (g + a). Left out: joint elasticity and friction, cables, and the
dynamics of the hand's motor.
"""

from __future__ import annotations

import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import IDENTITY, conjugate, from_rpy, from_yaw, multiply, rotate, to_matrix
from .client import GRAVITY_MPS2, TICK_S, Client
from .kinematics import SerialChain

F64 = NDArray[np.float64]
Servo = Callable[[F64, F64], tuple[F64, F64]]
"""What joint servos make of the commanded angles [rad] and speeds [rad/s], (7,) each; see `joint_faults`."""

JOINTS = 7
REST: tuple[float, ...] = (0.0, -0.4, 0.0, -2.2, 0.0, 1.8, 0.785)
"""A posture with the gripper in front of the base, pointing down [rad]."""
MAX_WIDTH_M = 0.08
FINGERS = ("panda_leftfinger", "panda_rightfinger")
_TOOL = "panda_grasptarget"
WRIST = "panda_hand"
"""The link that a wrist sensor carries; its frame is that of the sensor."""
_TORQUE_NM = (87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0)
_RATE_RADPS = (2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61)
_ACCEL_RADPS2 = (15.0, 7.5, 10.0, 12.5, 15.0, 20.0, 20.0)
_FINGER_SPEED_MPS = 0.05
# collision boxes of a finger in its link frame (half extents, centre; y away from the other finger) [m]
_FINGER_BOXES = (((0.0095, 0.006, 0.0095), (0.0, 0.006, 0.0445)), ((0.0105, 0.007, 0.0175), (0.0, 0.014, 0.0175)))


@dataclass(frozen=True)
class LinkVisual:
    """A mesh to draw on a link.

    Attributes:
        link: name of the link; its pose is in `Arm.link_poses` under that name.
        mesh: path of the Wavefront file.
        position, orientation: pose of the mesh in the link frame.

    """

    link: str
    mesh: FilePath
    position: tuple[float, float, float]
    orientation: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class ArmState:
    """What the arm's own sensors and the simulator know.

    Attributes:
        joints: (7,) angles [rad].
        joint_speeds: (7,) [rad/s].
        torques_nm: (7,) applied by the motors in the last step.
        width_m: distance between the finger pads.
        finger_forces_n: (2,) normal contact force on the left and right finger.
        tool_position_w: (3,) point between the finger pads [m].
        tool_orientation: (4,) z out of the hand, y along the finger motion.
        grasp_point_w: (3,) centre of pressure of both pads, about which a held thing swings [m]; the tool point if
            nothing is touched.

    """

    joints: F64
    joint_speeds: F64
    torques_nm: F64
    width_m: float
    finger_forces_n: F64
    tool_position_w: F64
    tool_orientation: F64
    grasp_point_w: F64


class Arm:
    """One arm bolted to the world.

    Args:
        client: the physics world.
        position_w: (3,) centre of the base flange [m].
        yaw: heading of the base [rad].
        finger_friction: Coulomb coefficient of the pads; the pair's is the product of both.
        joints: (7,) angles to begin with [rad].

    Attributes:
        servos: what the joints make of their commands, in this order; none while all work. The controller does not
            notice: `command` stays what was asked for.
        encoder_error_rad: (7,) by how much the joints' encoders read too high; 0 while they are sound.

    """

    def __init__(
        self,
        client: Client,
        position_w: ArrayLike = (0.0, 0.0, 0.0),
        yaw: float = 0.0,
        *,
        finger_friction: float = 1.0,
        joints: ArrayLike = REST,
    ) -> None:
        self._client = client
        self._base = (np.asarray(position_w, float), from_yaw(yaw))
        folder = FilePath(client.data_path) / "franka_panda"
        model = ET.parse(folder / "panda.urdf").getroot()
        self.visuals: tuple[LinkVisual, ...] = _visuals(model, folder)
        self.body: int = _load(client, model, folder, self._base)
        # the solver needs more rounds than its 50 for a light object between two driven fingers
        client.setPhysicsEngineParameter(numSolverIterations=100)
        self._links = {client.getJointInfo(self.body, i)[12].decode(): i for i in range(client.getNumJoints(self.body))}
        self._fingers = tuple(self._links[name] for name in FINGERS)
        self._chain = _chain(model)
        self._command = np.clip(np.asarray(joints, float), self._chain.lower, self._chain.upper)
        self._speed = np.zeros(JOINTS)
        self.servos: list[Servo] = []
        self.encoder_error_rad = np.zeros(JOINTS)
        self._goal, self._solution = np.full(7, np.nan), (self._command, 0.0)
        for link in range(-1, len(self._links)):
            client.changeDynamics(self.body, link, linearDamping=0.0, angularDamping=0.0, jointDamping=0.0)
        for joint, angle in enumerate(self._command):
            client.resetJointState(self.body, joint, float(angle))
        for finger in self._fingers:
            client.resetJointState(self.body, finger, MAX_WIDTH_M / 2.0)
        gear = client.createConstraint(
            self.body, self._fingers[0], self.body, self._fingers[1], client.JOINT_GEAR, [0, 1, 0], [0, 0, 0], [0, 0, 0]
        )
        client.changeConstraint(gear, gearRatio=-1, erp=0.2, maxForce=200.0)
        client.enableJointForceTorqueSensor(self.body, self._links[WRIST], True)  # reads only; nothing moves otherwise
        self._wrist_centre = np.array(client.getDynamicsInfo(self.body, self._links[WRIST])[3])
        self.set_finger_friction(finger_friction)
        self.open()
        self._drive()

    def set_finger_friction(self, coefficient: float) -> None:
        """Coulomb coefficient of the finger pads; with an object of coefficient c the pair has the product."""
        for finger in self._fingers:
            self._client.changeDynamics(
                self.body, finger, lateralFriction=coefficient, spinningFriction=0.0, rollingFriction=0.0
            )

    def inverse(self, position_w: ArrayLike, orientation: ArrayLike) -> tuple[F64, float]:
        """Joint angles for a tool pose in the world, nearest the present command, and the error left (m, rad)."""
        turn = conjugate(self._base[1])
        position = rotate(turn, np.asarray(position_w, float) - self._base[0])
        return self._chain.inverse(position, multiply(turn, orientation), self._command)

    def move_to(self, position_w: ArrayLike, orientation: ArrayLike) -> float:
        """One tick towards a tool pose, within the joints' rated speed and acceleration.

        Returns:
            Error of the goal posture (m and rad alike): above 1e-5 the pose is out of reach.

        """
        goal = np.concatenate([np.asarray(position_w, float), np.asarray(orientation, float)])
        if not np.array_equal(goal, self._goal):
            self._goal, self._solution = goal, self.inverse(position_w, orientation)
        joints, left = self._solution
        self.move_joints(joints)
        return left

    def move_joints(self, joints: ArrayLike) -> None:
        """One tick towards joint angles (7,), within the joints' rated speed and acceleration."""
        goal = np.clip(np.asarray(joints, float), self._chain.lower, self._chain.upper)
        rate, accel = np.array(_RATE_RADPS), np.array(_ACCEL_RADPS2)
        left = goal - self._command
        # fast enough to arrive, slow enough to stop there
        speed = np.sign(left) * np.minimum(np.minimum(rate, np.sqrt(1.6 * accel * np.abs(left))), np.abs(left) / TICK_S)
        self._speed = np.clip(speed, self._speed - accel * TICK_S, self._speed + accel * TICK_S)
        self._command = np.clip(self._command + self._speed * TICK_S, self._chain.lower, self._chain.upper)
        self._drive()

    @property
    def command(self) -> F64:
        """(7,) angles commanded in this tick, which the controller believes in [rad]."""
        return self._command.copy()

    @property
    def limits(self) -> tuple[F64, F64]:
        """(7,) lowest and highest angle of each joint [rad]."""
        return self._chain.lower.copy(), self._chain.upper.copy()

    def tool_at(self, joints: ArrayLike) -> F64:
        """(3,) tool point in the world at joint angles (7,) [m]."""
        frame, _ = self._chain.forward(joints)
        return self._base[0] + rotate(self._base[1], frame[:3, 3])

    def tool_velocity(self) -> F64:
        """(3,) velocity of the tool point over the world after the last step [m/s]."""
        states = self._client.getJointStates(self.body, list(range(JOINTS)))
        _, jacobian = self._chain.forward([state[0] for state in states])
        return rotate(self._base[1], jacobian[:3] @ np.array([state[1] for state in states]))

    def payload_torques(self, mass_kg: float) -> F64:
        """(7,) joint torques that carry a point mass at the tool at rest, in the present posture [N m]."""
        _, jacobian = self._chain.forward(self.joint_angles())
        torques: F64 = jacobian[2] * mass_kg * GRAVITY_MPS2
        return torques

    def close(self, force_n: float) -> None:
        """Press each finger inwards with `force_n` until told otherwise."""
        self._client.setJointMotorControlArray(
            self.body,
            self._fingers,
            self._client.VELOCITY_CONTROL,
            targetVelocities=[-_FINGER_SPEED_MPS] * 2,
            forces=[force_n] * 2,
        )

    def open(self, width_m: float = MAX_WIDTH_M) -> None:
        """Move the fingers to a distance of `width_m` and stay there."""
        for finger in self._fingers:
            self._client.setJointMotorControl2(
                self.body,
                finger,
                self._client.POSITION_CONTROL,
                targetPosition=min(max(width_m, 0.0), MAX_WIDTH_M) / 2.0,
                force=40.0,
                maxVelocity=2.0 * _FINGER_SPEED_MPS,
            )

    def state(self) -> ArmState:
        """Everything as of the last physics step."""
        joints = self._client.getJointStates(self.body, list(range(JOINTS)))
        fingers = self._client.getJointStates(self.body, self._fingers)
        position, orientation = self.link_poses()[_TOOL]
        touched = [self._finger_contacts(finger) for finger in self._fingers]
        return ArmState(
            np.array([joint[0] for joint in joints]),
            np.array([joint[1] for joint in joints]),
            np.array([joint[3] for joint in joints]),
            float(fingers[0][0] + fingers[1][0]),
            np.array([float(np.sum(force)) for force, _ in touched]),
            position,
            orientation,
            _centre_of_pressure(touched, position),
        )

    def joint_angles(self) -> F64:
        """(7,) angles after the last physics step [rad]."""
        return np.array([joint[0] for joint in self._client.getJointStates(self.body, list(range(JOINTS)))])

    def wrist_wrench(self) -> F64:
        """(6,) force [N] and torque [N m] of hand, fingers and load on the wrist in the last physics step.

        In the frame of the hand's link, about its origin; at rest the force is the weight of what hangs on the wrist,
        to the residual that the solver leaves along the fingers' axis (0.2 N).
        """
        # the engine gives what the wrist does to the hand, about the hand's centre of mass
        reaction = np.array(self._client.getJointState(self.body, self._links[WRIST])[2])
        force = -reaction[:3]
        return np.concatenate([force, np.cross(self._wrist_centre, force) - reaction[3:]])

    def link_poses(self) -> dict[str, tuple[F64, F64]]:
        """World pose of every link frame by name, the base `panda_link0` included."""
        states = self._client.getLinkStates(self.body, list(self._links.values()), computeForwardKinematics=1)
        poses = {name: (np.array(s[4]), np.array(s[5])) for name, s in zip(self._links, states, strict=True)}
        return {"panda_link0": self._base} | poses

    def _finger_contacts(self, finger: int) -> tuple[F64, F64]:
        """Normal forces (K,) of everything but the arm itself on one finger [N], and where they act (K, 3)."""
        points = self._client.getContactPoints(bodyA=self.body, linkIndexA=finger) or ()
        others = [point for point in points if point[2] != self.body]
        return np.array([p[9] for p in others], float), np.array([p[5] for p in others], float).reshape(-1, 3)

    def _drive(self) -> None:
        angles, speeds = self._command, self._speed
        for servo in self.servos:
            angles, speeds = servo(angles, speeds)
        wanted = zip(angles, speeds, _TORQUE_NM, _RATE_RADPS, strict=True)
        for joint, (angle, speed, torque, rate) in enumerate(wanted):
            self._client.setJointMotorControl2(
                self.body,
                joint,
                self._client.POSITION_CONTROL,
                targetPosition=float(angle),
                targetVelocity=float(speed),
                force=torque,
                positionGain=0.3,
                velocityGain=1.0,
                maxVelocity=rate,
            )


def _centre_of_pressure(touched: list[tuple[F64, F64]], default: F64) -> F64:
    """Mean of the contact points on all fingers, weighted with their forces."""
    force = np.concatenate([force for force, _ in touched])
    points = np.concatenate([points for _, points in touched])
    total = float(np.sum(force))
    out: F64 = force @ points / total if total > 0.0 else default
    return out


def _vector(text: str | None) -> F64:
    return np.array([float(v) for v in (text or "0 0 0").split()])


def _origin(element: ET.Element) -> tuple[F64, F64]:
    """Position and quaternion of an element's origin."""
    origin = element.find("origin")
    if origin is None:
        return np.zeros(3), IDENTITY.copy()
    roll, pitch, yaw = _vector(origin.get("rpy"))
    return _vector(origin.get("xyz")), from_rpy(roll, pitch, yaw)


def _mesh_path(mesh: ET.Element, folder: FilePath) -> FilePath:
    return folder / mesh.attrib["filename"].removeprefix("package://")


def _visuals(model: ET.Element, folder: FilePath) -> tuple[LinkVisual, ...]:
    """Every visual mesh of the model."""
    out = []
    for link in model.iter("link"):
        for visual in link.iter("visual"):
            (px, py, pz), (x, y, z, w) = (v.tolist() for v in _origin(visual))
            mesh = next(visual.iter("mesh"))
            out.append(LinkVisual(link.attrib["name"], _mesh_path(mesh, folder), (px, py, pz), (x, y, z, w)))
    return tuple(out)


def _load(client: Client, model: ET.Element, folder: FilePath, base: tuple[F64, F64]) -> int:
    """The multibody, with boxes for fingers; `model` is changed on the way."""
    for mesh in model.iter("mesh"):
        mesh.set("filename", str(_mesh_path(mesh, folder)))
    for link in model.iter("link"):
        name = link.attrib["name"]
        if name not in FINGERS:
            continue
        for old in [*link.findall("collision"), *link.findall("contact")]:
            link.remove(old)
        outward = 1.0 if name == FINGERS[0] else -1.0
        for half, (x, y, z) in _FINGER_BOXES:
            collision = ET.SubElement(link, "collision")
            ET.SubElement(collision, "origin", xyz=f"{x} {outward * y} {z}", rpy="0 0 0")
            geometry = ET.SubElement(collision, "geometry")
            ET.SubElement(geometry, "box", size=" ".join(str(2.0 * h) for h in half))
    with tempfile.TemporaryDirectory() as temporary:
        file = FilePath(temporary) / "panda.urdf"
        ET.ElementTree(model).write(file)
        body: int = client.loadURDF(str(file), base[0].tolist(), base[1].tolist(), useFixedBase=True)
    return body


def _chain(model: ET.Element) -> SerialChain:
    """Kinematics from the base to the tool, read from the model's joints."""
    joints = {joint.find("child").attrib["link"]: joint for joint in model.iter("joint")}  # type: ignore[union-attr]
    path = []
    link = _TOOL
    while link in joints:
        path.append(joints[link])
        link = joints[link].find("parent").attrib["link"]  # type: ignore[union-attr]
    path.reverse()
    transforms = []
    for joint in path:
        position, orientation = _origin(joint)
        transform = np.eye(4)
        transform[:3, :3], transform[:3, 3] = to_matrix(orientation), position
        transforms.append(transform)
    limits = [joint.find("limit") for joint in path[:JOINTS]]
    lower, upper = (
        np.array([float(limit.attrib[k]) for limit in limits if limit is not None]) for k in ("lower", "upper")
    )
    tool = np.linalg.multi_dot([np.eye(4), *transforms[JOINTS:]])
    return SerialChain(np.array(transforms[:JOINTS]), tool, lower, upper, np.array(REST))
