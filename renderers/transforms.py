"""Rigid transforms: quaternions (x, y, z, w) and interpolation. All functions broadcast over leading axes.

The two products are compiled: the world asks for thousands of single ones a second, and a chain of NumPy calls on
four numbers costs ten times the arithmetic.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .compiled import compiled

F64 = NDArray[np.float64]

IDENTITY: F64 = np.array([0.0, 0.0, 0.0, 1.0])


@compiled
def _rotate(q, v, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        x, y, z, w = q[i]
        a, b, c = v[i]
        tx, ty, tz = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
        out[i, 0] = a + w * tx + y * tz - z * ty
        out[i, 1] = b + w * ty + z * tx - x * tz
        out[i, 2] = c + w * tz + x * ty - y * tx


@compiled
def _multiply(a, b, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        ax, ay, az, aw = a[i]
        bx, by, bz, bw = b[i]
        out[i, 0] = aw * bx + ax * bw + ay * bz - az * by
        out[i, 1] = aw * by - ax * bz + ay * bw + az * bx
        out[i, 2] = aw * bz + ax * by - ay * bx + az * bw
        out[i, 3] = aw * bw - ax * bx - ay * by - az * bz


def _rows(x: ArrayLike, leading: tuple[int, ...], width: int) -> F64:
    """The argument broadcast to rows, contiguous."""
    x_ = np.asarray(x, float)
    if x_.shape[:-1] != leading:
        x_ = np.broadcast_to(x_, (*leading, width))
    return np.ascontiguousarray(x_).reshape(-1, width)


def _leading(a: ArrayLike, b: ArrayLike) -> tuple[int, ...]:
    first, second = np.shape(a)[:-1], np.shape(b)[:-1]
    return first if first == second else np.broadcast_shapes(first, second)


def rotate(q: ArrayLike, v: ArrayLike) -> F64:
    """Vectors (..., 3) turned by unit quaternions (..., 4)."""
    leading = _leading(q, v)
    out = np.empty((*leading, 3))
    _rotate(_rows(q, leading, 4), _rows(v, leading, 3), out.reshape(-1, 3))
    return out


def conjugate(q: ArrayLike) -> F64:
    """The inverse rotation of a unit quaternion."""
    out: F64 = np.asarray(q, float) * np.array([-1.0, -1.0, -1.0, 1.0])
    return out


def multiply(a: ArrayLike, b: ArrayLike) -> F64:
    """Hamilton product: first `b`, then `a`."""
    leading = _leading(a, b)
    out = np.empty((*leading, 4))
    _multiply(_rows(a, leading, 4), _rows(b, leading, 4), out.reshape(-1, 4))
    return out


def from_rpy(roll: float, pitch: float, yaw: float) -> F64:
    """Fixed-axis roll about x, then pitch about y, then yaw about z [rad]."""
    cr, sr, cp, sp, cy, sy = (f(a / 2) for a in (roll, pitch, yaw) for f in (np.cos, np.sin))
    return np.array(
        [
            sr * cp * cy - cr * sp * sy,
            cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy,
            cr * cp * cy + sr * sp * sy,
        ]
    )


def from_yaw(yaw: ArrayLike) -> F64:
    """Rotation about z [rad]; broadcasts."""
    half = np.asarray(yaw, float) / 2
    zero = np.zeros_like(half)
    return np.stack([zero, zero, np.sin(half), np.cos(half)], axis=-1)


def yaw_of(q: ArrayLike) -> F64:
    """Heading of the body x axis in the world xy plane [rad]."""
    x, y, z, w = np.moveaxis(np.asarray(q, float), -1, 0)
    out: F64 = np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    return out


def to_matrix(q: ArrayLike) -> F64:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4)."""
    x, y, z, w = np.moveaxis(np.asarray(q, float), -1, 0)
    m = np.stack(
        [
            1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
            2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
            2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
        ],
        axis=-1,
    )  # fmt: skip
    return m.reshape(*m.shape[:-1], 3, 3)


def from_matrix(m: ArrayLike) -> F64:
    """Unit quaternion of one 3x3 rotation matrix (Shepperd's method, w >= 0)."""
    m_ = np.asarray(m, float)
    t = np.array([m_[0, 0], m_[1, 1], m_[2, 2], np.trace(m_)])
    k = int(np.argmax(t))
    q = np.empty(4)
    if k == 3:
        q[:] = m_[2, 1] - m_[1, 2], m_[0, 2] - m_[2, 0], m_[1, 0] - m_[0, 1], 1 + t[3]
    else:
        i, j, l = k, (k + 1) % 3, (k + 2) % 3  # noqa: E741
        q[i], q[j], q[l], q[3] = 1 - t[3] + 2 * t[i], m_[j, i] + m_[i, j], m_[l, i] + m_[i, l], m_[l, j] - m_[j, l]
    q /= np.linalg.norm(q)
    return q if q[3] >= 0 else -q


@compiled
def _slerp(a, b, s, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        dot = a[i, 0] * b[i, 0] + a[i, 1] * b[i, 1] + a[i, 2] * b[i, 2] + a[i, 3] * b[i, 3]
        angle = np.arccos(min(abs(dot), 1.0))
        if angle < 1e-6:
            from_a, from_b = 1.0 - s[i], s[i]
        else:
            sine = np.sin(angle)
            from_a, from_b = np.sin((1.0 - s[i]) * angle) / sine, np.sin(s[i] * angle) / sine
        if dot < 0.0:
            from_b = -from_b
        square = 0.0
        for k in range(4):
            out[i, k] = from_a * a[i, k] + from_b * b[i, k]
            square += out[i, k] * out[i, k]
        length = np.sqrt(square)
        for k in range(4):
            out[i, k] /= length


def slerp(a: ArrayLike, b: ArrayLike, s: ArrayLike) -> F64:
    """Spherical interpolation from `a` (s = 0) to `b` (s = 1) along the shorter arc; broadcasts."""
    s_ = np.asarray(s, float)[..., None]
    leading = np.broadcast_shapes(np.shape(a)[:-1], np.shape(b)[:-1], s_.shape[:-1])
    out = np.empty((*leading, 4))
    _slerp(_rows(a, leading, 4), _rows(b, leading, 4), _rows(s_, leading, 1)[:, 0], out.reshape(-1, 4))
    return out


def compose(pose_a: tuple[F64, F64], pose_b: tuple[F64, F64]) -> tuple[F64, F64]:
    """Pose of frame b in the frame of a's parent: a after b. Poses are (position, quaternion)."""
    return pose_a[0] + rotate(pose_a[1], pose_b[0]), multiply(pose_a[1], pose_b[1])


def look_at(eye: ArrayLike, target: ArrayLike) -> F64:
    """Orientation of a camera (x right, y down, z forward) at `eye` that sees `target` in its centre, upright."""
    forward = np.asarray(target, float) - np.asarray(eye, float)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return from_matrix(np.stack([right, np.cross(forward, right), forward], axis=-1))
