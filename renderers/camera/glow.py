"""The glow of hazy air in the beams of lamps: cones before headlights, halos around street lamps.

Single scattering by droplets (Henyey-Greenstein, g = 0.7) along the ray, in a few pieces on both sides of its closest
approach to a lamp; over each the beam is taken as even and 1 / d^2 is integrated in closed form. The glow is smooth, so
it is worked out for every fourth pixel of every fourth row and spread between.
Left out: shadows in the beams, light scattered more than once.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..air import EVEN
from .compiled import kernel
from .gbuffer import GBuffer, Rays, centre_to_world
from .lamps import AXIS, INTENSITY, KIND, intensity
from .lighting import Lighting, airlight

F32 = NDArray[np.float32]

_STEP = 4
_PIECES = (0.0, 2.5, 6.0, 13.0, 27.0, 55.0)
"""Distances from the closest approach at which a ray is cut [m]."""
_MOST = 6
_BLUR = 1.2
_FAR_M = 400.0
_LEAST, _LEAST_SHARE = 2e-3, 0.01
"""Glow that does not matter: absolute [cd/m^2], and as a share of the airlight."""


def add_glow(lighting: Lighting, rays: Rays, surface: GBuffer, out: F32) -> None:
    """Add the glow to a picture (H, W, 3), if there is haze and a lamp."""
    if not lighting.hazy or not len(lighting.lamps):
        return
    height, width = out.shape[:2]
    coarse = np.zeros((-(-height // _STEP), -(-width // _STEP), 3), np.float32)
    _glow(lighting, rays, surface, coarse)
    coarse = np.asarray(cv2.GaussianBlur(coarse, (0, 0), _BLUR), np.float32)
    whole = cv2.resize(coarse, (coarse.shape[1] * _STEP, coarse.shape[0] * _STEP), interpolation=cv2.INTER_LINEAR)
    out += whole[:height, :width]


@kernel
def _glow(lighting: Lighting, rays: Rays, surface: GBuffer, out: F32) -> None:
    height, width = surface.depth.shape
    for i in range(out.shape[0]):
        r = min(_STEP * i + _STEP // 2, height - 1)
        ox, oy, oz = rays.middle[r, 0], rays.middle[r, 1], rays.middle[r, 2]
        for j in range(out.shape[1]):
            c = min(_STEP * j + _STEP // 2, width - 1)
            dx, dy, dz = centre_to_world(rays, r, c)
            _, ambient, _ = airlight(lighting, dx, dy, dz)
            out[i, j, 0], out[i, j, 1], out[i, j, 2] = _scattered(
                lighting.lamps, lighting.air[EVEN], _LEAST + _LEAST_SHARE * ambient, ox, oy, oz, dx, dy, dz,
                min(_FAR_M, float(surface.distance[r, c])),
            )  # fmt: skip


@kernel
def _scattered(lamps, alpha, floor, ox, oy, oz, dx, dy, dz, far):  # type: ignore[no-untyped-def]
    """Radiance [cd/m^2] that the air in the beams scatters into a ray over its first `far` metres.

    Lamps that add less than about `floor` [cd/m^2] are passed over.
    """
    r, g, b = 0.0, 0.0, 0.0
    for i in range(min(len(lamps), _MOST)):
        x, y, z = lamps[i, 0] - ox, lamps[i, 1] - oy, lamps[i, 2] - oz
        nearest = x * dx + y * dy + z * dz
        miss = np.sqrt(max(x * x + y * y + z * z - nearest * nearest, 0.01))
        if 0.3 * alpha * lamps[i, INTENSITY] / miss < floor:
            continue
        begin = 0.0
        for k in range(2 * (len(_PIECES) - 1)):
            # pieces grow with the distance from the closest approach, on both sides of it
            if k < len(_PIECES) - 1:
                stop = nearest - _PIECES[len(_PIECES) - 2 - k]
            else:
                stop = nearest + _PIECES[k - len(_PIECES) + 2]
            stop = min(max(stop, begin), far)
            if stop <= begin:
                continue
            middle = 0.5 * (begin + stop)
            px, py, pz = middle * dx - x, middle * dy - y, middle * dz - z
            d = np.sqrt(px * px + py * py + pz * pz)
            share = intensity(
                lamps[i, KIND], lamps[i, AXIS], lamps[i, AXIS + 1], lamps[i, AXIS + 2], px / d, py / d, pz / d
            )
            if share > 0.0:
                angle = (np.arctan((stop - nearest) / miss) - np.arctan((begin - nearest) / miss)) / miss
                # droplets scatter mostly onwards: Henyey-Greenstein with g = 0.7
                cosine = -(px * dx + py * dy + pz * dz) / d
                phase = 0.51 / (4.0 * np.pi * (1.49 - 1.4 * cosine) ** 1.5)
                gain = alpha * phase * share * angle * np.exp(-alpha * (middle + d))
                r += gain * lamps[i, INTENSITY]
                g += gain * lamps[i, INTENSITY + 1]
                b += gain * lamps[i, INTENSITY + 2]
            begin = stop
    return r, g, b
