"""Lamps against closed forms: light on a wall, shadows, beams, retro-reflection, and the glow of hazy air."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air
from cornercase.renderers.camera.lamps import MOST, intensity, lamp_table
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import Rendered, Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Beam, Environment, Luminaire, Material, Sky, Sun
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import look_at
from scipy.integrate import quad

Build = Callable[..., Any]
MATT = Material((0.6, 0.6, 0.6), 1.0)
BLACK = (0.0, 0.0, 0.0)
NIGHT = Environment(Sun(illuminance_lx=BLACK), Sky(BLACK, BLACK, BLACK, clouds=0.0))
FOCAL = 150.0


def unit(*v: float) -> tuple[float, float, float]:
    x, y, z = np.asarray(v, float) / np.linalg.norm(v)
    return float(x), float(y), float(z)


def shine(
    scene: Any,
    *lamps: Luminaire,
    eye: tuple[float, float, float] = (0, 0, 1.5),
    to: tuple[float, float, float] = (1, 0, 1.5),
    draft: bool = False,
) -> Rendered:
    track = PoseTrack(np.zeros(1), np.array([eye], float), look_at(eye, to)[None])
    lit = dataclasses.replace(scene, luminaires=lamps)
    return render(EmbreeTracer(lit), BrownConradyLens(160, 90, fx=FOCAL), track, Shutter(0.0), key=1, draft=draft)


def wall(thing: Build, x: float, material: Material = MATT) -> Any:
    return thing(trimesh.creation.box((1.0, 200.0, 200.0)), material, 1, [(x + 0.5, 0.0, 0.0)])


def places(frame: Rendered, x: float, eye: tuple[float, float, float] = (0, 0, 1.5)) -> np.ndarray:
    """Points of a wall at x that a level camera at `eye` sees, (H, W, 3)."""
    v, u = np.mgrid[:90, :160]
    d = x - eye[0]
    return np.stack([np.full(u.shape, x), eye[1] - d * (u - 79.5) / FOCAL, eye[2] - d * (v - 44.5) / FOCAL], axis=-1)


@pytest.mark.parametrize("draft", [False, True], ids=["full", "draft"])
@pytest.mark.parametrize("distance", [8.0, 25.0])
def test_light_on_the_axis_falls_with_the_square_of_the_distance(
    thing: Build, scene: Build, distance: float, draft: bool
) -> None:
    """E = I / (d^2 + 0.4^2) on a matt wall, 2 %; radiance is albedo E / pi."""
    # the axis meets the wall where the centre of pixel (34, 44) looks
    y, z = 20.0 * (79.5 - 34) / FOCAL, 1.5 + 20.0 * (44.5 - 44) / FOCAL
    lamp = Luminaire((20.0 - distance, y, z), (1.0, 0.0, 0.0), (9e4, 6e4, 3e4), Beam.HIGH)
    frame = shine(scene([wall(thing, 20.0)], NIGHT), lamp, draft=draft)
    expected = 0.6 / np.pi * np.array([9e4, 6e4, 3e4]) / distance**2
    np.testing.assert_allclose(frame.radiance[44, 34], expected, rtol=0.02)


def test_light_under_a_street_lamp_goes_with_distance_and_incidence(thing: Build, scene: Build) -> None:
    """E = I(theta) cos(theta) / d^2 everywhere on the floor, with I as 1 / cos^3 up to 60 degrees: an even light."""
    floor = thing(trimesh.creation.box((300.0, 300.0, 1.0)), MATT, 1, [(0.0, 0.0, -0.5)])
    lamp = Luminaire((12.0, 0.0, 8.0), (0.0, 0.0, -1.0), (8e3, 8e3, 8e3))
    frame = shine(scene([floor], NIGHT), lamp)
    v, u = np.mgrid[50:90, :160]
    x = 1.5 * FOCAL / (v - 44.5)
    to_lamp = np.stack([12.0 - x, x * (u - 79.5) / FOCAL, np.full(x.shape, 8.0)], axis=-1)
    d = np.linalg.norm(to_lamp, axis=-1)
    cosine = 8.0 / d
    share = np.minimum(1.0, 0.125 / cosine**3) * np.minimum(1.0, (cosine - 0.05) * 6.0)
    expected = 0.6 / np.pi * 8e3 * share * cosine / d**2
    seen = frame.radiance[50:, :, 1]
    near = (cosine > 0.4) & (x < 30.0)
    assert near.sum() > 2000
    np.testing.assert_allclose(seen[near], expected[near], rtol=0.02)
    even = seen[near & (cosine > 0.55)]
    assert even.max() < 1.1 * even.min()


def test_lamps_add_up(thing: Build, scene: Build) -> None:
    built = scene([wall(thing, 20.0)], NIGHT)
    lamps = [Luminaire((2.0, y, 1.5), (1.0, 0.0, 0.0), (3e4, 3e4, 3e4), Beam.HIGH) for y in (5.0, -5.0)]
    both = shine(built, *lamps).radiance
    np.testing.assert_allclose(both, sum(shine(built, lamp).radiance for lamp in lamps), rtol=1e-3, atol=0.05)


def test_no_lamp_no_light(thing: Build, scene: Build) -> None:
    assert not shine(scene([wall(thing, 20.0)], NIGHT)).radiance.any()


def test_a_box_casts_a_shadow_where_geometry_says(thing: Build, scene: Build) -> None:
    """A plate of 2 m half-way between lamp and wall shadows 4 m of the wall."""
    lamp = Luminaire((0.0, 10.0, 1.5), (1.0, 0.0, 0.0), (4e6, 4e6, 4e6), Beam.STREET)
    lamp = dataclasses.replace(lamp, axis_w=unit(20.0, -10.0, 0.0), beam=Beam.HIGH)
    plate = thing(trimesh.creation.box((0.01, 2.0, 2.0)), MATT, 2, [(10.0, 5.0, 1.5)])
    bare, shadowed = (shine(scene(t, NIGHT), lamp) for t in ([wall(thing, 20.0)], [wall(thing, 20.0), plate]))
    at = places(shadowed, 20.0)
    seen = shadowed.instance == 1
    y, z = at[..., 1], at[..., 2]
    inside = (np.abs(y) < 1.8) & (np.abs(z - 1.5) < 1.8) & seen
    outside = ((np.abs(y) > 2.2) | (np.abs(z - 1.5) > 2.2)) & seen & (bare.radiance[..., 0] > 1.0)
    assert inside.sum() > 200 and outside.sum() > 2000
    assert not shadowed.radiance[inside].any()
    np.testing.assert_allclose(shadowed.radiance[outside], bare.radiance[outside], rtol=1e-3)


@pytest.mark.parametrize("beam", [Beam.LOW, Beam.HIGH])
def test_intensity_is_a_share_of_the_peak(beam: Beam) -> None:
    h, v = np.meshgrid(np.linspace(-0.5, 0.5, 201), np.linspace(-0.2, 0.2, 401))
    n = np.sqrt(1.0 + h**2 + v**2)
    share = np.vectorize(lambda a, b, c: intensity(int(beam), 1.0, 0.0, 0.0, a, b, c))(1 / n, h / n, v / n)
    assert share.max() == pytest.approx(1.0, abs=0.01)
    peak = np.unravel_index(np.argmax(share), share.shape)
    assert abs(h[peak]) < 0.02 and (-0.03 < v[peak] < -0.01 if beam is Beam.LOW else abs(v[peak]) < 0.005)
    assert intensity(int(beam), 1.0, 0.0, 0.0, -1.0, 0.0, 0.0) == 0.0


def test_a_street_lamp_throws_most_at_sixty_degrees_and_nothing_up() -> None:
    angle = np.radians(np.arange(0.0, 180.0, 1.0))
    share = np.array([intensity(int(Beam.STREET), 0.0, 0.0, -1.0, np.sin(a), 0.0, -np.cos(a)) for a in angle])
    assert share.max() == pytest.approx(1.0)
    assert share[60] == pytest.approx(1.0, abs=0.01) and share[0] == pytest.approx(0.125)
    assert not share[90:].any()


def test_a_low_beam_is_cut_off_above(thing: Build, scene: Build) -> None:
    """On a wall at 10 m: dark above 1 % down from the lamp's height on the left; the kerb side is lit above that."""
    lamp = Luminaire((0.0, 0.0, 0.65), (1.0, 0.0, 0.0), (2.5e4, 2.5e4, 2.5e4), Beam.LOW)
    frame = shine(scene([wall(thing, 10.0)], NIGHT), lamp, eye=(0.0, 3.0, 1.0), to=(10.0, 3.0, 1.0))
    at = places(frame, 10.0, (0.0, 3.0, 1.0))
    y, z, seen = at[..., 1], at[..., 2] - 0.65, frame.radiance[..., 1]
    ahead = np.abs(y - 1.0) < 0.5
    below, above = seen[ahead & (np.abs(z + 0.25) < 0.08)].mean(), seen[ahead & (z > 0.05) & (z < 0.5)].mean()
    assert above < 0.02 * below
    kerb, mirrored = (seen[(np.abs(y - side) < 0.2) & (np.abs(z - 0.1) < 0.06)].mean() for side in (-1.2, 1.2))
    assert kerb > 10.0 * mirrored


def test_a_retro_reflector_shines_back_to_its_lamp_only(thing: Build, scene: Build) -> None:
    sign = Material((0.5, 0.5, 0.5), 1.0, retro=100.0)
    levels = {}
    for aside in (0.5, 6.0):
        for name, material in (("sign", sign), ("matt", dataclasses.replace(sign, retro=0.0))):
            lamp = Luminaire((0.0, aside, 1.5), unit(50.0, -aside, 0.0), (3e4, 3e4, 3e4), Beam.HIGH)
            levels[name, aside] = float(shine(scene([wall(thing, 50.0, material)], NIGHT), lamp).radiance[44, 79, 1])
    assert levels["sign", 0.5] > 20.0 * levels["matt", 0.5]
    assert levels["sign", 6.0] == pytest.approx(levels["matt", 6.0], rel=0.02)


def test_reach_leaves_out_only_what_does_not_matter(thing: Build, scene: Build) -> None:
    day = Environment()
    built = scene([wall(thing, 20.0)], day)
    lamp = Luminaire((0.0, 0.0, 1.5), (1.0, 0.0, 0.0), (5e4, 5e4, 5e4), Beam.HIGH)
    dark, lit = shine(built), shine(built, lamp)
    assert np.all(np.abs(lit.radiance / dark.radiance - 1.0) < 0.02)


def test_the_strongest_lamps_of_a_long_row_are_taken() -> None:
    row = tuple(Luminaire((25.0 * k, 4.0, 8.0), (0.0, 0.0, -1.0), (4e3, 4e3, 4e3)) for k in range(40))
    table = lamp_table(row, np.array([500.0, 0.0, 1.5]), 0.05)
    assert len(table) == MOST
    assert np.all(np.abs(table[:, 0] - 500.0) <= 25.0 * MOST / 2)


def headlight(thing: Build, scene: Build, air: Air) -> Rendered:
    """A high beam across the view, 30 m ahead, against nothing."""
    far = thing(trimesh.creation.box((1.0, 2000.0, 2000.0)), Material(BLACK, 1.0), 1, [(900.0, 0.0, 0.0)])
    lamp = Luminaire((30.0, 12.0, 1.5), (0.0, -1.0, 0.0), (6e4, 6e4, 6e4), Beam.HIGH)
    return shine(scene([far], dataclasses.replace(NIGHT, air=air)), lamp)


def test_a_cone_stands_before_a_headlight_in_haze_and_none_in_clear_air(thing: Build, scene: Build) -> None:
    clear, hazy = (headlight(thing, scene, air) for air in (Air(), Air(fog_extinction_per_m=0.01)))
    assert not clear.radiance.any()
    seen = hazy.radiance[..., 1]
    # the lamp is at the left (y = 12 is 60 px left of the middle), its beam goes right along the middle row
    assert seen[44, 40] > 5.0 * seen[10, 40]
    assert seen[44, 40] > 20.0 * seen[44, 4]
    assert seen[44, 60] > seen[44, 90] > seen[44, 130] > 0.0


def halo(thing: Build, scene: Build, alpha: float) -> tuple[Rendered, Luminaire]:
    """A street lamp 40 m ahead in fog, against nothing."""
    far = thing(trimesh.creation.box((1.0, 2000.0, 2000.0)), Material(BLACK, 1.0), 1, [(900.0, 0.0, 0.0)])
    lamp = Luminaire((40.0, 0.0, 6.0), (0.0, 0.0, -1.0), (8e3, 8e3, 8e3))
    return shine(scene([far], dataclasses.replace(NIGHT, air=Air(fog_extinction_per_m=alpha))), lamp), lamp


def test_the_glow_is_single_scattering_along_the_ray(thing: Build, scene: Build) -> None:
    """Against quadrature of alpha phase(g = 0.7) I / d^2 exp(-alpha path) over the ray, 20 %."""
    alpha = 0.02
    frame, source = halo(thing, scene, alpha)
    lamp = np.array(source.position_w)

    def scattered(u: int, v: int) -> float:
        d = np.array(unit(1.0, -(u - 79.5) / FOCAL, -(v - 44.5) / FOCAL))

        def inner(s: float) -> float:
            way = np.array([0.0, 0.0, 1.5]) + s * d - lamp
            r = float(np.linalg.norm(way))
            phase = 0.51 / (4 * np.pi * (1.49 + 1.4 * float(way @ d) / r) ** 1.5)
            share = intensity(int(Beam.STREET), 0.0, 0.0, -1.0, *(way / r))
            return float(alpha * phase * share * source.intensity_cd[1] / (r**2 + 0.16) * np.exp(-alpha * (s + r)))

        nearest = float((lamp - [0.0, 0.0, 1.5]) @ d)
        return float(quad(inner, 0.0, 400.0, points=[nearest, nearest + 4.0, nearest - 4.0], limit=400)[0])

    for u, v in ((80, 44), (60, 44), (100, 60), (80, 80), (130, 50)):
        assert frame.radiance[v, u, 1] == pytest.approx(scattered(u, v), rel=0.2), (u, v)


def test_a_street_lamp_in_fog_has_a_halo(thing: Build, scene: Build) -> None:
    frame, _ = halo(thing, scene, 0.03)
    middle = 44.5 - FOCAL * 4.5 / 40.0
    column = frame.radiance[:, 80, 1]
    peak = int(np.argmax(column))
    assert 0 <= peak - middle < 12  # below the lamp, where it shines
    assert column[peak] > 3.0 * column[min(peak + 45, 89)]
