"""The whole camera under weather: what the masks explain, and the clean twin."""

import dataclasses

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air, FogBank
from cornercase.renderers.camera.camera import Camera, CameraConfig
from cornercase.renderers.camera.contamination import DIRT, DROPS
from cornercase.renderers.camera.hdr import HDR
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Scene
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.truth import Truth

TRACK = PoseTrack(np.array([0.0]), np.array([[0.0, 0.0, 1.5]]), np.array([[-0.5, 0.5, -0.5, 0.5]]))
QUIET = {"width": 160, "height": 120, "auto_exposure": False, "exposure_s": 2e-4}


@pytest.fixture(name="street")
def _street(thing, scene):  # type: ignore[no-untyped-def]
    floor = thing(trimesh.creation.box((400.0, 400.0, 0.2)), Material((0.3, 0.3, 0.3)), positions=((0.0, 0.0, -0.1),))
    near = thing(trimesh.creation.box((1.0, 2.0, 2.0)), Material((0.6, 0.2, 0.1)), 1, positions=((8.0, 0.0, 1.0),))
    far = thing(trimesh.creation.box((1.0, 20.0, 12.0)), Material((0.1, 0.2, 0.6)), 2, positions=((90.0, 10.0, 6.0),))
    return scene([floor, near, far])


def under(scene: Scene, air: Air) -> EmbreeTracer:
    place = scene.environment
    return EmbreeTracer(dataclasses.replace(scene, environment=Environment(place.sun, place.sky, air)))


def taken(tracer: EmbreeTracer, **config: object):  # type: ignore[no-untyped-def]
    camera = Camera(CameraConfig(**QUIET, **config), stream_key=5)  # type: ignore[arg-type]
    frame = camera.capture(tracer, TRACK, 0.0, 0)
    return frame, camera.clean_twin(frame, tracer, TRACK, 0)


def test_clear_air_and_a_clean_lens_mark_nothing(street) -> None:  # type: ignore[no-untyped-def]
    frame, clean = taken(under(street, Air()))
    assert not frame.truth.any()
    assert np.abs(frame.rgb.astype(int) - clean.rgb).mean() < 4.0  # the sensor's own noise


@pytest.mark.parametrize("air", [Air(rain_mmph=50.0), Air(snow_mmph=5.0), Air(fog_extinction_per_m=0.05)])
def test_what_weather_changes_is_marked(street, air: Air) -> None:  # type: ignore[no-untyped-def]
    silent = {"imager": "ideal", "blur_px": 0.0}
    frame, clean = taken(under(street, air), **silent)
    apart = np.abs(frame.rgb.astype(int) - clean.rgb).max(axis=-1)
    assert (apart > 40).any()
    # the demosaic spreads a pixel's change to its neighbours
    near = np.zeros_like(frame.truth, dtype=bool)
    for dy in range(-3, 4):
        for dx in range(-3, 4):
            near |= np.roll(frame.truth > 0, (dy, dx), (0, 1))
    assert not (apart[~near] > 40).any()


def test_a_bank_dims_what_is_in_it_or_behind_it_and_nothing_before(street) -> None:  # type: ignore[no-untyped-def]
    bank = FogBank(centre_w=(40.0, -20.0, 0.0), sigma_m=(3.0, 6.0, 3.0), extinction_per_m=0.3)
    frame, _ = taken(under(street, Air(banks=(bank,))))
    dimmed = (frame.truth & Truth.DIMMED) > 0
    assert not dimmed[frame.instance == 1].any(), "8 m away"
    assert not dimmed[frame.instance == 2].any(), "on the left, the bank on the right"
    assert not dimmed[frame.depth < 20.0].any()
    assert dimmed[60:64, 120:140].all(), "the horizon on the right"


def test_labels_are_those_of_the_clean_world(street) -> None:  # type: ignore[no-untyped-def]
    frame, clean = taken(under(street, Air(fog_extinction_per_m=0.05, rain_mmph=20.0)), contamination=DROPS["heavy"])
    for name in ("depth", "instance", "semantic"):
        assert np.array_equal(getattr(frame, name), getattr(clean, name))


def test_dirt_hides(street) -> None:  # type: ignore[no-untyped-def]
    frame, _ = taken(under(street, Air()), contamination=DIRT["severe"])
    assert (frame.truth & Truth.LOST).any()
    assert not (frame.truth & Truth.PHANTOM).any()


@pytest.mark.parametrize("name", sorted(HDR))
def test_hdr_sensors_deliver_pictures(street, name: str) -> None:  # type: ignore[no-untyped-def]
    frame, _ = taken(under(street, Air()), imager=name)
    assert frame.rgb.dtype == np.uint8
    assert 5 < frame.rgb.mean() < 250


def test_repeats_bit_for_bit(street) -> None:  # type: ignore[no-untyped-def]
    tracer = under(street, Air(rain_mmph=30.0, fog_extinction_per_m=0.01))
    a, b = (taken(tracer, contamination="drops_moderate", optics="stray_light_heavy")[0] for _ in range(2))
    assert np.array_equal(a.rgb, b.rgb) and np.array_equal(a.truth, b.truth)


def test_a_held_exposure_stays(street) -> None:  # type: ignore[no-untyped-def]
    tracer = under(street, Air())
    camera = Camera(CameraConfig(width=160, height=120), stream_key=5)
    first = camera.capture(tracer, TRACK, 0.0, 0)
    dark = EmbreeTracer(
        dataclasses.replace(
            street, environment=Environment(dataclasses.replace(street.environment.sun, illuminance_lx=(900.0,) * 3))
        )
    )
    held = [camera.capture(dark, TRACK, 0.0, k, hold_exposure=True) for k in range(1, 6)]
    assert all(f.exposure_s == held[-1].exposure_s for f in held[3:])
    free = [camera.capture(dark, TRACK, 0.0, k) for k in range(6, 14)]
    assert free[-1].exposure_s * free[-1].gain > 1.2 * first.exposure_s * first.gain
