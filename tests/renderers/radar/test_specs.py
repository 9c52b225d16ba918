"""The waveform's arithmetic against the worked example of the mmWave FAQ, and what is refused."""

import numpy as np
import pytest
from cornercase.renderers.radar.config import RadarConfig
from cornercase.renderers.radar.specs import RADARS, RadarSpec, radar_spec


def test_the_worked_example_of_77_ghz() -> None:
    # S = 50 MHz/us, Fs = 3.6 MHz, T_c = 46 us, 3 TX: R_max 9.72 m, dR 7.6 cm, v_max 7.05 m/s, dv 0.1 m/s
    sampled_s = 2.99792458e8 / (2 * 0.076 * 50e12)
    spec = RadarSpec(
        slope_hz_per_s=50e12, sampling_hz=3.6e6, sampled_s=sampled_s, ramp_s=41e-6, idle_s=5e-6, transmitters=3,
        receivers=4, chirps=141, spacing_wavelengths=0.5, azimuth_fov_deg=60.0,
    )  # fmt: skip
    assert spec.max_range_m == pytest.approx(9.72, abs=0.02)
    assert spec.range_resolution_m == pytest.approx(0.076, rel=1e-6)
    assert spec.max_velocity_mps == pytest.approx(7.05, abs=0.01)
    assert spec.velocity_resolution_mps == pytest.approx(0.1, abs=0.001)
    assert spec.azimuth_resolution_rad == pytest.approx(2 / 12)


@pytest.mark.parametrize(("bandwidth_hz", "resolution_m"), [(200e6, 0.75), (1e9, 0.15), (4e9, 0.0375)])
def test_range_resolution_of_usual_bandwidths(bandwidth_hz: float, resolution_m: float) -> None:
    spec = RadarSpec(slope_hz_per_s=bandwidth_hz / 10e-6)
    assert spec.range_resolution_m == pytest.approx(resolution_m, rel=2e-3)


def test_presets_have_the_reach_of_their_class() -> None:
    far, near = RADARS["long_range"], RADARS["short_range"]
    assert far.max_range_m == pytest.approx(250.0, rel=0.01)
    assert near.max_range_m == pytest.approx(70.0, rel=0.01)
    assert far.range_resolution_m == pytest.approx(1.79, rel=0.01)
    assert near.range_resolution_m == pytest.approx(0.39, rel=0.01)
    assert far.velocity_resolution_mps == pytest.approx(0.37 / 3.6, rel=0.02)
    assert near.velocity_resolution_mps == pytest.approx(0.43 / 3.6, rel=0.02)
    for spec in RADARS.values():
        # the Doppler cells tile the interval, and a frame ends before the next of 13 a second begins
        assert spec.velocity_resolution_mps * spec.chirps == pytest.approx(2 * spec.max_velocity_mps)
        assert spec.frame_s < 1 / 13


def test_signal_follows_the_radar_equation() -> None:
    spec = RadarSpec()
    weaker = RadarSpec(gain_db=spec.gain_db - 3.0, losses_db=spec.losses_db + 4.0, chirps=spec.chirps // 2)
    assert 10 * np.log10(spec.snr_at_one_metre / weaker.snr_at_one_metre) == pytest.approx(6.0 + 4.0 + 3.0103, abs=1e-3)


def test_bad_values_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'long_range'"):
        radar_spec("long-range")
    with pytest.raises(ValueError, match="unknown radar 'lidar'"):
        RadarConfig("lidar")
    with pytest.raises(ValueError, match="cannot tell wider angles"):
        RadarSpec(spacing_wavelengths=3.0, azimuth_fov_deg=30.0)
    with pytest.raises(ValueError, match="sampled_s is"):
        RadarSpec(sampled_s=20e-6)
    with pytest.raises(ValueError, match="false_alarm is 0.5"):
        RadarConfig(false_alarm=0.5)
    with pytest.raises(ValueError, match="bounces is 9"):
        RadarConfig(bounces=9)
    with pytest.raises(ValueError, match="interference_db is"):
        RadarConfig(interference_db=(20.0, 5.0))
