"""A stress test from a checked configuration to its report, without a command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ...renderers.view.files import write_png
from ..dataset.storage import disk_errors, write_text
from ..episode.config import EpisodeConfig
from ..episode.loop import Episode
from ..episode.scenario import find
from ..errors import ConfigError
from ..world.memo import remembering
from .cell import CellSpec, Line
from .cells import Cells
from .chart import draw_chart
from .config import CLEAN, StressConfig
from .host import ModelHost
from .loading import ORACLES, check_name
from .pairing import same_story
from .report import Report, make_report
from .runner import Listener, Run
from .sweep import degraded
from .worst import choose, draw, told


class Silent(Listener):
    """Hears and says nothing."""

    def finished(self, line: Line) -> None:
        """A cell is finished."""

    def message(self, text: str) -> None:
        """Something a user should know."""


class StressTest:
    """One test: prepared when made, then run, then reported.

    Args:
        config: what is asked.

    Attributes:
        missing: cells still to be played, episode by episode, so that what is finished is always comparable.
        done: how many are there already.

    Raises:
        ConfigError: something does not exist or is out of range, the model cannot be loaded, or the folder holds
            another test.
        StorageError: the folder cannot be written.

    """

    def __init__(self, config: StressConfig) -> None:
        self._config = config
        find(config.scenario.name, tuple(config.plugins)).space().with_overrides(config.scenario.params)
        episodes = {severity: degraded(config.episode, config.sweep, severity) for severity in config.played}
        _check_playable(config, episodes)
        self._source_sha256 = _source(config)
        self._cells = Cells.prepare(config, self._source_sha256)
        finished = self._cells.finished()
        specs = [
            CellSpec(severity, number, config.seed, episodes[severity])
            for number in range(config.episodes)
            for severity in config.played
        ]
        self.missing = [spec for spec in specs if spec.key not in finished]
        self.done = len(specs) - len(self.missing)

    def run(self, listener: Listener | None = None) -> Report:
        """Play what is missing, score everything and write report.json, timing.json, recall.png and worst/.

        Raises:
            ConfigError, StorageError, KeyboardInterrupt: see `Run.execute`.

        """
        config, listener = self._config, listener or Silent()
        with self._cells.lock():
            run = Run(self._cells, config.model, workers=config.workers, retries=config.retries, listener=listener)
            failed = run.execute(self.missing)
            finished = self._cells.finished()
            report = make_report(config, finished, failed, source_sha256=self._source_sha256)
            hazards = {n: finished[n, CLEAN]["hazard"] for n in report.values["episodes"]}
            same = {(n, s): same_story(finished, n, s) for n in hazards for s in config.played}
            chosen = choose(report.scored, hazards, same, config.worst)
            if chosen:
                listener.message(f"drawing the {len(chosen)} worst frames")
            draw(config, report.scored, chosen, Path(config.out) / "worst")
            pictures = [f"worst/{k:02d}.png" for k in range(len(chosen))]
            report.values["worst"] = [{"picture": p} | told(config, w) for p, w in zip(pictures, chosen, strict=True)]
            self._write(report)
        return report

    def _write(self, report: Report) -> None:
        out = Path(self._config.out)
        for name, values in (("report.json", report.values), ("timing.json", report.timing)):
            write_text(out / name, json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        with disk_errors(out):
            write_png(out / "recall.png", draw_chart(report.values))


def stress(config: StressConfig, listener: Listener | None = None) -> Report:
    """Make a stress test, or what is missing of it; see `StressTest`."""
    return StressTest(config).run(listener)


def _check_playable(config: StressConfig, episodes: Mapping[int, EpisodeConfig]) -> None:
    """Refuse what would fail in a cell: make each severity's world and rig once, and play nothing."""
    with remembering():
        for severity, episode in episodes.items():
            try:
                with Episode(episode, seed=config.seed):
                    pass
            except ConfigError as error:
                if severity == CLEAN:
                    raise
                raise ConfigError(f"sweep '{config.sweep.name}', severity {severity}: {error}") from error


def _source(config: StressConfig) -> str:
    """Hash of the model's source, after it has proved that it can be loaded."""
    check_name(config.model)
    if config.model.name in ORACLES:
        return ""
    with ModelHost(config.model) as host:
        host.start()
        return host.source_sha256
