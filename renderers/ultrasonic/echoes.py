"""What a cone of sound meets: one ray per share of the cone, each with its echo.

At 7 mm wavelength smooth walls are mirrors and only rough ones scatter, so a patch answers as in geometrical acoustics:
a lobe of facets around its normal on a faint diffuse ground (the law of `radar.surfaces`, with the values of sound).
A wall facing the sensor thus returns like the sensor's image behind it, level 10 lg (F / 4) - 20 lg R, whatever its
roughness; turned out of the lobe it returns next to nothing. Cloth, grass and leaves swallow most of it.
Reflectivities and slopes are assumptions, by the texture of the surface.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..radar.surfaces import cross_section
from ..random import uniform
from ..scene import Texture
from ..tracers.tables import cast, surface_material, surface_normal, surface_semantic, turn

F64 = NDArray[np.float64]
_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))
_JITTER = 10
"""Random lane."""

SOUND: F64 = np.tile([0.95, 0.08, 0.01], (len(Texture), 1))
"""(textures, 3) reflectivity, slope of facets and diffuse albedo."""
for _texture, _row in (
    (Texture.ASPHALT, (0.90, 0.15, 0.03)), (Texture.PAVING, (0.95, 0.10, 0.02)),
    (Texture.PAINT_WORN, (0.90, 0.12, 0.02)), (Texture.BRICK, (0.90, 0.12, 0.03)), (Texture.GRASS, (0.20, 0.50, 0.10)),
    (Texture.FOLIAGE, (0.15, 0.60, 0.10)),
    (Texture.BARK, (0.60, 0.40, 0.10)), (Texture.CLOTH, (0.25, 0.50, 0.05)), (Texture.CAR_PAINT, (0.97, 0.08, 0.005)),
    (Texture.BRUSHED_METAL, (0.99, 0.06, 0.003)), (Texture.RUBBER, (0.80, 0.20, 0.03)),
    (Texture.CARDBOARD, (0.80, 0.10, 0.02)),
):  # fmt: skip
    SOUND[_texture] = _row


@kernel
def listen(tables, ray, sound, key, time, pose, shape, out, owner):  # type: ignore[no-untyped-def]
    """Cast the rays of one cone and note their echoes; returns how many there are.

    Args:
        tables, ray: of the tracer, and a buffer.
        sound: (textures, 3), see `SOUND`.
        key: random key of the frame; it turns the pattern of the rays about the axis.
        time: ray time.
        pose: (7,) position and quaternion of the sensor, x along the axis of the cone.
        shape: (edge of the cone [rad], half widths at -6 dB both ways across and upwards [rad], reach [m]).
        out: (R, 2) distance [m], cross-section with the beam's pattern [m^2].
        owner: (R, 2) int32 label and class.

    """
    count, n = 0, len(out)
    cap = 1.0 - np.cos(shape[0])
    solid = 2.0 * np.pi * cap / n
    start = 2.0 * np.pi * uniform(key, 0, _JITTER)
    for i in range(n):
        along = 1.0 - cap * (i + 0.5) / n
        aside = np.sqrt(1.0 - along * along)
        angle = start + _GOLDEN * i
        y, z = aside * np.cos(angle), aside * np.sin(angle)
        dx, dy, dz = turn(pose[3], pose[4], pose[5], pose[6], along, y, z)
        hit = cast(tables, ray, pose[0], pose[1], pose[2], dx, dy, dz, time, 0.0, shape[3])
        if hit < 0:
            continue
        _, _, _, nx, ny, nz = surface_normal(tables, ray)
        kind = sound[tables.texture[surface_material(tables, ray)]]
        per_area = cross_section(kind[0], kind[1], kind[2], -(nx * dx + ny * dy + nz * dz))
        across, upwards = np.arctan2(y, along) / shape[1], np.arctan2(z, along) / shape[2]
        pattern = np.exp(-np.log(4.0) * (across * across + upwards * upwards))
        t = ray[8]
        out[count, 0], out[count, 1] = t, solid * t * t * per_area * pattern
        owner[count, 0], owner[count, 1] = tables.label[hit], surface_semantic(tables, ray)
        count += 1
    return count
