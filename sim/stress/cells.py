"""The folder of a stress test: what was asked, and the finished cells, so that a broken run goes on where it stopped.

stress.json says which episodes, which model and which sweep; another configuration in the same folder is refused.
cells.jsonl grows by one line per finished (episode, severity). How often and how hard to test, and how to score, are
not part of what must agree: more episodes, other severities and other thresholds use the cells that are there.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ..dataset.folder import differences
from ..dataset.manifest import LineFile, from_lines, to_line
from ..dataset.storage import TEMPORARY, disk_errors, locked, write_text
from ..episode.config import to_dict
from ..errors import ConfigError, DatasetError
from .cell import Line
from .config import StressConfig
from .sweep import changes_at

FORMAT, FORMAT_VERSION = "cornercase-stress", 1
_OWN = {"stress.json", "cells.jsonl", "report.json", "timing.json", "recall.png", "worst"}
_NEEDED = ("episode", "severity", "trace_sha256", "frames", "problems")


class Cells:
    """The finished cells of one folder.

    Args:
        path: of the folder, prepared.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = LineFile(path / "cells.jsonl")

    @staticmethod
    def prepare(config: StressConfig, source_sha256: str) -> Cells:
        """The folder of a configuration: new, or one with the same, to go on with.

        Args:
            config: what is asked.
            source_sha256: of the model, so that cells of an older version of it are not taken for those of this one.

        Raises:
            ConfigError: the folder holds a test of another configuration, or other files.
            StorageError: it cannot be written.

        """
        path = Path(config.out)
        asked = json.loads(json.dumps(_identity(config, source_sha256)))
        with disk_errors(path):
            path.mkdir(parents=True, exist_ok=True)
        cells, file = Cells(path), path / "stress.json"
        if file.is_file():
            there = _read(file)
            changes = differences(there["asked"], asked)
            if changes and cells.finished():
                raise ConfigError(
                    f"{path} holds a test of another configuration ({_told(changes)}): choose another out="
                )
        else:
            strangers = sorted(p.name for p in path.iterdir() if p.name not in _OWN and not TEMPORARY.search(p.name))
            if strangers:
                raise ConfigError(
                    f"{path} is not empty and no stress test (it holds {strangers[0]}): choose another out="
                )
        about = {"format": FORMAT, "format_version": FORMAT_VERSION, "asked": asked}
        write_text(file, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        return cells

    def finished(self) -> dict[tuple[int, int], Line]:
        """All finished cells by episode and severity.

        Raises:
            DatasetError: a line is damaged.

        """
        if not self._file.path.is_file():
            return {}
        text = self._file.path.read_text(encoding="utf-8", errors="replace")
        lines = from_lines(self._file.path, text, _NEEDED)
        return dict(sorted(((line["episode"], line["severity"]), line) for line in lines))

    def append(self, line: Line) -> None:
        """Keep a finished cell; it is on the disk when this returns."""
        self._file.append(line)

    def tidy(self) -> None:
        """Drop a torn last line and put the cells in order, so that they do not tell how many workers made them."""
        lines = self.finished()
        if lines:
            write_text(self._file.path, "".join(map(to_line, lines.values())))
        else:
            self._file.path.unlink(missing_ok=True)

    def lock(self) -> AbstractContextManager[None]:
        """Hold the folder for writing, see `storage.locked`."""
        return locked(self.path, "cornercase stress")


def _identity(config: StressConfig, source_sha256: str) -> dict[str, Any]:
    """All that decides what a cell holds."""
    return {
        "seed": config.seed,
        "model": {**dataclasses.asdict(config.model), "source_sha256": source_sha256},
        "sweep": {
            "name": config.sweep.name,
            "severities": {str(k + 1): changes_at(config.sweep, k + 1) for k in range(len(config.sweep.severities))},
        },
        "config": to_dict(config.episode),
    }


def _read(file: Path) -> Mapping[str, Any]:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        kind, version, asked = about["format"], int(about["format_version"]), about["asked"]
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{file} is damaged ({error})") from error
    if (kind, version) != (FORMAT, FORMAT_VERSION):
        raise DatasetError(f"{file} has format {kind!r} {version}, expected {FORMAT!r} {FORMAT_VERSION}")
    return {"asked": asked}


def _told(changes: list[str]) -> str:
    """The changes, a hash said in words."""
    told = ["the source of the model has changed" if "source_sha256" in text else text for text in changes]
    return "; ".join(told)
