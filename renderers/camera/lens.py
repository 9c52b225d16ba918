"""Lens models: which direction does a point of the picture look in, and where does a direction land.

Two models cover almost all calibrated cameras: Brown-Conrady with rational, thin prism and tilt terms (OpenCV's
14-coefficient model) and Kannala-Brandt (OpenCV's fisheye, here with theta = atan2 so that fields beyond 180 degrees
work). Both are written as "direction to pixel" and inverted by Newton's method, so distorted pictures are rendered
exactly, without a remap. A model whose radial curve folds back inside the picture is refused.

Optical frame: x right, y down, z forward. Pixel coordinates are OpenCV's: the centre of the first pixel is (0, 0), its
outer corner (-0.5, -0.5), so the intrinsics and coefficients can be handed to cv2 unchanged.
Sources: OpenCV documentation, modules calib3d and fisheye; Kannala and Brandt 2006.
Left out: the skew of the fisheye model, and everything that is not geometry (vignetting, blur, colour fringes).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..compiled import compiled
from ..tracers.packets import LANES

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

BROWN_CONRADY, KANNALA_BRANDT = 0, 1
FX, FY, CX, CY, LIMIT, COEFFICIENTS = 0, 1, 2, 3, 4, 5
"""Layout of `Lens.parameters`: the intrinsics, the limit of the field, the coefficients, and for Brown-Conrady the
tilt matrix and its inverse (9 + 9)."""
_TILT, _UNTILT = 19, 28
_DIRECTION_TOLERANCE = 1e-12


class Lens(ABC):
    """A lens in front of a sensor of `width` x `height` pixels (abstract).

    Attributes:
        width, height: picture size [px].
        fx, fy, cx, cy: focal lengths and principal point [px], OpenCV's convention.
        distortion: the coefficients, in OpenCV's order.
        parameters: everything the kernels need, float64.
        model: `BROWN_CONRADY` or `KANNALA_BRANDT`, for the kernels.
        reach_deg: from the axis; beyond it no lens of the kind sees anything.

    """

    model: int
    reach_deg: float

    def __init__(
        self,
        width: int,
        height: int,
        *,
        fx: float,
        fy: float | None = None,
        cx: float | None = None,
        cy: float | None = None,
        distortion: Sequence[float] = (),
    ) -> None:
        """Intrinsics in pixels; `fy` defaults to `fx`, the principal point to the middle of the picture.

        Raises:
            ValueError: for a bad size, focal length or number of coefficients, or where the model is not one-to-one.

        """
        if width < 1 or height < 1:
            raise ValueError(f"lens picture size is {width} x {height}, expected at least 1 x 1")
        if fx <= 0 or (fy is not None and fy <= 0):
            raise ValueError(f"lens focal lengths are {fx} and {fy}, expected positive numbers of pixels")
        self.width, self.height = int(width), int(height)
        self.fx, self.fy = float(fx), float(fx if fy is None else fy)
        self.cx = float((width - 1) / 2 if cx is None else cx)
        self.cy = float((height - 1) / 2 if cy is None else cy)
        self.distortion = tuple(float(c) for c in distortion)
        self.parameters = self._parameters()
        self._check_one_to_one()

    @abstractmethod
    def _parameters(self) -> F64:
        """The kernel's parameters."""

    @abstractmethod
    def _radial(self, field: F64) -> F64:
        """Distorted radius in units of the focal length over the field coordinate, tangential terms left out."""

    @abstractmethod
    def _field_samples(self) -> F64:
        """Field coordinates from the axis outwards, dense enough to see the radial curve fold back."""

    @property
    def matrix(self) -> F64:
        """The (3, 3) intrinsic matrix."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])

    def _check_one_to_one(self) -> None:
        """Refuse a radial curve that ends or stops growing before it reaches the farthest corner of the picture."""
        x = (np.array([-0.5, self.width - 0.5]) - self.cx) / self.fx
        y = (np.array([-0.5, self.height - 0.5]) - self.cy) / self.fy
        needed = float(np.hypot(np.abs(x).max(), np.abs(y).max()))
        field = self._field_samples()
        radius = self._radial(field)
        stops = np.flatnonzero(~(np.diff(radius) > 0.0))
        last = int(stops[0]) if len(stops) else len(field) - 1
        if radius[last] < needed:
            if not len(stops):
                raise ValueError(
                    f"a {type(self).__name__} reaches {self.reach_deg:g} degrees from its axis, and the farthest "
                    "corner of the picture lies beyond; expected a narrower field of view"
                )
            raise ValueError(
                f"the distortion {self.distortion} of this {type(self).__name__} folds back "
                f"{self.fx * radius[last]:.1f} pixels from the principal point, but the picture's farthest corner is "
                f"{self.fx * needed:.1f} pixels away"
            )
        self.parameters[LIMIT] = field[last]

    def directions(self, u: ArrayLike, v: ArrayLike) -> F64:
        """Unit directions (..., 3) in the optical frame of picture points (u, v) [px]."""
        u_, v_ = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        out = np.empty((u_.size, 3))
        _directions(
            self.model, self.parameters, np.ascontiguousarray(u_.ravel()), np.ascontiguousarray(v_.ravel()), out
        )
        return out.reshape(*u_.shape, 3)

    def project(self, points: ArrayLike) -> tuple[F64, Bool]:
        """Picture points (..., 2) [px] of points (..., 3) in the optical frame, and whether the lens can see them.

        A visible point may still lie beside the picture; compare with its size. Invisible points (behind the camera,
        or outside the range where the model is one-to-one) get nan.
        """
        p = np.asarray(points, float)
        flat = np.ascontiguousarray(p.reshape(-1, 3))
        uv, valid = np.empty((len(flat), 2)), np.empty(len(flat), np.bool_)
        _project(self.model, self.parameters, flat, uv, valid)
        return uv.reshape(*p.shape[:-1], 2), valid.reshape(p.shape[:-1])

    def corner_directions(self) -> F32:
        """Unit directions (height + 1, width + 1, 3) of the pixel corners; bilinear between them inside a pixel."""
        return self._corners

    @cached_property
    def _corners(self) -> F32:
        u, v = np.meshgrid(np.arange(self.width + 1) - 0.5, np.arange(self.height + 1) - 0.5)
        return self.directions(u, v).astype(np.float32)

    @cached_property
    def centre_directions(self) -> F32:
        """Unit directions (height, 3, width rounded up to whole packets) of the pixel centres."""
        d = self._corners.astype(np.float64)
        middle = d[:-1, :-1] + d[:-1, 1:] + d[1:, :-1] + d[1:, 1:]
        middle /= np.linalg.norm(middle, axis=-1, keepdims=True)
        out = np.zeros((self.height, 3, -(-self.width // LANES) * LANES), np.float32)
        out[:, 2] = 1.0
        out[..., : self.width] = middle.swapaxes(1, 2)
        return out

    @cached_property
    def pixel_angle_rad(self) -> F32:
        """Angle (height, width) from the left corner of each pixel to the right one."""
        step = np.diff(self._corners[:-1].astype(np.float64), axis=1)
        return np.linalg.norm(step, axis=-1).astype(np.float32)


class BrownConradyLens(Lens):
    """Rational radial, tangential, thin prism and tilt distortion (final).

    Coefficients `k1 k2 p1 p2 [k3 [k4 k5 k6 [s1 s2 s3 s4 [tau_x tau_y]]]]`, none for a pinhole. The field is less than
    180 degrees.
    """

    model = BROWN_CONRADY
    reach_deg = 89.5

    @classmethod
    def from_fov(
        cls, width: int, height: int, horizontal_fov_rad: float, distortion: Sequence[float] = ()
    ) -> BrownConradyLens:
        """A lens whose horizontal field of view is given; square pixels, centred."""
        if not 0.0 < horizontal_fov_rad < np.pi:
            raise ValueError(f"horizontal field of view is {horizontal_fov_rad} rad, expected a value in (0, pi)")
        edge = _brown_conrady_radial(np.array([np.tan(horizontal_fov_rad / 2)]), _padded(distortion))[0]
        if edge <= 0:
            raise ValueError(f"the distortion {tuple(distortion)} leaves nothing of a {horizontal_fov_rad} rad field")
        return cls(width, height, fx=width / 2 / float(edge), distortion=distortion)

    def _parameters(self) -> F64:
        k = _padded(self.distortion)
        tilt = _tilt_matrix(k[12], k[13])
        return np.concatenate([[self.fx, self.fy, self.cx, self.cy, 0.0], k, tilt.ravel(), np.linalg.inv(tilt).ravel()])

    def _radial(self, field: F64) -> F64:
        return _brown_conrady_radial(field, _padded(self.distortion))

    def _field_samples(self) -> F64:
        return np.tan(np.linspace(0.0, np.radians(self.reach_deg), 8192))


class KannalaBrandtLens(Lens):
    """Fisheye: the radius is an odd polynomial of the angle from the axis (final).

    Coefficients `k1 k2 k3 k4`, none for the ideal equidistant lens. Fields beyond 180 degrees are fine.
    """

    model = KANNALA_BRANDT
    reach_deg = 180.0

    @classmethod
    def from_fov(
        cls, width: int, height: int, horizontal_fov_rad: float, distortion: Sequence[float] = ()
    ) -> KannalaBrandtLens:
        """A lens whose horizontal field of view is given; square pixels, centred."""
        if not 0.0 < horizontal_fov_rad < 2 * np.pi:
            raise ValueError(f"horizontal field of view is {horizontal_fov_rad} rad, expected a value in (0, 2 pi)")
        edge = _kannala_brandt_radial(np.array([horizontal_fov_rad / 2]), _padded_4(distortion))[0]
        if edge <= 0:
            raise ValueError(f"the distortion {tuple(distortion)} leaves nothing of a {horizontal_fov_rad} rad field")
        return cls(width, height, fx=width / 2 / float(edge), distortion=distortion)

    def _parameters(self) -> F64:
        return np.concatenate([[self.fx, self.fy, self.cx, self.cy, 0.0], _padded_4(self.distortion)])

    def _radial(self, field: F64) -> F64:
        return _kannala_brandt_radial(field, _padded_4(self.distortion))

    def _field_samples(self) -> F64:
        return np.linspace(0.0, np.radians(self.reach_deg), 8192)


def _padded(distortion: Sequence[float]) -> F64:
    if len(distortion) not in {0, 4, 5, 8, 12, 14}:
        raise ValueError(f"Brown-Conrady distortion has {len(distortion)} coefficients, expected 0, 4, 5, 8, 12 or 14")
    return np.concatenate([np.asarray(distortion, float), np.zeros(14 - len(distortion))])


def _padded_4(distortion: Sequence[float]) -> F64:
    if len(distortion) not in {0, 4}:
        raise ValueError(f"Kannala-Brandt distortion has {len(distortion)} coefficients, expected 0 or 4")
    return np.concatenate([np.asarray(distortion, float), np.zeros(4 - len(distortion))])


def _brown_conrady_radial(r: F64, k: F64) -> F64:
    s = r * r
    out: F64 = r * (1 + s * (k[0] + s * (k[1] + s * k[4]))) / (1 + s * (k[5] + s * (k[6] + s * k[7])))
    return out


def _kannala_brandt_radial(theta: F64, k: F64) -> F64:
    s = theta * theta
    out: F64 = theta * (1 + s * (k[0] + s * (k[1] + s * (k[2] + s * k[3]))))
    return out


def _tilt_matrix(tau_x: float, tau_y: float) -> F64:
    """Homography of a sensor tilted by tau_x, then tau_y (Scheimpflug), as OpenCV defines it."""
    cx, sx, cy, sy = np.cos(tau_x), np.sin(tau_x), np.cos(tau_y), np.sin(tau_y)
    turn = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]]) @ np.array([[1, 0, 0], [0, cx, sx], [0, -sx, cx]])
    back = np.array([[turn[2, 2], 0, -turn[0, 2]], [0, turn[2, 2], -turn[1, 2]], [0, 0, 1]])
    out: F64 = back @ turn
    return out


@compiled
def _distort(p, x, y):  # type: ignore[no-untyped-def]
    """Brown-Conrady before the tilt, on the plane z = 1."""
    k = COEFFICIENTS
    s = x * x + y * y
    c = (1 + s * (p[k] + s * (p[k + 1] + s * p[k + 4]))) / (1 + s * (p[k + 5] + s * (p[k + 6] + s * p[k + 7])))
    p1, p2 = p[k + 2], p[k + 3]
    return (
        x * c + 2 * p1 * x * y + p2 * (s + 2 * x * x) + s * (p[k + 8] + s * p[k + 9]),
        y * c + p1 * (s + 2 * y * y) + 2 * p2 * x * y + s * (p[k + 10] + s * p[k + 11]),
    )


@compiled
def _homography(p, at, x, y):  # type: ignore[no-untyped-def]
    w = p[at + 6] * x + p[at + 7] * y + p[at + 8]
    return (p[at] * x + p[at + 1] * y + p[at + 2]) / w, (p[at + 3] * x + p[at + 4] * y + p[at + 5]) / w


@compiled
def project_point(model, p, x, y, z):  # type: ignore[no-untyped-def]
    """Picture point of a point in the optical frame: u, v [px] and whether the lens can see it."""
    rho = np.sqrt(x * x + y * y)
    if model == KANNALA_BRANDT:
        theta = np.arctan2(rho, z)
        s = theta * theta
        k = COEFFICIENTS
        d = theta * (1 + s * (p[k] + s * (p[k + 1] + s * (p[k + 2] + s * p[k + 3]))))
        scale = d / rho if rho > 1e-12 else 1.0
        return p[FX] * scale * x + p[CX], p[FY] * scale * y + p[CY], theta <= p[LIMIT]
    if z <= 1e-9 or rho > p[LIMIT] * z:
        return np.nan, np.nan, False
    a, b = _distort(p, x / z, y / z)
    a, b = _homography(p, _TILT, a, b)
    return p[FX] * a + p[CX], p[FY] * b + p[CY], True


@compiled
def _undistort(p, a, b):  # type: ignore[no-untyped-def]
    """Newton's method in two dimensions from the radial inverse; the Jacobian by central differences."""
    x, y = a, b
    # the radial part alone first, by a safeguarded one-dimensional search: a start that always converges
    target = np.sqrt(a * a + b * b)
    if target > 0.0:
        low, high = 0.0, p[LIMIT]
        for _ in range(60):
            middle = 0.5 * (low + high)
            s = middle * middle
            k = COEFFICIENTS
            c = (1 + s * (p[k] + s * (p[k + 1] + s * p[k + 4]))) / (1 + s * (p[k + 5] + s * (p[k + 6] + s * p[k + 7])))
            if middle * c < target:
                low = middle
            else:
                high = middle
            if high - low < 1e-3 * high:
                break
        x, y = a / target * high, b / target * high
    for _ in range(20):
        fx, fy = _distort(p, x, y)
        ex, ey = fx - a, fy - b
        if ex * ex + ey * ey < _DIRECTION_TOLERANCE * _DIRECTION_TOLERANCE:
            break
        h = 1e-6
        ax, ay = _distort(p, x + h, y)
        bx, by = _distort(p, x - h, y)
        cx, cy = _distort(p, x, y + h)
        dx, dy = _distort(p, x, y - h)
        jxx, jyx, jxy, jyy = (ax - bx) / (2 * h), (ay - by) / (2 * h), (cx - dx) / (2 * h), (cy - dy) / (2 * h)
        det = jxx * jyy - jxy * jyx
        x -= (jyy * ex - jxy * ey) / det
        y -= (jxx * ey - jyx * ex) / det
    return x, y


@compiled
def _directions(model, p, u, v, out):  # type: ignore[no-untyped-def]
    for i in range(len(u)):
        a, b = (u[i] - p[CX]) / p[FX], (v[i] - p[CY]) / p[FY]
        if model == KANNALA_BRANDT:
            radius = np.sqrt(a * a + b * b)
            theta = min(radius, p[LIMIT])
            k = COEFFICIENTS
            # Newton, kept inside a bracket that shrinks: near the limit the slope may be close to zero
            low, high = 0.0, p[LIMIT]
            for _ in range(60):
                s = theta * theta
                value = theta * (1 + s * (p[k] + s * (p[k + 1] + s * (p[k + 2] + s * p[k + 3])))) - radius
                if value > 0.0:
                    high = theta
                else:
                    low = theta
                slope = 1 + s * (3 * p[k] + s * (5 * p[k + 1] + s * (7 * p[k + 2] + s * 9 * p[k + 3])))
                closer = theta - value / slope if slope > 0.0 else -1.0
                if not low < closer < high:  # an end of the bracket would repeat for ever
                    closer = 0.5 * (low + high)
                step = closer - theta
                theta = closer
                if abs(step) < _DIRECTION_TOLERANCE:
                    break
            sine = np.sin(theta) / radius if radius > 1e-12 else 1.0
            out[i, 0], out[i, 1], out[i, 2] = sine * a, sine * b, np.cos(theta)
        else:
            a, b = _homography(p, _UNTILT, a, b)
            x, y = _undistort(p, a, b)
            n = 1.0 / np.sqrt(x * x + y * y + 1.0)
            out[i, 0], out[i, 1], out[i, 2] = x * n, y * n, n


@compiled
def _project(model, p, points, uv, valid):  # type: ignore[no-untyped-def]
    for i in range(len(points)):
        u, v, ok = project_point(model, p, points[i, 0], points[i, 1], points[i, 2])
        valid[i] = ok
        uv[i, 0], uv[i, 1] = (u, v) if ok else (np.nan, np.nan)
