"""Bodies of hoofed animals and dogs: 15 rigid segments, from tables of joints in side view.

Masses: moose 200-550 kg (the VTI crash dummy has 358 kg), deer 60-100 kg, wild boar 50-150 kg, dog 20-40 kg, as in the
scenario facts of the project; the roe deer (20-30 kg) and the heights at the withers are typical handbook values. Size
goes with the cube root of mass. Limb segments carry shares of the body mass of a running mammal (about a fifth in
four legs, a seventh in head and neck). Joints are in units of the height at the withers, measured off side views.
Left out: a spine that bends, shoulder blades that glide, growth, sex differences of proportion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import hypot
from typing import NamedTuple

import numpy as np

from .specs import Vec3

LEGS = ("fl", "fr", "hl", "hr")
"""Front left, front right, hind left, hind right: the order of legs everywhere."""

SEGMENTS = ("trunk", "neck", "head", *(f"{part}_{leg}" for leg in LEGS for part in ("upper", "lower", "cannon")))
"""Segments, parents before children and depth first. `upper` reaches from shoulder or hip to elbow or stifle, `lower`
to wrist or hock, `cannon` to the ground."""

PARENTS = (-1, 0, 1, *(p for k in range(4) for p in (0, 3 + 3 * k, 4 + 3 * k)))
"""Number of each segment's parent."""

Point = tuple[float, float]
"""Ahead of the middle of the trunk, and above the ground."""


class Skeleton(NamedTuple):
    """Joints of a standing animal in side view, in units of the height at the withers.

    Attributes:
        shoulder, elbow, wrist, fore_hoof: of the forelegs, down to the middle of the hoof on the ground.
        hip, stifle, hock, hind_hoof: of the hind legs.
        neck, poll, nose: root of the neck, joint of the head, tip of the nose.
        back, front, belly, top: the box of the trunk: hindmost and foremost x, lowest and highest z.
        half_width: of the trunk.
        stance: half the distance between left and right legs.
        bone: radius of the forearm.

    """

    shoulder: Point
    elbow: Point
    wrist: Point
    fore_hoof: Point
    hip: Point
    stifle: Point
    hock: Point
    hind_hoof: Point
    neck: Point
    poll: Point
    nose: Point
    back: float
    front: float
    belly: float
    top: float
    half_width: float
    stance: float
    bone: float


@dataclass(frozen=True)
class Species:
    """One kind of animal.

    Attributes:
        kind: name.
        mass_kg: lightest and heaviest adult.
        withers_m: height at the withers at the geometric mean of these.
        skeleton: its joints.
        run_mps: speed of flight, typical.

    """

    kind: str
    mass_kg: tuple[float, float]
    withers_m: float
    skeleton: Skeleton
    run_mps: float


_DEER = Skeleton(
    shoulder=(0.36, 0.68), elbow=(0.245, 0.53), wrist=(0.248, 0.285), fore_hoof=(0.258, 0.0),
    hip=(-0.34, 0.78), stifle=(-0.225, 0.545), hock=(-0.44, 0.325), hind_hoof=(-0.395, 0.0),
    neck=(0.36, 0.82), poll=(0.60, 1.20), nose=(0.85, 1.05),
    back=-0.46, front=0.46, belly=0.56, top=0.98, half_width=0.130, stance=0.075, bone=0.040,
)  # fmt: skip

SPECIES: dict[str, Species] = {
    species.kind: species
    for species in (
        Species("red_deer", (60.0, 100.0), 1.02, _DEER, 14.0),
        Species("roe_deer", (20.0, 30.0), 0.68, _DEER._replace(poll=(0.55, 1.22), nose=(0.77, 1.09), bone=0.036), 13.0),
        Species(
            "moose", (200.0, 550.0), 1.80,
            Skeleton(
                shoulder=(0.36, 0.71), elbow=(0.235, 0.56), wrist=(0.238, 0.31), fore_hoof=(0.248, 0.0),
                hip=(-0.34, 0.75), stifle=(-0.225, 0.55), hock=(-0.445, 0.345), hind_hoof=(-0.395, 0.0),
                neck=(0.38, 0.80), poll=(0.63, 0.97), nose=(0.99, 0.74),
                back=-0.47, front=0.46, belly=0.56, top=0.97, half_width=0.120, stance=0.075, bone=0.040,
            ),
            11.0,
        ),
        Species(
            "wild_boar", (50.0, 150.0), 0.76,
            Skeleton(
                shoulder=(0.42, 0.60), elbow=(0.295, 0.44), wrist=(0.302, 0.215), fore_hoof=(0.312, 0.0),
                hip=(-0.46, 0.66), stifle=(-0.345, 0.45), hock=(-0.53, 0.265), hind_hoof=(-0.485, 0.0),
                neck=(0.44, 0.70), poll=(0.64, 0.70), nose=(1.04, 0.44),
                back=-0.60, front=0.55, belly=0.38, top=0.96, half_width=0.19, stance=0.11, bone=0.055,
            ),
            9.0,
        ),
        Species(
            "dog", (20.0, 40.0), 0.60,
            Skeleton(
                shoulder=(0.37, 0.69), elbow=(0.245, 0.53), wrist=(0.252, 0.18), fore_hoof=(0.285, 0.0),
                hip=(-0.37, 0.79), stifle=(-0.245, 0.53), hock=(-0.50, 0.275), hind_hoof=(-0.435, 0.0),
                neck=(0.40, 0.84), poll=(0.60, 1.13), nose=(0.955, 1.06),
                back=-0.50, front=0.50, belly=0.50, top=0.98, half_width=0.145, stance=0.085, bone=0.045,
            ),
            8.0,
        ),
    )
}  # fmt: skip
"""All animals by kind."""

_SHARES: Mapping[str, float] = {
    "trunk": 0.655, "neck": 0.085, "head": 0.060,
    "upper_f": 0.026, "lower_f": 0.013, "cannon_f": 0.007, "upper_h": 0.038, "lower_h": 0.012, "cannon_h": 0.004,
}  # fmt: skip
"""Shares of body mass; those of legs count twice."""


class Limb(NamedTuple):
    """One segment of an animal; frames are parallel to the body's when it stands, origin at the proximal joint.

    Attributes:
        name: see `SEGMENTS`.
        joint: proximal joint in the parent's frame [m]; for the trunk, its middle above the ground.
        end: the next joint, or the end of the segment, in its own frame [m].
        mass_kg: mass.
        radius_m: typical half thickness.

    """

    name: str
    joint: Vec3
    end: Vec3
    mass_kg: float
    radius_m: float


@dataclass(frozen=True)
class AnimalPlan:
    """The body of one animal.

    Attributes:
        species: what it is.
        mass_kg: of the whole.
        withers_m: height at the withers.
        limbs: in the order of `SEGMENTS`.

    """

    species: Species
    mass_kg: float
    withers_m: float
    limbs: tuple[Limb, ...]

    @property
    def half_length_m(self) -> float:
        """From the middle of nose and rump, which is the origin of the body, to either."""
        s = self.species.skeleton
        return 0.5 * (s.nose[0] - s.back) * self.withers_m


def species_of(kind: str) -> Species:
    """The species of that name.

    Raises:
        ValueError: for an unknown kind, naming the nearest.

    """
    if kind not in SPECIES:
        near = get_close_matches(kind, SPECIES, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown animal {kind!r}, expected one of {', '.join(SPECIES)}; did you mean {near!r}?")
    return SPECIES[kind]


def animal_plan(kind: str, *, rng: np.random.Generator, mass_kg: float | None = None) -> AnimalPlan:
    """An animal of a kind; its mass is drawn where not given, and its size follows from that.

    Raises:
        ValueError: unknown kind, or a mass outside the range of the kind.

    """
    species = species_of(kind)
    low, high = species.mass_kg
    drawn = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    mass = drawn if mass_kg is None else mass_kg
    if not low <= mass <= high:
        raise ValueError(f"a {kind} of {mass:g} kg, expected {low:g} to {high:g} kg")
    h = species.withers_m * (mass / (low * high) ** 0.5) ** (1.0 / 3.0)
    s = species.skeleton
    middle = 0.5 * (s.nose[0] + s.back)
    height = 0.5 * (s.belly + s.top)
    trunk = Limb(
        "trunk", (-middle * h, 0.0, height * h), (s.front * h, 0.0, 0.0), _share("trunk", mass), s.half_width * h
    )
    limbs = [trunk]

    def add(name: str, start: Point, end: Point, origin: Point, radius: float, y: float = 0.0) -> None:
        joint = ((start[0] - origin[0]) * h, y * h, (start[1] - origin[1]) * h)
        along = ((end[0] - start[0]) * h, 0.0, (end[1] - start[1]) * h)
        limbs.append(Limb(name, joint, along, _share(name, mass), radius * h))

    add("neck", s.neck, s.poll, (0.0, height), 0.5 * s.half_width)
    add("head", s.poll, s.nose, s.neck, 0.45 * s.half_width)
    for leg in LEGS:
        fore, left = leg[0] == "f", leg[1] == "l"
        a, b, c, d = (s.shoulder, s.elbow, s.wrist, s.fore_hoof) if fore else (s.hip, s.stifle, s.hock, s.hind_hoof)
        y = s.stance * (1.0 if left else -1.0)
        add(f"upper_{leg}", a, b, (0.0, height), 1.6 * s.bone, y)
        add(f"lower_{leg}", b, c, a, s.bone)
        add(f"cannon_{leg}", c, d, b, 0.7 * s.bone)
    return AnimalPlan(species, mass, h, tuple(limbs))


def _share(name: str, mass_kg: float) -> float:
    part, _, leg = name.partition("_")
    return mass_kg * _SHARES[f"{part}_{leg[0]}" if leg else part]


def length(limb: Limb) -> float:
    """Distance between the joints of a segment [m]."""
    return hypot(limb.end[0], limb.end[2])
