"""Pure pursuit and stopping distance of the mobile robot's driver."""

from __future__ import annotations

from math import cos, sin

import numpy as np
import pytest
from cornercase.sim.control.navigate import NavigateConfig, Navigator
from cornercase.sim.world.path import Path

CONFIG = NavigateConfig(speed_mps=1.4)


def navigator(length_m: float = 20.0) -> Navigator:
    return Navigator(Path.from_segments([(length_m, 0.0)]), CONFIG)


def test_it_stops_its_stand_off_before_what_is_in_its_width() -> None:
    driver, x, speed, step, wall = navigator(), 0.0, 1.4, 0.02, 6.0
    for _ in range(1000):
        points = np.array([[wall - x, 0.1], [1.0, 0.6]])  # the second is beside it
        drive = driver.step(x, 0.0, 0.0, speed, points)
        assert drive.speed_mps > speed - CONFIG.service_mps2 * step - 0.02
        speed, x = drive.speed_mps, x + drive.speed_mps * step
    assert x + CONFIG.front_m == pytest.approx(wall - CONFIG.stand_off_m, abs=0.01)


def test_what_is_beside_or_behind_it_does_not_slow_it() -> None:
    points = np.array([[1.0, 0.33], [0.8, -0.33], [-0.5, 0.0]])
    assert navigator().step(0.0, 0.0, 0.0, 1.4, points).speed_mps == CONFIG.speed_mps


def test_it_comes_back_to_its_path_and_ends_where_that_ends() -> None:
    driver, x, y, yaw, step = navigator(8.0), 0.0, 0.6, 0.5, 0.02
    for _ in range(800):
        drive = driver.step(x, y, yaw, 1.0)
        yaw += drive.turn_radps * step
        x, y = x + drive.speed_mps * step * cos(yaw), y + drive.speed_mps * step * sin(yaw)
    assert (x, y) == (pytest.approx(8.0, abs=0.05), pytest.approx(0.0, abs=0.02))


def test_it_turns_on_the_spot_when_its_path_is_behind_it() -> None:
    drive = navigator().step(5.0, 0.0, 3.0, 0.0)
    assert drive.speed_mps == 0.0 and abs(drive.turn_radps) == CONFIG.turn_radps
