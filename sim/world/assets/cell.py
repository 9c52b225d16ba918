"""Furniture of a robot cell and of the hall around it.

Frame of scenery: origin on the floor (the table: middle of its top), x towards the robot's working side. Fences are
steel posts with welded mesh of 40 x 160 mm, here drawn with thin square bars.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from ....renderers.scene import Material, Texture
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, Cylinder
from .finishes import painted
from .meshes import cylinder, polygon, rounded_box, tube
from .scenery import Pile, block, cut_wall, drawn, panel, quad, solid

FENCE_M = 2.0
_WALL_M = 0.1


def table(x0: float, x1: float, half_y: float, height_m: float) -> Asset:
    """A welding-bench style table whose top is z = 0 and which stands on the floor at -`height_m`."""
    pile = Pile()
    top = Material((0.16, 0.235, 0.26), 0.45, nir_reflectance=0.35, texture=Texture.BRUSHED_METAL)
    frame = painted((0.10, 0.12, 0.14), 0.5)
    pile.smooth(top, rounded_box((x1 - x0, 2 * half_y, 0.05), 0.004, ((x0 + x1) / 2, 0.0, -0.025), segments=1))
    for x in (x0 + 0.06, x1 - 0.06):
        for y in (-half_y + 0.06, half_y - 0.06):
            pile.flat(frame, block(x - 0.04, x + 0.04, y - 0.04, y + 0.04, -height_m, -0.05))
            pile.smooth(finishes.STEEL_GREY, cylinder(0.05, 0.02, sides=14).moved(x, y, -height_m + 0.01))
    for z in (-0.12, -height_m + 0.22):
        for y in (-half_y + 0.06, half_y - 0.06):
            pile.flat(frame, block(x0 + 0.1, x1 - 0.1, y - 0.025, y + 0.025, z - 0.03, z + 0.03))
        for x in (x0 + 0.06, x1 - 0.06):
            pile.flat(frame, block(x - 0.025, x + 0.025, -half_y + 0.1, half_y - 0.1, z - 0.03, z + 0.03))
    solid = Box(((x1 - x0) / 2, half_y, 0.025), ((x0 + x1) / 2, 0.0, -0.025))
    return pile.asset("table", SemanticClass.TABLE, solid)


def base_plate() -> Asset:
    """The plate under the robot's foot, with bolts; flush enough to stay out of the arm's way."""
    pile = Pile()
    pile.flat(finishes.ALUMINIUM, block(-0.17, 0.13, -0.14, 0.14, -0.001, 0.0008))
    for x in (-0.15, 0.11):
        for y in (-0.12, 0.12):
            pile.smooth(finishes.STEEL_DARK, cylinder(0.009, 0.008, sides=10).moved(x, y, 0.004))
    return pile.asset("base_plate", SemanticClass.TABLE)


def tote(length_m: float = 0.40, width_m: float = 0.30, height_m: float = 0.12, *, rng: np.random.Generator) -> Asset:
    """An open stacking bin, long side along x, standing on z = 0; its walls and floor collide."""
    pile = Pile()
    tones = ((0.05, 0.13, 0.30), (0.30, 0.31, 0.32), (0.36, 0.05, 0.04), (0.06, 0.20, 0.11))
    plastic = painted(tones[rng.integers(len(tones))], 0.45)
    lx, ly, t = length_m / 2, width_m / 2, 0.004
    pile.flat(plastic, block(-lx, lx, -ly, ly, 0.0, t))
    walls = (
        (-lx, lx, -ly, -ly + t), (-lx, lx, ly - t, ly), (-lx, -lx + t, -ly + t, ly - t), (lx - t, lx, -ly + t, ly - t),
    )  # fmt: skip
    for x0, x1, y0, y1 in walls:
        pile.flat(plastic, block(x0, x1, y0, y1, 0.0, height_m))
    rim = 0.012
    for x0, x1, y0, y1 in (
        (-lx - rim, lx + rim, -ly - rim, -ly),
        (-lx - rim, lx + rim, ly, ly + rim),
        (-lx - rim, -lx, -ly, ly),
        (lx, lx + rim, -ly, ly),
    ):
        pile.flat(plastic, block(x0, x1, y0, y1, height_m - 0.014, height_m))
    for x in np.linspace(-lx + 0.06, lx - 0.06, 5):
        pile.flat(
            plastic,
            *(
                block(x - 0.003, x + 0.003, a, b, 0.0, height_m - 0.014)
                for a, b in ((-ly - 0.008, -ly), (ly, ly + 0.008))
            ),
        )
    card = painted((0.68, 0.67, 0.64))
    pile.flat(card, block(lx, lx + 0.001, -0.05, 0.05, 0.03, 0.085))
    shapes = [Box((lx, ly, t / 2), (0.0, 0.0, t / 2))]
    for x0, x1, y0, y1 in walls:
        shapes.append(Box(((x1 - x0) / 2, (y1 - y0) / 2, height_m / 2), ((x0 + x1) / 2, (y0 + y1) / 2, height_m / 2)))
    return pile.asset("bin", SemanticClass.BIN, *shapes)


def fence_panel(width_m: float, height_m: float = FENCE_M) -> Asset:
    """One field of safety fence along y with a post at its -y end."""
    pile = Pile()
    half = width_m / 2
    post = finishes.SAFETY_YELLOW
    wire = finishes.STEEL_DARK
    pile.flat(
        post,
        block(-0.03, 0.03, -half - 0.03, -half + 0.03, 0.0, height_m + 0.05),
        block(-0.08, 0.08, -half - 0.08, -half + 0.08, 0.0, 0.012),
    )
    low = 0.16
    pile.flat(wire, *(block(-0.01, 0.01, y - 0.01, y + 0.01, low, height_m) for y in (-half + 0.05, half - 0.05)))
    pile.flat(wire, *(block(-0.01, 0.01, -half + 0.05, half - 0.05, z - 0.01, z + 0.01) for z in (low, height_m)))
    bars = np.linspace(-half + 0.05, half - 0.05, round((width_m - 0.1) / 0.045) + 1)[1:-1]
    for y in bars:
        a = 0.0016
        ring = ((-a, -a), (a, -a), (a, a), (-a, a))
        for (xa, ya), (xb, yb) in zip(ring, ring[1:] + ring[:1], strict=True):
            pile.flat(wire, quad((xa, y + ya, low), (xb, y + yb, low), (xb, y + yb, height_m), (xa, y + ya, height_m)))
    for z in np.arange(low + 0.16, height_m - 0.05, 0.16):
        pile.flat(wire, block(0.0016, 0.0048, -half + 0.05, half - 0.05, z - 0.0016, z + 0.0016))
    solid = Box((0.03, half, height_m / 2), (0.0, 0.0, height_m / 2))
    return pile.asset("fence_panel", SemanticClass.FENCE, solid)


def light_curtain_post(height_m: float = 1.5) -> Asset:
    """Sender or receiver of a light curtain: a yellow profile with a dark window facing +x and a green lamp."""
    pile = Pile()
    pile.smooth(
        finishes.SAFETY_YELLOW, rounded_box((0.05, 0.06, height_m), 0.008, (0.0, 0.0, 0.25 + height_m / 2), segments=1)
    )
    pile.flat(
        Material((0.03, 0.008, 0.008), 0.1, nir_reflectance=0.05), panel(0.0255, -0.012, 0.012, 0.31, height_m + 0.19)
    )
    dots = [panel(0.0260, -0.004, 0.004, z - 0.004, z + 0.004) for z in np.arange(0.35, height_m + 0.17, 0.05)]
    pile.flat(Material((0.20, 0.02, 0.02), 0.3, nir_reflectance=0.3, emission=(60.0, 4.0, 3.0)), *dots)
    pile.flat(
        Material((0.05, 0.2, 0.05), 0.3, emission=(40.0, 900.0, 90.0)),
        panel(0.0260, -0.008, 0.008, height_m + 0.205, height_m + 0.222),
    )
    pile.smooth(
        finishes.PLASTIC_BLACK, rounded_box((0.054, 0.064, 0.03), 0.008, (0.0, 0.0, height_m + 0.25), segments=1)
    )
    pile.flat(
        finishes.STEEL_GREY, block(-0.02, 0.02, -0.02, 0.02, 0.0, 0.26), block(-0.09, 0.09, -0.09, 0.09, 0.0, 0.012)
    )
    return pile.asset("light_curtain_post", SemanticClass.LIGHT_CURTAIN, Box((0.03, 0.03, 0.9), (0.0, 0.0, 0.9)))


def control_cabinet() -> Asset:
    """A steel control cabinet, facing +x, with isolator, buttons, a screen and vents."""
    pile = Pile()
    grey = painted((0.46, 0.47, 0.46), 0.5)
    pile.flat(finishes.PLASTIC_BLACK, block(-0.24, 0.23, -0.39, 0.39, 0.0, 0.10))
    pile.flat(grey, block(-0.25, 0.23, -0.40, 0.40, 0.10, 1.90), block(0.23, 0.25, -0.39, 0.39, 0.12, 1.88))
    pile.flat(
        Material((0.02, 0.03, 0.04), 0.1, nir_reflectance=0.05, emission=(22.0, 40.0, 60.0)),
        panel(0.262, -0.16, 0.16, 1.32, 1.54),
    )
    pile.flat(
        finishes.PLASTIC_BLACK, block(0.25, 0.261, -0.18, 0.18, 1.30, 1.56), block(0.25, 0.29, 0.33, 0.35, 0.95, 1.10)
    )
    red, yellow = painted((0.50, 0.02, 0.02), 0.35), painted((0.62, 0.42, 0.02), 0.4)
    pile.flat(yellow, block(0.25, 0.262, -0.06, 0.06, 1.06, 1.20))
    pile.smooth(red, cylinder(0.025, 0.04, sides=16, axis="x").moved(0.282, 0.0, 1.13))
    for k, tone in enumerate(((0.05, 0.35, 0.08), (0.6, 0.6, 0.58), (0.05, 0.10, 0.45))):
        pile.smooth(painted(tone, 0.3), cylinder(0.014, 0.02, sides=12, axis="x").moved(0.26, -0.13 - 0.06 * k, 1.13))
    for z in np.arange(0.30, 0.62, 0.03):
        pile.flat(finishes.PLASTIC_BLACK, panel(0.2512, -0.22, 0.22, z, z + 0.012))
    warning = np.array([[0.0, 0.07], [-0.065, -0.045], [0.065, -0.045]])

    pile.flat(yellow, polygon(warning + [0.0, 1.70], axis="x", at=0.2515))
    return pile.asset("control_cabinet", SemanticClass.STREET_FURNITURE, Box((0.25, 0.40, 0.95), (0.0, 0.0, 0.95)))


def lamp_tower() -> Asset:
    """A stack of red, amber and green signal lamps on a pole; green is lit."""
    pile = Pile()
    pile.smooth(finishes.ALUMINIUM, cylinder(0.014, 0.5, sides=12).moved(z=0.25))
    pile.smooth(
        finishes.PLASTIC_BLACK,
        cylinder(0.036, 0.05, sides=20).moved(z=0.52),
        cylinder(0.036, 0.025, sides=20).moved(z=0.765),
    )
    lamps = (
        ((0.03, 0.22, 0.06), (150.0, 2600.0, 350.0)),
        ((0.40, 0.17, 0.01), (0.0, 0.0, 0.0)),
        ((0.34, 0.02, 0.02), (0.0, 0.0, 0.0)),
    )
    for k, (tone, glow) in enumerate(lamps):
        pile.smooth(
            Material(tone, 0.25, nir_reflectance=0.3, emission=glow),
            cylinder(0.034, 0.066, sides=20).moved(z=0.58 + 0.07 * k),
        )
    return pile.asset("lamp_tower", SemanticClass.POLE)


def pallet_of_cartons(*, rng: np.random.Generator) -> Asset:
    """A wooden pallet, 1.2 x 0.8 m, with a stack of cartons."""
    pile = Pile()
    for y in np.linspace(-0.35, 0.35, 5):
        pile.flat(finishes.WOOD_PALE, block(-0.6, 0.6, y - 0.05, y + 0.05, 0.122, 0.144))
    for x in (-0.52, 0.0, 0.52):
        pile.flat(finishes.WOOD_PALE, block(x - 0.07, x + 0.07, -0.4, 0.4, 0.022, 0.122))
    card = Material((0.36, 0.24, 0.13), 0.85, nir_reflectance=0.5, texture=Texture.CARDBOARD)
    tape = Material((0.42, 0.32, 0.19), 0.4, nir_reflectance=0.5)
    for level in range(int(rng.integers(2, 5))):
        for i in range(3):
            for k in range(2):
                if level > 1 and rng.random() < 0.3:
                    continue
                x, y, z = -0.4 + 0.4 * i, -0.2 + 0.4 * k, 0.144 + 0.3 * level
                pile.flat(card, block(x - 0.19, x + 0.19, y - 0.19, y + 0.19, z, z + 0.295))
                pile.flat(tape, block(x - 0.192, x + 0.192, y - 0.025, y + 0.025, z + 0.1, z + 0.297))
    return pile.asset("pallet", SemanticClass.STREET_FURNITURE, Box((0.6, 0.4, 0.5), (0.0, 0.0, 0.5)))


def shelf_rack(*, rng: np.random.Generator) -> Asset:
    """A heavy-duty rack with cartons and bins, facing +x, 2.7 m long along y."""
    pile = Pile()
    blue, orange = painted((0.03, 0.08, 0.22), 0.5), painted((0.50, 0.16, 0.02), 0.5)
    for y in (-1.35, 1.35):
        for x in (-0.45, 0.45):
            pile.flat(blue, block(x - 0.04, x + 0.04, y - 0.04, y + 0.04, 0.0, 3.6))
        for z in np.arange(0.3, 3.4, 0.6):
            pile.flat(blue, block(-0.45, 0.45, y - 0.015, y + 0.015, z, z + 0.04))
    card = Material((0.36, 0.24, 0.13), 0.85, nir_reflectance=0.5, texture=Texture.CARDBOARD)
    looks = (card, card, card, painted((0.06, 0.14, 0.28)), painted((0.30, 0.30, 0.30)), painted((0.52, 0.50, 0.46)))
    for z in (0.15, 1.3, 2.4):
        pile.flat(orange, *(block(x - 0.025, x + 0.025, -1.31, 1.31, z - 0.12, z) for x in (-0.45, 0.45)))
        pile.flat(finishes.WOOD_PALE, block(-0.45, 0.45, -1.31, 1.31, z, z + 0.02))
        y = -1.25
        while y < 1.0:
            wide, tall = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.25, 0.8))
            if rng.random() < 0.85:
                pile.flat(
                    looks[int(rng.integers(len(looks)))], block(-0.38, 0.36, y, y + wide, z + 0.02, z + 0.02 + tall)
                )
            y += wide + 0.06
    return pile.asset("shelf_rack", SemanticClass.STREET_FURNITURE, Box((0.5, 1.4, 1.8), (0.0, 0.0, 1.8)))


def hall_wall(length_m: float, height_m: float = 7.0, *, windows: bool = True, door: bool = False) -> Asset:
    """A hall wall along y facing +x: sheet cladding on a concrete plinth, columns, windows, maybe a shut gate."""
    pile = Pile()
    half = length_m / 2
    sheet = painted((0.50, 0.51, 0.51), 0.6)
    openings: list[tuple[float, ...]] = []
    if windows:
        for y in np.arange(-half + 1.2, half - 3.0, 4.0):
            openings.append((float(y), float(y) + 2.8, 3.6, 5.4))
    if door:
        openings.append((-2.0, 2.0, 1.2, 3.5))
        gate = painted((0.30, 0.33, 0.36), 0.5)
        for k in range(9):
            pile.flat(gate, block(-0.06, -0.02, -2.0, 2.0, 0.42 * k, 0.42 * k + 0.40))
        pile.flat(finishes.HAZARD, block(0.0, 0.05, -2.15, -2.0, 0.0, 2.0), block(0.0, 0.05, 2.0, 2.15, 0.0, 2.0))
        pile.flat(sheet, panel(-0.08, -2.0, 2.0, 0.0, 3.9))
        lower: list[tuple[float, ...]] = [(-2.0, 2.0, 0.0, 1.2)]
    else:
        lower = []
    pile.flat(finishes.CONCRETE, cut_wall(0.0, -half, half, 0.0, 1.2, lower))
    pile.flat(sheet, cut_wall(0.0, -half, half, 1.2, height_m, openings))
    bright = Material((0.5, 0.52, 0.54), 0.2, nir_reflectance=0.1, emission=(900.0, 980.0, 1050.0))
    for y0, y1, z0, z1 in openings:
        if z0 > 3.0:
            pile.flat(bright, panel(-0.1, y0, y1, z0, z1))
            pile.flat(
                finishes.STEEL_GREY, *(block(-0.09, -0.03, y - 0.03, y + 0.03, z0, z1) for y in np.linspace(y0, y1, 4))
            )
            pile.flat(
                finishes.STEEL_GREY, *(block(-0.09, -0.03, y0, y1, z - 0.03, z + 0.03) for z in (z0, (z0 + z1) / 2, z1))
            )
    pile.flat(
        sheet,
        *(
            block(0.0, 0.035, y, y + 0.06, 1.2, 3.5)
            for y in np.arange(-half + 0.2, half, 0.3)
            if not (door and abs(y) < 2.2)
        ),
    )
    steel = painted((0.26, 0.30, 0.33), 0.55)
    columns = [
        (0.0, 0.28, y - 0.12, y + 0.12, 0.0, height_m)
        for y in np.arange(-half, half + 0.1, length_m / max(2, round(length_m / 6))).tolist()
    ]
    pile.flat(steel, *(block(*column) for column in columns))
    back = -_WALL_M
    leaves = [(back, 0.0, -half, -2.0), (back, -0.02, -2.0, 2.0), (back, 0.0, 2.0, half)]
    walls = [(*leaf, 0.0, height_m) for leaf in (leaves if door else [(back, 0.0, -half, half)])]
    # a name of its own for the gate: what has one name becomes one body, as large as the hall
    name = "hall_gate" if door else "hall_wall"
    return pile.asset(name, SemanticClass.WALL, *(solid(*corners) for corners in (*walls, *columns)))


def roof_beams(length_m: float, width_m: float, height_m: float = 6.4) -> Asset:
    """Open roof trusses along y with rows of hanging lamps; above them is only light, so that it reaches the floor."""
    return drawn(partial(_draw_roof, length_m, width_m, height_m), "roof_beams", SemanticClass.WALL)


def _draw_roof(length_m: float, width_m: float, height_m: float, pile: Pile) -> None:
    half_x, half_y = length_m / 2, width_m / 2
    steel = painted((0.34, 0.36, 0.38), 0.6)
    glow = Material((0.8, 0.8, 0.8), 0.5, nir_reflectance=0.6, emission=(5200.0, 5100.0, 4700.0))
    for x in np.arange(-half_x + 2.0, half_x, 5.0):
        pile.flat(
            steel, *(block(x - 0.07, x + 0.07, -half_y, half_y, z - 0.06, z + 0.06) for z in (height_m, height_m + 0.9))
        )
        for k in range(round(width_m / 1.5)):
            y = -half_y + 1.5 * k
            line = np.array([[x, y, height_m], [x, y + 0.75, height_m + 0.9], [x, y + 1.5, height_m]])
            pile.flat(steel, tube(line[:2], 0.03, sides=4, caps=False), tube(line[1:], 0.03, sides=4, caps=False))
    for x in np.arange(-half_x + 4.5, half_x - 1.0, 5.0):
        for y in np.arange(-half_y + 3.0, half_y - 1.0, 4.5):
            pile.flat(
                finishes.PLASTIC_WHITE, block(x - 0.7, x + 0.7, y - 0.14, y + 0.14, height_m - 0.6, height_m - 0.5)
            )
            pile.flat(glow, block(x - 0.66, x + 0.66, y - 0.11, y + 0.11, height_m - 0.605, height_m - 0.6))
            pile.flat(
                finishes.STEEL_DARK, block(x - 0.005, x + 0.005, y - 0.005, y + 0.005, height_m - 0.5, height_m + 0.2)
            )


def drum() -> Asset:
    """A waste drum."""
    pile = Pile()
    pile.smooth(painted((0.03, 0.09, 0.20), 0.45), cylinder(0.29, 0.86, sides=24).moved(z=0.43))
    for z in (0.02, 0.30, 0.58, 0.85):
        pile.smooth(painted((0.03, 0.09, 0.20), 0.45), cylinder(0.30, 0.03, sides=24).moved(z=z))
    return pile.asset("drum", SemanticClass.STREET_FURNITURE, Cylinder(0.3, 0.87, (0.0, 0.0, 0.435)))
