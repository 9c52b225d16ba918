"""A whole camera before a small scene: exposure, timing, repeatability and the state between frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from cornercase.renderers.camera.camera import Camera, CameraConfig, CameraFrame
from cornercase.renderers.camera.isp import IspConfig
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Mesh, Scene, Sky, Sun
from cornercase.renderers.tracers.embree import EmbreeTracer

FORWARD_ALONG_X = np.array([[-0.5, 0.5, -0.5, 0.5]])  # optical z to world x, optical y to world -z
CONFIG = CameraConfig(width=64, height=48, fov_deg=70.0)


def rectangle(half: float, albedo: tuple[float, float, float]) -> Mesh:
    """A square in the xy plane facing up."""
    vertices = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]], np.float32)
    return Mesh(
        vertices=vertices,
        normals=np.tile(np.array([0, 0, 1], np.float32), (4, 1)),
        faces=np.array([[0, 1, 2], [0, 2, 3]], np.uint32),
        face_material=np.zeros(2, np.uint16),
        materials=(Material(albedo=albedo, roughness=1.0),),
    )


def scene(
    light: float = 1.0, times: tuple[float, ...] = (0.0,), wall: tuple[float, float, float] = (0.5, 0.5, 0.5)
) -> Scene:
    """A grey ground with an upright wall (label 1) six metres ahead, under daylight times `light`."""
    sun, sky = Sun(direction_w=(-0.6, 0.0, 0.8)), Sky(clouds=0.0)
    upright = np.array([0.0, -np.sqrt(0.5), 0.0, np.sqrt(0.5)])  # its normal looks back at the camera
    position = np.array([[0.0, 0.0, 0.0], [6.0, 0.0, 1.0]])
    orientation = np.array([[0.0, 0.0, 0.0, 1.0], upright])
    return Scene(
        meshes=(rectangle(50.0, (0.3, 0.3, 0.3)), rectangle(1.0, wall)),
        mesh=np.array([0, 1], np.int32),
        label=np.array([0, 1], np.int32),
        semantic=np.array([1, 2], np.uint8),
        lamps=np.zeros(2, np.uint32),
        times_s=np.array(times, float),
        position_w=np.tile(position, (len(times), 1, 1)),
        orientation_w=np.tile(orientation, (len(times), 1, 1)),
        moving=np.zeros(2, np.bool_),
        environment=Environment(
            Sun(sun.direction_w, tuple(light * c for c in sun.illuminance_lx)),  # type: ignore[arg-type]
            Sky(*(tuple(light * c for c in band) for band in (sky.zenith, sky.horizon, sky.ground)), clouds=0.0),  # type: ignore[arg-type]
        ),
    )


@pytest.fixture(scope="module")
def day() -> Iterator[EmbreeTracer]:
    yield EmbreeTracer(scene())


TRACK = PoseTrack(np.array([0.0]), np.array([[0.0, 0.0, 1.0]]), FORWARD_ALONG_X)


def shoot(camera: Camera, tracer: EmbreeTracer, frames: int = 1, first: int = 0) -> list[CameraFrame]:
    return [camera.capture(tracer, TRACK, 0.1 * i, i) for i in range(first, first + frames)]


def test_a_frame_holds_what_it_says(day: EmbreeTracer) -> None:
    frame = shoot(Camera(CONFIG, stream_key=3), day)[0]
    assert frame.rgb.shape == (48, 64, 3) and frame.rgb.dtype == np.uint8
    assert frame.depth.shape == frame.instance.shape == frame.semantic.shape == (48, 64)
    assert frame.flow.shape == (48, 64, 2)
    assert frame.instance[24, 32] == 1 and frame.semantic[24, 32] == 2
    assert frame.depth[24, 32] == pytest.approx(6.0, abs=0.05)
    assert frame.time_start_s == 0.0
    assert frame.time_end_s == pytest.approx(frame.exposure_s)


def test_the_first_frame_is_well_exposed_and_grey_things_are_grey(day: EmbreeTracer) -> None:
    frame = shoot(Camera(CONFIG, stream_key=3), day)[0]
    ground = frame.rgb[40:].reshape(-1, 3).mean(axis=0)
    assert 60 < ground.mean() < 200
    assert np.ptp(ground) < 30
    assert 20e-6 < frame.exposure_s < 2e-3 and frame.gain == 1.0


@pytest.mark.parametrize("light", [1.0, 0.01, 1e-4])
def test_exposure_makes_day_and_dusk_look_alike(light: float) -> None:
    frame = shoot(Camera(CONFIG, stream_key=3), EmbreeTracer(scene(light)))[0]
    assert 60 < frame.rgb[40:].mean() < 200
    assert (frame.gain > 1.0) == (light < 1e-3)


def test_same_key_same_bytes_and_other_key_only_other_noise(day: EmbreeTracer) -> None:
    a, b = (shoot(Camera(CONFIG, stream_key=7), day, 3) for _ in range(2))
    other = shoot(Camera(CONFIG, stream_key=8), day, 3)
    for mine, same, noise in zip(a, b, other, strict=True):
        assert np.array_equal(mine.rgb, same.rgb)
        assert not np.array_equal(mine.rgb, noise.rgb)
        assert np.abs(mine.rgb.astype(int) - noise.rgb).mean() < 12
        assert np.array_equal(mine.instance, noise.instance)


def test_reset_starts_over(day: EmbreeTracer) -> None:
    camera = Camera(CONFIG, stream_key=7)
    first = shoot(camera, day, 3)
    camera.reset()
    again = shoot(camera, day, 3)
    assert all(np.array_equal(x.rgb, y.rgb) and x.exposure_s == y.exposure_s for x, y in zip(first, again, strict=True))


def test_exposure_follows_a_step_of_light_within_a_second() -> None:
    camera = Camera(CONFIG, stream_key=1)
    tracer = EmbreeTracer(scene(1.0))
    before = shoot(camera, tracer, 3)[-1].exposure_s
    tracer.update(scene(1.0 / 16.0))
    after = shoot(camera, tracer, 12, first=3)
    assert after[0].exposure_s < 2 * before
    assert after[-1].exposure_s == pytest.approx(16 * before, rel=0.1)


def test_a_fixed_exposure_stays_and_bounds_the_interval(day: EmbreeTracer) -> None:
    config = replace(CONFIG, auto_exposure=False, exposure_s=2e-4, gain=2.0, line_time_s=1e-4)
    camera = Camera(config, stream_key=1)
    assert camera.interval(1.0) == pytest.approx((1.0, 1.0 + 2e-4 + 47e-4))
    for frame in shoot(camera, day, 3):
        assert (frame.exposure_s, frame.gain) == (2e-4, 2.0)
        assert frame.time_end_s - frame.time_start_s == pytest.approx(2e-4 + 47e-4)


def test_the_interval_covers_the_frame_from_the_first_on(day: EmbreeTracer) -> None:
    camera = Camera(replace(CONFIG, line_time_s=1e-5), stream_key=1)
    for i in range(3):
        start, end = camera.interval(0.1 * i)
        frame = camera.capture(day, TRACK, 0.1 * i, i)
        assert start <= frame.time_start_s and frame.time_end_s <= end + 1e-12
        if i:
            assert frame.time_end_s == pytest.approx(end)


def test_flow_is_of_the_previous_frame(day: EmbreeTracer) -> None:
    camera = Camera(replace(CONFIG, auto_exposure=False, exposure_s=1e-5), stream_key=1)
    still = shoot(camera, day, 2)[1]
    assert np.nanmax(np.abs(still.flow)) < 0.01
    # the camera steps 0.2 m to its left (world y): the wall moves right by f * 0.2 / 6, so it was further left
    moved = PoseTrack(TRACK.times_s, TRACK.position_w + [0.0, 0.2, 0.0], TRACK.orientation_w)
    frame = camera.capture(day, moved, 0.2, 2)
    expected = camera.intrinsics().matrix[0, 0] * 0.2 / 6.0
    assert frame.flow[24, 32, 0] == pytest.approx(-expected, rel=0.05)


def test_grey_world_takes_the_cast_off() -> None:
    warm = EmbreeTracer(scene(wall=(0.5, 0.5, 0.5)))
    grey = Camera(replace(CONFIG, isp=IspConfig(white_balance="grey_world")), stream_key=1)
    frame = shoot(grey, warm)[0]
    mean = frame.rgb.reshape(-1, 3).mean(axis=0)
    assert np.ptp(mean) < 25


def test_intrinsics_and_both_lenses(day: EmbreeTracer) -> None:
    pinhole = Camera(CONFIG, stream_key=1).intrinsics()
    assert pinhole.model == "brown_conrady"
    assert pinhole.matrix[0, 0] == pytest.approx(32 / np.tan(np.radians(35)))
    fisheye = Camera(replace(CONFIG, lens="kannala_brandt", fov_deg=170.0), stream_key=1)
    assert shoot(fisheye, day)[0].instance[24, 32] == 1
    assert Camera(replace(CONFIG, focal_px=50.0), stream_key=1).intrinsics().matrix[0, 0] == 50.0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"width": 63}, "width"),
        ({"height": 0}, "height"),
        ({"lens": "kannala"}, "did you mean 'kannala_brandt'"),
        ({"fov_deg": 200.0}, "fov_deg"),
        ({"focal_px": -1.0}, "focal_px"),
        ({"exposure_s": 0.0}, "exposure_s"),
        ({"gain": 0.5}, "gain"),
        ({"line_time_s": -1.0}, "line_time_s"),
        ({"imager": "imx900"}, "did you mean"),
    ],
)
def test_bad_values_are_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(CONFIG, **change)
