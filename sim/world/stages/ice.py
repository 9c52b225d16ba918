"""A patch of ice on a road: a thin sheet that one can see, and the friction under the wheels that pass over it."""

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
from .surfaces import Sweep, band_patches

F64 = NDArray[np.float64]
_HEIGHT_M = 0.006
_BLACK_ICE = Material(
    albedo=(0.075, 0.085, 0.095), roughness=0.12, nir_reflectance=0.05, texture=Texture.ICE, semantic=SemanticClass.ICE
)


def iced(stage: Stage, *, s_m: tuple[float, float], d_m: tuple[float, float], friction: float) -> Stage:
    """The same stage with low friction between two distances along and beside its road."""
    assert stage.road is not None
    patches = band_patches(stage.road.centre, *s_m, *d_m, height_m=0.0, friction=friction)
    ground = stage.ground
    return replace(stage, ground=replace(ground, patches=(*ground.patches, *patches)))


def ice_sheet(path: Path, *, s_m: tuple[float, float], d_m: tuple[float, float]) -> tuple[Asset, F64, F64]:
    """The look of the patch, and the pose of its box: a sheet a few millimetres above the asphalt."""
    sweep = Sweep(path)
    sweep.strip(*s_m, (d_m[0], _HEIGHT_M), (d_m[1], _HEIGHT_M), _BLACK_ICE)
    mesh = sweep.asset("ice", SemanticClass.ICE).parts[0].mesh
    _, yaw, _ = path.at(sum(s_m) / 2)
    orientation = from_yaw(float(yaw))
    local = rotate(conjugate(orientation), mesh.vertices.astype(float))
    low, high = local.min(0), local.max(0)
    centre = (low + high) / 2
    flat = Mesh(
        (local - centre).astype(np.float32),
        rotate(conjugate(orientation), mesh.normals.astype(float)).astype(np.float32),
        mesh.faces,
        mesh.face_material,
        mesh.materials,
        "ice",
    )
    size = (float(high[0] - low[0]), float(high[1] - low[1]), 0.01)
    return Asset("ice", SemanticClass.ICE, size, (Part("sheet", flat),)), rotate(orientation, centre), orientation
