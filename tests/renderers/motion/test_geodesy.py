"""WGS 84 against known points and by round trips."""

import numpy as np
import pytest
from cornercase.renderers.motion.geodesy import geocentric, geodetic, geodetic_to_world, local_axes, world_to_geodetic
from hypothesis import given
from hypothesis import strategies as st


def test_known_points() -> None:
    np.testing.assert_allclose(geocentric([0.0, 0.0, 0.0]), [6_378_137.0, 0, 0])
    np.testing.assert_allclose(geocentric([np.pi / 2, 0.0, 0.0]), [0, 0, 6_356_752.314245], atol=1e-6)
    np.testing.assert_allclose(geocentric([np.pi / 4, 0, 0]), [4_517_590.8788, 0, 4_487_348.4088], atol=1e-3)


@given(st.floats(-1.5707, 1.5707), st.floats(-3.14159, 3.14159), st.floats(-500.0, 20_000.0))
def test_there_and_back(latitude: float, longitude: float, height: float) -> None:
    place = np.array([latitude, longitude, height])
    np.testing.assert_allclose(geodetic(geocentric(place)), place, atol=2e-8, rtol=1e-10)


@given(st.floats(-1.4, 1.4), st.floats(-3.0, 3.0), *[st.floats(-5000.0, 5000.0)] * 2, st.floats(-50.0, 50.0))
def test_world_and_back(latitude: float, longitude: float, x: float, y: float, z: float) -> None:
    reference, point = np.array([latitude, longitude, 300.0]), np.array([x, y, z])
    np.testing.assert_allclose(geodetic_to_world(world_to_geodetic(point, reference), reference), point, atol=1e-6)


def test_axes_point_east_north_up() -> None:
    reference = np.array([0.8, 0.2, 400.0])
    axes = local_axes(reference)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    step = 1e-6
    for k, (place, scale) in enumerate(
        (([0.8, 0.2 + step, 400.0], np.cos(0.8)), ([0.8 + step, 0.2, 400.0], 1.0), ([0.8, 0.2, 401.0], 0.0))
    ):
        moved = geodetic_to_world(place, reference)
        assert moved[k] == pytest.approx(np.linalg.norm(moved), rel=1e-6)
        assert moved[k] == pytest.approx(6.38e6 * step * scale if scale else 1.0, rel=0.01)
