"""How lost things look, drawn lying as they come to rest, in metres and near their true size.

Each function gives shapes with materials in any place; `debris` moves and stretches them into their box.
Left out: writing, dirt, what is inside.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Material, Texture
from .finishes import ALUMINIUM, BARK, PLASTIC_BLACK, WOOD, WOOD_PALE, painted
from .sculpt import Bone, sculpt
from .shapes import Shape, box, cylinder, ellipsoid, in_plane, loft, merge, revolve, rounded_box, superellipse, tube
from .vehicle_looks import CHROME, RUBBER, STEEL
from .wheels import tyre_profile

Piece = tuple[Shape, Material, float]
"""A shape, what it is made of, and the crease angle of its shading [deg]."""

_RUST = Material((0.16, 0.085, 0.05), 0.85, 0.2, 0.25)
_TAPE = Material((0.42, 0.31, 0.17), 0.25, nir_reflectance=0.5)
_WIRE = Material((0.30, 0.26, 0.22), 0.5, 0.8, 0.3)
_LEAF = Material((0.055, 0.095, 0.028), 0.75, nir_reflectance=0.5, texture=Texture.FOLIAGE)
_SACK = Material((0.018, 0.018, 0.020), 0.38, nir_reflectance=0.06)
_SACK_BLUE = Material((0.020, 0.045, 0.15), 0.42, nir_reflectance=0.35)
_STONE: tuple[RGB, ...] = ((0.17, 0.165, 0.155), (0.14, 0.125, 0.11), (0.23, 0.21, 0.18))
_SHELLS: tuple[RGB, ...] = (
    (0.05, 0.10, 0.22),
    (0.30, 0.02, 0.03),
    (0.06, 0.06, 0.065),
    (0.42, 0.30, 0.05),
    (0.05, 0.20, 0.16),
)
_PILE: tuple[RGB, ...] = ((0.22, 0.03, 0.03), (0.18, 0.15, 0.11), (0.05, 0.09, 0.16), (0.11, 0.12, 0.10))


def _pick(table: tuple[RGB, ...], rng: np.random.Generator) -> RGB:
    return table[int(rng.integers(len(table)))]


def car_tyre(rng: np.random.Generator) -> list[Piece]:
    """A tyre without its rim, lying flat, with grooves in the tread."""
    radius, width = 0.316, 0.205
    h = 0.5 * width
    tread = [(radius - 0.010, -0.62 * h), (radius, -0.58 * h), (radius, -0.24 * h), (radius - 0.010, -0.20 * h)]
    tread += [(radius - 0.010, -0.14 * h), (radius, -0.10 * h), (radius, 0.10 * h), (radius - 0.010, 0.14 * h)]
    tread += [(r, -z) for r, z in reversed(tread[:4])]
    side = tyre_profile(radius, width, 0.205)
    profile = [*side[:4], *tread, *side[6:]]
    inside = [
        (0.205, 0.66 * h),
        (0.225, 0.88 * h),
        (radius - 0.03, 0.78 * h),
        (radius - 0.03, -0.78 * h),
        (0.225, -0.88 * h),
    ]
    body = revolve([*profile, *inside, (0.205, -0.66 * h)], sides=40, closed=True)
    return [(body, RUBBER, 30.0)]


def tyre_tread(rng: np.random.Generator) -> list[Piece]:
    """The tread that came off a lorry's tyre: a torn, curled strip with wires sticking out."""
    long, wide = 1.7, 0.27
    t = np.linspace(0.0, 1.0, 24)
    curl, phase = float(rng.uniform(0.10, 0.20)), float(rng.uniform(0.0, 6.0))
    z = curl * (4.0 * (t - 0.5) ** 2) + 0.03 * np.sin(9.0 * t + phase)
    y = 0.10 * np.sin(3.0 * t + phase)
    torn = wide * (0.5 + 0.06 * np.sin(37.0 * t + phase) + 0.05 * np.sin(17.0 * t))
    torn[[0, -1]] *= 0.45
    rings = [
        [(long * a, b - w, c), (long * a, b + w, c), (long * a, b + w, c + 0.022), (long * a, b - w, c + 0.022)]
        for a, b, c, w in zip(t, y, z, torn, strict=True)
    ]
    pieces: list[Piece] = [(loft(np.array(rings)), RUBBER, 40.0)]
    for k in range(1, 23):
        for side in (-0.62, -0.05, 0.52):
            block = box((0.045, 0.30 * torn[k], 0.016), (long * t[k], y[k] + side * torn[k], z[k] + 0.028))
            pieces.append((block, RUBBER, 30.0))
    for end, out in ((0, -1.0), (-1, 1.0)):
        for _ in range(5):
            at = np.array([long * t[end], y[end] + float(rng.uniform(-0.05, 0.05)), z[end] + 0.01])
            way = at + np.array([out * 0.06, float(rng.uniform(-0.05, 0.05)), float(rng.uniform(0.0, 0.05))])
            pieces.append((tube([at, way, way + (way - at) * 0.6], 0.002, sides=4), _WIRE, 60.0))
    return pieces


def pallet(rng: np.random.Generator) -> list[Piece]:
    """A EUR pallet (EN 13698-1): five top boards, nine blocks, three skids; one board may be broken."""
    wood = WOOD_PALE if rng.random() < 0.6 else WOOD
    out: list[Piece] = []
    for k, (y, w) in enumerate(((-0.3275, 0.145), (-0.185, 0.10), (0.0, 0.145), (0.185, 0.10), (0.3275, 0.145))):
        long = 0.62 if k == 1 and rng.random() < 0.5 else 1.2
        out.append((box((long, w, 0.022), (0.5 * (long - 1.2), y, 0.133)), wood, 30.0))
    for x in (-0.5275, 0.0, 0.5275):
        out.append((box((0.145, 0.8, 0.022), (x, 0.0, 0.111)), wood, 30.0))
        for y, w in ((-0.35, 0.10), (0.0, 0.145), (0.35, 0.10)):
            out.append((box((0.145, w, 0.078), (x, y, 0.061)), wood, 30.0))
    for y, w in ((-0.35, 0.10), (0.0, 0.145), (0.35, 0.10)):
        out.append((box((1.2, w, 0.022), (0.0, y, 0.011)), wood, 30.0))
    return out


def cardboard_box(rng: np.random.Generator) -> list[Piece]:
    """A carton with a strip of tape, a label, and one corner pushed in."""
    tone = float(rng.uniform(0.85, 1.1))
    card = Material((0.33 * tone, 0.225 * tone, 0.13 * tone), 0.85, nir_reflectance=0.55, texture=Texture.CARDBOARD)
    body = box((0.6, 0.4, 0.4))
    v = body.vertices.copy()
    v[-1] += [-0.06, -0.03, -0.07]
    label = painted((0.66, 0.65, 0.62), 0.5)
    return [
        (Shape(v, body.faces), card, 20.0),
        (box((0.50, 0.05, 0.002), (-0.04, 0.0, 0.199)), _TAPE, 20.0),
        (box((0.002, 0.05, 0.12), (-0.3005, 0.0, 0.14)), _TAPE, 20.0),
        (box((0.16, 0.002, 0.10), (-0.12, -0.2005, 0.05)), label, 20.0),
        (box((0.12, 0.003, 0.012), (-0.12, -0.2005, 0.07)), PLASTIC_BLACK, 20.0),
    ]


def crate(rng: np.random.Generator) -> list[Piece]:
    """A wooden crate: slats with gaps on a frame, dark inside."""
    wood = WOOD_PALE if rng.random() < 0.7 else WOOD
    sx, sy, sz = 0.8, 0.6, 0.55
    out: list[Piece] = [(box((sx - 0.06, sy - 0.06, sz - 0.06)), Material((0.03, 0.022, 0.015), 1.0), 20.0)]
    slat = 0.095
    for k in range(5):
        z = -sz / 2 + 0.055 + k * (sz - 0.11) / 4
        for s in (1.0, -1.0):
            out.append((box((sx - 0.04, 0.02, slat), (0.0, s * (sy / 2 - 0.03), z)), wood, 20.0))
            out.append((box((0.02, sy - 0.04, slat), (s * (sx / 2 - 0.03), 0.0, z)), wood, 20.0))
    for k in range(6):
        y = -sy / 2 + 0.05 + k * (sy - 0.10) / 5
        for s in (1.0, -1.0):
            out.append((box((sx - 0.04, 0.085, 0.02), (0.0, y, s * (sz / 2 - 0.03))), wood, 20.0))
    for sx_ in (1.0, -1.0):
        for sy_ in (1.0, -1.0):
            out.append((box((0.07, 0.02, sz), (sx_ * (sx / 2 - 0.035), sy_ * (sy / 2 - 0.01), 0.0)), wood, 20.0))
            out.append((box((0.02, 0.07, sz), (sx_ * (sx / 2 - 0.01), sy_ * (sy / 2 - 0.035), 0.0)), wood, 20.0))
        out.append((box((0.07, sy, 0.02), (sx_ * (sx / 2 - 0.035), 0.0, sz / 2 - 0.01)), wood, 20.0))
    return out


def suitcase(rng: np.random.Generator) -> list[Piece]:
    """A hard-shell trolley case on its side, with ribs, wheels and handles."""
    colour = _pick(_SHELLS, rng)
    shell = Material(colour, 0.3, nir_reflectance=0.4)
    out: list[Piece] = [(rounded_box((0.66, 0.45, 0.27), 0.06, segments=4), shell, 50.0)]
    for k in range(5):
        y = -0.16 + 0.08 * k
        for s in (1.0, -1.0):
            out.append((rounded_box((0.52, 0.03, 0.016), 0.007, (0.0, y, s * 0.134), segments=2), shell, 50.0))
    out.append((rounded_box((0.668, 0.458, 0.018), 0.008, segments=2), PLASTIC_BLACK, 40.0))
    for y in (-0.16, 0.16):
        for z in (-0.09, 0.09):
            out.append((cylinder(0.025, 0.022, sides=12, axis="y").moved(-0.345, y, z), PLASTIC_BLACK, 40.0))
    grip = [
        (0.33, -0.09, 0.0),
        (0.43, -0.09, 0.0),
        (0.445, -0.07, 0.0),
        (0.445, 0.07, 0.0),
        (0.43, 0.09, 0.0),
        (0.33, 0.09, 0.0),
    ]
    out.append((tube(grip, 0.011, sides=7), ALUMINIUM, 50.0))
    out.append(
        (
            tube([(-0.08, 0.222, 0.0), (-0.06, 0.25, 0.0), (0.06, 0.25, 0.0), (0.08, 0.222, 0.0)], 0.011, sides=7),
            PLASTIC_BLACK,
            50.0,
        )
    )
    return out


def ladder(rng: np.random.Generator) -> list[Piece]:
    """An aluminium ladder, flat on the ground."""
    long, wide = 2.7, 0.42
    out: list[Piece] = [
        (box((long, 0.028, 0.075), (0.0, s * (wide / 2 - 0.014), 0.0)), ALUMINIUM, 30.0) for s in (1.0, -1.0)
    ]
    for k in range(9):
        x = -long / 2 + 0.17 + k * (long - 0.34) / 8
        out.append((cylinder(0.016, wide - 0.02, sides=8, axis="y").moved(x), ALUMINIUM, 50.0))
    for s in (1.0, -1.0):
        for x in (-long / 2, long / 2):
            out.append(
                (box((0.05, 0.04, 0.085), (x * 0.99, s * (wide / 2 - 0.014), 0.0)), painted((0.45, 0.05, 0.03)), 30.0)
            )
    return out


def mattress(rng: np.random.Generator) -> list[Piece]:
    """A bare mattress, sagging, with a piped edge."""
    tick = Material((0.58, 0.57, 0.54), 0.95, nir_reflectance=0.65, texture=Texture.CLOTH)
    piping = Material((0.20, 0.24, 0.34), 0.9, nir_reflectance=0.4, texture=Texture.CLOTH)
    x = np.linspace(-1.0, 1.0, 15)
    sag = 0.05 * np.cos(2.2 * x + float(rng.uniform(-0.6, 0.6)))
    outline = superellipse(0.45, 0.09, 7.0, 24)
    rings = np.array(
        [
            in_plane(outline * ((1.0, 1.0) if abs(a) < 0.99 else (0.985, 0.9)), "x", a) + [0.0, 0.0, s]
            for a, s in zip(x, sag, strict=True)
        ]
    )
    out: list[Piece] = [(loft(rings), tick, 45.0)]
    for s in (1.0, -1.0):
        for y in (1.0, -1.0):
            edge = np.stack([x * 0.995, np.full(15, y * 0.437), s * 0.086 + sag], axis=1)
            out.append((tube(edge, 0.010, sides=5), piping, 60.0))
        for end in (0, -1):
            line = [(x[end] * 0.995, y, s * 0.083 + sag[end]) for y in np.linspace(-0.437, 0.437, 5)]
            out.append((tube(line, 0.010, sides=5), piping, 60.0))
    for k in range(6):
        for y in (-0.25, 0.0, 0.25):
            at = -0.83 + 0.332 * k
            out.append(
                (
                    ellipsoid((0.022, 0.022, 0.006), (at, y, 0.088 + float(np.interp(at, x, sag))), sides=8, rings=4),
                    piping,
                    60.0,
                )
            )
    return out


def rock(rng: np.random.Generator) -> list[Piece]:
    """A boulder: a ball with corners knocked off."""
    tone = _pick(_STONE, rng)
    stone = Material(tone, 0.95, nir_reflectance=0.35, texture=Texture.CONCRETE)
    ball = ellipsoid((0.25, 0.21, 0.17), sides=22, rings=14)
    v = ball.vertices.copy()
    for _ in range(16):
        n = rng.normal(size=3)
        n /= np.linalg.norm(n)
        depth = float(rng.uniform(0.66, 0.88)) * float(np.abs(v @ n).max())
        over = np.maximum(v @ n - depth, 0.0)
        v -= over[:, None] * n
    v *= 1.0 + 0.012 * np.sin(31.0 * v[:, :1] + 17.0 * v[:, 1:2] + 23.0 * v[:, 2:])
    return [(Shape(v, ball.faces), stone, 16.0)]


def branch(rng: np.random.Generator) -> list[Piece]:
    """A bough torn off by wind: a crooked stem, side branches, tufts of leaves."""
    x = np.linspace(-1.1, 1.1, 9)
    a, b = rng.uniform(0.0, 6.0, 2)
    stem = np.stack([x, 0.08 * np.sin(2.1 * x + a), 0.06 + 0.05 * np.sin(1.7 * x + b)], axis=1)
    girth = np.linspace(0.075, 0.022, 9)
    out: list[Piece] = [
        (tube(stem, girth, sides=9), BARK, 50.0),
        (cylinder(0.071, 0.012, sides=9, axis="x").moved(*(stem[0] - [0.002, 0, 0])), WOOD_PALE, 30.0),
    ]
    leaves: list[Shape] = []
    for k in range(2, 9):
        for _ in range(2 if k < 5 else 3):
            side = float(rng.choice([-1.0, 1.0]))
            way = np.array([0.30, side * float(rng.uniform(0.22, 0.42)), float(rng.uniform(0.02, 0.34))])
            way *= float(rng.uniform(0.7, 1.15))
            middle = stem[k] + 0.5 * way + [0.0, 0.0, 0.03]
            out.append(
                (tube([stem[k], middle, stem[k] + way], [0.30 * girth[k] + 0.006, 0.010, 0.005], sides=5), BARK, 60.0)
            )
            for share in (0.6, 0.85, 1.05):
                at = stem[k] + share * way
                for _ in range(7):
                    c = at + rng.normal(size=3) * [0.055, 0.055, 0.040]
                    p = rng.normal(size=(2, 3)) * 0.045
                    blade = np.array([c - p[0], c + p[1], c + p[0], c - p[1]])
                    leaves.append(Shape(blade, np.array([[0, 1, 2], [0, 2, 3], [0, 2, 1], [0, 3, 2]])))
    out.append((merge(leaves), _LEAF, 5.0))
    return out


def exhaust(rng: np.random.Generator) -> list[Piece]:
    """A silencer with its pipes, rusty."""
    can = loft(np.array([in_plane(superellipse(0.115, 0.075, 2.4, 18), "x", x) for x in (-0.25, -0.245, 0.245, 0.25)]))
    front = [(0.24, 0.02, 0.0), (0.45, 0.02, 0.0), (0.58, 0.0, 0.03), (0.85, -0.05, 0.05)]
    back = [(-0.24, -0.05, 0.0), (-0.36, -0.05, 0.0), (-0.42, -0.055, 0.0), (-0.55, -0.06, -0.01)]
    return [
        (can, _RUST, 40.0),
        (tube(front, 0.027, sides=10), _RUST, 50.0),
        (tube(back, 0.030, sides=10), STEEL, 50.0),
        (cylinder(0.036, 0.07, sides=12, axis="x").moved(-0.56, -0.06, -0.012), CHROME, 40.0),
        (box((0.03, 0.24, 0.004), (0.10, 0.0, 0.078)), _RUST, 20.0),
        (cylinder(0.05, 0.012, sides=12, axis="x").moved(0.84, -0.05, 0.05), _RUST, 40.0),
    ]


def bucket(rng: np.random.Generator) -> list[Piece]:
    """A builder's bucket standing up, with a wire handle."""
    plastic = PLASTIC_BLACK if rng.random() < 0.5 else painted(_pick(_SHELLS, rng), 0.45)
    wall = [
        (0.0, -0.15),
        (0.105, -0.15),
        (0.15, 0.135),
        (0.16, 0.138),
        (0.16, 0.15),
        (0.148, 0.15),
        (0.102, -0.14),
        (0.0, -0.14),
    ]
    t = np.linspace(-1.45, 1.45, 11)
    bail = np.stack([0.155 * np.sin(t) / np.sin(1.45), 0.13 * np.cos(t) + 0.02, np.full(11, 0.152)], axis=1)
    return [(revolve(wall, sides=26), plastic, 35.0), (tube(bail, 0.004, sides=5), STEEL, 60.0)]


def wheelie_bin(rng: np.random.Generator) -> list[Piece]:
    """A 120-litre wheeled bin that has fallen on its back."""
    tone = ((0.028, 0.030, 0.032), (0.02, 0.07, 0.03), (0.30, 0.20, 0.02), (0.02, 0.05, 0.16))[int(rng.integers(4))]
    shell = painted(tone, 0.5)
    # along x from the bottom to the lid; z up is the front of the bin
    body = loft(
        np.array(
            [in_plane(superellipse(a, b, 5.0, 24), "x", x) for x, a, b in ((-0.45, 0.185, 0.19), (0.38, 0.235, 0.25))]
        )
    )
    lid = rounded_box((0.06, 0.50, 0.54), 0.025, (0.43, 0.0, 0.0), segments=2)
    out: list[Piece] = [
        (body, shell, 35.0),
        (rounded_box((0.035, 0.50, 0.53), 0.012, (0.385, 0.0, 0.0), segments=2), shell, 35.0),
        (lid, shell, 35.0),
        (cylinder(0.012, 0.44, sides=8, axis="y").moved(0.40, 0.0, -0.285), shell, 40.0),
        (cylinder(0.010, 0.42, sides=8, axis="y").moved(-0.40, 0.0, -0.20), STEEL, 40.0),
    ]
    for s in (1.0, -1.0):
        out.append((cylinder(0.10, 0.045, sides=20, axis="y").moved(-0.40, s * 0.215, -0.20), RUBBER, 40.0))
        out.append((cylinder(0.06, 0.050, sides=16, axis="y").moved(-0.40, s * 0.216, -0.20), shell, 40.0))
    return out


def carpet_roll(rng: np.random.Generator) -> list[Piece]:
    """A rolled-up carpet, tied twice, its spiral end and cardboard core to be seen."""
    pile = Material(_pick(_PILE, rng), 1.0, nir_reflectance=0.45, texture=Texture.CLOTH)
    jute = Material((0.27, 0.22, 0.15), 0.95, nir_reflectance=0.5, texture=Texture.CLOTH)
    t = np.linspace(0.0, 7.0 * np.pi, 100)
    r = 0.038 + 0.0155 * t / np.pi
    line = np.stack([r * np.cos(t), r * np.sin(t)], axis=1)
    back = np.stack([(r - 0.008) * np.cos(t), (r - 0.008) * np.sin(t)], axis=1)
    outline = np.concatenate([line, back[::-1]])
    rings = np.array([in_plane(outline, "x", x) for x in (-1.0, 1.0)])
    side = loft(rings, cap_start=False, cap_end=False)
    caps = []
    for x, flip in ((-1.0, False), (1.0, True)):
        p = in_plane(np.concatenate([line, back]), "x", x)
        k = np.arange(99)
        quads = np.concatenate([np.stack([k, k + 1, k + 101], 1), np.stack([k, k + 101, k + 100], 1)])
        caps.append(Shape(p, quads[:, ::-1] if flip else quads))
    cords: list[Piece] = [
        (revolve([(0.152, x - 0.012), (0.156, x), (0.152, x + 0.012)], axis="x", sides=24), jute, 60.0)
        for x in (-0.55, 0.5)
    ]
    core = revolve([(0.032, -0.99), (0.036, -1.005), (0.036, 1.005), (0.032, 0.99)], axis="x", sides=14)
    card = Material((0.33, 0.24, 0.15), 0.9, nir_reflectance=0.5)
    return [(side, pile, 50.0), *((c, jute, 20.0) for c in caps), (core, card, 40.0), *cords]


def bag(rng: np.random.Generator) -> list[Piece]:
    """A tied rubbish sack, lumpy."""
    plastic = _SACK if rng.random() < 0.65 else _SACK_BLUE
    bones = [Bone((0.0, 0.0, 0.20), (0.0, 0.0, 0.26), 0.20, 0.16)]
    for _ in range(9):
        x, y, z = rng.uniform([-0.16, -0.14, 0.10], [0.16, 0.14, 0.28])
        bones.append(Bone((x, y, z), (x, y, z + 0.02), float(rng.uniform(0.09, 0.13)), 0.08))
    bones.append(Bone((0.0, 0.0, 0.36), (0.02, 0.0, 0.43), 0.07, 0.025))
    bones.append(Bone((0.02, 0.0, 0.44), (0.05, 0.02, 0.53), 0.022, 0.055, 0.5))
    skin = sculpt(bones, cell_m=0.022, blend_m=0.05)
    v = skin.vertices.copy()
    v *= 1.0 + 0.012 * np.sin(70.0 * v[:, :1] + 40.0 * v[:, 2:]) * np.sin(55.0 * v[:, 1:2] + 20.0 * v[:, 2:])
    v[:, 2] = np.maximum(v[:, 2], 0.02)
    return [(Shape(v, skin.faces), plastic, 40.0)]


def log(rng: np.random.Generator) -> list[Piece]:
    """A piece of a trunk with bark, sawn at both ends."""
    x = np.linspace(-1.5, 1.5, 9)
    a = float(rng.uniform(0.0, 6.0))
    stem = np.stack([x, 0.015 * np.sin(1.9 * x + a), 0.015 * np.sin(1.3 * x + 2.0 * a)], axis=1)
    out: list[Piece] = [(tube(stem, np.linspace(0.17, 0.155, 9), sides=14), BARK, 50.0)]
    ring = Material((0.30, 0.20, 0.11), 0.8, nir_reflectance=0.4, texture=Texture.WOOD)
    for end, out_x, r in ((0, -0.004, 0.158), (-1, 0.004, 0.145)):
        out.append((cylinder(r, 0.012, sides=14, axis="x").moved(*(stem[end] + [out_x, 0, 0])), WOOD_PALE, 30.0))
        out.append((cylinder(0.55 * r, 0.014, sides=14, axis="x").moved(*(stem[end] + [out_x, 0, 0])), ring, 30.0))
    return out


def pipe(rng: np.random.Generator) -> list[Piece]:
    """A drain pipe of orange or grey plastic with its socket."""
    tone = (0.42, 0.13, 0.03) if rng.random() < 0.6 else (0.20, 0.21, 0.22)
    plastic = painted(tone, 0.35)
    wall = [
        (0.104, 1.5),
        (0.112, 1.5),
        (0.112, -1.30),
        (0.124, -1.34),
        (0.124, -1.5),
        (0.114, -1.5),
        (0.114, -1.34),
        (0.104, -1.30),
    ]
    body = revolve(wall, axis="x", sides=22, closed=True)
    rubber = revolve([(0.1255, -1.46), (0.127, -1.45), (0.1255, -1.44)], axis="x", sides=22)
    return [(body if body.volume() > 0 else body.flipped(), plastic, 40.0), (rubber, PLASTIC_BLACK, 40.0)]
