"""Body segments of people: lofted anatomy and the clothes over it.

Each builder adds one segment in its own frame: origin at the proximal joint, axes parallel to the standing body. Girths
are typical shares of stature. Limbs end in balls about the joints, so a bent knee or elbow shows no gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....renderers.scene import Material
from ...physics.specs import Segment
from .heads import add_head
from .meshes import (
    F64,
    MeshBuilder,
    Shape,
    box,
    capsule,
    ellipsoid,
    in_plane,
    loft,
    rounded_box,
    rounded_rectangle,
    superellipse,
    tube,
)
from .wardrobe import Outfit

Ring = tuple[float, float, float, float]
"""Height, centre ahead, half depth, half width; shares of stature."""
BELT = Material((0.03, 0.022, 0.016), 0.6, 0.0, 0.2)
STRIP = Material((0.62, 0.63, 0.62), 0.3, 0.0, 0.7, retro=150.0)


def body_loft(h: float, rings: Sequence[Ring], *, grow: float = 1.0, sides: int = 14, exponent: float = 2.2) -> Shape:
    """Skin over elliptic rings given as shares of the stature `h` [m]."""
    return loft(
        np.array(
            [
                in_plane(superellipse(a * h * grow, w * h * grow, exponent, sides), "z", z * h)
                + np.array([x * h, 0, 0])
                for z, x, a, w in rings
            ]
        )
    )


def add_pelvis(b: MeshBuilder, s: Segment, h: float, look: Outfit, _: float, child: bool) -> None:
    """Hips with the upper part of trousers or a skirt, and the hem of what is worn above."""
    hips = (1.05 if look.feminine else 1.0) * look.stout
    waist = (0.93 if look.feminine else 1.0) * look.stout
    low = look.legs
    rings: list[Ring] = [
        (0.100, 0.0, 0.058 * waist, 0.076 * waist), (0.06, 0.0, 0.062 * waist, 0.083 * waist),
        (0.02, -0.004, 0.068 * hips, 0.094 * hips),
        (-0.015, -0.007, 0.067 * hips, 0.096 * hips), (-0.045, -0.005, 0.050 * hips, 0.080 * hips),
        (-0.070, 0.0, 0.028 * hips, 0.042 * hips),
    ]  # fmt: skip
    b.add(body_loft(h, rings, sides=18), low)
    if look.bottom == "skirt":
        skirt: list[Ring] = [
            (0.075, 0.0, 0.060 * waist, 0.080 * waist), (0.02, -0.003, 0.070 * hips, 0.097 * hips),
            (-0.05, -0.003, 0.086 * hips, 0.112 * hips),
            (-0.19, 0.0, 0.115 * hips, 0.130 * hips),
        ]  # fmt: skip
        b.add(body_loft(h, skirt, sides=20, exponent=2.0), low)
    top, reach = (
        look.cloth,
        {"t-shirt": 0.035, "sweater": 0.03, "hoodie": 0.015, "jacket": -0.005, "coat": -0.16}[look.top],
    )
    flare = 1.16 if look.top == "coat" else 1.07
    hem: list[Ring] = [(0.105, 0.0, 0.066 * waist, 0.085 * waist), (0.06, 0.0, 0.069 * waist, 0.090 * waist)]
    if reach < 0.03:
        hem.append((0.02, -0.003, 0.078 * hips, 0.103 * hips))
    if reach < 0.0:
        hem.append((-0.01, -0.005, 0.082 * hips, 0.108 * hips))
    last = hem[-1]
    hem.append(
        (
            reach,
            last[1],
            last[2] * (flare if look.top == "coat" else 1.01),
            last[3] * (flare if look.top == "coat" else 1.01),
        )
    )
    b.add(body_loft(h, hem, sides=18), top)


def add_chest(b: MeshBuilder, s: Segment, h: float, look: Outfit, _: float, child: bool) -> None:
    """Trunk and shoulders with the top, its collar, zip or hood, and a bag on the back."""
    k = s.length_m / (0.198 * h)
    broad = (0.95 if look.feminine else 1.03) * (0.96 if child else 1.0)
    t, waist = look.stout, (0.93 if look.feminine else 1.0) * look.stout
    thick = {"t-shirt": 0.0, "sweater": 0.002, "hoodie": 0.004, "jacket": 0.006, "coat": 0.006}[look.top]
    bust = 0.007 if look.feminine and not child else 0.0
    rings: list[Ring] = [
        (-0.035, 0.0, 0.060 * waist, 0.078 * waist), (0.0, 0.0, 0.060 * waist, 0.078 * waist),
        (0.04, 0.003, 0.064 * t, 0.084 * t),
        (0.09, 0.005 + bust, 0.070 * t + bust, 0.095 * broad * t),
        (0.125, 0.006 + bust, 0.071 * t + bust, 0.103 * broad * t),
        (0.160, 0.002, 0.066 * t, 0.112 * broad), (0.183, -0.003, 0.058, 0.119 * broad),
        (0.206, -0.006, 0.050, 0.115 * broad),
        (0.219, -0.009, 0.043, 0.094), (0.228, -0.009, 0.037, 0.060), (0.238, -0.007, 0.032, 0.040),
    ]  # fmt: skip
    scaled = [(z * k, x, a + thick, w + thick) for z, x, a, w in rings]
    b.add(body_loft(h, scaled, sides=20, exponent=2.4), look.cloth)
    neck = 0.229 * k * h
    if look.top in ("t-shirt", "sweater"):
        b.add(
            body_loft(h, [(0.226 * k, -0.006, 0.036, 0.040), (0.238 * k, -0.004, 0.034, 0.037)], sides=14), look.cloth
        )
    else:
        collar: list[Ring] = [
            (0.212 * k, -0.008, 0.047, 0.062),
            (0.232 * k, -0.006, 0.043, 0.046),
            (0.252 * k, -0.004, 0.041, 0.043),
        ]
        b.add(body_loft(h, collar, sides=16), look.cloth)
        front = [(scaled[i][1] + scaled[i][2] + 0.0012, scaled[i][0]) for i in (1, 2, 3, 4, 5, 6)]
        b.add(
            tube([(x * h, 0, z * h) for x, z in front], 0.0035 * h, sides=4),
            BELT if look.top != "hoodie" else look.cloth_2,
        )
    if look.top == "hoodie":
        b.add(
            ellipsoid((0.040 * h, 0.062 * h, 0.036 * h), (-0.050 * h, 0, neck - 0.004 * h), sides=14, rings=7),
            look.cloth,
        )
    if look.bag != "none":
        add_bag(b, h, k, look, back=scaled[4][1] - scaled[4][2])


def add_bag(b: MeshBuilder, h: float, k: float, look: Outfit, *, back: float) -> None:
    """A backpack, or a boxy school bag with reflective strips, and its shoulder straps."""
    school = look.bag == "school bag"
    depth, width, height = (0.125, 0.215, 0.235) if school else (0.095, 0.170, 0.250)
    x, z = (back - depth / 2 + 0.004) * h, 0.105 * k * h
    b.add(
        rounded_box((depth * h, width * h, height * h), (0.02 if school else 0.04) * h, (x, 0, z), segments=3),
        look.bag_cloth,
    )
    pocket = rounded_box(
        (0.04 * h, width * 0.78 * h, height * 0.42 * h),
        0.015 * h,
        (x - depth / 2 * h, 0, z - height * 0.22 * h),
        segments=2,
    )
    b.add(pocket, look.cloth_2 if not school else look.bag_cloth)
    if school:
        b.add(box((0.004 * h, width * 0.80 * h, 0.018 * h), (x - depth / 2 * h - 0.001, 0, z + 0.05 * h)), STRIP)
        b.add(box((0.004 * h, width * 0.60 * h, 0.014 * h), (x - depth / 2 * h - 0.02 * h, 0, z - 0.03 * h)), STRIP)
    for y in (0.060, -0.060):
        strap = [
            (back * h, y * h, 0.19 * k * h), (-0.03 * h, y * h, 0.227 * k * h), (0.030 * h, y * h, 0.212 * k * h),
            (0.066 * h, y * 1.05 * h, 0.165 * k * h),
            (0.080 * h, y * 1.15 * h, 0.115 * k * h), (0.050 * h, y * 1.5 * h, 0.06 * k * h),
            (back * h, y * 1.3 * h, 0.02 * k * h),
        ]  # fmt: skip
        b.add(tube(np.array(strap), 0.011 * h, sides=6), look.bag_cloth)


def add_head_segment(b: MeshBuilder, s: Segment, h: float, look: Outfit, _: float, child: bool) -> None:
    """Head and neck, see `heads`."""
    add_head(b, s.length_m, look, child=child)


def add_upper_arm(b: MeshBuilder, s: Segment, h: float, look: Outfit, side: float, child: bool) -> None:
    """Shoulder ball and upper arm with its sleeve."""
    u, g = s.length_m / h, look.stout * (0.9 if look.feminine else 1.0)
    bare = look.top == "t-shirt"
    sleeve = {"t-shirt": 1.02, "sweater": 1.04, "hoodie": 1.09, "jacket": 1.12, "coat": 1.12}[look.top]
    rings: list[Ring] = [
        (0.010, -0.002, 0.010, 0.009), (0.004, -0.002, 0.022, 0.020), (-0.012, -0.001, 0.030, 0.027),
        (-0.25 * u, 0.001, 0.0315, 0.027),
        (-0.55 * u, 0.002, 0.0285, 0.025), (-0.85 * u, 0.0, 0.0255, 0.0235), (-u, -0.001, 0.0245, 0.0225),
        (-u - 0.014, 0.0, 0.017, 0.016),
    ]  # fmt: skip
    inward = np.array([0.0, -side * 0.006 * h, 0.0])
    if bare:
        b.add(body_loft(h, rings[2:], grow=g, sides=12).moved(*inward), look.skin)
        cut: list[Ring] = [*rings[:4], (-0.52 * u, 0.002, 0.033, 0.030)]
        b.add(body_loft(h, cut, grow=g * 1.06, sides=12).moved(*inward), look.cloth)
    else:
        b.add(body_loft(h, rings, grow=g * sleeve, sides=12).moved(*inward), look.cloth)


def add_forearm(b: MeshBuilder, s: Segment, h: float, look: Outfit, side: float, child: bool) -> None:
    """Elbow ball, forearm, and a hand with a thumb and a mass of fingers; palms face the thighs."""
    u, g = s.length_m / (0.254 * h), look.stout * (0.9 if look.feminine else 1.0)
    sleeve = {"t-shirt": 1.0, "sweater": 1.06, "hoodie": 1.18, "jacket": 1.22, "coat": 1.22}[look.top]
    rings: list[Ring] = [
        (0.020, 0.0, 0.014, 0.013), (0.010, 0.0, 0.022, 0.0205), (-0.025, 0.001, 0.0255, 0.0235),
        (-0.07, 0.002, 0.0225, 0.020),
        (-0.115, 0.002, 0.0175, 0.0150), (-0.142, 0.002, 0.0155, 0.0125),
    ]  # fmt: skip
    scaled = [(z * u, x, a, w) for z, x, a, w in rings]
    inward = np.array([0.0, -side * 0.006 * h, 0.0])
    if look.top == "t-shirt":
        b.add(body_loft(h, scaled, grow=g, sides=12).moved(*inward), look.skin)
    else:
        cuff = [*scaled[:-1], (-0.146 * u, 0.002, 0.0185, 0.0165)]
        b.add(body_loft(h, cuff, grow=g * sleeve, sides=12).moved(*inward), look.cloth)
    hand: list[Ring] = [
        (-0.135, 0.002, 0.0145, 0.0115), (-0.150, 0.003, 0.0160, 0.0110), (-0.170, 0.005, 0.0215, 0.0110),
        (-0.195, 0.006, 0.0225, 0.0105),
        (-0.215, 0.007, 0.0205, 0.0095), (-0.238, 0.009, 0.0165, 0.0080), (-0.250, 0.010, 0.0110, 0.0060),
        (-0.254, 0.010, 0.0050, 0.0030),
    ]  # fmt: skip
    bent = [(z * u, x, a, w) for z, x, a, w in hand]
    b.add(body_loft(h, bent, sides=10).moved(*inward), look.skin)
    thumb = capsule(
        (0.016 * h, -side * 0.006 * h, -0.160 * u * h),
        (0.034 * h, -side * 0.012 * h, -0.196 * u * h),
        0.0068 * h,
        sides=8,
        rings=2,
    )
    b.add(thumb.moved(*inward), look.skin)


def add_thigh(b: MeshBuilder, s: Segment, h: float, look: Outfit, side: float, child: bool) -> None:
    """Hip ball and thigh."""
    u, g = s.length_m / h, look.stout * (1.02 if look.feminine else 1.0)
    rings: list[Ring] = [
        (0.040, -0.004, 0.030, 0.026), (0.020, -0.005, 0.056, 0.044), (-0.015, -0.004, 0.0595, 0.0485),
        (-0.25 * u, 0.0, 0.056, 0.048),
        (-0.50 * u, 0.003, 0.047, 0.042), (-0.75 * u, 0.004, 0.040, 0.036), (-0.93 * u, 0.003, 0.0355, 0.0330),
        (-u, 0.002, 0.0345, 0.0325),
        (-u - 0.020, 0.0, 0.027, 0.025),
    ]  # fmt: skip
    outward = np.array([0.0, side * 0.002 * h, 0.0])
    if look.bottom in ("jeans", "trousers"):
        b.add(
            body_loft(h, rings, grow=g * (1.04 if look.bottom == "trousers" else 1.0), sides=14).moved(*outward),
            look.legs,
        )
        return
    b.add(
        body_loft(h, rings, grow=g * 0.96, sides=14).moved(*outward),
        look.skin if look.bottom == "shorts" else look.legs,
    )
    if look.bottom == "shorts":
        wide: list[Ring] = [*rings[:4], (-0.5 * u, 0.002, 0.053, 0.048), (-0.80 * u, 0.003, 0.051, 0.046)]
        b.add(body_loft(h, wide, grow=g, sides=14).moved(*outward), look.legs)


def add_shank(b: MeshBuilder, s: Segment, h: float, look: Outfit, side: float, child: bool) -> None:
    """Knee ball, calf, sock or trouser leg."""
    u, g = s.length_m / (0.246 * h), look.stout
    leg: list[Ring] = [
        (0.024, 0.002, 0.020, 0.019), (0.012, 0.003, 0.030, 0.029), (-0.012, 0.003, 0.0340, 0.0315),
        (-0.05, -0.005, 0.0345, 0.0310),
        (-0.085, -0.009, 0.0355, 0.0320), (-0.125, -0.007, 0.0310, 0.0285), (-0.17, -0.002, 0.0240, 0.0225),
        (-0.215, 0.0, 0.0195, 0.0180),
        (-0.250, 0.0, 0.0205, 0.0180),
    ]  # fmt: skip
    scaled = [(z * u, x, a, w) for z, x, a, w in leg]
    if look.bottom in ("jeans", "trousers"):
        w = 1.0 if look.bottom == "jeans" else 1.06
        cut: list[Ring] = [
            *scaled[:4], (-0.10 * u, -0.006, 0.0345, 0.0320), (-0.15 * u, -0.004, 0.0325, 0.0305),
            (-0.20 * u, -0.001, 0.0310, 0.0285),
            (-0.228 * u, 0.001, 0.0330, 0.0295), (-0.250 * u, 0.002, 0.0340, 0.0300),
        ]  # fmt: skip
        b.add(body_loft(h, cut, grow=g * w, sides=14), look.legs)
        return
    b.add(body_loft(h, scaled, grow=g * 0.97, sides=14), look.skin if look.bottom == "shorts" else look.legs)
    sock: list[Ring] = [
        (-0.195 * u, -0.001, 0.0230, 0.0215),
        (-0.225 * u, 0.0, 0.0215, 0.0200),
        (-0.255 * u, 0.0, 0.0225, 0.0205),
    ]
    b.add(body_loft(h, sock, grow=g, sides=12), look.cloth_2)


def add_foot(b: MeshBuilder, s: Segment, h: float, look: Outfit, side: float, child: bool) -> None:
    """A shoe: rounded upper, sole, and tongue; the sole touches the ground when standing."""
    k = s.length_m / (0.152 * h)
    ground = -0.039
    upper = (
        (-0.043, 0.010, -0.016), (-0.036, 0.019, 0.000), (-0.015, 0.0235, 0.010), (0.010, 0.0245, 0.010),
        (0.030, 0.0255, -0.004),
        (0.055, 0.0275, -0.013), (0.080, 0.0265, -0.018), (0.098, 0.0205, -0.023), (0.107, 0.010, -0.028),
    )  # fmt: skip

    def ring(x: float, half: float, low: float, high: float) -> F64:
        outline = rounded_rectangle(2 * half * h, (high - low) * h, 0.9 * min(half, (high - low) / 2) * h, 2)
        return in_plane(outline, "x", x * k * h) + np.array(
            [0.0, side * 0.004 * max(x, 0.0) / 0.1 * h, (low + high) / 2 * h]
        )

    b.add(loft(np.array([ring(x, half, ground + 0.004, top) for x, half, top in upper])), look.shoe)
    sole = [ring(x * 1.02, half * 1.07, ground, ground + (0.013 if x < 0.02 else 0.010)) for x, half, _ in upper[::2]]
    b.add(loft(np.array(sole)), look.sole)


SEGMENT_BUILDERS = {
    "pelvis": add_pelvis,
    "chest": add_chest,
    "head": add_head_segment,
    "upper_arm": add_upper_arm,
    "forearm": add_forearm,
    "thigh": add_thigh,
    "shank": add_shank,
    "foot": add_foot,
}
"""Builder of each kind of segment."""
