"""ImageNet-C (Hendrycks & Dietterich 2019): 15 corruptions and 4 extra, 5 severities, for pictures of any size.

Fog, snow, frost are textures without geometry; only optics and compression have counterparts of the same unit in the
engine. The elastic transform's alpha are those of the port for arbitrary sizes; its smoothing (1 % of 250 px) and
affine part (2 %) are (unverified).
"""

from __future__ import annotations

from typing import Any

from . import image_blur, image_colour, image_noise, image_weather
from .registry import Corruption, Modality, Overrides, as_fault, every, register

SOURCE = "ImageNet-C, Hendrycks & Dietterich 2019"
EXTRA = ("gaussian_blur", "saturate", "spatter", "speckle_noise")
"""The four that do not count towards the mean."""

_SNOW = (
    (0.1, 0.3, 3, 0.5, 10, 4, 0.8), (0.2, 0.3, 2, 0.5, 12, 4, 0.7), (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
    (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65), (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
)  # fmt: skip
_SPATTER = (
    (0.65, 0.3, 4, 0.69, 0.6, 0), (0.65, 0.3, 3, 0.68, 0.6, 0), (0.65, 0.3, 2, 0.68, 0.5, 0),
    (0.65, 0.3, 1, 0.65, 1.5, 1), (0.67, 0.4, 1, 0.65, 1.5, 1),
)  # fmt: skip


def columns(rows: tuple[tuple[Any, ...], ...], *names: str) -> dict[str, tuple[Any, ...]]:
    """A table by rows as tuples by name."""
    return dict(zip(names, zip(*rows, strict=True), strict=True))


LADDERS: dict[str, dict[str, Any]] = {
    "gaussian_noise": every(image_noise.gaussian_noise, sigma=(0.08, 0.12, 0.18, 0.26, 0.38)),
    "shot_noise": every(image_noise.shot_noise, photons=(60, 25, 12, 5, 3)),
    "impulse_noise": every(image_noise.impulse_noise, amount=(0.03, 0.06, 0.09, 0.17, 0.27)),
    "speckle_noise": every(image_noise.speckle_noise, sigma=(0.15, 0.2, 0.35, 0.45, 0.6)),
    "defocus_blur": every(image_blur.defocus_blur, radius=(3, 4, 6, 8, 10), alias=(0.1, 0.5, 0.5, 0.5, 0.5)),
    "gaussian_blur": every(image_blur.gaussian_blur, sigma=(1, 2, 3, 4, 6)),
    "glass_blur": every(
        image_blur.glass_blur, sigma=(0.7, 0.9, 1, 1.1, 1.5), delta=(1, 2, 2, 3, 4), iterations=(2, 1, 3, 2, 2)
    ),
    "motion_blur": every(image_blur.motion_blur, radius=(10, 15, 15, 15, 20), sigma=(3, 5, 8, 12, 15)),
    "zoom_blur": every(image_blur.zoom_blur, until=(1.11, 1.16, 1.21, 1.26, 1.31), step=(0.01, 0.01, 0.02, 0.02, 0.03)),
    "fog": every(image_weather.fog, thickness=(1.5, 2, 2.5, 2.5, 3), decay=(2, 2, 1.7, 1.5, 1.4)),
    "frost": every(image_weather.frost, image_weight=(1, 0.8, 0.7, 0.65, 0.6), frost_weight=(0.4, 0.6, 0.7, 0.7, 0.75)),
    "snow": every(
        image_weather.snow,
        **columns(_SNOW, "mean", "std", "zoom", "threshold", "blur_radius", "blur_sigma", "blend"),
    ),
    "spatter": every(image_weather.spatter, **columns(_SPATTER, "mean", "std", "blur", "threshold", "strength", "mud")),
    "brightness": every(image_colour.brightness, add=(0.1, 0.2, 0.3, 0.4, 0.5)),
    "contrast": every(image_colour.contrast, factor=(0.4, 0.3, 0.2, 0.1, 0.05)),
    "saturate": every(image_colour.saturate, factor=(0.3, 0.1, 2, 5, 20), add=(0, 0, 0, 0.1, 0.2)),
    "elastic_transform": every(
        image_colour.elastic_transform, alpha=tuple(250 * a for a in (0.05, 0.065, 0.085, 0.1, 0.12))
    ),
    "pixelate": every(image_colour.pixelate, factor=(0.6, 0.5, 0.4, 0.3, 0.25)),
    "jpeg_compression": every(image_colour.jpeg_compression, quality=(25, 18, 15, 10, 7)),
}
"""Tables and functions by name."""

NOTES = {
    "frost": "ice texture made from the generator instead of photographs",
    "motion_blur": "streak drawn with sub-pixel weights instead of ImageMagick",
    "spatter": "relief of water lit by one fixed kernel, without the published edge detector",
    "elastic_transform": "smoothing and affine part (unverified)",
}
_PHYSICAL: dict[str, tuple[Overrides, ...]] = {"gaussian_blur": as_fault("focus_drift", (1, 2, 3, 4, 6))}

for _name, _ladder in LADDERS.items():
    register(
        Corruption(
            f"imagenet_c/{_name}", Modality.IMAGE, source=SOURCE, note=NOTES.get(_name, ""),
            physical=_PHYSICAL.get(_name), **_ladder,
        )
    )  # fmt: skip
