"""Hand tools and turned parts to grasp: what lies about in a workshop.

Masses after the YCB list (drill 0.895, hammer 0.665, screwdriver 0.097, marker 0.0158 kg); steel parts at 7850 kg/m3,
the bushing of rubber at 1200 kg/m3. Heads and batteries are denser than handles, so centres of mass are off the
middle. Frame as in `objects`: long tools lie along y.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Material, Texture
from . import finishes
from .asset import Box, CollisionShape, Cylinder, Vec3
from .finishes import painted
from .meshes import cylinder, frustum, revolve, rounded_box, tube
from .scenery import Pile

ALONG_Y = (-0.7071067811865476, 0.0, 0.0, 0.7071067811865476)
"""Turns a cylinder's axis from z to y."""
POLISHED = Material((0.62, 0.62, 0.63), 0.05, 1.0, 0.55)
BLACK_RUBBER = Material((0.012, 0.012, 0.013), 0.7, nir_reflectance=0.025, texture=Texture.RUBBER)
_GRIPS: tuple[RGB, ...] = ((0.50, 0.06, 0.03), (0.04, 0.10, 0.32), (0.55, 0.36, 0.03), (0.05, 0.05, 0.055))


def hammer(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A claw hammer on its side: steel head at +y across x, rubber-gripped handle along y."""
    x, y, z = size
    steel = Material((0.34, 0.34, 0.35), 0.3, 0.9, 0.4, texture=Texture.BRUSHED_METAL)
    grip = painted(_GRIPS[rng.integers(len(_GRIPS))], 0.6)
    at = y / 2 - z / 2
    line = np.array([[0.0, -y / 2, 0.0], [0.0, -y / 2 + 0.006, 0.0], [0.0, -0.02, 0.0], [0.0, 0.0, 0.0]])
    pile.smooth(grip, tube(line, [0.0125, 0.0158, 0.0150, 0.0128], sides=16, flatten=0.8))
    for k in range(7):
        pile.smooth(
            painted((0.03, 0.03, 0.03), 0.7), cylinder(0.0150, 0.003, sides=16, axis="y").moved(y=-0.145 + 0.016 * k)
        )
    pile.smooth(steel, tube(np.array([[0.0, 0.0, 0.0], [0.0, at, 0.0]]), [0.0105, 0.0095], sides=14))
    pile.smooth(steel, rounded_box((0.040, z, z), 0.004, (0.0, at, 0.0), segments=2))
    face = [(0.0, 0.019), (0.010, 0.019), (0.0105, 0.036), (0.0140, 0.042), (0.0145, x / 2 - 0.002)]
    pile.smooth(steel, revolve(np.array([*face, (0.0135, x / 2), (0.0, x / 2)]), axis="x", sides=24).moved(y=at))
    claw = np.array([[-0.018, at, 0.0], [-0.040, at - 0.002, 0.0], [-x / 2 + 0.008, at - 0.014, 0.0]])
    for side in (-1.0, 1.0):
        prong = claw + [[0.0, 0.0, 0.0], [0.0, 0.0, 0.006 * side], [0.0, 0.0, 0.008 * side]]
        prong = np.concatenate([prong, [[-x / 2 + 0.0018, at - 0.024, 0.009 * side]]])
        pile.smooth(steel, tube(prong, [0.010, 0.0085, 0.006, 0.0025], sides=10, flatten=0.5))
    handle = Box((0.0125, 0.5 * (y / 2 + at), z / 2), (0.0, 0.5 * (at - y / 2), 0.0), density=1.0)
    head = Box((x / 2, z / 2, z / 2), (0.0, at, 0.0), density=4.6)
    return handle, head


def screwdriver(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A screwdriver lying along y, its fluted handle at -y."""
    x, y, _ = size
    r, split = x / 2, -y / 2 + 0.105
    grip = painted(_GRIPS[rng.integers(len(_GRIPS))], 0.25)
    profile = [
        (0.0, -y / 2), (0.75 * r, -y / 2), (r, -y / 2 + 0.010), (r, -y / 2 + 0.070), (0.62 * r, split - 0.018),
        (0.70 * r, split - 0.004), (0.0, split),
    ]  # fmt: skip
    pile.smooth(grip, revolve(np.array(profile), axis="y", sides=24))
    for k in range(6):
        t = k * np.pi / 3
        rib = np.array([[0.86 * r * np.cos(t), y0, 0.86 * r * np.sin(t)] for y0 in (-y / 2 + 0.012, -y / 2 + 0.068)])
        pile.smooth(finishes.PLASTIC_BLACK, tube(rib, 0.0022, sides=8))
    pile.smooth(
        finishes.ALUMINIUM,
        cylinder(0.0032, y / 2 - split - 0.008, sides=14, axis="y").moved(y=(split + y / 2 - 0.008) / 2),
    )
    pile.smooth(finishes.STEEL_DARK, frustum(0.0032, 0.0012, 0.010, sides=12, axis="y").moved(y=y / 2 - 0.005))
    handle = Cylinder(r, 0.105, (0.0, split - 0.0525, 0.0), ALONG_Y)
    blade = Box((0.004, (y / 2 - split) / 2, 0.004), (0.0, (y / 2 + split) / 2, 0.0), density=3.0)
    return handle, blade


def marker(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A marker pen lying along y."""
    x, y, _ = size
    r = x / 2
    ink = painted(((0.03, 0.03, 0.03), (0.42, 0.02, 0.02), (0.02, 0.07, 0.35))[rng.integers(3)], 0.3)
    pile.smooth(painted((0.62, 0.62, 0.60), 0.35), cylinder(r * 0.94, y * 0.56, sides=24, axis="y").moved(y=-0.20 * y))
    pile.smooth(ink, cylinder(r, y * 0.44, sides=24, axis="y").moved(y=0.28 * y))
    pile.smooth(ink, cylinder(r * 0.95, 0.012, sides=24, axis="y").moved(y=-y / 2 + 0.006))
    return (Cylinder(r, y, (0.0, 0.0, 0.0), ALONG_Y),)


def drill(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A cordless drill standing on its battery, chuck towards +y."""
    x, y, z = size
    shell = painted(
        ((0.50, 0.30, 0.02), (0.04, 0.12, 0.30), (0.03, 0.22, 0.20), (0.42, 0.04, 0.03))[rng.integers(4)], 0.4
    )
    black = finishes.PLASTIC_BLACK
    axis = z / 2 - x / 2
    body = [
        (0.0, -y / 2),
        (0.020, -y / 2),
        (0.026, -y / 2 + 0.008),
        (x / 2, -y / 2 + 0.03),
        (x / 2, 0.02),
        (0.022, 0.04),
        (0.0, 0.042),
    ]
    pile.smooth(shell, revolve(np.array(body), axis="y", sides=28).moved(z=axis))
    pile.smooth(black, cylinder(0.0245, 0.012, sides=28, axis="y").moved(y=0.046, z=axis))
    chuck = [(0.0, 0.05), (0.020, 0.05), (0.021, 0.068), (0.012, y / 2 - 0.006), (0.006, y / 2), (0.0, y / 2)]
    pile.smooth(finishes.STEEL_DARK, revolve(np.array(chuck), axis="y", sides=24).moved(z=axis))
    grip = np.array([[0.0, -0.040, axis - 0.015], [0.0, -0.044, 0.0], [0.0, -0.034, -z / 2 + 0.042]])
    pile.smooth(black, tube(grip, [0.021, 0.019, 0.021], sides=16, flatten=0.85))
    pile.smooth(shell, rounded_box((0.016, 0.014, 0.026), 0.004, (0.0, -0.018, axis - 0.046), segments=2))
    pile.smooth(black, rounded_box((x, 0.110, 0.034), 0.006, (0.0, -0.030, -z / 2 + 0.017), segments=2))
    pile.smooth(shell, rounded_box((x - 0.006, 0.098, 0.016), 0.005, (0.0, -0.030, -z / 2 + 0.040), segments=2))
    half = Box((x / 2, 0.066, x / 2), (0.0, -y / 2 + 0.066, axis), density=1.0)
    nose = Cylinder(0.018, y / 2 - 0.04, (0.0, 0.04 + (y / 2 - 0.04) / 2, axis), ALONG_Y, density=1.6)
    stem = Box((0.016, 0.018, (z - x - 0.05) / 2), (0.0, -0.040, (axis - x / 2 - z / 2 + 0.05) / 2))
    pack = Box((x / 2, 0.055, 0.025), (0.0, -0.030, -z / 2 + 0.025), density=1.7)
    return half, nose, stem, pack


def shaft(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A polished, stepped steel shaft lying along y."""
    x, y, _ = size
    r = x / 2
    step = float(rng.uniform(0.16, 0.28)) * y
    profile = [
        (0.0, -y / 2), (0.62 * r, -y / 2), (0.68 * r, -y / 2 + 0.002), (0.68 * r, -y / 2 + step), (r, -y / 2 + step),
        (r, y / 2 - step), (0.68 * r, y / 2 - step), (0.68 * r, y / 2 - 0.002), (0.62 * r, y / 2), (0.0, y / 2),
    ]  # fmt: skip
    pile.smooth(POLISHED, revolve(np.array(profile), axis="y", sides=40))
    thin = Cylinder(0.68 * r, y, (0.0, 0.0, 0.0), ALONG_Y)
    return Cylinder(r, y - 2 * step, (0.0, 0.0, 0.0), ALONG_Y), thin


def cup_polished(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A polished steel canister with a lid, standing."""
    r, h = size[0] / 2, size[2] / 2
    lid = float(rng.uniform(0.55, 0.75)) * h
    body = [(0.0, -h), (r - 0.004, -h), (r, -h + 0.004), (r, lid - 0.001)]
    pile.smooth(POLISHED, revolve(np.array(body), sides=48))
    pile.smooth(finishes.STEEL_DARK, cylinder(r - 0.0015, 0.004, sides=48).moved(z=lid + 0.001))
    top = [
        (r, lid + 0.002),
        (r, h - 0.010),
        (r - 0.005, h - 0.006),
        (0.008, h - 0.005),
        (0.008, h - 0.002),
        (0.006, h),
        (0.0, h),
    ]
    pile.smooth(POLISHED, revolve(np.array(top), sides=48))
    return (Cylinder(r, 2 * h),)


def bushing(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A black rubber buffer, standing, with a bore and grooves."""
    r, h = size[0] / 2, size[2] / 2
    bore = float(rng.uniform(0.30, 0.42)) * r
    outline = [(bore, -h), (r - 0.003, -h), (r, -h + 0.003)]
    for z in np.linspace(-h, h, 5)[1:-1]:
        outline += [(r, z - 0.004), (r - 0.0035, z - 0.0015), (r - 0.0035, z + 0.0015), (r, z + 0.004)]
    outline += [(r, h - 0.003), (r - 0.003, h), (bore, h), (bore, h - 0.001), (bore, -h + 0.001)]
    pile.smooth(BLACK_RUBBER, revolve(np.array(outline), sides=40, closed=True))
    return (Cylinder(r, 2 * h),)


def tyre_block(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A black rubber block with a ribbed top, standing."""
    x, y, z = size
    pile.smooth(BLACK_RUBBER, rounded_box((x, y, z - 0.006), 0.003, (0.0, 0.0, -0.003), segments=2))
    for k in range(int(rng.integers(4, 7))):
        at = -y / 2 + (k + 0.7) * y / 7
        pile.smooth(BLACK_RUBBER, rounded_box((x * 0.96, 0.006, 0.008), 0.001, (0.0, at, z / 2 - 0.004), segments=1))
    return (Box((x / 2, y / 2, z / 2)),)
