"""Animals in their coats: roe and red deer, moose, wild boar, dog.

Shapes come from `animal_shapes` and `animal_extras`, colours from `coats`, sizes from the body plan. Left out: single
hairs, mud, eyes that shine back at headlights.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Material
from ...physics.quadruped import PARENTS, SEGMENTS, AnimalPlan
from ..classes import SemanticClass
from .animal_extras import extras
from .animal_shapes import origins, skin_of
from .asset import Asset, Box, Part
from .coats import COATS, Coat, fur, layers
from .cutting import cut
from .meshes import MeshBuilder
from .shapes import F64, Shape

_EYE = Material((0.010, 0.008, 0.006), 0.06, nir_reflectance=0.1)
_NOSE = Material((0.018, 0.016, 0.015), 0.35, nir_reflectance=0.15)
_HOOF = Material((0.030, 0.026, 0.022), 0.5, nir_reflectance=0.2)
_ANTLER = Material((0.190, 0.130, 0.080), 0.55, nir_reflectance=0.5)
_TUSK = Material((0.600, 0.560, 0.450), 0.35, nir_reflectance=0.6)
_HORNED = {"red_deer": 0.45, "roe_deer": 0.5, "moose": 0.4, "wild_boar": 0.5, "dog": 0.0}
"""Share of animals with antlers or tusks."""
_DROP_EARS = 0.85
"""Share of dogs with hanging ears among those that are no shepherds."""


def build_animal(plan: AnimalPlan, *, rng: np.random.Generator) -> Asset:
    """An animal standing alert, its parts the segments of the plan; `rng` picks coat, antlers and small differences.

    The asset frame is above the middle between nose and rump, at half the height of the box, which is the smallest one
    about that axis that reaches down to the ground.
    """
    kind, h = plan.species.kind, plan.withers_m
    pick = int(rng.integers(0, len(COATS[kind])))
    coat, shade, girth = COATS[kind][pick], float(rng.uniform(0.85, 1.2)), float(rng.uniform(0.95, 1.06))
    horned, size = bool(rng.random() < _HORNED[kind]), float(rng.uniform(0.75, 1.1))
    drop = kind == "dog" and pick > 0 and bool(rng.random() < _DROP_EARS)
    things = extras(kind, horned=horned, size=size, drop_ears=drop)
    looks = {
        "eye": _EYE, "nose": _NOSE, "horn": _HOOF, "tusk": _TUSK, "antler": _ANTLER,
        "ear": fur(coat.face, shade), "inner_ear": fur(coat.ear, shade), "paw": fur(coat.legs, shade),
    }  # fmt: skip
    start = origins(kind)
    places: list[F64] = []
    meshes = []
    for limb, parent in zip(plan.limbs, PARENTS, strict=True):
        places.append(np.array(limb.joint) + (places[parent] if parent >= 0 else 0.0))
        builder = MeshBuilder(f"{kind} {limb.name}", crease_deg=75.0)
        scale = np.array([h, h * girth, h])
        _add_skin(builder, kind, limb.name, coat, shade, start[limb.name], scale)
        part, _, leg = limb.name.partition("_")
        for thing in things:
            if thing.segment == (f"{part}_{leg[0]}" if leg else part):
                builder.add(_scaled(thing.shape.vertices, thing.shape, start[limb.name], scale), looks[thing.look])
        meshes.append(builder.build())
    points = np.concatenate([mesh.vertices + at for mesh, at in zip(meshes, places, strict=True)])
    top, reach = float(points[:, 2].max()), np.abs(points).max(axis=0)
    size_m = (2.0 * float(reach[0]), 2.0 * float(reach[1]), top)
    parts = tuple(
        Part(name, mesh, (float(at[0]), float(at[1]), float(at[2]) - top / 2.0))
        for name, mesh, at in zip(SEGMENTS, meshes, places, strict=True)
    )
    s = plan.species.skeleton
    hull = Box((size_m[0] / 2, s.half_width * h, (top - s.belly * h) / 2), (0.0, 0.0, s.belly * h / 2))
    return Asset(kind, SemanticClass.ANIMAL, size_m, parts, (hull,), plan.mass_kg, 0.6)


def _scaled(vertices: F64, shape: Shape, origin: F64, scale: F64) -> Shape:
    """Vertices in the frame of the skeleton moved into that of their segment [m]."""
    return Shape((vertices - origin) * scale, shape.faces)


def _add_skin(builder: MeshBuilder, kind: str, segment: str, coat: Coat, shade: float, origin: F64, scale: F64) -> None:
    """The skin of a segment, cut along the edges of its layers and painted."""
    skin = skin_of(kind, segment)
    vertices, faces = skin.vertices, skin.faces
    painted = np.zeros(len(faces), np.int64)
    paint = layers(kind, segment.partition("_")[0], coat)
    for k, layer in enumerate(paint[1:], start=1):
        halves = cut(vertices, faces, layer.where(vertices))
        vertices, faces = halves.corners, halves.faces
        painted = np.where(halves.above, k, painted[halves.source])
    skin = Shape(vertices, faces)
    builder.add_faces(_scaled(vertices, skin, origin, scale), [fur(layer.colour, shade) for layer in paint], painted)
