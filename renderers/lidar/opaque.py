"""What most rays meet: nothing, or one opaque surface. It is read straight from the packet.

Neighbours on one triangle share its normal. Panes, and mirrors that send a ray on, take the long way of `surfaces`,
which adds the same echoes to the bit.
"""

from __future__ import annotations

import math

from ..compiled import inlined
from ..tracers.packets import LANES
from ..tracers.tables import NIR, RETRO, TRANSPARENCY
from .ground import is_ground
from .radiometry import apparent_reflectance
from .surfaces import add_surface, covered_reflectance, normal_at


@inlined
def materials_of(tables, packet, out):  # type: ignore[no-untyped-def]
    """Whether a packet hit a pane; `out` (8) gets the index of the material that each lane hit, -1 for none."""
    word, valid = packet.word, packet.valid
    mesh, face_start, face_material, material = (
        tables.mesh, tables.face_start, tables.face_material, tables.material,
    )  # fmt: skip
    glass, was_hit, was_primitive, m = False, -1, -1, -1
    for lane in range(LANES):
        out[lane] = -1
        if valid[lane] != 0 and word[144 + lane] >= 0:
            hit, primitive = word[152 + lane], word[136 + lane]
            if hit != was_hit or primitive != was_primitive:
                was_hit, was_primitive = hit, primitive
                m = face_material[face_start[mesh[hit]] + primitive]
                glass = glass or material[m, TRANSPARENCY] > 0.0
            out[lane] = m
    return glass


@inlined
def gather_opaque(tables, packet, materials, slots, receiver, air, hazy, land, e, weight):  # type: ignore[no-untyped-def]
    """Add the echoes of the eight rays of a packet that hit opaque `materials` (8) to the beams `slots` (8) of `e`."""
    lanes, word = packet.ray, packet.word
    material, orientation, moving = tables.material, tables.orientation, tables.moving
    was_hit, was_primitive, was_time = -1, -1, lanes[56]
    nx, ny, nz = 0.0, 0.0, 0.0
    for lane in range(LANES):
        b, m = slots[lane], materials[lane]
        if b < 0:
            continue
        if m < 0:
            e.reach[b] = math.inf
            continue
        ox, oy, oz = lanes[lane], lanes[8 + lane], lanes[16 + lane]
        dx, dy, dz, time, t = lanes[32 + lane], lanes[40 + lane], lanes[48 + lane], lanes[56 + lane], lanes[64 + lane]
        hit, primitive = word[152 + lane], word[136 + lane]
        if hit != was_hit or primitive != was_primitive or (time != was_time and moving[hit]):
            was_hit, was_primitive, was_time = hit, primitive, time
            nx, ny, nz = normal_at(
                orientation, moving, hit, time, lanes[96 + lane], lanes[104 + lane], lanes[112 + lane]
            )
        along = nx * dx + ny * dy + nz * dz
        cosine = min(1.0, abs(along))
        dry = apparent_reflectance(material[m, NIR], material[m, RETRO], cosine)
        now = dry
        if land.covered:
            kind = is_ground(tables.texture[m], nz if along <= 0.0 else -nz)
            if kind > 0:
                now = covered_reflectance(land, kind, material[m, NIR], material[m, RETRO], cosine)
        own = tables.material_semantic[m]
        range_m = add_surface(
            e, b, receiver, air, hazy, weight, ox, oy, oz, dx, dy, dz, t, dry, now, tables.label[hit],
            own if own > 0 else tables.semantic[hit],
        )  # fmt: skip
        e.reach[b] = max(e.reach[b], range_m)
