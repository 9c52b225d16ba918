"""RoboBEV (Xie et al.): 8 camera corruptions, easy, mid and hard, most of them ImageNet-C at other severities.

LowLight follows the published code, which indexes its tables from 0 by the severities 2, 3, 4.
"""

from __future__ import annotations

from typing import Any

from . import image_colour, image_noise, pose
from .imagenet_c import LADDERS
from .registry import Corruption, Modality, as_fault, every, register

SOURCE = "RoboBEV, arXiv 2405.17426"
LEVELS, SNOW_LEVELS, LOW_LIGHT_LEVELS = (2, 4, 5), (1, 2, 3), (2, 3, 4)
DARK = (0.6, 0.5, 0.4, 0.3, 0.2)
DARK_PHOTONS = tuple(10 * p for p in (60, 25, 12, 5, 3))
DARK_SIGMA = (0.08, 0.12, 0.18, 0.26, 0.38)


def _add(name: str, modality: Modality, physical: Any = None, **ladder: Any) -> None:
    register(Corruption(f"robobev/{name}", modality, source=SOURCE, physical=physical, **ladder))


def _borrowed(name: str, levels: tuple[int, ...]) -> dict[str, Any]:
    """An ImageNet-C corruption at some of its severities."""
    whole = LADDERS[name]
    tables = {key: tuple(values[level - 1] for level in levels) for key, values in whole["parameters"].items()}
    return {**whole, "parameters": tables}


_add(
    "camera_crash", Modality.VIEWS, tuple({"fault.kind": "black_frame", "fault.cameras": n} for n in LEVELS),
    **every(pose.camera_crash, cameras=LEVELS, rig=(6, 6, 6)),
)  # fmt: skip
_CHANCE = tuple(level / 6 for level in LEVELS)
_add("frame_lost", Modality.SEQUENCE, as_fault("dropped", _CHANCE), **every(pose.frame_lost, chance=_CHANCE))
_add("motion_blur", Modality.IMAGE, **_borrowed("motion_blur", LEVELS))
_add("brightness", Modality.IMAGE, **_borrowed("brightness", LEVELS))
_add("fog", Modality.IMAGE, **_borrowed("fog", LEVELS))
_add("snow", Modality.IMAGE, **_borrowed("snow", SNOW_LEVELS))
_add("color_quant", Modality.IMAGE, **every(image_colour.color_quant, bits=(4, 3, 2)))
_add(
    "low_light", Modality.IMAGE,
    **every(
        image_noise.low_light,
        level=tuple(DARK[i] for i in LOW_LIGHT_LEVELS),
        photons=tuple(DARK_PHOTONS[i] for i in LOW_LIGHT_LEVELS),
        sigma=tuple(DARK_SIGMA[i] for i in LOW_LIGHT_LEVELS),
    ),
)  # fmt: skip
