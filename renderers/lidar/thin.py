"""The compiled inner loop of the plain lidar: one ray a beam, one return, no phantoms, dry ground, perfect receiver.

Nearly every beam meets nothing or one opaque surface, and its echo is decided here and now, to the bit as the long way
of `kernel.sweep` would have it. Beams that meet a pane take that way.
"""

from __future__ import annotations

from ..air import BANKS, EVEN, UNEVEN, optical_depth
from ..compiled import kernel
from ..elementary import exponential
from ..tracers.packets import query
from ..tracers.tables import NIR, RETRO
from .opaque import materials_of
from .radiometry import apparent_reflectance, signal
from .receive import LOST, PHANTOM_BIT, alarm, answer, changed, found, measured
from .scan import GROUP, set_middles
from .surfaces import follow, gather, normal_at


@kernel
def thin_sweep(  # type: ignore[no-untyped-def]
    tables, ray, packet, path, work, scan, receiver, air, land, marks, key, e, out, first, end
):
    """Fill the cells of the groups from `first` up to `end`; arguments as for `kernel.sweep`."""
    order, lanes, word, valid = scan.order, packet.ray, packet.word, packet.valid
    even = air[UNEVEN] == 0.0 and len(air) == BANKS
    hazy = air[EVEN] > 0.0 or len(air) > BANKS
    far = receiver.max_m - receiver.radius_m
    label, semantic, moving, orientation = tables.label, tables.semantic, tables.moving, tables.orientation
    material = tables.material
    for lane in range(GROUP):
        lanes[24 + lane], word[72 + lane], word[80 + lane], word[88 + lane] = 0.0, -1, 0, 0
    for g in range(first, end):
        set_middles(scan, g, packet, far)
        query(packet.intersect, valid.ctypes.data, tables.scene, lanes.ctypes.data, packet.coherent.ctypes.data)
        left, glass = False, materials_of(tables, packet, work.material)
        if glass:
            follow(tables, packet, path, False, far)
        for lane in range(GROUP):
            i = order[g, lane]
            work.cells[lane], work.slots[lane] = -1, -1
            if i < 0:
                continue
            if glass and path.met[lane] > 0:
                # a pane on the way: the long way
                left, work.cells[lane], work.slots[lane] = True, i, lane
                continue
            m = work.material[lane]
            if m < 0:
                range_m = alarm(receiver, key, i, receiver.false_alarm)
                if range_m > 0.0:
                    out.range_m[i], out.intensity[i] = range_m, 1
                continue
            hit = word[152 + lane]
            rx, ry, rz, when, t = (
                lanes[32 + lane], lanes[40 + lane], lanes[48 + lane], lanes[56 + lane], lanes[64 + lane],
            )  # fmt: skip
            nx, ny, nz = normal_at(
                orientation, moving, hit, when, lanes[96 + lane], lanes[104 + lane], lanes[112 + lane]
            )
            cosine = min(1.0, abs(nx * rx + ny * ry + nz * rz))
            rho = apparent_reflectance(material[m, NIR], material[m, RETRO], cosine)
            reach = t + receiver.radius_m
            clear, range_m, intensity = rho * signal(1.0, reach, receiver.range_50_m), 0.0, 0
            strength = clear
            if hazy:
                if even:
                    passed = exponential(-2.0 * air[EVEN] * t)
                else:
                    px, py, pz = lanes[lane], lanes[8 + lane], lanes[16 + lane]
                    passed = exponential(-2.0 * optical_depth(air, px, py, pz, rx, ry, rz, t))
                strength, rho = clear * passed, rho * passed
            if reach >= receiver.min_m and found(receiver, key, i, 0, strength):
                range_m, intensity = measured(receiver, key, i, 0, strength, rho, reach)
            if range_m > 0.0:
                own = tables.material_semantic[m]
                out.instance[i], out.true_range[i] = label[hit], reach
                out.semantic[i] = own if own > 0 else semantic[hit]
                if hazy:
                    out.truth[i] = changed(True, reach, clear, reach, strength)
            else:
                range_m = alarm(receiver, key, i, receiver.false_alarm)
                intensity = 1 if range_m > 0.0 else 0
                if hazy and reach >= receiver.min_m and found(receiver, key, i, 0, clear):
                    # what was lost cannot also have been a false alarm
                    out.truth[i] = LOST if range_m == 0.0 else LOST | PHANTOM_BIT
            out.range_m[i], out.intensity[i] = range_m, intensity
        if left:
            for b in range(GROUP):
                e.entries[b], e.reach[b], e.seen[b] = 0, 0.0, 0.0
            gather(tables, ray, packet, path, work.slots, receiver, air, hazy, land, marks, e, 1.0)
            answer(receiver, marks, key, work.cells, e, hazy, work.cos_sun, out)
