"""What the lens does to radiance on its way to the sensor, apart from geometry.

In this order, each an identity at strength zero:

    lateral colour   red is imaged (1 + e) times as large, blue (1 - e) times, about the optical centre
    vignetting       V = cos(theta)^(4 n) (1 + a r^2 + b r^4 + c r^6)          r = 1 in the farthest corner
    blur             Gaussian; sigma^2 = blur^2 + axial^2, axial the defocus of red, green and blue (axial colour)
    stray light      halo, starburst and ghosts (`flare.py`)
    veiling glare    I' = (1 - g) I + g mean(I)

n = 1 is the natural law of a thin lens; real wide lenses are designed to lose less, so n is a parameter.
Sources: polynomial vignetting as widely used (unverified form), e = 0.0008 to 0.002 (secondary), g = 0.3 to 0.6 % for
good lenses (secondary), 1 to 5 % behind a dirty windscreen (unverified).
Left out: dependence of the blur on field angle and depth, lens breathing, polarisation.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from .flare import Flare, FlareConfig, SunInView
from .lens import Lens

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Triple = tuple[float, float, float]


@dataclass
class OpticsConfig:
    """What a lens does.

    Attributes:
        natural: n, the share of the cos^4 law, in [0, 1].
        vignetting: coefficients a, b, c of the polynomial.
        lateral: e, relative difference in magnification of red and blue from green.
        blur_px: sigma of the blur common to all colours [px].
        axial_px: sigma of the defocus of red, green, blue [px].
        veil: g, share of light that ends as an even veil, in [0, 0.5].
        flare: stray light around bright things.
    """

    natural: float = 0.0
    vignetting: Triple = (0.0, 0.0, 0.0)
    lateral: float = 0.0
    blur_px: float = 0.0
    axial_px: Triple = (0.0, 0.0, 0.0)
    veil: float = 0.0
    flare: FlareConfig = field(default_factory=FlareConfig)

    def __post_init__(self) -> None:
        """Reject what no lens does."""
        self.vignetting, self.axial_px = tuple(self.vignetting), tuple(self.axial_px)  # type: ignore[assignment]
        for name, low, high in (
            *(("natural", 0.0, 1.0), ("lateral", -0.02, 0.02), ("blur_px", 0.0, 20.0), ("veil", 0.0, 0.5)),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"optics {name} is {getattr(self, name)}, expected a value in [{low:g}, {high:g}]")
        if len(self.axial_px) != 3 or not all(0.0 <= s <= 20.0 for s in self.axial_px):
            raise ValueError(f"optics axial_px is {self.axial_px}, expected three values in [0, 20]")
        r2 = np.linspace(0.0, 1.0, 101)
        if len(self.vignetting) != 3 or not (_polynomial(r2, self.vignetting) > 0.0).all():
            raise ValueError(
                f"optics vignetting is {self.vignetting}, expected three coefficients a, b, c with "
                "1 + a r^2 + b r^4 + c r^6 above 0 up to the corner (r = 1)"
            )


class Optics:
    """One specimen of a lens: what it does to every frame (final). It works on one frame at a time."""

    def __init__(self, config: OpticsConfig, lens: Lens, *, serial: int = 0) -> None:
        """`serial` decides where the scratches that scatter light lie."""
        self.config, self.lens = config, lens
        self.flare = Flare(config.flare, lens, serial=serial)
        self._whole: F32 | None = None  # scratch: fresh memory costs more than the arithmetic

    @cached_property
    def falloff(self) -> F32:
        """(H, W) float32 share of light that vignetting leaves."""
        c, lens = self.config, self.lens
        u, v = np.meshgrid(np.arange(lens.width), np.arange(lens.height))
        x, y = np.array([-0.5, lens.width - 0.5]) - lens.cx, np.array([-0.5, lens.height - 0.5]) - lens.cy
        corner = np.abs(x).max() ** 2 + np.abs(y).max() ** 2
        out = _polynomial(((u - lens.cx) ** 2 + (v - lens.cy) ** 2) / corner, c.vignetting)
        if c.natural > 0.0:
            out = out * np.maximum(lens.directions(u, v)[..., 2], 0.0) ** (4.0 * c.natural)
        return out.astype(np.float32)

    def apply(self, radiance: F32, *, sun: SunInView | None = None) -> F32:
        """What reaches the sensor.

        Args:
            radiance: (H, W, 3) float32 linear RGB [cd/m^2]; not changed.
            sun: the sun where the lens sees it, in the picture or beside it.

        Returns:
            (H, W, 3) float32 [cd/m^2]; `radiance` itself where the lens does nothing.
        """
        c = self.config
        out = radiance
        if c.lateral != 0.0 or c.natural > 0.0 or any(c.vignetting):
            passed = np.empty_like(radiance)
            _pass(np.ascontiguousarray(out), self.falloff, self.lens.cx, self.lens.cy, c.lateral, passed)
            out = passed
        out = self._blurred(out)
        if c.veil > 0.0 or not c.flare.off:
            target = np.empty_like(radiance) if out is radiance else out  # the caller's picture stays as it is
            self._add_stray(out, sun, target)
            out = target
        return out

    def _blurred(self, radiance: F32) -> F32:
        c = self.config
        if not any(c.axial_px):
            return radiance if c.blur_px == 0.0 else np.asarray(cv2.GaussianBlur(radiance, (0, 0), c.blur_px))
        planes = list(cv2.split(radiance))
        for k, axial in enumerate(c.axial_px):
            sigma = float(np.hypot(c.blur_px, axial))
            if sigma > 0.0:
                planes[k] = cv2.GaussianBlur(planes[k], (0, 0), sigma)
        return np.asarray(cv2.merge(planes), np.float32)

    def _add_stray(self, radiance: F32, sun: SunInView | None, out: F32) -> None:
        stray, mean = self.flare.stray(radiance, sun)
        stray += (self.config.veil / (1.0 - self.config.veil) * mean).astype(np.float32)
        shape = (2 * stray.shape[0], 2 * stray.shape[1], 3)
        if self._whole is None:
            self._whole = np.empty(shape, np.float32)
        cv2.resize(stray, shape[1::-1], dst=self._whole, interpolation=cv2.INTER_LINEAR)
        height, width = radiance.shape[:2]
        clear = 1.0 - self.config.veil
        cv2.addWeighted(radiance, clear * self.flare.kept, self._whole[:height, :width], clear, 0.0, dst=out)


def _polynomial(r2: F64, k: Triple) -> F64:
    out: F64 = 1.0 + r2 * (k[0] + r2 * (k[1] + r2 * k[2]))
    return out


@kernel
def _pass(radiance, falloff, cx, cy, lateral, out):  # type: ignore[no-untyped-def]
    """Lateral colour and vignetting in one pass."""
    height, width = falloff.shape
    scale = (1.0 / (1.0 + lateral), 1.0, 1.0 / (1.0 - lateral))
    for y in range(height):
        for x in range(width):
            v = falloff[y, x]
            out[y, x, 1] = v * radiance[y, x, 1]
            if lateral == 0.0:
                out[y, x, 0], out[y, x, 2] = v * radiance[y, x, 0], v * radiance[y, x, 2]
                continue
            for c in (0, 2):
                s = min(max(cx + (x - cx) * scale[c], 0.0), width - 1.0)
                t = min(max(cy + (y - cy) * scale[c], 0.0), height - 1.0)
                i, j = min(int(s), width - 2), min(int(t), height - 2)
                a, b = np.float32(s - i), np.float32(t - j)
                upper = radiance[j, i, c] + a * (radiance[j, i + 1, c] - radiance[j, i, c])
                lower = radiance[j + 1, i, c] + a * (radiance[j + 1, i + 1, c] - radiance[j + 1, i, c])
                out[y, x, c] = v * (upper + b * (lower - upper))


_CLEAN = OpticsConfig(blur_px=0.6)

VIGNETTING: dict[str, OpticsConfig] = {
    "light": replace(_CLEAN, vignetting=(-0.12, 0.0, 0.0)),
    "moderate": replace(_CLEAN, vignetting=(-0.25, -0.05, 0.0)),
    "heavy": replace(_CLEAN, vignetting=(-0.35, -0.10, 0.0)),
    "severe": replace(_CLEAN, vignetting=(-0.40, -0.20, 0.0)),
    "extreme": replace(_CLEAN, vignetting=(-0.45, -0.25, 0.0)),
}
"""Severities 1 to 5: 0.88, 0.70, 0.55, 0.40, 0.30 of the light in the corner (0.3 to 0.7 is the range of the facts)."""

CHROMATIC: dict[str, OpticsConfig] = {
    name: replace(_CLEAN, lateral=lateral, axial_px=(axial, 0.0, 0.8 * axial))
    for name, lateral, axial in (
        *(("light", 0.0008, 0.2), ("moderate", 0.0014, 0.4), ("heavy", 0.002, 0.7)),
        *(("severe", 0.004, 1.1), ("extreme", 0.008, 1.6)),
    )
}
"""Severities 1 to 5: up to 0.002 as cine lenses (secondary), beyond as cheap or damaged ones (unverified)."""

STRAY_LIGHT: dict[str, OpticsConfig] = {
    name: replace(_CLEAN, veil=veil, flare=FlareConfig(scatter=scatter, ghosts=ghosts, scratches=scratches))
    for name, veil, scatter, ghosts, scratches in (
        ("light", 0.003, 0.002, 1e-5, 2),
        ("moderate", 0.006, 0.006, 4e-5, 3),
        ("heavy", 0.015, 0.02, 2e-4, 5),
        ("severe", 0.03, 0.05, 8e-4, 8),
        ("extreme", 0.05, 0.12, 2e-3, 12),
    )
}
"""Severities 1 to 5: good lenses veil 0.3 to 0.6 % (secondary), dirty windscreens 1 to 5 % (unverified). A ghost takes
two reflections: 0.2 to 0.5 % each from coated surfaces, 4 % from bare ones, hence 4e-6 to 1.6e-3 (derived)."""

DEFOCUS: dict[str, OpticsConfig] = {
    name: OpticsConfig(blur_px=sigma)
    for name, sigma in (("light", 1.0), ("moderate", 2.0), ("heavy", 3.0), ("severe", 4.0), ("extreme", 6.0))
}
"""Severities 1 to 5: the sigmas of ImageNet-C's Gaussian blur (Hendrycks and Dietterich 2019) [px]."""
