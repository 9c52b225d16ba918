"""Water drops on the cover of a lens: each a small wide-angle lens of its own, far out of focus.

A drop is a spherical cap on the outside of a flat cover, its outline made uneven and, for large drops, drawn
downwards. A ray of the camera enters it through the cover without a net turn of the plane faces and leaves through the
cap by Snell's law, n = 1.33: a cap whose rim stands at the contact angle turns the rays at its edge by up to 20 to 40
degrees towards the middle, so that the drop shows the scene inverted. Rays past the critical angle (48.8 degrees
incidence) find no way out: rims of steep drops are dark. What does get out is weakened by Fresnel's law.

The pupil of the lens sees a disc of the cover at once, so the view through the drops is blurred by that disc; it is
sampled from the picture itself, and where a ray leaves the picture, the nearest part of it stands in.

Drops above `running_mm` run down, at a speed that grows with their size, and enter again above the picture.
Source: spherical caps and refraction as in Roser and Kurz and in the water-drop perturber of nrtk (idea only); run
speed and sizes are (unverified). Left out: merging, trails, surface waves, drops on the inside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..random import uniform
from .lens import Lens, project_point

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

WATER = 1.33


@dataclass
class DropsConfig:
    """Drops on the cover.

    Attributes:
        count: number of drops on the cover as far as the camera sees it.
        smallest_mm, largest_mm: range of their diameters [mm], the logarithm evenly distributed.
        contact_deg: mean angle of the rim [deg]; drops differ by 8.
        running_mm: diameter from which they run down [mm].
        run_mps: speed of a drop of twice that diameter [m/s].
    """

    count: int = 0
    smallest_mm: float = 0.8
    largest_mm: float = 4.0
    contact_deg: float = 42.0
    running_mm: float = 3.0
    run_mps: float = 0.003

    def __post_init__(self) -> None:
        """Reject what does not stick to glass."""
        if not 0 <= self.count <= 2000:
            raise ValueError(f"drops count is {self.count}, expected 0 to 2000")
        if not 0.1 <= self.smallest_mm <= self.largest_mm <= 20.0:
            raise ValueError(
                f"drops diameters are {self.smallest_mm} to {self.largest_mm} mm, expected a range in [0.1, 20]"
            )
        if not 15.0 <= self.contact_deg <= 75.0:
            raise ValueError(f"drops contact_deg is {self.contact_deg}, expected a value in [15, 75]")
        if not (self.running_mm > 0.0 and self.run_mps >= 0.0):
            raise ValueError(
                f"drops running_mm is {self.running_mm} and run_mps {self.run_mps}, expected above 0 and at least 0"
            )


X, Y, RADIUS, CONTACT, SAG, SPEED, WAVES = 0, 1, 2, 3, 4, 5, 6
"""Columns of the table of drops: place and radius on the cover over its distance, contact angle [rad], how far they
are drawn downwards, speed [cover distances/s], and amplitude and phase of the outline's 2nd to 4th wave."""
_COLUMNS = 12


class LensDrops:
    """The drops on one cover (final). It works on one frame at a time."""

    def __init__(self, config: DropsConfig, lens: Lens, cover_m: float, blur_px: float, *, key: np.uint64) -> None:
        """Place the drops by `key`; `blur_px` is the disc of the pupil on half the picture [px]."""
        self.config, self.lens = config, lens
        self._shape = (-(-lens.height // 2), -(-lens.width // 2))
        self._sigma = 0.25 * blur_px  # a Gaussian as wide as the disc: its standard deviation along each axis
        half = [0.5 * lens.width / lens.fx * 1.08, 0.5 * lens.height / lens.fy * 1.15]
        table = np.zeros((config.count, _COLUMNS))
        for i in range(config.count):
            draw = [uniform(key, i, lane) for lane in range(_COLUMNS)]
            diameter = config.smallest_mm * (config.largest_mm / config.smallest_mm) ** draw[2]
            large = max(0.0, diameter / config.running_mm - 1.0)
            table[i, :WAVES] = [
                (2.0 * draw[0] - 1.0) * half[0],
                (2.0 * draw[1] - 1.0) * half[1],
                0.5e-3 * diameter / cover_m,
                math.radians(config.contact_deg + 16.0 * (draw[3] - 0.5)),
                0.10 * draw[4] + 0.25 * min(large, 1.0),
                config.run_mps * min(large, 3.0) * (0.5 + draw[5]) / cover_m if large > 0.0 else 0.0,
            ]
            table[i, WAVES::2] = [0.10 * (draw[6] - 0.5), 0.08 * (draw[7] - 0.5), 0.05 * (draw[8] - 0.5)]
            table[i, WAVES + 1 :: 2] = [2.0 * math.pi * draw[k] for k in (9, 10, 11)]
        self.table = table[np.argsort(table[:, RADIUS], kind="stable")]
        self._height = half[1]
        self._time: float | None = None
        self._map, self._share = np.empty((2, *self._shape), np.float32), np.empty(self._shape, np.float32)
        self._mask, self._soft = np.empty(self._shape, np.float32), np.empty(self._shape, np.float32)

    def view(self, picture: F32, time_s: float, out: F32) -> F32:
        """What the drops show.

        Args:
            picture: (h, w, 3) float32 the scene at half the resolution [cd/m^2].
            time_s: how long they have been running [s].
            out: (h, w, 3) float32, receives their light [cd/m^2].

        Returns:
            (h, w) float32 share of the pupil that looks through drops.
        """
        if self._time is None or (time_s != self._time and bool(self.table[:, SPEED].any())):
            self._lay(time_s)
        x, y = self._map
        seen = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        _weigh(seen, self._share)
        cv2.GaussianBlur(seen, (0, 0), self._sigma, dst=out, borderType=cv2.BORDER_REPLICATE)
        return self._soft

    def _lay(self, time_s: float) -> None:
        now = self.table.copy()
        span = 2.0 * self._height + 2.0 * now[:, RADIUS]
        low = -self._height - now[:, RADIUS]
        now[:, Y] = low + np.mod(now[:, Y] - low + now[:, SPEED] * time_s, span)
        rows, columns = self._shape
        grid_x, grid_y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
        self._map[0], self._map[1] = grid_x, grid_y
        self._share[:] = 0.0
        self._mask[:] = 0.0
        _refract(now, self.lens.model, self.lens.parameters, self._map, self._share, self._mask)
        cv2.GaussianBlur(self._mask, (0, 0), self._sigma, dst=self._soft, borderType=cv2.BORDER_REPLICATE)
        self._time = time_s


@kernel
def transmitted(cos_inside):  # type: ignore[no-untyped-def]
    """Unpolarised share of light that leaves water into air at an incidence (Fresnel), 0 past the critical angle."""
    sine = WATER * np.sqrt(max(0.0, 1.0 - cos_inside * cos_inside))
    if sine >= 1.0:
        return 0.0
    cos_outside = np.sqrt(1.0 - sine * sine)
    s = (WATER * cos_inside - cos_outside) / (WATER * cos_inside + cos_outside)
    p = (WATER * cos_outside - cos_inside) / (WATER * cos_outside + cos_inside)
    return 1.0 - 0.5 * (s * s + p * p)


@kernel
def refracted(dx, dy, dz, nx, ny, nz):  # type: ignore[no-untyped-def]
    """Direction of a ray that leaves water through a face with outward normal n, and its transmission."""
    cosine = dx * nx + dy * ny + dz * nz
    passed = transmitted(cosine)
    if passed <= 0.0:
        return dx, dy, dz, 0.0
    turn = np.sqrt(max(0.0, 1.0 - WATER * WATER * (1.0 - cosine * cosine))) - WATER * cosine
    return WATER * dx + turn * nx, WATER * dy + turn * ny, WATER * dz + turn * nz, passed


@kernel
def _refract(drops, model, lens, where, share, mask):  # type: ignore[no-untyped-def]
    """Where each half-resolution pixel looks through the drops, and how much light comes through."""
    rows, columns = mask.shape
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    for i in range(len(drops)):
        x0, y0, radius = drops[i, X], drops[i, Y], drops[i, RADIUS]
        reach = radius * (1.3 + drops[i, SAG])
        left, right = (cx + fx * (x0 - reach)) * 0.5, (cx + fx * (x0 + reach)) * 0.5
        top, bottom = (cy + fy * (y0 - reach)) * 0.5, (cy + fy * (y0 + reach)) * 0.5
        rim = np.sin(drops[i, CONTACT])
        for v in range(max(0, int(top)), min(rows - 1, int(bottom) + 1) + 1):
            for u in range(max(0, int(left)), min(columns - 1, int(right) + 1) + 1):
                gx, gy = (2.0 * u + 0.5 - cx) / fx, (2.0 * v + 0.5 - cy) / fy  # on the cover, unit distance
                ex, ey = (gx - x0) / radius, (gy - y0) / radius
                # above its middle a drawn-out drop is narrower, below it is fuller
                ey *= 1.0 / (1.0 + drops[i, SAG]) if ey < 0.0 else 1.0 + 0.3 * drops[i, SAG]
                far = np.sqrt(ex * ex + ey * ey)
                angle = np.arctan2(ey, ex)
                outline = 1.0
                for k in range(3):
                    outline += drops[i, WAVES + 2 * k] * np.cos((k + 2) * angle + drops[i, WAVES + 2 * k + 1])
                rho = far / outline
                if rho >= 1.0:
                    continue
                slope = rim * rho / max(far, 1e-9)
                nx, ny = slope * ex, slope * ey
                nz = np.sqrt(max(1e-6, 1.0 - nx * nx - ny * ny))
                # through the plane cover into water
                norm = 1.0 / np.sqrt(1.0 + gx * gx + gy * gy)
                wx, wy = gx * norm / WATER, gy * norm / WATER
                wz = np.sqrt(1.0 - wx * wx - wy * wy)
                ox, oy, oz, passed = refracted(wx, wy, wz, nx, ny, nz)
                a, b, seen = project_point(model, lens, ox, oy, oz)
                if not seen or passed <= 0.0:
                    share[v, u], mask[v, u] = 0.0, 1.0
                    continue
                where[0, v, u], where[1, v, u] = np.float32(0.5 * a - 0.25), np.float32(0.5 * b - 0.25)
                share[v, u], mask[v, u] = np.float32(passed), 1.0


@kernel
def _weigh(picture, share):  # type: ignore[no-untyped-def]
    for y in range(share.shape[0]):
        for x in range(share.shape[1]):
            for c in range(3):
                picture[y, x, c] *= share[y, x]
