"""RoboDepth: 18 camera corruptions, 5 severities: ImageNet-C without its extra four, dark, color_quant, iso_noise."""

from __future__ import annotations

from . import image_colour, image_noise
from .imagenet_c import EXTRA, LADDERS, NOTES
from .registry import Corruption, Modality, every, register
from .robobev import DARK, DARK_PHOTONS, DARK_SIGMA

SOURCE = "RoboDepth"

_OWN = {
    "dark": every(image_noise.low_light, level=DARK, photons=DARK_PHOTONS, sigma=DARK_SIGMA),
    "color_quant": every(image_colour.color_quant, bits=(5, 4, 3, 2, 1)),
    "iso_noise": every(image_noise.iso_noise, photons=(25,) * 5, sigma=DARK_SIGMA),
}
for _name, _ladder in {**{k: v for k, v in LADDERS.items() if k not in EXTRA}, **_OWN}.items():
    register(Corruption(f"robodepth/{_name}", Modality.IMAGE, source=SOURCE, note=NOTES.get(_name, ""), **_ladder))
