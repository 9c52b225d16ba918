"""The compiled inner loop of a lidar: the rays of each beam, what they meet, and what the receiver reports."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..air import BANKS, EVEN, optical_depth
from ..compiled import inlined, kernel
from ..elementary import exponential
from ..random import uniform
from ..tracers.packets import query
from .echoes import PHANTOM, put
from .fog import scatter, soft_echo
from .opaque import gather_opaque, materials_of
from .particles import MOST_PARTICLES, brightness, diameter, next_range
from .radiometry import FAINTEST, REFERENCE_REFLECTANCE
from .receive import answer
from .scan import GROUP, beams_of, set_rays
from .surfaces import follow, gather

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
_FOG_LANE, _CROSS_LANE, _DROP_LANE, _FLAKE_LANE = 30, 34, 64, 128


class Work(NamedTuple):
    """Small buffers of one thread.

    Attributes:
        cells, cos_sun: (8,) of the beams of a group.
        slots, material: (8,) of the lanes of a packet: which beam, and the index of its material.
        beams: (8, 13) see `scan.beams_of`.
        facts: (80,) of the lanes of a packet, see `opaque`.

    """

    cells: NDArray[np.int32]
    cos_sun: F64
    slots: NDArray[np.int32]
    material: NDArray[np.int32]
    beams: NDArray[np.float32]
    facts: F64


def new_work() -> Work:
    """Empty buffers."""
    i32 = np.int32
    return Work(
        np.zeros(GROUP, i32),
        np.zeros(GROUP),
        np.zeros(GROUP, i32),
        np.zeros(GROUP, i32),
        np.zeros((GROUP, 13), np.float32),
        np.zeros(10 * GROUP),
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
    tables, ray, packet, path, work, scan, receiver, air, curves, drops, flakes, land, marks, key, e, out, first, end
):
    """Fill the cells of the groups from `first` up to `end`; a cell depends on no other.

    Args:
        tables: of the tracer.
        ray, packet, path, work, e: buffers of this thread.
        scan: the rays.
        receiver, key: the sensor, and the random key of this sweep.
        air, curves, drops, flakes: table of the air, and its answer to this sensor.
        land, marks: cover of the ground, and artefacts.
        out: where to put the results.

    """
    order, rays = scan.order, len(scan.sub)
    lanes, word, valid = packet.ray, packet.word, packet.valid
    hazy = air[EVEN] > 0.0 or len(air) > BANKS
    marked = marks.ghosts > 0.0 or marks.crosstalk > 0.0 or marks.sunlight > 0.0 or marks.walk_m > 0.0
    mirrors = land.mirror > 0.0 or marks.ghosts > 0.0
    disturbed = hazy or land.covered or marked
    far, weight = receiver.max_m - receiver.radius_m, 1.0 / rays
    for lane in range(GROUP):
        lanes[24 + lane], word[72 + lane], word[80 + lane], word[88 + lane] = 0.0, -1, 0, 0
    for g in range(first, end):
        for b in range(GROUP):
            e.entries[b], e.reach[b], e.seen[b], work.cells[b] = 0, 0.0, 0.0, order[g, b]
        beams_of(scan, g, work.beams)
        for p in range(rays):
            set_rays(scan, g, p, work.beams, packet, work.slots, far)
            query(packet.intersect, valid.ctypes.data, tables.scene, lanes.ctypes.data, packet.coherent.ctypes.data)
            if materials_of(tables, packet, work.material) or mirrors:
                follow(tables, packet, path, True, far)
                gather(tables, ray, packet, path, work.slots, receiver, air, hazy, land, marks, e, weight)
            else:
                gather_opaque(tables, packet, work, receiver, air, hazy, land, e, weight)
        if disturbed:
            _phantoms(receiver, air, hazy, curves, drops, flakes, marks, key, work, e)
        answer(receiver, marks, key, work.cells, e, disturbed, work.cos_sun, out)


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
        _particles(drops, _DROP_LANE, air, ox, oy, oz, dx, dy, dz, limit, key, i, e, b)
        _particles(flakes, _FLAKE_LANE, air, ox, oy, oz, dx, dy, dz, limit, key, i, e, b)
        if marks.crosstalk > 0.0 and uniform(key, i, _CROSS_LANE) < marks.crosstalk:
            r = receiver.min_m + (receiver.max_m - receiver.min_m) * uniform(key, i, _CROSS_LANE + 1)
            strength = 1.0 - 2.0 * math.log(1.0 - uniform(key, i, _CROSS_LANE + 2))
            put(e, b, r, strength, strength * per_strength * r * r, 0.0, 0.0, 0, 0, PHANTOM, _CROSS_LANE + 4)


@inlined
def _particles(kind, lane, air, ox, oy, oz, dx, dy, dz, limit, key, i, e, b):  # type: ignore[no-untyped-def]
    """Add the particles of one kind that beam b, of cell i, meets before `limit`."""
    so_far = 0.0
    for k in range(MOST_PARTICLES if len(kind.seen) > 0 else 0):
        so_far, r = next_range(kind, so_far, key, i, lane + 4 * k)
        if r >= limit:
            break
        rho = brightness(kind, diameter(kind, r, key, i, lane + 4 * k + 1), r)
        rho *= exponential(-2.0 * optical_depth(air, ox, oy, oz, dx, dy, dz, r))
        put(e, b, r, kind.gain * rho / (r * r), rho, 0.0, 0.0, 0, 0, PHANTOM, lane + 4 * k + 2)
