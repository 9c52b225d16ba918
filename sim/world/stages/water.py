"""Water that stands on a road: a mirror that one can see, and the depth under the wheels that pass through it.

What a depth leaves of the grip at a speed is in `road_friction`. Left out: ruts that hold the water, its slope and
flow, what wheels displace, and the drag of deep water.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material
from ...physics.ground import Pool
from ..assets.asset import Asset
from ..classes import SemanticClass
from ..path import Path
from .ice import check_level, ragged_sheet
from .stage import Stage
from .surfaces import band_patches

F64 = NDArray[np.float64]
_WATER = Material(albedo=(0.03, 0.033, 0.035), roughness=0.03, nir_reflectance=0.02, semantic=SemanticClass.WATER)


def flooded(stage: Stage, *, s_m: tuple[float, float], d_m: tuple[float, float], depth_mm: float) -> Stage:
    """The same stage with standing water between two distances along and beside its road.

    Raises:
        ValueError: the road is not level at height 0 there.

    """
    assert stage.road is not None
    check_level(stage, "water", s_m=s_m, d_m=d_m)
    places = band_patches(stage.road.centre, *s_m, *d_m, height_m=None, friction=0.0)
    pools = tuple(Pool(place, depth_mm) for place in places)
    return replace(stage, ground=replace(stage.ground, pools=(*stage.ground.pools, *pools)))


def water_sheet(path: Path, *, s_m: tuple[float, float], d_m: tuple[float, float]) -> tuple[Asset, F64, F64]:
    """The look of the water, and the pose of its box."""
    return ragged_sheet(path, "water", _WATER, s_m=s_m, d_m=d_m)
