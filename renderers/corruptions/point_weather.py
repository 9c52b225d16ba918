"""Weather put on finished point clouds: fog and snow after Hahner, rain after LISA, wet ground.

Fog (Hahner et al. 2021): a point of intensity i at R becomes i exp(-2 alpha R), unless the fog's own echo is stronger,
i R^2 (beta / beta_0) max I, where I is the response of homogeneous fog to a sin^2 pulse; then it moves to that peak.
The range of the response is shifted by half the pulse, c tau_H / 2: without it the peak lies 3 m too far.
Rain and snow by Monte Carlo (Kilic et al. 2021, LISA): drops in each beam's cone, the strongest of drop and target.
Snow (Hahner et al. 2022): flakes as discs that cover part of the beam, drawn for each beam on its own instead of
from one scene of discs for all beams of a channel; what neighbouring beams have in common is lost by that.
Wet ground: a water film after Fresnel that reflects the beam away. Intensities are in [0, 255].
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..air import LN_20, RAIN_ALPHA, RAIN_POWER, SNOW_ALPHA, SNOW_POWER
from ..compiled import kernel
from ..random import normal, uniform
from .point_noise import Points
from .registry import Context

F64 = NDArray[np.float64]

LIGHT_MPS = 299_792_458.0
HALF_POWER_S = 20e-9
BETA_0 = 1e-6 / np.pi
OVERLAP_M = (0.9, 1.0)
_STEPS = 200


def _overlap(r: F64) -> F64:
    return np.clip((r - OVERLAP_M[0]) / (OVERLAP_M[1] - OVERLAP_M[0]), 0.0, 1.0)


@lru_cache(maxsize=64)
def fog_response(alpha_per_m: float, target_m: float = 1e3) -> tuple[float, float]:
    """Peak of the response of fog before a target [s/m^2], and its range [m], shifted by half the pulse."""
    t = (np.arange(_STEPS) + 0.5) * (2.0 * HALF_POWER_S / _STEPS)
    pulse = np.sin(np.pi * t / (2.0 * HALF_POWER_S)) ** 2
    ranges = np.arange(0.9, 7.0, 0.02)
    r = ranges[:, None] - 0.5 * LIGHT_MPS * t
    inside = np.maximum(r, 1e-3)
    values = pulse * np.exp(-2.0 * alpha_per_m * r) / inside**2 * _overlap(r) * (r <= target_m)
    total = values.sum(axis=1) * (t[1] - t[0])
    best = int(np.argmax(total))
    return float(total[best]), float(ranges[best] - 0.5 * LIGHT_MPS * HALF_POWER_S)


_NEAR_M = 8.0
"""Beyond this range of the target, the peak of the response does not depend on it."""


def fog(points: Points, *, rng: np.random.Generator, alpha_per_m: float, beta: float | None = None, **_: Any) -> Points:
    """Fog of an extinction; the back-scatter coefficient is 0.046 / MOR where it is not given."""
    if alpha_per_m <= 0.0:
        return points.copy()
    beta_ = 0.046 * alpha_per_m / LN_20 if beta is None else beta
    out = points.copy()
    distance = np.linalg.norm(points[:, :3], axis=1)
    grid = np.append(np.arange(1.0, _NEAR_M, 0.25), _NEAR_M)
    table = np.array([fog_response(alpha_per_m, float(r)) for r in grid])
    peak, place = (np.interp(distance, grid, table[:, k]) for k in (0, 1))
    hard = points[:, 3] * np.exp(-2.0 * alpha_per_m * distance)
    soft = np.minimum(points[:, 3] * distance**2 * beta_ / BETA_0 * peak, 255.0)
    jitter = distance / np.maximum(rng.uniform(distance - 10.0, distance + 10.0), 1.0)
    fogged = (soft > hard) & (distance > 0.0)
    new = np.where(fogged, np.clip(place * jitter, 0.5, distance), distance)
    out[:, :3] = points[:, :3] * (new / np.maximum(distance, 1e-9))[:, None]
    out[:, 3] = np.where(fogged, soft, hard)
    return out


def robo3d_fog(
    points: Points, *, rng: np.random.Generator, beta: float, alphas_per_m: tuple[float, ...], **_: Any
) -> Points:
    """Fog of an extinction drawn from a list, with the back-scatter of the severity."""
    return fog(points, rng=rng, alpha_per_m=float(rng.choice(alphas_per_m)), beta=beta)


MAX_RANGE_M = 200.0
LISA_DIVERGENCE_RAD = 3e-3
_DROP_REACH_M = 20.0
"""No drop beyond this range returns more than the least detectable power."""


@kernel
def _drops(distance, reflectance, alpha, density, slope, least_mm, fresnel, key, place, power):  # type: ignore[no-untyped-def]
    """For each beam: new range (0 lost, unchanged, or that of a drop) and the power that came back."""
    half = np.tan(0.5 * LISA_DIVERGENCE_RAD)
    least = 0.9 / MAX_RANGE_M**2
    for i in range(len(distance)):
        far = distance[i]
        reach = min(far, _DROP_REACH_M)
        mean = np.pi / 3.0 * reach * (reach * half) ** 2 * density
        count = int(mean + uniform(key, i, 0))
        best, where = 0.0, 0.0
        for k in range(count):
            r = reach * uniform(key, i, 2 * k + 2) ** (1.0 / 3.0)
            if r < 1.5:
                continue
            size = 1e-3 * (least_mm - np.log(1.0 - uniform(key, i, 2 * k + 3)) / slope)
            share = min((size / (r * 2.0 * half)) ** 2, 1.0)
            back = fresnel * np.exp(-2.0 * alpha * r) * share / (r * r)
            if back > best:
                best, where = back, r
        hard = reflectance[i] * np.exp(-2.0 * alpha * far) / (far * far) if far > 0.0 else 0.0
        if best > hard and best > least:
            place[i], power[i] = where, best * where * where
        elif hard < least:
            place[i], power[i] = 0.0, 0.0
        else:
            sigma = 0.09 / np.sqrt(2.0 * hard / least)
            place[i], power[i] = far + sigma * normal(key, i, 1), hard * far * far


def _monte_carlo(points: Points, alpha: float, n0: float, slope_per_mm: float, m: float, key: np.uint64) -> Points:
    distance = np.linalg.norm(points[:, :3], axis=1).astype(np.float64)
    density = n0 / slope_per_mm * np.exp(-0.05 * slope_per_mm)
    place, power = np.empty(len(points)), np.empty(len(points))
    fresnel = ((m - 1.0) / (m + 1.0)) ** 2
    reflectance = np.ascontiguousarray(points[:, 3], np.float64) / 255.0
    _drops(distance, reflectance, alpha, density, slope_per_mm, 0.05, fresnel, key, place, power)
    out = points.copy()
    out[:, :3] = points[:, :3] * (place / np.maximum(distance, 1e-9))[:, None]
    out[:, 3] = np.clip(255.0 * power, 0.0, 255.0)
    return out[place > 0.0]


def lisa_rain(points: Points, *, rng: np.random.Generator, rate_mmph: float, **_: Any) -> Points:
    """Rain of a rate: Marshall-Palmer drops."""
    slope = 4.1 * rate_mmph**-0.21
    key = rng.integers(2**63, dtype=np.uint64)
    return _monte_carlo(points, RAIN_ALPHA * rate_mmph**RAIN_POWER, 8000.0, slope, 1.328, key)


def lisa_snow(points: Points, *, rng: np.random.Generator, rate_mmph: float, **_: Any) -> Points:
    """Snow of a melted rate: Marshall-Gunn flakes."""
    slope = 2.55 * rate_mmph**-0.48
    key = rng.integers(2**63, dtype=np.uint64)
    return _monte_carlo(points, SNOW_ALPHA * rate_mmph**SNOW_POWER, 7.6e3 * rate_mmph**-0.87, slope, 1.3031, key)


def snow_occupancy(snowfall_mmph: float, fall_mps: float) -> float:
    """Share of a plane covered by flakes of 0.1 g/cm^3."""
    return snowfall_mmph / (3.6e6 * 0.1 * fall_mps)


def snow_rain_rate(snowfall_mmph: float, fall_mps: float) -> float:
    """Rain rate [mm/h] with which flake sizes are drawn, of flakes of 3 mm and 0.1 g/cm^3."""
    return float((snowfall_mmph / (487.0 * 0.1 * 0.003 * fall_mps)) ** 1.5)


_FLAKE = 0.9 * 255.0


@kernel
def _flakes(distance, intensity, mean_m, per_m2, key, place, level, hidden):  # type: ignore[no-untyped-def]
    """Discs over each beam, near to far; the stronger of what is left of the target and of the best disc stays."""
    spread = LISA_DIVERGENCE_RAD
    for i in range(len(distance)):
        far = distance[i]
        mean = per_m2 * (0.5 * spread * far * far + mean_m * far)
        place[i], level[i], hidden[i] = far, intensity[i], 0.0
        chance, count, total = uniform(key, i, 0), 0, np.exp(-min(mean, 700.0))
        term = total
        while chance > total and count < 500:
            count += 1
            term *= mean / count
            total += term
        left, best, where = 1.0, 0.0, 0.0
        for k in range(count):
            size = min(-mean_m * np.log(1.0 - uniform(key, i, 3 * k + 1)), 0.02)
            # centres are spread over a wedge that widens with range by the beam and by the disc's own size
            u = uniform(key, i, 3 * k + 2)
            r = (np.sqrt(size * size + u * far * spread * (far * spread + 2.0 * size)) - size) / spread
            if r < 1.0:
                continue
            wide = spread * r
            offset = (uniform(key, i, 3 * k + 3) - 0.5) * (wide + size)
            low, high = max(-0.5 * wide, offset - 0.5 * size), min(0.5 * wide, offset + 0.5 * size)
            share = left * max(high - low, 0.0) / wide
            left -= share
            back = _FLAKE * share / (r * r)
            if back > best:
                best, where = back, r
        hidden[i] = 1.0 - left
        level[i] = intensity[i] * left
        if far > 0.0 and best > level[i] / (far * far) and where < far - 0.2:
            place[i], level[i] = where, min(best * where * where, 255.0)


def _snowed(points: Points, mean_m: float, occupancy: float, key: np.uint64, floor: float) -> Points:
    distance = np.linalg.norm(points[:, :3], axis=1).astype(np.float64)
    disc_m2 = np.pi / 4.0 * 2.0 * mean_m**2 * (2.0 / 3.0)  # a slice of a ball at random height has 2/3 of its disc
    place, level, hidden = (np.empty(len(points)) for _ in range(3))
    intensity = np.ascontiguousarray(points[:, 3], np.float64)
    _flakes(distance, intensity, mean_m * np.pi / 4.0, occupancy / disc_m2, key, place, level, hidden)
    out = points.copy()
    out[:, :3] = points[:, :3] * (place / np.maximum(distance, 1e-9))[:, None]
    out[:, 3] = level
    echo = level / np.maximum(place, 1.0) ** 2
    usual = points[:, 3] / np.maximum(distance, 1.0) ** 2
    least = floor * np.quantile(usual, 0.01) if len(points) else 0.0
    return out[(hidden == 0.0) | (echo >= least)]


def hahner_snow(points: Points, *, rng: np.random.Generator, snowfall_mmph: float, fall_mps: float, **_: Any) -> Points:
    """Snowfall of a rate and a fall speed; Gunn-Marshall sizes, noise floor 0.7 of the weakest echoes."""
    mean_m = 0.01 / (25.5 * snow_rain_rate(snowfall_mmph, fall_mps) ** -0.48)
    key = rng.integers(2**63, dtype=np.uint64)
    return _snowed(points, mean_m, snow_occupancy(snowfall_mmph, fall_mps), key, 0.7)


def nuscenes_snow(
    points: Points, *, rng: np.random.Generator, rain_rate_mmph: float, occupancy: float, **_: Any
) -> Points:
    """Snowfall by its rain-equivalent rate and the share of the plane it covers."""
    key = rng.integers(2**63, dtype=np.uint64)
    return _snowed(points, 0.01 / (25.5 * rain_rate_mmph**-0.48), occupancy, key, 0.7)


WATER_INDEX, AIR_INDEX = 1.33, 1.0003
TEXTURE_MM = 1.2


def _most_common_height(z: F64) -> NDArray[np.bool_]:
    """Points within 0.2 m of the height below the median at which most of them lie."""
    low = z[z <= np.median(z)]
    counts, edges = np.histogram(low, bins=max(1, int(np.ptp(low) / 0.1)))
    best = int(np.argmax(counts))
    return np.abs(z - 0.5 * (edges[best] + edges[best + 1])) < 0.2


def ground_plane(points: Points, rows: NDArray[np.bool_] | None = None) -> tuple[F64, NDArray[np.bool_]]:
    """Upward unit normal of the ground and which points lie on it (within 0.2 m), by repeated least squares."""
    xyz = np.asarray(points[:, :3], np.float64)
    near = _most_common_height(xyz[:, 2]) if rows is None else np.asarray(rows, bool)
    plane = np.zeros(3)
    for _ in range(8 if rows is None else 1):
        if near.sum() < 3:
            return np.array([0.0, 0.0, 1.0]), near & False
        a = np.column_stack([xyz[near, :2], np.ones(int(near.sum()))])
        plane = np.linalg.lstsq(a, xyz[near, 2], rcond=None)[0]
        if rows is None:
            near = np.abs(xyz[:, 2] - xyz[:, :2] @ plane[:2] - plane[2]) < 0.2
    normal_w = np.array([-plane[0], -plane[1], 1.0])
    return normal_w / np.linalg.norm(normal_w), near


def wet_reflectance(rho: F64, incidence_rad: F64, water_mm: float) -> F64:
    """Apparent reflectance of a wet road: dry stone above the film, and what passes the film twice below it."""
    c = np.cos(incidence_rad)
    inner = np.sqrt(1.0 - (AIR_INDEX / WATER_INDEX * np.sin(incidence_rad)) ** 2)
    r_s = ((AIR_INDEX * c - WATER_INDEX * inner) / (AIR_INDEX * c + WATER_INDEX * inner)) ** 2
    r_p = ((AIR_INDEX * inner - WATER_INDEX * c) / (AIR_INDEX * inner + WATER_INDEX * c)) ** 2
    passed = np.maximum(*((1.0 - r) ** 2 * rho / (1.0 - rho * r) for r in (r_s, r_p)))
    wet = min(1.0, water_mm / TEXTURE_MM)
    return (1.0 - wet) * rho + wet * passed / np.maximum(incidence_rad, 1e-3)


def wet_ground(points: Points, *, context: Context, water_mm: float, noise_floor: float, **_: Any) -> Points:
    """Ground points grow dimmer, and are lost below a floor relative to the weakest dry ground."""
    up, on_ground = ground_plane(points, context.ground)
    rows = np.flatnonzero(on_ground)
    out = points.copy()
    if not len(rows):
        return out
    ray = points[rows, :3] / np.maximum(np.linalg.norm(points[rows, :3], axis=1, keepdims=True), 1e-9)
    cosine = np.clip(np.abs(ray @ up), 1e-3, 1.0)
    rho = np.clip(points[rows, 3] / 255.0 / cosine, 0.05, 1.0)
    level = 255.0 * cosine * wet_reflectance(rho, np.arccos(cosine), water_mm)
    out[rows, 3] = np.minimum(level, points[rows, 3])
    least = noise_floor * np.quantile(points[rows, 3] / cosine, 0.01)
    return np.delete(out, rows[out[rows, 3] < least * cosine], axis=0)
