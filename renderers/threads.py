"""Rendering with several threads: how many, and the rows of a picture shared out among them.

The environment variable `CORNERCASE_THREADS` says how many threads one process may render with; without it, one.
Compiled kernels release the interpreter's lock, so plain threads suffice. What a band of rows holds must not depend on
where bands begin and end; then pictures do not depend on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

VARIABLE = "CORNERCASE_THREADS"
_BANDS_PER_THREAD = 4
_FEWEST_ROWS = 8


def render_threads() -> int:
    """Number of threads to render with.

    Raises:
        ValueError: if the environment variable is not a positive whole number.

    """
    value = os.environ.get(VARIABLE, "1")
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{VARIABLE} is {value!r}, expected a positive whole number")
    return int(value)


@lru_cache(maxsize=1)
def _pool(_process: int, threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="render")


def in_bands(rows: int, work: Callable[[int, int], None], threads: int) -> None:
    """Call `work(first, end)` for bands that together cover [0, rows), and wait for all of them.

    Args:
        rows: how many there are.
        work: does the rows from `first` up to, not including, `end`; called from several threads at a time.
        threads: how many; with one, the caller's own thread does everything in one band.

    """
    size = max(_FEWEST_ROWS, -(-rows // (_BANDS_PER_THREAD * threads)))
    if threads == 1 or size >= rows:
        work(0, rows)
        return
    pool = _pool(os.getpid(), threads)
    bands = [pool.submit(work, first, min(first + size, rows)) for first in range(0, rows, size)]
    for band in bands:
        band.result()
