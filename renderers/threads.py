"""Rendering with several threads: how many, sensors side by side, and the rows of a picture shared out among them.

The environment variable `CORNERCASE_THREADS` says how many threads one process may render with; without it, one.
Compiled kernels release the interpreter's lock, so plain threads suffice. What a band of rows holds must not depend on
where bands begin and end; then pictures do not depend on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from typing import TypeVar

VARIABLE = "CORNERCASE_THREADS"
_BANDS_PER_THREAD = 4
_FEWEST_ROWS = 8

T = TypeVar("T")


def render_threads() -> int:
    """Number of threads to render with.

    Raises:
        ValueError: if the environment variable is not a positive whole number.

    """
    value = os.environ.get(VARIABLE, "1")
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{VARIABLE} is {value!r}, expected a positive whole number")
    return int(value)


@lru_cache(maxsize=2)
def _pool(_process: int, threads: int, name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix=name)


def begun(tasks: Sequence[Callable[[], T]], threads: int) -> Callable[[], list[T]]:
    """Start tasks that know nothing of each other, and return at once.

    Args:
        tasks: each may share its own rows out by `in_bands`, but must not come back here.
        threads: how many tasks are worked on at a time; with one, they wait for the caller to ask for the results.

    Returns:
        A function that gives the results in the order of the tasks once all have ended, or raises what the first of
        them that failed has raised.

    """
    if threads == 1 or not tasks:
        return lambda: [task() for task in tasks]
    running = [_pool(os.getpid(), threads, "sensor").submit(task) for task in tasks]

    def results() -> list[T]:
        wait(running)
        return [task.result() for task in running]

    return results


def side_by_side(tasks: Sequence[Callable[[], T]], threads: int) -> list[T]:
    """The results of `begun` tasks; a single one is done in the caller's own thread."""
    return begun(tasks, threads if len(tasks) > 1 else 1)()


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
    pool = _pool(os.getpid(), threads, "render")
    bands = [pool.submit(work, first, min(first + size, rows)) for first in range(0, rows, size)]
    for band in bands:
        band.result()
