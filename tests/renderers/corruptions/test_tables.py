"""Acceptance test 16: severities equal the published tables (transcribed once more, from the benchmarks' figures)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cornercase.renderers.corruptions import corruption, corruptions
from cornercase.renderers.corruptions.imagenet_c import EXTRA
from cornercase.renderers.corruptions.robobev import LEVELS
from cornercase.renderers.faults import FaultConfig

IMAGENET = {
    "gaussian_noise": {"sigma": (0.08, 0.12, 0.18, 0.26, 0.38)},
    "shot_noise": {"photons": (60, 25, 12, 5, 3)},
    "impulse_noise": {"amount": (0.03, 0.06, 0.09, 0.17, 0.27)},
    "speckle_noise": {"sigma": (0.15, 0.2, 0.35, 0.45, 0.6)},
    "defocus_blur": {"radius": (3, 4, 6, 8, 10), "alias": (0.1, 0.5, 0.5, 0.5, 0.5)},
    "gaussian_blur": {"sigma": (1, 2, 3, 4, 6)},
    "glass_blur": {"sigma": (0.7, 0.9, 1, 1.1, 1.5), "delta": (1, 2, 2, 3, 4), "iterations": (2, 1, 3, 2, 2)},
    "motion_blur": {"radius": (10, 15, 15, 15, 20), "sigma": (3, 5, 8, 12, 15)},
    "zoom_blur": {"until": (1.11, 1.16, 1.21, 1.26, 1.31), "step": (0.01, 0.01, 0.02, 0.02, 0.03)},
    "fog": {"thickness": (1.5, 2, 2.5, 2.5, 3), "decay": (2, 2, 1.7, 1.5, 1.4)},
    "frost": {"image_weight": (1, 0.8, 0.7, 0.65, 0.6), "frost_weight": (0.4, 0.6, 0.7, 0.7, 0.75)},
    "snow": {
        "mean": (0.1, 0.2, 0.55, 0.55, 0.55), "std": (0.3,) * 5, "zoom": (3, 2, 4, 4.5, 2.5),
        "threshold": (0.5, 0.5, 0.9, 0.85, 0.85), "blur_radius": (10, 12, 12, 12, 12),
        "blur_sigma": (4, 4, 8, 8, 12), "blend": (0.8, 0.7, 0.7, 0.65, 0.55),
    },
    "spatter": {
        "mean": (0.65, 0.65, 0.65, 0.65, 0.67), "std": (0.3, 0.3, 0.3, 0.3, 0.4), "blur": (4, 3, 2, 1, 1),
        "threshold": (0.69, 0.68, 0.68, 0.65, 0.65), "strength": (0.6, 0.6, 0.5, 1.5, 1.5), "mud": (0, 0, 0, 1, 1),
    },
    "brightness": {"add": (0.1, 0.2, 0.3, 0.4, 0.5)},
    "contrast": {"factor": (0.4, 0.3, 0.2, 0.1, 0.05)},
    "saturate": {"factor": (0.3, 0.1, 2, 5, 20), "add": (0, 0, 0, 0.1, 0.2)},
    "elastic_transform": {"alpha": (12.5, 16.25, 21.25, 25.0, 30.0)},
    "pixelate": {"factor": (0.6, 0.5, 0.4, 0.3, 0.25)},
    "jpeg_compression": {"quality": (25, 18, 15, 10, 7)},
}  # fmt: skip

STEP, ENTRY = (0.02, 0.04, 0.06, 0.08, 0.10), (0.002, 0.004, 0.006, 0.008, 0.010)
RATES = (0.20, 0.73, 1.5625, 3.125, 7.29)
DENSITY = ((0.01, 0.06), (0.06, 0.10), (0.10, 0.15), (0.15, 0.20), (0.20, 0.25))
AD_3D = {
    "rain": {"rate_mmph": RATES, "image_density": DENSITY, "image_grey": (0.3,) * 5},
    "snow": {"rate_mmph": RATES, "image_density": DENSITY, "image_grey": (0.3,) * 5},
    "snow/nuscenes": {
        "rain_rate_mmph": (2.62, 42.7, 200, 368, 791), "occupancy": (7.7e-7, 5.0e-6, 1.4e-5, 2.1e-5, 3.5e-5),
    },
    "fog": {"alpha_per_m": (0.005, 0.01, 0.02, 0.03, 0.06), "image_grey": (0.1, 0.2, 0.3, 0.4, 0.5)},
    "strong_sunlight": {
        "fraction": (0.01, 0.02, 0.03, 0.04, 0.05), "sigma_m": (2,) * 5, "image_radius_px": (30, 40, 50, 60, 70),
    },
    "density_decrease": {"share": (0.06, 0.12, 0.18, 0.24, 0.30)},
    "cutout": {"groups": (2, 3, 5, 7, 10), "share": (0.02,) * 5},
    "lidar_crosstalk": {"fraction": (0.004, 0.008, 0.012, 0.016, 0.020), "sigma_m": (3,) * 5},
    "fov_lost": {"half_angle_deg": (105, 90, 75, 60, 45)},
    "gaussian_noise_l": {"sigma_m": STEP},
    "uniform_noise_l": {"scale_m": STEP},
    "impulse_noise_l": {"divisor": (30, 25, 20, 15, 10), "offset_m": (0.1,) * 5},
    "gaussian_noise_c": IMAGENET["gaussian_noise"],
    "uniform_noise_c": {"scale": (0.08, 0.12, 0.18, 0.26, 0.38)},
    "impulse_noise_c": IMAGENET["impulse_noise"],
    "motion_compensation": {"translation_m": STEP, "rotation_entry": ENTRY},
    "moving_object": {"shift_m": (0.2, 0.4, 0.6, 0.8, 1.0)},
    "motion_blur": {"length": STEP},
    "motion_blur/front_back": {"length": STEP},
    "local_density_decrease": {"share": (0.1, 0.2, 0.3, 0.4, 0.5)},
    "local_cutout": {"share": (0.3, 0.4, 0.5, 0.6, 0.7)},
    "local_gaussian_noise": {"sigma_m": STEP},
    "local_uniform_noise": {"scale_m": STEP},
    "local_impulse_noise": {"divisor": (30, 25, 20, 15, 10), "offset_m": (0.1,) * 5},
    "shear": {"coefficient": (0.05, 0.10, 0.15, 0.20, 0.25)},
    "scale": {"share": (0.04, 0.08, 0.12, 0.16, 0.20)},
    "rotation": {"angle_deg": (1, 3, 5, 7, 9)},
    "spatial_misalignment": {
        "translation_m": (0.04, 0.08, 0.12, 0.16, 0.20), "rotation_entry": (0.004, 0.008, 0.012, 0.016, 0.020),
    },
    "temporal_misalignment": {"frames_late": (2, 4, 6, 8, 10)},
}  # fmt: skip

FOG_ALPHAS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.06)
WATER = (0.2, 1.0, 1.2)
ROBO3D = {
    "fog": {"beta": (0.008, 0.05, 0.2), "alphas_per_m": (FOG_ALPHAS,) * 3},
    "wet_ground": {"water_mm": WATER, "noise_floor": (0.2, 0.2, 0.2)},
    "wet_ground/semantickitti": {"water_mm": WATER, "noise_floor": (0.3, 0.3, 0.7)},
    "wet_ground/nuscenes": {"water_mm": WATER, "noise_floor": (0.2, 0.3, 0.7)},
    "snow": {"snowfall_mmph": (0.5, 1.0, 2.5), "fall_mps": (2.0, 1.6, 1.6)},
    "motion_blur": {"sigma_m": (0.04, 0.08, 0.10)},
    "motion_blur/semantickitti": {"sigma_m": (0.20, 0.25, 0.30)},
    "beam_missing": {"rings": (16, 32, 48), "beams": (64,) * 3},
    "beam_missing/nuscenes": {"rings": (8, 16, 24), "beams": (32,) * 3},
    "cross_sensor": {"rings": (16, 32, 48), "beams": (64,) * 3},
    "cross_sensor/nuscenes": {"rings": (8, 16, 24), "beams": (32,) * 3},
    "crosstalk": {"fraction": (0.006, 0.008, 0.010), "sigma_m": (3,) * 3},
    "incomplete_echo": {"share": (0.75, 0.85, 0.95)},
}
ISO = {"photons": (25,) * 5, "sigma": (0.08, 0.12, 0.18, 0.26, 0.38)}
DARK = {
    "level": (0.6, 0.5, 0.4, 0.3, 0.2), "photons": (600, 250, 120, 50, 30), "sigma": (0.08, 0.12, 0.18, 0.26, 0.38),
}  # fmt: skip
MULTICORRUPT = {
    "beamsreducing": {"beams_left": (16, 8, 4), "beams": (32,) * 3},
    "pointsreducing": {"share": (0.7, 0.8, 0.9)},
    "brightness": {"add": (0.5, 0.6, 0.7)},
    "dark": {"level": (0.6, 0.4, 0.3), "photons": (250, 120, 50), "sigma": (0.08, 0.18, 0.26)},
    "fog": {
        "alpha_per_m": (0.02, 0.03, 0.06), "beta": (0.008, 0.008, 0.05), "image_beta": (0.0005, 0.001, 0.002),
        "image_airlight": (0.5,) * 3,
    },
    "missingcamera": {"chance": (0.2, 0.4, 0.6)},
    "spatialmisalignment": {"chance": (0.2, 0.4, 0.6), "angle_deg": (1, 2, 3), "shift_m": (2,) * 3},
    "temporalmisalignment": {"chance": (0.2, 0.4, 0.6)},
}  # fmt: skip
TABLES = {
    **{f"imagenet_c/{k}": v for k, v in IMAGENET.items()},
    **{f"3d_corruptions_ad/{k}": v for k, v in AD_3D.items()},
    **{f"robo3d/{k}": v for k, v in ROBO3D.items()},
    **{f"robodepth/{k}": v for k, v in IMAGENET.items() if k not in EXTRA},
    "robodepth/dark": DARK,
    "robodepth/color_quant": {"bits": (5, 4, 3, 2, 1)},
    "robodepth/iso_noise": ISO,
    **{f"multicorrupt/{k}": v for k, v in MULTICORRUPT.items()},
    "3dcc/fog_3d": {"alpha": (4, 8, 12, 16, 20)},
    "3dcc/low_light": DARK,
    "3dcc/iso_noise": ISO,
    "robobev/camera_crash": {"cameras": (2, 4, 5), "rig": (6,) * 3},
    "robobev/color_quant": {"bits": (4, 3, 2)},
    "robobev/low_light": {"level": (0.4, 0.3, 0.2), "photons": (120, 50, 30), "sigma": (0.18, 0.26, 0.38)},
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_severities_equal_the_published_tables(name: str) -> None:
    c = corruption(name)
    assert set(c.parameters) == set(TABLES[name])
    for key, values in TABLES[name].items():
        np.testing.assert_allclose(np.array(c.parameters[key]), np.array(values), rtol=1e-12, err_msg=f"{name} {key}")


def test_the_rest_of_robobev_and_multicorrupt() -> None:
    assert corruption("robobev/frame_lost").parameters["chance"] == pytest.approx((2 / 6, 4 / 6, 5 / 6))
    for name, levels in (("motion_blur", LEVELS), ("brightness", LEVELS), ("fog", LEVELS), ("snow", (1, 2, 3))):
        for key, values in IMAGENET[name].items():
            assert corruption(f"robobev/{name}").parameters[key] == tuple(values[i - 1] for i in levels)
    snow = corruption("multicorrupt/snow").parameters
    assert (snow["snowfall_mmph"], snow["fall_mps"]) == ((0.5, 2.5, 1.5), (1.2, 1.6, 0.4))
    assert corruption("multicorrupt/motionblur").parameters["sigma_m"] == (0.06, 0.1, 0.13)


def test_no_table_is_left_unchecked() -> None:
    elsewhere = {f"robobev/{n}" for n in ("frame_lost", "motion_blur", "brightness", "fog", "snow")}
    assert set(TABLES) | elsewhere | {"multicorrupt/snow", "multicorrupt/motionblur"} == set(corruptions())


@pytest.mark.parametrize(
    ("benchmark", "count"), [("imagenet_c", 19), ("3d_corruptions_ad", 27), ("robo3d", 8), ("robobev", 8),
                             ("robodepth", 18), ("multicorrupt", 10)],
)  # fmt: skip
def test_benchmarks_are_complete(benchmark: str, count: int) -> None:
    assert len({name.split("/")[1] for name in corruptions(benchmark)}) == count


def test_physical_counterparts_name_settings_of_the_engine() -> None:
    known = {"weather.visibility_m", "weather.rain_mmph", "weather.snow_mmph", "weather.water_mm"}
    fault = {"fault.kind", "fault.magnitude", "fault.probability_per_frame", "fault.cameras"}
    for name in corruptions():
        for settings in corruption(name).physical or ():
            assert set(settings) <= known or set(settings) <= fault, name
            if "fault.kind" in settings:
                FaultConfig(settings["fault.kind"], magnitude=settings.get("fault.magnitude"))
    fog = corruption("3d_corruptions_ad/fog").physical
    assert fog is not None
    assert [s["weather.visibility_m"] for s in fog] == pytest.approx([599, 300, 150, 99.9, 49.9], rel=2e-3)
    robo = corruption("robo3d/fog").physical
    assert robo is not None and robo[0]["weather.visibility_m"][-1] == pytest.approx(math.log(20) / 0.06)
