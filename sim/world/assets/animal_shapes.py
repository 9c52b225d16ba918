"""What animals look like without their coats: bones under the skin, ears, eyes, hooves and antlers.

All points are in units of the height at the withers, in the frame of `Skeleton`: x ahead of the middle of the trunk, y
to the left of the animal or of the leg, z above the ground; proportions are measured off side views of standing
animals. Left out: hair as geometry, mouths that open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...physics.quadruped import SEGMENTS, SPECIES, Point, Skeleton
from .sculpt import Bone, pair, sculpt
from .shapes import F64, Shape, ellipsoid, in_plane, loft, merge, superellipse, tube

Bones = dict[str, list[Bone]]
_CELLS = {"trunk": 0.040, "neck": 0.030, "head": 0.017, "upper": 0.032, "lower": 0.019, "cannon": 0.0155}
_BLENDS = {"trunk": 0.10, "neck": 0.08, "head": 0.035, "upper": 0.06, "lower": 0.03, "cannon": 0.015}


@dataclass(frozen=True)
class Extra:
    """A shape put on the skin of a segment: hooves, antlers, tusks, eyes, nose, ears; `look` names its material."""

    segment: str
    look: str
    shape: Shape


def mid(x: float, z: float) -> tuple[float, float, float]:
    """A point in the plane of symmetry."""
    return (x, 0.0, z)


def _fore(s: Skeleton, thick: float) -> Bones:
    """A foreleg: shoulder muscle, forearm, cannon with knee and fetlock."""
    b, c, d = s.elbow, s.wrist, s.fore_hoof
    ankle = (0.75 * d[0] + 0.25 * c[0], 0.25 * c[1])
    return {
        "upper": [Bone(mid(s.shoulder[0] - 0.02, s.shoulder[1]), mid(*b), 0.080 * thick, 0.068 * thick, 0.62)],
        "lower": [
            Bone(mid(*b), mid(*c), 0.060 * thick, 0.030 * thick, 0.72),
            Bone(mid(b[0] + 0.012, b[1] - 0.03), mid(b[0] + 0.015, b[1] - 0.10), 0.054 * thick, 0.040 * thick, 0.75),
        ],
        "cannon": [
            Bone(mid(*c), mid(c[0], c[1] - 0.03), 0.035 * thick, 0.030 * thick, 0.85),
            Bone(mid(*c), mid(*ankle), 0.026 * thick, 0.021 * thick, 0.8),
            Bone(mid(*ankle), mid(d[0] - 0.01, 0.03), 0.027 * thick, 0.024 * thick, 0.95),
        ],
    }


def _hind(s: Skeleton, thick: float, ham: float) -> Bones:
    """A hind leg: thigh, gaskin, cannon with hock and fetlock."""
    a, b, c, d = s.hip, s.stifle, s.hock, s.hind_hoof
    ankle = (0.8 * d[0] + 0.2 * c[0], 0.24 * c[1])
    back = mid(a[0] - 0.045, a[1] - 0.06)
    return {
        "upper": [
            Bone(mid(*a), mid(*b), 0.135 * ham, 0.080 * ham, 0.55),
            Bone(back, mid(b[0] - 0.06, b[1] + 0.01), 0.115 * ham, 0.070 * ham, 0.55),
        ],
        "lower": [
            Bone(mid(*b), mid(*c), 0.076 * thick, 0.030 * thick, 0.66),
            Bone(mid(b[0] - 0.05, b[1] - 0.02), mid(0.5 * (b[0] + c[0]) - 0.02, 0.5 * (b[1] + c[1])), 0.065 * thick,
                 0.035 * thick, 0.6),
        ],
        "cannon": [
            Bone(mid(c[0] - 0.012, c[1] + 0.012), mid(c[0] + 0.005, c[1] - 0.04), 0.036 * thick, 0.030 * thick, 0.72),
            Bone(mid(*c), mid(*ankle), 0.029 * thick, 0.022 * thick, 0.8),
            Bone(mid(*ankle), mid(d[0] - 0.01, 0.03), 0.027 * thick, 0.024 * thick, 0.95),
        ],
    }  # fmt: skip


def _deer(s: Skeleton, slender: float) -> Bones:
    """Red and roe deer; the roe is rounder behind and slighter in front."""
    p, n = s.poll, s.nose
    dx, dz = n[0] - p[0], n[1] - p[1]

    def face(share: float, up: float = 0.0, y: float = 0.0) -> tuple[float, float, float]:
        return (p[0] + share * dx + 0.5 * up, y, p[1] + share * dz + 0.86 * up)

    high = 0.02 * (1.0 - slender) / 0.1
    return {
        "trunk": [
            Bone(mid(0.28, 0.745), mid(0.04, 0.765), 0.205, 0.190, 0.70),
            Bone(mid(0.04, 0.775), mid(-0.26, 0.830 + high), 0.180, 0.128, 0.80),
            Bone(mid(-0.28, 0.83 + high), mid(-0.385, 0.825 + high), 0.148, 0.108, 0.86),
            Bone(mid(0.25, 0.895), mid(-0.02, 0.90), 0.085, 0.070, 0.55),
            Bone(mid(-0.10, 0.90), mid(-0.36, 0.885 + high), 0.075, 0.075, 0.85),
            Bone(mid(0.37, 0.70), mid(0.33, 0.62), 0.110, 0.090, 0.80),
            *pair(Bone((0.25, 0.085, 0.84), (0.34, 0.105, 0.67), 0.105, 0.085, 0.50)),
            *pair(Bone((-0.33, 0.075, 0.81), (-0.30, 0.085, 0.70), 0.120, 0.100, 0.52)),
            Bone(mid(0.28, 0.79), mid(0.38, 0.88), 0.150 * slender, 0.115 * slender, 0.66),
            Bone(mid(-0.485, 0.86 + high), mid(-0.525, 0.77 + high), 0.030, 0.020, 0.9),
        ],
        "neck": [
            Bone(mid(0.29, 0.76), mid(0.45, 0.970), 0.172 * slender, 0.105 * slender, 0.66),
            Bone(mid(0.45, 0.970), mid(p[0] - 0.005, p[1] - 0.03), 0.105 * slender, 0.068, 0.74),
        ],
        "head": [
            Bone(face(0.02, -0.01), face(0.26, -0.005), 0.066, 0.060, 0.86),
            Bone(face(0.26, -0.004), face(0.85, -0.004), 0.054, 0.033, 0.74),
            Bone(face(0.90, 0.0), face(0.99, -0.006), 0.033, 0.029, 0.90),
            Bone(face(0.24, -0.050), face(0.55, -0.035), 0.042, 0.024, 0.70),
            *pair(Bone(face(0.27, 0.032, 0.036), face(0.36, 0.022, 0.034), 0.021, 0.016)),
        ],
    }


def _moose(s: Skeleton) -> Bones:
    """A hump, legs that look too long, a horse's head with a swollen muzzle, and a bell under the throat."""
    return {
        "trunk": [
            Bone(mid(0.27, 0.755), mid(0.02, 0.755), 0.210, 0.200, 0.66),
            Bone(mid(0.02, 0.755), mid(-0.28, 0.765), 0.195, 0.155, 0.76),
            Bone(mid(-0.28, 0.785), mid(-0.40, 0.765), 0.145, 0.100, 0.85),
            Bone(mid(0.22, 0.915), mid(0.00, 0.885), 0.100, 0.070, 0.50),
            Bone(mid(-0.05, 0.87), mid(-0.34, 0.83), 0.070, 0.070, 0.80),
            Bone(mid(0.38, 0.72), mid(0.33, 0.63), 0.110, 0.090, 0.75),
            *pair(Bone((0.22, 0.080, 0.86), (0.34, 0.100, 0.69), 0.110, 0.090, 0.50)),
            *pair(Bone((-0.33, 0.070, 0.78), (-0.30, 0.080, 0.68), 0.115, 0.100, 0.52)),
            Bone(mid(0.26, 0.82), mid(0.38, 0.84), 0.150, 0.125, 0.60),
            Bone(mid(-0.475, 0.79), mid(-0.50, 0.74), 0.022, 0.016, 0.9),
        ],
        "neck": [
            Bone(mid(0.28, 0.79), mid(0.48, 0.88), 0.172, 0.118, 0.62),
            Bone(mid(0.48, 0.88), mid(0.625, 0.945), 0.118, 0.082, 0.66),
            Bone(mid(0.42, 0.93), mid(0.58, 1.00), 0.050, 0.035, 0.6),
        ],
        "head": [
            Bone(mid(0.635, 0.965), mid(0.70, 0.930), 0.072, 0.066, 0.82),
            Bone(mid(0.70, 0.925), mid(0.90, 0.800), 0.062, 0.050, 0.72),
            Bone(mid(0.90, 0.800), mid(0.975, 0.745), 0.058, 0.056, 0.82),
            Bone(mid(0.965, 0.725), mid(0.955, 0.705), 0.045, 0.040, 0.80),
            Bone(mid(0.68, 0.885), mid(0.84, 0.790), 0.058, 0.036, 0.64),
            Bone(mid(0.70, 0.840), mid(0.685, 0.715), 0.030, 0.014, 0.55),
            *pair(Bone((0.715, 0.046, 0.958), (0.74, 0.043, 0.938), 0.020, 0.016)),
        ],
    }


def _boar(s: Skeleton) -> Bones:
    """A wedge: high shoulders with a ridge of bristles, no neck to speak of, a long snout."""
    return {
        "trunk": [
            Bone(mid(0.28, 0.665), mid(0.00, 0.655), 0.275, 0.265, 0.74),
            Bone(mid(0.00, 0.655), mid(-0.34, 0.635), 0.260, 0.225, 0.80),
            Bone(mid(-0.34, 0.640), mid(-0.48, 0.610), 0.205, 0.145, 0.86),
            Bone(mid(0.30, 0.885), mid(-0.10, 0.855), 0.085, 0.070, 0.40),
            Bone(mid(-0.10, 0.855), mid(-0.44, 0.74), 0.065, 0.055, 0.50),
            Bone(mid(0.40, 0.60), mid(0.34, 0.50), 0.165, 0.130, 0.80),
            *pair(Bone((0.28, 0.130, 0.76), (0.37, 0.140, 0.56), 0.130, 0.110, 0.52)),
            *pair(Bone((-0.42, 0.085, 0.66), (-0.39, 0.090, 0.56), 0.125, 0.105, 0.55)),
            Bone(mid(0.34, 0.69), mid(0.48, 0.69), 0.225, 0.190, 0.70),
            Bone(mid(-0.61, 0.66), mid(-0.66, 0.50), 0.020, 0.014),
            Bone(mid(-0.66, 0.50), mid(-0.655, 0.40), 0.016, 0.024),
        ],
        "neck": [
            Bone(mid(0.38, 0.68), mid(0.64, 0.675), 0.250, 0.168, 0.74),
            Bone(mid(0.40, 0.87), mid(0.60, 0.81), 0.060, 0.045, 0.45),
        ],
        "head": [
            Bone(mid(0.655, 0.685), mid(0.76, 0.625), 0.152, 0.118, 0.78),
            Bone(mid(0.76, 0.610), mid(0.985, 0.475), 0.105, 0.060, 0.78),
            Bone(mid(0.980, 0.478), mid(1.015, 0.458), 0.062, 0.063, 0.92),
            Bone(mid(0.70, 0.570), mid(0.89, 0.465), 0.115, 0.052, 0.74),
            *pair(Bone((0.755, 0.088, 0.692), (0.795, 0.080, 0.668), 0.030, 0.024)),
        ],
    }


def _dog(s: Skeleton) -> Bones:
    """A shepherd's build: deep chest, tucked belly, a stop before the muzzle, a bushy tail."""
    return {
        "trunk": [
            Bone(mid(0.27, 0.760), mid(0.03, 0.785), 0.200, 0.180, 0.74),
            Bone(mid(0.03, 0.795), mid(-0.26, 0.840), 0.172, 0.115, 0.84),
            Bone(mid(-0.26, 0.850), mid(-0.40, 0.835), 0.120, 0.095, 0.95),
            Bone(mid(0.24, 0.900), mid(-0.05, 0.905), 0.075, 0.065, 0.75),
            Bone(mid(-0.05, 0.905), mid(-0.36, 0.890), 0.065, 0.060, 0.95),
            Bone(mid(0.37, 0.730), mid(0.33, 0.650), 0.110, 0.095, 0.85),
            *pair(Bone((0.24, 0.080, 0.86), (0.36, 0.095, 0.70), 0.095, 0.080, 0.55)),
            *pair(Bone((-0.36, 0.070, 0.82), (-0.33, 0.080, 0.72), 0.105, 0.090, 0.55)),
            Bone(mid(0.28, 0.82), mid(0.40, 0.89), 0.155, 0.125, 0.74),
            Bone(mid(-0.46, 0.880), mid(-0.57, 0.790), 0.032, 0.036, 0.9),
            Bone(mid(-0.57, 0.790), mid(-0.645, 0.640), 0.036, 0.038, 0.9),
            Bone(mid(-0.645, 0.640), mid(-0.690, 0.480), 0.038, 0.028, 0.9),
            Bone(mid(-0.690, 0.480), mid(-0.755, 0.390), 0.027, 0.010, 0.9),
        ],
        "neck": [
            Bone(mid(0.30, 0.79), mid(0.47, 0.98), 0.172, 0.122, 0.78),
            Bone(mid(0.47, 0.98), mid(0.590, 1.100), 0.120, 0.088, 0.84),
        ],
        "head": [
            Bone(mid(0.605, 1.135), mid(0.670, 1.150), 0.090, 0.080, 0.90),
            Bone(mid(0.670, 1.120), mid(0.740, 1.100), 0.076, 0.056, 0.84),
            Bone(mid(0.740, 1.095), mid(0.905, 1.075), 0.050, 0.037, 0.90),
            Bone(mid(0.905, 1.075), mid(0.935, 1.070), 0.038, 0.034, 0.92),
            Bone(mid(0.710, 1.055), mid(0.890, 1.042), 0.034, 0.022, 0.95),
            *pair(Bone((0.690, 0.036, 1.196), (0.722, 0.035, 1.168), 0.024, 0.015)),
        ],
    }


_BUILD: dict[str, tuple[Callable[[Skeleton], Bones], float, float]] = {
    "red_deer": (lambda s: _deer(s, 1.0), 1.0, 1.0),
    "roe_deer": (lambda s: _deer(s, 0.9), 0.92, 1.03),
    "moose": (_moose, 1.06, 0.98),
    "wild_boar": (_boar, 1.32, 1.04),
    "dog": (_dog, 1.00, 0.80),
}
"""Trunk, neck and head of each kind, and the thickness of its legs and hams."""


@lru_cache(maxsize=None)
def skins(kind: str) -> dict[str, Shape]:
    """The skin of every segment of a kind by name; left and right legs share one shape with y = 0 in its middle."""
    s = SPECIES[kind].skeleton
    build, thick, ham = _BUILD[kind]
    bones = build(s)
    for leg, limb in (("f", _fore(s, thick)), ("h", _hind(s, thick, ham))):
        bones |= {f"{part}_{leg}": shape for part, shape in limb.items()}
    return {
        name: sculpt(shape, cell_m=_CELLS[name.split("_")[0]], blend_m=_BLENDS[name.split("_")[0]])
        for name, shape in bones.items()
    }


def skin_of(kind: str, segment: str) -> Shape:
    """The skin of one segment."""
    part, _, leg = segment.partition("_")
    return skins(kind)[f"{part}_{leg[0]}" if leg else part]


def leaf(root: tuple[float, float, float], tip: tuple[float, float, float], wide: float, thick: float) -> Shape:
    """An ear: a pointed leaf from root to tip, flat towards the front."""
    a, b = np.array(root), np.array(tip)
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
    toes = [
        ellipsoid((1.5 * r, 0.62 * r, 0.85 * r), (at[0] + 0.2 * r - abs(k - 1.5) * 0.35 * r, (k - 1.5) * 0.78 * r, 0.85 * r),
                  sides=8, rings=6)
        for k in range(4)
    ]  # fmt: skip
    return merge([*toes, ellipsoid((1.5 * r, 1.4 * r, 1.0 * r), (at[0] - 0.9 * r, 0.0, 1.05 * r), sides=10, rings=6)])


def antlers(kind: str, size: float) -> Shape:
    """Antlers of a stag, a roebuck or a bull moose; `size` 1 is a grown one's."""
    head = SPECIES[kind].skeleton.poll
    root = np.array([head[0] + 0.03, 0.035, head[1] + 0.055])

    def beam(points: list[tuple[float, float, float]], thick: float) -> Shape:
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
    p, n = s.poll, s.nose
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
    inner = tuple(r + 0.10 * (t - r) for r, t in zip(root, tip, strict=True))
    end = tuple(r + 0.88 * (t - r) for r, t in zip(root, tip, strict=True))
    lift = 0.45 * size_of_ear[1]
    if not drop_ears:
        add("head", "inner_ear", leaf((inner[0] + lift, *inner[1:]), (end[0] + lift, *end[1:]), 0.62 * size_of_ear[0],
            0.6 * size_of_ear[1]), both=True)  # fmt: skip
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
            tusk = tube([(0.90, 0.055, 0.480), (0.93, 0.080, 0.495), (0.93, 0.088, 0.545)], [0.013, 0.010, 0.003], sides=6)
            add("head", "tusk", tusk, both=True)
    elif horned:
        add("head", "antler", antlers(kind, size))
    return out


_Vec4 = tuple[float, float, float, float]
_Vec3 = tuple[float, float, float]
_FACE: dict[str, tuple[_Vec4, tuple[_Vec3, _Vec3], tuple[float, float]]] = {
    "red_deer": ((0.695, 0.052, 1.165, 0.0135), ((0.595, 0.045, 1.225), (0.545, 0.150, 1.325)), (0.075, 0.030)),
    "roe_deer": ((0.635, 0.052, 1.187, 0.0160), ((0.545, 0.045, 1.245), (0.505, 0.140, 1.365)), (0.095, 0.034)),
    "moose": ((0.752, 0.049, 0.930, 0.0115), ((0.610, 0.050, 1.000), (0.545, 0.135, 1.085)), (0.065, 0.028)),
    "wild_boar": ((0.795, 0.091, 0.660, 0.0140), ((0.635, 0.085, 0.790), (0.610, 0.125, 0.945)), (0.105, 0.040)),
    "dog": ((0.722, 0.048, 1.148, 0.0150), ((0.595, 0.058, 1.195), (0.600, 0.080, 1.335)), (0.090, 0.036)),
}
"""Eye (x, y, z, radius), ear (root and tip) and its width and thickness."""


def origins(kind: str) -> dict[str, F64]:
    """Proximal joint of each segment in the frame of the skeleton; legs with y = 0 in their middle."""
    s = SPECIES[kind].skeleton
    out = {"trunk": np.array([0.0, 0.0, 0.5 * (s.belly + s.top)])}
    out |= {"neck": np.array(mid(*s.neck)), "head": np.array(mid(*s.poll))}
    for name in SEGMENTS[3:]:
        part, _, leg = name.partition("_")
        chain = (s.shoulder, s.elbow, s.wrist) if leg[0] == "f" else (s.hip, s.stifle, s.hock)
        out[name] = np.array(mid(*chain[("upper", "lower", "cannon").index(part)]))
    return out
