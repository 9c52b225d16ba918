"""How a command is stopped before its end: by Ctrl-C, or by the SIGTERM of a scheduler, and both alike; or by time."""

from __future__ import annotations

import os
import signal
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..errors import ConfigError

_SOON_S = 0.01
_DEAF = frozenset({weakref.finalize.__call__.__code__.co_filename, weakref.WeakSet.__init__.__code__.co_filename})
"""Files whose functions are called back when something is freed."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came; whatever ends cleanly on Ctrl-C does so on this."""


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM raises `Terminated` within, once: further ones do not disturb the clean end.

    A SIGTERM that the caller ignores or handles is left to it, and so it is outside the main thread.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def within(limit_s: float, text: str) -> Iterator[None]:
    """Raises `ConfigError` with a text if the block takes longer; outside the main thread there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(number: int, frame: FrameType | None) -> None:
        if not _is_deaf(frame):
            raise ConfigError(text)
        signal.setitimer(signal.ITIMER_REAL, _SOON_S)

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    if _is_deaf(frame):
        again = threading.Timer(_SOON_S, os.kill, (os.getpid(), number))
        again.daemon = True
        again.start()
        return
    signal.signal(number, signal.SIG_IGN)
    raise Terminated


def _is_deaf(frame: FrameType | None) -> bool:
    """Whether this is where something is freed: what is raised there is printed by Python, and nobody hears of it."""
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_code.co_filename in _DEAF:
            return True
        frame = frame.f_back
    return False
