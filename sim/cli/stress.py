"""`cornercase stress`: Hydra composes the configuration, the test is made, the table is shown."""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from ..errors import ConfigError, counted, nearest
from ..stress.cell import Line
from ..stress.chart import short_changes
from ..stress.config import StressConfig
from ..stress.detections import OF_ROWS
from ..stress.loading import CALLABLE
from ..stress.runner import Listener
from ..stress.stress import StressTest
from .choices import groups
from .generate import arrange, explain
from .plugins import allow_local

_PATH = "model.path="
_FREE = ("model.options.", "model.classes.")
"""Keys that may be new."""


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: what follows `cornercase stress`, overrides and Hydra's own flags.

    Returns:
        Exit code: 0 however bad the detector is, or 1 if simulations failed or the detector failed in every call.

    Raises:
        ConfigError: the configuration cannot be composed or is not valid, or the model cannot be loaded.

    """
    composed: list[DictConfig] = []
    register_schema()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors come as exceptions; the message is ours
    overrides = named_models(arguments)
    before = sys.argv
    sys.argv = ["cornercase stress", *overrides]
    try:
        hydra.main(config_path="pkg://cornercase.conf", config_name="stress", version_base="1.3")(composed.append)()
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(_explained(error)) from error
    finally:
        sys.argv = before
    for config in composed:
        if config.model.path and not any(a.lstrip("+").startswith(_PATH) for a in overrides):
            raise ConfigError(
                "a file sets model.path: only the command line may name code, as model=package.module:name"
            )
    return max((stress(to_config(config)) for config in composed), default=0)


def register_schema() -> None:
    """Make the dataclass known under the name that stress.yaml uses."""
    ConfigStore.instance().store(name="stress_schema", node=StressConfig)


def named_models(arguments: Sequence[str]) -> list[str]:
    """Arguments in Hydra's order and words: `model=package.module:name` is the group's "callable" with that path."""
    told: list[str] = []
    for argument in arrange(arguments):
        key, _, value = argument.partition("=")
        if key == "model" and ":" in value:
            told += [f"model={CALLABLE}", f"{_PATH}'{value}'"]
        elif key.startswith(_FREE):
            told.append(f"++{argument}")
        else:
            told.append(argument)
    return told


def to_config(composed: DictConfig) -> StressConfig:
    """The composed configuration as dataclasses.

    Raises:
        ConfigError: a value is out of range, or missing.

    """
    try:
        config = OmegaConf.to_object(composed)
    except OmegaConfBaseException as error:
        raise ConfigError(_explained(error)) from error
    if not isinstance(config, StressConfig):
        raise ConfigError("the configuration lost its schema: stress.yaml must begin with stress_schema")
    for node, known in [(composed, config), *((composed[n], getattr(config, n)) for n in _nested(config))]:
        names = [f.name for f in dataclasses.fields(known)]
        for key in node:
            if key not in names:
                raise ConfigError(f"unknown key '{key}': {nearest(str(key), names)}")
    return config


def stress(config: StressConfig) -> int:
    """Make a stress test, or what is missing of it, and show what came of it.

    Returns:
        Exit code: 0, or 1 if simulations failed or the detector failed in every call.

    Raises:
        ConfigError, StorageError: see `StressTest`.
        KeyboardInterrupt: stopped by the user; what is finished stays.

    """
    allow_local([*config.plugins, *([config.model.path] if config.model.path else [])])
    test = StressTest(config)
    with _display(config.progress, len(test.missing) + test.done, test.done) as shown:
        if test.done:
            shown.message(f"{test.done} cells of an earlier run of this model are in {config.out} and are used again")
        report = test.run(shown)
    show(report.values)
    print(f"{config.out}: report.json, recall.png, timing.json" + (", worst/" if report.values["worst"] else ""))
    return 1 if report.values["left_out"] or meaningless(report.values) else 0


def meaningless(report: Mapping[str, Any]) -> str:
    """Why the figures of a report mean nothing, for the detector failed in every call; "" if it did not."""
    calls, failed = (sum(s[name] for s in report["severities"]) for name in ("calls", "failed_calls"))
    if not calls or failed < calls:
        return ""
    first = next((s["error"] for s in report["severities"] if s["error"]), "no word of why")
    return f"the figures mean nothing: the model failed in all {calls} calls; first: {first}"


def show(report: Mapping[str, Any]) -> None:
    """The report as a table."""
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=160)
    episodes = counted(len(report["episodes"]), "episode")
    about = f"{report['scenario']}, {episodes}, seed {report['seed']}, sweep {report['sweep']}"
    console.print(f"{report['model']['path'] or report['model']['name']} on {about}", markup=False)
    for task in report["half_recall"]:
        console.print(_table(report, task))
    for severity in report["severities"]:
        if severity["problems"]:
            counts = ", ".join(
                f"{name} {counted(n, 'row') if name in OF_ROWS else n}" for name, n in severity["problems"].items()
            )
            text = f"severity {severity['severity']}: {counts} in {severity['calls']} calls; first: {severity['error']}"
            console.print(text, markup=False)
        different = len(report["episodes"]) - severity["same_story"]
        if different:
            text = f"severity {severity['severity']}: the sweep changed the story of {different} episodes: not paired"
            console.print(text, markup=False)
    for what, why in report["left_out"].items():
        console.print(f"left out: {what}: {why}", markup=False)
    if why := meaningless(report):
        console.print(why, markup=False)


def _table(report: Mapping[str, Any], task: str) -> Table:
    first = report["severities"][0]["tasks"][task]
    ap = next(iter(first["ap"]))
    title = f"{task} of {', '.join(first['sensors'])}: found within {first['criterion']}, AP {ap}"
    table = Table(title=title, box=None, pad_edge=False, header_style="bold", title_justify="left", title_style="")
    for column in ("Severity", "Sets"):
        table.add_column(column)
    for column in ("Objects", "Recall", "Change", "AP", "False/frame", "Hazard seen after", "Never", "Failed"):
        table.add_column(column, justify="right")
    for severity in report["severities"]:
        found = severity["tasks"][task]
        hazard = found["hazard"]
        cells = (
            "clean" if severity["severity"] == 0 else str(severity["severity"]),
            short_changes(severity["changes"]),
            str(found["objects"]),
            _told(found["recall"]),
            _told(found["recall_change"], sign=True),
            _told(found["ap"][ap]),
            _told(found["false_positives_per_frame"], digits=1),
            _told(hazard["delay_after_onset_s"], digits=1, unit=" s"),
            f"{hazard['never_seen']} of {hazard['delay_after_onset_s']['n']}",
            str(severity["failed_calls"]),
        )
        table.add_row(*map(escape, cells))
    return table


def _told(figure: Mapping[str, Any] | None, *, digits: int = 2, sign: bool = False, unit: str = "") -> str:
    """A figure with its interval, as a reader of a table wants it."""
    if figure is None or figure["value"] is None:
        return "-"
    form = f"{'+' if sign else ''}.{digits}f"
    text = f"{figure['value']:{form}}{unit}"
    ends = [figure["low"], figure["high"]]
    return text + (f" [{', '.join(f'{e:{form}}' for e in ends)}]" if None not in ends else "")


def _nested(config: StressConfig) -> list[str]:
    return [f.name for f in dataclasses.fields(config) if dataclasses.is_dataclass(getattr(config, f.name))]


def _explained(error: Exception) -> str:
    """`explain`, with the keys of this command."""
    text = explain(error)
    unknown = re.match(r"unknown key '([^']+)'", text)
    if not unknown:
        return text
    GlobalHydra.instance().clear()
    register_schema()
    with hydra.initialize_config_module("cornercase.conf", version_base="1.3"):
        container = OmegaConf.to_container(hydra.compose("stress"))
    return f"unknown key '{unknown.group(1)}': {nearest(unknown.group(1), {*_dotted(container, ''), *groups()})}"


def _dotted(node: object, prefix: str) -> list[str]:
    if not isinstance(node, dict):
        return []
    return [key for name, child in node.items() for key in (f"{prefix}{name}", *_dotted(child, f"{prefix}{name}."))]


class _Bar(Listener, AbstractContextManager["_Bar"]):
    """A progress bar on the standard error."""

    def __init__(self, total: int, done: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=Console(stderr=True))
        self._task = self._progress.add_task("cells", total=total, completed=done)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def finished(self, line: Line) -> None:
        self._progress.advance(self._task)

    def message(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False)


class _Lines(Listener):
    """One line per cell on the standard error, or only messages."""

    def __init__(self, total: int, done: int, *, quiet: bool) -> None:
        self._total, self._done, self._quiet = total, done, quiet

    def finished(self, line: Line) -> None:
        self._done += 1
        if not self._quiet:
            problems = "".join(f", {name} {n}" for name, n in line["problems"].items())
            where = f"episode {line['episode']}, severity {line['severity']}"
            self.message(f"[{self._done}/{self._total}] {where}: {line['outcome']}, {line['calls']} calls{problems}")

    def message(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def _display(how: str, total: int, done: int) -> AbstractContextManager[Any]:
    if how == "auto" and sys.stderr.isatty():
        return _Bar(total, done)
    return nullcontext(_Lines(total, done, quiet=how == "none"))
