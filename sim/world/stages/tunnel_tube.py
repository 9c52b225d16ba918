"""The built part of a tunnel: its cross-section, lining, walkways, portals and equipment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....renderers.scene import Material, Texture
from ..assets import finishes
from ..assets import tunnel as furniture
from ..assets.asset import Asset, Box
from ..assets.scenery import Pile, block, quad
from ..classes import SemanticClass
from ..path import Path
from .stage import Lane, Placement
from .surfaces import Sweep, band_boxes, chunks

LANE_M, KERB_M, WALK_M = 3.5, 0.15, 1.0
PANEL_M = 3.0
"""Height of the bright wall panels, and of the springing line of a vault."""
FOOT_M, BANK = 3.5, 1.4
"""Width of the verge beside a cutting, and the run of its banks over their rise."""
THRESHOLD_M = 60.0
"""Length of the zone behind a portal where lamps hang close."""
_WALL_M, _COVER_M, _PARAPET_M = 0.4, 0.9, 0.9
_STONE = Material((0.30, 0.275, 0.235), 0.95, nir_reflectance=0.33, texture=Texture.BRICK)


@dataclass(frozen=True)
class Layout:
    """Offsets that follow from kind and lanes; one side of a symmetric road.

    Attributes:
        inner_m: from the path to the first lane line; 0 without a median.
        edge_m: outer edge of the asphalt.
        outline: of the right tube (d, z) from its left foot up, over and down to its right foot.
        clear_m: height of the ceiling in the middle.

    """

    lanes: tuple[Lane, ...]
    inner_m: float
    edge_m: float
    outline: tuple[tuple[float, float], ...]
    clear_m: float

    @property
    def wall_m(self) -> float:
        """Offset of the outer wall."""
        return self.edge_m + WALK_M

    @property
    def top_m(self) -> float:
        """Upper edge of a portal."""
        return self.clear_m + _COVER_M


def layout_of(kind: str, lanes: int) -> Layout:
    """The section of a motorway with `lanes` in each direction, or of a country road with `lanes` in all."""
    if kind == "motorway":
        inner, edge, clear, haunch = 1.4, 1.4 + lanes * LANE_M + 1.2, 5.6, 0.7
        wall = edge + WALK_M
        offsets = [-(inner + (k + 0.5) * LANE_M) for k in range(lanes)][::-1]
        outline = [(-_WALL_M, 0.0), (-_WALL_M, PANEL_M), (-_WALL_M, clear - haunch), (-_WALL_M - haunch, clear)]
        outline += [(-wall + haunch, clear), (-wall, clear - haunch), (-wall, PANEL_M), (-wall, 0.0)]
        all_lanes = [Lane(d, LANE_M, 1) for d in offsets] + [Lane(-d, LANE_M, -1) for d in offsets[::-1]]
        return Layout(tuple(all_lanes), inner, edge, tuple(outline), clear)
    half = lanes * LANE_M / 2
    edge = half + 0.5
    wall = edge + WALK_M
    turn = np.linspace(0.0, np.pi, 29)
    vault = [(float(wall * np.cos(a)), PANEL_M + float(0.78 * wall * np.sin(a))) for a in turn]
    offsets = ((np.arange(lanes) + 0.5) * LANE_M - half).tolist()
    all_lanes = [Lane(d, LANE_M, 1 if d < 0.0 else -1) for d in offsets]
    return Layout(tuple(all_lanes), 0.0, edge, ((wall, 0.0), *vault, (-wall, 0.0)), PANEL_M + 0.78 * wall)


def outlines(layout: Layout) -> list[list[tuple[float, float]]]:
    """Outlines of all tubes, each from its left foot to its right one."""
    own = list(layout.outline)
    return [own, [(-d, z) for d, z in reversed(own)]] if layout.inner_m else [own]


def tubes(path: Path, layout: Layout, tunnel_s: tuple[float, float]) -> list[Placement]:
    """Linings, walkways, and walls to hit."""
    start, end = tunnel_s
    edge, wall = layout.edge_m, layout.wall_m
    placements = []
    for index, (a, b) in enumerate(chunks(start, end, 50.0)):
        lining = Sweep(path, 10.0, 5.0)
        for outline in outlines(layout):
            for (d0, z0), (d1, z1) in zip(outline[:-1], outline[1:], strict=True):
                panel = max(z0, z1) <= PANEL_M + 1e-6
                lining.strip(a, b, (d0, z0), (d1, z1), furniture.ENAMEL if panel else furniture.SOOTY)
        for side in (-1.0, 1.0):
            for d, along in ((edge, 1.0), (_WALL_M + 0.5, -1.0))[: 2 if layout.inner_m else 1]:
                far = wall if along > 0 else _WALL_M
                steps = [(side * d, 0.0), (side * d, KERB_M), (side * far, KERB_M)]
                lining.section(a, b, steps if side * along > 0 else steps[::-1], finishes.KERBSTONE)
            for z in (PANEL_M + 0.35, PANEL_M + 0.75):
                d = side * (wall - 0.14)
                tray = [(d + side * 0.14, z), (d, z), (d, z + 0.1), (d + side * 0.14, z + 0.1)]
                if layout.inner_m:
                    lining.section(a, b, tray[::-1] if side < 0 else tray, finishes.GALVANISED)
        solid: tuple[Box, ...] = ()
        for p, q in chunks(a, b, 25.0):
            for side in (-1.0, 1.0):
                low, high = sorted((side * wall, side * (wall + 0.6)))
                solid += band_boxes(path, p, q, low, high, 0.0, layout.clear_m)
            if layout.inner_m:
                solid += band_boxes(path, p, q, -_WALL_M, _WALL_M, 0.0, layout.clear_m)
        placements.append(Placement(lining.asset(f"lining_{index}", SemanticClass.WALL, solid)))
    return placements


def portals(path: Path, layout: Layout, tunnel_s: tuple[float, float]) -> list[Placement]:
    """A wall around the openings at both ends, with a rim around each opening and a parapet on top."""
    wing, top, wall = layout.edge_m + FOOT_M + BANK * layout.top_m, layout.top_m, layout.wall_m
    pile = Pile()
    tubes = outlines(layout)
    taken = [(min(d for d, _ in outline), max(d for d, _ in outline)) for outline in tubes]
    crown = top + _PARAPET_M
    for outline in tubes:
        for (d0, z0), (d1, z1) in zip(outline[:-1], outline[1:], strict=True):
            if d0 - d1 > 1e-6:  # over the opening
                pile.flat(_STONE, quad((0.1, d1, z1), (0.1, d0, z0), (0.1, d0, crown), (0.1, d1, crown)))
        rim = _grown(outline, 0.45)
        for k in range(len(outline) - 1):
            (a, za), (b, zb), (c, zc), (d, zd) = outline[k], outline[k + 1], rim[k + 1], rim[k]
            pile.flat(finishes.CONCRETE, quad((0.35, a, za), (0.35, d, zd), (0.35, c, zc), (0.35, b, zb)))
            pile.flat(finishes.CONCRETE, quad((0.35, a, za), (0.35, b, zb), (0.0, b, zb), (0.0, a, za)))
            pile.flat(finishes.CONCRETE, quad((0.35, d, zd), (0.0, d, zd), (0.0, c, zc), (0.35, c, zc)))
    edges = sorted([-wing, *(d for span in taken for d in span), wing])
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        pile.flat(_STONE, quad((0.1, low, -0.2), (0.1, high, -0.2), (0.1, high, crown), (0.1, low, crown)))
    pile.flat(finishes.CONCRETE, block(-0.5, 0.25, -wing, wing, crown - 0.25, crown))
    pile.flat(
        _STONE, quad((-0.5, wing, top - 1.0), (-0.5, -wing, top - 1.0), (-0.5, -wing, crown), (-0.5, wing, crown))
    )
    thick, half = 0.5, (wing - wall) / 2
    boxes = [Box((thick / 2, half, crown / 2), (0.0, side * (wall + half), crown / 2)) for side in (-1.0, 1.0)]
    asset = pile.asset("portal", SemanticClass.WALL, *boxes)
    placements = []
    for s, turn in ((tunnel_s[0], np.pi), (tunnel_s[1], 0.0)):
        xy, yaw, _ = path.at(s)
        placements.append(Placement.upright(asset, float(xy[0]), float(xy[1]), yaw=float(yaw) + turn))
    return placements


def _grown(outline: list[tuple[float, float]], by_m: float) -> list[tuple[float, float]]:
    """The outline pushed outwards; feet stay on the ground."""
    points = np.array(outline)
    along = np.diff(points, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], 1) / np.linalg.norm(along, axis=1, keepdims=True)
    both = np.concatenate([normal[:1], normal[:-1] + normal[1:], normal[-1:]])
    both /= np.sum(both * np.concatenate([normal[:1], normal[1:], normal[-1:]]), axis=1, keepdims=True)
    return [(float(d), float(z)) for d, z in points - by_m * both]


def equipment(path: Path, layout: Layout, tunnel_s: tuple[float, float]) -> list[Placement]:
    """Lamps, signs, niches, doors and fans."""
    start, end = tunnel_s
    clear, wall = layout.clear_m, layout.wall_m
    fixture, fan, niche, door = (
        furniture.lamp(),
        furniture.jet_fan(),
        furniture.emergency_niche(),
        furniture.escape_door(),
    )
    signs = {side: furniture.escape_sign(side) for side in (1, -1)}
    out: list[Placement] = []

    def put(asset: Asset, s: float, d: float, z: float, turn: float) -> None:
        xy, yaw, _ = path.at(float(s), float(d))
        out.append(Placement.upright(asset, float(xy[0]), float(xy[1]), z, yaw=float(yaw) + turn))

    rows = [lane.offset_m for lane in layout.lanes] if layout.inner_m else [-1.6, 1.6]
    s = start + 2.5
    while s < end - 1.0:
        for d in rows:
            put(fixture, s, d, _ceiling(layout, d) - 0.22, 0.0)
        s += 4.0 if min(s - start, end - s) < THRESHOLD_M else 8.0
    for s in np.arange(start + 90.0, end - 60.0, 90.0):
        for d in (-wall / 2 - 0.2, wall / 2 + 0.2) if layout.inner_m else (0.0,):
            put(fan, float(s), d, clear - 0.85, 0.0)
    for k, s in enumerate(np.arange(start + 12.5, end - 5.0, 25.0)):
        for side in (-1.0, 1.0):
            inwards = -side * np.pi / 2
            if k % 4 == 2:  # noqa: PLR2004
                put(door, float(s), side * wall, 0.0, inwards)
            else:
                nearer = 1 if (k % 4 in (3, 0)) == (side < 0) else -1
                put(signs[nearer], float(s), side * wall, 0.0, inwards)
            if k % 3 == 0:
                put(niche, float(s) + 9.0, side * wall, 0.0, inwards)
    return out


def _ceiling(layout: Layout, d: float) -> float:
    """Height of the lining over an offset."""
    at = -abs(d) if layout.inner_m else d
    up = [(x, z) for x, z in layout.outline if z > PANEL_M - 1e-6][::-1]
    return float(np.interp(at, [x for x, _ in up], [z for _, z in up]))
