"""The look of the Franka Emika Panda arm, read from the visual meshes that come with its URDF.

Each link's mesh is in the link's own frame; physics moves the links. The base and the last link have no visual mesh in
that set and use their collision mesh. Meshes are thinned by joining vertices within a few millimetres of each other
while keeping their shading normals apart at edges.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material, Mesh
from ..classes import SemanticClass

LINKS: dict[str, tuple[str, float]] = {
    "panda_link0": ("collision/link0.obj", 0.0),
    "panda_link1": ("visual/link1.obj", 0.0042),
    "panda_link2": ("visual/link2.obj", 0.0042),
    "panda_link3": ("visual/link3.obj", 0.0042),
    "panda_link4": ("visual/link4.obj", 0.0042),
    "panda_link5": ("visual/link5.obj", 0.0042),
    "panda_link6": ("visual/link6.obj", 0.0036),
    "panda_link7": ("collision/link7.obj", 0.0),
    "panda_hand": ("visual/hand.obj", 0.0018),
    "panda_leftfinger": ("visual/finger.obj", 0.0),
    "panda_rightfinger": ("visual/finger.obj", 0.0),
}
"""Link name: mesh file under `franka_panda/meshes`, and the distance within which vertices are joined [m]."""

GRIPPER_LINKS = frozenset({"panda_hand", "panda_leftfinger", "panda_rightfinger"})
ROUGHNESS = 0.35


def build_panda(data_path: str | Path) -> dict[str, Mesh]:
    """Meshes by link name, in link frames; less than 60 000 triangles in all.

    The right finger is the left one turned by half a circle about z, as its visual origin in the URDF says.

    Args:
        data_path: the folder that holds `franka_panda`.

    Raises:
        FileNotFoundError: when the folder has no Panda meshes.

    """
    folder = Path(data_path) / "franka_panda" / "meshes"
    if not folder.is_dir():
        raise FileNotFoundError(f"no Panda meshes in {folder}, expected the data folder that holds franka_panda/meshes")
    return {name: _link(name, folder / file, cell) for name, (file, cell) in LINKS.items()}


def _link(name: str, file: Path, cell_m: float) -> Mesh:
    import trimesh  # half a second, which only worlds with an arm wait for

    loaded = trimesh.load(file)
    pieces: list[Any] = list(loaded.geometry.values()) if isinstance(loaded, trimesh.Scene) else [loaded]
    semantic = SemanticClass.GRIPPER if name in GRIPPER_LINKS else SemanticClass.ROBOT
    materials: dict[Material, int] = {}
    vertices, normals, faces, looks = [], [], [], []
    count = 0
    for piece in pieces:
        v, n, f = _thin(
            np.asarray(piece.vertices, float), np.asarray(piece.vertex_normals, float), np.asarray(piece.faces), cell_m
        )
        vertices.append(v)
        normals.append(n)
        faces.append(f + count)
        look = materials.setdefault(_material(piece, semantic), len(materials))
        looks.append(np.full(len(f), look))
        count += len(v)
    v, n = np.concatenate(vertices), np.concatenate(normals)
    if name == "panda_rightfinger":
        v, n = v * [-1.0, -1.0, 1.0], n * [-1.0, -1.0, 1.0]
    return Mesh(
        v.astype(np.float32),
        n.astype(np.float32),
        np.concatenate(faces).astype(np.uint32),
        np.concatenate(looks).astype(np.uint16),
        tuple(materials),
        name,
    )


def _material(piece: Any, semantic: SemanticClass) -> Material:
    """The diffuse colour of the file, gamma decoded and kept within what real enamel and rubber reflect."""
    diffuse = getattr(getattr(piece.visual, "material", None), "diffuse", None)
    code = np.asarray(diffuse if diffuse is not None else (255, 255, 255, 255), float)[:3] / 255.0
    r, g, b = (round(float(0.02 + 0.70 * c**2.2), 4) for c in code)
    return Material((r, g, b), ROUGHNESS, nir_reflectance=round(0.05 + 0.65 * max(r, g, b), 4), semantic=int(semantic))


def _thin(
    v: NDArray[np.float64], n: NDArray[np.float64], f: NDArray[np.int64], cell_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Join vertices that share a cell of a grid; positions join always, normals only where they point alike."""
    if cell_m > 0.0:
        _, cell = np.unique(np.floor(v / cell_m).astype(np.int64), axis=0, return_inverse=True)
        cell = cell.reshape(-1)
        weight = np.bincount(cell)[:, None]
        place = np.stack([np.bincount(cell, v[:, k]) for k in range(3)], 1) / weight
        key = np.column_stack([cell, np.round(n * 1.6).astype(np.int64)])
        _, first, index = np.unique(key, axis=0, return_index=True, return_inverse=True)
        index = index.reshape(-1)
        n = np.stack([np.bincount(index, n[:, k]) for k in range(3)], 1)
        v, f = place[cell[first]], index[f]
        corner = cell[first][f]
        f = f[(corner[:, 0] != corner[:, 1]) & (corner[:, 1] != corner[:, 2]) & (corner[:, 2] != corner[:, 0])]
    a, b, c = (v[f[:, k]] for k in range(3))
    f = f[np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-10]
    return v, n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12), f
