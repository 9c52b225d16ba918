"""Hazy air in pictures: Koschmieder's law, measured on rendered radiance."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air, FogBank, extinction_at, fog_extinction
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import Rendered, Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Beam, Environment, Luminaire, Material, Sky, Sun
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import look_at
from scipy.integrate import quad

BLACK, WHITE = Material((0.0, 0.0, 0.0), 1.0), Material((1.0, 1.0, 1.0), 1.0)
NO_SUN = Sun(illuminance_lx=(0.0, 0.0, 0.0))
Build = Callable[..., Any]


def mor(metres: float) -> Air:
    return Air(fog_extinction_per_m=fog_extinction(metres))


def look(
    scene: Any, *, draft: bool = False, width: int = 160, eye: float = 1.5, lamps: tuple[Luminaire, ...] = ()
) -> Rendered:
    """A level look along x."""
    track = PoseTrack(np.zeros(1), np.array([[0.0, 0.0, eye]]), look_at((0.0, 0.0, eye), (1.0, 0.0, eye))[None])
    if lamps:
        scene = dataclasses.replace(scene, luminaires=lamps)
    return render(EmbreeTracer(scene), BrownConradyLens(width, 60, fx=150.0), track, Shutter(0.0), key=1, draft=draft)


def post(thing: Build, at: float, material: Material = BLACK) -> Any:
    """Half a world, cut off at the optical axis: what lies to the right (y < 0) from this distance on."""
    size = 4.0 * abs(at)
    return thing(trimesh.creation.box((1.0, size, size)), material, 1, [(at + 0.5, -size / 2, 0.0)])


def contrast(thing: Build, scene: Build, air: Air, at: float, *, draft: bool = False) -> np.ndarray:
    """Of a black target against the horizon in the same direction, just above eye level, in red, green and blue."""
    place = Environment(air=air)
    target, bare = (look(scene(things, place), draft=draft) for things in ([post(thing, at)], [post(thing, -50.0)]))
    assert target.instance[29, 84] == 1 and bare.instance[29, 84] == 0
    horizon = bare.radiance[29, 84].astype(float)
    return np.asarray((horizon - target.radiance[29, 84]) / horizon)


@pytest.mark.parametrize("draft", [False, True], ids=["full", "draft"])
@pytest.mark.parametrize("metres", [20.0, 100.0, 500.0, 2000.0])
def test_contrast_at_the_optical_range_is_five_per_cent(thing: Build, scene: Build, metres: float, draft: bool) -> None:
    """Acceptance: a black target at the MOR against the horizon, 5 % within 2 % of that."""
    np.testing.assert_allclose(contrast(thing, scene, mor(metres), metres, draft=draft), 0.05, rtol=0.02)


@pytest.mark.parametrize("share", [0.25, 0.5, 2.0])
def test_contrast_falls_exponentially(thing: Build, scene: Build, share: float) -> None:
    np.testing.assert_allclose(contrast(thing, scene, mor(200.0), 200.0 * share), 0.05**share, rtol=0.02)


@pytest.mark.parametrize("material", [BLACK, Material((0.4, 0.3, 0.2), 1.0)], ids=["black", "brown"])
def test_koschmieder_goes_by_range_along_the_ray(thing: Build, scene: Build, material: Material) -> None:
    """L T + A (1 - T) with T by the distance, pixel by pixel; by depth the corners would be off."""
    wall = thing(trimesh.creation.box((1.0, 900.0, 900.0)), material, 1, [(40.5, 0.0, 0.0)])
    place = Environment(NO_SUN, Sky(clouds=0.0))
    clear = look(scene([wall], place))
    hazy = look(scene([wall], dataclasses.replace(place, air=mor(100.0))))
    alpha, airlight = fog_extinction(100.0), np.array(place.sky.horizon)
    t = np.exp(-alpha * hazy.distance.astype(float))[..., None]
    np.testing.assert_allclose(hazy.radiance, clear.radiance * t + airlight * (1.0 - t), rtol=2e-3)
    by_depth = np.exp(-alpha * hazy.depth[0, 0])
    assert abs(by_depth / t[0, 0, 0] - 1.0) > 0.05


def test_air_is_brighter_towards_the_sun(thing: Build, scene: Build) -> None:
    """The airlight is the horizon's radiance plus sunlight by Henyey and Greenstein, g = 0.76."""
    air, found = mor(50.0), []
    for x in (0.8, -0.8):
        sun = Sun((x, 0.0, 0.6), (5e4, 5e4, 5e4))
        wall = thing(trimesh.creation.box((1.0, 900.0, 900.0)), BLACK, 1, [(400.5, 0.0, 0.0)])
        frame = look(scene([wall], Environment(sun, Sky(clouds=0.0), air)))
        phase = (1 - 0.76**2) / (4 * np.pi * (1 + 0.76**2 - 2 * 0.76 * x) ** 1.5)
        found.append(float(frame.radiance[30, 80, 1]))
        assert found[-1] == pytest.approx(Sky().horizon[1] + 5e4 * phase, rel=0.01)
    assert found[0] > 1.5 * found[1]


@pytest.mark.parametrize("draft", [False, True], ids=["full", "draft"])
@pytest.mark.parametrize(
    "air",
    [
        Air(temperature_c=-5.0, wind_w=(3.0, 1.0, 0.0), unevenness=0.7, drift_m=(5.0, 0.0, 0.0)),
        Air(banks=(FogBank((20.0, 0.0, 0.0), (5.0, 5.0, 5.0), 0.0),)),
    ],
    ids=["nothing in it", "an empty bank"],
)
def test_clear_air_changes_no_byte(thing: Build, scene: Build, air: Air, draft: bool) -> None:
    things = [
        thing(trimesh.creation.box((300.0, 300.0, 1.0)), Material((0.3, 0.3, 0.3), 0.1), 1, [(0, 0, -0.5)]),
        thing(trimesh.creation.icosphere(2, 2.0), Material((0.6, 0.2, 0.2), 0.4), 2, [(15, 1, 2)]),
        thing(
            trimesh.creation.box((0.02, 4.0, 4.0)), Material((0.9, 0.9, 0.9), 0.05, transparency=0.8), 3, [(9, -2, 2)]
        ),
    ]
    lamp = (Luminaire((5.0, 3.0, 4.0), (0.0, 0.0, -1.0), (9e4, 9e4, 9e4)),)
    plain, under = (look(scene(things, Environment(air=a)), draft=draft, lamps=lamp) for a in (Air(), air))
    assert plain.radiance.tobytes() == under.radiance.tobytes()


def test_draft_and_full_agree(thing: Build, scene: Build) -> None:
    things = [post(thing, d) for d in (30.0,)]
    place = Environment(air=dataclasses.replace(mor(80.0), unevenness=0.5))
    full, draft = (look(scene(things, place), draft=d) for d in (False, True))
    away = np.abs(np.arange(160) - 79.5) > 2.0  # edges are smoothed in one only
    np.testing.assert_allclose(full.radiance[:, away], draft.radiance[:, away], rtol=1e-4)
    assert full.distance.tobytes() == draft.distance.tobytes()


def test_a_bank_hides_what_is_behind_it_and_nothing_before(thing: Build, scene: Build) -> None:
    """Transmission through a Gaussian bank against quadrature of its extinction."""
    air = Air(banks=(FogBank((60.0, 0.0, 0.0), (6.0, 200.0, 200.0), 0.1),))
    place = Environment(NO_SUN, Sky(clouds=0.0))
    for at in (30.0, 57.0, 63.0, 100.0):
        wall = thing(trimesh.creation.box((1.0, 900.0, 900.0)), BLACK, 1, [(at + 0.5, 0.0, 0.0)])
        seen = float(look(scene([wall], dataclasses.replace(place, air=air))).radiance[29, 79, 1])
        tau, _ = quad(lambda x: extinction_at(air.table, x, 0.0, 1.5), 0.0, at, points=[60.0])
        assert seen / place.sky.horizon[1] == pytest.approx(1.0 - np.exp(-tau), rel=0.01, abs=1e-4)


def test_rain_and_snow_veil_by_their_rates(thing: Build, scene: Build) -> None:
    for air, alpha in (
        (Air(rain_mmph=25.0), 2.8e-3),
        (Air(snow_mmph=2.5), 2.4e-3),
        (Air(fog_extinction_per_m=0.005, rain_mmph=25.0), 7.8e-3),
    ):
        np.testing.assert_allclose(contrast(thing, scene, air, 300.0), np.exp(-alpha * 300.0), rtol=0.05)


def test_mirrors_show_the_haze_of_both_ways(thing: Build, scene: Build) -> None:
    """A mirror 30 m ahead shows a black wall 40 m behind the camera: the way there and back, 100 m, lies in the air."""
    mirror = thing(
        trimesh.creation.box((1.0, 8.0, 8.0)), Material((1.0, 1.0, 1.0), 0.02, metallic=1.0), 1, [(30.5, 0, 1.5)]
    )
    wall = thing(trimesh.creation.box((1.0, 2000.0, 2000.0)), BLACK, 2, [(-40.5, 0.0, 0.0)])
    place = Environment(NO_SUN, Sky(clouds=0.0), mor(200.0))
    frame = look(scene([mirror, wall], place))
    expected = place.sky.horizon[1] * (1.0 - np.exp(-fog_extinction(200.0) * 100.0))
    assert frame.radiance[29, 79, 1] == pytest.approx(expected, rel=0.02)


def test_a_pane_far_away_in_fog_is_as_hazy_as_a_wall(thing: Build, scene: Build) -> None:
    """Behind twice the optical range of fog nobody sees whether there is a window and a dark room."""
    pane = Material((0.9, 0.9, 0.9), 0.05, transparency=0.8)
    window = thing(trimesh.creation.box((0.02, 30.0, 30.0)), pane, 1, [(100.0, 0, 1.5)])
    room = thing(trimesh.creation.box((1.0, 30.0, 30.0)), BLACK, 2, [(103.0, 0, 1.5)])
    place = Environment(NO_SUN, Sky(clouds=0.0), mor(50.0))
    assert look(scene([window, room], place)).radiance[29, 79, 1] == pytest.approx(place.sky.horizon[1], rel=0.01)


def test_night_fog_is_dark_without_lamps(thing: Build, scene: Build) -> None:
    dark = Sky((0.01,) * 3, (0.01,) * 3, (0.005,) * 3, clouds=0.0)
    frame = look(scene([post(thing, 20.0)], Environment(NO_SUN, dark, mor(30.0))))
    assert frame.radiance.max() < 0.02


def test_fog_takes_lamp_light_on_the_way_to_what_it_lights(thing: Build, scene: Build) -> None:
    """A lamp far from the ray: E T / d^2 on the wall, and T again to the eye."""
    night = Sky((0.0,) * 3, (0.0,) * 3, (0.0,) * 3, clouds=0.0)
    wall = thing(trimesh.creation.box((1.0, 400.0, 400.0)), WHITE, 1, [(25.5, 0.0, 0.0)])
    axis = np.array([25.0, -40.0]) / np.hypot(25.0, 40.0)
    lamp = (Luminaire((0.0, 40.0, 1.5), (float(axis[0]), float(axis[1]), 0.0), (1e6,) * 3, Beam.HIGH),)
    levels = []
    for air in (Air(), Air(rain_mmph=50.0)):
        frame = look(scene([wall], Environment(NO_SUN, night, air)), lamps=lamp)
        levels.append(float(frame.radiance[30, 80, 1]))
    alpha = Air(rain_mmph=50.0).rain_extinction_per_m
    # the air adds a little glow
    assert levels[1] / levels[0] == pytest.approx(np.exp(-alpha * (25.0 + np.hypot(25.0, 40.0))), rel=0.05)
