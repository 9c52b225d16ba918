"""3D_Corruptions_AD (Dong et al. CVPR 2023): 27 corruptions of lidar, camera and both, 5 severities (KITTI-C figures).

Snow for nuScenes-C has figures of its own, which come with wet ground that is left out here. Camera snow and rain are
layers painted on the picture; the density of the flakes is taken to be that of the drops. Camera parts of the
object-level corruptions, which cut pictures out along boxes, are left out.
"""

from __future__ import annotations

from typing import Any

from ..air import LN_20
from . import image_blur, image_noise, image_weather, objects, point_noise, point_weather, pose
from .imagenet_c import LADDERS
from .registry import Corruption, Modality, as_fault, each, every, every_point, register

SOURCE = "3D_Corruptions_AD, Dong et al. CVPR 2023 (MIT)"
RATES_MMPH = (0.20, 0.73, 1.5625, 3.125, 7.29)
FOG_PER_M = (0.005, 0.01, 0.02, 0.03, 0.06)
_DENSITY = ((0.01, 0.06), (0.06, 0.10), (0.10, 0.15), (0.15, 0.20), (0.20, 0.25))
_STEP = (0.02, 0.04, 0.06, 0.08, 0.10)
_ENTRY = (0.002, 0.004, 0.006, 0.008, 0.010)
_DIVISOR = (30, 25, 20, 15, 10)
_TENTH = (0.1,) * 5


def _add(name: str, modality: Modality, physical: Any = None, note: str = "", **parts: Any) -> None:
    register(Corruption(f"3d_corruptions_ad/{name}", modality, source=SOURCE, physical=physical, note=note, **parts))


def _both(points: Any, image: Any, **tables: Any) -> dict[str, Any]:
    return {"parameters": tables, "points": points, "image": image}


_add(
    "rain", Modality.BOTH, each("weather.rain_mmph", RATES_MMPH),
    **_both(
        point_weather.lisa_rain, image_weather.rain_layer,
        rate_mmph=RATES_MMPH, image_density=_DENSITY, image_grey=(0.3,) * 5,
    ),
)  # fmt: skip
_add(
    "snow", Modality.BOTH, each("weather.snow_mmph", RATES_MMPH),
    **_both(
        point_weather.lisa_snow, image_weather.snow_layer,
        rate_mmph=RATES_MMPH, image_density=_DENSITY, image_grey=(0.3,) * 5,
    ),
)  # fmt: skip
_add(
    "snow/nuscenes", Modality.POINTS, note="without the wet ground that the published code adds",
    **every_point(
        point_weather.nuscenes_snow,
        rain_rate_mmph=(2.62, 42.7, 200.0, 368.0, 791.0), occupancy=(7.7e-7, 5.0e-6, 1.4e-5, 2.1e-5, 3.5e-5),
    ),
)  # fmt: skip
_add(
    "fog", Modality.BOTH, each("weather.visibility_m", [LN_20 / a for a in FOG_PER_M]),
    **_both(
        point_weather.fog, image_weather.fog_layer, alpha_per_m=FOG_PER_M, image_grey=(0.1, 0.2, 0.3, 0.4, 0.5)
    ),
)  # fmt: skip
_add(
    "strong_sunlight", Modality.BOTH,
    **_both(
        point_noise.scatter, image_weather.sun_flare,
        fraction=(0.01, 0.02, 0.03, 0.04, 0.05), sigma_m=(point_noise.SUNLIGHT_M,) * 5,
        image_radius_px=(30, 40, 50, 60, 70),
    ),
)  # fmt: skip
_LESS = (0.06, 0.12, 0.18, 0.24, 0.30)
_add("density_decrease", Modality.POINTS, as_fault("point_loss", _LESS), **every_point(point_noise.drop, share=_LESS))
_add("cutout", Modality.POINTS, **every_point(point_noise.cutout, groups=(2, 3, 5, 7, 10), share=(0.02,) * 5))
_CROSSTALK = (0.004, 0.008, 0.012, 0.016, 0.020)
_add(
    "lidar_crosstalk", Modality.POINTS, as_fault("crosstalk", _CROSSTALK),
    **every_point(point_noise.scatter, fraction=_CROSSTALK, sigma_m=(point_noise.CROSSTALK_M,) * 5),
)  # fmt: skip
_SECTOR = (105, 90, 75, 60, 45)
_FOV = every_point(point_noise.fov_lost, half_angle_deg=_SECTOR)
_add("fov_lost", Modality.POINTS, as_fault("fov_loss", _SECTOR), **_FOV)
_add("gaussian_noise_l", Modality.POINTS, **every_point(point_noise.gaussian_noise, sigma_m=_STEP))
_add("uniform_noise_l", Modality.POINTS, **every_point(point_noise.uniform_noise, scale_m=_STEP))
_add("impulse_noise_l", Modality.POINTS, **every_point(point_noise.impulse_noise, divisor=_DIVISOR, offset_m=_TENTH))
_GAUSS = LADDERS["gaussian_noise"]["parameters"]["sigma"]
_add("gaussian_noise_c", Modality.IMAGE, **every(image_noise.gaussian_noise, sigma=_GAUSS))
_add("uniform_noise_c", Modality.IMAGE, **every(image_noise.uniform_noise, scale=_GAUSS))
_add(
    "impulse_noise_c", Modality.IMAGE,
    **every(image_noise.impulse_noise, amount=LADDERS["impulse_noise"]["parameters"]["amount"]),
)  # fmt: skip
_add(
    "motion_compensation", Modality.POINTS,
    **every_point(pose.motion_compensation, translation_m=_STEP, rotation_entry=_ENTRY),
)  # fmt: skip
_add("moving_object", Modality.POINTS, **every_point(objects.moving_object, shift_m=(0.2, 0.4, 0.6, 0.8, 1.0)))
_add("motion_blur", Modality.IMAGE, note="sideways motion", **every(image_blur.directional_blur, length=_STEP))
_add("motion_blur/front_back", Modality.IMAGE, **every(image_blur.forward_blur, length=_STEP))
_SHARE = (0.1, 0.2, 0.3, 0.4, 0.5)
_add("local_density_decrease", Modality.POINTS, **every_point(objects.local_density_decrease, share=_SHARE))
_add("local_cutout", Modality.POINTS, **every_point(objects.local_cutout, share=(0.3, 0.4, 0.5, 0.6, 0.7)))
_add("local_gaussian_noise", Modality.POINTS, **every_point(objects.local_gaussian_noise, sigma_m=_STEP))
_add("local_uniform_noise", Modality.POINTS, **every_point(objects.local_uniform_noise, scale_m=_STEP))
_add(
    "local_impulse_noise", Modality.POINTS,
    **every_point(objects.local_impulse_noise, divisor=_DIVISOR, offset_m=_TENTH),
)  # fmt: skip
_add("shear", Modality.POINTS, **every_point(objects.shear, coefficient=(0.05, 0.10, 0.15, 0.20, 0.25)))
_add("scale", Modality.POINTS, **every_point(objects.scale, share=(0.04, 0.08, 0.12, 0.16, 0.20)))
_add("rotation", Modality.POINTS, **every_point(objects.rotation, angle_deg=(1, 3, 5, 7, 9)))
_SHIFT = tuple(2 * v for v in _STEP)
_add(
    "spatial_misalignment", Modality.POSE, as_fault("extrinsic_drift", _SHIFT),
    note="the perturbed matrix is made a rotation again",
    **every(pose.spatial_misalignment, translation_m=_SHIFT, rotation_entry=tuple(2 * v for v in _ENTRY)),
)  # fmt: skip
_LATE = (2, 4, 6, 8, 10)
_add("temporal_misalignment", Modality.SEQUENCE, as_fault("stale", _LATE), **every(pose.late, frames_late=_LATE))
