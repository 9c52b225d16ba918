"""Driving lines through junctions: clothoid, arc, clothoid; and lines smoothed to a continuous curvature.

A left turn of a car-to-car test (Euro NCAP AEB protocol, lane 3.5 m, corner radius 8 m) begins with a clothoid from
R = 1500 m to R_min over the heading change alpha, goes on with R_min over beta, and ends with the first part mirrored;
2 alpha + beta is a right angle. The protocol tables 10, 15 and 20 km/h; in between its numbers are interpolated, up to
25 km/h (a speed of its extended range, for which the tabulated geometry is not known here) continued.
"""

from __future__ import annotations

import numpy as np
import scipy  # its parts load when first used
from numpy.typing import NDArray

from ..path import Path

F64 = NDArray[np.float64]
Segments = list[tuple[float, float]]
NCAP_TURNS = ((10.0, 9.00, 20.62), (15.0, 11.75, 20.93), (20.0, 14.75, 21.79))
"""Speed [km/h], R_min [m] and alpha [deg] of the tabulated turns."""
R_START_M = 1500.0
TURN_SPEEDS_KMH = (10.0, 25.0)
_PIECE_M = 0.25


def turn_geometry(speed_kmh: float) -> tuple[float, float, float]:
    """R_min [m], alpha and beta [deg] of the tested left turn at a speed.

    Raises:
        ValueError: for a speed outside 10 to 25 km/h.

    """
    low, high = TURN_SPEEDS_KMH
    if not low <= speed_kmh <= high:
        raise ValueError(f"no test turns at {speed_kmh:g} km/h, expected a speed in [{low:g}, {high:g}] km/h")
    k = 0 if speed_kmh < NCAP_TURNS[1][0] else 1
    (v0, r0, a0), (v1, r1, a1) = NCAP_TURNS[k : k + 2]
    w = (speed_kmh - v0) / (v1 - v0)
    alpha = a0 + w * (a1 - a0)
    return r0 + w * (r1 - r0), alpha, 90.0 - 2.0 * alpha


def clothoid_turn(r_min_m: float, alpha_deg: float, *, left: bool, r_start_m: float = R_START_M) -> Segments:
    """A right-angled turn as short pieces (length, curvature) for `Path.from_segments`.

    Args:
        r_min_m: radius of the arc in the middle.
        alpha_deg: heading change in each of the two clothoids, below 45.
        left: the sense.
        r_start_m: radius at both ends.

    """
    k0, k1, alpha = 1.0 / r_start_m, 1.0 / r_min_m, np.deg2rad(alpha_deg)
    length = 2.0 * alpha / (k0 + k1)
    n = max(1, int(np.ceil(length / _PIECE_M)))
    share = (np.arange(n) + 0.5) / n
    rise = [(length / n, float(k0 + w * (k1 - k0))) for w in share]
    arc = (np.pi / 2 - 2.0 * alpha) * r_min_m
    m = max(1, int(np.ceil(arc / _PIECE_M)))
    sign = 1.0 if left else -1.0
    return [(ds, sign * k) for ds, k in (*rise, *[(arc / m, k1)] * m, *rise[::-1])]


def turn_route(start_xy: tuple[float, float], yaw: float, corner_m: float, after_m: float, turn: Segments) -> Path:
    """Straight on, a right-angled turn, straight on.

    Args:
        start_xy, yaw: where it begins.
        corner_m: distance from there to the point where the two straights would meet.
        after_m: distance from that point to the end.
        turn: from `clothoid_turn`.

    """
    end = Path.from_segments(turn).xy[-1]
    along, across = float(end[0]), abs(float(end[1]))
    return Path.from_segments([(corner_m - along, 0.0), *turn, (after_m - across, 0.0)], start=start_xy, yaw=yaw)


def line_through(xy: F64, *, step_m: float = 0.5) -> Path:
    """A path along a polyline of close points, resampled evenly; heading and curvature by central differences."""
    s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
    at = np.linspace(0.0, s[-1], max(3, int(np.ceil(s[-1] / step_m)) + 1))
    points = np.stack([np.interp(at, s, xy[:, k]) for k in (0, 1)], 1)
    slope = np.gradient(points, at, axis=0)
    yaw = np.unwrap(np.arctan2(slope[:, 1], slope[:, 0]))
    return Path(at, points, yaw, np.gradient(yaw, at))


def smoothed(path: Path, sigma_m: float, *, step_m: float = 0.5) -> Path:
    """The path with its corners of curvature rounded by a Gaussian of `sigma_m`; straight ends stay where they are.

    A bend of radius R moves inwards by sigma^2 / (2 R).
    """
    fine = 0.1
    pad = 4.0 * sigma_m
    xy, _, _ = path.at(np.arange(-pad, path.length_m + pad, fine))
    soft = scipy.ndimage.gaussian_filter1d(xy, sigma_m / fine, axis=0, mode="nearest")
    keep = round(pad / fine)
    return line_through(soft[keep : len(soft) - keep], step_m=step_m)
