"""An episode told to a recorder, from the first state to the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import yaml

from .config import EpisodeSpec, to_dict
from .loop import Episode, Update
from .records import (
    Conclusion,
    EpisodeHeader,
    EpisodeSummary,
    EventRecord,
    FaultPeriod,
    PhaseRecord,
    SensorFrame,
    StepRecord,
)


class Recorder(Protocol):
    """What hears an episode; see `sim.dataset.writer.EpisodeWriter`."""

    def step(self, record: StepRecord) -> None:
        """A state."""

    def frame(self, frame: SensorFrame) -> None:
        """A sensor frame."""

    def event(self, record: EventRecord) -> None:
        """An event."""

    def phase(self, record: PhaseRecord) -> None:
        """A phase."""

    def faults(self, sensor: str, periods: Sequence[FaultPeriod]) -> None:
        """What went wrong with a sensor in the whole episode."""

    def finish(self, conclusion: Conclusion) -> EpisodeSummary:
        """The episode is complete."""


class OpenRecorder(Recorder, AbstractContextManager[Any], Protocol):
    """A recorder that forgets the episode when it is left without `finish`."""


def record_episode(spec: EpisodeSpec, make_recorder: Callable[[EpisodeHeader], OpenRecorder]) -> EpisodeSummary:
    """Play an episode with its reference driver to the end, and tell it to a recorder.

    Raises:
        ConfigError: the configuration names something that does not exist or is out of range.

    """
    with Episode(spec.config, seed=spec.seed, number=spec.episode) as episode:
        with make_recorder(episode.header(yaml.safe_dump(to_dict(spec.config), sort_keys=True))) as recorder:
            for update in episode.play():
                _tell(recorder, update)
            for sensor, periods in episode.faults.items():
                recorder.faults(sensor, periods)
            return recorder.finish(episode.scenario.conclusion())


def _tell(recorder: Recorder, update: Update) -> None:
    recorder.step(update.step)
    for frame in update.frames:
        recorder.frame(frame)
    for event in update.events:
        recorder.event(event)
    for phase in update.phases:
        recorder.phase(phase)
