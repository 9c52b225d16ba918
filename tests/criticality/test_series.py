"""What is measured over a whole episode: exposure below a threshold, and post-encroachment time."""

from __future__ import annotations

from math import inf, pi

import numpy as np
import pytest
from cornercase.sim.criticality.encroachment import post_encroachment, predicted_encroachment
from cornercase.sim.criticality.exposure import Exposure, exposure
from numpy.typing import NDArray

F64 = NDArray[np.float64]
TIMES = np.arange(0.0, 10.0, 0.01)
AREA = np.array([[19.0, -1.0], [21.0, -1.0], [21.0, 1.0], [19.0, 1.0]])


def track(x: float, y: float, vx: float, vy: float, yaw: float) -> F64:
    rows = np.tile([x, y, vx, vy, yaw, 4.0, 2.0], (len(TIMES), 1))
    rows[:, 0] += vx * TIMES
    rows[:, 1] += vy * TIMES
    return rows


def test_exposure_of_a_ramp_and_as_running_sums() -> None:
    """TTC falls from 4 s to 0 at one second a second: below 2 s for 2 s, the triangle under it is 2 s^2."""
    ttc = np.concatenate([[inf, inf], np.arange(4.0, 0.0, -0.01)])
    tet, tit = exposure(ttc, 0.01, 2.0)
    assert tet[-1] == pytest.approx(2.0, abs=0.011) and tit[-1] == pytest.approx(2.0, abs=0.021)
    running = Exposure(2.0)
    for k, value in enumerate(ttc):
        running.add(float(value), 0.01)
        assert (running.exposed_s, running.integrated_s2) == pytest.approx((tet[k], tit[k]))


def test_post_encroachment_is_what_was_predicted_for_steady_boxes() -> None:
    first, second = track(0.0, 0.0, 10.0, 0.0, 0.0), track(20.0, -20.0, 0.0, 4.0, pi / 2)
    seen = post_encroachment(TIMES, first, second, AREA)
    assert seen.first == 0 and not seen.interaction
    assert seen.pet_s == pytest.approx(4.25 - 2.3, abs=0.021)
    assert seen.pet_s == pytest.approx(predicted_encroachment(first[0], second[0]), abs=0.021)
    swapped = post_encroachment(TIMES, second, first, AREA)
    assert swapped == seen._replace(first=1)


def test_both_inside_at_once_is_an_interaction_and_not_zero() -> None:
    both = post_encroachment(TIMES, track(0.0, 0.0, 10.0, 0.0, 0.0), track(20.0, -8.0, 0.0, 4.0, pi / 2), AREA)
    assert both == (inf, -1, True)


def test_nobody_or_only_one_in_the_area_is_undefined() -> None:
    first = track(0.0, 0.0, 10.0, 0.0, 0.0)
    assert post_encroachment(TIMES, first, track(50.0, -20.0, 0.0, 4.0, pi / 2), AREA) == (inf, -1, False)
    gone = np.full_like(first, np.nan)
    assert post_encroachment(TIMES, first, gone, AREA) == (inf, -1, False)


def test_the_area_may_be_oblique() -> None:
    """A diamond whose tips lie 2 m to either side of (20, 0): no box around it would give the same times."""
    diamond = np.array([[18.0, 0.0], [20.0, -2.0], [22.0, 0.0], [20.0, 2.0]])
    first, second = track(0.0, 2.5, 10.0, 0.0, 0.0), track(20.0, -20.0, 0.0, 4.0, pi / 2)
    seen = post_encroachment(TIMES, first, second, diamond)
    # the first's lower side is at y = 1.5, where the diamond ends at 20.5 m; the second's front meets the tip at -2 m
    assert seen.pet_s == pytest.approx(16.0 / 4.0 - 22.5 / 10.0, abs=0.021)
