"""What most rays meet: nothing, or one opaque surface. It is read straight from the packet.

Neighbours on one triangle share its normal, and what is arithmetic alone is done for eight rays at once. Panes, and
mirrors that send a ray on, take the long way of `surfaces`, which adds the same echoes to the bit.
"""

from __future__ import annotations

import math

from ..compiled import inlined, kernel
from ..elementary import exponential
from ..tracers.packets import LANES
from ..tracers.tables import NIR, RETRO, TRANSPARENCY
from .ground import is_ground
from .radiometry import apparent_reflectance, signal
from .surfaces import covered_reflectance, loss, normal_at, put_surface

_NIR, _RETRO, _COSINE, _RANGE, _KIND, _LOSS, _PASSED, _GAIN, _DRY, _NOW = (LANES * n for n in range(10))
"""Where the numbers of the first lane lie in `Work.facts`: of the material; of the hit; kind of ground; exponent and
share of what the air lets pass; and what follows for the echo."""


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
def gather_opaque(tables, packet, work, receiver, air, hazy, land, e, weight):  # type: ignore[no-untyped-def]
    """Add the echoes of the eight rays of a packet that hit the opaque `work.material` to the beams `work.slots`."""
    lanes, word, slots, facts = packet.ray, packet.word, work.slots, work.facts
    material, orientation, moving = tables.material, tables.orientation, tables.moving
    was_hit, was_primitive, was_time = -1, -1, lanes[56]
    nx, ny, nz = 0.0, 0.0, 0.0
    for lane in range(LANES):
        b, m = slots[lane], work.material[lane]
        facts[_RANGE + lane], facts[_KIND + lane], facts[_LOSS + lane] = 1.0, 0.0, 0.0
        if b < 0:
            continue
        if m < 0:
            e.reach[b] = math.inf
            continue
        dx, dy, dz, time, t = lanes[32 + lane], lanes[40 + lane], lanes[48 + lane], lanes[56 + lane], lanes[64 + lane]
        hit, primitive = word[152 + lane], word[136 + lane]
        if hit != was_hit or primitive != was_primitive or (time != was_time and moving[hit]):
            was_hit, was_primitive, was_time = hit, primitive, time
            nx, ny, nz = normal_at(
                orientation, moving, hit, time, lanes[96 + lane], lanes[104 + lane], lanes[112 + lane]
            )
        along = nx * dx + ny * dy + nz * dz
        facts[_NIR + lane], facts[_RETRO + lane] = material[m, NIR], material[m, RETRO]
        facts[_COSINE + lane], facts[_RANGE + lane] = min(1.0, abs(along)), t + receiver.radius_m
        if land.covered:
            facts[_KIND + lane] = is_ground(tables.texture[m], nz if along <= 0.0 else -nz)
        if hazy:
            ox, oy, oz = lanes[lane], lanes[8 + lane], lanes[16 + lane]
            facts[_LOSS + lane] = loss(e, b, air, ox, oy, oz, dx, dy, dz, t)
    _shine(facts, len(slots), receiver, land)
    for lane in range(LANES):
        b, m = slots[lane], work.material[lane]
        if b < 0 or m < 0:
            continue
        hit, own, range_m = word[152 + lane], tables.material_semantic[m], facts[_RANGE + lane]
        kind = own if own > 0 else tables.semantic[hit]
        put_surface(
            e, b, range_m, weight, facts[_PASSED + lane], facts[_GAIN + lane], facts[_DRY + lane], facts[_NOW + lane],
            tables.label[hit], kind,
        )  # fmt: skip
        e.reach[b] = max(e.reach[b], range_m)


@kernel
def _shine(facts, lanes, receiver, land):  # type: ignore[no-untyped-def]
    """How brightly eight surfaces return, one loop without branches; idle lanes too."""
    for lane in range(lanes):
        nir, retro, cosine = facts[_NIR + lane], facts[_RETRO + lane], facts[_COSINE + lane]
        dry = apparent_reflectance(nir, retro, cosine)
        facts[_DRY + lane] = facts[_NOW + lane] = dry
        facts[_GAIN + lane] = signal(1.0, facts[_RANGE + lane], receiver.range_50_m)
        facts[_PASSED + lane] = exponential(facts[_LOSS + lane])
    if land.covered:
        for lane in range(lanes):
            kind, nir, retro, cosine = (
                facts[_KIND + lane],
                facts[_NIR + lane],
                facts[_RETRO + lane],
                facts[_COSINE + lane],
            )
            now = covered_reflectance(land, kind, nir, retro, cosine)
            facts[_NOW + lane] = now if kind > 0.0 else facts[_DRY + lane]
