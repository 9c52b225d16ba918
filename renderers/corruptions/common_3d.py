"""3D Common Corruptions (Kar et al. CVPR 2022): those whose figures are known, 5 severities.

Of the twenty, fog on normalised depth, low light and ISO noise are here. Flash, focus, motion and shadows are left out:
this engine makes them in the renderer.
"""

from __future__ import annotations

from . import image_noise, image_weather
from .registry import Corruption, Modality, every, register
from .robobev import DARK, DARK_PHOTONS, DARK_SIGMA

SOURCE = "3D Common Corruptions, Kar et al. CVPR 2022"

for _name, _ladder in {
    "fog_3d": every(image_weather.depth_fog, alpha=(4, 8, 12, 16, 20)),
    "low_light": every(image_noise.low_light, level=DARK, photons=DARK_PHOTONS, sigma=DARK_SIGMA),
    "iso_noise": every(image_noise.iso_noise, photons=(25,) * 5, sigma=DARK_SIGMA),
}.items():
    register(Corruption(f"3dcc/{_name}", Modality.IMAGE, source=SOURCE, **_ladder))
