"""What an asset is: a look, a collision shape, a class and a box, all in one frame.

Frame of actors (anything that may move or be labelled): x forward, y left, z up, origin at the centre of the bounding
box. Frame of scenery (trees, lamps, facades): origin on the ground below. Both in metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import ParamSpec

import numpy as np

from ....renderers.scene import Luminaire, Mesh
from ..classes import SemanticClass

Vec3 = tuple[float, float, float]
Quat = tuple[float, float, float, float]
UPRIGHT: Quat = (0.0, 0.0, 0.0, 1.0)
P = ParamSpec("P")


class Late:
    """A mesh that is built when it is first looked at: most of a world's making is geometry that only sensors need.

    Args:
        build: makes the mesh from the arguments; pure, so a generator among them must be its own (see `fork`).

    """

    def __init__(self, build: Callable[P, Mesh], *args: P.args, **kwargs: P.kwargs) -> None:
        """Remember what to do."""
        self._made: Mesh | Callable[[], Mesh] = partial(build, *args, **kwargs)

    @property
    def mesh(self) -> Mesh:
        """The geometry; once it is there, what it was made from is let go of."""
        if not isinstance(self._made, Mesh):
            self._made = self._made()
        return self._made


def fork(rng: np.random.Generator) -> np.random.Generator:
    """A generator of its own for what is drawn late; takes one number from `rng`, so later draws there do not wait."""
    return np.random.default_rng(int(rng.integers(2**63)))


@dataclass(frozen=True, eq=False)
class Part:
    """One rigid mesh of an asset.

    Attributes:
        name: "body", "wheel_fl", "thigh_l" ...; physics drives parts by name.
        look: the geometry, or how to come by it; parts with the same one share it.
        position, orientation: rest pose in the asset frame.

    """

    name: str
    look: Mesh | Late
    position: Vec3 = (0.0, 0.0, 0.0)
    orientation: Quat = UPRIGHT

    @property
    def mesh(self) -> Mesh:
        """The geometry, built if it was not yet."""
        return self.look.mesh if isinstance(self.look, Late) else self.look


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
        box: full length, width, height of the label box [m]; None for scenery, which has no labels.
        parts: what is seen.
        collision: what is touched; may be empty for scenery out of reach.
        mass_kg: 0 for fixed scenery.
        friction: Coulomb coefficient of the surface against a reference surface of 1.
        luminaires: lamps that light the surroundings when lit, in the asset frame.

    """

    name: str
    semantic: SemanticClass
    box: Vec3 | None
    parts: tuple[Part, ...]
    collision: tuple[CollisionShape, ...] = field(default=())
    mass_kg: float = 0.0
    friction: float = 0.8
    luminaires: tuple[Luminaire, ...] = ()

    @cached_property
    def size(self) -> Vec3:
        """Full length, width and height [m]: of the label box, or of the box about all that is seen of scenery."""
        if self.box is not None:
            return self.box
        corners = np.concatenate([part.mesh.vertices + np.array(part.position) for part in self.parts])
        x, y, z = (float(c) for c in np.ptp(corners, axis=0))
        return x, y, z
