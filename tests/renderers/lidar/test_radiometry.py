import numpy as np
import pytest
from cornercase.renderers.lidar.models import BEAMS
from cornercase.renderers.lidar.radiometry import (
    apparent_reflectance,
    detection_probability,
    intensity_byte,
    pane_reflectance,
    quantised,
    range_sigma,
    signal,
)


@pytest.mark.parametrize("table", BEAMS.values(), ids=BEAMS)
def test_detection_is_calibrated_to_the_data_sheet(table) -> None:  # type: ignore[no-untyped-def]
    r = table.range_50_m
    assert detection_probability(signal(0.1, r, r)) == pytest.approx(0.5)
    assert detection_probability(signal(0.1, 0.82 * r, r)) == pytest.approx(0.9, abs=1e-4)
    # B3: the clear-air limit goes with the root of the reflectance
    assert signal(0.8, r * np.sqrt(8.0), r) == pytest.approx(1.0)


def test_detection_rises_from_nothing_to_certainty() -> None:
    p = np.array([detection_probability(s) for s in np.linspace(0.0, 5.0, 2001)])
    assert p[0] == 0.0
    assert p[-1] == 1.0
    assert np.all(np.diff(p) >= 0.0)
    assert np.abs(np.diff(p)).max() < 0.005


def test_range_noise_meets_the_ouster_precision_table() -> None:
    os1 = BEAMS["OS1-64"]
    for electrical, sigma in ((250.0, 0.019), (100.0, 0.030), (12.0, 0.087)):
        assert range_sigma(electrical / 12.0, 0.0, os1.range_noise_m) == pytest.approx(sigma, abs=1e-3)


def test_retro_reflectors_hold_their_gain_to_thirty_degrees() -> None:
    facing, tilted, grazing = (apparent_reflectance(0.0, 100.0, np.cos(np.deg2rad(a))) for a in (0, 29, 80))
    assert facing == tilted == 100.0
    assert grazing < 25.0
    assert apparent_reflectance(0.5, 0.0, 0.5) == 0.25


def test_panes_shine_only_near_normal_incidence() -> None:
    assert pane_reflectance(0.0, 0.85, 1.0) == pytest.approx(0.08)
    assert pane_reflectance(0.0, 0.85, np.cos(np.deg2rad(45.0))) == pytest.approx(0.0, abs=1e-12)
    assert pane_reflectance(0.4, 0.75, 0.5) == pytest.approx(0.05, abs=1e-3)


def test_intensity_is_monotone_linear_below_white_and_logarithmic_above() -> None:
    rho = np.geomspace(1e-3, 4e3, 5000)
    byte = np.array([intensity_byte(r) for r in rho])
    assert np.all(np.diff(byte) >= 0)
    assert byte[0] == 1
    assert byte[-1] == 255
    assert (intensity_byte(0.1), intensity_byte(0.8), intensity_byte(1.0), intensity_byte(1.01)) == (10, 80, 100, 101)


def test_quantised() -> None:
    assert quantised(10.0071, 0.002) == pytest.approx(10.008)
    assert quantised(10.0071, 0.0) == 10.0071
