"""Light that leaves its path inside the lens: the halo and starburst around bright things, and ghosts.

Scattering. Dust, scratches and the edge of the stop throw a share s of all light aside,

    I' = (1 - s) I + s (I * P),       P = (1 - b) halo + b starburst,       integral of P over the picture plane = 1

    halo(r)      ~ (1 + (r / r0)^2)^(-q / 2)                       Harvey-Shack form of a polished, dusty surface
    starburst    ~ sum_k w_k (1 + (a_k / r0)^2)^-1 G(b_k)          a_k along, b_k across the normal of edge k

The far field of a straight edge falls as the inverse square along its normal and is narrow across it (Fraunhofer), so
a stop with n blades gives n rays (2 n if n is odd) and every scratch one more pair. The picture's own lamps are spread
by a Fourier transform of the picture reduced four times; the sun is a point of known illuminance, evaluated directly,
so that it may stand outside the picture and the few pixels of its disc need not carry its light.

Ghosts: see `ghosts.py`.

Everything is linear in radiance and conserves light: what is added was taken away, except what falls beside the
picture. Sources: facts of flare families in Wu et al. 2021 (arXiv 2011.12485); shares are (unverified).
Left out: polarisation, wavelength other than the width of the rays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from ..compiled import kernel
from ..random import uniform
from ..scene import Sun
from ..transforms import conjugate, rotate
from .ghosts import add_ghosts
from .lens import Lens

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Triple = tuple[float, float, float]

SUN_RADIANCE = 2e7
"""Pixels brighter than this [cd/m^2] are the sun's disc: lamps are dimmer, and the sun's light comes by `SunInView`."""
_COARSE, _HALF = 4, 2
_REACH = 1.0  # the scattering law is normalised over this many radians around the source
_RAY_PX = 0.8  # sigma across a ray of the starburst
_LAMPS = 6
_BAND = (1.12, 1.0, 0.86)  # wavelength of red, green, blue over 550 nm: width of the rays


@dataclass
class FlareConfig:
    """How much light goes astray.

    Attributes:
        scatter: share s of light that is scattered, in [0, 0.5].
        core_rad: r0, where the halo begins to fall [rad].
        fall: exponent q of the halo, in [1, 4].
        starburst: share b of the scattered light that goes into rays.
        blades: edges of the stop, 0 for a round one.
        scratches: further pairs of rays in directions drawn by the lens's serial number.
        ghosts: share of light in all ghosts together, in [0, 0.1].
    """

    scatter: float = 0.0
    core_rad: float = 0.004
    fall: float = 2.4
    starburst: float = 0.3
    blades: int = 6
    scratches: int = 5
    ghosts: float = 0.0

    def __post_init__(self) -> None:
        """Reject what no lens does."""
        for name, low, high in (
            *(("scatter", 0.0, 0.5), ("core_rad", 1e-4, 0.2), ("fall", 1.0, 4.0), ("starburst", 0.0, 1.0)),
            *(("blades", 0, 24), ("scratches", 0, 64), ("ghosts", 0.0, 0.1)),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"flare {name} is {getattr(self, name)}, expected a value in [{low:g}, {high:g}]")

    @property
    def off(self) -> bool:
        """Whether all light keeps its path."""
        return self.scatter == 0.0 and self.ghosts == 0.0


@dataclass(frozen=True)
class SunInView:
    """The sun as the lens meets it.

    Attributes:
        direction: unit vector towards it, optical frame (x right, y down, z forward).
        illuminance_lx: on a surface facing it, linear RGB [lx].
        visible: share of the disc that nothing hides, in [0, 1].
    """

    direction: Triple
    illuminance_lx: Triple
    visible: float = 1.0


def sun_in_view(
    sun: Sun, orientation_w: ArrayLike, lens: Lens, distance: F32, *, beside: float = 0.0
) -> SunInView | None:
    """The sun in the optical frame, its visible share measured on the picture.

    Args:
        sun: the scene's sun.
        orientation_w: quaternion (x, y, z, w) of the optical frame.
        lens: the lens.
        distance: (H, W) float32 range of every pixel [m], inf for the sky.
        beside: visible share of a sun that stands beside the picture, where nothing is measured.

    Returns:
        None where the lens cannot see it, or nothing of it is visible.
    """
    d = rotate(conjugate(orientation_w), np.asarray(sun.direction_w) / np.linalg.norm(sun.direction_w))
    uv, seen = lens.project(d)
    if not bool(seen) or max(sun.illuminance_lx) <= 0.0:
        return None
    radius = max(1.5, sun.angular_radius_rad * lens.fx)
    rows = np.arange(max(0, math.floor(uv[1] - radius)), min(lens.height, math.ceil(uv[1] + radius) + 1))
    columns = np.arange(max(0, math.floor(uv[0] - radius)), min(lens.width, math.ceil(uv[0] + radius) + 1))
    inside = np.hypot(columns[None, :] - uv[0], rows[:, None] - uv[1]) <= radius
    share = beside
    if inside.any():
        share = float(np.isinf(distance[np.ix_(rows, columns)])[inside].mean())
    if share <= 0.0:
        return None
    return SunInView((float(d[0]), float(d[1]), float(d[2])), sun.illuminance_lx, share)


class Flare:
    """The stray light of one specimen of a lens (final)."""

    def __init__(self, config: FlareConfig, lens: Lens, *, serial: int = 0) -> None:
        """`serial` decides where the scratches lie."""
        self.config, self.lens = config, lens
        width, height = lens.width, lens.height
        self._coarse = (-(-height // _COARSE), -(-width // _COARSE))
        self._half = (self._coarse[0] * 2, self._coarse[1] * 2)
        self._rays = self._directions(serial)
        self._unit = float(np.float64(1.0) / _halo_integral(config.core_rad * lens.fx, _REACH * lens.fx, config.fall))

    def _directions(self, serial: int) -> F64:
        """Rows (cos, sin, weight) of the lines along which rays run; weights sum to 1."""
        c = self.config
        blades = range(c.blades if c.blades % 2 else c.blades // 2)
        step = 2.0 * math.pi / max(c.blades, 1)
        rows = [(0.3 + k * step, 1.0) for k in blades]
        rows += [
            (math.pi * uniform(np.uint64(serial), 2 * k, 0), 0.5 * uniform(np.uint64(serial), 2 * k + 1, 0) ** 2)
            for k in range(c.scratches)
        ]
        table = np.array([(math.cos(a), math.sin(a), w) for a, w in rows]).reshape(-1, 3)
        if len(table):
            table[:, 2] /= table[:, 2].sum()
        return table

    @property
    def kept(self) -> float:
        """Share of light that keeps its path."""
        return 1.0 - self.config.scatter - self.config.ghosts

    @cached_property
    def _spectrum(self) -> NDArray[np.complex64]:
        """Transform of the point spread on the coarse grid, out to half the picture's width.

        The cell of the source itself takes what the law leaves for it, so that its undersampled peak costs no light.
        """
        rows, columns = self._padded
        middle, law = (rows // 2, columns // 2), self._law(_COARSE)
        around = np.zeros((rows, columns, 3), np.float32)
        _spread(float(middle[1]), float(middle[0]), float(_COARSE**2), np.ones(3), law, self._rays, _COARSE, around)
        y, x = np.ogrid[:rows, :columns]
        reach = min(self._coarse[1] // 2, *middle)
        around[np.hypot(y - middle[0], x - middle[1]) > reach] = 0.0
        core, far = law[0], reach * _COARSE
        halo = _halo_integral(core, far, self.config.fall) * law[2]
        rays = math.sqrt(2.0 * math.pi) * law[4] * 2.0 * core * math.atan(far / core) * law[3]
        around[middle] += (halo + rays - around.sum(axis=(0, 1), dtype=np.float64)).astype(np.float32)
        planes = np.roll(around, (-middle[0], -middle[1]), (0, 1)).transpose(2, 0, 1)
        return np.asarray(fft.rfft2(np.ascontiguousarray(planes)), np.complex64)

    @property
    def _padded(self) -> tuple[int, int]:
        rows, columns = self._coarse
        reach = columns // 2
        return fft.next_fast_len(rows + reach), fft.next_fast_len(columns + reach, real=True)

    def _law(self, grid: int) -> F64:
        c = self.config
        across = max(_RAY_PX, 0.6 * grid)
        along = c.core_rad * self.lens.fx
        line = math.sqrt(2.0 * math.pi) * across * 2.0 * along * math.atan(_REACH / c.core_rad)
        burst = c.starburst if len(self._rays) else 0.0
        return np.array([along, 0.5 * c.fall, (1.0 - burst) * self._unit, burst / line, across])

    def stray(self, radiance: F32, sun: SunInView | None) -> tuple[F32, F64]:
        """Light that arrives astray, and the mean of the picture.

        Args:
            radiance: (H, W, 3) float32 linear RGB [cd/m^2]; not changed.
            sun: the sun, or None.

        Returns:
            (2 ceil(H / 4), 2 ceil(W / 4), 3) float32 at half the resolution [cd/m^2], to be enlarged twice and added
            to `kept` times the radiance; and the (3,) mean radiance of the picture with the sun's light.
        """
        c, (rows, columns) = self.config, self._coarse
        pooled = np.empty((rows, columns, 3), np.float32)
        _pool(radiance, SUN_RADIANCE, pooled)
        mean: F64 = pooled.sum(axis=(0, 1), dtype=np.float64) * _COARSE**2 / (self.lens.width * self.lens.height)
        if c.scatter > 0.0:
            planes = np.ascontiguousarray(pooled.transpose(2, 0, 1))
            around = fft.irfft2(fft.rfft2(planes, self._padded) * self._spectrum, self._padded)[:, :rows, :columns]
            spread = np.ascontiguousarray(around.transpose(1, 2, 0), np.float32)
            out = np.asarray(cv2.resize(spread, self._half[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
            out *= np.float32(c.scatter)
        else:
            out = np.zeros((*self._half, 3), np.float32)
        sources = []
        if sun is not None:
            uv, seen = self.lens.project(np.asarray(sun.direction))
            if bool(seen):
                flux = np.asarray(sun.illuminance_lx) * sun.visible * _pixels_per_steradian(self.lens, sun.direction)
                if c.scatter > 0.0:
                    law = self._law(_HALF)
                    u, v = (uv[0] + 0.5) / _HALF - 0.5, (uv[1] + 0.5) / _HALF - 0.5
                    _spread(u, v, c.scatter, flux, law, self._rays, _HALF, out)
                sources.append((uv, flux))
                if -0.5 <= uv[0] <= self.lens.width - 0.5 and -0.5 <= uv[1] <= self.lens.height - 0.5:
                    mean += flux / (self.lens.width * self.lens.height)
        if c.ghosts > 0.0:
            for uv, flux in [*sources, *self._lamps(pooled, mean)]:
                add_ghosts(uv, flux, c.ghosts, c.blades, mean, self.lens, _HALF, out)
        return out, mean

    def _lamps(self, pooled: F32, mean: F64) -> list[tuple[F64, F64]]:
        """The brightest lamps: picture point [px] and light [cd/m^2 px]."""
        light = pooled.sum(axis=2)
        peak = (light >= cv2.dilate(light, np.ones((7, 7), np.uint8))) & (light > 30.0 * mean.sum())
        at = np.argwhere(peak)
        order = np.argsort(-light[peak], kind="stable")[:_LAMPS]
        found = []
        for row, column in at[order]:
            near = pooled[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
            centre = np.array([column + 0.5, row + 0.5]) * _COARSE - 0.5
            found.append((centre, near.sum(axis=(0, 1), dtype=np.float64) * _COARSE**2))
        return found


def _halo_integral(core: float, reach: float, fall: float) -> float:
    """Integral of the halo's law over the disc of radius `reach`."""
    q, x = 0.5 * fall, (reach / core) ** 2
    if abs(q - 1.0) < 1e-9:
        return math.pi * core * core * math.log1p(x)
    return math.pi * core * core * ((1.0 + x) ** (1.0 - q) - 1.0) / (1.0 - q)


def _pixels_per_steradian(lens: Lens, direction: Triple) -> float:
    d = np.asarray(direction) / np.linalg.norm(direction)
    side = np.cross(d, [0.0, 1.0, 0.0] if abs(d[1]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    up, step = np.cross(d, side), 1e-4
    uv, _ = lens.project(np.stack([d + step * side, d - step * side, d + step * up, d - step * up]))
    a, b = (uv[0] - uv[1]) / (2 * step), (uv[2] - uv[3]) / (2 * step)
    return float(abs(a[0] * b[1] - a[1] * b[0]))


@kernel
def _pool(radiance, cap, out):  # type: ignore[no-untyped-def]
    """Mean over cells of 4 x 4 pixels, each at most `cap`; cells that hang over the edge count the rest as dark."""
    height, width = radiance.shape[0], radiance.shape[1]
    limit = np.float32(cap)
    share = np.float32(1.0 / 16.0)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            r, g, b = np.float32(0.0), np.float32(0.0), np.float32(0.0)
            for y in range(4 * i, min(4 * i + 4, height)):
                for x in range(4 * j, min(4 * j + 4, width)):
                    r += min(radiance[y, x, 0], limit)
                    g += min(radiance[y, x, 1], limit)
                    b += min(radiance[y, x, 2], limit)
            out[i, j, 0], out[i, j, 1], out[i, j, 2] = r * share, g * share, b * share


@kernel
def _spread(u, v, share, flux, law, rays, grid, out):  # type: ignore[no-untyped-def]
    """Add the point spread of one source at cell (u, v); lengths in `law` are full-resolution pixels."""
    core, power, halo, line, across = law[0], law[1], law[2] * share, law[3] * share, law[4]
    inverse = 1.0 / (core * core)
    for y in range(out.shape[0]):
        dy = (y - v) * grid
        for x in range(out.shape[1]):
            dx = (x - u) * grid
            # a cell is a square, so nothing is nearer to its own light than a fifth of the cell on average
            square = max(dx * dx + dy * dy, 0.15 * grid * grid)
            round_part = halo * np.exp(-power * np.log(1.0 + square * inverse))
            r, g, b = round_part, round_part, round_part
            for k in range(len(rays)):
                off = rays[k, 0] * dy - rays[k, 1] * dx
                scaled = off * off / (across * across)
                if scaled < 16.0:
                    a = rays[k, 0] * dx + rays[k, 1] * dy
                    strength = line * rays[k, 2] / (1.0 + a * a * inverse)
                    r += strength / _BAND[0] * np.exp(-0.5 * scaled / (_BAND[0] * _BAND[0]))
                    g += strength / _BAND[1] * np.exp(-0.5 * scaled / (_BAND[1] * _BAND[1]))
                    b += strength / _BAND[2] * np.exp(-0.5 * scaled / (_BAND[2] * _BAND[2]))
            out[y, x, 0] += np.float32(flux[0] * r)
            out[y, x, 1] += np.float32(flux[1] * g)
            out[y, x, 2] += np.float32(flux[2] * b)
