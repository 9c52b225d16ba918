"""Rain in the way of millimetre waves: attenuation, and the echo of the drops themselves.

    attenuation    10 dB/km at 25 mm/h, growing as R^0.71            (exponent after ITU-R P.838 near 80 GHz)
    back-scatter   eta = albedo * extinction  per metre              drops as large as the wavelength scatter evenly

with the single-scattering albedo 0.5, which puts eta near 1e-3 m^2/m^3 at 25 mm/h, as measured at 70 GHz. Both are
unverified defaults. Fog and dry snow are thin at this wavelength and left out, as is wet snow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..random import normal
from .cells import Grid
from .kernel import Echoes, Field

F64 = NDArray[np.float64]

_DB_PER_M, _AT_MMPH, _POWER = 10e-3, 25.0, 0.71
_ALBEDO = 0.5
_SPREAD_MPS = 1.0
_DROPS = 22
"""Random lane of the drops' velocities."""


def attenuation_per_m(rain_mmph: float) -> float:
    """One-way extinction of power [1/m]."""
    return float(_DB_PER_M * np.log(10.0) / 10.0 * (rain_mmph / _AT_MMPH) ** _POWER) if rain_mmph > 0.0 else 0.0


def back_scatter(rain_mmph: float) -> float:
    """Radar cross-section of a cubic metre of rain [m^2/m^3]."""
    return _ALBEDO * attenuation_per_m(rain_mmph)


def rain_echoes(
    rain_mmph: float, grid: Grid, field: Field, elevation_beam: float, drift: F64, key: np.uint64
) -> Echoes:
    """The rain of every range and azimuth cell that lies in the field, as one echo each.

    Args:
        rain_mmph: rain rate.
        grid, field: of the radar.
        elevation_beam: effective height of the beam [rad].
        drift: (3,) velocity of the air relative to the sensor, sensor frame [m/s].
        key: random key of the frame; drops fall at different speeds and drift with gusts.

    """
    sine = (np.arange(grid.azimuths) - 0.5 * grid.azimuths + 0.5) * grid.sine
    sine = sine[np.abs(sine) < np.sin(field.azimuth)]
    first = int(np.ceil(field.near_m / grid.range_m))
    r, s = np.meshgrid((np.arange(first, grid.ranges) + 0.5) * grid.range_m, sine, indexing="ij")
    cosine = np.sqrt(1.0 - s * s)
    volume = r * r * grid.range_m * (grid.sine / cosine) * elevation_beam
    rate = cosine * drift[0] + s * drift[1]
    draws = np.array([normal(key, k, _DROPS) for k in range(r.size)]).reshape(r.shape)
    values = np.stack([r, s, 0.0 * r, rate + _SPREAD_MPS * draws, back_scatter(rain_mmph) * volume], axis=-1)
    n = r.size
    owner = np.zeros((n, 3), np.int32)
    owner[:, 2] = 1
    return Echoes(values.reshape(n, 5), owner, np.ones(n, np.bool_))
