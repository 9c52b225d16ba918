"""What counts as the source of a model: its own package, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cornercase.sim.stress.config import ModelConfig
from cornercase.sim.stress.loading import load

DETECTOR = "def run(frames):\n    return NET\n"


def hashed(folder: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> str:
    """The hash as a new process would find it."""
    with monkeypatch.context() as here:
        here.syspath_prepend(str(folder))
        for name in [n for n in sys.modules if n.partition(".")[0] in ("own_pkg", "own_alone", "own_net")]:
            here.delitem(sys.modules, name)
        sha = load(ModelConfig("callable", path)).source_sha256
        for name in [n for n in sys.modules if n.partition(".")[0] in ("own_pkg", "own_alone", "own_net")]:
            del sys.modules[name]
    return sha


@pytest.mark.parametrize("path", ["own_pkg.det:run", "own_alone:run"])
def test_a_helper_of_its_own_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    package = tmp_path / "own_pkg"
    package.mkdir()
    (package / "det.py").write_text("from .net import NET\n" + DETECTOR)
    (tmp_path / "own_alone.py").write_text("from own_net import NET\n" + DETECTOR)
    helpers = [package / "net.py", tmp_path / "own_net.py"]
    for helper in (*helpers, package / "unused.py"):
        helper.write_text("NET = []\n")
    first = hashed(tmp_path, monkeypatch, path)
    (package / "unused.py").write_text("NET = [1]\n")
    assert hashed(tmp_path, monkeypatch, path) == first
    for helper in helpers:
        helper.write_text("NET = [[0, 0, 1, 1]]\n")
    assert hashed(tmp_path, monkeypatch, path) != first
    assert load(ModelConfig("lidar_cluster")).source_sha256 != ""
