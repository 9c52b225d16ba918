"""The folder: it goes on where it stopped, and mixes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cornercase.sim.episode.config import ScenarioConfig
from cornercase.sim.errors import ConfigError, DatasetError, StorageError
from cornercase.sim.stress.cells import Cells
from cornercase.sim.stress.config import ModelConfig, StressConfig, SweepConfig
from cornercase.sim.stress.stress import StressTest

SWEEP = SweepConfig("mine", [{"scenario.driver": "idm"}, {"scenario.driver": "none"}])


def config(out: Path, /, **fields: Any) -> StressConfig:
    usual = {"scenario": ScenarioConfig("driving/cut_in"), "sweep": SWEEP, "out": str(out)}
    return StressConfig(**(usual | fields))


def line(episode: int, severity: int) -> dict[str, Any]:
    return {"episode": episode, "severity": severity, "trace_sha256": "", "frames": [], "problems": {}}


def test_cells_are_kept_in_order_and_a_torn_line_is_dropped(tmp_path: Path) -> None:
    cells = Cells.prepare(config(tmp_path), "x")
    for key in ((1, 0), (0, 2), (0, 0)):
        cells.append(line(*key))
    whole = (tmp_path / "cells.jsonl").read_text()
    (tmp_path / "cells.jsonl").write_text(whole + whole.splitlines()[0][:20])
    assert list(cells.finished()) == [(0, 0), (0, 2), (1, 0)]
    cells.tidy()
    assert sorted(whole.splitlines()) == sorted((tmp_path / "cells.jsonl").read_text().splitlines())
    (tmp_path / "cells.jsonl").write_text("{}\n" + whole)
    with pytest.raises(DatasetError, match="line 1, is damaged"):
        cells.finished()


@pytest.mark.parametrize(
    "more", [{"episodes": 9}, {"severities": [2]}, {"workers": 0}, {"worst": 0}, {"retries": 5}, {"progress": "none"}]
)
def test_more_of_the_same_is_welcome(tmp_path: Path, more: dict[str, Any]) -> None:
    Cells.prepare(config(tmp_path), "x").append(line(0, 0))
    assert list(Cells.prepare(config(tmp_path, **more), "x").finished()) == [(0, 0)]


@pytest.mark.parametrize(
    ("other", "source", "message"),
    [
        ({"seed": 3}, "x", "seed is 0 there, 3 asked"),
        ({"model": ModelConfig("empty")}, "x", "model.name is lidar_cluster there, empty asked"),
        ({"sweep": SweepConfig("mine", [{"scenario.driver": "aeb"}])}, "x", "scenario.driver"),
        ({"scenario": ScenarioConfig("driving/black_ice")}, "x", "scenario.name is driving/cut_in there"),
        ({}, "y", "the source of the model has changed"),
    ],
)
def test_another_configuration_is_refused(tmp_path: Path, other: dict[str, Any], source: str, message: str) -> None:
    cells = Cells.prepare(config(tmp_path), "x")
    Cells.prepare(config(tmp_path, **other), source)  # nothing is finished yet: a first mistake is no obstacle
    cells = Cells.prepare(config(tmp_path), "x")
    cells.append(line(0, 0))
    with pytest.raises(ConfigError, match=message):
        Cells.prepare(config(tmp_path, **other), source)


@pytest.mark.parametrize("rig", [{}, {"top": {"kind": "lidar", "columns": 512}}])
def test_what_would_fail_in_a_cell_is_refused_before(tmp_path: Path, rig: dict[str, Any]) -> None:
    sweep = SweepConfig(
        "mine", [{"scenario.driver": "idm"}, {"sensors.*.faults": ["x"]} if rig else {"scenario.driver": "bus"}]
    )
    message = "sweep 'mine', severity 2: " + (
        r"sensors.top.faults is \['x'\]" if rig else "driving/cut_in has no driver"
    )
    with pytest.raises(ConfigError, match=message):
        StressTest(config(tmp_path / "out", sweep=sweep, sensors=rig, model=ModelConfig("empty")))
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(ConfigError, match="holds thesis.txt"):
        Cells.prepare(config(tmp_path), "x")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    cells = Cells.prepare(config(tmp_path), "x")
    with cells.lock(), pytest.raises(StorageError, match="another cornercase stress"), cells.lock():
        pass


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"episodes": 0}, "episodes is 0"),
        ({"severities": [4]}, r"severities holds 4, expected 0 \(clean\) to 2 of sweep 'mine'"),
        ({"out": ""}, "out is empty"),
        ({"progress": "fancy"}, "progress is 'fancy'"),
    ],
)
def test_bad_configurations_are_told(tmp_path: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config(tmp_path, **fields)
