"""What is put on the skins of animals: ears, eyes, noses, hooves, paws, tusks and antlers.

In units of the height at the withers, in the frame of `Skeleton`; on legs with y = 0 in their middle. Left out:
eyelids, dewclaws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...physics.quadruped import SPECIES, Point
from ...physics.specs import Vec3
from .shapes import Shape, ellipsoid, in_plane, loft, merge, superellipse, tube

_Vec4 = tuple[float, float, float, float]
_FACE: dict[str, tuple[_Vec4, tuple[Vec3, Vec3], tuple[float, float]]] = {
    "red_deer": ((0.695, 0.052, 1.165, 0.0135), ((0.595, 0.045, 1.225), (0.545, 0.150, 1.325)), (0.075, 0.030)),
    "roe_deer": ((0.635, 0.052, 1.187, 0.0160), ((0.545, 0.045, 1.245), (0.505, 0.140, 1.365)), (0.095, 0.034)),
    "moose": ((0.752, 0.049, 0.930, 0.0115), ((0.610, 0.050, 1.000), (0.545, 0.135, 1.085)), (0.065, 0.028)),
    "wild_boar": ((0.795, 0.091, 0.660, 0.0140), ((0.635, 0.085, 0.790), (0.610, 0.125, 0.945)), (0.105, 0.040)),
    "dog": ((0.722, 0.048, 1.148, 0.0150), ((0.595, 0.058, 1.195), (0.600, 0.080, 1.335)), (0.090, 0.036)),
}
"""Eye (x, y, z, radius), ear (root and tip) and its width and thickness."""


@dataclass(frozen=True)
class Extra:
    """A shape put on the skin of a segment: hooves, antlers, tusks, eyes, nose, ears; `look` names its material."""

    segment: str
    look: str
    shape: Shape


def leaf(root: ArrayLike, tip: ArrayLike, wide: float, thick: float) -> Shape:
    """An ear: a pointed leaf from root to tip, flat towards the front."""
    a, b = np.asarray(root, float), np.asarray(tip, float)
    along = b - a
    side = np.cross(along, [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    front = np.cross(side, along)
    front /= np.linalg.norm(front)
    rings = []
    for share, girth in ((0.0, 0.45), (0.15, 0.75), (0.40, 1.0), (0.65, 0.85), (0.85, 0.50), (1.0, 0.06)):
        oval = superellipse(0.5 * wide * girth, 0.5 * thick * max(girth, 0.4), 2.0, 12)
        rings.append(a + share * along + oval[:, :1] * side + oval[:, 1:] * front - 0.3 * thick * (1 - share) * front)
    return loft(np.array(rings))


def hoof(at: Point, long: float, wide: float, high: float) -> Shape:
    """A cloven hoof on the ground, its middle at `at`."""
    toes = []
    for side in (1.0, -1.0):
        rings = [
            in_plane(superellipse(0.5 * long * g, 0.24 * wide * g, 2.6, 10), "z", z)
            + np.array([at[0] - lean, side * 0.26 * wide, 0.0])
            for z, g, lean in ((0.0, 1.0, 0.0), (0.5 * high, 0.88, 0.08 * long), (high, 0.66, 0.20 * long))
        ]
        toes.append(loft(np.array(rings)))
    return merge(toes)


def paw(at: Point, thick: float) -> Shape:
    """A dog's paw: four toes."""
    r = 0.030 * thick
    toes = []
    for k in range(4):
        out = k - 1.5
        centre = (at[0] + 0.2 * r - abs(out) * 0.35 * r, out * 0.78 * r, 0.85 * r)
        toes.append(ellipsoid((1.5 * r, 0.62 * r, 0.85 * r), centre, sides=8, rings=6))
    return merge([*toes, ellipsoid((1.5 * r, 1.4 * r, 1.0 * r), (at[0] - 0.9 * r, 0.0, 1.05 * r), sides=10, rings=6)])


def antlers(kind: str, size: float) -> Shape:
    """Antlers of a stag, a roebuck or a bull moose; `size` 1 is a grown one's."""
    head = SPECIES[kind].skeleton.poll
    root = np.array([head[0] + 0.03, 0.035, head[1] + 0.055])

    def beam(points: list[Vec3], thick: float) -> Shape:
        line = root + size * np.array(points)
        return tube(line, np.linspace(thick, 0.35 * thick, len(points)), sides=7)

    if kind == "red_deer":
        main = [(0.0, 0.0, 0.0), (-0.06, 0.06, 0.10), (-0.14, 0.16, 0.24), (-0.15, 0.22, 0.40), (-0.08, 0.24, 0.55)]
        tines = [
            [(-0.01, 0.02, 0.03), (0.08, 0.05, 0.07), (0.14, 0.06, 0.15)],
            [(-0.05, 0.05, 0.09), (0.05, 0.10, 0.14), (0.09, 0.12, 0.22)],
            [(-0.14, 0.17, 0.26), (-0.05, 0.22, 0.31), (0.01, 0.24, 0.39)],
            [(-0.14, 0.22, 0.42), (-0.20, 0.24, 0.52), (-0.22, 0.22, 0.60)],
        ]
        sides = [beam(main, 0.020), *(beam(t, 0.013) for t in tines)]
    elif kind == "roe_deer":
        main = [(0.0, 0.0, 0.0), (-0.01, 0.02, 0.08), (-0.03, 0.03, 0.18), (-0.02, 0.03, 0.29)]
        tines = [[(-0.02, 0.03, 0.13), (0.04, 0.04, 0.19), (0.06, 0.05, 0.25)]]
        tines.append([(-0.03, 0.03, 0.19), (-0.07, 0.03, 0.24), (-0.09, 0.03, 0.28)])
        sides = [beam(main, 0.020), *(beam(t, 0.012) for t in tines)]
    else:
        stem = [(0.0, 0.0, 0.0), (-0.01, 0.07, 0.01), (-0.02, 0.14, 0.03)]
        sides = [beam(stem, 0.024)]
        # the palm: a thin dish whose rim runs out into points
        middle = root + size * np.array([-0.05, 0.24, 0.09])
        for k, angle in enumerate(np.linspace(-0.75, 1.9, 8)):
            reach = (0.20, 0.19, 0.17, 0.18, 0.20, 0.22, 0.23, 0.20)[k]
            # from forwards (angle 0 is outwards) round to the back, rising towards the rim
            out = np.array([-np.sin(angle) * reach, np.cos(angle) * reach * 0.85, 0.10 + 0.04 * np.cos(angle)])
            line = np.array([middle, middle + 0.55 * size * out * [1, 1, 0.6], middle + size * out])
            sides.append(tube(line, np.array([0.075, 0.055, 0.008]) * size, sides=8, flatten=0.22))
    one = merge(sides)
    return merge([one, one.mirrored("y")])


def extras(kind: str, *, horned: bool, size: float, drop_ears: bool) -> list[Extra]:
    """All that is not skin, in the frame of the skeleton; legs with y = 0 in their middle."""
    s = SPECIES[kind].skeleton
    n = s.nose
    out: list[Extra] = []

    def add(segment: str, look: str, *shapes: Shape, both: bool = False) -> None:
        for shape in shapes:
            out.append(Extra(segment, look, merge([shape, shape.mirrored("y")]) if both else shape))

    eye, ear, size_of_ear = _FACE[kind]
    add("head", "eye", ellipsoid((eye[3], 0.75 * eye[3], eye[3]), eye[:3], sides=10, rings=7), both=True)
    root, tip = ear
    if drop_ears:
        root, tip = (0.620, 0.075, 1.195), (0.640, 0.110, 1.050)
    add("head", "ear", leaf(root, tip, *size_of_ear), both=True)
    if not drop_ears:
        lift = np.array([0.45 * size_of_ear[1], 0.0, 0.0])
        a, b = np.array(root), np.array(tip)
        inner = leaf(a + 0.10 * (b - a) + lift, a + 0.88 * (b - a) + lift, 0.62 * size_of_ear[0], 0.6 * size_of_ear[1])
        add("head", "inner_ear", inner, both=True)
    if kind == "dog":
        add("head", "nose", ellipsoid((0.022, 0.026, 0.020), (n[0] - 0.004, 0.0, n[1] + 0.040), sides=10, rings=6))
        for leg, at in (("f", s.fore_hoof), ("h", s.hind_hoof)):
            add(f"cannon_{leg}", "paw", paw(at, 1.15))
        return out
    wide = {"moose": 0.085, "wild_boar": 0.085}.get(kind, 0.062)
    for leg, at in (("f", s.fore_hoof), ("h", s.hind_hoof)):
        add(f"cannon_{leg}", "horn", hoof((at[0] + 0.012, at[1]), 1.35 * wide, wide, 0.9 * wide))
    if kind == "wild_boar":
        disc = ellipsoid((0.016, 0.058, 0.056), (0.0, 0.0, 0.0), sides=14, rings=8).rotated("y", 0.45)
        add("head", "nose", disc.moved(n[0] + 0.018, 0.0, n[1] + 0.010))
        if horned:
            tusk = tube(
                [(0.90, 0.055, 0.480), (0.93, 0.080, 0.495), (0.93, 0.088, 0.545)], [0.013, 0.010, 0.003], sides=6
            )
            add("head", "tusk", tusk, both=True)
    elif horned:
        add("head", "antler", antlers(kind, size))
    return out
