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


@pytest.mark.parametrize(
    ("line", "broken", "expected"),
    [
        ("class ", "class (", "plugin 'wrong_{k}' cannot be imported: ghost.py, line "),
        ("        yield ", "        yield 5  # ", "the script of Ghost yielded 5, expected a condition: a function"),
        (
            "        yield ",
            "        while True: pass  # ",
            "draw 0 of wrong_{k}/ghost has not ended after 4 s (--limit)",
        ),
    ],
    ids=["syntax", "condition", "endless"],
)
def test_what_is_wrong_in_a_scenario_is_told_in_one_line(
    line: str,
    broken: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    k = len(broken)  # a module is imported once
    assert main(["new-scenario", f"wrong_{k}/ghost", "--folder", str(tmp_path)]) == 0
    file = tmp_path / f"wrong_{k}" / "ghost.py"
    text = file.read_text()
    assert line in text
    file.write_text(text.replace(line, broken, 1))
    capsys.readouterr()
    assert main(["check", f"wrong_{k}/ghost", "--draws", "1", "--limit", "4", "--plugin", f"wrong_{k}"]) == 2
    told = capsys.readouterr().err
    assert expected.format(k=k) in told and told.count("\n") == 1
