"""Overlap of boxes against areas that are known, and against the laws they obey."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.stress.geometry import centre_distance, iou_2d, iou_bev
from hypothesis import given, settings
from hypothesis import strategies as st

SIZE = st.floats(0.5, 8.0)
PLACE = st.floats(-3.0, 3.0)
ANGLE = st.floats(-7.0, 7.0)


def box(x: float, y: float, length: float, width: float, yaw: float) -> np.ndarray:
    return np.array([[x, y, 0.0, length, width, 1.5, yaw]])


def test_known_areas() -> None:
    unit = box(0, 0, 1, 1, 0)
    octagon = 2 * (np.sqrt(2) - 1)  # a square and the same turned by 45 degrees
    assert iou_bev(unit, box(0, 0, 1, 1, np.pi / 4))[0, 0] == pytest.approx(octagon / (2 - octagon), abs=1e-12)
    assert iou_bev(unit, box(0.5, 0, 1, 1, 0))[0, 0] == pytest.approx(1 / 3)
    assert iou_bev(unit, box(0.5, 0.5, 1, 1, np.pi))[0, 0] == pytest.approx(0.25 / 1.75)
    assert iou_bev(unit, box(0, 0, 4, 2, 0.3))[0, 0] == pytest.approx(1 / 8)
    assert iou_bev(unit, box(1.0, 0, 1, 1, 0))[0, 0] == 0.0
    assert iou_2d(np.array([[0, 0, 2, 2.0]]), np.array([[1, 1, 3, 3], [5, 5, 6, 6.0]])).tolist() == [[1 / 7, 0.0]]
    assert centre_distance(unit, box(3, 4, 9, 9, 1)).tolist() == [[5.0]]


@settings(max_examples=60, deadline=None)
@given(PLACE, PLACE, SIZE, SIZE, ANGLE, SIZE, SIZE, ANGLE, ANGLE)
def test_overlap_obeys_its_laws(x, y, la, wa, ya, lb, wb, yb, turn) -> None:
    a, b = box(0, 0, la, wa, ya), box(x, y, lb, wb, yb)
    common = iou_bev(a, b)[0, 0]
    assert 0.0 <= common <= 1.0 + 1e-9
    assert iou_bev(b, a)[0, 0] == pytest.approx(common, abs=1e-9)
    assert iou_bev(a, a)[0, 0] == pytest.approx(1.0)
    c, s = np.cos(turn), np.sin(turn)
    moved_a, moved_b = box(5, -7, la, wa, ya + turn), box(5 + c * x - s * y, -7 + s * x + c * y, lb, wb, yb + turn)
    assert iou_bev(moved_a, moved_b)[0, 0] == pytest.approx(common, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(PLACE, PLACE, SIZE, SIZE, ANGLE, SIZE, SIZE, ANGLE)
def test_overlap_agrees_with_counting_points(x, y, la, wa, ya, lb, wb, yb) -> None:
    grid = np.stack(np.meshgrid(*[np.linspace(-12, 12, 601)] * 2), -1).reshape(-1, 2)

    def inside(px: float, py: float, length: float, width: float, yaw: float) -> np.ndarray:
        d = grid - (px, py)
        u, v = d @ (np.cos(yaw), np.sin(yaw)), d @ (-np.sin(yaw), np.cos(yaw))
        return (np.abs(u) < length / 2) & (np.abs(v) < width / 2)

    a, b = inside(0, 0, la, wa, ya), inside(x, y, lb, wb, yb)
    counted = np.sum(a & b) / np.sum(a | b)
    assert iou_bev(box(0, 0, la, wa, ya), box(x, y, lb, wb, yb))[0, 0] == pytest.approx(counted, abs=0.06)
