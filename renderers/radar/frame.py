"""What a radar delivers: a list of detections."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


class Ambiguity(IntEnum):
    """What the radar knows about the fold of a velocity."""

    UNAMBIGUOUS = 0
    """All velocities that occur fit into the interval, or the second repetition rate has settled it."""
    AMBIGUOUS = 1
    """The velocity may be off by a multiple of 2 v_max."""


class Validity(IntEnum):
    """How far the radar itself trusts a detection."""

    VALID = 0
    WEAK = 1
    """Less than 3 dB above the threshold."""
    INTERFERED = 2
    """Found in a frame with raised noise."""


DETECTION = np.dtype(
    [
        ("range", np.float32), ("azimuth", np.float32), ("elevation", np.float32), ("velocity", np.float32),
        ("rcs", np.float32), ("snr", np.float32),
        ("range_sigma", np.float32), ("azimuth_sigma", np.float32), ("velocity_sigma", np.float32),
        ("ambiguity", np.uint8), ("validity", np.uint8), ("folds", np.int8),
        ("instance", np.int32), ("semantic", np.uint8), ("truth", np.uint8),
    ]
)  # fmt: skip
"""One detection: metres; radians in the sensor frame (x forward, y left, z up); metres per second of range rate,
positive going away; dBsm; dB; standard deviations as the radar states them; `Ambiguity`; `Validity`; how many times
2 v_max the true rate lies above the reported one; object id and class of what gave the most power, 0 for phantoms;
`Truth` bits."""


@dataclass(frozen=True, eq=False)
class RadarFrame:
    """One measurement.

    Attributes:
        start_s, end_s: the coherent interval.
        detections: (N,) rows of `DETECTION`, by range. `truth` is PHANTOM for ghosts, rain and false alarms,
            DISPLACED where a velocity is folded or the surface was seen by a broken path, DIMMED where rain or
            interference took more than 1 dB.
        missed: (M,) rows of `DETECTION` with the true values of what the clean sensor reports in cells where this one
            reports nothing; `truth` is LOST.
        noise_rise_db: by how much interference raised the noise.

    """

    start_s: float
    end_s: float
    detections: NDArray[np.void]
    missed: NDArray[np.void]
    noise_rise_db: float

    def points(self) -> F64:
        """(N, 3) places of the detections [m], sensor frame."""
        d = self.detections
        r, a, e = (d[name].astype(float) for name in ("range", "azimuth", "elevation"))
        return np.stack([r * np.cos(e) * np.cos(a), r * np.cos(e) * np.sin(a), r * np.sin(e)], axis=-1)
