"""The glow of hazy air in the beams of lamps: cones before headlights, halos around street lamps.

Single scattering by droplets (Henyey-Greenstein, g = 0.7) along the ray, of light I / (d^2 + w^2): a beam begins as
wide as its lamp, not in a point, and w^2 is the lamp's area over the solid angle it shines into (150 cm^2 and 0.1 sr
of a headlight). The integral over the ray is taken in even steps of the angle seen from w behind the lamp (equiangular
sampling, Kulla and Fajardo 2012), which takes up the distance; of a headlight only the part inside a cone around its
axis is looked at, so that a thin beam is not missed. The glow is smooth, so it is worked out for every fourth pixel of
every fourth row and spread between.
Left out: shadows in the beams, light scattered more than once.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..air import EVEN
from ..compiled import kernel
from ..scene import Beam
from .gbuffer import GBuffer, Rays, centre_to_world
from .lamps import AXIS, INTENSITY, KIND, intensity
from .lighting import Lighting, airlight

F32 = NDArray[np.float32]
_STREET = int(Beam.STREET)

_STEP = 4
_MOST = 6
_BLUR = 1.0
_BROAD_STEPS, _NARROW_STEPS = 12, 32
_CONE = 0.93
"""Cosine between a headlight's axis and the directions in which its beam is looked for."""
_WIDTH_M = 0.4
"""Root of a lamp's area over its solid angle."""
_LEAST_MISS_M = 1e-3
_FAR_M = 400.0
_RIGHT = 0.5 * np.pi
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
        # from the lamp to the closest point of the ray
        px, py, pz = nearest * dx - x, nearest * dy - y, nearest * dz - z
        miss = np.sqrt(max(px * px + py * py + pz * pz, _LEAST_MISS_M * _LEAST_MISS_M))
        wide = np.sqrt(miss * miss + _WIDTH_M * _WIDTH_M)
        if 0.3 * alpha * lamps[i, INTENSITY] / wide < floor:
            continue
        px, py, pz = px / miss, py / miss, pz / miss
        low, high, steps = -nearest, far - nearest, _BROAD_STEPS
        if lamps[i, KIND] != _STREET:
            # only where the ray is inside the cone around the lamp's axis
            along = lamps[i, AXIS] * dx + lamps[i, AXIS + 1] * dy + lamps[i, AXIS + 2] * dz
            across = lamps[i, AXIS] * px + lamps[i, AXIS + 1] * py + lamps[i, AXIS + 2] * pz
            reach = np.sqrt(along * along + across * across)
            if reach <= _CONE:
                continue
            middle, half = np.arctan2(along, across), np.arccos(_CONE / reach)
            if middle - half > -_RIGHT:
                low = max(low, miss * np.tan(middle - half))
            if middle + half < _RIGHT:
                high = min(high, miss * np.tan(middle + half))
            steps = _NARROW_STEPS
        if high <= low:
            continue
        low, high = np.arctan(low / wide), np.arctan(high / wide)
        step = (high - low) / steps
        for k in range(steps):
            along = wide * np.tan(low + (k + 0.5) * step)
            d = np.sqrt(miss * miss + along * along)
            c, sn = miss / d, along / d
            share = intensity(
                lamps[i, KIND], lamps[i, AXIS], lamps[i, AXIS + 1], lamps[i, AXIS + 2],
                c * px + sn * dx, c * py + sn * dy, c * pz + sn * dz,
            )  # fmt: skip
            if share <= 0.0:
                continue
            # the light turns back by this much to reach the eye; droplets scatter mostly onwards
            phase = 1.49 + 1.4 * sn
            phase = 0.51 / (4.0 * np.pi * phase * np.sqrt(phase))
            path = nearest + along + d
            gain = alpha * phase * share * step / wide * np.exp(-min(30.0, alpha * path))
            r += gain * lamps[i, INTENSITY]
            g += gain * lamps[i, INTENSITY + 1]
            b += gain * lamps[i, INTENSITY + 2]
    return r, g, b
