"""Clearances against points sampled on the outlines, and which heights count."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.transforms import from_rpy, from_yaw
from cornercase.sim.episode.clearance import COLUMNS, in_the_way, rectangle_gap, shape_rows, survey
from cornercase.sim.world.assets.asset import Asset, Box, Cylinder
from cornercase.sim.world.classes import SemanticClass
from hypothesis import given, settings
from hypothesis import strategies as st


def row(x: float, y: float, yaw: float, length: float, width: float) -> np.ndarray:
    return np.array([x, y, 0.0, 0.0, yaw, length, width, 0.0, 1.0])


def outline(r: np.ndarray, count: int = 400) -> np.ndarray:
    t = np.linspace(-0.5, 0.5, count)
    u, v = r[5], r[6]
    local = np.concatenate(
        [
            np.stack([u * t, np.full(count, s * v / 2)], 1) if k else np.stack([np.full(count, s * u / 2), v * t], 1)
            for k in (0, 1)
            for s in (-1, 1)
        ]
    )
    c, s = np.cos(r[4]), np.sin(r[4])
    return np.array([r[0], r[1]]) + local @ np.array([[c, s], [-s, c]])


SIZE, PLACE, TURN = st.floats(0.1, 3.0), st.floats(-4.0, 4.0), st.floats(-3.1, 3.1)


@settings(max_examples=60, deadline=None)
@given(PLACE, PLACE, TURN, SIZE, SIZE, TURN, SIZE, SIZE)
def test_the_gap_is_that_of_the_outlines(x, y, yaw, length, width, turn, a, b) -> None:  # type: ignore[no-untyped-def]
    one, two = row(0.0, 0.0, turn, a, b), row(x, y, yaw, length, width)
    gap = rectangle_gap(one, two)
    assert gap == pytest.approx(rectangle_gap(two, one), abs=1e-9)
    p, q = outline(one), outline(two)
    sampled = float(np.sqrt(((p[:, None] - q[None]) ** 2).sum(-1).min()))
    assert gap <= sampled + 1e-9
    if gap > 0.0:
        assert sampled < gap + 0.02


def test_a_leaning_box_counts_with_what_it_covers_and_only_at_its_heights() -> None:
    asset = Asset("box", SemanticClass.OBJECT, (1.0, 0.4, 0.2), (), (Box((0.5, 0.2, 0.1)), Cylinder(0.3, 2.0)))
    (flat, post) = shape_rows(asset, np.array([2.0, 1.0, 0.5]), from_yaw(0.7), (0.3, 0.0))
    assert flat[:7] == pytest.approx((2.0, 1.0, 0.3, 0.0, 0.7, 1.0, 0.4)) and flat[7:] == pytest.approx((0.4, 0.6))
    assert post[7:] == pytest.approx((-0.5, 1.5))
    (upright, _) = shape_rows(asset, np.zeros(3), from_rpy(0.0, np.pi / 2, 0.0))
    assert upright[5:] == pytest.approx((0.2, 0.4, -0.5, 0.5), abs=1e-9)
    rows = np.array([flat, post])
    assert len(in_the_way(rows, 0.7, 1.2)) == 1 and len(in_the_way(rows, 1.6, 2.0)) == 0


def test_the_survey_tells_distance_ahead_from_distance_beside() -> None:
    body = row(0.0, 0.0, 0.0, 0.7, 0.5)
    body[2] = 2.0
    rows = np.array([row(3.0, 0.0, 0.0, 1.0, 1.0), row(0.0, 0.6, 0.0, 5.0, 0.2)])
    around = survey(body, rows)
    assert around.gap_m == pytest.approx(0.25)
    assert around.ahead_m == pytest.approx(2.15)
    assert around.ttc_s == pytest.approx(2.15 / 2.0)
    empty = survey(body, np.empty((0, len(COLUMNS))))
    assert tuple(empty) == (np.inf, np.inf, np.inf)
