"""A patch of ice on a road: a thin sheet that one can see, and the friction under the wheels that pass over it.

Sheets lie level at height 0, where motorways and streets are; roads that rise, fall or lean are refused.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material, Mesh, Texture
from ....renderers.transforms import conjugate, from_yaw, rotate
from ..assets.asset import Asset, Part
from ..classes import SemanticClass
from ..path import Path
from .stage import Stage
from .surfaces import band_patches

F64 = NDArray[np.float64]
_HEIGHT_M = 0.006
_WAVES = ((0.10, 1.7, 0.3), (0.07, 4.3, 1.9), (0.04, 9.1, 4.0))
"""Amplitude [m], wave number [rad/m] and phase of the sheet's ragged edge; the friction patch has straight edges."""
_BLACK_ICE = Material(
    albedo=(0.075, 0.085, 0.095), roughness=0.12, nir_reflectance=0.05, texture=Texture.ICE, semantic=SemanticClass.ICE
)


def iced(stage: Stage, *, s_m: tuple[float, float], d_m: tuple[float, float], friction: float) -> Stage:
    """The same stage with low friction between two distances along and beside its road.

    Raises:
        ValueError: the road is not level at height 0 there.

    """
    assert stage.road is not None
    check_level(stage, "ice", s_m=s_m, d_m=d_m)
    patches = band_patches(stage.road.centre, *s_m, *d_m, height_m=0.0, friction=friction)
    ground = stage.ground
    return replace(stage, ground=replace(ground, patches=(*ground.patches, *patches)))


def check_level(stage: Stage, name: str, *, s_m: tuple[float, float], d_m: tuple[float, float]) -> None:
    """Refuse a place for a sheet that is not level at height 0, where the sheet would hover or be buried."""
    assert stage.road is not None
    along = np.linspace(*s_m, max(2, round((s_m[1] - s_m[0]) / 2.0)))
    xy, _, _ = stage.road.centre.at(along[:, None], np.linspace(*d_m, 3))
    height, _ = stage.ground.at(xy)
    worst = float(np.abs(height).max())
    if worst > _HEIGHT_M / 2:
        raise ValueError(f"{name} lies level at height 0, but the road of {stage.name!r} is off by {worst:.3g} m there")


def ice_sheet(path: Path, *, s_m: tuple[float, float], d_m: tuple[float, float]) -> tuple[Asset, F64, F64]:
    """The look of the patch, and the pose of its box: a sheet a few millimetres above the asphalt."""
    return ragged_sheet(path, "ice", _BLACK_ICE, s_m=s_m, d_m=d_m)


def ragged_sheet(
    path: Path, name: str, look: Material, *, s_m: tuple[float, float], d_m: tuple[float, float]
) -> tuple[Asset, F64, F64]:
    """A thin sheet with ragged edges that lies on a level road (see `check_level`), and the pose of its box."""
    s = np.linspace(*s_m, max(8, int((s_m[1] - s_m[0]) / 0.25)))
    edge = [sum(a * np.sin(k * s + p + side) for a, k, p in _WAVES) for side in (0.0, 2.0)]
    ends = np.minimum(1.0, np.minimum(s - s_m[0], s_m[1] - s) / 1.2) ** 0.5
    middle, half = sum(d_m) / 2, (d_m[1] - d_m[0]) / 2
    right, _, _ = path.at(s, middle - ends * (half + edge[0]))
    left, _, _ = path.at(s, middle + ends * (half + edge[1]))
    vertices = np.concatenate([np.column_stack([xy, np.full(len(s), _HEIGHT_M)]) for xy in (right, left)])
    k, n = np.arange(len(s) - 1), len(s)
    faces = np.concatenate([np.stack([k, k + 1, n + k + 1], 1), np.stack([k, n + k + 1, n + k], 1)])
    _, yaw, _ = path.at(sum(s_m) / 2)
    orientation = from_yaw(float(yaw))
    local = rotate(conjugate(orientation), vertices)
    low, high = local.min(0), local.max(0)
    centre = (low + high) / 2
    sheet = Mesh(
        vertices=(local - centre).astype(np.float32),
        normals=np.tile(np.array([0.0, 0.0, 1.0], np.float32), (len(local), 1)),
        faces=faces.astype(np.uint32),
        face_material=np.zeros(len(faces), np.uint16),
        materials=(look,),
        name=name,
    )
    size = (float(high[0] - low[0]), float(high[1] - low[1]), 0.01)
    asset = Asset(name, SemanticClass(look.semantic), size, (Part("sheet", sheet),))
    return asset, rotate(orientation, centre), orientation
