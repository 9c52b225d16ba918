"""Wet, flooded, icy and snowy ground."""

import numpy as np
import pytest
import trimesh
from cornercase.renderers.lidar.ground import SNOW_REFLECTANCE, covered, fresnel, ground, is_ground, under_film
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.scene import Cover, Material, Texture
from cornercase.renderers.truth import Truth

ASPHALT = Material(nir_reflectance=0.15, texture=Texture.ASPHALT)


def exact() -> Lidar:
    return Lidar(LidarConfig("OS1-64", noise=0.0, range_50_m=1e4), stream_key=1)


def test_fresnel_at_normal_incidence_and_at_brewsters_angle() -> None:
    assert fresnel(1.0, 1.33) == pytest.approx(((0.33 / 2.33) ** 2,) * 2)
    assert fresnel(np.cos(np.arctan(1.33)), 1.33)[1] == pytest.approx(0.0, abs=1e-12)
    assert fresnel(1e-6, 1.33)[0] == pytest.approx(1.0, abs=1e-4)


def test_the_film_follows_the_two_interface_formula() -> None:
    angle, rho = np.deg2rad(80.0), 0.15
    inner = np.arcsin(np.sin(angle) / 1.33)
    r_s = (np.sin(angle - inner) / np.sin(angle + inner)) ** 2
    r_p = (np.tan(angle - inner) / np.tan(angle + inner)) ** 2
    best = max((1 - r) ** 2 * rho / (1 - rho * r) for r in (r_s, r_p))
    assert under_film(rho, np.cos(angle), 1.33) == pytest.approx(best / angle, rel=1e-9)


def test_water_never_brightens_and_darkens_with_the_angle() -> None:
    angles = np.deg2rad(np.linspace(0.0, 89.0, 90))
    for rho in (0.05, 0.15, 0.6):
        share = np.array([under_film(rho, np.cos(a), 1.33) / rho for a in angles])
        assert share.max() < 1.0
        assert np.all(np.diff(share[60:]) < 0.0)
        assert share[-1] < 0.03


def test_a_bare_ground_stays_as_it_is() -> None:
    land = ground(Cover())
    assert not land.covered
    assert covered(land, 1, 0.15, 0.3) == (0.15, 1.0)
    assert covered(ground(Cover(snow=1.0)), 2, 0.5, 0.3) == (SNOW_REFLECTANCE, 0.0)


def test_only_roads_and_pavements_that_face_up_are_ground() -> None:
    kinds = {t: is_ground(int(t), 1.0) for t in Texture}
    assert {t for t, k in kinds.items() if k == 1} == {
        Texture.ASPHALT,
        Texture.CONCRETE,
        Texture.PAVING,
        Texture.PAINT_WORN,
    }
    assert {t for t, k in kinds.items() if k == 2} == {Texture.GRASS}
    assert is_ground(int(Texture.ASPHALT), 0.3) == 0


def road(thing):  # type: ignore[no-untyped-def]
    return thing(trimesh.creation.box((200.0, 200.0, 0.2)), (0.0, 0.0, -1.9), ASPHALT)


def test_a_wet_road_fades_and_a_snowy_one_shines(make_tracer, make_track, thing) -> None:  # type: ignore[no-untyped-def]
    track, lidar = make_track(), exact()
    frames = [
        lidar.sweep(make_tracer([road(thing)], cover=c), track, 0.0, 0)
        for c in (Cover(), Cover(water_mm=0.6), Cover(snow=1.0))
    ]
    dry, wet, snow = (f.intensity.astype(float) for f in frames)
    seen = (frames[0].true_range > 4.0) & (frames[0].true_range < 25.0)
    assert np.all(wet[seen] <= dry[seen])
    assert np.all(snow[seen] > 3.0 * dry[seen] - 2.0)
    assert np.all((frames[1].truth[seen] & Truth.DIMMED) > 0)
    np.testing.assert_array_equal(frames[0].true_range[seen], frames[1].true_range[seen])
    assert not frames[0].truth.any()


def test_a_wet_road_is_lost_in_the_distance(make_tracer, make_track, thing) -> None:  # type: ignore[no-untyped-def]
    lidar, track = Lidar(LidarConfig("OS1-64"), stream_key=2), make_track()
    dry, wet = (lidar.sweep(make_tracer([road(thing)], cover=c), track, 0.0, 0) for c in (Cover(), Cover(water_mm=1.2)))
    assert dry.true_range.max() > 1.2 * wet.true_range.max()
    lost = (dry.true_range > 0) & (wet.true_range == 0)
    assert lost.any()
    assert np.all((wet.truth[lost] & Truth.LOST) > 0)


def test_standing_water_mirrors_what_is_beyond_below_the_road(make_tracer, make_track, thing, wall) -> None:  # type: ignore[no-untyped-def]
    tracer = make_tracer([road(thing), wall(12.0, 0.6)], cover=Cover(water_mm=4.0))
    frame = exact().sweep(tracer, make_track(), 0.0, 0)
    ghost = (frame.truth & Truth.PHANTOM) > 0
    assert ghost.sum() > 200
    points = frame.geometry.points(frame.range)[ghost]
    # close to the foot of the wall, road and ghost are one echo
    apart = points[:, 2] < -2.2
    assert apart.sum() > 200
    # the mirror image of a vertical wall is the same wall
    np.testing.assert_allclose(points[apart][:, 0], 12.0, atol=0.05)
    assert not frame.instance[ghost].any()
