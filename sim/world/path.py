"""A smooth line on the ground with positions along it (s) and beside it (d, positive to the left)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Path:
    """A polyline sampled densely enough (0.5 m) that linear interpolation is smooth.

    Attributes:
        s: (K,) distance along the path [m], increasing from 0.
        xy: (K, 2) world positions [m].
        yaw: (K,) heading [rad], unwrapped.
        curvature: (K,) [1/m], positive when turning left.

    """

    s: F64
    xy: F64
    yaw: F64
    curvature: F64

    @property
    def length_m(self) -> float:
        """Total length."""
        return float(self.s[-1])

    @staticmethod
    def from_segments(
        segments: list[tuple[float, float]],
        *,
        start: tuple[float, float] = (0.0, 0.0),
        yaw: float = 0.0,
        step_m: float = 0.5,
    ) -> Path:
        """A path of (length_m, curvature_1pm) pieces, curvature 0 for straights, joined smoothly in heading."""
        n = [max(1, int(np.ceil(length / step_m))) for length, _ in segments]
        ds = np.concatenate([np.full(k, length / k) for k, (length, _) in zip(n, segments, strict=True)])
        kappa = np.concatenate([np.full(k, c) for k, (_, c) in zip(n, segments, strict=True)])
        heading = yaw + np.concatenate([[0.0], np.cumsum(ds * kappa)])
        mid = (heading[:-1] + heading[1:]) / 2
        chord = ds * np.sinc(kappa * ds / (2 * np.pi))
        xy = np.concatenate([[start], start + np.cumsum(chord[:, None] * np.stack([np.cos(mid), np.sin(mid)], 1), 0)])
        return Path(np.concatenate([[0.0], np.cumsum(ds)]), xy, heading, np.append(kappa, kappa[-1]))

    def offset(self, d_m: float) -> Path:
        """The parallel path `d_m` to the left."""
        normal = np.stack([-np.sin(self.yaw), np.cos(self.yaw)], 1)
        scale = 1.0 - self.curvature * d_m
        xy = self.xy + d_m * normal
        s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
        return Path(s, xy, self.yaw, self.curvature / scale)

    def reversed(self) -> Path:
        """The same line the other way; offsets change sign with it."""
        return Path(self.s[-1] - self.s[::-1], self.xy[::-1].copy(), self.yaw[::-1] + np.pi, -self.curvature[::-1])

    def at(self, s: ArrayLike, d: ArrayLike = 0.0) -> tuple[F64, F64, F64]:
        """Position (..., 2), heading (...) and curvature (...) at `s`, `d` to the left; extrapolates straight."""
        s_ = np.asarray(s, float)
        i = np.clip(np.searchsorted(self.s, s_, side="right") - 1, 0, len(self.s) - 2)
        w = (s_ - self.s[i]) / (self.s[i + 1] - self.s[i])
        inside = np.clip(w, 0.0, 1.0)
        yaw = self.yaw[i] + inside * (self.yaw[i + 1] - self.yaw[i])
        xy = self.xy[i] + w[..., None] * (self.xy[i + 1] - self.xy[i])
        xy = xy + np.asarray(d, float)[..., None] * np.stack([-np.sin(yaw), np.cos(yaw)], -1)
        return xy, yaw, self.curvature[i]

    def project(self, xy: ArrayLike) -> tuple[float, float]:
        """Distance along and to the left of the path of the point on it nearest to `xy` (2,)."""
        p = np.asarray(xy, float)[:2]
        a, b = self.xy[:-1], self.xy[1:]
        ab = b - a
        w = np.clip(np.sum((p - a) * ab, 1) / np.sum(ab * ab, 1), 0.0, 1.0)
        away = p - (a + w[:, None] * ab)
        i = int(np.argmin(np.sum(away * away, 1)))
        s = self.s[i] + w[i] * (self.s[i + 1] - self.s[i])
        d = float(-np.sin(self.yaw[i]) * away[i, 0] + np.cos(self.yaw[i]) * away[i, 1])
        # beyond the ends, continue straight
        if i == 0 and w[i] == 0.0:
            s += float(np.cos(self.yaw[0]) * away[i, 0] + np.sin(self.yaw[0]) * away[i, 1])
        elif i == len(ab) - 1 and w[i] == 1.0:
            s += float(np.cos(self.yaw[-1]) * away[i, 0] + np.sin(self.yaw[-1]) * away[i, 1])
        return float(s), d
