"""How a run is shown: a bar on a terminal, plain lines in a log, or nothing."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ..dataset.executor import Listener
from ..dataset.manifest import Line


class AbstractDisplay(Listener, AbstractContextManager["AbstractDisplay"]):
    """Shows how a run goes; on the standard error, so that output can be piped."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Bar(AbstractDisplay):
    """A progress bar.

    Args:
        total: planned episodes.
        done: already finished.

    """

    def __init__(self, total: int, done: int) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._task = self._progress.add_task("episodes", total=total, completed=done)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def finished(self, line: Line) -> None:
        """One more."""
        self._progress.advance(self._task)

    def message(self, text: str) -> None:
        """Above the bar."""
        self._progress.console.print(text, markup=False, highlight=False)


class Plain(AbstractDisplay):
    """One line per episode; arguments as `Bar`."""

    def __init__(self, total: int, done: int) -> None:
        self._total, self._done = total, done

    def finished(self, line: Line) -> None:
        """One more."""
        self._done += 1
        size = line["size"] / 1e6
        text = f"episode {line['episode']}: {line['outcome']}, {line['steps']} steps, {size:.1f} MB"
        self.message(f"[{self._done}/{self._total}] {text}")

    def message(self, text: str) -> None:
        """One line."""
        print(text, file=sys.stderr, flush=True)


class Silent(AbstractDisplay):
    """Nothing but messages; arguments as `Bar`."""

    def __init__(self, total: int, done: int) -> None:
        del total, done

    def finished(self, line: Line) -> None:
        """Say nothing."""

    def message(self, text: str) -> None:
        """One line."""
        print(text, file=sys.stderr, flush=True)


def display(how: str, *, total: int, done: int) -> AbstractDisplay:
    """The display for `how`: "auto", "plain" or "none"."""
    kinds = {"auto": Bar if sys.stderr.isatty() else Plain, "plain": Plain, "none": Silent}
    return kinds[how](total, done)
