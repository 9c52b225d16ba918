"""Ground patches against an independent, slow description of the same shapes."""

import numpy as np
import pytest
from cornercase.sim.physics.ground import ArcPatch, Ground, RectPatch
from hypothesis import given, settings
from hypothesis import strategies as st

COORDINATE = st.floats(-20, 20)


def test_defaults_hold_everywhere_without_patches() -> None:
    heights, frictions = Ground(height_m=0.3, friction=0.7).at(np.random.default_rng(1).normal(size=(5, 4, 3)))
    assert heights.shape == frictions.shape == (5, 4)
    assert np.all(heights == 0.3) and np.all(frictions == 0.7)


@settings(deadline=None)
@given(x=COORDINATE, y=COORDINATE, yaw=st.floats(-4, 4))
def test_rect_contains_what_its_own_frame_says(x: float, y: float, yaw: float) -> None:
    ground = Ground(patches=(RectPatch((2.0, -1.0), yaw, 6.0, 2.0, friction=0.1),))
    local = np.exp(-1j * yaw) * complex(x - 2.0, y + 1.0)
    if min(abs(abs(local.real) - 6.0), abs(abs(local.imag) - 2.0)) < 1e-6:
        return
    inside = abs(local.real) < 6.0 and abs(local.imag) < 2.0
    assert ground.at([x, y])[1] == (0.1 if inside else 0.85)


@settings(deadline=None)
@given(radius=st.floats(0, 30), angle=st.floats(-3.1, 3.1), start=st.floats(-9, 9), sweep=st.floats(0.01, 7))
def test_arc_contains_what_polar_coordinates_say(radius: float, angle: float, start: float, sweep: float) -> None:
    ground = Ground(patches=(ArcPatch((1.0, 1.0), 5.0, 20.0, start, start + sweep, height_m=0.12),))
    turned = (angle - start) % (2 * np.pi)
    near = min(abs(radius - 5.0), abs(radius - 20.0), turned, 2 * np.pi - turned, abs(turned - sweep)) < 1e-6
    if near:
        return
    inside = 5.0 < radius < 20.0 and turned < sweep
    xy = [1.0 + radius * np.cos(angle), 1.0 + radius * np.sin(angle)]
    assert ground.at(xy)[0] == (0.12 if inside else 0.0)


def test_later_patches_win_field_by_field() -> None:
    ground = Ground(
        patches=(
            RectPatch((0, 0), 0.0, 10, 10, height_m=0.1, friction=0.5),
            RectPatch((0, 0), 0.0, 5, 5, friction=0.2),
            ArcPatch((0, 0), 0.0, 2.0, 0.0, 7.0, height_m=0.4),
        )
    )
    heights, frictions = ground.at([[0, 0], [4, 0], [9, 0], [11, 0]])
    assert heights.tolist() == [0.4, 0.1, 0.1, 0.0]
    assert frictions.tolist() == [0.2, 0.2, 0.5, 0.85]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Ground(friction=-0.1), "friction"),
        (lambda: Ground(height_m=float("nan")), "height_m"),
        (lambda: RectPatch((0, 0), 0.0, 0.0, 1.0), "half extents"),
        (lambda: ArcPatch((0, 0), 3.0, 2.0, 0.0, 1.0), "inner"),
        (lambda: ArcPatch((0, 0), 1.0, 2.0, 1.0, 1.0), "end_rad"),
    ],
)
def test_nonsense_is_refused_by_name(make, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
