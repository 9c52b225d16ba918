"""Water, snow and ice on the ground, as pictures show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import Rendered, Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Cover, Environment, Material, Sky, Sun, Texture
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import look_at

Build = Callable[..., Any]
ROAD = Material((0.22, 0.22, 0.22), 0.92, texture=Texture.ASPHALT)
PAINTED = Material((0.7, 0.7, 0.7), 0.7, texture=Texture.PAINT_WORN)
GREY_SKY = Environment(Sun(illuminance_lx=(0.0, 0.0, 0.0)), Sky((3000.0,) * 3, (3000.0,) * 3, (500.0,) * 3, clouds=0.0))
LOW_SUN = Environment(
    Sun((0.94, 0.0, 0.342), (6e4, 5e4, 4e4)), Sky((500.0,) * 3, (500.0,) * 3, (100.0,) * 3, clouds=0.0)
)


def floor(thing: Build, material: Material = ROAD) -> Any:
    return thing(trimesh.creation.box((400.0, 400.0, 1.0)), material, 1, [(0.0, 0.0, -0.5)])


def look(scene: Any, cover: Cover | None = None, *, down: float = 0.3, draft: bool = False) -> Rendered:
    """A look along x from 1.5 m, `down` [rad]."""
    environment = dataclasses.replace(scene.environment, cover=cover or Cover())
    to = (np.cos(down), 0.0, 1.5 - np.sin(down))
    track = PoseTrack(np.zeros(1), np.array([[0.0, 0.0, 1.5]]), look_at((0.0, 0.0, 1.5), to)[None])
    tracer = EmbreeTracer(dataclasses.replace(scene, environment=environment))
    return render(tracer, BrownConradyLens(160, 120, fx=150.0), track, Shutter(0.0), key=1, draft=draft)


@pytest.mark.parametrize("draft", [False, True], ids=["full", "draft"])
@pytest.mark.parametrize("cover", [Cover(water_mm=2.0), Cover(snow=0.9), Cover(ice=1.0)], ids=["water", "snow", "ice"])
def test_what_is_no_ground_keeps_its_look(thing: Build, scene: Build, cover: Cover, draft: bool) -> None:
    """A wall, car paint and a person's clothes are the same under any cover; but a draft's paint begins to mirror."""
    plaster = Material((0.5, 0.4, 0.3), 0.9, texture=Texture.PLASTER)
    paint = Material((0.6, 0.1, 0.1), 0.3, texture=Texture.CAR_PAINT)
    cloth = Material((0.2, 0.3, 0.6), 0.9, texture=Texture.CLOTH)
    things = [
        thing(trimesh.creation.box((1.0, 400.0, 400.0)), plaster, 1, [(30, 0, 0)]),
        thing(trimesh.creation.icosphere(3, 1.5), paint, 2, [(9, 1, 1)]),
        thing(trimesh.creation.icosphere(3, 0.8), cloth, 3, [(7, -2, 1)]),
    ]
    built = scene(things, GREY_SKY)
    bare, covered = (look(built, c, down=0.0, draft=draft) for c in (Cover(), cover))
    if draft:
        same = (covered.instance != 2) | (cover.snow > 0.0)
        assert bare.radiance[same].tobytes() == covered.radiance[same].tobytes()
    else:  # traced mirror rays are normalised once more
        np.testing.assert_allclose(bare.radiance, covered.radiance, rtol=1e-4)


def test_a_bare_ground_keeps_every_byte(thing: Build, scene: Build) -> None:
    built = scene([floor(thing)], LOW_SUN)
    assert look(built).radiance.tobytes() == look(built, Cover(0.0, 0.0, 0.0)).radiance.tobytes()


def test_a_wet_road_is_about_half_as_bright_from_above(thing: Build, scene: Build) -> None:
    """Lekner and Dorf: about half the albedo. Seen steeply, so that little is mirrored."""
    sun = Environment(Sun((0.0, 0.6, 0.8), (6e4, 6e4, 6e4)), Sky((0.0,) * 3, (0.0,) * 3, (0.0,) * 3, clouds=0.0))
    built = scene([floor(thing)], sun)
    dry, wet = (float(look(built, Cover(water_mm=w), down=1.2).radiance[..., 1].mean()) for w in (0.0, 0.6))
    assert 0.4 < wet / dry < 0.7


def test_more_water_is_never_brighter_from_above(thing: Build, scene: Build) -> None:
    sun = Environment(Sun((0.0, 0.6, 0.8), (6e4, 6e4, 6e4)), Sky((0.0,) * 3, (0.0,) * 3, (0.0,) * 3, clouds=0.0))
    built = scene([floor(thing)], sun)
    levels = [float(look(built, Cover(water_mm=w), down=1.2).radiance.mean()) for w in (0.0, 0.1, 0.2, 0.4, 1.0, 2.0)]
    assert levels == sorted(levels, reverse=True)


def test_a_wet_road_glares_towards_a_low_sun(thing: Build, scene: Build) -> None:
    built = scene([floor(thing)], LOW_SUN)
    rows = slice(50, 75)  # about 20 degrees down, where the sun's reflection lies
    dry, wet = (look(built, Cover(water_mm=w)).radiance[rows, 60:100, 1].mean() for w in (0.0, 0.6))
    assert wet > 3.0 * dry


def reflection(thing: Build, scene: Build, cover: Cover, material: Material = ROAD) -> np.ndarray:
    """What a bright panel 12 m ahead adds to the road before it, by row, relative to the panel."""
    panel = thing(
        trimesh.creation.box((0.1, 12.0, 4.0)), Material((0.0,) * 3, 1.0, emission=(5e4,) * 3), 2, [(12, 0, 2.0)]
    )
    dark = thing(trimesh.creation.box((0.1, 12.0, 4.0)), Material((0.0,) * 3, 1.0), 2, [(12, 0, 2.0)])
    bright, without = (look(scene([floor(thing, material), p], GREY_SKY), cover, down=0.25) for p in (panel, dark))
    added = (bright.radiance - without.radiance)[..., 1] / 5e4
    added[bright.instance != 1] = np.nan
    return added[60:100, 40:120]


def test_puddles_mirror_and_a_dry_road_does_not(thing: Build, scene: Build) -> None:
    dry, damp, flooded = (reflection(thing, scene, Cover(water_mm=w)) for w in (0.0, 0.5, 3.0))
    assert np.nanmax(np.abs(dry)) < 1e-3
    assert np.nanmean(damp) > 0.01
    # still water at 6 to 10 degrees from grazing returns a quarter to a half of the light by Fresnel
    assert 0.08 < np.nanmean(flooded) < 0.6
    assert np.nanmean(flooded) > 1.15 * np.nanmean(damp)


def test_a_wet_road_scatters_what_a_puddle_mirrors(thing: Build, scene: Build) -> None:
    """Grains that stick out of a thin film make the mirror picture rough; over deep water it is smooth."""
    damp, flooded = (reflection(thing, scene, Cover(water_mm=w)) for w in (0.5, 4.0))
    roughness = [float(np.nanmean(np.abs(np.diff(a, axis=0))) / np.nanmean(a)) for a in (damp, flooded)]
    assert roughness[1] < roughness[0]


def test_puddles_lie_in_hollows_and_grow(thing: Build, scene: Build) -> None:
    """With rising water first a few, then most places are flooded; where it stood it still stands."""
    shares, before = [], None
    for water in (0.9, 1.3, 1.8, 3.0):
        mirror = reflection(thing, scene, Cover(water_mm=water), PAINTED)
        flooded = mirror > 0.12
        shares.append(float(np.mean(flooded[np.isfinite(mirror)])))
        if before is not None:
            assert np.mean(flooded[before]) > 0.8
        before = flooded if flooded.any() else None
    assert shares == sorted(shares) and shares[-1] > shares[0]


@pytest.mark.parametrize("draft", [False, True], ids=["full", "draft"])
def test_snow_is_bright_and_lies_in_patches(thing: Build, scene: Build, draft: bool) -> None:
    built = scene([floor(thing)], GREY_SKY)
    frames = {s: look(built, Cover(snow=s), down=0.8, draft=draft).radiance[..., 1] for s in (0.0, 0.5, 1.0)}
    assert frames[1.0].mean() > 2.5 * frames[0.0].mean()
    assert frames[0.0].mean() < frames[0.5].mean() < frames[1.0].mean()
    # albedo of snow 0.8 to 0.9 under a dome of 3000 cd/m^2
    assert frames[1.0].mean() == pytest.approx(0.86 * 3000.0, rel=0.2)
    spread = {s: float(f.std() / f.mean()) for s, f in frames.items()}
    assert spread[0.5] > 2.0 * spread[1.0]


def test_snow_also_lies_on_grass_but_not_on_walls(thing: Build, scene: Build) -> None:
    grass = Material((0.1, 0.16, 0.05), 0.9, texture=Texture.GRASS)
    built = scene([floor(thing, grass)], GREY_SKY)
    bare, snowy = (look(built, Cover(snow=s), down=0.8).radiance[..., 0].mean() for s in (0.0, 1.0))
    assert snowy > 3.0 * bare
    assert look(built, Cover(water_mm=2.0), down=0.8).radiance.tobytes() == look(built, down=0.8).radiance.tobytes()


def test_glaze_ice_is_glossy_and_a_little_grey(thing: Build, scene: Build) -> None:
    built = scene([floor(thing)], LOW_SUN)
    dry, icy = (look(built, Cover(ice=i)).radiance for i in (0.0, 1.0))
    assert icy[50:75, 60:100, 1].mean() > 3.0 * dry[50:75, 60:100, 1].mean()
    even = scene([floor(thing)], GREY_SKY)
    assert look(even, Cover(ice=1.0), down=1.2).radiance.mean() > look(even, down=1.2).radiance.mean()


def test_cover_is_the_same_place_from_every_eye(thing: Build, scene: Build) -> None:
    """Patches lie in the world: the same ground seen again is the same."""
    built = scene([floor(thing)], GREY_SKY)
    first, again = (look(built, Cover(snow=0.5), down=0.8) for _ in range(2))
    assert first.radiance.tobytes() == again.radiance.tobytes()
