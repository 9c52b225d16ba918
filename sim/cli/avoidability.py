"""`cornercase avoidability`: could the episodes of a dataset have been avoided, and until when."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ...renderers.view.files import write_png
from ..avoid.chart import draw_chart
from ..avoid.search import SINCE
from ..avoid.study import FILE, check, study, verdicts
from ..avoid.verdict import VERDICTS, Verdict
from ..dataset.folder import Folder
from ..dataset.manifest import Line
from ..dataset.storage import disk_errors
from ..errors import ConfigError, counted, nearest
from .plugins import allow_local, check_consent
from .progress import AbstractDisplay, Bar, Silent

PICTURE = "avoidability.png"


class Plain(AbstractDisplay):
    """One line per verdict.

    Args:
        total: how many there will be.

    """

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0

    def finished(self, line: Line) -> None:
        """One more."""
        self._done += 1
        proof = line["proof"]
        best = f", {proof['latest_ns'] / 1e9:g} s at the latest" if line["verdict"] == "avoidable" else ""
        self.message(f"[{self._done}/{self._total}] episode {line['episode']}: {line['verdict']}{best}")

    def message(self, text: str) -> None:
        """One line."""
        print(text, file=sys.stderr, flush=True)


def avoidability(
    path: Path,
    *,
    episode: int | None = None,
    since: str = SINCE[0],
    workers: int = 1,
    prove: bool = False,
    plugins: Sequence[str] = (),
    progress: str = "auto",
) -> int:
    """Find the verdicts that are missing, or check those that are there; print and draw what came of it.

    Returns:
        Exit code: 0, or 1 if an episode failed or a proof does not reproduce.

    Raises:
        ConfigError: no such first moment.
        ConfigError, DatasetError, StorageError: see `study` and `check`.

    """
    if since not in SINCE:
        raise ConfigError(f"--from is '{since}': {nearest(since, SINCE)}")
    folder = Folder.open(path)
    check_consent(path, folder.config.plugins, allow_local(plugins))
    stored = verdicts(folder)
    if prove:
        total = len(stored.lines()) if episode is None else 1
        with _display(progress, total) as shown:
            found = check(folder, episode=episode, workers=workers, listener=shown)
        for text in found:
            print(text)
        print(f"{stored.path}: {counted(len(found), 'finding') if found else f'{total} proofs reproduce'}")
        return 1 if found else 0
    done = sum(line["since"] == since for line in stored.lines()) if episode is None else 0
    finished = len(folder.manifest.lines()) if episode is None else 1
    with _display(progress, finished, done) as shown:
        failed = study(folder, since=since, episode=episode, workers=workers, listener=shown)
    known = [Verdict.from_line(line) for line in stored.lines()]
    if known:
        _show(known)
        picture = path / PICTURE
        with disk_errors(picture):
            write_png(picture, draw_chart(known, f"{_title(known)}: could it have been avoided?"))
        print(f"{path}: {FILE}, {PICTURE}" + (f", {failed} failed" if failed else ""))
    return 1 if failed else 0


def _display(how: str, total: int, done: int = 0) -> AbstractDisplay:
    if how == "none":
        return Silent(total, done)
    return Bar(total, done) if how == "auto" and sys.stderr.isatty() else Plain(total - done)


def _title(known: Sequence[Verdict]) -> str:
    names = sorted({verdict.scenario for verdict in known})
    return names[0] if len(names) == 1 else f"{len(names)} scenarios"


def _show(known: Sequence[Verdict]) -> None:
    """Counts per verdict, and per control how often it avoids and how long before harm at the latest."""
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=160)  # as wide as a log needs
    counts, runs = Counter(v.verdict for v in known), sum(v.resimulations for v in known)
    words = ", ".join(f"{counts[word]} {word}" for word in VERDICTS)
    console.print(f"{len(known)} episodes: {words}; {runs} re-simulations", markup=False)
    leads: dict[str, list[float]] = {}
    for verdict in known:
        for tried in verdict.controls:
            found = leads.setdefault(tried.control.label, [])
            if tried.latest_ns is not None and verdict.baseline.harm_ns is not None:
                found.append((verdict.baseline.harm_ns - tried.latest_ns) / 1e9)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Control", "Avoids", "Latest, median s before harm", "Best of all"):
        table.add_column(column)
    best = Counter(v.proof.control.label for v in known if v.verdict == "avoidable" and v.proof is not None)
    for label, found in leads.items():
        median = f"{sorted(found)[len(found) // 2]:.2f}" if found else "-"
        table.add_row(label, str(len(found)), median, str(best[label]))
    for name in dict.fromkeys(name for verdict in known for name in verdict.drivers):
        hit = sum(v.drivers[name]["harm"] > 0.0 for v in known if name in v.drivers)
        table.add_row(f"driver {name}", f"harm in {hit}", "-", "-")
    console.print(table)
