"""How a command is stopped before its end: by Ctrl-C, or by the SIGTERM of a scheduler, and both alike; or by time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from ..errors import ConfigError


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

    def over(number: int, frame: FrameType | None) -> NoReturn:
        raise ConfigError(text)

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    raise Terminated
