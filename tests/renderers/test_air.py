"""The air: its laws, and closed integrals against quadrature."""

import numpy as np
import pytest
from cornercase.renderers.air import Air, FogBank, extinction_at, fog_extinction, optical_depth, transmission
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

UNEVEN = Air(
    fog_extinction_per_m=0.02, unevenness=0.7, drift_m=(3.0, -5.0, 0.0), rain_mmph=4.0,
    banks=(FogBank((40.0, 5.0, 1.0), (15.0, 30.0, 4.0), 0.08), FogBank((-20.0, 0.0, 0.0), (4.0, 9.0, 2.0), 0.2)),
)  # fmt: skip


def unit(v: ArrayLike) -> np.ndarray:
    v = np.asarray(v, float)
    return v / np.linalg.norm(v)


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(*[st.floats(-60, 60)] * 3),
    st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1),
    st.floats(0.0, 200.0),
)
def test_the_closed_integral_agrees_with_quadrature(
    origin: tuple[float, ...], direction: tuple[float, ...], far: float
) -> None:
    d = unit(direction)
    at = (np.arange(4000) + 0.5) / 4000 * far
    sampled = sum(extinction_at(UNEVEN.table, *(np.array(origin) + s * d)) for s in at) * far / 4000
    assert optical_depth(UNEVEN.table, *origin, *d, far) == pytest.approx(sampled, rel=1e-4, abs=1e-6)


def test_contrast_at_the_optical_range_is_five_per_cent() -> None:
    air = Air(fog_extinction_per_m=fog_extinction(150.0))
    assert transmission(air, [0, 0, 1], [1, 0, 0], 150.0)[0] == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize(("rate", "per_km"), [(1, 0.37), (5, 1.0), (10, 1.56), (25, 2.8), (50, 4.3)])
def test_rain_takes_light_as_marshall_palmer_drops_do(rate: float, per_km: float) -> None:
    assert 1e3 * Air(rain_mmph=rate).rain_extinction_per_m == pytest.approx(per_km, rel=0.05)


@pytest.mark.parametrize("rate", [1.0, 5.0, 10.0, 25.0, 50.0])
def test_rain_is_near_the_law_fitted_to_measurements(rate: float) -> None:
    assert 1e3 * Air(rain_mmph=rate).rain_extinction_per_m == pytest.approx(0.312 * rate**0.67, rel=0.18)


@pytest.mark.parametrize(("rate", "per_km"), [(1.0, 1.4), (2.5, 2.4)])
def test_snow_takes_more(rate: float, per_km: float) -> None:
    assert 1e3 * Air(snow_mmph=rate).snow_extinction_per_m == pytest.approx(per_km, rel=0.05)


def test_clear_air_takes_nothing() -> None:
    assert Air().clear
    assert transmission(Air(), np.zeros((3, 3)), np.tile([0.0, 0.0, 1.0], (3, 1)), [1.0, 1e3, 1e5]).tolist() == [
        1,
        1,
        1,
    ]


@pytest.mark.parametrize("values", [{"rain_mmph": -1.0}, {"unevenness": 1.5}, {"fog_extinction_per_m": float("nan")}])
def test_impossible_air_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Air(**values)
