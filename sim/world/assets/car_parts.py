"""What makes a car hull read as a car: lamps, grille, plates, mirrors, handles, and a cabin behind the glass."""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Material, Texture
from ...physics.specs import VehicleSpec
from .car_body import Hull, sill_height
from .car_styles import CarStyle
from .meshes import MeshBuilder, box, cylinder, disc, ellipsoid, grid, loft, rounded_box, tube
from .panels import Cells, add_pair, cells, plan_curve
from .vehicle_looks import (
    BLACK,
    BRAKE,
    CHROME,
    DARK,
    GLOSS_BLACK,
    HEAD,
    INDICATOR_LEFT,
    INK,
    PLATE,
    PLATE_BAND,
    REFLECTOR_RED,
    REVERSE,
    TAIL,
)

TAIL_LAMPS = (
    (TAIL, TAIL, INDICATOR_LEFT, BRAKE, BRAKE, REVERSE),
    (BRAKE, BRAKE, BRAKE, INDICATOR_LEFT, TAIL, TAIL),
    (TAIL, BRAKE, BRAKE, TAIL, INDICATOR_LEFT, REVERSE),
)
"""Chambers of the left tail lamp, from the flank inwards."""
TRIM: tuple[RGB, ...] = ((0.035, 0.035, 0.038), (0.09, 0.09, 0.095), (0.30, 0.24, 0.17), (0.05, 0.045, 0.04))


def hull_cells(hull: Hull, style: CarStyle, paint: Material, *, face: int, lamps: int, tail_lamps: int) -> Cells:
    """(6, K - 1) materials of the lower body; there are three designs each of face, head lamps and tail lamps."""
    look = cells(6, hull.points.shape[1] - 1, paint)
    end = look.shape[1]
    look[0, :] = BLACK
    look[1, :] = BLACK if style.clad else paint
    look[1, : 4 + face] = BLACK
    look[1, end - 5 :] = BLACK
    look[2, 0 : (0, 3, 0)[face]] = BLACK
    look[4, 0:3] = GLOSS_BLACK
    if face == 1:
        look[3, 0:3] = BLACK
    look[4, 3:8] = HEAD if lamps == 2 else GLOSS_BLACK
    look[4, 8] = INDICATOR_LEFT
    tail = hull.last
    if style.panel_van:  # upright lamps at the corners of a van
        look[3, tail : tail + 3] = TAIL
        look[4, tail : tail + 3] = BRAKE
        look[4, tail + 2] = INDICATOR_LEFT
        look[5, tail : tail + 3] = BRAKE
    else:
        look[4, tail - 1] = TAIL
        look[4, tail : tail + 6] = TAIL_LAMPS[tail_lamps]
    return look


def add_plate(builder: MeshBuilder, x: float, z: float, heading: float, *, rng: np.random.Generator) -> None:
    """Retro-reflective number plate facing `heading` (+1 forward, -1 back) with seven dark characters."""
    builder.add(box((0.024, 0.52, 0.112), (x, 0, z)), PLATE)
    face = x + heading * 0.0125
    builder.add(box((0.002, 0.04, 0.108), (face, heading * -0.237, z)), PLATE_BAND)
    for k in range(7):
        y = -heading * (0.063 * (k - 2.9)) * -1.0
        width = float(rng.uniform(0.028, 0.042))
        builder.add(box((0.002, width, 0.072), (face, -y, z)), INK)
        if rng.random() < 0.7:
            builder.add(
                box((0.003, width * 0.45, 0.026), (face, -y, z + float(rng.choice([-0.012, 0.0, 0.014])))), PLATE
            )


def add_trim(
    builder: MeshBuilder, hull: Hull, style: CarStyle, spec: VehicleSpec, paint: Material, *, rng: np.random.Generator
) -> None:
    """Plates, grille bars, badge, mirrors, handles, third brake lamp, fog lamps, reflectors, roof rails, aerial."""
    length, width, height = spec.size
    front, half = length / 2, width / 2
    add_plate(builder, front - 0.012, style.nose_z[2] + 0.075, 1.0, rng=rng)
    z_plate = 0.5 * (style.tail_z[4] + style.tail_z[5])
    add_plate(
        builder, -front + 0.5 * (style.tail_inset[4] + style.tail_inset[5]) - 0.004, z_plate - 0.02, -1.0, rng=rng
    )

    z_low, z_high = style.nose_z[4], style.nose_z[5]
    i_low, i_high = style.nose_inset[4], style.nose_inset[5]
    bars = int(rng.integers(2, 5))
    for k in range(bars):
        t = (k + 0.5) / bars
        y = np.array([-0.34, -0.2, 0.0, 0.2, 0.34]) * half / 0.9
        bow = 0.006 + 0.10 * np.abs(y / half) ** style.nose_square * style.nose_depth * 4
        path = np.stack(
            [front - (i_low + t * (i_high - i_low)) - bow + 0.004, y, np.full(5, z_low + t * (z_high - z_low))], 1
        )
        builder.add(tube(path, 0.008, sides=5), CHROME if rng.random() < 0.7 else BLACK)
    badge = front - 0.5 * (i_low + i_high) + 0.004
    builder.add(cylinder(0.05, 0.02, sides=16, axis="x").moved(badge, 0, 0.5 * (z_low + z_high) + 0.005), CHROME)
    builder.add(
        cylinder(0.04, 0.02, sides=16, axis="x").moved(-front + style.tail_inset[5] - 0.0, 0, style.tail_z[5] + 0.02),
        CHROME,
    )

    x_mirror = front - style.cowl - 0.55
    z_belt = float(np.interp(x_mirror, hull.points[-1, ::-1, 0], hull.points[-1, ::-1, 2]))
    y_door = half * style.width[-1] - 0.02
    shell = ellipsoid((0.075, 0.125, 0.085), (x_mirror, y_door + 0.155, z_belt + 0.095), sides=12, rings=7)
    add_pair(builder, shell, paint)
    add_pair(builder, box((0.06, 0.12, 0.03), (x_mirror, y_door + 0.03, z_belt + 0.045)), BLACK)
    add_pair(
        builder,
        disc(1.0, sides=14, axis="x")
        .flipped()
        .scaled(1, 0.105, 0.068)
        .moved(x_mirror - 0.052, y_door + 0.155, z_belt + 0.095),
        GLOSS_BLACK,
    )

    cuts = [front - d for d in style.door_cuts]
    for x in cuts[1:]:
        y_skin = float(np.interp(x, hull.points[4, ::-1, 0], hull.points[4, ::-1, 1]))
        z_skin = float(np.interp(x, hull.points[5, ::-1, 0], hull.points[5, ::-1, 2])) - 0.055
        add_pair(
            builder, rounded_box((0.19, 0.045, 0.030), 0.013, (x + 0.15, y_skin - 0.004, z_skin), segments=2), paint
        )

    z_top = height - style.rail_drop * 0.5 - style.roof_fall
    x_top = -front + (length - style.roof_end)
    if style.roof_end > style.rear_base - 0.5 and not style.panel_van:
        add_spoiler(builder, x_top, style, spec, paint)
    else:
        builder.add(box((0.03, 0.36, 0.022), (x_top - 0.075, 0, z_top - 0.045)), BRAKE)

    y_fog, y_cat = 0.62 * half, 0.60 * half
    fog = cylinder(0.042, 0.03, sides=12, axis="x")
    add_pair(
        builder,
        fog.moved(skin_x(hull, 1, y_fog, 1) - 0.008, y_fog, 0.5 * (style.nose_z[1] + style.nose_z[2])),
        GLOSS_BLACK,
    )
    add_pair(
        builder,
        box((0.03, 0.16, 0.03), (skin_x(hull, 1, y_cat, -1) + 0.008, y_cat, style.tail_z[2] - 0.06)),
        REFLECTOR_RED,
    )
    if style.rails:
        y_rail = half * style.roof_width - 0.05
        xs = np.linspace(front - style.screen_top - 0.35, x_top + 0.25, 8)
        zs = height - style.rail_drop * 0.42 + np.array([-0.03, 0.005, 0.012, 0.016, 0.016, 0.012, 0.0, -0.045])
        zs = np.minimum(zs, height - 0.014)
        add_pair(builder, tube(np.stack([xs, np.full(8, y_rail), zs], 1), 0.016, sides=6), BLACK)


def skin_x(hull: Hull, row: int, y: float, heading: int) -> float:
    """X of a waistline at lateral position y [m], on the nose (heading +1) or the tail (-1)."""
    line = hull.points[row, : hull.first + 1] if heading > 0 else hull.points[row, hull.last :][::-1]
    return float(np.interp(y, line[:, 1], line[:, 0]))


def add_spoiler(builder: MeshBuilder, x_top: float, style: CarStyle, spec: VehicleSpec, paint: Material) -> None:
    """A lip that carries on the roof line over the rear window, with the third brake lamp in it."""
    share = np.linspace(-0.93, 0.93, 9)
    y = share * spec.size[1] / 2 * style.roof_width
    z = spec.size[2] - style.rail_drop - style.roof_fall + 0.5 * style.rail_drop * (1 - share**2)
    x = x_top + 0.18 * plan_curve(np.abs(share), 5.0)
    section = np.array([(0.16, 0.028), (-0.07, 0.010), (-0.075, -0.022), (0.08, -0.030)])
    rings = [[(xk + dx, yk, zk + dz) for dx, dz in section] for xk, yk, zk in zip(x, y, z, strict=True)]
    builder.add(loft(np.array(rings)), paint)
    builder.add(box((0.012, 0.30, 0.018), (x_top - 0.074, 0, float(z[4]) - 0.006)), BRAKE)


def add_lamps(builder: MeshBuilder, hull: Hull, style: CarStyle, design: int) -> None:
    """What shines inside dark head lamp housings: one or two projectors and a strip; design 2 is one whole lens."""
    if design == 2:
        return
    low, high = style.nose_z[4], style.nose_z[5]
    z, tall = 0.5 * (low + high), 0.36 * (high - low)
    radii = (0.03, tall * (1.3 if design == 0 else 1.9), tall)
    half = float(hull.points[4, hull.first, 1])
    for share in (0.62, 0.79) if design == 0 else (0.72,):
        y = share * half
        x = 0.5 * (skin_x(hull, 4, y, 1) + skin_x(hull, 5, y, 1))
        add_pair(
            builder,
            ellipsoid(radii, (x - 0.012, y, z), sides=12, rings=6),
            HEAD,
        )
    y_strip = np.array([0.55, 0.68, 0.80, 0.89, 0.95, 0.985]) * half
    t = 0.16 if design == 0 else 0.86
    x_strip = [(1 - t) * skin_x(hull, 4, float(y), 1) + t * skin_x(hull, 5, float(y), 1) for y in y_strip]
    path = np.stack([np.array(x_strip), y_strip, np.full(6, low + t * (high - low))], 1)
    add_pair(builder, tube(path, 0.010, sides=6), HEAD)


def add_cabin(
    builder: MeshBuilder, hull: Hull, style: CarStyle, spec: VehicleSpec, *, rng: np.random.Generator
) -> None:
    """Inner door walls, floor, firewall, dashboard, steering wheel (left-hand drive) and seats; draws one number."""
    front, half = spec.size[0] / 2, spec.size[1] / 2
    trim = TRIM[int(rng.integers(0, len(TRIM)))]
    seat = Material(trim, 0.85, 0.0, 0.3, texture=Texture.CLOTH)
    belt = style.cowl_z[-1]
    x_fire, x_end = front - style.cowl - 0.18, front - style.rear_base + 0.06
    y_in = half * style.width[-1] - 0.09
    xs = np.linspace(x_fire - 0.25, x_end, 8)
    y_in_at = y_in - half * 0.05 * np.abs(xs / front) ** 3
    top = np.interp(xs, hull.points[-1, ::-1, 0], hull.points[-1, ::-1, 2]) - 0.01
    wall = np.stack([np.stack([xs, y_in_at, np.full(8, 0.36)], 1), np.stack([xs, y_in_at, top], 1)])
    add_pair(builder, grid(wall).flipped(), BLACK)
    builder.add(box((x_fire - x_end, 2 * y_in, 0.02), ((x_fire + x_end) / 2, 0, 0.36)), DARK)
    builder.add(box((0.03, 2 * y_in - 0.06, belt - 0.42), (x_end + 0.05, 0, 0.36 + (belt - 0.42) / 2)), DARK)
    # the firewall, up to the bonnet: without it the headlamps would be seen from behind through the windows
    x_wall, y_wall = front - style.cowl - 0.05, np.linspace(-y_in, y_in, 7) * 1.05
    z_wall = float(sill_height(hull, np.array([x_wall]))[0]) + 0.035 * (1.0 - (y_wall / half) ** 2)
    feet = np.stack([np.full(7, x_wall), y_wall, np.full(7, 0.36)], 1)
    builder.add(grid(np.stack([feet, np.stack([np.full(7, x_wall), y_wall, z_wall], 1)])), DARK)
    builder.add(rounded_box((0.52, 2 * y_in - 0.10, 0.30), 0.09, (x_fire - 0.36, 0, belt - 0.155), segments=2), BLACK)

    x_driver = x_fire - 1.25
    hub = np.array([x_fire - 0.70, 0.37, belt - 0.03])
    t = np.linspace(0, 2 * np.pi, 15)[:-1]
    wheel = np.stack([-0.16 * np.sin(t) * 0.45, 0.185 * np.cos(t), 0.185 * np.sin(t) * 0.93], 1) + hub
    builder.add(tube(np.concatenate([wheel, wheel[:1]]), 0.016, sides=5, caps=False), BLACK)
    builder.add(box((0.03, 0.34, 0.05), hub.tolist()), BLACK)

    seat_z, lean = belt - 0.42, 0.20
    rows = [(x_driver, (0.37, -0.37), 0.50, 0.64)]
    if not style.panel_van:
        rows.append((x_driver - 0.80, (0.36, -0.36), 0.62, 0.52))
    for x, places, w, tall in rows:
        for y in places:
            builder.add(rounded_box((0.50, w, 0.20), 0.07, (x + 0.22, y, seat_z), segments=2), seat)
            back = rounded_box((0.17, w, tall), 0.075, (0, 0, tall / 2 - 0.02), segments=2).rotated("y", -lean)
            builder.add(back.moved(x - 0.02, y, seat_z + 0.02), seat)
            rest = rounded_box((0.09, 0.27, 0.17), 0.04, (0, 0, tall + 0.09), segments=2).rotated("y", -lean)
            builder.add(rest.moved(x - 0.01, y, seat_z + 0.02), seat)
    builder.add(
        box((0.02, 0.22, 0.06), (front - style.screen_top - 0.02, 0, spec.size[2] - style.rail_drop - 0.14)), BLACK
    )
