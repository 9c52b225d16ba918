"""The coats of animals: colours, and where on the body they lie.

A coat is painted in layers: each has a colour and a function of the place that is positive where it lies, and the skin
is cut along its edge. Albedos are linear: dark brown fur 0.03-0.06, red summer coats about 0.2, white 0.5 and more.
Hair reflects 0.3-0.7 near 905 nm, dark or not (unverified), and does not shine. Places are in units of the height at
the withers, in the frame of `Skeleton`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ....renderers.scene import RGB, Material, Texture
from .shapes import F64


@dataclass(frozen=True)
class Coat:
    """Colours of one animal, linear RGB.

    Attributes:
        back, flank, belly: from top to bottom of the trunk.
        legs: below elbow and stifle.
        face, muzzle: the head.
        mark: rump patch, hump, ridge or saddle.
        ear: inside of the ears.

    """

    back: RGB
    flank: RGB
    belly: RGB
    legs: RGB
    face: RGB
    muzzle: RGB
    mark: RGB
    ear: RGB = (0.32, 0.27, 0.22)


class Layer(NamedTuple):
    """One colour, and where it lies: positive inside."""

    colour: RGB
    where: Callable[[F64], F64]


COATS: dict[str, tuple[Coat, ...]] = {
    "red_deer": (
        Coat((0.15, 0.072, 0.032), (0.22, 0.112, 0.052), (0.34, 0.25, 0.16), (0.19, 0.105, 0.052),
             (0.17, 0.10, 0.056), (0.036, 0.030, 0.026), (0.52, 0.41, 0.26)),
        Coat((0.105, 0.070, 0.045), (0.16, 0.112, 0.073), (0.26, 0.21, 0.155), (0.125, 0.09, 0.06),
             (0.133, 0.098, 0.07), (0.036, 0.030, 0.026), (0.50, 0.41, 0.28)),
    ),
    "roe_deer": (
        Coat((0.22, 0.098, 0.035), (0.28, 0.132, 0.050), (0.38, 0.26, 0.15), (0.25, 0.125, 0.052),
             (0.175, 0.115, 0.075), (0.020, 0.018, 0.017), (0.55, 0.48, 0.38)),
        Coat((0.108, 0.084, 0.062), (0.15, 0.119, 0.089), (0.26, 0.22, 0.175), (0.128, 0.10, 0.073),
             (0.122, 0.097, 0.076), (0.020, 0.018, 0.017), (0.62, 0.60, 0.57)),
    ),
    "moose": (
        Coat((0.042, 0.029, 0.021), (0.046, 0.032, 0.023), (0.034, 0.025, 0.019), (0.19, 0.162, 0.133),
             (0.050, 0.035, 0.026), (0.070, 0.056, 0.046), (0.10, 0.080, 0.062), (0.14, 0.12, 0.10)),
        Coat((0.062, 0.040, 0.025), (0.078, 0.050, 0.032), (0.050, 0.036, 0.025), (0.21, 0.18, 0.148),
             (0.072, 0.050, 0.034), (0.094, 0.075, 0.060), (0.135, 0.106, 0.080), (0.16, 0.14, 0.11)),
    ),
    "wild_boar": (
        Coat((0.032, 0.027, 0.023), (0.055, 0.046, 0.039), (0.036, 0.030, 0.026), (0.019, 0.016, 0.015),
             (0.048, 0.040, 0.034), (0.105, 0.086, 0.069), (0.021, 0.018, 0.016), (0.09, 0.065, 0.055)),
        Coat((0.052, 0.038, 0.028), (0.088, 0.067, 0.050), (0.055, 0.043, 0.034), (0.025, 0.020, 0.018),
             (0.075, 0.058, 0.044), (0.138, 0.110, 0.083), (0.030, 0.023, 0.018), (0.10, 0.073, 0.059)),
    ),
    "dog": (
        Coat((0.020, 0.016, 0.014), (0.22, 0.125, 0.058), (0.30, 0.20, 0.115), (0.27, 0.165, 0.083),
             (0.15, 0.090, 0.050), (0.024, 0.019, 0.017), (0.021, 0.017, 0.015), (0.24, 0.16, 0.11)),
        Coat((0.40, 0.275, 0.15), (0.45, 0.325, 0.19), (0.53, 0.43, 0.30), (0.47, 0.345, 0.21),
             (0.46, 0.335, 0.20), (0.45, 0.325, 0.20), (0.40, 0.275, 0.15), (0.38, 0.25, 0.17)),
        Coat((0.014, 0.013, 0.013), (0.017, 0.016, 0.015), (0.018, 0.017, 0.016), (0.017, 0.016, 0.015),
             (0.016, 0.015, 0.014), (0.020, 0.018, 0.017), (0.015, 0.014, 0.013), (0.07, 0.052, 0.046)),
        Coat((0.088, 0.040, 0.020), (0.105, 0.049, 0.026), (0.115, 0.058, 0.032), (0.10, 0.048, 0.026),
             (0.096, 0.046, 0.025), (0.076, 0.038, 0.023), (0.088, 0.040, 0.020), (0.14, 0.082, 0.057)),
    ),
}  # fmt: skip
"""Coats of each kind, equally likely; the first of dogs is a shepherd's, with a saddle and a mask."""


def fur(colour: RGB, shade: float = 1.0) -> Material:
    """Hair of a colour, lighter or darker by a factor."""
    r, g, b = (float(np.clip(c * shade, 0.006, 0.75)) for c in colour)
    return Material((r, g, b), 1.0, nir_reflectance=float(np.clip(0.36 + 0.5 * r, 0.3, 0.7)), texture=Texture.CLOTH)


def layers(kind: str, part: str, coat: Coat) -> list[Layer]:
    """The layers of one part, from the ground colour up."""
    return _PAINT[kind](part, coat)


def _everywhere(at: F64) -> F64:
    return np.ones(len(at))


def _fade(start: RGB, end: RGB, share: Callable[[F64], F64], steps: int = 6) -> list[Layer]:
    """From one colour (where `share` is 0) to another (where it is 1) in steps, over what lies below."""
    out = []
    for k in range(1, steps + 1):
        w = k / steps
        r, g, b = ((1 - w) * a + w * z for a, z in zip(start, end, strict=True))
        out.append(Layer((r, g, b), lambda at, w=w: share(at) - w + 0.5 / steps))  # type: ignore[misc]
    return out


def _wave(at: F64) -> F64:
    """A gentle unevenness, so that no edge is drawn with a ruler."""
    x, y, z = at.T
    return 0.5 * (np.sin(23.0 * x + 3.0 * z) * np.sin(31.0 * z + 1.0) + np.sin(47.0 * x - 29.0 * z + 2.0 * np.abs(y)))


def _body(coat: Coat, low: float, high: float) -> list[Layer]:
    """Dark above, pale below."""
    return [
        Layer(coat.flank, _everywhere),
        *_fade(
            coat.flank,
            coat.back,
            lambda at: (at[:, 2] - 0.45 * low - 0.55 * high + 0.012 * _wave(at)) / (0.38 * (high - low)),
        ),
        *_fade(
            coat.flank,
            coat.belly,
            lambda at: (0.86 * low + 0.14 * high - at[:, 2] + 0.012 * _wave(at)) / (0.13 * (high - low)),
            4,
        ),
    ]


def _leg(coat: Coat, top: float) -> list[Layer]:
    """From the flank's colour down to that of the legs."""
    return [
        Layer(coat.flank, _everywhere),
        *_fade(coat.flank, coat.legs, lambda at: (top - at[:, 2] + 0.008 * _wave(at)) / 0.10, 4),
    ]


def _deer(part: str, coat: Coat) -> list[Layer]:
    if part == "trunk":

        def rump(at: F64) -> F64:
            x, y, z = at.T
            side = (-0.415 - x) + 0.35 * (0.125 - np.abs(y)) - 0.6 * np.maximum(0.74 - z, 0.0)
            return np.minimum(side, 0.955 - z) + 0.006 * _wave(at)

        return [*_body(coat, 0.52, 0.98), Layer(coat.mark, rump)]
    if part == "neck":
        return [
            Layer(coat.flank, _everywhere),
            *_fade(coat.flank, coat.back, lambda at: 7.0 * (0.62 * at[:, 2] - 0.78 * at[:, 0] - 0.28)),
            *_fade(coat.flank, coat.belly, lambda at: 8.0 * (0.78 * at[:, 0] - 0.62 * at[:, 2] + 0.215), 3),
        ]
    if part == "head":
        return [
            Layer(coat.face, _everywhere),
            *_fade(coat.face, coat.belly, lambda at: (-0.5 * at[:, 0] - 0.86 * at[:, 2] + _CHIN) / 0.03, 3),
            Layer(
                coat.mark,
                lambda at: np.minimum(
                    at[:, 0] - at[:, 0].max() + 0.075, _CHIN - 0.5 * at[:, 0] - 0.86 * at[:, 2] + 0.012
                ),
            ),
            Layer(
                coat.muzzle,
                lambda at: np.minimum(
                    at[:, 0] - at[:, 0].max() + 0.034, 0.5 * at[:, 0] + 0.86 * at[:, 2] - _CHIN + 0.004
                ),
            ),
        ]
    out = _leg(coat, 0.60)
    if part == "upper":
        out.append(Layer(coat.mark, lambda at: np.minimum(-0.425 - at[:, 0], at[:, 2] - 0.66) + 0.006 * _wave(at)))
    return out


_CHIN = 1.295
"""Where the lower jaw of a deer begins, along the normal of its nose."""


def _moose(part: str, coat: Coat) -> list[Layer]:
    if part == "trunk":
        return [
            *_body(coat, 0.54, 1.0),
            *_fade(
                coat.back,
                coat.mark,
                lambda at: 14.0 * (at[:, 2] - 0.93 + 0.10 * np.minimum(at[:, 0], 0.0) + 0.006 * _wave(at)),
                4,
            ),
        ]
    if part == "neck":
        ridge = _fade(coat.flank, coat.mark, lambda at: 9.0 * (at[:, 2] - 0.5 * at[:, 0] - 0.69), 4)
        return [Layer(coat.flank, _everywhere), *ridge]
    if part == "head":
        return [Layer(coat.face, _everywhere), *_fade(coat.face, coat.muzzle, lambda at: (at[:, 0] - 0.84) / 0.10, 4)]
    return _leg(coat, 0.49)


def _boar(part: str, coat: Coat) -> list[Layer]:
    ridge = _fade(coat.back, coat.mark, lambda at: (at[:, 2] - 0.83 + 0.22 * np.minimum(at[:, 0], 0.0)) / 0.08, 4)
    if part == "trunk":
        return [*_body(coat, 0.38, 0.96), *ridge]
    if part == "neck":
        return [Layer(coat.flank, _everywhere), *ridge]
    if part == "head":

        def cheek(at: F64) -> F64:
            return np.minimum((at[:, 0] - 0.72) / 0.12, (0.95 - at[:, 0]) / 0.08)

        return [
            Layer(coat.face, _everywhere), *_fade(coat.face, coat.muzzle, cheek, 5),
            *_fade(coat.face, coat.mark, lambda at: (at[:, 0] - 0.95) / 0.05, 3),
        ]  # fmt: skip
    return _leg(coat, 0.44)


def _dog(part: str, coat: Coat) -> list[Layer]:
    if part == "trunk":

        def saddle(at: F64) -> F64:
            x, _, z = at.T
            return np.minimum(z - 0.745 - 0.55 * (x + 0.05) ** 2, 0.45 - x) + 0.012 * _wave(at)

        return [
            Layer(coat.flank, _everywhere),
            *_fade(coat.flank, coat.belly, lambda at: (0.64 - at[:, 2]) / 0.08, 4),
            Layer(coat.mark, saddle),
            Layer(coat.mark, lambda at: -0.505 - at[:, 0] + 0.01 * _wave(at)),
        ]  # fmt: skip
    if part == "neck":
        return [
            Layer(coat.flank, _everywhere),
            Layer(coat.mark, lambda at: 0.70 * at[:, 2] - 0.72 * at[:, 0] - 0.37 + 0.010 * _wave(at)),
        ]
    if part == "head":
        return [
            Layer(coat.flank, _everywhere),
            Layer(coat.face, lambda at: 0.048 - np.abs(at[:, 1]) + 0.4 * (at[:, 2] - 1.14)),
            *_fade(coat.face, coat.muzzle, lambda at: (at[:, 0] - 0.735) / 0.06, 3),
        ]
    out = _leg(coat, 0.62)
    if part == "upper":
        out.append(Layer(coat.mark, lambda at: at[:, 2] - 0.80 + 0.01 * _wave(at)))
    return out


_PAINT: dict[str, Callable[[str, Coat], list[Layer]]] = {
    "red_deer": _deer, "roe_deer": _deer, "moose": _moose, "wild_boar": _boar, "dog": _dog,
}  # fmt: skip
