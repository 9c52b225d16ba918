"""Other commands of cornercase, side by side, each in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


class Crew:
    """Does pieces of work that run commands; a context manager.

    Left by an exception, such as Ctrl-C, it ends the commands that run and begins no other.

    Args:
        workers: pieces of work at a time.

    """

    def __init__(self, workers: int) -> None:
        self._pool = ThreadPoolExecutor(workers)
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            with self._lock:
                self._stopped = True
                for process in self._running:
                    process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def map(self, do: Callable[[Work], Result], work: Iterable[Work]) -> list[Result]:
        """The results of all pieces of work, in their order."""
        return list(self._pool.map(do, work))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `cornercase` with arguments to its end.

        Raises:
            CancelledError: the crew was stopped.

        """
        command = [sys.executable, "-m", f"{__package__}.main", *arguments]
        with self._lock:
            if self._stopped:
                raise CancelledError
            # no Ctrl-C for the child, which is ours to handle
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._running.add(process)
        out, err = process.communicate()
        with self._lock:
            self._running.discard(process)
            if self._stopped:
                raise CancelledError
        return subprocess.CompletedProcess(command, process.returncode, out, err)
