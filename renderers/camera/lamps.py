"""Local lamps: street lamps and headlights, their light on surfaces and in the air.

Illuminance follows E = I(h, v) T / d^2 with the luminous intensity I of the lamp in the direction (h, v) and the
transmission T of the air; shadows are traced. Beams are smooth fits to what regulations ask for: a street lamp throws
most at 60 degrees from straight down, a low beam has its peak just below a horizontal cut-off that rises to the kerb
side, a high beam is a narrow lobe on a wide one. Retro-reflectors send lamp light back to eyes near the lamp.
Left out: colour by angle, spectra, light that bounces more than once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..scene import Beam, Luminaire
from ..tracers.tables import blocked

F64 = NDArray[np.float64]

COLUMNS = 13
"""Position, axis, intensity in red, green and blue, kind of beam, reach, illuminance that does not matter, and whether
it sits beside the camera: the shadows of such a lamp hide behind what casts them, and are not traced."""
POSITION, AXIS, INTENSITY, KIND, REACH, FLOOR, OWN = 0, 3, 6, 9, 10, 11, 12
MOST = 8
"""Lamps that one frame can be lit by; the strongest for its camera are taken."""
_STREET, _LOW, _HIGH = int(Beam.STREET), int(Beam.LOW), int(Beam.HIGH)
_START_M = 0.12
"""Shadow rays end this far before a lamp, so that its own glass casts no shadow."""
_RETRO_RAD = 0.02
_BESIDE_M = 2.5


class Shadow(NamedTuple):
    """The part of the tracer's tables that a shadow ray needs: handing all of them to a function costs more than it."""

    scene: int
    occluded: int


def lamp_table(luminaires: tuple[Luminaire, ...], eye_w: F64, floor_lx: float) -> F64:
    """The lamps that matter to a camera as rows for the kernels, (L, `COLUMNS`).

    Args:
        luminaires: all that are lit.
        eye_w: position of the camera.
        floor_lx: illuminance that does not matter; it sets how far each lamp reaches.

    Returns:
        Strongest first, at most `MOST`.

    """
    rows = np.zeros((len(luminaires), COLUMNS))
    for row, lamp in zip(rows, luminaires, strict=True):
        row[POSITION : POSITION + 3], row[AXIS : AXIS + 3] = lamp.position_w, lamp.axis_w
        row[INTENSITY : INTENSITY + 3], row[KIND] = lamp.intensity_cd, float(lamp.beam)
        row[REACH], row[FLOOR] = np.sqrt(max(lamp.intensity_cd) / max(floor_lx, 1e-4)), floor_lx
    away = np.linalg.norm(rows[:, :3] - eye_w, axis=1)
    rows[:, OWN] = away < _BESIDE_M
    weight = rows[:, REACH] / np.maximum(away, 5.0)
    return np.ascontiguousarray(rows[np.argsort(-weight, kind="stable")[:MOST]])


@inlined
def _bell(x, y):  # type: ignore[no-untyped-def]
    """A Gaussian in two directions, 0 where it does not matter: the exponential is slow where it underflows."""
    q = x * x + y * y
    return np.exp(-0.5 * q) if q < 36.0 else 0.0


@kernel
def intensity(kind, ax, ay, az, x, y, z):  # type: ignore[no-untyped-def]
    """Share of a lamp's peak intensity that goes in a unit direction, for a lamp with the given axis."""
    if kind == _STREET:
        down = -z
        if down <= 0.05:
            return 0.0
        # E on the road stays about even if I grows as 1 / cos^3 up to 60 degrees
        share = min(1.0, 0.125 / (down * down * down))
        return share * min(1.0, (down - 0.05) * 6.0)
    forward = ax * x + ay * y + az * z
    if forward <= 0.2:
        return 0.0
    # left of the axis and up from it
    n = np.sqrt(ax * ax + ay * ay)
    left = (-ay * x + ax * y) / max(n, 1e-9)
    up = z - az * forward
    h, v = left / forward, up / forward
    if kind == _HIGH:
        return 0.893 * _bell(h / 0.05, v / 0.03) + 0.107 * _bell(h / 0.3, v / 0.1)
    # the cut-off: horizontal 0.57 degrees down, rising by 15 degrees to the right
    cut = -0.01 + 0.26 * min(max(0.0, -h - 0.01), 0.12)
    above = v - cut
    spot, field = 0.876 * _bell(h / 0.16, (v + 0.022) / 0.022), 0.14 * _bell(h / 0.38, (v + 0.06) / 0.075)
    return (spot + field) / (1.0 + np.exp(min(30.0, max(-30.0, above * 900.0)))) + 5e-4


@kernel
def lamp_light(  # type: ignore[no-untyped-def]
    shadow, ray, lamps, alpha, hx, hy, hz, nx, ny, nz, dx, dy, dz, rough, f0, retro, shadows, time
):
    """Light of all lamps at a surface point.

    Args:
        shadow, ray: whom to ask for shadows, and a ray buffer.
        lamps: from `lamp_table`.
        alpha: mean extinction of the air [1/m].
        hx, hy, hz, nx, ny, nz: the point, lifted off its surface, and its unit normal facing the viewer.
        dx, dy, dz: unit direction from the eye to the point.
        rough, f0, retro: roughness, reflectance at normal incidence and retro-reflective gain.
        shadows: whether shadows are traced; in mirrors they are not.
        time: of the ray.

    Returns:
        (r, g, b, sr, sg, sb): diffuse illuminance [lx] to be multiplied by albedo / pi, and radiance [cd/m^2] by gloss
        and retro-reflection.

    """
    er, eg, eb, sr, sg, sb = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    a2 = max(rough * rough, 0.02) ** 2
    for i in range(len(lamps)):
        x, y, z = lamps[i, 0] - hx, lamps[i, 1] - hy, lamps[i, 2] - hz
        d2 = x * x + y * y + z * z
        if d2 > lamps[i, REACH] * lamps[i, REACH]:
            continue
        d = np.sqrt(d2)
        x, y, z = x / d, y / d, z / d
        facing = nx * x + ny * y + nz * z
        if facing <= 0.0:
            continue
        share = intensity(lamps[i, KIND], lamps[i, AXIS], lamps[i, AXIS + 1], lamps[i, AXIS + 2], -x, -y, -z)
        share *= np.exp(-alpha * d) / d2
        if share * lamps[i, INTENSITY] * facing < lamps[i, FLOOR]:
            continue
        if (
            shadows
            and lamps[i, OWN] == 0.0
            and d > _START_M
            and blocked(shadow, ray, hx, hy, hz, x, y, z, time, 0.0, d - _START_M)
        ):
            continue
        px, py, pz = x - dx, y - dy, z - dz
        n = 1.0 / np.sqrt(max(px * px + py * py + pz * pz, 1e-9))
        nh = max(0.0, (nx * px + ny * py + nz * pz) * n)
        vh = max(0.0, -(dx * px + dy * py + dz * pz) * n)
        q = nh * nh * (a2 - 1.0) + 1.0
        m = 1.0 - min(vh, 1.0)
        edge = f0 + (1.0 - f0) * m * m * m * m * m * (1.0 - rough)
        gloss = edge * a2 / (np.pi * q * q) * 0.25 * facing / max(facing, 0.05)
        back = 0.0
        if retro > 0.0:
            apart = max(0.0, 1.0 + dx * x + dy * y + dz * z)
            apart *= 2.0 / (_RETRO_RAD * _RETRO_RAD)
            back = retro / np.pi * facing * np.exp(-apart) if apart < 30.0 else 0.0
        gain = share * (gloss + back)
        er, eg, eb = (
            er + share * facing * lamps[i, INTENSITY],
            eg + share * facing * lamps[i, INTENSITY + 1],
            eb + share * facing * lamps[i, INTENSITY + 2],
        )
        sr, sg, sb = (
            sr + gain * lamps[i, INTENSITY],
            sg + gain * lamps[i, INTENSITY + 1],
            sb + gain * lamps[i, INTENSITY + 2],
        )
    return er, eg, eb, sr, sg, sb
