"""Heads: a lofted skull and jaw with a face that reads from ten metres, hair, and hats. Segment frame: neck joint, z
up.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material, Texture
from .meshes import MeshBuilder, Shape, capsule, ellipsoid, in_plane, loft, superellipse, tube
from .wardrobe import Outfit

F64 = NDArray[np.float64]
SIDES = 20
VISOR = Material((0.012, 0.012, 0.014), 0.04, 0.0, 0.06)

# height above the chin, centre ahead of the ear axis, half depth, half width: shares of the height of the head
SKULL = np.array(
    [
        (-0.01, 0.215, 0.10, 0.10), (0.05, 0.16, 0.20, 0.17), (0.15, 0.10, 0.28, 0.235), (0.27, 0.06, 0.335, 0.275),
        (0.40, 0.025, 0.375, 0.30), (0.52, 0.00, 0.405, 0.315), (0.64, -0.015, 0.425, 0.328),
        (0.76, -0.025, 0.42, 0.32),
        (0.86, -0.03, 0.375, 0.285), (0.93, -0.035, 0.295, 0.225), (0.98, -0.04, 0.175, 0.135),
        (1.0, -0.04, 0.06, 0.05),
    ]
)  # fmt: skip


def skull(size: float, chin: float, grow: float = 1.0, *, top: float = 1.0) -> F64:
    """(12, SIDES, 3) rings of the head for a head height `size` with the chin at height `chin`, grown outwards."""
    rings = []
    for t, x, a, b in SKULL:
        outline = superellipse(a * size * grow, b * size * grow, 2.2, SIDES)
        lift = t * size * (top if t > 0.5 else 1.0)
        rings.append(in_plane(outline, "z", chin + lift) + np.array([x * size, 0.0, 0.0]))
    return np.array(rings)


def shell(size: float, chin: float, grow: float, keep: NDArray[np.bool_]) -> tuple[Shape, NDArray[np.int64]]:
    """Skull grown by `grow`, with face indices of -1 where the (11, SIDES) mask is off; the crown is always kept."""
    full = loft(skull(size, chin, grow, top=1.0 + 0.5 * (grow - 1.0)), cap_start=False)
    index = np.where(np.repeat(keep.reshape(-1), 2), 0, -1)
    return full, np.concatenate([index, np.zeros(SIDES, np.int64)])


def add_head(b: MeshBuilder, length: float, look: Outfit, *, child: bool) -> None:
    """Neck, head, hair and hat for a head segment of the given length (neck joint to crown) [m]."""
    size = length * (0.735 if not child else 0.78)
    top = length / (1.025 if look.hair_cut in ("bald", "crop") else 1.035)
    chin = top - size
    thick = 0.20 * size if look.feminine or child else 0.235 * size
    neck = [(-0.03 * size, 0, -0.20 * size), (-0.03 * size, 0, chin * 0.5), (0.01 * size, 0, chin + 0.22 * size)]
    b.add(tube(neck, [thick * 1.15, thick, thick * 0.96], sides=14, caps=False), look.skin)
    b.add(loft(skull(size, chin)), look.skin)
    if look.hat == "full helmet":
        add_full_helmet(b, size, chin, look)
        return
    add_face(b, size, chin, look)
    angle = np.abs((np.degrees(2 * np.pi * (np.arange(SIDES) + 0.5) / SIDES) + 180) % 360 - 180)[None, :]
    level = (0.5 * (SKULL[:-1, 0] + SKULL[1:, 0]))[:, None]
    add_hair(b, size, chin, look, angle, level)
    if look.hat == "cap":
        index = shell(size, chin, 1.11, (level > 0.70) & (angle >= 0))
        b.add_faces(index[0], (look.hat_cloth,), index[1])
        peak = ellipsoid((0.24 * size, 0.27 * size, 0.018 * size), sides=14, rings=6).rotated("y", 0.18)
        b.add(peak.moved(0.46 * size, 0, chin + 0.735 * size), look.hat_cloth)
    elif look.hat == "beanie":
        index = shell(size, chin, 1.12, (level > 0.60) | ((level > 0.45) & (angle > 70)))
        b.add_faces(index[0], (look.hat_cloth,), index[1])
    elif look.hat == "helmet":
        index = shell(size, chin, 1.20, (level > 0.72) | ((level > 0.5) & (angle > 100)))
        b.add_faces(index[0], (replace(look.hat_cloth, roughness=0.3, texture=Texture.PLAIN),), index[1])
        strap = [
            (0.02 * size, 0.33 * size, chin + 0.6 * size),
            (0.10 * size, 0.24 * size, chin + 0.06 * size),
            (0.12 * size, 0, chin - 0.03 * size),
        ]
        for s in (1.0, -1.0):
            b.add(tube(np.array(strap) * np.array([1, s, 1]), 0.012 * size, sides=4), look.shoe)


def add_full_helmet(b: MeshBuilder, size: float, chin: float, look: Outfit) -> None:
    """A motorcycle helmet with chin bar and dark visor."""
    rings = skull(size, chin, 1.24, top=1.03)
    rings[:4, :, 0] = 0.05 * size + (rings[4, :, 0] - 0.05 * size) * np.array([0.80, 0.90, 0.97, 1.0])[:, None]
    rings[:4, :, 1] = rings[4, :, 1] * np.array([0.80, 0.90, 0.97, 1.0])[:, None]
    angle = np.abs((np.degrees(2 * np.pi * (np.arange(SIDES) + 0.5) / SIDES) + 180) % 360 - 180)
    looks = np.zeros((len(rings) - 1, SIDES), np.int64)
    looks[4:7, angle < 72] = 1
    index = np.concatenate([np.repeat(looks.reshape(-1), 2), np.zeros(2 * SIDES, np.int64)])
    b.add_faces(loft(rings), (replace(look.hat_cloth, roughness=0.15, texture=Texture.PLAIN), VISOR), index)


def add_face(b: MeshBuilder, size: float, chin: float, look: Outfit) -> None:
    """Nose, eyes, brows, mouth and ears."""
    r, g, bl = look.skin.albedo
    lips = Material((min(r * 0.85, 1.0), g * 0.55, bl * 0.55), 0.5, 0.0, look.skin.nir_reflectance)
    white = Material((0.62, 0.60, 0.58), 0.25, 0.0, 0.5)
    iris = Material((0.03, 0.022, 0.016), 0.15, 0.0, 0.1)
    nose = np.array(
        [
            [(0.375, 0.028, 0.55), (0.40, 0.0, 0.55), (0.375, -0.028, 0.55)],
            [(0.37, 0.045, 0.44), (0.455, 0.0, 0.43), (0.37, -0.045, 0.44)],
            [(0.35, 0.072, 0.355), (0.495, 0.0, 0.345), (0.35, -0.072, 0.355)],
            [(0.36, 0.050, 0.31), (0.43, 0.0, 0.305), (0.36, -0.050, 0.31)],
        ]
    )
    b.add(loft(nose * size + np.array([0, 0, chin])), look.skin, crease_deg=80)
    for s in (1.0, -1.0):
        b.add(
            ellipsoid(
                (0.03 * size, 0.062 * size, 0.030 * size),
                (0.352 * size, s * 0.135 * size, chin + 0.515 * size),
                sides=8,
                rings=5,
            ),
            white,
        )
        b.add(
            ellipsoid(
                (0.02 * size, 0.027 * size, 0.029 * size),
                (0.368 * size, s * 0.132 * size, chin + 0.515 * size),
                sides=6,
                rings=4,
            ),
            iris,
        )
        brow = [
            (0.385 * size, s * 0.06 * size, chin + 0.585 * size),
            (0.385 * size, s * 0.13 * size, chin + 0.60 * size),
            (0.345 * size, s * 0.20 * size, chin + 0.575 * size),
        ]
        b.add(tube(np.array(brow), 0.017 * size, sides=5), look.hair)
        b.add(
            ellipsoid(
                (0.085 * size, 0.03 * size, 0.125 * size),
                (-0.01 * size, s * 0.325 * size, chin + 0.46 * size),
                sides=8,
                rings=4,
            ),
            look.skin,
        )
    mouth = [
        (0.368 * size, 0.10 * size, chin + 0.215 * size),
        (0.388 * size, 0, chin + 0.205 * size),
        (0.368 * size, -0.10 * size, chin + 0.215 * size),
    ]
    b.add(tube(np.array(mouth), [0.012 * size, 0.026 * size, 0.012 * size], sides=6), lips)


def add_hair(b: MeshBuilder, size: float, chin: float, look: Outfit, angle: F64, level: F64) -> None:
    """Hair as a shell over the skull, with a fall behind for longer cuts; `angle` and `level` address its cells."""
    if look.hair_cut == "bald":
        return
    hairline = level > 0.80
    sides = (level > 0.50) & (angle > 75)
    nape = (level > 0.26) & (angle > 115)
    grow = 1.035 if look.hair_cut == "crop" else 1.085
    if look.hair_cut in ("medium", "long", "bun"):
        sides = (level > 0.34) & (angle > 78)
        nape = (level > 0.10) & (angle > 95)
        grow = 1.10
    if look.hat in ("cap", "beanie", "helmet"):
        grow = min(grow, 1.06)
    shape, index = shell(size, chin, grow, hairline | sides | nape)
    b.add_faces(shape, (look.hair,), index)
    if look.hair_cut in ("medium", "long"):
        down = -0.06 if look.hair_cut == "medium" else -0.42
        rings = [
            in_plane(superellipse(a * size, w * size, 2.4, 14), "z", chin + z * size) + np.array([x * size, 0, 0])
            for z, x, a, w in (
                (0.72, -0.16, 0.27, 0.335), (0.45, -0.19, 0.25, 0.350), (0.20, -0.20, 0.20, 0.345),
                (0.5 * (0.2 + down), -0.21, 0.14, 0.31), (down, -0.23, 0.07, 0.22),
            )
        ]  # fmt: skip
        b.add(loft(np.array(rings)), look.hair, crease_deg=60)
    if look.hair_cut == "bun":
        b.add(
            ellipsoid(
                (0.15 * size, 0.16 * size, 0.15 * size), (-0.46 * size, 0, chin + 0.74 * size), sides=12, rings=7
            ),
            look.hair,
        )
        b.add(
            capsule(
                (-0.40 * size, 0, chin + 0.72 * size),
                (-0.44 * size, 0, chin + 0.73 * size),
                0.10 * size,
                sides=8,
                rings=2,
            ),
            look.cloth,
        )
