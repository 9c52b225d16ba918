"""What faults of lidars do to the cells of an organised sweep: choose, mark, wipe, move columns.

A return is a cell whose range is not 0. A lost return loses range, intensity and labels, a second return with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..random import uniform
from ..truth import Truth
from .fault import Work
from .frame import F64

Mask = NDArray[np.bool_]

_ECHO = ("range", "intensity", "instance", "semantic", "true_range")


def echo_arrays(work: Work, suffix: str = "") -> list[str]:
    """Names of the arrays that describe the first ("") or second ("_2") returns."""
    return [name + suffix for name in _ECHO if name + suffix in work.data]


def clear_returns(work: Work, suffix: str, cells: NDArray[np.int64]) -> None:
    """Wipe the returns of flat cells."""
    for name in echo_arrays(work, suffix) if len(cells) else ():
        work.own(name).reshape(-1)[cells] = 0


@kernel
def _zero(values, mask):  # type: ignore[no-untyped-def]
    for i in range(len(values)):
        if mask[i]:
            values[i] = 0


@kernel
def _mark_returns(ranges, mask, bits, truth):  # type: ignore[no-untyped-def]
    touched = 0
    for i in range(len(ranges)):
        if mask[i] and ranges[i] != 0.0:
            truth[i] |= bits
            touched += 1
    return touched


@kernel
def _choose(key, chance, mask):  # type: ignore[no-untyped-def]
    for i in range(len(mask)):
        mask[i] = uniform(key, i, 0) < chance


def chosen(key: np.uint64, chance: float, shape: tuple[int, ...]) -> Mask:
    """A mask in which every cell is set with a chance; sets at a greater chance contain those at a smaller one."""
    mask = np.empty(shape, np.bool_)
    _choose(key, chance, mask.reshape(-1))
    return mask


def mark_returns(work: Work, mask: Mask, bits: Truth) -> int:
    """Set bits where there is a return under the mask (B, C); how many of them."""
    flat = np.ascontiguousarray(mask).reshape(-1)
    touched = 0
    for name in ("range", "range_2"):
        if name in work.data:
            values = np.ascontiguousarray(work.data[name]).reshape(-1)
            touched += _mark_returns(values, flat, np.uint8(bits), work.truth.reshape(-1))
    return touched


def lose(work: Work, mask: Mask) -> bool:
    """Wipe all returns under the mask (B, C); whether there were any."""
    touched = mark_returns(work, mask, Truth.LOST)
    if touched:
        flat = np.ascontiguousarray(mask).reshape(-1)
        for suffix in ("", "_2"):
            for name in echo_arrays(work, suffix):
                _zero(work.own(name).reshape(-1), flat)
    return touched > 0


def columns_from(work: Work, source: NDArray[np.int64]) -> bool:
    """Give every column (C,) the returns of another; whether that changed anything."""
    before = work.data["range"]
    names = [name for suffix in ("", "_2") for name in echo_arrays(work, suffix)]
    changed = np.zeros(before.shape, np.bool_)
    for name in names:
        old = work.data[name]
        work.put(name, np.ascontiguousarray(old[:, source]))
        changed |= work.data[name] != old
    after = work.data["range"]
    work.truth[changed & (after == 0)] |= np.uint8(Truth.LOST)
    work.truth[changed & (before == 0)] |= np.uint8(Truth.PHANTOM)
    work.truth[changed & (before != 0) & (after != 0)] |= np.uint8(Truth.DISPLACED)
    return bool(changed.any())


def azimuths(work: Work) -> F64:
    """Where the columns look (C,) [rad], in (-pi, pi]."""
    columns = work.data["range"].shape[1]
    given = work.target.azimuth_rad
    if given is None:
        given = np.pi - 2.0 * np.pi * np.arange(columns) / columns
    elif len(given) != columns:
        raise ValueError(f"fault target has {len(given)} azimuths, expected one for each of {columns} columns")
    return -np.remainder(np.pi - np.asarray(given), 2.0 * np.pi) + np.pi


def rows_lost(rows: NDArray[Any], shape: tuple[int, ...]) -> Mask:
    """A mask with whole beams set."""
    mask = np.zeros(shape, np.bool_)
    mask[rows] = True
    return mask
