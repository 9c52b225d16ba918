"""A person who works at a robot cell: work clothes, and hands with fingers, for a hand in the workspace is seen near.

The hands replace the mitten hands of `people`; they belong to the forearm segments and are turned palm down for a hand
that reaches over a table. Shares of stature after typical hand breadths and finger lengths (hand length 0.108 h,
breadth 0.047 h). Left out: fingers that move.
"""

from __future__ import annotations

from dataclasses import replace
from math import radians

import numpy as np

from ....renderers.scene import RGB, Material, Mesh
from ...physics.specs import Segment
from ..classes import SemanticClass
from ..memo import pure
from .asset import Asset, Part
from .figure import Ring, body_loft
from .meshes import F64, MeshBuilder, Shape, in_plane, loft, merge, superellipse, tube
from .people import build_person
from .wardrobe import Outfit, cloth, draw_outfit

WORK_CLOTHS: tuple[RGB, ...] = (
    (0.02, 0.035, 0.09), (0.03, 0.10, 0.30), (0.14, 0.14, 0.145), (0.30, 0.31, 0.32), (0.62, 0.17, 0.02),
    (0.07, 0.09, 0.05),
)  # fmt: skip
_FINGERS = ((0.0168, 0.041), (0.0056, 0.046), (-0.0056, 0.043), (-0.0163, 0.034))
"""Place across the hand and length of index, middle, ring and little finger; shares of stature."""
_CURL_DEG = (14.0, 20.0, 14.0)
_WRIST, _KNUCKLES = 0.146, 0.203


@pure
def build_operator(
    plan: tuple[Segment, ...], *, rng: np.random.Generator, side: str, palm_down_deg: float = 80.0
) -> Asset:
    """A dressed worker as `build_person` makes them, with hands.

    Args:
        plan: the 13 segments.
        rng: source of looks.
        side: "l" or "r", the hand that works.
        palm_down_deg: how far that hand is turned from palm inwards to palm down when it reaches ahead.

    """
    look = _work_clothes(rng=rng)
    person = build_person(plan, rng=rng, outfit=look)
    stature = person.size[2]
    parts = []
    for part in person.parts:
        if part.name.startswith("forearm"):
            own = part.name[-1]
            turn = radians(palm_down_deg if own == side else 20.0)
            parts.append(Part(part.name, _forearm(part.name, stature, look, own, turn), part.position))
        else:
            parts.append(part)
    return replace(person, name="operator", parts=tuple(parts))


def _work_clothes(*, rng: np.random.Generator) -> Outfit:
    look = draw_outfit(rng=rng, child=False)
    tone = WORK_CLOTHS[int(rng.integers(len(WORK_CLOTHS)))]
    tops = ("t-shirt", "sweater", "jacket")
    return replace(
        look,
        top=tops[int(rng.integers(len(tops)))],
        bottom="trousers" if look.bottom != "jeans" else "jeans",
        bag="none",
        hat="cap" if rng.random() < 0.2 else "none",
        cloth=cloth(tone, float(rng.uniform(0.85, 1.15))),
    )


def _forearm(name: str, h: float, look: Outfit, side: str, turn: float) -> Mesh:
    """Forearm with sleeve and hand, in the segment's frame."""
    b = MeshBuilder(name, crease_deg=50.0)
    sign = 1.0 if side == "l" else -1.0
    girth = look.stout * (0.9 if look.feminine else 1.0)
    sleeve = {"t-shirt": 1.0, "sweater": 1.06, "hoodie": 1.18, "jacket": 1.22, "coat": 1.22}[look.top]
    rings: list[Ring] = [
        (0.020, 0.0, 0.014, 0.013), (0.010, 0.0, 0.022, 0.0205), (-0.025, 0.001, 0.0255, 0.0235),
        (-0.07, 0.002, 0.0225, 0.020), (-0.115, 0.002, 0.0175, 0.0155), (-0.138, 0.002, 0.0160, 0.0138),
    ]  # fmt: skip
    bare = look.top == "t-shirt"
    wrist: list[Ring] = [
        (-0.128, 0.002, 0.0138, 0.0120),
        (-0.138, 0.002, 0.0140, 0.0120),
        (-0.15, 0.002, 0.0138, 0.0112),
    ]
    if bare:
        b.add(body_loft(h, [*rings, wrist[-1]], grow=girth, sides=16), look.skin)
    else:
        b.add(body_loft(h, wrist, sides=16), look.skin)
        b.add(body_loft(h, rings, grow=girth * sleeve, sides=16), look.cloth)
        cuff: list[Ring] = [(-0.127, 0.002, 0.0172, 0.0150), (-0.139, 0.002, 0.0170, 0.0148)]
        b.add(body_loft(h, cuff, grow=girth * sleeve * 1.03, sides=16), look.cloth)
    skin = replace(look.skin, semantic=int(SemanticClass.HAND))
    b.add(hand(h, sign).rotated("z", -sign * turn), skin, crease_deg=70.0)
    nails = replace(skin, albedo=_lighter(skin), roughness=0.3)
    b.add(_nails(h, sign).rotated("z", -sign * turn), nails)
    return b.build()


def hand(h: float, sign: float) -> Shape:
    """A slightly curled hand below the wrist, thumb towards +x, palm towards -`sign` y; `h` is the stature [m]."""
    palm = [
        (_WRIST - 0.008, 0.000, 0.0125, 0.0108), (_WRIST + 0.006, 0.000, 0.0150, 0.0105),
        (_WRIST + 0.022, 0.001, 0.0205, 0.0100), (_WRIST + 0.042, 0.000, 0.0228, 0.0088),
        (_KNUCKLES - 0.004, 0.000, 0.0225, 0.0074), (_KNUCKLES + 0.004, 0.0, 0.0205, 0.0052),
    ]  # fmt: skip
    rings = [
        in_plane(superellipse(a * h, w * h, 2.6, 20), "z", -z * h) + np.array([(x + 0.002) * h, 0.0, 0.0])
        for z, x, a, w in palm
    ]
    shapes = [loft(np.array(rings))]
    for at, length in _FINGERS:
        radii = np.array([0.0056, 0.0056, 0.0050, 0.0046, 0.0030]) * h * (0.9 if length < 0.035 else 1.0)
        shapes.append(tube(_finger(h, sign, at, length), radii, sides=10))
    thumb = np.array(
        [(0.010, 0.000, _WRIST + 0.010), (0.020, 0.005, _WRIST + 0.026), (0.0285, 0.008, _WRIST + 0.043),
         (0.0325, 0.010, _WRIST + 0.057), (0.0335, 0.0105, _WRIST + 0.062)]
    ) * [1.0, -sign, -1.0]  # fmt: skip
    shapes.append(tube(thumb * h, np.array([0.0085, 0.0082, 0.0066, 0.0058, 0.0034]) * h, sides=10))
    return merge(shapes)


def _finger(h: float, sign: float, across: float, length: float) -> F64:
    """Middle line of a finger: four points from the knuckle to the tip, and the tip's rounding."""
    point = np.array([across * 0.96 + 0.002, 0.0, -(_KNUCKLES - 0.006)])
    line, pitch = [point], 0.0
    splay = across * 0.10 / 0.0168
    for share, curl in zip((0.46, 0.30, 0.19), _CURL_DEG, strict=True):
        pitch += radians(curl)
        step = np.array([splay * np.cos(pitch), -sign * np.sin(pitch), -np.cos(pitch)])
        point = point + (length * share) * step / np.linalg.norm(step)
        line.append(point)
    line.append(line[-1] + (line[-1] - line[-2]) * 0.35)
    return np.array(line) * h


def _nails(h: float, sign: float) -> Shape:
    out = []
    for at, length in _FINGERS:
        line = _finger(h, sign, at, length)
        middle, along = 0.35 * line[2] + 0.65 * line[3], line[3] - line[2]
        along = along / np.linalg.norm(along)
        back = np.array([0.0, sign, 0.0])
        back = back - along * float(back @ along)
        back /= np.linalg.norm(back)
        frame = np.stack([np.cross(back, along), back, along], axis=1)
        plate = tube([(0, 0, -0.0042 * h), (0, 0, 0.0048 * h)], [0.0036 * h, 0.0034 * h], sides=8, flatten=0.4)
        out.append(plate.transformed(frame, middle + back * 0.0042 * h))
    return merge(out)


def _lighter(skin: Material) -> RGB:
    r, g, b = (float(min(0.75, 0.06 + 1.12 * v)) for v in skin.albedo)
    return r, g, b
