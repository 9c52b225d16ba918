"""Animals in their coats: roe and red deer, moose, wild boar, dog.

Shapes come from `animal_shapes`, sizes from the body plan. A coat is a back, a flank and a belly shade with marks (the
pale rump of deer, the grey legs of moose, saddle and mask of dogs); every triangle takes one of a few neighbouring
shades at random, which reads as hair. Albedos are linear: dark brown fur 0.03-0.06, red summer coats 0.12-0.2, white
0.5; hair reflects 0.4-0.6 near 905 nm, dark or not (unverified), and does not shine. Left out: single hairs, mud, eyes
that shine back at headlights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import RGB, Material, Texture
from ...physics.quadruped import LEGS, SEGMENTS, AnimalPlan
from ..classes import SemanticClass
from .animal_shapes import extras, origins, skin_of
from .asset import Asset, Box, Part
from .meshes import MeshBuilder
from .shapes import F64, Shape

_SHADES = 5
_EYE = Material((0.010, 0.008, 0.006), 0.06, nir_reflectance=0.1)
_NOSE = Material((0.018, 0.016, 0.015), 0.35, nir_reflectance=0.15)
_HOOF = Material((0.030, 0.026, 0.022), 0.5, nir_reflectance=0.2)
_ANTLER = Material((0.190, 0.130, 0.080), 0.55, nir_reflectance=0.5)
_TUSK = Material((0.600, 0.560, 0.450), 0.35, nir_reflectance=0.6)


@dataclass(frozen=True)
class Coat:
    """Colours of one animal, linear RGB.

    Attributes:
        back, flank, belly: from top to bottom of the trunk.
        legs: below elbow and stifle.
        face, muzzle: the head.
        mark: rump patch, saddle or mask.
        ear: inside of the ears.

    """

    back: RGB
    flank: RGB
    belly: RGB
    legs: RGB
    face: RGB
    muzzle: RGB
    mark: RGB
    ear: RGB = (0.30, 0.26, 0.22)


_RED = Coat((0.152, 0.072, 0.032), (0.232, 0.116, 0.052), (0.348, 0.254, 0.160), (0.196, 0.109, 0.052),
            (0.174, 0.104, 0.058), (0.043, 0.035, 0.029), (0.620, 0.478, 0.290))  # fmt: skip
_GREY_RED = Coat((0.105, 0.070, 0.045), (0.161, 0.112, 0.073), (0.266, 0.210, 0.154), (0.126, 0.090, 0.059),
                 (0.133, 0.098, 0.070), (0.042, 0.034, 0.028), (0.560, 0.448, 0.294))  # fmt: skip
_ROE_SUMMER = Coat((0.230, 0.101, 0.035), (0.290, 0.135, 0.049), (0.405, 0.270, 0.149), (0.257, 0.128, 0.051),
                   (0.176, 0.115, 0.074), (0.022, 0.019, 0.018), (0.620, 0.608, 0.459))  # fmt: skip
_ROE_WINTER = Coat((0.108, 0.084, 0.062), (0.149, 0.119, 0.089), (0.257, 0.216, 0.176), (0.128, 0.100, 0.073),
                   (0.121, 0.097, 0.076), (0.022, 0.019, 0.018), (0.620, 0.620, 0.620))  # fmt: skip
_MOOSE = Coat((0.033, 0.022, 0.016), (0.045, 0.031, 0.022), (0.037, 0.027, 0.021), (0.188, 0.160, 0.131),
              (0.048, 0.034, 0.025), (0.069, 0.055, 0.045), (0.119, 0.098, 0.077), (0.138, 0.119, 0.100))  # fmt: skip
_MOOSE_BROWN = Coat((0.074, 0.048, 0.030), (0.092, 0.060, 0.040), (0.064, 0.044, 0.031), (0.256, 0.217, 0.176),
                    (0.088, 0.060, 0.041), (0.113, 0.090, 0.072), (0.173, 0.138, 0.106), (0.196, 0.166, 0.134))  # fmt: skip
_BOAR = Coat((0.029, 0.024, 0.020), (0.053, 0.044, 0.037), (0.036, 0.030, 0.026), (0.017, 0.014, 0.013),
             (0.046, 0.038, 0.032), (0.102, 0.084, 0.067), (0.019, 0.017, 0.014), (0.084, 0.060, 0.050))  # fmt: skip
_BOAR_BROWN = Coat((0.050, 0.036, 0.026), (0.088, 0.066, 0.049), (0.055, 0.043, 0.034), (0.025, 0.020, 0.018),
                   (0.075, 0.057, 0.044), (0.138, 0.110, 0.083), (0.030, 0.022, 0.018), (0.100, 0.073, 0.059))  # fmt: skip
_SHEPHERD = Coat((0.018, 0.014, 0.012), (0.190, 0.105, 0.048), (0.260, 0.170, 0.095), (0.230, 0.140, 0.070),
                 (0.130, 0.078, 0.042), (0.020, 0.016, 0.014), (0.018, 0.014, 0.012), (0.200, 0.130, 0.090))  # fmt: skip
_YELLOW = Coat((0.380, 0.260, 0.140), (0.420, 0.300, 0.175), (0.500, 0.400, 0.270), (0.440, 0.320, 0.190),
               (0.430, 0.310, 0.185), (0.420, 0.300, 0.180), (0.380, 0.260, 0.140), (0.360, 0.230, 0.150))  # fmt: skip
_BLACK = Coat((0.013, 0.012, 0.012), (0.015, 0.014, 0.013), (0.016, 0.015, 0.014), (0.015, 0.014, 0.013),
              (0.014, 0.013, 0.012), (0.018, 0.016, 0.015), (0.014, 0.013, 0.012), (0.060, 0.045, 0.040))  # fmt: skip
_BROWN = Coat((0.070, 0.032, 0.016), (0.082, 0.038, 0.020), (0.090, 0.045, 0.025), (0.080, 0.038, 0.020),
              (0.076, 0.036, 0.019), (0.060, 0.030, 0.018), (0.070, 0.032, 0.016), (0.110, 0.065, 0.045))  # fmt: skip

COATS: dict[str, tuple[Coat, ...]] = {
    "red_deer": (_RED, _GREY_RED),
    "roe_deer": (_ROE_SUMMER, _ROE_WINTER),
    "moose": (_MOOSE, _MOOSE_BROWN),
    "wild_boar": (_BOAR, _BOAR_BROWN),
    "dog": (_SHEPHERD, _YELLOW, _BLACK, _BROWN),
}
"""Coats of each kind, equally likely."""
_HORNED = {"red_deer": 0.45, "roe_deer": 0.5, "moose": 0.4, "wild_boar": 0.5}
"""Share of animals with antlers or tusks."""


def build_animal(plan: AnimalPlan, *, rng: np.random.Generator) -> Asset:
    """An animal standing alert, its parts the segments of the plan; `rng` picks coat, antlers and small differences.

    The asset frame is above the middle between nose and rump, at half the height of the box, which is the smallest one
    about that point that reaches down to the ground.
    """
    kind, h = plan.species.kind, plan.withers_m
    coat = COATS[kind][int(rng.integers(0, len(COATS[kind])))]
    shade = float(rng.uniform(0.85, 1.2))
    horned, size = bool(rng.random() < _HORNED.get(kind, 0.0)), float(rng.uniform(0.75, 1.1))
    drop = kind == "dog" and coat is not _SHEPHERD and bool(rng.random() < 0.85)
    girth = float(rng.uniform(0.95, 1.06))
    things = extras(kind, horned=horned, size=size, drop_ears=drop)
    looks = {
        "eye": _EYE, "nose": _NOSE, "horn": _HOOF, "tusk": _TUSK, "antler": _ANTLER,
        "ear": fur(coat.face, shade), "inner_ear": fur(coat.ear, shade), "paw": fur(coat.legs, shade),
    }  # fmt: skip
    start = origins(kind)
    places: list[F64] = []
    parts: list[tuple[str, MeshBuilder]] = []
    for k, name in enumerate(SEGMENTS):
        limb = plan.limbs[k]
        parent = _PARENT[k]
        places.append(np.array(limb.joint) + (places[parent] if parent >= 0 else 0.0))
        b = MeshBuilder(f"{kind} {name}", crease_deg=75.0)
        _add_skin(b, kind, name, coat, shade, girth, start[name], h, rng)
        short = name if name in ("trunk", "neck", "head") else name[:-1]
        for thing in things:
            if thing.segment == short:
                look = "antler" if thing.look == "horn" and thing.segment == "head" else thing.look
                b.add(_placed(thing.shape, start[name], h, 1.0), looks[look])
        parts.append((name, b))
    meshes = [(name, b.build()) for name, b in parts]
    points = np.concatenate([m.vertices + at for (_, m), at in zip(meshes, places, strict=True)])
    top = float(points[:, 2].max())
    reach = np.abs(points).max(axis=0)
    full = (2.0 * float(reach[0]), 2.0 * float(reach[1]), top)
    middle = np.array([0.0, 0.0, top / 2.0])
    placed = tuple(
        Part(name, mesh, (float(at[0]), float(at[1]), float(at[2])))
        for (name, mesh), at in zip(meshes, (p - middle for p in places), strict=True)
    )
    s = plan.species.skeleton
    hull = Box((full[0] / 2, s.half_width * h, (top - s.belly * h) / 2), (0.0, 0.0, s.belly * h / 2))
    return Asset(kind, SemanticClass.ANIMAL, full, placed, (hull,), plan.mass_kg, 0.6)


def fur(colour: RGB, shade: float) -> Material:
    """Hair of a colour, lighter or darker by a factor."""
    r, g, b = (float(np.clip(c * shade, 0.006, 0.75)) for c in colour)
    return Material((r, g, b), 1.0, nir_reflectance=float(np.clip(0.36 + 0.5 * r, 0.3, 0.7)), texture=Texture.CLOTH)


def _placed(shape: Shape, origin: F64, h: float, girth: float) -> Shape:
    """A shape of the skeleton's frame in the frame of its segment [m]."""
    return Shape((shape.vertices - origin) * np.array([h, h * girth, h]), shape.faces)


def _add_skin(
    b: MeshBuilder, kind: str, name: str, coat: Coat, shade: float, girth: float, origin: F64, h: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    skin = skin_of(kind, name)
    corners = skin.vertices[skin.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    colours = _PAINT[kind](name.split("_")[0], corners.mean(axis=1), normal, coat)
    # hair: neighbouring triangles differ a little; few enough shades that they share materials
    step = rng.integers(0, _SHADES, len(colours) // 2).repeat(2)
    tone = shade * (1.0 + 0.055 * (step - 0.5 * (_SHADES - 1)))
    keys = np.round(np.clip(colours * tone[:, None], 0.006, 0.75) ** 0.5 * 40.0).astype(np.int64)
    table, index = np.unique(keys, axis=0, return_inverse=True)
    materials = [fur(((r / 40.0) ** 2, (g / 40.0) ** 2, (bl / 40.0) ** 2), 1.0) for r, g, bl in table.tolist()]
    b.add_faces(_placed(skin, origin, h, girth), materials, index.reshape(-1).astype(np.int64))


Paint = Callable[[str, F64, F64, Coat], F64]
"""Linear RGB (F, 3) of the triangles of a part, from their centres in the frame of the skeleton and their normals."""


def _mix(a: RGB | F64, b: RGB | F64, share: F64) -> F64:
    w = np.clip(share, 0.0, 1.0)[:, None]
    out: F64 = (1.0 - w) * np.asarray(a, float) + w * np.asarray(b, float)
    return out


def _counter(at: F64, normal: F64, coat: Coat, low: float, high: float) -> F64:
    """Dark above, pale below."""
    height = (at[:, 2] - low) / (high - low)
    out = _mix(coat.flank, coat.back, 2.2 * (height - 0.55) + 0.5 * normal[:, 2])
    return _mix(out, coat.belly, 1.4 - 7.0 * height - 0.6 * normal[:, 2] - 0.7)


def _legs(part: str, at: F64, normal: F64, coat: Coat, top: float) -> F64:
    """From the flank's colour to that of the legs."""
    base = _mix(coat.flank, coat.back, 0.6 * normal[:, 2])
    return _mix(base, coat.legs, (top - at[:, 2]) / 0.16)


def _paint_deer(part: str, at: F64, normal: F64, coat: Coat) -> F64:
    x, y, z = at.T
    if part == "trunk":
        out = _counter(at, normal, coat, 0.52, 0.98)
        patch = (-0.405 - x) / 0.03 + 0.6 * (np.abs(y) < 0.10) - 0.6 * (z < 0.70)
        return _mix(out, coat.mark, np.where(x < -0.36, patch, 0.0))
    if part == "neck":
        out = _mix(coat.flank, coat.back, 0.5 - 0.6 * normal[:, 0])
        return _mix(out, coat.belly, 0.6 * normal[:, 0] - 0.5 * normal[:, 2] - 0.55)
    if part == "head":
        out = _mix(coat.face, coat.back, 1.6 * normal[:, 2] - 0.8)
        out = _mix(out, coat.belly, -1.5 * normal[:, 2] - 0.6)
        tip = (x - x.max() + 0.045) / 0.02
        chin = _mix(out, coat.mark, np.where(normal[:, 2] < 0.1, (x - x.max() + 0.075) / 0.02, 0.0))
        return _mix(chin, coat.muzzle, np.where(normal[:, 2] + normal[:, 0] > 0.25, tip, 0.0))
    out = _legs(part, at, normal, coat, 0.62)
    if part == "upper":
        out = _mix(out, coat.mark, np.where(x < -0.42, (-0.435 - x) / 0.03, 0.0) * (z > 0.62))
    return out


def _paint_moose(part: str, at: F64, normal: F64, coat: Coat) -> F64:
    x, _, _ = at.T
    if part == "trunk":
        out = _counter(at, normal, coat, 0.54, 1.0)
        return _mix(out, coat.mark, 0.8 * (normal[:, 2] - 0.35) * (x > -0.3) * (at[:, 2] > 0.85))
    if part == "neck":
        return _mix(coat.flank, coat.mark, 0.7 * normal[:, 2] - 0.25)
    if part == "head":
        return _mix(coat.face, coat.muzzle, (x - 0.86) / 0.08)
    return _legs(part, at, normal, coat, 0.56)


def _paint_boar(part: str, at: F64, normal: F64, coat: Coat) -> F64:
    x, _, z = at.T
    if part == "trunk":
        out = _counter(at, normal, coat, 0.38, 0.96)
        return _mix(out, coat.mark, (z - 0.86) / 0.05)
    if part == "neck":
        return _mix(coat.flank, coat.mark, (z - 0.80) / 0.05)
    if part == "head":
        out = _mix(coat.face, coat.muzzle, np.minimum((x - 0.74) / 0.12, (0.95 - x) / 0.08))
        return _mix(out, coat.mark, (x - 0.96) / 0.05)
    return _legs(part, at, normal, coat, 0.46)


def _paint_dog(part: str, at: F64, normal: F64, coat: Coat) -> F64:
    x, y, z = at.T
    if part == "trunk":
        out = _mix(coat.flank, coat.mark, (z - 0.80 + 0.25 * np.abs(x + 0.02) ** 2) / 0.04)
        out = _mix(out, coat.belly, (0.62 - z) / 0.06)
        out = _mix(out, coat.flank, (x - 0.36) / 0.03)
        return _mix(out, _mix(coat.flank, coat.back, 2.0 * normal[:, 2]), (-0.50 - x) / 0.03)
    if part == "neck":
        return _mix(coat.flank, coat.mark, 1.2 - 3.0 * normal[:, 0] - 1.0)
    if part == "head":
        out = _mix(coat.face, coat.flank, 5.0 * (np.abs(y) - 0.055) / 0.05)
        return _mix(out, coat.muzzle, (x - 0.77) / 0.03)
    out = _legs(part, at, normal, coat, 0.66)
    return _mix(out, coat.mark, (z - 0.80) / 0.05) if part == "upper" else out


_PAINT: dict[str, Paint] = {
    "red_deer": _paint_deer, "roe_deer": _paint_deer, "moose": _paint_moose, "wild_boar": _paint_boar,
    "dog": _paint_dog,
}  # fmt: skip
_PARENT: NDArray[np.int64] = np.array([-1, 0, 1, *(p for k in range(len(LEGS)) for p in (0, 3 + 3 * k, 4 + 3 * k))])
