"""People as 13 rigid segments with lofted anatomy and clothes.

Segment lengths come from the body plan (Drillis and Contini 1966; Winter 2009); girths are typical shares of stature.
Each mesh lives in its segment frame: origin at the proximal joint, axes parallel to the body frame when standing. Limbs
end in balls about the joints, so a bent knee or elbow shows no gap. Left out: soft tissue and cloth that follow the
motion.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from ....renderers.transforms import IDENTITY, rotate
from ...physics.specs import Segment
from ..classes import SemanticClass
from ..memo import pure
from .asset import Asset, Box, Part
from .figure import SEGMENT_BUILDERS
from .meshes import F64, MeshBuilder
from .wardrobe import Outfit, draw_outfit


@pure
def build_person(
    plan: tuple[Segment, ...], *, rng: np.random.Generator, child: bool = False, outfit: Outfit | None = None
) -> Asset:
    """A dressed person standing upright.

    The asset frame is on the body's axis at half its stature; its box is the smallest one about that point.

    Args:
        plan: the 13 segments, see `sim.physics.specs.body_plan`.
        rng: source of looks; equal streams give equal people.
        child: proportions of the face, brighter clothes, school bags, class `CHILD`.
        outfit: fixed looks instead of drawn ones.

    """
    look = outfit or draw_outfit(rng=rng, child=child)
    by_name = {s.name: s for s in plan}
    stature = by_name["pelvis"].joint[2] + sum(by_name[n].length_m for n in ("pelvis", "chest", "head"))
    places: dict[str, F64] = {}
    parts = []
    for segment in plan:
        base = places[segment.parent] if segment.parent else np.zeros(3)
        places[segment.name] = base + np.array(segment.joint)
        b = MeshBuilder(segment.name, crease_deg=50.0)
        kind, _, side = segment.name.rpartition("_") if segment.name[-2:] in ("_l", "_r") else (segment.name, "", "")
        SEGMENT_BUILDERS[kind](b, segment, stature, look, 1.0 if side == "l" else -1.0, child)
        x, y, z = (float(v) for v in places[segment.name] - np.array([0, 0, stature / 2]))
        parts.append(Part(segment.name, b.build(), (x, y, z)))
    reach = np.max([np.abs(p.mesh.vertices + np.array(p.position)).max(axis=0) for p in parts], axis=0)
    size = (2 * float(reach[0]), 2 * float(reach[1]), stature)
    mass = sum(s.mass_kg for s in plan)
    semantic = SemanticClass.CHILD if child else SemanticClass.PERSON
    hull = Box((size[0] / 2, size[1] / 2, stature / 2))
    return Asset("child" if child else "adult", semantic, size, tuple(parts), (hull,), mass)


def add_posed(
    builder: MeshBuilder, person: Asset, plan: tuple[Segment, ...], hips: ArrayLike, facings: Mapping[str, ArrayLike]
) -> None:
    """Bake a person in a pose into one mesh.

    Args:
        builder: takes the meshes.
        person: as built from `plan`.
        plan: the segments.
        hips: where the hip centre goes [m].
        facings: orientation of segments in the builder's frame (quaternions x, y, z, w); absent ones follow their
        parent.

    """
    at: dict[str, F64] = {}
    facing: dict[str, F64] = {"": IDENTITY}
    meshes = {p.name: p.mesh for p in person.parts}
    for s in plan:
        facing[s.name] = np.asarray(facings.get(s.name, facing[s.parent]), float)
        at[s.name] = at[s.parent] + rotate(facing[s.parent], s.joint) if s.parent else np.asarray(hips, float)
        builder.add_mesh(meshes[s.name], at[s.name], facing[s.name])
