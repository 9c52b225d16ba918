"""Everything that gives or takes light in one frame, in the flat form that kernels read.

Air: radiance from a surface at range R arrives as L T + A (1 - T), T = exp(-tau(R)) (Koschmieder, in linear light and
by range along the ray). The airlight A is the horizon's radiance plus what the air scatters out of the direct sunlight
(Henyey-Greenstein, g = 0.76); the glow around lamps is added by `glow`. Against the sky the fog is `TOP_M` deep.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..air import optical_depth
from ..compiled import kernel
from ..scene import Environment, Luminaire
from .lamps import COLUMNS, lamp_table
from .noise import noise_table
from .shelter import shelter_table, sheltered
from .sky import HORIZON, ILLUMINANCE, SUN, light_table

F64 = NDArray[np.float64]

TOP_M = 150.0
_FARTHEST_M = 20_000.0
_G = 0.76
_LAMP_FLOOR_LX, _LAMP_FLOOR_SHARE = 0.05, 4e-3


class Lighting(NamedTuple):
    """Light, air and ground of one frame.

    Attributes:
        sky: light table of `sky`: sun and dome.
        noise: noise table of `noise`.
        sunny: whether there is a sun.
        hazy: whether the air takes light.
        air: table of `air`.
        covered: whether water, snow or ice lies on the ground.
        cover: their amounts: water [mm], shares under snow and ice.
        lamps: table of `lamps`.
        pulse: (H,) float64 light of pulsed lamps that each row collects, 1 for steady light; one entry if all are.
        shelters: table of `shelter`, no rows in the open.

    """

    sky: F64
    noise: NDArray[np.int8]
    sunny: bool
    hazy: bool
    air: F64
    covered: bool
    cover: F64
    lamps: F64
    pulse: F64
    shelters: F64


@lru_cache(maxsize=64)
def _of_place(environment: Environment) -> Lighting:
    cover = environment.cover
    return Lighting(
        sky=light_table(environment),
        noise=noise_table(),
        sunny=max(environment.sun.illuminance_lx) > 0.0,
        hazy=not environment.air.clear,
        air=environment.air.table.copy(),
        covered=not cover.bare,
        cover=np.array([cover.water_mm, cover.snow, cover.ice]),
        lamps=np.zeros((0, COLUMNS)),
        pulse=np.ones(1),
        shelters=shelter_table(environment.shelters),
    )


def lighting_of(environment: Environment, luminaires: tuple[Luminaire, ...], eye_w: F64) -> Lighting:
    """The tables of a place and the lamps that are lit in it, as seen from `eye_w`."""
    place = _of_place(environment)
    if not luminaires:
        return place
    ambient = float(np.mean(environment.sun.illuminance_lx)) + np.pi * float(np.mean(environment.sky.horizon))
    day, glow = sheltered(place.shelters, float(eye_w[0]), float(eye_w[1]), float(eye_w[2]))
    ambient = ambient * day + glow
    return place._replace(lamps=lamp_table(luminaires, eye_w, max(_LAMP_FLOOR_LX, _LAMP_FLOOR_SHARE * ambient)))


@kernel
def airlight(lighting, dx, dy, dz):  # type: ignore[no-untyped-def]
    """Radiance [cd/m^2] of an endless depth of air in a direction, without lamps."""
    sky = lighting.sky
    cosine = dx * sky[SUN] + dy * sky[SUN + 1] + dz * sky[SUN + 2]
    lobe = 1.0 + _G * _G - 2.0 * _G * cosine
    phase = (1.0 - _G * _G) / (4.0 * np.pi * lobe * np.sqrt(lobe))
    return (
        sky[HORIZON] + phase * sky[ILLUMINANCE],
        sky[HORIZON + 1] + phase * sky[ILLUMINANCE + 1],
        sky[HORIZON + 2] + phase * sky[ILLUMINANCE + 2],
    )


@kernel
def through_air(lighting, ox, oy, oz, dx, dy, dz, far):  # type: ignore[no-untyped-def]
    """Transmission over a ray of length `far` [m] (inf for the sky), and the radiance the air adds without lamps."""
    if far == np.inf:
        far = _FARTHEST_M if dz <= 0.0 else min(_FARTHEST_M, max(0.0, TOP_M - oz) / max(dz, 1e-6))
    t = np.exp(-max(0.0, optical_depth(lighting.air, ox, oy, oz, dx, dy, dz, far)))
    r, g, b = airlight(lighting, dx, dy, dz)
    return t, (1.0 - t) * r, (1.0 - t) * g, (1.0 - t) * b
