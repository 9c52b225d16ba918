"""Materials of vehicles: paint, glass, lamps, plates, rubber.

Paint colours follow the usual shares of new registrations (white, black and greys are three quarters of all cars).
Reflectance at 905 nm: white 0.6-0.8, silver 0.3-0.6, red 0.4-0.6, black paint 0.03-0.10, tyre rubber 0.03-0.06
(engineering defaults for automotive lidar). Lamp luminances are those of legal lamps seen close by; unlit lenses keep
their own colour. Left out: metallic flakes and clear coat as layers; paint is one lobe with a polish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....renderers.scene import RGB, Lamp, Material, Texture


@dataclass(frozen=True)
class Paint:
    """One body colour: linear albedo, reflectance near 905 nm and share of vehicles."""

    name: str
    albedo: RGB
    nir: float
    share: float


PAINTS = (
    Paint("white", (0.78, 0.78, 0.76), 0.75, 0.24),
    Paint("black", (0.012, 0.012, 0.014), 0.05, 0.19),
    Paint("grey", (0.10, 0.105, 0.11), 0.18, 0.19),
    Paint("silver", (0.42, 0.43, 0.44), 0.45, 0.13),
    Paint("blue", (0.025, 0.07, 0.23), 0.35, 0.09),
    Paint("red", (0.42, 0.018, 0.022), 0.50, 0.07),
    Paint("green", (0.03, 0.10, 0.06), 0.35, 0.03),
    Paint("beige", (0.42, 0.35, 0.25), 0.55, 0.02),
    Paint("orange", (0.62, 0.16, 0.02), 0.60, 0.02),
    Paint("teal", (0.03, 0.20, 0.24), 0.40, 0.02),
)
"""Body colours of cars."""


def nir_of(albedo: RGB) -> float:
    """Reflectance near 905 nm guessed from a visible colour: pigments are brighter in the infrared than to the eye."""
    luminance = 0.2126 * albedo[0] + 0.7152 * albedo[1] + 0.0722 * albedo[2]
    return float(np.clip(0.03 + 0.6 * luminance + 0.35 * max(albedo), 0.05, 0.75))


def draw_paint(*, rng: np.random.Generator, colour: RGB | None = None) -> Material:
    """Car paint drawn from `PAINTS` with a small shade variation, or of the given linear colour."""
    shares = np.array([p.share for p in PAINTS])
    paint = PAINTS[int(rng.choice(len(PAINTS), p=shares / shares.sum()))]
    shade = float(rng.uniform(0.88, 1.06))
    if colour is not None:
        albedo, nir = colour, nir_of(colour)
    else:
        r, g, b = (float(np.clip(c * shade, 0.008, 0.85)) for c in paint.albedo)
        albedo, nir = (r, g, b), paint.nir
    return Material(albedo, 0.16, 0.0, nir, texture=Texture.CAR_PAINT)


def lens(albedo: RGB, emission: RGB, lamp: Lamp, *, roughness: float = 0.12, nir: float = 0.3) -> Material:
    """A lamp cover: its own colour when off, `emission` [cd/m^2] when its switch is on."""
    return Material(albedo, roughness, 0.0, nir, retro=3.0, emission=emission, lamp=lamp)


RED = (0.24, 0.008, 0.010)
AMBER = (0.42, 0.12, 0.015)

GLASS = Material((0.03, 0.036, 0.034), 0.03, 0.0, 0.06, transparency=0.62)
GLASS_DARK = Material((0.012, 0.014, 0.014), 0.03, 0.0, 0.05, transparency=0.22)
SCREEN = Material((0.02, 0.024, 0.023), 0.03, 0.0, 0.06, transparency=0.74)
BLACK = Material((0.018, 0.018, 0.019), 0.55, 0.0, 0.06)
GLOSS_BLACK = Material((0.010, 0.010, 0.011), 0.08, 0.0, 0.05)
DARK = Material((0.012, 0.012, 0.012), 0.95, 0.0, 0.05)
GAP = Material((0.006, 0.006, 0.006), 1.0, 0.0, 0.04)
CHROME = Material((0.72, 0.73, 0.74), 0.08, 1.0, 0.5)
STEEL = Material((0.32, 0.33, 0.34), 0.38, 1.0, 0.35, texture=Texture.BRUSHED_METAL)
RUBBER = Material((0.020, 0.020, 0.021), 0.9, 0.0, 0.05, texture=Texture.RUBBER)
PLATE = Material((0.76, 0.76, 0.72), 0.4, 0.0, 0.7, retro=60.0)
PLATE_BAND = Material((0.02, 0.06, 0.42), 0.4, 0.0, 0.4, retro=20.0)
INK = Material((0.015, 0.015, 0.016), 0.6, 0.0, 0.06)
REFLECTOR_RED = Material((0.40, 0.015, 0.012), 0.15, 0.0, 0.4, retro=120.0)
REFLECTOR_WHITE = Material((0.75, 0.75, 0.75), 0.25, 0.0, 0.7, retro=200.0)
MARKING_RED = Material((0.50, 0.03, 0.02), 0.4, 0.0, 0.5, retro=200.0)

HEAD = lens((0.50, 0.52, 0.54), (1.0e5, 0.97e5, 0.90e5), Lamp.HEAD, roughness=0.06, nir=0.4)
TAIL = lens(RED, (2.0e3, 60.0, 40.0), Lamp.TAIL)
BRAKE = lens((0.30, 0.008, 0.010), (2.0e4, 5.0e2, 3.5e2), Lamp.BRAKE)
INDICATOR_LEFT = lens(AMBER, (1.5e4, 5.2e3, 2.0e2), Lamp.INDICATOR_LEFT)
INDICATOR_RIGHT = lens(AMBER, (1.5e4, 5.2e3, 2.0e2), Lamp.INDICATOR_RIGHT)
REVERSE = lens((0.42, 0.42, 0.42), (6.0e3, 6.0e3, 5.6e3), Lamp.REVERSE)
