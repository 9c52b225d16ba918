"""The loop and the writer put together: one spec in, one file out."""

from __future__ import annotations

from pathlib import Path

from ..episode.config import EpisodeSpec
from ..episode.records import EpisodeHeader, EpisodeSummary
from ..episode.run import record_episode
from .writer import EpisodeWriter


def record_to_file(spec: EpisodeSpec, path: Path) -> EpisodeSummary:
    """Simulate an episode and record it. The file appears whole or not at all.

    Raises:
        ConfigError: the configuration asks for what does not exist or is out of range.
        StorageError: the disk is full or not writable.

    """

    def make(header: EpisodeHeader) -> EpisodeWriter:
        return EpisodeWriter(path, header, level=spec.config.record.compression_level)

    return record_episode(spec, make)
