"""A planar safety scan: the nearest thing in each direction of one horizontal plane.

Rays are cast against the collision shapes of the world (Bullet's ray test) and are true but for three kinds of
blindness, which are why robots that trust such a scan run into things: what is above or below the plane is not in it,
a floor that ends sends nothing back, and bodies that were declared clear (glass) let the beam through. A diffuse
reflectance of 1.8 % is what safety scanners are built to see; a pane counts as clear below `SEEN_OPACITY`.
Left out: range noise, the scan's duration, and the glint of a pane that is met at a right angle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import rotate
from .client import Client

F64 = NDArray[np.float64]

SEEN_OPACITY = 0.3
"""Opaque share of a pane from which its dust, print or frost sends enough back."""
_STATIC_GROUP, _CLEAR_GROUP = 2, 64
"""Bullet's own group of fixed bodies, and ours of what beams pass through."""
_EVERYTHING = -1


@dataclass(frozen=True)
class ScanConfig:
    """A scanner.

    Attributes:
        beams: number of directions.
        fov_rad: angle they cover, symmetric about ahead.
        range_m: farthest return.

    """

    beams: int = 271
    fov_rad: float = np.pi * 1.5
    range_m: float = 8.0

    def __post_init__(self) -> None:
        if self.beams < 2 or not 0.0 < self.fov_rad <= 2 * np.pi or self.range_m <= 0.0:
            raise ValueError(
                f"a scan needs beams >= 2, fov_rad in (0, 2 pi] and range_m > 0, "
                f"got {self.beams}, {self.fov_rad:g} and {self.range_m:g}"
            )


class PlanarScanner:
    """Scans the plane of a mounted scanner.

    Args:
        client: the physics world.
        config: beams and range.
        carrier: body id of what carries it, which it never sees.

    """

    def __init__(self, client: Client, config: ScanConfig, *, carrier: int) -> None:
        self.config = config
        self._client = client
        half = config.fov_rad / 2
        angle = np.linspace(-half, half, config.beams)
        self._beams = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)
        client.setCollisionFilterGroupMask(carrier, -1, _CLEAR_GROUP, _EVERYTHING)

    def look_through(self, body: int) -> None:
        """Let beams pass through a fixed body; everything that moves still runs into it."""
        self._client.setCollisionFilterGroupMask(body, -1, _CLEAR_GROUP, ~_STATIC_GROUP)

    def scan(self, position_w: ArrayLike, orientation: ArrayLike) -> F64:
        """Ranges of all beams [m], from right to left; inf where nothing came back.

        Args:
            position_w: (3,) the scanner.
            orientation: (4,) its x forward, y left frame.

        """
        start = np.asarray(position_w, float)
        ends = start + self.config.range_m * rotate(orientation, self._beams)
        rays = self._client.rayTestBatch(
            [start.tolist()] * self.config.beams,
            ends.tolist(),
            numThreads=1,
            collisionFilterMask=0xFFFF & ~_CLEAR_GROUP,
        )
        share = np.array([ray[2] if ray[0] >= 0 else np.inf for ray in rays])
        return share * self.config.range_m

    def points(self, ranges: F64) -> F64:
        """(N, 2) returns in the scanner's frame [m]."""
        seen = np.isfinite(ranges)
        out: F64 = ranges[seen, None] * self._beams[seen, :2]
        return out
