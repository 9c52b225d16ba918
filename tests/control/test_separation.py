from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.control.pick_place import ToolCommand, pointing_down
from cornercase.sim.control.separation import Monitor, PacedReference, Separation
from hypothesis import given
from hypothesis import strategies as st

CELL = Separation()


def test_the_worked_case() -> None:
    assert CELL.protective_m(1.0) == pytest.approx(1.24, abs=1e-9)


@given(st.floats(0.0, 3.0))
def test_the_allowed_speed_is_the_one_whose_protective_distance_is_kept(separation: float) -> None:
    speed = CELL.allowed_mps(separation)
    if speed > 0.0:
        assert CELL.protective_m(speed, separation) == pytest.approx(separation, abs=1e-9)
    else:
        assert CELL.protective_m(0.0, separation) >= separation - 1e-9


class Ramp:
    """A controller whose tool moves by 1 mm per step."""

    def __init__(self) -> None:
        self.steps = 0

    def __call__(self, _: object) -> ToolCommand:
        self.steps += 1
        return ToolCommand("move", np.array([1e-3 * self.steps, 0.0, 0.0]), pointing_down(0.0), 0.0, 0.08)


@pytest.mark.parametrize("pace", [1.0, 0.6, 0.25])
def test_a_slower_pace_keeps_the_path_and_scales_the_speed(pace: float) -> None:
    paced = PacedReference(Ramp(), tick_s=1 / 240, slope_per_s=1e9)
    x = np.array([paced(None, pace).position_w[0] for _ in range(400)])  # type: ignore[arg-type]
    assert np.diff(x)[3:] == pytest.approx(1e-3 * pace, abs=1e-9)


def test_it_stands_within_the_stopping_time_and_goes_on_where_it_stood() -> None:
    ramp = Ramp()
    paced = PacedReference(ramp, tick_s=1 / 240, slope_per_s=1 / 0.3)
    before = [paced(None, 1.0).position_w[0] for _ in range(100)][-1]  # type: ignore[arg-type]
    stop = np.array([paced(None, 0.0).position_w[0] for _ in range(100)])  # type: ignore[arg-type]
    assert stop[72:] == pytest.approx(stop[-1]) and paced.pace == 0.0
    assert stop[-1] - before == pytest.approx(0.5 * 0.3 * 240 * 1e-3, rel=0.05)
    assert paced(None, 1.0).position_w[0] - stop[-1] < 1e-4  # type: ignore[arg-type]


def test_a_monitor_acts_a_reaction_time_late() -> None:
    monitor = Monitor(CELL, 0.5, period_s=1 / 60)
    for _ in range(10):
        monitor.see(3.0)
    assert monitor.wanted == 1.0
    late = 0
    while monitor.wanted == 1.0:
        monitor.see(0.3)
        late += 1
    assert late / 60 == pytest.approx(CELL.reaction_s, abs=1 / 60)
