"""A labelled picture against PyBullet's TinyRenderer, 640x480, shadows on, the same world and view.

Ours delivers rgb with soft shadows, anti-aliasing, motion blur, sensor noise and development, depth, instance,
semantic and flow, and moves the scene to the frame's interval first. Theirs delivers rgb with hard shadows, depth and
instance of a scene that stands still.
"""

from __future__ import annotations

import numpy as np
from cornercase.renderers.camera.camera import Camera, CameraConfig
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.sim.episode.sensors import MountConfig
from cornercase.sim.physics.client import Client

from .report import Row
from .timing import interleaved
from .worlds import WORLDS, describe, instant, load_visual, look

WIDTH, HEIGHT, FOV_DEG = 640, 480, 70.0
MOUNT = MountConfig(position_m=[0.72, 0.0, 0.60], rpy_deg=[0.0, 1.5, 0.0])
NEAR_M, FAR_M = 0.1, 400.0
SPAN_S = 0.025
"""Covers the longest exposure and the rolling shutter."""
TARGET = 4.0
REPEATS = 7


def measure() -> list[Row]:
    """One row per world and quality; a draft casts as many rays per pixel as TinyRenderer draws, and no more."""
    return [_measure(place, scenario, q) for q in ("full", "draft") for place, scenario in WORLDS.items()]


def _measure(place: str, scenario: str, quality: str) -> Row:
    with instant(scenario) as now, Client() as client:
        scene = now.scene(SPAN_S, key_times=2)
        track = now.track(MOUNT, SPAN_S, optical=True)
        camera = Camera(CameraConfig(WIDTH, HEIGHT, FOV_DEG, line_time_s=2e-5, quality=quality), stream_key=1)
        tracer = EmbreeTracer(scene)
        index = iter(range(1_000_000))

        def ours() -> None:
            tracer.update(now.scene(SPAN_S, key_times=2))
            camera.capture(tracer, track, now.end_s - SPAN_S, next(index))

        load_visual(client, scene)
        view = client.computeViewMatrix(*(v.tolist() for v in look(track)))
        vertical = 2.0 * np.degrees(np.arctan(np.tan(np.radians(FOV_DEG / 2)) * HEIGHT / WIDTH))
        projection = client.computeProjectionMatrixFOV(vertical, WIDTH / HEIGHT, NEAR_M, FAR_M)
        sun = list(scene.environment.sun.direction_w)

        def theirs() -> None:
            client.getCameraImage(
                WIDTH, HEIGHT, view, projection, lightDirection=sun, shadow=1, renderer=client.ER_TINY_RENDERER
            )

        a, b = interleaved(ours, theirs, repeats=REPEATS)
    detail = (
        f"ours {1e3 * a.median_s:.0f} ms ({1 / a.median_s:.1f} frames/s), TinyRenderer {1e3 * b.median_s:.0f} ms "
        f"({1 / b.median_s:.1f} frames/s); {describe(scene)}"
    )
    return Row(
        f"labelled {WIDTH}x{HEIGHT} frame, {quality}, against TinyRenderer, {place}",
        b.median_s / a.median_s,
        "x",
        TARGET,
        detail,
    )
