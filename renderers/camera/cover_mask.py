"""Which pixels show ground, or another surface, under water, snow or ice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..tracers.tables import Tables
from .cover import covered
from .gbuffer import GBuffer, Rays, centre_to_world
from .lighting import Lighting

U8 = NDArray[np.uint8]


@kernel
def cover_mask(tables: Tables, rays: Rays, lighting: Lighting, surface: GBuffer, out: U8, first: int, end: int) -> None:
    """Set `out` (H, W) of rows `first` to `end` to 1 where the cover changes the look of what the centre ray hits."""
    for r in range(first, end):
        for c in range(out.shape[1]):
            out[r, c] = 0
            k = surface.material[r, c]
            if surface.instance[r, c] < 0 or k < 0:
                continue
            dx, dy, _ = centre_to_world(rays, r, c)
            t = surface.distance[r, c]
            x, y = rays.middle[r, 0] + t * dx, rays.middle[r, 1] + t * dy
            red, _, _, rough = covered(lighting, tables.texture[k], surface.normal[r, c, 2], x, y, 0.5, 0.5, 0.5, 0.5)
            out[r, c] = 1 if red != 0.5 or rough != 0.5 else 0
