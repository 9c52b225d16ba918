"""What surrounds a tunnel: the hill over it, the cuttings before its portals, rails, signs and woods."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Mesh
from ..assets import finishes, vegetation
from ..assets import tunnel as furniture
from ..assets.asset import Asset, Late, Part
from ..assets.country import GRAVEL
from ..assets.motorway import delineator, wood_edge
from ..classes import SemanticClass
from ..path import Path
from .motorway import BARRIER, W_BEAM
from .stage import Placement
from .surfaces import Sweep, band_boxes, chunks
from .tunnel_tube import BANK, FOOT_M, Layout

F64 = NDArray[np.float64]
OVERRUN_M = 400.0
_CUTTING_M, _HILL_M = 75.0, 16.0
_FLANK_M, _FAR_M = 70.0, 170.0


def roadside(path: Path, layout: Layout, tunnel_s: tuple[float, float]) -> list[Placement]:
    """Verges with guard rails, the barrier in the median, delineators and the signs before the portals."""
    edge, rail = layout.edge_m, layout.edge_m + 0.7
    placements = []
    for a0, b0 in ((-OVERRUN_M, tunnel_s[0]), (tunnel_s[1], path.length_m + OVERRUN_M)):
        for index, (a, b) in enumerate(chunks(a0, b0, 50.0)):
            verge, rails = Sweep(path), Sweep(path)
            for side in (-1.0, 1.0):
                section = [(side * edge, 0.0), (side * (edge + 1.1), 0.0), (side * (edge + FOOT_M), 0.0)]
                looks = [GRAVEL, finishes.MEADOW]
                verge.section(a, b, section if side > 0 else section[::-1], looks if side > 0 else looks[::-1])
                faces = [(side * (rail - d), z) for d, z in W_BEAM]
                backs = [(side * (rail + 0.004 - d), z) for d, z in W_BEAM]
                front, back = (faces[::-1], backs) if side < 0 else (faces, backs[::-1])
                rails.section(a, b, front[::-1], finishes.GALVANISED)
                rails.section(a, b, back[::-1], finishes.GALVANISED)
                every = np.arange(np.ceil(a / 4.0) * 4.0, b, 4.0)
                rails.posts(every, side * (rail + 0.10), 0.0, 0.72, 0.06, 0.12, finishes.GALVANISED)
            near = b > -OVERRUN_M / 4 and a < path.length_m + OVERRUN_M / 4
            solid = band_boxes(path, a, b, rail - 0.08, rail + 0.16, 0.0, 0.75) if near else ()
            solid += band_boxes(path, a, b, -rail - 0.16, -rail + 0.08, 0.0, 0.75) if near else ()
            placements.append(Placement(verge.asset(f"verge_{index}", SemanticClass.TERRAIN)))
            placements.append(Placement(rails.asset(f"guard_rail_{index}", SemanticClass.GUARD_RAIL, solid)))
            if layout.inner_m:
                median = Sweep(path)
                median.section(
                    a, b, [(-d, z) for d, z in BARRIER] + [(d, z) for d, z in reversed(BARRIER)], finishes.CONCRETE
                )
                solid = band_boxes(path, a, b, -0.28, 0.28, 0.0, 0.9) if near else ()
                placements.append(Placement(median.asset(f"median_barrier_{index}", SemanticClass.WALL, solid)))
    post, sign = delineator(), furniture.tunnel_sign()

    def put(asset: Asset, s: float, d: float, turn: float) -> None:
        xy, yaw, _ = path.at(s, d)
        placements.append(Placement.upright(asset, float(xy[0]), float(xy[1]), yaw=float(yaw) + turn))

    for s in np.arange(-OVERRUN_M + 100.0, path.length_m + OVERRUN_M - 100.0, 50.0):
        if not tunnel_s[0] - 10.0 < s < tunnel_s[1] + 10.0:
            for side in (-1.0, 1.0):
                put(post, float(s), side * (edge + 0.35), 0.0)
    put(sign, tunnel_s[0] - 60.0, -edge - 1.7, np.pi)
    put(sign, tunnel_s[1] + 60.0, edge + 1.7, 0.0)
    return placements


def _height(s: F64, d: F64, layout: Layout, tunnel_s: tuple[float, float], *, inside: bool) -> F64:
    """Surface of the hill [m]: over the tubes, or cut down to the road before and behind them."""
    into = np.minimum(s - tunnel_s[0], tunnel_s[1] - s)
    far = np.clip((np.abs(d) - _FLANK_M) / (_FAR_M - _FLANK_M), 0.0, 1.0)
    flank = 1.0 - far * far * (3.0 - 2.0 * far)
    over = np.clip(into / 60.0, 0.0, 1.0)
    back = np.clip(1.0 + into / _CUTTING_M, 0.0, 1.0)
    rise = layout.top_m * np.where(into < 0.0, back * back * (3.0 - 2.0 * back), 1.0)
    rise = rise + _HILL_M * over * over * (3.0 - 2.0 * over)
    rolling = 0.8 * np.sin(s / 17.0 + d / 23.0) * np.clip((np.abs(d) - 25.0) / 30.0, 0.0, 1.0)
    whole: F64 = rise * flank * (1.0 + 0.06 * rolling)
    if inside:
        return whole
    return np.minimum(whole, np.maximum(0.0, (np.abs(d) - layout.edge_m - FOOT_M) / BANK))


def _slab(path: Path, s: F64, d: F64, z: F64, name: str) -> Asset:
    """Meadow through a grid of heights (S, D), d increasing."""
    return Asset(name, SemanticClass.TERRAIN, None, (Part("body", Late(_slab_mesh, path, s, d, z, name)),))


def _slab_mesh(path: Path, s: F64, d: F64, z: F64, name: str) -> Mesh:
    xy, _, _ = path.at(s[:, None], d[None, :])
    vertices = np.concatenate([xy, z[..., None]], axis=-1)
    ahead, left = np.gradient(vertices, axis=0), np.gradient(vertices, axis=1)
    normals = np.cross(ahead, left)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    k = np.arange(len(s) * len(d)).reshape(len(s), len(d))
    a, b, c, e = k[:-1, :-1].ravel(), k[1:, :-1].ravel(), k[1:, 1:].ravel(), k[:-1, 1:].ravel()
    return Mesh(
        vertices.reshape(-1, 3).astype(np.float32),
        normals.reshape(-1, 3).astype(np.float32),
        np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, e], 1)]).astype(np.uint32),
        np.zeros(2 * len(a), np.uint16),
        (finishes.MEADOW,),
        name,
    )


def hill(path: Path, layout: Layout, tunnel_s: tuple[float, float], rng: np.random.Generator) -> list[Placement]:
    """The hill, the banks of the cuttings, and what grows on them."""
    start, end = tunnel_s
    foot = layout.edge_m + FOOT_M
    side_d = np.array(
        [
            foot,
            foot + 2.0,
            foot + 5.0,
            foot + 8.0,
            foot + 11.0,
            foot + 15.0,
            34.0,
            45.0,
            60.0,
            80.0,
            110.0,
            140.0,
            _FAR_M,
        ]
    )
    side_d = np.unique(side_d)
    across = np.concatenate([-side_d[::-1], [-6.0, 0.0, 6.0], side_d])
    placements = []
    for index, (a, b, inside) in enumerate(
        ((-OVERRUN_M, start, False), (start, end, True), (end, path.length_m + OVERRUN_M, False))
    ):
        portal = start if index == 0 else end
        near = np.linspace(0.0, min(_CUTTING_M + 6.0, b - a), 20)
        s = (
            np.linspace(a, b, max(2, int((b - a) / 6.0)))
            if inside
            else np.unique(np.concatenate([portal - near if index == 0 else portal + near, np.linspace(a, b, 24)]))
        )
        for d in (across,) if inside else (side_d, -side_d[::-1]):
            z = _height(s[:, None], d[None, :], layout, tunnel_s, inside=inside)
            placements.append(Placement(_slab(path, s, d, z, f"hill_{index}")))
    trees = [vegetation.tree(vegetation.SPECIES[k % 4], rng=rng, clusters=1500) for k in range(6)]
    bushes = [vegetation.bush(rng=rng, height_m=float(rng.uniform(1.2, 2.6))) for _ in range(3)]

    def grow(asset: Asset, s: float, d: float, turn: float) -> None:
        z = float(_height(np.array(s), np.array(d), layout, tunnel_s, inside=start <= s <= end))
        xy, yaw, _ = path.at(s, d)
        placements.append(Placement.upright(asset, float(xy[0]), float(xy[1]), z - 0.15, yaw=float(yaw) + turn))

    def turned() -> float:
        return float(rng.uniform(0.0, 2.0 * np.pi))

    plain = [dataclasses.replace(tree, collision=()) for tree in trees]
    for side in (-1.0, 1.0):
        for at in np.arange(-150.0, path.length_m + 150.0, 6.0).tolist():
            within = start - 2.0 < at < end + 2.0
            if within and min(at - start, end - at) < 4.0:
                continue
            low = 3.0 if within else foot + 13.0
            for _ in range(2):
                away = side * (low + (48.0 - low) * float(rng.random()))
                grow(plain[int(rng.integers(6))], at + float(rng.uniform(-2.0, 2.0)), away, turned())
            if not within and rng.random() < 0.6:
                away = side * float(rng.uniform(foot + 3.0, foot + 14.0))
                grow(bushes[int(rng.integers(3))], at, away, turned())
    woods = [wood_edge(rng=rng) for _ in range(3)]
    for side in (-1.0, 1.0):
        for at in np.arange(-OVERRUN_M, path.length_m + OVERRUN_M, 60.0).tolist():
            level = not -_CUTTING_M - 40.0 < min(at - start, end - at) < _CUTTING_M + 30.0
            for near_m, far_m in ((52.0, 66.0), (80.0, 130.0)) if level else ((95.0, 130.0),):
                grow(woods[int(rng.integers(3))], at, side * float(rng.uniform(near_m, far_m)), -side * np.pi / 2)
    for at, turn in ((-OVERRUN_M - 12.0, 0.0), (path.length_m + OVERRUN_M + 12.0, np.pi)):
        for away in np.arange(-240.0, 241.0, 64.0).tolist():
            grow(woods[int(rng.integers(3))], at, away, turn)
    return placements
