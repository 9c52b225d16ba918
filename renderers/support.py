"""The points of a mesh that stand out, in place of all its vertices where only its extent matters."""

from __future__ import annotations

import weakref

import numpy as np
from numpy.typing import NDArray

from .scene import Mesh

F64 = NDArray[np.float64]
_found: weakref.WeakKeyDictionary[Mesh, F64] = weakref.WeakKeyDictionary()


def support_points(mesh: Mesh) -> F64:
    """The vertices of a mesh that are extreme in one of 96 directions spread over the sphere (Fibonacci lattice) [m].

    Boxes are exact. Round things are cut short, limbs of people by less than a centimetre.
    """
    found = _found.get(mesh)
    if found is None:
        k = np.arange(96) + 0.5
        polar, azimuth = np.arccos(1 - 2 * k / 96), np.pi * (1 + 5**0.5) * k
        directions = np.stack([np.cos(azimuth) * np.sin(polar), np.sin(azimuth) * np.sin(polar), np.cos(polar)], 1)
        extreme = np.unique(np.argmax(mesh.vertices @ directions.T.astype(np.float32), axis=0))
        found = _found[mesh] = mesh.vertices[extreme].astype(np.float64)
    return found
