"""Making a dataset from a checked configuration, without a command line."""

from __future__ import annotations

from pathlib import Path

from ..episode.config import GenerateConfig
from ..episode.scenario import find
from .executor import Listener, Run
from .folder import Folder
from .manifest import Line
from .recording import record_to_file


class Silent(Listener):
    """Hears and says nothing."""

    def finished(self, line: Line) -> None:
        """An episode is finished."""

    def message(self, text: str) -> None:
        """Something a user should know."""


def prepare(config: GenerateConfig) -> Folder:
    """Check the configuration against the scenario, and open the folder it goes to.

    Raises:
        ConfigError: something does not exist or is out of range, or the folder holds another configuration.
        StorageError: the folder cannot be written.

    """
    find(config.scenario.name, tuple(config.plugins)).space().with_overrides(config.scenario.params)
    return Folder.prepare(Path(config.out), config.episode, seed=config.seed, episodes=config.episodes)


def run(config: GenerateConfig, folder: Folder, listener: Listener) -> int:
    """Make the episodes that the folder lacks; returns how many failed for good, `failed.jsonl` says why."""
    workers, retries = config.workers, config.executor.retries
    return Run(folder, record_to_file, workers=workers, retries=retries, listener=listener).execute()


def generate(config: GenerateConfig, listener: Listener | None = None) -> int:
    """Make a dataset, or what is missing of it; with equal configurations, equal bytes.

    Args:
        config: what to make, and where.
        listener: hears of each episode.

    Returns:
        How many episodes failed for good; `failed.jsonl` says why.

    Raises:
        ConfigError: something does not exist or is out of range, or the folder holds another configuration.
        StorageError: the disk is full or not writable.

    """
    return run(config, prepare(config), listener or Silent())
