"""Which names a package of the user's own may have; what is written is followed step by step in tests/test_docs.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from cornercase.sim.cli.main import main


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("os/x", "'os' is a module of Python"),
        ("numpy/x", "'numpy' is already imported from "),
        ("cornercase/x", "'cornercase' is already imported from "),
        ("driving/x", "among the scenarios of cornercase"),
        ("My/x", "its package is 'My'"),
    ],
)
def test_a_name_that_is_taken_is_refused(
    name: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-scenario", name, "--folder", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert expected in told.err and told.err.count("\n") == 1 and told.out == ""
    assert not list(tmp_path.iterdir())


def test_a_second_scenario_joins_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("ghosts_of_mine/ghost_bike", "ghosts_of_mine/ghost_van"):
        assert main(["new-scenario", name, "--folder", str(tmp_path)]) == 0
    assert main(["new-scenario", "ghosts_of_mine/ghost_car", "--folder", str(tmp_path / "elsewhere")]) == 2
