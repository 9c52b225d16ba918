"""A smooth line on the ground with positions along it (s) and beside it (d, positive to the left)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.compiled import compiled

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
        if isinstance(s, float) and isinstance(d, float):
            at, away = np.array([s]), np.array([d])
            shape: tuple[int, ...] = ()
        else:
            s_, d_ = np.broadcast_arrays(np.asarray(s, float), np.asarray(d, float))
            at, away, shape = s_.ravel(), d_.ravel(), s_.shape
        xy, yaw, curvature = np.empty((len(at), 2)), np.empty(len(at)), np.empty(len(at))
        _at(self.s, self.xy, self.yaw, self.curvature, at, away, xy, yaw, curvature)
        return xy.reshape(*shape, 2), yaw.reshape(shape), curvature.reshape(shape)

    def project(self, xy: ArrayLike) -> tuple[float, float]:
        """Distance along and to the left of the path of the point on it nearest to `xy`; straight beyond its ends."""
        p = np.asarray(xy, float)
        return _project(self.s, self.xy, self.yaw, float(p[0]), float(p[1]))


@compiled
def place(path_s, path_xy, path_yaw, path_curvature, s):  # type: ignore[no-untyped-def]
    """x, y, heading and curvature at one distance along the arrays of a path, for compiled code; as `Path.at`."""
    i = min(max(np.searchsorted(path_s, s, side="right") - 1, 0), len(path_s) - 2)
    w = (s - path_s[i]) / (path_s[i + 1] - path_s[i])
    heading = path_yaw[i] + min(max(w, 0.0), 1.0) * (path_yaw[i + 1] - path_yaw[i])
    x = path_xy[i, 0] + w * (path_xy[i + 1, 0] - path_xy[i, 0])
    y = path_xy[i, 1] + w * (path_xy[i + 1, 1] - path_xy[i, 1])
    return x, y, heading, path_curvature[i]


@compiled
def _at(path_s, path_xy, path_yaw, path_curvature, s, d, xy, yaw, curvature):  # type: ignore[no-untyped-def]
    for j in range(len(s)):
        x, y, yaw[j], curvature[j] = place(path_s, path_xy, path_yaw, path_curvature, s[j])
        xy[j, 0], xy[j, 1] = x - d[j] * np.sin(yaw[j]), y + d[j] * np.cos(yaw[j])


@compiled
def _project(path_s, path_xy, path_yaw, x, y):  # type: ignore[no-untyped-def]
    best, at, share = np.inf, 0, 0.0
    for i in range(len(path_s) - 1):
        ax, ay = path_xy[i]
        bx, by = path_xy[i + 1, 0] - ax, path_xy[i + 1, 1] - ay
        w = min(max(((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by), 0.0), 1.0)
        ex, ey = x - ax - w * bx, y - ay - w * by
        if ex * ex + ey * ey < best:
            best, at, share = ex * ex + ey * ey, i, w
    ax, ay = path_xy[at]
    bx, by = path_xy[at + 1, 0] - ax, path_xy[at + 1, 1] - ay
    ex, ey = x - ax - share * bx, y - ay - share * by
    s = path_s[at] + share * (path_s[at + 1] - path_s[at])
    d = ey * np.cos(path_yaw[at]) - ex * np.sin(path_yaw[at])
    if at == 0 and share == 0.0:
        s += ex * np.cos(path_yaw[0]) + ey * np.sin(path_yaw[0])
    elif at == len(path_s) - 2 and share == 1.0:
        s += ex * np.cos(path_yaw[-1]) + ey * np.sin(path_yaw[-1])
    return s, d
