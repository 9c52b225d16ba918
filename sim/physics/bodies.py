"""Free and fixed rigid bodies made from the collision shapes of an asset.

Several shapes of one asset become one compound body; centre of mass and inertia follow from the shapes' volumes and
their relative densities. PyBullet moves the centre of mass along the principal axes of inertia; here everything goes in
and comes out in the actor frame (the asset frame: centre of the bounding box, x forward, y left, z up).

Friction is Coulomb's law with the product of the two bodies' coefficients (Bullet's rule, confirmed by test); the
ground planes added here have coefficient 1 unless told otherwise, so a body's coefficient is then the pair's.
Left out: deformation, and restitution that depends on speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import IDENTITY, compose, conjugate, from_matrix, to_matrix
from ..world.assets.asset import Asset, Box, CollisionShape, Cylinder, Sphere
from .client import Client
from .ground import Ground

F64 = NDArray[np.float64]
_DEPTH_M = 5.0


@dataclass(frozen=True, eq=False)
class MassProperties:
    """Mass distribution of a body in its actor frame.

    Attributes:
        mass_kg: total mass.
        centre: (3,) centre of mass [m].
        axes: (4,) quaternion of the principal axes.
        inertia: (3,) principal moments about the centre of mass [kg m2].

    """

    mass_kg: float
    centre: F64
    axes: F64
    inertia: F64


@dataclass(frozen=True, eq=False)
class BodyState:
    """Where a body is and how it moves.

    Attributes:
        position_w: (3,) origin of the actor frame in the world [m].
        orientation: (4,) quaternion of the actor frame, x, y, z, w.
        velocity_w: (3,) velocity of that origin [m/s].
        angular_velocity_w: (3,) [rad/s].

    """

    position_w: F64
    orientation: F64
    velocity_w: F64
    angular_velocity_w: F64


def mass_properties(shapes: tuple[CollisionShape, ...], mass_kg: float) -> MassProperties:
    """Centre of mass and principal inertia of shapes, each of uniform density; overlaps count twice."""
    volumes, centres, tensors = [], [], []
    for shape in shapes:
        volume, moments, orientation = _volume_and_moments(shape)
        turn = to_matrix(orientation)
        volumes.append(volume * shape.density)
        centres.append(shape.position)
        tensors.append(turn @ np.diag(moments) @ turn.T)
    share = np.array(volumes) / np.sum(volumes)
    centre = share @ np.array(centres, float)
    arm = np.array(centres, float) - centre
    steiner = np.einsum("ni,ni->n", arm, arm)[:, None, None] * np.eye(3) - arm[:, :, None] * arm[:, None, :]
    tensor = mass_kg * np.einsum("n,nij->ij", share, np.array(tensors) + steiner)
    if np.allclose(tensor, np.diag(np.diag(tensor)), rtol=0.0, atol=1e-9 * float(np.trace(tensor))):
        return MassProperties(mass_kg, centre, IDENTITY.copy(), np.diag(tensor).copy())
    moments, axes = np.linalg.eigh(tensor)
    axes[:, 2] *= np.sign(np.linalg.det(axes))
    return MassProperties(mass_kg, centre, from_matrix(axes), moments)


class Bodies:
    """The rigid objects of one world, addressed by the PyBullet body id that `add` returns."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._mass: dict[int, MassProperties] = {}
        self._centre: dict[int, tuple[float, ...]] = {}
        self._to_frame: dict[int, tuple[float, ...]] = {}  # from the principal axes

    @property
    def ids(self) -> tuple[int, ...]:
        """Body ids of the free bodies in the order they were added."""
        return tuple(self._mass)

    def add(
        self,
        asset: Asset,
        position_w: ArrayLike,
        orientation: ArrayLike = IDENTITY,
        *,
        mass_kg: float | None = None,
        friction: float | None = None,
        restitution: float = 0.0,
        rolling_friction_m: float = 0.0,
        distribution: MassProperties | None = None,
    ) -> int:
        """Add a free body and return its id.

        Args:
            asset: gives the shapes, and mass and friction where these are not named.
            position_w, orientation: pose of the actor frame.
            mass_kg: mass, > 0.
            friction: Coulomb coefficient; the pair's is the product of both.
            restitution: share of the closing speed given back; the pair's is the product of both.
            rolling_friction_m: lever of rolling and spinning resistance; the pair's is again a product.
            distribution: of the mass, where it is not that of shapes of one density.

        Raises:
            ValueError: when the asset has no collision shape or no mass.

        """
        mass = asset.mass_kg if mass_kg is None else mass_kg
        mass = mass if distribution is None else distribution.mass_kg
        if mass <= 0.0:
            raise ValueError(f"free body {asset.name!r} needs a mass above 0 kg, got {mass:g}; fixed ones: add_static")
        self._check_shapes(asset)
        properties = distribution or mass_properties(asset.collision, mass)
        pose = (np.asarray(position_w, float), np.asarray(orientation, float))
        body = self._create(asset, properties, pose)
        self._client.changeDynamics(body, -1, localInertiaDiagonal=properties.inertia.tolist())
        self._surface(body, asset.friction if friction is None else friction, restitution, rolling_friction_m)
        self._client.changeDynamics(
            body,
            -1,
            linearDamping=0.0,
            angularDamping=0.0,
            activationState=self._client.ACTIVATION_STATE_DISABLE_SLEEPING,
        )
        self._mass[body] = properties
        self._centre[body] = tuple(properties.centre.tolist())
        self._to_frame[body] = tuple(conjugate(properties.axes).tolist())
        return body

    def add_static(
        self,
        asset: Asset,
        position_w: ArrayLike,
        orientation: ArrayLike = IDENTITY,
        *,
        friction: float | None = None,
        restitution: float = 0.0,
    ) -> int:
        """Add a body that never moves and return its id."""
        self._check_shapes(asset)
        still = MassProperties(0.0, np.zeros(3), IDENTITY.copy(), np.zeros(3))
        body = self._create(asset, still, (np.asarray(position_w, float), np.asarray(orientation, float)))
        self._surface(body, asset.friction if friction is None else friction, restitution, 0.0)
        return body

    def add_ground_plane(self, *, friction: float = 1.0, restitution: float = 0.0, height_m: float = 0.0) -> int:
        """Add an endless horizontal plane, by default with the reference friction 1."""
        shape = self._client.createCollisionShape(self._client.GEOM_PLANE, planeNormal=[0.0, 0.0, 1.0])
        body: int = self._client.createMultiBody(0.0, shape, basePosition=[0.0, 0.0, height_m])
        self._surface(body, friction, restitution, 0.0)
        return body

    def add_terrain(self, vertices: NDArray[np.float64], faces: NDArray[np.int64], *, friction: float = 1.0) -> int:
        """Add fixed triangles, (V, 3) and (F, 3), for bodies to rest on; both of their sides collide."""
        shape = self._client.createCollisionShape(
            self._client.GEOM_MESH,
            vertices=vertices.tolist(),
            indices=faces.ravel().tolist(),
            flags=self._client.GEOM_FORCE_CONCAVE_TRIMESH,
        )
        body: int = self._client.createMultiBody(0.0, shape, useMaximalCoordinates=True)
        self._surface(body, friction, 0.0, 0.0)
        return body

    def add_ground(self, ground: Ground) -> int:
        """Add the surface that bodies rest on: a plane, or the triangles of a relief with a plane far below."""
        if ground.relief is None:
            return self.add_ground_plane(friction=ground.friction, height_m=ground.height_m)
        vertices, faces = ground.relief.mesh()
        self.add_ground_plane(friction=ground.friction, height_m=float(vertices[:, 2].min()) - _DEPTH_M)
        return self.add_terrain(vertices, faces, friction=ground.friction)

    def state(self, body: int) -> BodyState:
        """Pose and velocity of the actor frame of a free body."""
        # in plain numbers: this is read for every body at every tick, and small arrays cost ten times as much
        x, y, z, w = self._to_frame[body]
        (px, py, pz), (qx, qy, qz, qw) = self._client.getBasePositionAndOrientation(body)
        (vx, vy, vz), (ox, oy, oz) = self._client.getBaseVelocity(body)
        ax, ay, az = (
            qw * x + qx * w + qy * z - qz * y,
            qw * y - qx * z + qy * w + qz * x,
            qw * z + qx * y - qy * x + qz * w,
        )
        aw = qw * w - qx * x - qy * y - qz * z
        cx, cy, cz = self._centre[body]
        tx, ty, tz = 2.0 * (ay * cz - az * cy), 2.0 * (az * cx - ax * cz), 2.0 * (ax * cy - ay * cx)
        lx, ly, lz = (
            cx + aw * tx + ay * tz - az * ty,
            cy + aw * ty + az * tx - ax * tz,
            cz + aw * tz + ax * ty - ay * tx,
        )
        return BodyState(
            np.array((px - lx, py - ly, pz - lz)),
            np.array((ax, ay, az, aw)),
            np.array((vx - (oy * lz - oz * ly), vy - (oz * lx - ox * lz), vz - (ox * ly - oy * lx))),
            np.array((ox, oy, oz)),
        )

    def set_state(self, body: int, state: BodyState) -> None:
        """Put a free body somewhere, with a velocity."""
        properties = self._mass[body]
        centre, axes = compose((state.position_w, state.orientation), (properties.centre, properties.axes))
        velocity = state.velocity_w + np.cross(state.angular_velocity_w, centre - state.position_w)
        self._client.resetBasePositionAndOrientation(body, centre.tolist(), axes.tolist())
        self._client.resetBaseVelocity(body, velocity.tolist(), np.asarray(state.angular_velocity_w).tolist())

    def mass(self, body: int) -> MassProperties:
        """Mass distribution of a free body."""
        return self._mass[body]

    def friction_of_pair(self, body_a: int, body_b: int) -> float:
        """The Coulomb coefficient between two bodies: the product of theirs."""
        a, b = (float(self._client.getDynamicsInfo(body, -1)[1]) for body in (body_a, body_b))
        return a * b

    def _create(self, asset: Asset, properties: MassProperties, pose: tuple[F64, F64]) -> int:
        """One multibody whose base frame is the actor frame."""
        body: int = self._client.createMultiBody(
            # what never moves goes without the book-keeping of a multibody, which costs every step
            useMaximalCoordinates=properties.mass_kg == 0.0,
            baseMass=properties.mass_kg,
            baseCollisionShapeIndex=_collision_shape(self._client, asset.collision),
            basePosition=pose[0].tolist(),
            baseOrientation=pose[1].tolist(),
            baseInertialFramePosition=properties.centre.tolist(),
            baseInertialFrameOrientation=properties.axes.tolist(),
        )
        return body

    def _surface(self, body: int, friction: float, restitution: float, rolling_friction_m: float) -> None:
        self._client.changeDynamics(
            body,
            -1,
            lateralFriction=friction,
            restitution=restitution,
            rollingFriction=rolling_friction_m,
            spinningFriction=rolling_friction_m,
        )

    @staticmethod
    def _check_shapes(asset: Asset) -> None:
        if not asset.collision:
            raise ValueError(f"asset {asset.name!r} has no collision shape, so it cannot become a body")


def _volume_and_moments(shape: CollisionShape) -> tuple[float, F64, F64]:
    """Volume [m3], moments of inertia per unit mass in the shape's own frame [m2], and the shape's orientation."""
    if isinstance(shape, Box):
        x, y, z = np.array(shape.half_extents) ** 2 / 3.0
        return 8.0 * float(np.prod(shape.half_extents)), np.array([y + z, x + z, x + y]), np.array(shape.orientation)
    if isinstance(shape, Cylinder):
        side = shape.radius**2 / 4.0 + shape.height**2 / 12.0
        moments = np.array([side, side, shape.radius**2 / 2.0])
        return np.pi * shape.radius**2 * shape.height, moments, np.array(shape.orientation)
    return 4.0 / 3.0 * np.pi * shape.radius**3, np.full(3, 0.4 * shape.radius**2), IDENTITY


def _collision_shape(client: Client, shapes: tuple[CollisionShape, ...]) -> int:
    """One PyBullet shape, compound where there are several, in the actor frame."""
    kinds, radii, halves, lengths = [], [], [], []
    for shape in shapes:
        if isinstance(shape, Box):
            kinds.append(client.GEOM_BOX)
        else:
            kinds.append(client.GEOM_CYLINDER if isinstance(shape, Cylinder) else client.GEOM_SPHERE)
        halves.append(list(shape.half_extents) if isinstance(shape, Box) else [1.0, 1.0, 1.0])
        radii.append(1.0 if isinstance(shape, Box) else shape.radius)
        lengths.append(shape.height if isinstance(shape, Cylinder) else 1.0)
    positions = [list(shape.position) for shape in shapes]
    turns = [list(IDENTITY) if isinstance(shape, Sphere) else list(shape.orientation) for shape in shapes]
    common: dict[str, Any] = {"collisionFramePositions": positions, "collisionFrameOrientations": turns}
    index: int = client.createCollisionShapeArray(
        shapeTypes=kinds, radii=radii, halfExtents=halves, lengths=lengths, **common
    )
    return index
