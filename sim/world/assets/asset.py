"""What an asset is: a look, a collision shape, a class and a box, all in one frame.

Frame of actors (anything that may move or be labelled): x forward, y left, z up, origin at the centre of the bounding
box. Frame of scenery (trees, lamps, facades): origin on the ground below. Both in metres.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ....renderers.scene import Luminaire, Mesh
from ..classes import SemanticClass

Vec3 = tuple[float, float, float]
Quat = tuple[float, float, float, float]
UPRIGHT: Quat = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Part:
    """One rigid mesh of an asset.

    Attributes:
        name: "body", "wheel_fl", "thigh_l" ...; physics drives parts by name.
        mesh: the geometry.
        position, orientation: rest pose in the asset frame.

    """

    name: str
    mesh: Mesh
    position: Vec3 = (0.0, 0.0, 0.0)
    orientation: Quat = UPRIGHT


@dataclass(frozen=True)
class Box:
    """Collision box: half extents [m], pose in the asset frame, density relative to the asset's other shapes."""

    half_extents: Vec3
    position: Vec3 = (0.0, 0.0, 0.0)
    orientation: Quat = UPRIGHT
    density: float = 1.0


@dataclass(frozen=True)
class Cylinder:
    """Collision cylinder along its local z: radius and full height [m], pose, density as for `Box`."""

    radius: float
    height: float
    position: Vec3 = (0.0, 0.0, 0.0)
    orientation: Quat = UPRIGHT
    density: float = 1.0


@dataclass(frozen=True)
class Sphere:
    """Collision sphere: radius [m] and centre in the asset frame, density as for `Box`."""

    radius: float
    position: Vec3 = (0.0, 0.0, 0.0)
    density: float = 1.0


CollisionShape = Box | Cylinder | Sphere


@dataclass(frozen=True, eq=False)
class Asset:
    """A thing that can be placed in a world.

    Attributes:
        name: kind and variant, for messages and tables.
        semantic: class of all faces whose material does not say otherwise.
        size: full length, width, height of the label box [m].
        parts: what is seen.
        collision: what is touched; may be empty for scenery out of reach.
        mass_kg: 0 for fixed scenery.
        friction: Coulomb coefficient of the surface against a reference surface of 1.
        luminaires: lamps that light the surroundings when lit, in the asset frame.

    """

    name: str
    semantic: SemanticClass
    size: Vec3
    parts: tuple[Part, ...]
    collision: tuple[CollisionShape, ...] = field(default=())
    mass_kg: float = 0.0
    friction: float = 0.8
    luminaires: tuple[Luminaire, ...] = ()
