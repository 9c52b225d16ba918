"""Child processes: spawned, ending with their parent, deaf to Ctrl-C, which is the parent's to handle."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from ...renderers.threads import VARIABLE as RENDER_THREADS

_LIBRARY_THREADS = (
    "OMP_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)


@dataclass(frozen=True)
class Child:
    """A process and the line to it."""

    process: BaseProcess
    connection: Connection

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.connection.close()

    def cause_of_death(self) -> str:
        """How a process that hung up ended."""
        self.process.join()
        code = self.process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            return f"killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
        return f"ended with exit code {code}"


def start(body: Callable[..., None], *arguments: Any, threads: int, render_threads: int = 1) -> Child:
    """Start a process that runs `body(connection, *arguments)`.

    Args:
        body: importable by name.
        arguments: what it is given; pickled.
        threads: of the numerical libraries in it.
        render_threads: unless the environment says otherwise.

    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_live, args=(body, there, *arguments))  # not a daemon: it may have children
    with _surroundings(threads, render_threads):
        process.start()
    there.close()
    return Child(process, here)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _live(body: Callable[..., None], connection: Connection, *arguments: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    body(connection, *arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _surroundings(threads: int, render_threads: int) -> Iterator[None]:
    """What children started within inherit."""
    before = {name: os.environ.get(name) for name in (*_LIBRARY_THREADS, RENDER_THREADS)}
    os.environ.update(dict.fromkeys(_LIBRARY_THREADS, str(threads)))
    os.environ.setdefault(RENDER_THREADS, str(render_threads))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
