"""Two-dimensional time to collision of oriented boxes.

Two convex outlines that move without turning are apart exactly while some axis separates them (separating-axis
theorem). On each edge direction of the two boxes they overlap during one interval of time; they touch where the
intervals meet. Leaves out turning and acceleration.
"""

from __future__ import annotations

import numpy as np

from ...renderers.compiled import compiled

BOX = ("x_m", "y_m", "vx_mps", "vy_mps", "yaw_rad", "length_m", "width_m")
"""Columns of a road user's row: centre and velocity in any common frame, heading, full extents."""

MOTION = (*BOX, "ax_mps2", "ay_mps2")
"""`BOX` and the acceleration of the centre, in the same frame."""


@compiled
def time_to_collision(a, b):  # type: ignore[no-untyped-def]
    """Time until two boxes, rows of `BOX`, touch at constant velocities [s]; 0 while they overlap, inf if never."""
    enter, leave = 0.0, np.inf
    offset_x, offset_y, relative_x, relative_y = b[0] - a[0], b[1] - a[1], b[2] - a[2], b[3] - a[3]
    ca, sa, cb, sb = np.cos(a[4]), np.sin(a[4]), np.cos(b[4]), np.sin(b[4])
    for ux, uy in ((ca, sa), (-sa, ca), (cb, sb), (-sb, cb)):
        reach = a[5] / 2 * abs(ca * ux + sa * uy) + a[6] / 2 * abs(-sa * ux + ca * uy)
        reach += b[5] / 2 * abs(cb * ux + sb * uy) + b[6] / 2 * abs(-sb * ux + cb * uy)
        distance, speed = offset_x * ux + offset_y * uy, relative_x * ux + relative_y * uy
        if abs(speed) < 1e-9:
            if abs(distance) > reach:
                return np.inf
            continue
        first, last = (-reach - distance) / speed, (reach - distance) / speed
        enter, leave = max(enter, min(first, last)), min(leave, max(first, last))
    return enter if enter <= leave else np.inf


@compiled
def half_extent(box, ux, uy):  # type: ignore[no-untyped-def]
    """Half the extent of a box, a row of `BOX`, along the unit direction (ux, uy) [m]."""
    c, s = np.cos(box[4]), np.sin(box[4])
    return 0.5 * (box[5] * abs(ux * c + uy * s) + box[6] * abs(uy * c - ux * s))
