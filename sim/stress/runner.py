"""The cells of a stress test spread over worker processes, each with a detector of its own.

A cell depends only on its spec, so it does not matter who plays it, when, or how often it was tried. What a detector
does wrong is part of a cell and never ends the run; a simulation that fails is tried again and then left out, and its
episode with it at all severities. Only a bad configuration or a full disk stops the run.
"""

from __future__ import annotations

import traceback
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Protocol

from ..errors import ConfigError, CornercaseError, StorageError
from .cell import CellSpec, Line, play
from .cells import Cells
from .config import ModelConfig
from .host import ModelHost
from .loading import ORACLES
from .processes import Child, cores, start


class Listener(Protocol):
    """Hears how a run goes."""

    def finished(self, line: Line) -> None:
        """A cell is finished."""

    def message(self, text: str) -> None:
        """Something a user should know."""


@dataclass(frozen=True)
class _Failure:
    """Why an attempt failed; `fatal` if no other cell can do better."""

    error: str
    fatal: type[CornercaseError] | None = None


@dataclass
class _Worker:
    child: Child
    spec: CellSpec | None = None


class Run:
    """One run over the missing cells of a folder.

    Args:
        cells: where they are kept.
        model: the detector.
        workers: processes; 0 plays in this one.
        retries: how often a cell whose simulation failed is tried again.
        listener: hears about it.

    """

    def __init__(self, cells: Cells, model: ModelConfig, *, workers: int, retries: int, listener: Listener) -> None:
        self._cells = cells
        self._model = model
        self._workers = workers
        self._retries = retries
        self._listener = listener
        self._pending: deque[CellSpec] = deque()
        self._attempts: Counter[tuple[int, int]] = Counter()
        self._failed: dict[tuple[int, int], str] = {}

    def execute(self, specs: Sequence[CellSpec]) -> dict[tuple[int, int], str]:
        """Play cells.

        Returns:
            Why those failed that failed for good, by episode and severity.

        Raises:
            ConfigError: the configuration cannot work.
            StorageError: the disk is full or not writable.
            KeyboardInterrupt: after the workers have ended.

        """
        self._pending.extend(specs)
        self._cells.tidy()  # a torn last line would spoil the next one
        try:
            if self._workers:
                self._in_processes()
            else:
                self._in_this_process()
        finally:
            self._cells.tidy()
        return self._failed

    def _in_this_process(self) -> None:
        with ExitStack() as stack:
            host = _host(self._model, stack)
            while self._pending:
                spec = self._pending.popleft()
                self._attempts[spec.key] += 1
                self._settle(spec, _attempt(spec, self._model, host))

    def _in_processes(self) -> None:
        pool: list[_Worker] = []
        try:
            while self._pending or any(worker.spec for worker in pool):
                busy = sum(worker.spec is not None for worker in pool)
                while len(pool) < min(self._workers, busy + len(self._pending)):
                    share = max(1, cores() // self._workers)
                    pool.append(_Worker(start(_work, self._model, threads=1, render_threads=share)))
                for worker in pool:
                    if worker.spec is None and self._pending:
                        self._assign(worker, self._pending.popleft())
                ready = wait([worker.child.connection for worker in pool])
                for worker in [w for w in pool if w.child.connection in ready]:
                    self._listen(worker, pool)
        finally:
            for worker in pool:
                worker.child.kill()

    def _assign(self, worker: _Worker, spec: CellSpec) -> None:
        worker.spec = spec
        self._attempts[spec.key] += 1
        try:
            worker.child.connection.send(spec)
        except OSError:
            pass  # it is gone; the next wait says so

    def _listen(self, worker: _Worker, pool: list[_Worker]) -> None:
        try:
            answer: Line | _Failure = worker.child.connection.recv()
        except (EOFError, OSError):
            answer = _Failure(f"its worker was {worker.child.cause_of_death()}")
            worker.child.connection.close()
            pool.remove(worker)
        spec, worker.spec = worker.spec, None
        if spec is not None:
            self._settle(spec, answer)

    def _settle(self, spec: CellSpec, answer: Line | _Failure) -> None:
        """Note what came of one attempt."""
        if not isinstance(answer, _Failure):
            self._cells.append(answer)
            self._listener.finished(answer)
            return
        if answer.fatal is not None:
            raise answer.fatal(answer.error)
        tried, allowed, what = self._attempts[spec.key], self._retries + 1, _told(spec)
        if tried < allowed:
            self._listener.message(f"{what}: {answer.error}; trying again ({tried + 1} of {allowed})")
            self._pending.appendleft(spec)
            return
        self._failed[spec.key] = answer.error
        self._listener.message(f"{what} failed: {answer.error}")


def _told(spec: CellSpec) -> str:
    return f"episode {spec.episode}, severity {spec.severity}"


def _host(model: ModelConfig, stack: ExitStack) -> ModelHost | None:
    return None if model.name in ORACLES else stack.enter_context(ModelHost(model))


def _attempt(spec: CellSpec, model: ModelConfig, host: ModelHost | None) -> Line | _Failure:
    try:
        return play(spec, model, host)
    except (ConfigError, StorageError) as error:
        return _Failure(str(error), type(error))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return _Failure(f"{type(error).__name__}: {error} ({where.filename}, line {where.lineno})")


def _work(connection: Connection, model: ModelConfig) -> None:
    """The life of a worker: specs in, cells or failures out, until the parent hangs up."""
    with ExitStack() as stack:
        host = _host(model, stack)
        while True:
            try:
                spec = connection.recv()
            except EOFError:
                return
            connection.send(_attempt(spec, model, host))
