"""What weather and a real lens cost: the full camera chain and the full lidar chain against the plain ones.

Camera: rain, haze, drops on the lens, vignetting, colour fringes, flare and a veil, noise and processing, against the
same frame in clear air through a clean lens. Lidar: four sub-rays a beam in rain and uneven fog, against one ray a beam
in clear air. All move the scene to the frame's interval first, as in the benchmarks of frame and sweep.
"""

from __future__ import annotations

import dataclasses
from functools import partial

from cornercase.renderers.air import Air
from cornercase.renderers.camera.camera import Camera, CameraConfig
from cornercase.renderers.camera.flare import FlareConfig
from cornercase.renderers.camera.optics import OpticsConfig
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.scene import Cover, Environment, Scene
from cornercase.renderers.tracers.embree import EmbreeTracer

from .camera import FOV_DEG, HEIGHT, MOUNT, SPAN_S, WIDTH
from .lidar import KEY_TIMES
from .lidar import MOUNT as ROOF
from .report import Row
from .timing import interleaved
from .worlds import WORLDS, instant

REPEATS = 7
CAMERA_TARGET, LIDAR_TARGET = 1.6, 3.0
AIR = Air(fog_extinction_per_m=0.005, rain_mmph=10.0, unevenness=0.3, wind_w=(3.0, 1.0, 0.0))
OPTICS = OpticsConfig(
    vignetting=(-0.25, -0.05, 0.0), lateral=0.001, axial_px=(0.3, 0.0, 0.25), veil=0.006,
    flare=FlareConfig(scatter=0.006, ghosts=4e-5, scratches=3),
)  # fmt: skip


def measure() -> list[Row]:
    """Two rows for each world."""
    return [row(place, scenario) for place, scenario in WORLDS.items() for row in (_camera, _lidar)]


def _camera(place: str, scenario: str) -> Row:
    with instant(scenario) as now:
        track = now.track(MOUNT, SPAN_S, optical=True)
        start_s = now.end_s - SPAN_S
        config = CameraConfig(WIDTH, HEIGHT, FOV_DEG, line_time_s=2e-5)
        worn = dataclasses.replace(config, optics=OPTICS, contamination="drops_moderate")  # type: ignore[arg-type]
        plain, full = Camera(config, stream_key=1), Camera(worn, stream_key=1)
        scene = partial(now.scene, SPAN_S, key_times=2)
        clear, wet = EmbreeTracer(scene()), EmbreeTracer(in_weather(scene()))
        index = iter(range(1_000_000))

        def without() -> None:
            clear.update(scene())
            plain.capture(clear, track, start_s, next(index))

        def within() -> None:
            wet.update(in_weather(scene()))
            full.capture(wet, track, start_s, next(index))

        a, b = interleaved(without, within, repeats=REPEATS)
    detail = f"clean {1e3 * a.median_s:.0f} ms, full chain {1e3 * b.median_s:.0f} ms"
    name = f"camera frame with weather, lens, noise and processing over the clean one, {place}"
    return Row(name, b.median_s / a.median_s, "x", CAMERA_TARGET, detail, at_most=True)


def _lidar(place: str, scenario: str) -> Row:
    with instant(scenario) as now:
        plain = Lidar(LidarConfig("OS1-64", columns=1024), stream_key=1)
        full = Lidar(LidarConfig("OS1-64", columns=1024, footprint_rays=4), stream_key=1)
        scene = partial(now.scene, plain.sweep_s, key_times=KEY_TIMES)
        track = now.track(ROOF, plain.sweep_s, optical=False)
        start_s = now.end_s - plain.sweep_s
        clear, wet = EmbreeTracer(scene()), EmbreeTracer(in_weather(scene()))
        index = iter(range(1_000_000))

        def without() -> None:
            clear.update(scene())
            plain.sweep(clear, track, start_s, next(index))

        def within() -> None:
            wet.update(in_weather(scene()))
            full.sweep(wet, track, start_s, next(index))

        a, b = interleaved(without, within, repeats=REPEATS)
    detail = f"plain {1e3 * a.median_s:.1f} ms, four sub-rays and weather {1e3 * b.median_s:.1f} ms"
    return Row(
        f"64x1024 sweep with footprint and weather over the plain one, {place}",
        b.median_s / a.median_s,
        "x",
        LIDAR_TARGET,
        detail,
        at_most=True,
    )


def in_weather(scene: Scene) -> Scene:
    """The scene under `AIR` on a wet road."""
    place = scene.environment
    return dataclasses.replace(scene, environment=Environment(place.sun, place.sky, AIR, Cover(water_mm=0.5)))
