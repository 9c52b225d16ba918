"""What sits on the lens or the window before it: water drops, dirt, frost or condensation.

All of it lies on a flat cover a few centimetres before the lens, far out of focus: a point of the cover is seen over a
disc of aperture A / cover distance radians, so every mask is blurred by that disc and no outline is sharp.

- Drops (`lens_drops.py`) show the scene wide-angled and upside down; large ones run down.
- Dirt covers a share m of the light and sends back what falls on it,   I = (1 - m) I0 + m rho E / pi,   E / pi the mean
  radiance of the surroundings. Mud is opaque, dust a half-clear film; both are patterns of noise cut at a level that
  gives the wanted coverage.
- Frost and condensation scatter:   I = (1 - m) I0 + m ((1 - v) (I0 blurred) + v E / pi),   frost as needles
  thickest at the rim, condensation even and strongest below.

The state is fixed by key for an episode. Layers lie over each other in the order drops, dirt, frost. Work is done at
half the picture's resolution, which is finer than the blur. Sources: practical models of drops, soiling and frost as
in WoodScape's classes of soiling and ImageNet-C's spatter and frost; amounts by severity are (unverified).
Left out: drying, wipers, light that dirt scatters forward, change of the pattern over time apart from running drops.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..compiled import kernel
from ..random import bits
from ..truth import Truth
from .cover_patterns import defocused, ferns, pattern
from .lens import Lens
from .lens_drops import DropsConfig, LensDrops

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
Triple = tuple[float, float, float]

_KINDS = ("frost", "condensation")
_FROST_VEIL = 0.6  # share of scattered light that comes from everywhere


@dataclass
class DirtConfig:
    """Dirt on the cover.

    Attributes:
        coverage: share of the cover under mud, in [0, 0.9].
        opacity: of the mud, in [0, 1].
        dust: opacity of the film of dust between, in [0, 1].
        albedo: reflectance of the dirt, linear RGB.
        grain_rad: size of the largest spots, seen from the lens [rad].
    """

    coverage: float = 0.0
    opacity: float = 0.95
    dust: float = 0.0
    albedo: Triple = (0.26, 0.20, 0.14)
    grain_rad: float = 0.25

    def __post_init__(self) -> None:
        """Reject what no cover carries."""
        self.albedo = tuple(self.albedo)  # type: ignore[assignment]
        for name, low, high in (
            *(("coverage", 0.0, 0.9), ("opacity", 0.0, 1.0), ("dust", 0.0, 1.0), ("grain_rad", 0.01, 2.0)),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"dirt {name} is {getattr(self, name)}, expected a value in [{low:g}, {high:g}]")
        if len(self.albedo) != 3 or not all(0.0 <= a <= 1.0 for a in self.albedo):
            raise ValueError(f"dirt albedo is {self.albedo}, expected three values in [0, 1]")


@dataclass
class FrostConfig:
    """Frost or condensation on the cover.

    Attributes:
        amount: how much of the light the thickest part scatters, in [0, 1].
        spread: how far it reaches from the rim to the middle; 1 covers all.
        kind: "frost" or "condensation".
        blur_rad: sigma of the scattering [rad].
    """

    amount: float = 0.0
    spread: float = 0.6
    kind: str = "frost"
    blur_rad: float = 0.03

    def __post_init__(self) -> None:
        """Reject what does not freeze."""
        if self.kind not in _KINDS:
            raise ValueError(f"frost kind is {self.kind!r}, expected {' or '.join(_KINDS)}")
        for name, low, high in (("amount", 0.0, 1.0), ("spread", 0.0, 1.0), ("blur_rad", 1e-3, 0.5)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"frost {name} is {getattr(self, name)}, expected a value in [{low:g}, {high:g}]")


@dataclass
class ContaminationConfig:
    """What sits on the cover.

    Attributes:
        cover_m: distance of the cover from the lens's entrance pupil [m].
        drops, dirt, frost: the three kinds.
    """

    cover_m: float = 0.035
    drops: DropsConfig = field(default_factory=DropsConfig)
    dirt: DirtConfig = field(default_factory=DirtConfig)
    frost: FrostConfig = field(default_factory=FrostConfig)

    def __post_init__(self) -> None:
        """Reject a cover inside the lens."""
        if not 0.002 <= self.cover_m <= 2.0:
            raise ValueError(f"contamination cover_m is {self.cover_m}, expected a value in [0.002, 2] m")

    @property
    def clean(self) -> bool:
        """Whether the cover is clean."""
        return self.drops.count == 0 and not (self.dirt.coverage or self.dirt.dust) and self.frost.amount == 0.0


class Contamination:
    """The state of one cover in one episode (final). It works on one frame at a time."""

    def __init__(self, config: ContaminationConfig, lens: Lens, *, aperture_m: float, key: int) -> None:
        """Lay out everything by `key`; `aperture_m` is the diameter of the lens's entrance pupil."""
        self.config, self.lens = config, lens
        self._shape = (-(-lens.height // 2), -(-lens.width // 2))
        self._focal = 0.5 * lens.fx
        keys = [np.uint64(bits(np.uint64(key), 0, lane)) for lane in range(3)]
        self._blur = max(0.8, aperture_m / config.cover_m * self._focal)  # diameter on half the picture [px]
        self.drops = (
            LensDrops(config.drops, lens, config.cover_m, self._blur, key=keys[0]) if config.drops.count else None
        )
        self.dirt = self._dirt(keys[1])
        self.frost = self._frost(keys[2])
        self._keep, self._added = np.empty(self._shape, np.float32), np.empty((*self._shape, 3), np.float32)
        self._large: tuple[F32, F32] | None = None

    def apply(self, radiance: F32, truth: U8, *, ambient: ArrayLike, time_s: float = 0.0) -> F32:
        """The scene through the cover.

        Args:
            radiance: (H, W, 3) float32 linear RGB [cd/m^2]; changed in place.
            truth: (H, W) uint8 bits of `Truth`: DISPLACED where a drop bends the view, LOST where dirt or frost hides
                it, DIMMED where they take some of it.
            ambient: (3,) mean radiance of the surroundings, E / pi [cd/m^2].
            time_s: since the start of the episode; large drops run [s].

        Returns:
            `radiance`.
        """
        if self.config.clean:
            return radiance
        rows, columns = self._shape
        small = np.asarray(cv2.resize(radiance, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
        keep, added = self._keep, self._added
        bent = np.zeros(self._shape, np.float32) if self.drops is None else self.drops.view(small, time_s, added)
        if self.drops is None:
            added[:] = 0.0
        np.subtract(np.float32(1.0), bent, out=keep)
        around = np.asarray(ambient, float)
        dirt_light = np.asarray(self.config.dirt.albedo) * around
        if self.dirt is not None:
            _lay(self.dirt, dirt_light.astype(np.float32), keep, added)
        if self.frost is not None:
            quarter = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            sigma = max(0.5, self.config.frost.blur_rad * self._focal * 0.5)
            soft = cv2.resize(cv2.GaussianBlur(quarter, (0, 0), sigma), (columns, rows), interpolation=cv2.INTER_LINEAR)
            _scatter(self.frost, np.asarray(soft, np.float32), (_FROST_VEIL * around).astype(np.float32), keep, added)
        if self._large is None:
            self._large = (
                np.empty((2 * rows, 2 * columns), np.float32),
                np.empty((2 * rows, 2 * columns, 3), np.float32),
            )
        clear, light = self._large
        cv2.resize(keep, (2 * columns, 2 * rows), dst=clear, interpolation=cv2.INTER_LINEAR)
        cv2.resize(added, (2 * columns, 2 * rows), dst=light, interpolation=cv2.INTER_LINEAR)
        _compose(radiance, clear, light)
        _mark(bent, clear, truth)
        return radiance

    def _dirt(self, key: np.uint64) -> F32 | None:
        c = self.config.dirt
        if c.coverage == 0.0 and c.dust == 0.0:
            return None
        spots = pattern(self._shape, c.grain_rad * self._focal, key, roughness=0.75)
        mask = np.full(self._shape, c.dust, np.float32)
        mask *= 0.7 + 0.3 * pattern(self._shape, 4.0 * c.grain_rad * self._focal, np.uint64(key + 1), roughness=0.5)
        np.clip(mask, 0.0, 1.0, out=mask)
        if c.coverage > 0.0:
            level = float(np.quantile(spots, 1.0 - c.coverage))
            mud = np.clip((spots - level) / 0.12 + 0.5, 0.0, 1.0)
            mask = np.maximum(mask, c.opacity * mud).astype(np.float32)
        return defocused(mask, self._blur)

    def _frost(self, key: np.uint64) -> F32 | None:
        c = self.config.frost
        if c.amount == 0.0:
            return None
        rows, columns = self._shape
        y, x = np.meshgrid(np.linspace(-1.0, 1.0, rows), np.linspace(-1.0, 1.0, columns), indexing="ij")
        if c.kind == "condensation":
            uneven = 0.25 * pattern(self._shape, 0.5 * columns, key, roughness=0.4)
            depth = 0.5 + 0.5 * y + uneven - (1.0 - 2.0 * c.spread)
            return (c.amount * np.clip(0.5 + depth, 0.0, 1.0)).astype(np.float32)
        rim = np.maximum(np.abs(x), np.abs(y)) ** 2
        thick = rim + 0.25 * pattern(self._shape, 0.3 * columns, key, roughness=0.6) - (1.0 - 1.1 * c.spread)
        mask = np.clip(2.0 * thick, 0.0, 1.0) * (0.35 + 0.65 * np.clip(1.4 * ferns(self._shape, key), 0.0, 1.0))
        return defocused(
            (c.amount * mask).astype(np.float32), min(self._blur, 2.5)
        )  # more would leave none of the needles


@kernel
def _lay(mask, light, keep, added):  # type: ignore[no-untyped-def]
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            m = mask[y, x]
            clear = np.float32(1.0) - m
            keep[y, x] *= clear
            for c in range(3):
                added[y, x, c] = clear * added[y, x, c] + m * light[c]


@kernel
def _scatter(mask, soft, veil, keep, added):  # type: ignore[no-untyped-def]
    share = np.float32(1.0 - _FROST_VEIL)
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            m = mask[y, x]
            clear = np.float32(1.0) - m
            keep[y, x] *= clear
            for c in range(3):
                added[y, x, c] = clear * added[y, x, c] + m * (share * soft[y, x, c] + veil[c])


@kernel
def _compose(radiance, clear, light):  # type: ignore[no-untyped-def]
    for y in range(radiance.shape[0]):
        for x in range(radiance.shape[1]):
            k = clear[y, x]
            for c in range(3):
                radiance[y, x, c] = k * radiance[y, x, c] + light[y, x, c]


_DIMMED, _LOST, _DISPLACED = np.uint8(Truth.DIMMED), np.uint8(Truth.LOST), np.uint8(Truth.DISPLACED)


@kernel
def _mark(bent, clear, truth):  # type: ignore[no-untyped-def]
    for y in range(truth.shape[0]):
        for x in range(truth.shape[1]):
            b, k = bent[y >> 1, x >> 1], clear[y, x]
            if b >= 0.5:
                truth[y, x] |= _DISPLACED
            if k < 0.2 and b < 0.5:
                truth[y, x] |= _LOST
            elif k < 0.95:
                truth[y, x] |= _DIMMED


DROPS: dict[str, ContaminationConfig] = {
    name: ContaminationConfig(drops=DropsConfig(count, largest_mm=largest))
    for name, count, largest in (
        *(("light", 8, 2.5), ("moderate", 18, 3.5), ("heavy", 35, 4.5), ("severe", 60, 5.5), ("extreme", 100, 7.0)),
    )
}
"""Severities 1 to 5 (unverified): drops on about 12 cm^2 of cover."""
DIRT: dict[str, ContaminationConfig] = {
    name: ContaminationConfig(dirt=DirtConfig(coverage, dust=dust))
    for name, coverage, dust in (
        *(("light", 0.03, 0.05), ("moderate", 0.08, 0.12), ("heavy", 0.18, 0.2), ("severe", 0.35, 0.3)),
        ("extreme", 0.6, 0.4),
    )
}
"""Severities 1 to 5 (unverified)."""
FROST: dict[str, ContaminationConfig] = {
    name: ContaminationConfig(frost=FrostConfig(amount, spread))
    for name, amount, spread in (
        *(
            ("light", 0.4, 0.3),
            ("moderate", 0.6, 0.5),
            ("heavy", 0.7, 0.7),
            ("severe", 0.8, 0.85),
            ("extreme", 0.9, 1.0),
        ),
    )
}
"""Severities 1 to 5: from the weights 0.4 to 0.75 of ImageNet-C's frost pictures."""
