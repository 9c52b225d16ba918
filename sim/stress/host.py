"""The detector in a process of its own, which may be slow, crash, run out of memory or return nonsense.

The host sends frames and waits, at most as long as it was told. What goes wrong becomes a `problem` of that call, and
the next call finds the detector started again. Its standard output is sent to the standard error, so that what it
prints does not mix with the report.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError
from .classes import checked_mapping
from .config import ModelConfig
from .detections import checked
from .frames import View
from .loading import load
from .processes import Child, start

F64 = NDArray[np.float64]
_BEGIN = "begin"


@dataclass(frozen=True)
class Answer:
    """What came of one call.

    Attributes:
        rows: valid detections by sensor, see `detections.checked`.
        problems: counts by kind: those of `detections.checked`, and `exception`, `timeout`, `crash`.
        error: the first sentence of what went wrong, "" if nothing did.
        seconds: that the detector took.

    """

    rows: dict[str, F64] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)
    error: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the call gave nothing that could be scored, for something went wrong."""
        return bool(self.problems) and not any(len(rows) for rows in self.rows.values())


class ModelHost:
    """Runs a detector; a context manager that ends its process.

    Args:
        config: which one.

    """

    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self._child: Child | None = None
        self.source_sha256 = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def start(self) -> None:
        """Load the model.

        Raises:
            ConfigError: it cannot be loaded; says why.

        """
        self._child = start(_serve, self._config, threads=self._config.threads)
        what = self._config.path or self._config.name
        if not self._child.connection.poll(self._config.load_timeout_s):
            self._end()
            raise ConfigError(
                f"model {what} was not loaded within model.load_timeout_s={self._config.load_timeout_s:g}"
            )
        try:
            error, self.source_sha256 = self._child.connection.recv()
        except (EOFError, OSError):
            cause = self._child.cause_of_death()
            self._end()
            raise ConfigError(f"model {what} cannot be loaded: its process was {cause}") from None
        if error:
            self._end()
            raise ConfigError(error)

    def begin(self) -> str:
        """A new episode: the detector forgets the last one; returns what went wrong, "" if nothing."""
        return self._ask(_BEGIN).error if self._child is not None else ""

    def detect(self, frames: Mapping[str, View]) -> Answer:
        """One call of the detector."""
        return self._ask(dict(frames))

    def _ask(self, message: object) -> Answer:
        if self._child is None:
            try:
                self.start()
            except ConfigError as error:
                return Answer(problems={"crash": 1}, error=str(error))
        assert self._child is not None
        try:
            self._child.connection.send(message)
            if not self._child.connection.poll(self._config.timeout_s):
                self._end()
                text = f"took longer than model.timeout_s={self._config.timeout_s:g}"
                return Answer(problems={"timeout": 1}, error=text, seconds=self._config.timeout_s)
            answer: Answer = self._child.connection.recv()
            return answer
        except (EOFError, OSError):
            cause = self._child.cause_of_death()
            self._end()
            return Answer(problems={"crash": 1}, error=f"its process was {cause}")

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _serve(connection: Connection, config: ModelConfig) -> None:
    """The life of the detector's process: frames in, answers out, until the host hangs up."""
    os.dup2(2, 1)
    try:
        loaded = load(config)
        detector = loaded.make()
        mapping = checked_mapping(config.classes)
    except ConfigError as error:
        connection.send((str(error), ""))
        return
    except Exception as error:
        connection.send((f"model {config.path or config.name} cannot be made: {_sentence(error)}", ""))
        return
    connection.send(("", loaded.source_sha256))
    while True:
        try:
            message = connection.recv()
        except EOFError:
            return
        started = time.perf_counter()
        try:
            if message == _BEGIN:
                detector = loaded.make()
                answer = Answer()
            else:
                returned = detector(message)
                seconds = time.perf_counter() - started
                kinds = {name: view.kind for name, view in message.items()}
                found = checked(returned, kinds, mapping, most=config.max_detections)
                answer = Answer(found.rows, found.problems, found.error, seconds)
        except Exception as error:  # whatever a user's model does
            answer = Answer(problems={"exception": 1}, error=_sentence(error), seconds=time.perf_counter() - started)
        connection.send(answer)


def _sentence(error: BaseException) -> str:
    """Type and message of an error, on one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
