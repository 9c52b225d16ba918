"""Car bodies: a hull of seven waistlines with arches, decks front and rear, and a greenhouse of real panes.

The hull is a grid: rows are the waistlines of the style, columns run round the left half from the middle of the nose
to the middle of the tail; flank columns are put where arches and door gaps need them. Near a wheel, waistlines below
the arch are lifted onto it. The greenhouse is a second grid from the sill to the roof edge, its columns leaning with
the pillars. Build frame: x forward from the middle of the label box, y left, z up from the ground.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....renderers.scene import Material
from ...physics.specs import VehicleSpec
from .car_styles import CarStyle
from .meshes import MeshBuilder, box, extrude, grid
from .panels import F64, OPEN, ROUND, Cells, add_pair, add_skin, cells, plan_curve, smooth_through
from .vehicle_looks import BLACK, DARK, GAP, GLASS, GLASS_DARK, GLOSS_BLACK, SCREEN

SCREEN_SHARES = np.array([0.0, 0.25, 0.5, 0.7, 0.84, 0.925, 0.975, 1.0])
LEVELS = np.array([0.0, 0.07, 0.3, 0.55, 0.78, 0.9, 1.0])
"""Rows of the greenhouse: seal, panes, window frame."""
ARCH_STEPS = 10
GAP_M = 0.006
WELL_Y = 0.58


@dataclass(frozen=True, eq=False)
class Hull:
    """Grid of the lower body.

    Attributes:
        points: (7, K, 3) left half, build frame.
        first, last: columns where the flank begins and ends.
        gaps: columns that begin a door gap.

    """

    points: F64
    first: int
    last: int
    gaps: tuple[int, ...]


def hull_of(style: CarStyle, spec: VehicleSpec) -> Hull:
    """The lower body of a car in its nominal size."""
    length, width, _ = spec.size
    front, half = length / 2, width / 2
    x_rear_axle = -front + spec.rear_overhang_m
    x_front_axle = x_rear_axle + spec.wheelbase_m
    arch = spec.wheel_radius_m + 0.045
    x_a, x_b = front - style.nose_depth, -front + style.tail_depth

    around = np.cos(np.linspace(0.0, np.pi, ARCH_STEPS + 1)) * arch
    gaps = [front - d for d in style.door_cuts]
    flank = sorted(
        {
            x_a, x_b,
            *(np.round(x_front_axle + around, 6)), *(np.round(x_rear_axle + around, 6)),
            *(x + s * (arch + 0.002) for x in (x_front_axle, x_rear_axle) for s in (-1, 1)),
            *(g + s * GAP_M / 2 for g in gaps for s in (-1, 1)),
            *(0.5 * (a + b) for a, b in zip(gaps[:-1], gaps[1:], strict=True)),
        },
        reverse=True,
    )  # fmt: skip
    x_side = np.array(flank)

    knots = [x_b, x_rear_axle, front - style.cowl - 0.25, x_a]
    rows = []
    for k in range(7):
        z_side = smooth_through(x_side, knots, [style.tail_z[k], style.hip_z[k], style.cowl_z[k], style.nose_z[k]])
        taper = 1.0 - 0.035 * np.abs(x_side / front) ** 3
        y_side = half * style.width[k] * taper
        x_nose = (
            front
            - style.nose_inset[k]
            - plan_curve(ROUND[:-1], style.nose_square) * (style.nose_depth - style.nose_inset[k])
        )
        x_tail = (
            -front
            + style.tail_inset[k]
            + plan_curve(ROUND[-2::-1], style.tail_square) * (style.tail_depth - style.tail_inset[k])
        )
        lifted = z_side.copy()
        for axle in (x_front_axle, x_rear_axle):
            near = np.abs(x_side - axle) <= arch + 1e-5
            circle = spec.wheel_radius_m + np.sqrt(np.clip(arch**2 - (x_side - axle) ** 2, 0.0, None))
            flare = near & (lifted < circle)
            y_side = np.where(flare, np.maximum(y_side, half * 0.985 * taper), y_side)
            lifted = np.where(near, np.maximum(lifted, circle), lifted)
        x = np.concatenate([x_nose, x_side, x_tail])
        y = np.concatenate([y_side[0] * ROUND[:-1], y_side, y_side[-1] * ROUND[-2::-1]])
        z = np.concatenate([np.full(len(x_nose), style.nose_z[k]), lifted, np.full(len(x_tail), style.tail_z[k])])
        rows.append(np.stack([x, y, z], axis=1))
    first = len(ROUND) - 1
    starts = tuple(first + int(np.argmin(np.abs(x_side - (g + GAP_M / 2)))) for g in gaps)
    return Hull(np.array(rows), first, first + len(x_side) - 1, starts)


def add_hull(builder: MeshBuilder, hull: Hull, skin: Cells) -> None:
    """Add both halves of the lower body with the given (6, K - 1) cell materials; door gaps are cut in here."""
    look = skin.copy()
    for c in hull.gaps:
        look[1:, c] = GAP
    add_skin(builder, hull.points, look)


def deck(edge: F64, centre_x: F64, end: F64, crown: float) -> F64:
    """Bonnet or boot lid: (R + 1, K, 3) grid from flank edge points (R, 3) to a closing row `end` (K, 3), centre to
    flank.

    `edge` runs towards the closing row; `centre_x` (R,) says where each row meets the centre line.
    """
    share = end[:, 1] / end[-1, 1]
    dome = 1.0 - share**2
    rows = []
    for k, (p, x0) in enumerate(zip(edge, centre_x, strict=True)):
        fade = min(1.0, 0.35 + 0.65 * (len(edge) - 1 - k) / max(len(edge) - 1, 1))
        rows.append(np.stack([p[0] + (x0 - p[0]) * dome, p[1] * share, p[2] + crown * fade * (1.0 - share**4)], axis=1))
    return np.array([*rows, end])


def add_decks(builder: MeshBuilder, hull: Hull, style: CarStyle, spec: VehicleSpec, paint: Material) -> None:
    """Bonnet, boot lid or tailgate sill, and the ledge below the side windows."""
    front = spec.size[0] / 2
    top = hull.points[-1]
    x_corner = front - style.cowl - 0.40
    x_back = -front + (spec.size[0] - style.rear_base) + 0.20
    flank = np.arange(hull.first, hull.last + 1)
    bonnet = flank[top[flank, 0] >= x_corner][::-1]
    nose = top[: len(ROUND)]
    span = (top[bonnet, 0] - top[bonnet[0], 0]) / (top[bonnet[-1], 0] - top[bonnet[0], 0])
    start = front - style.cowl - 0.06
    centre = start + (nose[0, 0] - 0.05 - start) * span
    points = deck(top[bonnet[:-1]], centre[:-1], nose, 0.035)
    add_skin(builder, points[::-1], cells(len(points) - 1, len(ROUND) - 1, paint))

    boot = flank[top[flank, 0] <= max(x_back, top[hull.last, 0] + 0.02)]
    tail = top[hull.last :][::-1]
    span = (top[boot, 0] - top[boot[0], 0]) / min(top[boot[-1], 0] - top[boot[0], 0], -1e-6)
    start = -front + (spec.size[0] - style.rear_base) + 0.05
    centre = start + (tail[0, 0] + 0.02 - start) * span
    points = deck(top[boot[:-1]] if len(boot) > 1 else top[boot], centre[: max(len(boot) - 1, 1)], tail, 0.012)
    add_skin(builder, points, cells(len(points) - 1, len(ROUND) - 1, paint))

    ledge = top[hull.first : hull.last + 1]
    inner = ledge + np.array([0.0, -0.06, 0.006])
    add_skin(builder, np.stack([ledge, inner]), cells(1, len(ledge) - 1, paint))


def sill_height(hull: Hull, x: F64) -> F64:
    """Height of the shoulder line at x, on the flank and beyond its ends [m]."""
    top = hull.points[-1, hull.first : hull.last + 1][::-1]
    return np.asarray(np.interp(x, top[:, 0], top[:, 2]), float)


def add_greenhouse(builder: MeshBuilder, hull: Hull, style: CarStyle, spec: VehicleSpec, paint: Material) -> None:
    """Windscreen, pillars, side and rear panes, roof and headliner."""
    length, width, height = spec.size
    front, half = length / 2, width / 2
    n = len(SCREEN_SHARES)
    what = [p[0] for p in style.panes]
    base_d = np.array([style.cowl + 0.34, *(p[1] for p in style.panes)])
    roof_d = np.array([style.screen_top + 0.12, *(p[2] for p in style.panes)])
    roof_d = np.maximum.accumulate(np.minimum(roof_d, style.roof_end - 0.03))
    bow = plan_curve(SCREEN_SHARES[:-1], 3.0)
    back = plan_curve(SCREEN_SHARES[-2::-1], 5.0)
    base_end, roof_end = base_d[-1], roof_d[-1]
    base = np.concatenate([style.cowl + bow * 0.34, base_d, style.rear_base - back * (style.rear_base - base_end)])
    roof = np.concatenate([style.screen_top + bow * 0.12, roof_d, style.roof_end - back * (style.roof_end - roof_end)])
    share = np.concatenate([SCREEN_SHARES[:-1], np.ones(len(base_d)), SCREEN_SHARES[-2::-1]])

    sill = half * (style.width[-1] - 0.035)
    x0, x1 = front - base, front - roof
    y0 = share * (sill - half * 0.035 * np.abs(x0 / front) ** 3 - 0.02 * (np.arange(len(share)) >= n + len(base_d) - 2))
    y1 = share * half * style.roof_width
    z0 = sill_height(hull, x0) - 0.015 + 0.035 * (1 - share**4)
    middle = front - 0.5 * (style.screen_top + style.roof_end)
    reach = 0.5 * (style.roof_end - style.screen_top)
    fall = style.roof_fall * np.clip((x1 - middle) / reach, -1.0, 1.0) ** 2
    z1 = height - style.rail_drop - fall + 0.5 * style.rail_drop * (1 - share**2)

    low, high = np.stack([x0, y0, z0], 1), np.stack([x1, y1, z1], 1)
    bulge = np.stack([0.045 * (1 - share), 0.028 * share, np.zeros_like(share)], 1)
    bulge[-(n - 1) :, 0] *= -1
    rows = [low + (high - low) * t + bulge * 4 * t * (1 - t) for t in LEVELS]
    inward = np.stack([middle - x1, -y1, np.zeros_like(y1)], 1)
    inward /= np.linalg.norm(inward, axis=1, keepdims=True)
    inward[:, 2] = 0
    dome = np.minimum(style.rail_drop * 0.55, 0.05)
    for step, rise in ((0.012, 0.45), (0.045, 0.85), (0.10, 1.0)):
        rows.append(
            high
            + inward * step * np.minimum(1.0, 0.2 + share[:, None])
            + np.array([0, 0, dome * rise]) * share[:, None] ** 2
        )
    points = np.array(rows)

    columns = len(share) - 1
    look = cells(len(rows) - 1, columns, paint)
    panes = slice(1, 5)
    rear_glass = GLASS_DARK if style.dark_rear else GLASS
    look[panes, : n - 3] = SCREEN
    look[0, : n - 2] = GLOSS_BLACK
    look[5, : n - 3] = GLOSS_BLACK
    passed_post = False
    for k, kind in enumerate(what):
        c = n - 1 + k
        if kind == "glass":
            look[panes, c] = rear_glass if passed_post else GLASS
            look[0, c] = BLACK
            look[5, c] = GLOSS_BLACK
        elif kind == "post":
            look[0:6, c] = GLOSS_BLACK
            passed_post = True
    rear = columns - (n - 1)
    look[panes, rear + 3 :] = rear_glass
    look[0, rear + 3 :] = look[5, rear + 3 :] = GLOSS_BLACK
    add_skin(builder, points, look, crease_deg=38.0)

    rim = points[-1]
    share_in = SCREEN_SHARES[:n]
    side = rim[n - 1 : n - 1 + len(base_d)]
    crown = height - side[:, 2].max()
    flat = np.stack(
        [
            np.concatenate(
                [
                    side[None, k, :1] + np.zeros((n, 1)),
                    side[k, 1] * share_in[:, None],
                    side[k, 2] + (crown * (1 - share_in[:, None] ** 2)),
                ],
                axis=1,
            )
            for k in range(1, len(side) - 1)
        ]
    )
    sheet = np.concatenate([rim[None, :n], flat, rim[None, -n:][:, ::-1]])
    add_skin(builder, sheet, cells(len(sheet) - 1, n - 1, paint))
    lining = sheet * np.array([0.98, 0.97, 1.0]) - np.array([0, 0, 0.035])
    lining[[0, -1], :, 2] -= 0.02
    add_skin(builder, lining[:, :, :], cells(len(sheet) - 1, n - 1, BLACK))


def add_underbody(builder: MeshBuilder, hull: Hull, spec: VehicleSpec) -> None:
    """Floor pan, wheel houses and their inner walls, all dark."""
    length = spec.size[0]
    floor = float(hull.points[0, hull.first + 1, 2])
    builder.add(box((length - 0.30, 2 * WELL_Y, 0.06), (0, 0, floor + 0.03)), DARK)
    edge = hull.points[0]
    inner = edge * np.array([1.0, 0.0, 1.0]) + np.array([0.0, 1.0, 0.0]) * np.minimum(edge[:, 1:2], WELL_Y)
    low = edge[:, 2] < floor + 0.06
    under = cells(1, len(edge) - 1, OPEN)
    for k in range(len(edge) - 1):
        if low[k] and low[k + 1]:
            under[0, k] = DARK
    add_skin(builder, np.stack([inner, edge]), under)

    x_rear = -length / 2 + spec.rear_overhang_m
    arch = spec.wheel_radius_m + 0.045
    t = np.linspace(0.0, np.pi, ARCH_STEPS + 1)
    for axle in (x_rear, x_rear + spec.wheelbase_m):
        outline = np.stack([axle + arch * np.cos(t), spec.wheel_radius_m + arch * np.sin(t)], 1)
        outline = np.concatenate([[[axle + arch, floor]], outline, [[axle - arch, floor]]])
        outer = spec.size[1] / 2 * 0.955
        house = np.array([[(x, y, z) for x, z in outline] for y in (outer, WELL_Y)])
        add_pair(builder, grid(house), DARK)
        wall = extrude(outline[:, ::-1], 0.02, axis="y", at=WELL_Y - 0.02)
        add_pair(builder, wall, DARK)
