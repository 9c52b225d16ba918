"""The physics report in small: weather through the real sensors and tyres lies on its laws, and it can fail."""

from __future__ import annotations

import csv
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.laws import camera, lidar, radar, stopping  # noqa: E402
from benchmarks.laws.air import SWEEPS, Sweep, thinned  # noqa: E402
from benchmarks.laws.curve import Curve  # noqa: E402
from benchmarks.laws.page import summary, write  # noqa: E402
from benchmarks.laws.plot import draw  # noqa: E402
from benchmarks.laws.sweeps import parts  # noqa: E402

sys.path.remove(str(ROOT))

EACH = pytest.mark.parametrize("sweep", [thinned(s, 6) for s in SWEEPS], ids=lambda s: s.name)


def check(curves: Iterator[Curve]) -> None:
    found = list(curves)
    assert found
    for curve in found:
        assert curve.passed, f"{curve.figure} {curve.name}: {curve.worst}"
        assert curve.law.min() > 0.0 or curve.figure == radar.FIGURE.name


@EACH
def test_contrast_lies_on_koschmieders_law(sweep: Sweep) -> None:
    check(camera.curves(sweep))


@EACH
def test_points_of_a_lidar_lie_on_the_law_of_detection(sweep: Sweep) -> None:
    check(lidar.points(sweep))


@pytest.mark.parametrize("sweep", [dataclasses.replace(SWEEPS[0], values=(1000.0, 50.0))], ids=lambda s: s.name)
def test_range_of_a_lidar_lies_on_its_law(sweep: Sweep) -> None:
    check(lidar.ranges(sweep))


@pytest.mark.parametrize(
    ("mor_m", "dark_m", "bright_m"),
    [(300, 56.7, 102), (150, 42.7, 70.0), (100, 35.0, 54.8), (50, 23.9, 34.9), (30, 17.5, 24.5)],
)
def test_the_law_of_range_gives_its_published_table(mor_m: float, dark_m: float, bright_m: float) -> None:
    """Maximum range over MOR for a sensor that sees 10 % at 100 m, derived from the radiometric equation."""
    alpha = np.log(20.0) / mor_m
    assert lidar.R10_M == 100.0
    assert [lidar.law_m(rho, alpha) for rho in (0.1, 0.8)] == pytest.approx([dark_m, bright_m], rel=0.01)


def test_loss_of_a_radar_lies_on_its_law() -> None:
    check(radar.curves((0.0, 25.0, 50.0)))


def test_stops_lie_on_the_law_of_friction() -> None:
    check(stopping.curves(3))


def test_a_curve_off_its_law_fails_and_is_named(tmp_path: Path) -> None:
    figure = radar.FIGURE
    good = Curve(figure.name, "good", np.array([1.0, 2.0]), np.array([1.0, 2.04]), np.array([1.0, 2.0]), 0.05)
    bad = dataclasses.replace(good, name="bad", measured=np.array([1.0, 2.2]))
    lost = dataclasses.replace(good, name="lost", measured=np.array([np.nan, 2.0]))
    assert [c.passed for c in (good, bad, lost)] == [True, False, False]
    assert bad.worst == (2.0, 2.2, 2.0)
    text = summary([figure], [good, bad, lost])
    assert text.count("**fail**") == 2 and "at 2: 2.2, law 2" in text
    write([figure], [good, bad, lost], tmp_path)
    assert (tmp_path / "physics_report" / f"{figure.name}.png").stat().st_size > 1000
    rows = list(csv.DictReader((tmp_path / "physics_report.csv").read_text(encoding="utf-8").splitlines()))
    assert [r["passed"] for r in rows] == ["1", "1", "1", "0", "0", "1"]
    reddish = draw(figure, [bad]).astype(int)
    assert np.any((reddish[..., 0] > 220) & (reddish[..., 1] < 120))


def test_every_curve_has_its_figure() -> None:
    names = [figure.name for figures, _ in parts(fast=True) for figure in figures]
    assert len(names) == len(set(names)) == 13
