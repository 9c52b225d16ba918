import cv2
import numpy as np
import pytest
from cornercase.renderers.camera.camera import CameraConfig
from cornercase.renderers.camera.lens import BrownConradyLens, KannalaBrandtLens, Lens
from hypothesis import given, settings
from hypothesis import strategies as st

BROWN = (-0.28, 0.09, 0.001, -0.002, -0.01, 0.02, 0.01, 0.001, 0.001, -0.001, 0.002, 0.0003, 0.01, -0.02)


def grid(lens: Lens, step: int = 8) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(np.arange(-0.5, lens.width, step), np.arange(-0.5, lens.height, step))


@pytest.mark.parametrize("terms", [0, 4, 5, 8, 12, 14])
def test_brown_conrady_agrees_with_opencv(terms: int) -> None:
    lens = BrownConradyLens(640, 480, fx=410.0, fy=405.0, cx=322.0, cy=236.0, distortion=BROWN[:terms])
    rng = np.random.default_rng(0)
    points = np.column_stack([rng.uniform(-0.7, 0.7, (500, 2)), np.ones(500)]) * rng.uniform(0.5, 50, (500, 1))
    uv, valid = lens.project(points)
    theirs, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), lens.matrix, np.array(lens.distortion))
    assert valid.all()
    np.testing.assert_allclose(uv, theirs[:, 0], atol=1e-8)


def test_kannala_brandt_agrees_with_opencv_fisheye() -> None:
    lens = KannalaBrandtLens(
        640, 480, fx=200.0, fy=203.0, cx=318.0, cy=241.0, distortion=(-0.02, 0.003, -0.001, 0.0001)
    )
    rng = np.random.default_rng(1)
    points = np.column_stack([rng.uniform(-5, 5, (500, 2)), rng.uniform(0.05, 3, 500)])
    uv, valid = lens.project(points)
    theirs, _ = cv2.fisheye.projectPoints(
        points[:, None], np.zeros(3), np.zeros(3), lens.matrix, np.array(lens.distortion)
    )
    assert valid.all()
    np.testing.assert_allclose(uv, theirs[:, 0], atol=1e-8)


@pytest.mark.parametrize(
    "lens",
    [
        BrownConradyLens.from_fov(640, 480, np.radians(95), BROWN),
        KannalaBrandtLens.from_fov(640, 480, np.radians(190), (-0.02, 0.003, -0.001, 0.0001)),
    ],
    ids=["brown_conrady", "kannala_brandt"],
)
def test_every_pixel_returns_to_itself(lens: Lens) -> None:
    u, v = grid(lens)
    directions = lens.directions(u, v)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=-1), 1.0, atol=1e-12)
    uv, valid = lens.project(directions * 7.0)
    assert valid.all()
    assert np.abs(uv - np.stack([u, v], axis=-1)).max() < 1e-6


@settings(deadline=None, max_examples=60)
@given(
    k1=st.floats(-0.3, 0.3),
    k2=st.floats(-0.1, 0.1),
    p1=st.floats(-0.005, 0.005),
    p2=st.floats(-0.005, 0.005),
    k3=st.floats(-0.05, 0.05),
    fov=st.floats(0.3, 1.9),
)
def test_brown_conrady_round_trip_or_a_clear_refusal(
    k1: float, k2: float, p1: float, p2: float, k3: float, fov: float
) -> None:
    try:
        lens = BrownConradyLens.from_fov(320, 200, fov, (k1, k2, p1, p2, k3))
    except ValueError as error:
        assert "folds back" in str(error) or "leaves nothing" in str(error)
        return
    u, v = grid(lens, 20)
    # tangential terms may carry the extreme corners past the radial limit; what is seen must come back
    inside = slice(1, -1)
    uv, valid = lens.project(lens.directions(u, v))
    seen = valid[inside, inside]
    error = np.abs(uv - np.stack([u, v], axis=-1))[inside, inside]
    assert seen.mean() > 0.9
    assert error[seen].max() < 0.01


@settings(deadline=None, max_examples=60)
@given(k=st.tuples(*[st.floats(-0.02, 0.02)] * 4), fov=st.floats(0.5, 3.6))
def test_kannala_brandt_round_trip_or_a_clear_refusal(k: tuple[float, ...], fov: float) -> None:
    try:
        lens = KannalaBrandtLens.from_fov(320, 200, fov, k)
    except ValueError as error:
        assert "folds back" in str(error) or "leaves nothing" in str(error)
        return
    u, v = grid(lens, 20)
    uv, valid = lens.project(lens.directions(u, v))
    assert valid.all()
    assert np.abs(uv - np.stack([u, v], axis=-1)).max() < 0.01


def test_field_of_view_is_what_was_asked_for() -> None:
    for lens, fov in (
        (BrownConradyLens.from_fov(641, 400, 1.4, (-0.2, 0.03, 0.0, 0.0)), 1.4),
        (KannalaBrandtLens.from_fov(641, 400, 3.4), 3.4),
    ):
        left, right = lens.directions([-0.5, 640.5], [lens.cy, lens.cy])
        assert np.arccos(left @ right) == pytest.approx(min(fov, 2 * np.pi - fov), abs=1e-6)


def test_points_behind_are_invisible_to_a_pinhole_and_visible_to_a_wide_fisheye() -> None:
    point = np.array([1.0, 0.0, -0.05])
    assert not BrownConradyLens(640, 480, fx=300.0).project(point)[1]
    assert KannalaBrandtLens.from_fov(640, 480, np.radians(200)).project(point)[1]


def test_corner_table_interpolates_to_pixel_centres() -> None:
    lens = BrownConradyLens.from_fov(320, 240, 1.5, BROWN[:5])
    corners = lens.corner_directions()
    assert corners.shape == (241, 321, 3) and corners.dtype == np.float32
    centre = (corners[:-1, :-1] + corners[1:, :-1] + corners[:-1, 1:] + corners[1:, 1:]).astype(np.float64)
    uv, _ = lens.project(centre)
    u, v = np.meshgrid(np.arange(320), np.arange(240))
    assert np.abs(uv - np.stack([u, v], axis=-1)).max() < 5e-3


def test_bad_lenses_are_refused() -> None:
    with pytest.raises(ValueError, match="folds back"):
        BrownConradyLens(640, 480, fx=300.0, distortion=(-0.5, 0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="reaches 89.5 degrees from its axis"):
        BrownConradyLens.from_fov(4000, 8, np.radians(179.0))
    with pytest.raises(ValueError, match="reaches 89.5 degrees from its axis"):
        CameraConfig(fov_deg=179.0)  # when it is configured, not when the first picture is taken
    with pytest.raises(ValueError, match="7 coefficients, expected 0, 4, 5, 8, 12 or 14"):
        BrownConradyLens(640, 480, fx=300.0, distortion=(0.0,) * 7)
    with pytest.raises(ValueError, match="3 coefficients, expected 0 or 4"):
        KannalaBrandtLens(640, 480, fx=300.0, distortion=(0.0,) * 3)
    with pytest.raises(ValueError, match="positive"):
        BrownConradyLens(640, 480, fx=-1.0)
