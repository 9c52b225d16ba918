"""Auto exposure: a controller on the binary logarithm of exposure time times gain.

    EV_{k+1} = EV_k + g (log2(target) - log2(mean_j) + EV_j - EV_k)

where j is the frame that was measured, `latency` frames before its result takes effect, and EV_j what that frame was
taken with. Without latency this is the plain law EV_k + g (log2(target) - log2(mean_k)); the added EV_j - EV_k accounts
for corrections already on their way, so the loop approaches the target from one side at any latency. Frames with more
burnt pixels than `highlight_share` ask for less exposure. The exposure time is raised first, up to its limit, then the
gain. Default speed, target and latency are (unverified) textbook values. Left out: metering by faces or zones, and
exposure steps locked to mains flicker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_DARKEST = 1e-4


@dataclass
class AutoExposureConfig:
    """Limits and speed of the controller.

    Attributes:
        target: mean green level aimed at, 1 is a full pixel; 0.15 leaves a little more room for the sky than 0.18.
        speed: share g of the error corrected per frame, in (0, 1].
        latency: frames between a measurement and the first frame it changes, at least 1.
        min_exposure_s, max_exposure_s: limits of the exposure time [s].
        max_gain: largest analog gain; the smallest is 1.
        highlight_share: share of burnt pixels that is tolerated, in [0, 1].
        highlight_weight: stops of less exposure asked for per unit of share beyond that; 0 is off.
    """

    target: float = 0.15
    speed: float = 0.4
    latency: int = 2
    min_exposure_s: float = 20e-6
    max_exposure_s: float = 0.03
    max_gain: float = 16.0
    highlight_share: float = 0.05
    highlight_weight: float = 1.0

    def __post_init__(self) -> None:
        """Reject limits that contradict each other."""
        if not 0.0 < self.target < 1.0:
            raise ValueError(f"auto exposure target is {self.target}, expected a value in (0, 1)")
        if not 0.0 < self.speed <= 1.0:
            raise ValueError(f"auto exposure speed is {self.speed}, expected a value in (0, 1]")
        if self.latency < 1:
            raise ValueError(f"auto exposure latency is {self.latency}, expected at least 1 frame")
        if not 0.0 < self.min_exposure_s <= self.max_exposure_s:
            raise ValueError(
                f"auto exposure limits are {self.min_exposure_s} s to {self.max_exposure_s} s, "
                "expected 0 < min_exposure_s <= max_exposure_s"
            )
        if self.max_gain < 1.0:
            raise ValueError(f"auto exposure max_gain is {self.max_gain}, expected at least 1")
        if not 0.0 <= self.highlight_share <= 1.0 or self.highlight_weight < 0.0:
            raise ValueError(
                f"auto exposure highlight_share and highlight_weight are {self.highlight_share} and "
                f"{self.highlight_weight}, expected a share in [0, 1] and a weight of at least 0"
            )


@dataclass(frozen=True)
class ExposureState:
    """What the controller remembers.

    Attributes:
        ev: log2 of exposure time [s] times gain for the coming frames, the next one first; `latency` entries.
    """

    ev: tuple[float, ...]


@dataclass(frozen=True)
class Metering:
    """What a frame says about its exposure.

    Attributes:
        mean: mean green level, 1 is a full pixel.
        burnt_share: share of full green pixels.
    """

    mean: float
    burnt_share: float


def start(config: AutoExposureConfig, exposure_s: float, gain: float) -> ExposureState:
    """The state of a controller that has settled at the given exposure."""
    return ExposureState((_clamp(config, math.log2(exposure_s * gain)),) * config.latency)


def settings(config: AutoExposureConfig, state: ExposureState) -> tuple[float, float]:
    """Exposure time [s] and gain of the next frame: time first, then gain."""
    total = 2.0 ** _clamp(config, state.ev[0])
    exposure = min(max(total, config.min_exposure_s), config.max_exposure_s)
    return exposure, min(max(total / exposure, 1.0), config.max_gain)


def step(config: AutoExposureConfig, state: ExposureState, metering: Metering) -> ExposureState:
    """The state after a frame taken with `settings(config, state)` was measured."""
    wanted = state.ev[0] + correction(config, metering)
    last = state.ev[-1]
    return replace(state, ev=(*state.ev[1:], _clamp(config, last + config.speed * (wanted - last))))


def correction(config: AutoExposureConfig, metering: Metering) -> float:
    """Stops that a frame's exposure was short of the aim; negative if it was over."""
    missing = math.log2(config.target) - math.log2(max(metering.mean, _DARKEST))
    return missing - config.highlight_weight * max(0.0, metering.burnt_share - config.highlight_share)


def meter(raw: NDArray[np.uint16] | NDArray[np.float32], black_dn: float, white_dn: float) -> Metering:
    """Measure a (H, W) raw RGGB frame on the green sites of its red rows."""
    level = (raw[0::2, 1::2].astype(np.float32) - np.float32(black_dn)) * np.float32(1.0 / (white_dn - black_dn))
    return Metering(float(level.mean(dtype=np.float64)), float(np.count_nonzero(level > 0.98)) / level.size)


def _clamp(config: AutoExposureConfig, ev: float) -> float:
    return min(max(ev, math.log2(config.min_exposure_s)), math.log2(config.max_exposure_s * config.max_gain))
