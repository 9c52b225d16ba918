"""From what a beam meets to the echoes a receiver tells apart, and which of them it reports.

Every surface, droplet or ghost in the beam is an entry of `Echoes` with its strength. Entries closer in range than the
echo separation become one echo at their power-weighted mean (a mixed pixel, where they are different things); the
strength of an echo is the sum, its label that of the strongest entry. Each echo is found or missed by a draw of its
own, bound to what it is (the n-th surface, the fog, the n-th drop), so that one more echo changes no other's luck.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]

STRONGEST, LAST, FIRST, DUAL = 0, 1, 2, 3
RETURNS = {"strongest": STRONGEST, "last": LAST, "first": FIRST, "dual": DUAL}
SURFACE, PHANTOM = 0, 1
_APART_M = 0.1
"""A mean farther than this from its strongest member is at the place of neither."""


RANGE, POWER, RHO, CLEAR, CLEAR_RHO = 0, 1, 2, 3, 4
"""Columns of `Echoes.entry`: range, strength, apparent reflectance; and the last two in clear air over bare ground and
without artefacts, 0 for phantoms."""
LABEL, KIND, SOURCE, LANE = 0, 1, 2, 3
"""Columns of `Echoes.what`: object id, class id, `SURFACE` or `PHANTOM`, and random lane of phantoms."""
WAS_RANGE, WAS_POWER = 3, 4
TOP, ECHO_LANE, MIXED, FOUND = 0, 1, 2, 3
"""Columns of `Echoes.which`: strongest entry, random lane, whether it is a mixed pixel, whether it was found."""


class Echoes(NamedTuple):
    """Buffers for eight beams; one per thread.

    Attributes:
        entries: (8,) how many each beam has.
        reach: (8,) how far each beam reaches [m], infinite where nothing stops all of it.
        seen, depth: (8,) range up to which the optical depth of each beam is known, 0 for none, and that depth.
        entry: (8, E, 5) float64, and what: (8, E, 4) int32, entries of each beam.
        order: (E,) entries of one beam by range.
        echo: (E, 5) range, strength and reflectance, range and strength in clear air, and which: (E, 4), of the echoes
            of one beam.

    """

    entries: I32
    reach: F64
    seen: F64
    depth: F64
    entry: F64
    what: I32
    order: I32
    echo: F64
    which: I32


def new_echoes(size: int) -> Echoes:
    """Empty buffers for `size` entries."""
    return Echoes(
        np.zeros(8, np.int32), np.zeros(8), np.zeros(8), np.zeros(8), np.zeros((8, size, 5)),
        np.zeros((8, size, 4), np.int32), np.zeros(size, np.int32), np.zeros((size, 5)), np.zeros((size, 4), np.int32),
    )  # fmt: skip


@inlined
def put(e, b, range_m, power, rho, clear, clear_rho, label, kind, source, lane):  # type: ignore[no-untyped-def]
    """Add an entry to beam b if there is room."""
    n = e.entries[b]
    if n < len(e.order):
        e.entry[b, n, 0], e.entry[b, n, 1], e.entry[b, n, 2] = range_m, power, rho
        e.entry[b, n, 3], e.entry[b, n, 4] = clear, clear_rho
        e.what[b, n, 0], e.what[b, n, 1], e.what[b, n, 2], e.what[b, n, 3] = label, kind, source, lane
        e.entries[b] = n + 1


@inlined
def sort(e, b):  # type: ignore[no-untyped-def]
    """Order the entries of beam b by range; returns whether all of them are there both now and in clear air."""
    both = True
    for a in range(e.entries[b]):
        both = both and e.entry[b, a, CLEAR] > 0.0 and e.entry[b, a, POWER] > 0.0
        r, k = e.entry[b, a, RANGE], a - 1
        while k >= 0 and e.entry[b, e.order[k], RANGE] > r:
            e.order[k + 1] = e.order[k]
            k -= 1
        e.order[k + 1] = a
    return both


@inlined
def merge(e, b, power, rho, separation_m):  # type: ignore[no-untyped-def]
    """Echoes of the sorted entries of beam b, by these columns; returns how many there are.

    With them come what they were in clear air (`WAS_RANGE`, `WAS_POWER`), which is of use where no entry is a phantom.
    """
    entry, what, echo, which, order = e.entry, e.what, e.echo, e.which, e.order
    n, count, members, surfaces, real = e.entries[b], 0, 0, 0, False
    last, top, mixed = 0.0, -1, False
    far, strength, bright, was_far, was_strength = 0.0, 0.0, 0.0, 0.0, 0.0
    for a in range(n + 1):
        i = order[a] if a < n else -1
        if a < n and not entry[b, i, power] > 0.0:
            continue
        if members > 0 and (a == n or entry[b, i, RANGE] - last > separation_m):
            # this echo is complete; the mean of one is the one itself, not what rounding makes of it
            near, was_near = entry[b, top, RANGE], entry[b, top, RANGE]
            if members > 1:
                near, was_near = far / strength, was_far / max(was_strength, 1e-300)
            echo[count, RANGE], echo[count, POWER], echo[count, RHO] = near, strength, bright
            echo[count, WAS_RANGE], echo[count, WAS_POWER] = was_near, was_strength
            which[count, TOP] = top
            which[count, MIXED] = 1 if mixed and abs(near - entry[b, top, RANGE]) > _APART_M else 0
            if real:
                which[count, ECHO_LANE] = 0 if surfaces == 0 else 8 + 2 * min(surfaces, 8)
                surfaces += 1
            else:
                which[count, ECHO_LANE] = what[b, top, LANE]
            count, members = count + 1, 0
        if a == n:
            break
        if members == 0:
            top, mixed, real = i, False, False
            far, strength, bright, was_far, was_strength = 0.0, 0.0, 0.0, 0.0, 0.0
        elif (
            what[b, i, LABEL] != what[b, top, LABEL] or what[b, i, KIND] != what[b, top, KIND]
            or what[b, i, SOURCE] != what[b, top, SOURCE]
        ):  # fmt: skip
            mixed = True
        if entry[b, i, power] > entry[b, top, power]:
            top = i
        last = entry[b, i, RANGE]
        far += entry[b, i, power] * last
        strength += entry[b, i, power]
        bright += entry[b, i, rho]
        was_far += entry[b, i, CLEAR] * last
        was_strength += entry[b, i, CLEAR]
        members, real = members + 1, real or what[b, i, SOURCE] == SURFACE
    return count


@inlined
def choose(e, count, mode, taken):  # type: ignore[no-untyped-def]
    """The echo to report among those found, -1 for none; `taken` is one already reported."""
    best = -1
    for k in range(count):
        if e.which[k, FOUND] == 0 or k == taken:
            continue
        if best < 0 or mode == LAST or (mode != FIRST and e.echo[k, POWER] > e.echo[best, POWER]):
            best = k
    return best
