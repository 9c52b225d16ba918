"""Append-only lists of JSON lines: what is finished, what failed.

A line is appended with one write and flushed to the disk, so a crash costs at most the line being written; a torn last
line is ignored. When a run begins and ends the list is tidied: torn line dropped, lines sorted by episode, so that it
does not tell how many workers made it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..episode.records import EpisodeSummary
from ..errors import DatasetError
from .storage import disk_errors, write_text

Line = dict[str, Any]


def to_line(values: Mapping[str, Any]) -> str:
    """One JSON line, the same for equal values."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def from_lines(path: Path, text: str, required: tuple[str, ...] = ("episode",)) -> list[Line]:
    """The lines of a file; a last line without its end is left out.

    Raises:
        DatasetError: another line is not a JSON object with the required names.

    """
    whole, _, _ = text.rpartition("\n")
    lines = []
    for number, row in enumerate(whole.splitlines(), 1):
        try:
            line = json.loads(row)
            int(line["episode"])
            for name in required:
                line[name]
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(
                f"{path}, line {number}, is damaged ({row[:80]!r}): remove this line and run the command that made "
                "the file again, which makes anew what the line stood for"
            ) from error
        lines.append(line)
    return lines


class LineFile:
    """One such list.

    Args:
        path: of the file; it need not exist.
        required: names that every line must have.

    """

    def __init__(self, path: Path, required: tuple[str, ...] = ("episode",)) -> None:
        self.path = path
        self._required = required

    def lines(self) -> list[Line]:
        """All whole lines, the last one of each episode, in order of the episodes."""
        if not self.path.exists():
            return []
        found = from_lines(self.path, self.path.read_text(encoding="utf-8", errors="replace"), self._required)
        return [line for _, line in sorted({int(line["episode"]): line for line in found}.items())]

    def append(self, line: Mapping[str, Any]) -> None:
        """Add a line; it is on the disk when this returns."""
        with disk_errors(self.path):
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                os.write(handle, to_line(line).encode())
                os.fsync(handle)
            finally:
                os.close(handle)

    def tidy(self) -> None:
        """Rewrite the file with one line per episode, in order; remove it if there is none."""
        lines = self.lines()
        text = "".join(map(to_line, lines))
        if not lines:
            self.path.unlink(missing_ok=True)
        elif self.path.read_text(encoding="utf-8", errors="replace") != text:
            write_text(self.path, text)


def finished_line(episode: int, file: Path, summary: EpisodeSummary) -> Line:
    """The manifest line of a finished episode file."""
    return {
        "episode": episode,
        "file": f"{file.parent.name}/{file.name}",
        "sha256": sha256(file),
        "size": file.stat().st_size,
        **dataclasses.asdict(summary),
    }


def sha256(file: Path) -> str:
    """Hash of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
