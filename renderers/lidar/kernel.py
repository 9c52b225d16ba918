"""The compiled inner loop of a lidar: rays of each beam at their instants, what they meet, what the receiver reports.

The usual beam, one ray that meets one opaque surface in clear air, takes a short way through; it is the same to the bit
as the long one, on which everything in the beam is collected first.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..air import BANKS, EVEN, UNEVEN, optical_depth
from ..camera.compiled import inlined, kernel
from ..random import uniform
from ..tracers.packets import query
from ..tracers.tables import NIR, RETRO, TRANSPARENCY
from .echoes import DUAL, PHANTOM, put
from .fog import scatter, soft_echo
from .glance import ABSENT, CAST, FLAT, SLOPE, flat_echo, judge
from .particles import MOST_PARTICLES, brightness, diameter, next_range
from .radiometry import FAINTEST, REFERENCE_REFLECTANCE, apparent_reflectance, signal
from .receive import LOST, PHANTOM_BIT, alarm, answer, changed, found, measured
from .scan import GROUP, beams_of, set_middles, set_ray
from .surfaces import cos_incidence, follow, gather

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
_FOG_LANE, _CROSS_LANE, _DROP_LANE, _FLAKE_LANE = 30, 34, 64, 128


class Work(NamedTuple):
    """Small buffers of one thread.

    Attributes:
        cells, cos_sun: (8,) of the beams of a group.
        slots, material: (8,) of the lanes of a packet: which beam, and the index of its material.
        beams: (8, 13) see `scan.beams_of`.

    """

    cells: NDArray[np.int32]
    cos_sun: F64
    slots: NDArray[np.int32]
    material: NDArray[np.int32]
    beams: NDArray[np.float32]


def new_work() -> Work:
    """Empty buffers."""
    i32 = np.int32
    return Work(
        np.zeros(GROUP, i32),
        np.zeros(GROUP),
        np.zeros(GROUP, i32),
        np.zeros(GROUP, i32),
        np.zeros((GROUP, 13), np.float32),
    )


class Output(NamedTuple):
    """The arrays of a `LidarFrame`, flat; those of second returns and strengths are empty where not asked for."""

    range_m: NDArray[np.float32]
    intensity: U8
    instance: NDArray[np.int32]
    semantic: U8
    true_range: NDArray[np.float32]
    truth: U8
    range_2: NDArray[np.float32]
    intensity_2: U8
    instance_2: NDArray[np.int32]
    semantic_2: U8
    strength: NDArray[np.float32]


@kernel
def sweep(  # type: ignore[no-untyped-def]
    tables,
    ray,
    packet,
    path,
    work,
    scan,
    seen,
    receiver,
    air,
    curves,
    drops,
    flakes,
    land,
    marks,
    key,
    e,
    out,
    first,
    end,
):
    """Fill the cells of the groups from `first` up to `end`; a cell depends on no other.

    Args:
        tables: of the tracer.
        ray, packet, path, work, e: buffers of this thread.
        scan: the rays.
        seen: what the middle of every beam meets, see `glance`; empty where all sub-rays are to be cast.
        receiver, key: the sensor, and the random key of this sweep.
        air, curves, drops, flakes: table of the air, and its answer to this sensor.
        land, marks: cover of the ground, and artefacts.
        out: where to put the results.

    """
    order, rays = scan.order, len(scan.sub)
    lanes, word, valid = packet.ray, packet.word, packet.valid
    even = air[UNEVEN] == 0.0 and len(air) == BANKS
    hazy = air[EVEN] > 0.0 or len(air) > BANKS
    quiet_air = not hazy or (curves.gain == 0.0 and len(drops.seen) == 0 and len(flakes.seen) == 0)
    marked = marks.ghosts > 0.0 or marks.crosstalk > 0.0 or marks.sunlight > 0.0 or marks.walk_m > 0.0
    disturbed = hazy or land.covered or marked
    short = rays == 1 and quiet_air and not (land.covered or marked or len(out.strength) > 0 or receiver.mode == DUAL)
    far, weight, glanced = receiver.max_m - receiver.radius_m, 1.0 / rays, len(seen.hit) > 0
    mesh, label, semantic, moving, orientation = (
        tables.mesh, tables.label, tables.semantic, tables.moving, tables.orientation,
    )  # fmt: skip
    face_start, face_material, material = tables.face_start, tables.face_material, tables.material
    for lane in range(GROUP):
        lanes[24 + lane], word[72 + lane], word[80 + lane], word[88 + lane] = 0.0, -1, 0, 0
    for g in range(first, end):
        left = False
        for b in range(GROUP):
            e.entries[b], e.reach[b], e.seen[b], work.cells[b] = 0, 0.0, 0.0, -1
        beams_of(scan, g, work.beams, rays > 1)
        if short:
            set_middles(scan, g, work.beams, packet, far)
            for lane in range(GROUP):
                work.slots[lane] = lane if order[g, lane] >= 0 else -1
            query(packet.intersect, valid.ctypes.data, tables.scene, lanes.ctypes.data, packet.coherent.ctypes.data)
            glass = False
            for lane in range(GROUP):
                # a miss has no surface, an opaque one is done below, only panes are followed
                path.met[lane] = 0
                if valid[lane] != 0 and word[144 + lane] >= 0:
                    m = face_material[face_start[mesh[word[152 + lane]]] + word[136 + lane]]
                    path.met[lane] = -1
                    work.material[lane] = m
                    glass = glass or material[m, TRANSPARENCY] > 0.0
            if glass:
                follow(tables, packet, path, False, far)
            for lane in range(GROUP):
                i = order[g, lane]
                if i < 0 or path.met[lane] > 0:
                    # a pane on the way: the long way
                    left = left or i >= 0
                    work.cells[lane] = i
                    continue
                work.slots[lane] = -1
                if path.met[lane] == 0:
                    range_m = alarm(receiver, key, i, receiver.false_alarm)
                    if range_m > 0.0:
                        out.range_m[i], out.intensity[i] = range_m, 1
                    continue
                hit, m = word[152 + lane], work.material[lane]
                rx, ry, rz, when = lanes[32 + lane], lanes[40 + lane], lanes[48 + lane], lanes[56 + lane]
                nx, ny, nz, t = lanes[96 + lane], lanes[104 + lane], lanes[112 + lane], lanes[64 + lane]
                cosine = cos_incidence(orientation, moving, hit, when, rx, ry, rz, nx, ny, nz)
                rho = apparent_reflectance(material[m, NIR], material[m, RETRO], cosine)
                reach = t + receiver.radius_m
                clear, range_m, intensity = signal(rho, reach, receiver.range_50_m), 0.0, 0
                strength = clear
                if hazy:
                    if even:
                        passed = math.exp(-2.0 * air[EVEN] * t)
                    else:
                        px, py, pz = lanes[lane], lanes[8 + lane], lanes[16 + lane]
                        passed = math.exp(-2.0 * optical_depth(air, px, py, pz, rx, ry, rz, t))
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
                gather(tables, ray, packet, path, work.slots, receiver, air, hazy, land, marks, e, 1.0)
        else:
            lane = 0
            for b in range(GROUP):
                i = order[g, b]
                work.cells[b] = i
                kind = ABSENT if i < 0 else (judge(tables, scan, seen, receiver, work.beams, b, i) if glanced else CAST)
                if kind in (FLAT, SLOPE):
                    flat_echo(tables, scan, seen, receiver, air, hazy, land, work.beams, b, i, kind == SLOPE, e)
                for s in range(rays if kind == CAST else 0):
                    set_ray(scan, work.beams, b, s if rays > 1 else -1, packet, lane, far)
                    work.slots[lane] = b
                    lane += 1
                    if lane == GROUP:
                        _cast(tables, ray, packet, path, work, receiver, air, hazy, land, marks, e, weight, far)
                        lane = 0
            if lane > 0:
                for k in range(lane, GROUP):
                    valid[k], work.slots[k] = 0, -1
                _cast(tables, ray, packet, path, work, receiver, air, hazy, land, marks, e, weight, far)
        if disturbed and not short:
            _phantoms(receiver, air, hazy, curves, drops, flakes, marks, key, work, e)
        if left or not short:
            answer(receiver, marks, key, work.cells, e, disturbed, work.cos_sun, out)


@kernel
def _cast(tables, ray, packet, path, work, receiver, air, hazy, land, marks, e, weight, far):  # type: ignore[no-untyped-def]
    """Cast the rays of a packet, follow them and add their echoes to their beams."""
    query(
        packet.intersect, packet.valid.ctypes.data, tables.scene, packet.ray.ctypes.data, packet.coherent.ctypes.data
    )  # fmt: skip
    follow(tables, packet, path, True, far)
    gather(tables, ray, packet, path, work.slots, receiver, air, hazy, land, marks, e, weight)


@inlined
def _phantoms(receiver, air, hazy, curves, drops, flakes, marks, key, work, e):  # type: ignore[no-untyped-def]
    """Add what the air and foreign lidars put into eight beams; also their cosines to the sun."""
    beams, per_strength = work.beams, REFERENCE_REFLECTANCE / receiver.range_50_m**2
    for b in range(GROUP):
        i = work.cells[b]
        if i < 0:
            continue
        limit = min(e.reach[b], receiver.max_m)
        ox, oy, oz, dx, dy, dz = beams[b, 0], beams[b, 1], beams[b, 2], beams[b, 3], beams[b, 4], beams[b, 5]
        work.cos_sun[b] = dx * marks.sun_x + dy * marks.sun_y + dz * marks.sun_z
        if hazy and curves.gain > 0.0:
            r, strength = soft_echo(curves, air, ox, oy, oz, dx, dy, dz, limit)
            if strength > FAINTEST:
                shown = min(r + scatter(curves, uniform(key, i, _FOG_LANE + 2)), limit)
                rho = strength * per_strength * shown * shown
                put(e, b, shown, strength, rho, 0.0, 0.0, 0, 0, PHANTOM, _FOG_LANE)
        for of in range(2):
            kind, lane = (drops, _DROP_LANE) if of == 0 else (flakes, _FLAKE_LANE)
            so_far = 0.0
            for k in range(MOST_PARTICLES if len(kind.seen) > 0 else 0):
                so_far, r = next_range(kind, so_far, key, i, lane + 4 * k)
                if r >= limit:
                    break
                rho = brightness(kind, diameter(kind, r, key, i, lane + 4 * k + 1), r)
                rho *= math.exp(-2.0 * optical_depth(air, ox, oy, oz, dx, dy, dz, r))
                put(e, b, r, kind.gain * rho / (r * r), rho, 0.0, 0.0, 0, 0, PHANTOM, lane + 4 * k + 2)
        if marks.crosstalk > 0.0 and uniform(key, i, _CROSS_LANE) < marks.crosstalk:
            r = receiver.min_m + (receiver.max_m - receiver.min_m) * uniform(key, i, _CROSS_LANE + 1)
            strength = 1.0 - 2.0 * math.log(1.0 - uniform(key, i, _CROSS_LANE + 2))
            put(e, b, r, strength, strength * per_strength * r * r, 0.0, 0.0, 0, 0, PHANTOM, _CROSS_LANE + 4)
