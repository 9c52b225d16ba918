"""The verdicts of a whole dataset: avoidability.jsonl, one line per episode, resumable, spread over processes.

Reads dataset.json, plan and manifest alone, no sensor data. A verdict depends on its episode only, so the file is the
same for any number of workers and interruptions.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple, Protocol

from ..dataset.folder import Folder
from ..dataset.manifest import Line, LineFile
from ..dataset.storage import locked
from ..episode.config import EpisodeSpec
from ..errors import ConfigError, CornercaseError, nearest
from ..stress.processes import Child, start
from .check import recheck
from .search import SINCE, investigate
from .verdict import REQUIRED, Verdict

FILE = "avoidability.jsonl"


class Listener(Protocol):
    """Hears how a run goes."""

    def finished(self, line: Line) -> None:
        """A verdict was found."""

    def message(self, text: str) -> None:
        """Something a user should know."""


class Task(NamedTuple):
    """One episode to look into: all a worker needs."""

    spec: EpisodeSpec
    since: str
    visible_ns: int | None


class Proven(NamedTuple):
    """One verdict to check."""

    spec: EpisodeSpec
    line: Line


class _Failure(NamedTuple):
    """Why a piece of work failed; `fatal` if it is the configuration's fault."""

    error: str
    fatal: bool


def verdicts(folder: Folder) -> LineFile:
    """The file of verdicts of a dataset."""
    return LineFile(folder.path / FILE, REQUIRED)


def study(
    folder: Folder, *, since: str = SINCE[0], episode: int | None = None, workers: int = 1, listener: Listener
) -> int:
    """Find the verdicts that are missing, or that were found for another first moment.

    Args:
        folder: of the dataset.
        since: first moment to act, see `investigate`.
        episode: only this one; None is all that are finished.
        workers: processes; 0 works in this one.
        listener: hears about it.

    Returns:
        How many episodes failed.

    Raises:
        ConfigError: no such episode is finished, or `since` is no such word.
        StorageError: the folder cannot be written.

    """
    if since not in SINCE:
        raise ConfigError(f"since is '{since}': {nearest(since, SINCE)}")
    if workers < 0:
        raise ConfigError(f"workers is {workers}, expected 0 or more")
    with locked(folder.path, "cornercase"):
        file = verdicts(folder)
        file.tidy()
        done = {line["episode"] for line in file.lines() if line["since"] == since}
        specs = {spec.episode: spec for spec in folder.specs()}
        tasks = [
            Task(specs[line["episode"]], since, line["phases"].get("visible"))
            for line in _finished(folder, episode)
            if line["episode"] not in done
        ]

        def keep(task: Task, line: Line) -> None:
            file.append(line)
            listener.finished(line)

        try:
            return spread(find, tasks, workers, keep, listener)
        finally:
            file.tidy()


def check(folder: Folder, *, episode: int | None = None, workers: int = 1, listener: Listener) -> list[str]:
    """Play every stored proof again, from its seed; what does not come out as stored, one sentence each.

    Arguments and errors as `study`; an episode that is finished but has no verdict is not looked at.
    """
    specs = {spec.episode: spec for spec in folder.specs()}
    lines = [line for line in verdicts(folder).lines() if episode in (None, line["episode"])]
    if not lines:
        raise ConfigError(f"{folder.path} has no verdict to check{'' if episode is None else f' on episode {episode}'}")
    found: list[str] = []

    def note(work: Proven, differences: list[str]) -> None:
        found.extend(f"episode {work.spec.episode}: {text}" for text in differences)
        listener.finished(work.line)

    failed = spread(prove, [Proven(specs[line["episode"]], line) for line in lines], workers, note, listener)
    return sorted(found) + ([f"{failed} proofs could not be played"] if failed else [])


def find(task: Task) -> Line:
    """The work of one episode."""
    return investigate(task.spec, since=task.since, visible_ns=task.visible_ns).to_line()


def prove(work: Proven) -> list[str]:
    """The check of one verdict."""
    return recheck(work.spec, Verdict.from_line(work.line))


def spread(
    body: Callable[[Any], Any],
    work: Sequence[Any],
    workers: int,
    keep: Callable[[Any, Any], None],
    listener: Listener,
) -> int:
    """Do pieces of work in worker processes, and hand each result to `keep` as it comes; how many failed."""
    failures = 0

    def settle(piece: Any, answer: Any) -> None:
        nonlocal failures
        if not isinstance(answer, _Failure):
            keep(piece, answer)
        elif answer.fatal:
            raise ConfigError(answer.error)
        else:
            failures += 1
            listener.message(f"episode {piece.spec.episode} failed: {answer.error}")

    if not workers:
        for piece in work:
            settle(piece, _attempt(body, piece))
        return failures
    pending = deque(work)
    busy: dict[Connection, tuple[Child, Any]] = {}
    idle = [start(_work, body, threads=1) for _ in range(min(workers, len(pending)))]
    try:
        while pending or busy:
            while pending and idle:
                child = idle.pop()
                busy[child.connection] = child, pending.popleft()
                child.connection.send(busy[child.connection][1])
            for connection in wait(list(busy)):
                assert isinstance(connection, Connection)
                child, piece = busy.pop(connection)
                try:
                    answer = connection.recv()
                    idle.append(child)
                except (EOFError, OSError):
                    answer = _Failure(f"its worker was {child.cause_of_death()}", False)
                    connection.close()
                    idle += [start(_work, body, threads=1)] if pending else []
                settle(piece, answer)
    finally:
        for child in (*idle, *(child for child, _ in busy.values())):
            child.kill()
    return failures


def _attempt(body: Callable[[Any], Any], piece: Any) -> Any:
    try:
        return body(piece)
    except CornercaseError as error:
        return _Failure(str(error), isinstance(error, ConfigError))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return _Failure(f"{type(error).__name__}: {error} ({where.filename}, line {where.lineno})", False)


def _work(connection: Connection, body: Callable[[Any], Any]) -> None:
    """The life of a worker: pieces in, results out, until the parent hangs up."""
    while True:
        try:
            piece = connection.recv()
        except EOFError:
            return
        connection.send(_attempt(body, piece))


def _finished(folder: Folder, episode: int | None) -> list[Line]:
    lines = folder.manifest.lines()
    if episode is None:
        return lines
    chosen = [line for line in lines if line["episode"] == episode]
    if not chosen:
        raise ConfigError(f"{folder.path} has no finished episode {episode}")
    return chosen
