"""The verdicts of a dataset: resumed, checked, and the same for any number of workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cornercase.sim.avoid.chart import draw_chart
from cornercase.sim.avoid.search import SINCE
from cornercase.sim.avoid.study import FILE, study, verdicts
from cornercase.sim.avoid.verdict import VERDICTS, Verdict
from cornercase.sim.cli.main import main
from cornercase.sim.dataset.folder import Folder
from cornercase.sim.dataset.generation import Silent, generate
from cornercase.sim.dataset.manifest import Line
from cornercase.sim.episode.config import GenerateConfig, ScenarioConfig


class Ear(Silent):
    def __init__(self) -> None:
        self.heard: list[int] = []

    def finished(self, line: Line) -> None:
        self.heard.append(line["episode"])


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two episodes so short that nothing happens."""
    out = tmp_path_factory.mktemp("avoid") / "short"
    scenario = ScenarioConfig("driving/cut_in", "none", 0.5, {"traffic": 0})
    generate(GenerateConfig(scenario, str(out), episodes=2, seed=4, workers=0, avoidability=True))
    return out


def test_a_study_goes_on_where_it_was_and_ends_with_the_same_file(short: Path) -> None:
    folder, whole = Folder.open(short), (short / FILE).read_text()
    assert [json.loads(row)["verdict"] for row in whole.splitlines()] == ["harmless", "harmless"]
    ear = Ear()
    assert study(folder, workers=0, listener=ear) == 0 and ear.heard == []
    (short / FILE).write_text(whole.splitlines(keepends=True)[1] + '{"episode":0,"torn')
    assert study(folder, workers=0, listener=ear) == 0 and ear.heard == [0]
    assert (short / FILE).read_text() == whole
    assert study(folder, since="start", episode=1, workers=0, listener=ear) == 0 and ear.heard == [0, 1]
    assert [line["since"] for line in verdicts(folder).lines()] == ["visible", "start"]
    (short / FILE).write_text(whole)


def test_the_command_checks_and_finds_a_false_proof(short: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (short / FILE).read_text()
    assert main(["avoidability", str(short), "--workers", "0"]) == 0
    assert "2 harmless" in capsys.readouterr().out and (short / "avoidability.png").is_file()
    (short / FILE).write_text(whole.replace('"harm":0.0,"harm_ns":null', '"harm":1.5,"harm_ns":null', 1))
    assert main(["avoidability", str(short), "--workers", "0", "--check", "--episode", "0"]) == 1
    assert "episode 0: the baseline did harm 1.5, now 0.0" in capsys.readouterr().out
    assert main(["avoidability", str(short), "--from", "onsett"]) == 2
    assert main(["avoidability", str(short), "--episode", "7"]) == 2
    assert main(["avoidability", str(short), "--workers", "-1"]) == 2
    (short / FILE).write_text(whole)


def test_a_picture_can_be_drawn_of_nothing() -> None:
    assert draw_chart([], "nothing").ndim == 3


SAMPLE = {
    "driving/cut_in": 20,
    "robotics/grasp_slip": 8,
    "driving/black_ice": 10,
    "driving/pedestrian_dart_out": 12,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_every_proof_of_a_sample_reproduces_and_no_worker_matters(name: str, tmp_path: Path) -> None:
    config = GenerateConfig(ScenarioConfig(name), str(tmp_path / "d"), episodes=SAMPLE[name], seed=11, workers=2)
    assert generate(config) == 0
    folder = Folder.open(tmp_path / "d")
    assert study(folder, since=SINCE[0], workers=2, listener=Silent()) == 0
    found = [Verdict.from_line(line) for line in verdicts(folder).lines()]
    assert len(found) == SAMPLE[name] and {v.verdict for v in found} <= set(VERDICTS)
    assert main(["avoidability", str(folder.path), "--check", "--workers", "2"]) == 0
    text = (folder.path / FILE).read_text().splitlines(keepends=True)
    (folder.path / FILE).write_text("".join(text[2:]))
    assert study(folder, workers=0, listener=Silent()) == 0
    assert (folder.path / FILE).read_text().splitlines(keepends=True) == text
