"""What animals look like under their coats: the bones and flesh of every segment.

All points are in units of the height at the withers, in the frame of `Skeleton`: x ahead of the middle of the trunk, y
to the left of the animal or of the leg, z above the ground; proportions are measured off side views of standing
animals. Left out: hair as geometry, mouths that open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from ...physics.quadruped import SEGMENTS, SPECIES, Skeleton
from .sculpt import Bone, pair, sculpt
from .shapes import F64, Shape

Bones = dict[str, list[Bone]]
_CELLS = {"trunk": 0.040, "neck": 0.030, "head": 0.017, "upper": 0.032, "lower": 0.019, "cannon": 0.0155}
_BLENDS = {"trunk": 0.08, "neck": 0.07, "head": 0.035, "upper": 0.06, "lower": 0.03, "cannon": 0.015}


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


@dataclass(frozen=True)
class _Build:
    """How a kind is built: trunk, neck and head; thickness of legs and hams; flesh taken off, and share of width."""

    bones: Callable[[Skeleton], Bones]
    legs: float
    hams: float
    slim: float
    narrow: float


_BUILDS: dict[str, _Build] = {
    "red_deer": _Build(lambda s: _deer(s, 1.0), 0.96, 0.92, 0.026, 0.84),
    "roe_deer": _Build(lambda s: _deer(s, 0.9), 0.90, 0.96, 0.022, 0.86),
    "moose": _Build(_moose, 1.00, 0.90, 0.026, 0.78),
    "wild_boar": _Build(_boar, 1.28, 0.96, 0.024, 0.88),
    "dog": _Build(_dog, 1.00, 0.80, 0.012, 0.92),
}
_THICK = 0.055
"""Bones of trunk and neck above this radius are slimmed."""


def _slimmed(bone: Bone, build: _Build) -> Bone:
    """Flesh taken off a bone of trunk or neck."""

    def less(radius: float) -> float:
        return radius - build.slim * min(1.0, max(0.0, radius / _THICK - 1.0))

    return bone._replace(
        start_radius=less(bone.start_radius), end_radius=less(bone.end_radius), width=bone.width * build.narrow,
        start=(bone.start[0], bone.start[1] * build.narrow, bone.start[2]),
        end=(bone.end[0], bone.end[1] * build.narrow, bone.end[2]),
    )  # fmt: skip


@cache
def skins(kind: str) -> dict[str, Shape]:
    """The skin of every segment of a kind by name; left and right legs share one shape with y = 0 in its middle."""
    s = SPECIES[kind].skeleton
    build = _BUILDS[kind]
    bones = build.bones(s)
    for part in ("trunk", "neck"):
        bones[part] = [_slimmed(bone, build) for bone in bones[part]]
    for leg, limb in (("f", _fore(s, build.legs)), ("h", _hind(s, build.legs, build.hams))):
        bones |= {f"{part}_{leg}": shape for part, shape in limb.items()}
    return {
        name: sculpt(shape, cell_m=_CELLS[name.split("_")[0]], blend_m=_BLENDS[name.split("_")[0]])
        for name, shape in bones.items()
    }


def skin_of(kind: str, segment: str) -> Shape:
    """The skin of one segment."""
    part, _, leg = segment.partition("_")
    return skins(kind)[f"{part}_{leg[0]}" if leg else part]


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
