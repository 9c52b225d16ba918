"""The demo's own duties; what it calls is tested by itself, and all of it together by `make demo`."""

from __future__ import annotations

from pathlib import Path

import pytest
from cornercase.sim.cli import demo
from cornercase.sim.cli.main import main


def test_the_tours_name_configurations_that_exist() -> None:
    from cornercase.sim.cli.choices import choices

    for tour in demo.TOURS:
        chosen = dict(o.split("=") for o in tour.overrides)
        for group in ("scenario", "sensors"):
            assert chosen[group] in {c.name for c in choices(group)}


def test_bad_input_and_a_tour_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--out", str(tmp_path), "--workers", "0"]) == 2
    assert "expected 1 or more" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert main(["demo", "--out", str(tmp_path / "file" / "demo")]) == 3
    assert "cannot be made" in capsys.readouterr().err
    monkeypatch.setattr(demo, "TOURS", (demo.Tour("wrong", ("scenario=driving/cut_inn",)),))
    assert main(["demo", "--out", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "wrong: simulating and rendering failed" in error and "did you mean" in error
