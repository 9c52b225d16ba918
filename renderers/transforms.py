"""Rigid transforms: quaternions (x, y, z, w) and interpolation. All functions broadcast over leading axes.

What is asked for often is compiled: the world wants thousands of single products a second, and a chain of NumPy calls
on four numbers costs ten times the arithmetic. `blend` and `matrix` are for kernels of others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .compiled import compiled, inlined, kernel

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


@inlined
def matrix(q, k, out, i):  # type: ignore[no-untyped-def]
    """The rotation matrix of row `k` of unit quaternions, row by row into the first nine columns of row `i`."""
    x, y, z, w = q[k, 0], q[k, 1], q[k, 2], q[k, 3]
    out[i, 0], out[i, 1], out[i, 2] = 1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)
    out[i, 3], out[i, 4], out[i, 5] = 2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)
    out[i, 6], out[i, 7], out[i, 8] = 2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)


@kernel
def _matrices(q, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        matrix(q, i, out, i)


def to_matrix(q: ArrayLike) -> F64:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4)."""
    leading = np.shape(q)[:-1]
    out = np.empty((*leading, 3, 3))
    _matrices(_rows(q, leading, 4), out.reshape(-1, 9))
    return out


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


@inlined
def _between(q, i, r, j, share, out, k):  # type: ignore[no-untyped-def]
    """Row `k` of `out`: spherical interpolation from row `i` of `q` to row `j` of `r`."""
    dot = q[i, 0] * r[j, 0] + q[i, 1] * r[j, 1] + q[i, 2] * r[j, 2] + q[i, 3] * r[j, 3]
    angle = np.arccos(min(abs(dot), 1.0))
    if angle < 1e-6:
        from_q, from_r = 1.0 - share, share
    else:
        sine = np.sin(angle)
        from_q, from_r = np.sin((1.0 - share) * angle) / sine, np.sin(share * angle) / sine
    if dot < 0.0:
        from_r = -from_r
    square = 0.0
    for c in range(4):
        value = from_q * q[i, c] + from_r * r[j, c]
        out[k, c] = value
        square += value * value
    length = np.sqrt(square)
    for c in range(4):
        out[k, c] /= length


@inlined
def blend(position, orientation, i, j, share, position_out, orientation_out, k):  # type: ignore[no-untyped-def]
    """Row `k` of the outputs: the pose between rows `i` and `j`, positions by line, orientations by slerp."""
    for c in range(3):
        position_out[k, c] = position[i, c] + share * (position[j, c] - position[i, c])
    _between(orientation, i, orientation, j, share, orientation_out, k)


@kernel
def _slerp(a, b, s, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        _between(a, i, b, i, s[i], out, i)


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
