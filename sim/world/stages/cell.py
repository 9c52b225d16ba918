"""A robot cell in a hall: table, bins, fence with a light curtain at the operator's side, cabinet and signal lamps.

The robot's base frame is the world's origin: the arm stands on the table, whose top is z = 0, with the work area
around x = 0.5 m. The floor is at z = -`TABLE_M`. The operator's opening is at +x, closed by the light curtain.
With a conveyor the table ends before it: the belt runs along +y at x = `BELT_X`, its upper face at z = 0.
Light: rows of lamps stand for a broad source overhead and a uniform glow; the hall has no ceiling, so both
reach the floor. Left out: tool changer.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Environment, Material, Sky, Sun
from ...physics.ground import Ground
from ..assets import cell as props
from ..assets import finishes
from ..assets.asset import Asset, Box
from ..assets.conveyor import conveyor_frame
from ..classes import SemanticClass
from ..memo import pure
from ..path import Path
from .stage import Placement, Stage
from .surfaces import Sweep

TABLE_M = 0.78
TABLE_X = (-0.35, 0.95)
TABLE_HALF_Y = 0.75
BINS_XY = ((0.45, -0.50), (0.45, 0.50))
"""Middles of the two bins on the table: right and left of the work area."""
BELT_X, BELT_LENGTH_M, BELT_WIDTH_M = 0.56, 3.4, 0.26
BESIDE_BELT_X = 0.38
"""Where the table ends beside a conveyor."""
BELT_BINS_XY = ((0.19, -0.50), (0.19, 0.50))
"""Middles of the two bins where there is a conveyor."""
FENCE_X = (-1.9, 1.75)
FENCE_HALF_Y = 2.1
CURTAIN_HALF_Y = 1.0
HALL_M = (30.0, 22.0)
FLOOR_FRICTION = 0.6


@pure
def robot_cell(*, rng: np.random.Generator, conveyor: bool = False) -> Stage:
    """Build the cell, with or without a conveyor's frame; `rng` varies colours, what stands around, and the light."""
    floor = -TABLE_M
    placements = [
        Placement(_floor(floor)),
        Placement(props.table(TABLE_X[0], BESIDE_BELT_X if conveyor else TABLE_X[1], TABLE_HALF_Y, TABLE_M)),
        Placement(props.base_plate()),
    ]
    tote = props.tote(rng=rng)
    for x, y in BELT_BINS_XY if conveyor else BINS_XY:
        across = rng.random() < 0.5 or conveyor
        placements.append(Placement.upright(tote, x, y, 0.0, yaw=np.pi / 2 if across else 0.0))
    if conveyor:
        frame = conveyor_frame(BELT_LENGTH_M, BELT_WIDTH_M, TABLE_M)
        placements.append(Placement.upright(frame, BELT_X, 0.0, 0.0, yaw=np.pi / 2))
    placements += [*_fence(floor), *_around(floor, rng), *_hall(floor)]
    level = float(rng.uniform(800.0, 1500.0))
    glow = float(rng.uniform(150.0, 300.0))
    warm = float(rng.uniform(0.86, 1.0))
    tilt = rng.uniform(-0.35, 0.35, 2)
    direction = np.array([tilt[0], tilt[1], 1.0]) / np.sqrt(1.0 + float(tilt @ tilt))
    lamp = Sun(
        direction_w=(float(direction[0]), float(direction[1]), float(direction[2])),
        illuminance_lx=(level, level * (0.5 + 0.5 * warm), level * warm),
        angular_radius_rad=0.22,
    )
    tone = (glow, glow * (0.5 + 0.5 * warm), glow * warm)
    sky = Sky(zenith=tone, horizon=tone, ground=(0.3 * tone[0], 0.3 * tone[1], 0.3 * tone[2]), clouds=0.0)
    return Stage("robot_cell", tuple(placements), Ground(floor, FLOOR_FRICTION), Environment(lamp, sky))


def _floor(z: float) -> Asset:
    """The hall floor with its lines; drawn on straight strips along x."""
    half_x, half_y = HALL_M[0] / 2, HALL_M[1] / 2
    sheet = Sweep(Path.from_segments([(HALL_M[0], 0.0)], start=(-half_x, 0.0), step_m=1.0))

    def rectangle(x0: float, x1: float, y0: float, y1: float, lift: float, material: Material) -> None:
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) + [half_x, 0.0]
        sheet.polygon(corners, z + lift, material)

    rectangle(-half_x, half_x, -half_y, half_y, 0.0, finishes.FLOOR)
    for x in np.arange(-half_x + 5.0, half_x, 5.0):
        rectangle(x - 0.004, x + 0.004, -half_y, half_y, 0.0008, finishes.CONCRETE_DARK)
    for y in np.arange(-half_y + 5.5, half_y, 5.5):
        rectangle(-half_x, half_x, y - 0.004, y + 0.004, 0.0009, finishes.CONCRETE_DARK)
    x0, x1 = FENCE_X[0] - 0.25, FENCE_X[1] + 0.25
    y1 = FENCE_HALF_Y + 0.25
    for a, b, c, d in (
        (x0, x1, -y1, -y1 + 0.08),
        (x0, x1, y1 - 0.08, y1),
        (x0, x0 + 0.08, -y1, y1),
        (x1 - 0.08, x1, -y1, y1),
    ):
        rectangle(a, b, c, d, 0.002, finishes.FLOOR_LINE)
    rectangle(FENCE_X[1] - 0.05, FENCE_X[1] + 0.12, -CURTAIN_HALF_Y, CURTAIN_HALF_Y, 0.003, finishes.HAZARD)
    for y in (-6.0, -4.2):
        rectangle(-half_x, half_x, y - 0.05, y + 0.05, 0.002, finishes.FLOOR_LINE)
    slab = Box((half_x, half_y, 0.05), (0.0, 0.0, z - 0.05))
    return sheet.asset("floor", SemanticClass.FLOOR, (slab,))


def _fence(floor: float) -> list[Placement]:
    """Three closed sides of the cell, and the operator's side closed but for the curtain."""
    x0, x1 = FENCE_X
    side = props.fence_panel((x1 - x0) / 3)
    back = props.fence_panel(2 * FENCE_HALF_Y / 4)
    wing = props.fence_panel(FENCE_HALF_Y - CURTAIN_HALF_Y - 0.05)
    placements = []
    for k in range(3):
        x = x0 + (k + 0.5) * (x1 - x0) / 3
        placements.append(Placement.upright(side, x, FENCE_HALF_Y, floor, yaw=-np.pi / 2))
        placements.append(Placement.upright(side, x, -FENCE_HALF_Y, floor, yaw=np.pi / 2))
    for k in range(4):
        placements.append(Placement.upright(back, x0, -FENCE_HALF_Y + (k + 0.5) * FENCE_HALF_Y / 2, floor))
    middle = (FENCE_HALF_Y + CURTAIN_HALF_Y + 0.05) / 2
    placements.append(Placement.upright(wing, x1, middle, floor, yaw=np.pi))
    placements.append(Placement.upright(wing, x1, -middle, floor))
    post = props.light_curtain_post()
    placements.append(Placement.upright(post, x1, -CURTAIN_HALF_Y, floor, yaw=np.pi / 2))
    placements.append(Placement.upright(post, x1, CURTAIN_HALF_Y, floor, yaw=-np.pi / 2))
    return placements


def _around(floor: float, rng: np.random.Generator) -> list[Placement]:
    cabinet_y = float(rng.uniform(-0.9, 0.9))
    placements = [
        Placement.upright(props.control_cabinet(), FENCE_X[0] - 0.55, cabinet_y, floor, yaw=np.pi),
        Placement.upright(props.lamp_tower(), FENCE_X[0] - 0.55, cabinet_y, floor + 1.9),
    ]
    rack, drum = props.shelf_rack(rng=rng), props.drum()
    pallets = [props.pallet_of_cartons(rng=rng) for _ in range(2)]
    for y in (-7.5, -4.5, 4.5, 7.5):
        placements.append(Placement.upright(rack, -12.5, y, floor))
    for x in (-6.5, -3.5, 4.0, 7.0):
        placements.append(Placement.upright(rack, x, 9.8, floor, yaw=-np.pi / 2))
    for k in range(7):
        x, y = float(rng.uniform(-11.0, 11.0)), float(rng.choice([-9.0, -7.6, 6.2, 7.4]))
        placements.append(Placement.upright(pallets[k % 2], x, y, floor, yaw=float(rng.uniform(-0.1, 0.1))))
    for _ in range(3):
        placements.append(Placement.upright(drum, float(rng.uniform(-8.0, -3.2)), float(rng.uniform(3.0, 5.0)), floor))
    return placements


def _hall(floor: float) -> list[Placement]:
    x, y = HALL_M[0] / 2, HALL_M[1] / 2
    long, short, gate = props.hall_wall(HALL_M[0]), props.hall_wall(HALL_M[1]), props.hall_wall(HALL_M[1], door=True)
    return [
        Placement.upright(long, 0.0, y, floor, yaw=-np.pi / 2),
        Placement.upright(long, 0.0, -y, floor, yaw=np.pi / 2),
        Placement.upright(short, -x, 0.0, floor),
        Placement.upright(gate, x, 0.0, floor, yaw=np.pi),
        Placement.upright(props.roof_beams(*HALL_M), 0.0, 0.0, floor),
    ]
