"""The land beside a country road: plots of wood, field and meadow, a farm, and woods on the horizon."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np

from ....renderers.scene import Material, Texture
from ...physics.ground import Ground
from ...physics.relief import distances
from ..assets import country as furniture
from ..assets import finishes, vegetation
from ..assets.asset import Asset
from ..assets.motorway import wood_edge
from ..classes import SemanticClass
from .relief import draped, stood
from .stage import Placement, Road
from .surfaces import Sweep

_CROPS = (
    (
        Material((0.36, 0.29, 0.12), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN),
        0.75,
    ),
    (
        Material((0.40, 0.36, 0.03), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN),
        1.0,
    ),
    (
        Material((0.075, 0.135, 0.03), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN),
        0.5,
    ),
    (finishes.SOIL, 0.08),
)
"""Look and height [m] of what grows on a field."""


class Landscape:
    """Plots of wood, field, meadow and hedge on both sides, with one farm, and woods on the horizon."""

    def __init__(self, road: Road, ground: Ground, rng: np.random.Generator) -> None:
        assert ground.relief is not None
        self.placements: list[Placement] = []
        self._overrun_m = ground.relief.overrun_m
        self._path, self._ground, self._relief, self._rng = road.centre, ground, ground.relief, rng
        self._first = self._relief.reach_m
        self._trees = [vegetation.tree(vegetation.SPECIES[k % 4], rng=rng, clusters=1500) for k in range(7)]
        self._backdrop = [dataclasses.replace(tree, collision=()) for tree in self._trees]
        self._bushes = [vegetation.bush(rng=rng, height_m=float(rng.uniform(1.2, 2.8))) for _ in range(4)]
        self._post = furniture.fence_post()
        self._hedge = vegetation.hedge(6.0, 1.5, rng=rng)
        self._woods = [wood_edge(rng=rng) for _ in range(3)]
        plots = {"wood": self._wood, "field": self._field, "meadow": self._meadow, "farm": self._farm}
        farm_side, farm_s = int(rng.choice([-1, 1])), float(rng.uniform(0.2, 0.8)) * self._path.length_m
        for side in (-1, 1):
            cuts = [-self._overrun_m]
            while cuts[-1] < self._path.length_m + self._overrun_m:
                cuts.append(cuts[-1] + float(rng.uniform(55.0, 130.0)))
            kinds = [("wood", "field", "meadow", "field")[int(rng.integers(4))] for _ in cuts]
            for a, b, kind in zip(cuts[:-1], cuts[1:], kinds[1:], strict=True):
                farm = side == farm_side and a <= farm_s < b
                plots[kind if not farm else "farm"](a, b, side)
        self._horizon()

    def _stand(self, asset: Asset, s: float, d: float, turn: float | None = None, *, clear_m: float = 0.0) -> None:
        """Put something down unless it would stand nearer to the road elsewhere than here."""
        xy, _, _ = self._path.at(s, d)
        if float(distances(self._relief.rows, xy[None])[0]) < max(min(abs(d), self._first + 3.0), clear_m) - 0.5:
            return
        angle = float(self._rng.uniform(0.0, 2.0 * np.pi)) if turn is None else turn
        self.placements.append(stood(asset, self._ground, self._path, s, d, angle, sink_m=0.12))

    def _wood(self, a: float, b: float, side: int) -> None:
        """Trees in loose rows, bushes under the first of them."""
        rng = self._rng
        for s in np.arange(a + 2.0, b - 2.0, 3.5):
            self._stand(
                self._bushes[int(rng.integers(4))], float(s), side * (self._first + float(rng.uniform(2.5, 6.0)))
            )
        for row in range(4):
            trees = self._trees if row == 0 else self._backdrop
            for s in np.arange(a + 3.0, b - 3.0, 5.5 + 1.5 * row):
                d = self._first + 4.5 + 6.5 * row + float(rng.uniform(-1.5, 1.5))
                tree = trees[int(rng.integers(len(trees)))]
                self._stand(tree, float(s + rng.uniform(-1.5, 1.5)), side * d)

    def _field(self, a: float, b: float, side: int) -> None:
        """A crop behind a strip of grass; ploughed land where it stands low."""
        crop, tall = _CROPS[int(self._rng.integers(len(_CROPS)))]
        near = self._first + float(self._rng.uniform(3.0, 7.0))
        self._plot(a + 1.5, b - 1.5, side, near, near + float(self._rng.uniform(60.0, 110.0)), crop, tall)
        if self._rng.random() < 0.35:
            for s in np.arange(a + 3.0, b - 3.0, 6.0):
                self._stand(self._hedge, float(s), side * (self._first + 1.6), 0.5 * np.pi)
        self._solitary(a, b, side)

    def _plot(self, a: float, b: float, side: int, near: float, far: float, crop: Material, tall: float) -> None:
        _, _, bend = self._path.at(np.linspace(a, b, 9))
        inner = float(np.max(side * bend))
        far = min(far, 0.75 / inner) if inner > 0.0 else far
        if far - near < 12.0:
            return
        d = np.linspace(near, far, int(np.ceil((far - near) / 8.0)) + 1)
        sweep = Sweep(self._path, 6.0, 4.0)
        top = [(float(side * x), tall) for x in (d if side > 0 else d[::-1])]
        low, high = top[0][0], top[-1][0]
        sweep.section(a, b, [(low, 0.0), *top, (high, 0.0)], crop)
        for p, q in pairwise([low, *(x for x, _ in top[1:-1]), high]):
            sweep.upright((a, q), (a, p), 0.0, tall, crop)
            sweep.upright((b, p), (b, q), 0.0, tall, crop)
        self.placements.append(Placement(draped(sweep.asset("field", SemanticClass.TERRAIN), self._ground)))

    def _meadow(self, a: float, b: float, side: int) -> None:
        """Grass with a fence, bales or single trees."""
        rng = self._rng
        if rng.random() < 0.6:
            self._fence(a, b, side * (self._first + 2.5))
        if rng.random() < 0.5:
            bale = furniture.bale()
            for _ in range(5):
                self._stand(bale, float(rng.uniform(a, b)), side * (self._first + float(rng.uniform(14.0, 45.0))))
        self._solitary(a, b, side)
        self._solitary(a, b, side)

    def _fence(self, a: float, b: float, d: float) -> None:
        sweep = Sweep(self._path, 4.0, 4.0)
        for s in np.arange(a, b, 4.0):
            self.placements.append(stood(self._post, self._ground, self._path, float(s), d))
        for z in (0.45, 0.75, 1.05):
            sweep.section(a, b, [(d - 0.006, z), (d + 0.006, z + 0.006), (d - 0.006, z + 0.012)], finishes.STEEL_GREY)
            sweep.section(a, b, [(d + 0.006, z + 0.012), (d - 0.006, z + 0.006), (d + 0.006, z)], finishes.STEEL_GREY)
        self.placements.append(Placement(draped(sweep.asset("fence", SemanticClass.FENCE), self._ground)))

    def _solitary(self, a: float, b: float, side: int) -> None:
        rng = self._rng
        for _ in range(int(rng.integers(0, 3))):
            thing = self._trees[int(rng.integers(len(self._trees)))]
            self._stand(thing, float(rng.uniform(a, b)), side * (self._first + float(rng.uniform(2.5, 40.0))))

    def _farm(self, a: float, b: float, side: int) -> None:
        """A house and a barn behind a yard, trees around."""
        rng, middle, turn = self._rng, (a + b) / 2, -side * np.pi / 2
        self._stand(furniture.farmhouse(rng=rng), middle - 13.0, side * (self._first + 17.0), turn + 0.1)
        self._stand(furniture.barn(rng=rng), middle + 13.0, side * (self._first + 24.0), turn - 0.15)
        for s in np.arange(a + 4.0, b - 4.0, 7.0):
            self._stand(self._trees[int(rng.integers(len(self._trees)))], float(s), side * (self._first + 42.0))
        for s in np.arange(middle - 24.0, middle - 5.0, 6.0):
            self._stand(self._hedge, float(s), side * (self._first + 3.0), 0.5 * np.pi)

    def _horizon(self) -> None:
        """The edges of woods all around, at 110 to 210 m."""
        rng, path = self._rng, self._path
        for side in (-1.0, 1.0):
            for s in np.arange(-self._overrun_m, path.length_m + self._overrun_m, 62.0):
                away = 110.0 + 100.0 * float(rng.random()) ** 2
                self._stand(self._woods[int(rng.integers(3))], float(s), side * away, -side * np.pi / 2, clear_m=95.0)
        for end, turn in ((-self._overrun_m, 0.0), (path.length_m + self._overrun_m, np.pi)):
            for d in np.arange(-260.0, 261.0, 62.0):
                s = end + (15.0 if turn else -15.0)
                xy, yaw, _ = path.at(s, float(d))
                z = float(self._ground.at(xy)[0])
                wood = self._woods[int(rng.integers(3))]
                self.placements.append(Placement.upright(wood, float(xy[0]), float(xy[1]), z, yaw=float(yaw) + turn))
