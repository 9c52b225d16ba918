"""Try something on a running simulation without changing it: play it in a copy of this process.

PyBullet cannot be put back to an earlier state bit for bit, but the operating system can copy all of it: a forked
process begins with the same memory, plays on, tells what came of it through a pipe, and ends. The pages are shared
until they are written, so a copy costs milliseconds, where building the world again costs a second or more. It holds
as long as no library runs threads that the simulation waits for; physics is single-threaded, and nothing is rendered.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from typing import TypeVar

from ..errors import CornercaseError

T = TypeVar("T")


def in_copy(play: Callable[[], T]) -> T:
    """What `play` returns, played in a copy of this process; here nothing changes.

    Args:
        play: returns something small that can be pickled.

    Raises:
        CornercaseError: it failed there, with its traceback, or the copy was killed.

    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _live(play, write)
    os.close(write)
    try:
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read()
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
    if status != 0:
        raise CornercaseError(f"a copy of the simulation ended with exit code {os.waitstatus_to_exitcode(status)}")
    played, value = pickle.loads(answer)
    if not played:
        raise CornercaseError(f"a copy of the simulation failed: {value}")
    return value  # type: ignore[no-any-return]


def _live(play: Callable[[], object], write: int) -> None:
    """The life of the copy; never returns, and runs nothing that waits for the end of the parent."""
    code = 1
    gc.disable()  # a collection would write to every page, and so copy it
    try:
        try:
            answer: tuple[bool, object] = (True, play())
        except BaseException:
            answer = (False, traceback.format_exc())
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(answer, pipe)
        code = 0
    finally:
        os._exit(code)
