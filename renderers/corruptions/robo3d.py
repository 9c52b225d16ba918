"""Robo3D (Kong et al. ICCV 2023): 8 lidar corruptions, light, moderate and heavy.

Figures are those of KITTI-C; where SemanticKITTI-C or nuScenes-C have others for all three levels, a variant carries
the data set's name. Of nuScenes-C only the light levels of motion_blur (.2) and crosstalk (.03) are known; they are not
registered. The published scripts for incomplete_echo cover SemanticKITTI-C and nuScenes-C.
"""

from __future__ import annotations

from typing import Any

from ..air import LN_20
from . import point_noise, point_weather
from .registry import Corruption, Modality, as_fault, each, every_point, register

SOURCE = "Robo3D, Kong et al. ICCV 2023"
FOG_PER_M = (0.0, 0.005, 0.01, 0.02, 0.03, 0.06)
_MORS_M = tuple(LN_20 / a if a > 0.0 else float("inf") for a in FOG_PER_M)


def _add(name: str, physical: Any = None, note: str = "", **ladder: Any) -> None:
    register(Corruption(f"robo3d/{name}", Modality.POINTS, source=SOURCE, physical=physical, note=note, **ladder))


_add(
    "fog", each("weather.visibility_m", (_MORS_M,) * 3), "the severity sets the back-scatter only",
    **every_point(point_weather.robo3d_fog, beta=(0.008, 0.05, 0.2), alphas_per_m=(FOG_PER_M,) * 3),
)  # fmt: skip
_WATER = (0.2, 1.0, 1.2)
for _variant, _floor in (("", (0.2, 0.2, 0.2)), ("/semantickitti", (0.3, 0.3, 0.7)), ("/nuscenes", (0.2, 0.3, 0.7))):
    _add(
        f"wet_ground{_variant}", each("weather.water_mm", _WATER),
        **every_point(point_weather.wet_ground, water_mm=_WATER, noise_floor=_floor),
    )  # fmt: skip
_SNOW, _FALL = (0.5, 1.0, 2.5), (2.0, 1.6, 1.6)
_add(
    "snow", each("weather.snow_mmph", _SNOW), "flakes drawn for each beam on its own",
    **every_point(point_weather.hahner_snow, snowfall_mmph=_SNOW, fall_mps=_FALL),
)  # fmt: skip
for _variant, _jitter in (("", (0.04, 0.08, 0.10)), ("/semantickitti", (0.20, 0.25, 0.30))):
    _add(f"motion_blur{_variant}", **every_point(point_noise.motion_blur, sigma_m=_jitter))
for _variant, _rings, _beams in (("", (16, 32, 48), 64), ("/nuscenes", (8, 16, 24), 32)):
    _lost = as_fault("beam_loss", [r / _beams for r in _rings])
    _table = {"rings": _rings, "beams": (_beams,) * 3}
    _add(f"beam_missing{_variant}", _lost, **every_point(point_noise.beam_missing, **_table))
    _add(f"cross_sensor{_variant}", **every_point(point_noise.cross_sensor, **_table))
_CROSSTALK = (0.006, 0.008, 0.010)
_add(
    "crosstalk", as_fault("crosstalk", _CROSSTALK),
    **every_point(point_noise.scatter, fraction=_CROSSTALK, sigma_m=(point_noise.CROSSTALK_M,) * 3),
)  # fmt: skip
_ECHO = (0.75, 0.85, 0.95)
_add("incomplete_echo", as_fault("incomplete_echo", _ECHO), **every_point(point_noise.incomplete_echo, share=_ECHO))
