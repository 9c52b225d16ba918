"""MultiCorrupt (Beemelmanns et al. IV 2024): 10 corruptions of cameras and lidar, 3 severities, nuScenes.

Camera fog is the haze by distance in the picture, without the fractal that the published code adds before it. Camera
parts of snow and motion blur use the published tables.
"""

from __future__ import annotations

from typing import Any

from ..air import LN_20
from . import image_blur, image_colour, image_noise, image_weather, point_noise, point_weather, pose
from .registry import Corruption, Modality, as_fault, each, every, every_point, register

SOURCE = "MultiCorrupt, arXiv 2402.11677 (MIT)"


def _add(name: str, modality: Modality, physical: Any = None, note: str = "", **ladder: Any) -> None:
    register(Corruption(f"multicorrupt/{name}", modality, source=SOURCE, physical=physical, note=note, **ladder))


_BEAMS = (16, 8, 4)
_add(
    "beamsreducing", Modality.POINTS, as_fault("beam_reduction", [32 / b for b in _BEAMS]),
    **every_point(point_noise.beams_reducing, beams_left=_BEAMS, beams=(32,) * 3),
)  # fmt: skip
_LOST = (0.7, 0.8, 0.9)
_add("pointsreducing", Modality.POINTS, as_fault("point_loss", _LOST), **every_point(point_noise.drop, share=_LOST))
_add("brightness", Modality.IMAGE, **every(image_colour.brightness, add=(0.5, 0.6, 0.7)))
_add(
    "dark", Modality.IMAGE,
    **every(image_noise.low_light, level=(0.6, 0.4, 0.3), photons=(250, 120, 50), sigma=(0.08, 0.18, 0.26)),
)  # fmt: skip
_ALPHA = (0.02, 0.03, 0.06)
_add(
    "fog", Modality.BOTH, each("weather.visibility_m", [LN_20 / a for a in _ALPHA]),
    "camera: haze by distance in the picture only",
    parameters={
        "alpha_per_m": _ALPHA, "beta": (0.008, 0.008, 0.05),
        "image_beta": (0.0005, 0.001, 0.002), "image_airlight": (0.5,) * 3,
    },
    points=point_weather.fog, image=image_weather.distance_fog,
)  # fmt: skip
_SNOWFALL = (0.5, 2.5, 1.5)
_add(
    "snow", Modality.BOTH, each("weather.snow_mmph", _SNOWFALL), "flakes drawn for each beam on its own",
    parameters={
        "snowfall_mmph": _SNOWFALL, "fall_mps": (1.2, 1.6, 0.4),
        "image_mean": (0.3, 0.4, 0.5), "image_std": (0.3,) * 3, "image_zoom": (5, 4, 3),
        "image_threshold": (0.9, 0.85, 0.8), "image_blur_radius": (7, 8, 10), "image_blur_sigma": (7, 8, 10),
        "image_blend": (0.9, 0.85, 0.8),
    },
    points=point_weather.hahner_snow, image=image_weather.snow,
)  # fmt: skip
_CHANCE = (0.2, 0.4, 0.6)
_add(
    "missingcamera", Modality.VIEWS,
    tuple({"fault.kind": "black_frame", "fault.probability_per_frame": p} for p in _CHANCE),
    **every(pose.missing_camera, chance=_CHANCE),
)  # fmt: skip
_SIGMA = (0.06, 0.1, 0.13)
_add(
    "motionblur", Modality.BOTH, None, "lidar: one shift of the cloud and noise of the same size",
    parameters={"sigma_m": _SIGMA, "image_radius": (15,) * 3, "image_sigma": tuple(100 * s for s in _SIGMA)},
    points=point_noise.jitter, image=image_blur.motion_blur,
)  # fmt: skip
_add(
    "spatialmisalignment", Modality.POSE, as_fault("mount_turn", (1, 2, 3)),
    "counterpart: the turn, for good; the shift of 2 m is no fault of a mount",
    **every(pose.turned_and_shifted, chance=_CHANCE, angle_deg=(1, 2, 3), shift_m=(2.0,) * 3),
)  # fmt: skip
_add(
    "temporalmisalignment", Modality.SEQUENCE,
    tuple({"fault.kind": "frozen", "fault.probability_per_frame": p} for p in _CHANCE),
    **every(pose.stuck, chance=_CHANCE),
)  # fmt: skip
