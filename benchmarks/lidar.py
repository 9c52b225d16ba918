"""A sweep of 64 x 1024 rays against PyBullet's `rayTestBatch` with as many rays into the same world.

Ours casts each ray at its own instant into a moving scene, through panes, with the receiver's noise and all labels,
and moves the scene to the sweep's interval first. Theirs casts all rays at one instant and reports body, distance
and normal; turning arrays into the lists that it wants is not counted.
"""

from __future__ import annotations

from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import rotate
from cornercase.sim.episode.sensors import MountConfig
from cornercase.sim.physics.client import Client

from .report import Row
from .timing import interleaved
from .worlds import WORLDS, describe, instant, load_solid

MOUNT = MountConfig(position_m=[0.0, 0.0, 1.05])
BATCH = 8_192
"""PyBullet answers 16 383 rays at most at once."""
KEY_TIMES = 7
TARGET = 20.0
REPEATS = 5


def measure() -> list[Row]:
    """One row per world."""
    return [_measure(place, scenario) for place, scenario in WORLDS.items()]


def _measure(place: str, scenario: str) -> Row:
    lidar = Lidar(LidarConfig("OS1-64", columns=1024), stream_key=1)
    with instant(scenario) as now, Client() as client:
        scene = now.scene(lidar.sweep_s, key_times=KEY_TIMES)
        track = now.track(MOUNT, lidar.sweep_s, optical=False)
        tracer = EmbreeTracer(scene)
        index = iter(range(1_000_000))

        def ours() -> None:
            tracer.update(now.scene(lidar.sweep_s, key_times=KEY_TIMES))
            lidar.sweep(tracer, track, now.end_s - lidar.sweep_s, next(index))

        load_solid(client, scene)
        position, orientation = track.position_w[-1], track.orientation_w[-1]
        start = position + rotate(orientation, lidar.geometry.origins().reshape(-1, 3))
        end = start + lidar.max_range_m * rotate(orientation, lidar.geometry.directions().reshape(-1, 3))
        batches = [(start[k : k + BATCH].tolist(), end[k : k + BATCH].tolist()) for k in range(0, len(start), BATCH)]

        def theirs() -> None:
            for a, b in batches:
                client.rayTestBatch(a, b, numThreads=1)

        a, b = interleaved(ours, theirs, repeats=REPEATS)
    detail = (
        f"ours {1e3 * a.median_s:.1f} ms ({len(start) / a.median_s / 1e6:.2f} M rays/s), rayTestBatch "
        f"{1e3 * b.median_s:.0f} ms ({len(start) / b.median_s / 1e6:.3f} M rays/s); {describe(scene)}"
    )
    return Row(f"64x1024 lidar sweep against rayTestBatch, {place}", b.median_s / a.median_s, "x", TARGET, detail)
