"""Episodes spread over worker processes.

Each episode depends only on its spec, and the file of an episode appears whole or not at all, so it does not matter who
makes it, when, or how often it was tried. Workers are spawned, render with their share of the cores, and end with their
parent. A worker that is killed costs its own episode one attempt. A configuration error or a full disk stops the run;
anything else that fails is tried again and then set down in failed.jsonl while the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from ...renderers.threads import VARIABLE as RENDER_THREADS
from ..episode.config import EpisodeSpec
from ..episode.records import EpisodeSummary
from ..errors import ConfigError, CornercaseError, StorageError
from .folder import Folder
from .manifest import Line, finished_line

RunEpisode = Callable[[EpisodeSpec, Path], EpisodeSummary]
"""Simulates one episode and records it to a file. Must be importable by name."""

_LIBRARY_THREADS = (
    "OMP_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)


class Listener(Protocol):
    """Hears how a run goes."""

    def finished(self, line: Line) -> None:
        """An episode is finished; `line` is its line in the manifest."""

    def message(self, text: str) -> None:
        """Something a user should know."""


@dataclass(frozen=True)
class _Failure:
    """Why an attempt failed; `fatal` if no other episode can do better."""

    error: str
    trace: str
    fatal: type[CornercaseError] | None = None


@dataclass
class _Worker:
    """One process and what it works on."""

    process: BaseProcess
    connection: Connection
    spec: EpisodeSpec | None = None


class Run:
    """One run over the missing episodes of a folder.

    Args:
        folder: prepared.
        run_episode: makes one episode.
        workers: processes; 0 works in this one.
        retries: how often a failed episode is tried again.
        listener: hears about it.

    """

    def __init__(
        self, folder: Folder, run_episode: RunEpisode, *, workers: int, retries: int, listener: Listener
    ) -> None:
        self._folder = folder
        self._run_episode = run_episode
        self._workers = workers
        self._retries = retries
        self._listener = listener
        self._pending: deque[EpisodeSpec] = deque()
        self._attempts: Counter[int] = Counter()
        self._failures = 0

    def execute(self) -> int:
        """Make all missing episodes.

        Returns:
            How many failed for good.

        Raises:
            ConfigError: the configuration cannot work.
            StorageError: the disk is full or not writable.
            KeyboardInterrupt: after the workers have ended.

        """
        with self._folder.lock():
            self._folder.remove_unfinished()
            self._folder.manifest.tidy()
            self._folder.failed.path.unlink(missing_ok=True)
            self._pending.extend(self._folder.missing())
            try:
                if self._workers:
                    self._in_processes()
                else:
                    self._in_this_process()
            finally:
                self._folder.remove_unfinished()
            self._folder.manifest.tidy()
            self._folder.failed.tidy()
        return self._failures

    def _in_this_process(self) -> None:
        while self._pending:
            spec = self._pending.popleft()
            self._attempts[spec.episode] += 1
            self._settle(spec, attempt(self._folder, self._run_episode, spec))

    def _in_processes(self) -> None:
        pool: list[_Worker] = []
        try:
            while self._pending or any(worker.spec for worker in pool):
                busy = sum(worker.spec is not None for worker in pool)
                while len(pool) < min(self._workers, busy + len(self._pending)):
                    pool.append(self._start())
                for worker in pool:
                    if worker.spec is None and self._pending:
                        self._assign(worker, self._pending.popleft())
                ready = wait([worker.connection for worker in pool])
                for worker in [w for w in pool if w.connection in ready]:
                    self._listen(worker, pool)
        finally:
            for worker in pool:
                worker.process.terminate()
            for worker in pool:
                worker.process.join()
                worker.connection.close()

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(there, self._folder, self._run_episode), daemon=True)
        with _surroundings_of_workers(self._workers):
            process.start()
        there.close()
        return _Worker(process, here)

    def _assign(self, worker: _Worker, spec: EpisodeSpec) -> None:
        worker.spec = spec
        self._attempts[spec.episode] += 1
        try:
            worker.connection.send(spec)
        except OSError:
            pass  # it is gone; the next wait says so

    def _listen(self, worker: _Worker, pool: list[_Worker]) -> None:
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            worker.connection.close()
            pool.remove(worker)
            answer = _Failure(_death(worker.process.exitcode), "")
        spec, worker.spec = worker.spec, None
        if spec is not None:
            self._settle(spec, answer)

    def _settle(self, spec: EpisodeSpec, answer: Line | _Failure) -> None:
        """Note what came of one attempt."""
        if not isinstance(answer, _Failure):
            self._folder.manifest.append(answer)
            self._listener.finished(answer)
            return
        if answer.fatal is not None:
            raise answer.fatal(answer.error)
        tried, allowed = self._attempts[spec.episode], self._retries + 1
        if tried < allowed:
            self._listener.message(f"episode {spec.episode}: {answer.error}; trying again ({tried + 1} of {allowed})")
            self._pending.appendleft(spec)
            return
        self._failures += 1
        plugins = "".join(f" --plugin {name}" for name in spec.config.plugins)
        reproduce = f"cornercase replay {self._folder.path} --episode {spec.episode}{plugins}"
        line = {"episode": spec.episode, "error": answer.error, "traceback": answer.trace, "reproduce": reproduce}
        self._folder.failed.append(line)
        self._listener.message(f"episode {spec.episode} failed: {answer.error}; to see why: {reproduce}")


def attempt(folder: Folder, run_episode: RunEpisode, spec: EpisodeSpec) -> Line | _Failure:
    """Make one episode and describe it, or say why not."""
    path = folder.episode_path(spec.episode)
    try:
        return finished_line(spec.episode, path, run_episode(spec, path))
    except (ConfigError, StorageError) as error:
        return _Failure(str(error), traceback.format_exc(), type(error))
    except Exception as error:
        return _Failure(f"{type(error).__name__}: {error}", traceback.format_exc())


def _work(connection: Connection, folder: Folder, run_episode: RunEpisode) -> None:
    """The life of a worker: specs in, manifest lines or failures out, until the parent hangs up."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            spec = connection.recv()
        except EOFError:
            return
        connection.send(attempt(folder, run_episode, spec))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _surroundings_of_workers(workers: int) -> Iterator[None]:
    """What children started within inherit.

    One thread per library, for rendering their share of the cores unless the user has said otherwise, and no Ctrl-C,
    which is the parent's to handle.
    """
    before = {name: os.environ.get(name) for name in (*_LIBRARY_THREADS, RENDER_THREADS)}
    os.environ.update(dict.fromkeys(_LIBRARY_THREADS, "1"))
    os.environ.setdefault(RENDER_THREADS, str(max(1, _cores() // workers)))
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


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _death(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return f"its worker was killed by {name}{hint}"
    return f"its worker ended with exit code {exit_code}"
