"""The sky dome: radiance by direction.

A vertical gradient between the radiances of `Sky` (fast near the horizon, as in the CIE clear sky), a haze band into
the ground's radiance below it, a two-lobed aureole and the disc of the sun, and soft clouds on a flat layer, brighter
on the side of the sun. The irradiance of a surface comes from the gradient alone, integrated over the hemisphere of
its normal, so clouds and aureole are looks and do not change the light on the ground.
Left out: colour of sunset by scattering (the environment's colours say it), stars, moon.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..scene import Environment
from .noise import FINE, SOFT, noise, octave

F64 = NDArray[np.float64]

SUN, ILLUMINANCE, RADIUS, ZENITH, HORIZON, GROUND, CLOUDS = 0, 3, 6, 7, 10, 13, 16
"""Layout of the light table: three entries for each direction or colour, one for radius and cloud cover."""
IRRADIANCE = 17
_POWERS = (0, 1, 2, 4, 6, 8)
"""Of the normal's vertical part, in the fit of the dome's irradiance; it errs by 0.3 % of the largest at most."""
_STEEPNESS = 3.2
_SCALE = 1.0 / (1.0 - np.exp(-_STEEPNESS))
_HAZE = 0.035


@inlined
def _gradient(light, dz):  # type: ignore[no-untyped-def]
    """The dome without sun and clouds."""
    if dz >= 0.0:
        w, at = (1.0 - np.exp(np.float32(-_STEEPNESS * dz))) * _SCALE, ZENITH
    else:
        w, at = min(1.0, -dz / _HAZE), GROUND
        w = w * w * (3.0 - 2.0 * w)
    return (
        light[HORIZON] + w * (light[at] - light[HORIZON]),
        light[HORIZON + 1] + w * (light[at + 1] - light[HORIZON + 1]),
        light[HORIZON + 2] + w * (light[at + 2] - light[HORIZON + 2]),
    )


@kernel
def sky_radiance(light, table, dx, dy, dz, disc):  # type: ignore[no-untyped-def]
    """Radiance [cd/m^2] from a world direction; `disc` says whether the sun itself is drawn."""
    r, g, b = _gradient(light, dz)
    if dz < -_HAZE:
        return r, g, b
    toward = dx * light[SUN] + dy * light[SUN + 1] + dz * light[SUN + 2]
    er, eg, eb = light[ILLUMINANCE], light[ILLUMINANCE + 1], light[ILLUMINANCE + 2]
    clear = 1.0
    cover = light[CLOUDS]
    if cover > 0.0 and dz > 0.01:
        scale = 1.0 / (dz + 0.10)
        x, y = dx * scale, dy * scale
        size = octave(0.012 * scale)
        bend = 0.10 * noise(table, SOFT, y + 3.1, x, 2.3, size)
        n = noise(table, SOFT, x + bend, y, 7.0, size) + 0.16 * noise(table, FINE, x, y - bend, 3.0, size + 3.0)
        edge = 1.9 - 3.8 * cover
        w = min(1.0, max(0.0, (n - edge) * 0.62))
        w = w * w * (3.0 - 2.0 * w) * min(1.0, (dz - 0.01) * 9.0)
        if w > 0.0:
            ahead = noise(table, SOFT, x + bend + 0.30 * light[SUN], y + 0.30 * light[SUN + 1], 7.0, size)
            lit = min(1.35, max(0.45, 0.95 + 0.30 * (n - ahead) - 0.12 * max(0.0, n - edge - 0.6)))
            base = 0.55 * (light[HORIZON] + light[HORIZON + 1] + light[HORIZON + 2]) / 3.0
            r += w * (lit * (0.34 * er / np.pi + base) - r)
            g += w * (lit * (0.34 * eg / np.pi + base) - g)
            b += w * (lit * (0.35 * eb / np.pi + 1.06 * base) - b)
            clear = 1.0 - 0.85 * w
    if toward > 0.5:
        glow = 0.05 * np.exp(np.float32((toward - 1.0) * 18.0))
        if toward > 0.96:
            glow += 0.5 * np.exp(np.float32((toward - 1.0) * 500.0))
        glow *= clear
        if disc and light[RADIUS] > 0.0 and toward > 0.9:
            angle = np.arccos(min(1.0, toward))
            inside = min(1.0, max(0.0, (light[RADIUS] * 1.05 - angle) / (0.1 * light[RADIUS])))
            glow += clear * inside / (np.pi * light[RADIUS] * light[RADIUS])
        r, g, b = r + glow * er, g + glow * eg, b + glow * eb
    return r, g, b


@inlined
def _three(light, i):  # type: ignore[no-untyped-def]
    return np.float32(light[i]), np.float32(light[i + 1]), np.float32(light[i + 2])


@inlined
def sun_of(light):  # type: ignore[no-untyped-def]
    """Direction and illuminance of the sun, out of the light table, in single precision as `shade` wants them."""
    x, y, z = _three(light, SUN)
    r, g, b = _three(light, ILLUMINANCE)
    return x, y, z, r, g, b


@kernel
def dome_of(light):  # type: ignore[no-untyped-def]
    """The fit of the dome's irradiance, likewise: six coefficients for each colour."""
    i = IRRADIANCE
    return (
        (*_three(light, i), *_three(light, i + 3)),
        (*_three(light, i + 6), *_three(light, i + 9)),
        (*_three(light, i + 12), *_three(light, i + 15)),
    )


@kernel
def sky_irradiance(dome, nz):  # type: ignore[no-untyped-def]
    """Irradiance [lx] by the whole dome on an unobstructed surface whose normal has the vertical component `nz`."""
    return _fit(dome[0], nz), _fit(dome[1], nz), _fit(dome[2], nz)


@inlined
def _fit(k, x):  # type: ignore[no-untyped-def]
    s = x * x
    return k[0] + k[1] * x + s * (k[2] + s * (k[3] + s * (k[4] + s * k[5])))


@kernel
def _gradients(light, dz, out):  # type: ignore[no-untyped-def]
    for i in range(len(dz)):
        out[i, 0], out[i, 1], out[i, 2] = _gradient(light, dz[i])


@lru_cache(maxsize=256)
def light_table(environment: Environment) -> F64:
    """The environment as the flat table that kernels read, with the fit of the irradiance by the dome."""
    sun, sky = environment.sun, environment.sky
    direction = np.asarray(sun.direction_w, float)
    light = np.zeros(IRRADIANCE + 3 * len(_POWERS))
    light[:IRRADIANCE] = [
        *(direction / np.linalg.norm(direction)), *sun.illuminance_lx, sun.angular_radius_rad,
        *sky.zenith, *sky.horizon, *sky.ground, sky.clouds,
    ]  # fmt: skip
    rows, columns = 128, 64
    dz = (np.arange(rows) + 0.5) / rows * 2 - 1
    radiance = np.empty((rows, 3))
    _gradients(light, dz, radiance)
    azimuth = (np.arange(columns) + 0.5) / columns * 2 * np.pi
    across = np.sqrt(1 - dz**2)[:, None] * np.cos(azimuth)
    nz = np.linspace(-1, 1, 33)
    weight = np.maximum(across[..., None] * np.sqrt(1 - nz**2) + dz[:, None, None] * nz, 0.0).sum(axis=1)
    irradiance = np.pi * (weight.T @ radiance) / weight.sum(axis=0)[:, None]
    fit = np.linalg.lstsq(nz[:, None] ** _POWERS, irradiance, rcond=None)[0]
    light[IRRADIANCE:] = fit.T.ravel()
    return light
