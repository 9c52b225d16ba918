"""Making a dataset from a checked configuration, without a command line."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

from ..episode.config import GenerateConfig
from .executor import Listener, Run
from .folder import Folder
from .manifest import Line
from .plan import check, make_plan
from .recording import record_to_file


class Silent(Listener):
    """Hears and says nothing."""

    def finished(self, line: Line) -> None:
        """An episode is finished."""

    def message(self, text: str) -> None:
        """Something a user should know."""


def prepare(config: GenerateConfig, listener: Listener) -> Folder:
    """Check the configuration against the scenario, and open the folder it goes to.

    Raises:
        ConfigError: something does not exist or is out of range, or the folder holds another configuration.
        StorageError: the folder cannot be written.

    """
    check(config)
    chosen = bool(config.mix) or config.sampling.method != "random"
    recipe: dict[str, Any] = {"sampling": dataclasses.asdict(config.sampling)} if chosen else {}
    if config.mix:
        recipe["mix"] = {name: dataclasses.asdict(entry) for name, entry in config.mix.items()}
    return Folder.prepare(
        Path(config.out),
        config.episode,
        seed=config.seed,
        episodes=config.episodes,
        recipe=recipe,
        make_plan=partial(make_plan, config, listener.message) if chosen else None,
    )


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
    listener = listener or Silent()
    folder = prepare(config, listener)
    failed = run(config, folder, listener)
    if config.avoidability:
        from ..avoid.study import study  # reads datasets, so it cannot be imported above

        failed += study(folder, workers=config.workers, listener=Silent())
    return failed
