"""A recorded 10 s `cut_in` episode: 640x480 camera and OS1-64 at 10 Hz, all labels, against the clock.

The breakdown charges every moment of each thread to the innermost of the functions listed in `PARTS` that it runs;
waiting for another thread counts for nobody. They are wrapped here, from outside; the second of two episodes is timed,
because the first loads compiled code.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from cornercase.renderers.camera.imager import Imager
from cornercase.renderers.camera.isp import Isp
from cornercase.renderers.lidar.lidar import Lidar
from cornercase.renderers.threads import VARIABLE
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.sim.dataset.recording import record_to_file
from cornercase.sim.dataset.writer import EpisodeWriter
from cornercase.sim.episode.config import EpisodeConfig, EpisodeSpec, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.episode.rig import Rig
from cornercase.sim.episode.sensors import Sensor
from cornercase.sim.world.world import World

from .report import Row
from .timing import once

CAMERA = "cornercase.renderers.camera.camera"
CAMERAS, LIDARS = "cornercase.sim.episode.sensors.cameras", "cornercase.sim.episode.sensors.lidars"
WAITING = "waiting"
PARTS: tuple[tuple[Any, str, str], ...] = (
    (Episode, "__init__", "build world and actors"),
    (World, "step", "physics and control"),
    (Rig, "begin", WAITING),
    (Episode, "_delivered", WAITING),
    (Sensor, "begin", "other work of the sensors"),
    (Sensor, "_finish", "other work of the sensors"),
    (World, "scene", "scene from pose history"),
    (EmbreeTracer, "__init__", "tracer"),
    (EmbreeTracer, "update", "tracer"),
    (CAMERA, "render", "camera rays and shading"),
    (Imager, "expose", "camera noise and development"),
    (Isp, "gains", "camera noise and development"),
    (Isp, "develop", "camera noise and development"),
    (Lidar, "sweep", "lidar rays and noise"),
    (CAMERAS, "boxes_2d", "boxes and visible shares"),
    *((place, name, "boxes and visible shares") for place in (CAMERAS, LIDARS) for name in ("boxes_3d", "count_ids")),
    (EpisodeWriter, "__init__", "writing"),
    (EpisodeWriter, "frame", "writing"),
    (EpisodeWriter, "step", "writing"),
    (EpisodeWriter, "finish", "writing"),
)
REST = "everything else"
DURATION_S = 10.0
SEED = 3
TARGET = 0.8
REPEATS = 2


class _Own(threading.local):
    """What one thread runs, innermost last, and since when."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.since = time.perf_counter()


class Clock:
    """Charges the time of each thread to the innermost part that it runs; the rest of its maker's to `REST`."""

    def __init__(self) -> None:
        self._spent_s: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._own = _Own()
        self._own.stack.append(REST)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time until the end of the block belongs to `name`, except what a part inside it takes."""
        self._charge()
        self._own.stack.append(name)
        try:
            yield
        finally:
            self._charge()
            self._own.stack.pop()

    def _charge(self) -> None:
        own, now = self._own, time.perf_counter()
        if own.stack:
            with self._lock:
                self._spent_s[own.stack[-1]] += now - own.since
        own.since = now

    def wrapped(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.part(name):
                return function(*args, **kwargs)

        return timed

    def finish(self) -> dict[str, float]:
        """Seconds by part."""
        self._charge()
        return {name: spent for name, spent in self._spent_s.items() if name != WAITING}


def measure() -> list[Row]:
    """Rows with their breakdowns: one core; one worker with the threads that `generate` gives it, full and draft."""
    sensors = yaml.safe_load((Path(__file__).parent.parent / "conf" / "sensors" / "drive.yaml").read_text())
    rig = {name: sensors[name] for name in ("front", "top")}
    warm_up = EpisodeConfig(ScenarioConfig("driving/cut_in", driver="aeb", duration_s=0.3), rig)
    config = EpisodeConfig(ScenarioConfig("driving/cut_in", driver="aeb", duration_s=DURATION_S), rig)
    name = "10 s cut_in episode, camera and lidar at 10 Hz, recorded, times real time"
    with tempfile.TemporaryDirectory() as folder:
        record_to_file(EpisodeSpec(0, SEED, warm_up), Path(folder) / "warm_up.h5")
        alone = _row(f"{name}: one core", config, Path(folder), lambda cpu, wall: cpu, None)
        with all_cores() as cores:
            label = f"{name}: one worker, {cores} threads"
            worker = _row(label, config, Path(folder), lambda cpu, wall: wall, TARGET)
            rig["front"]["quality"] = "draft"
            draft = _row(f"{label}, draft", config, Path(folder), lambda cpu, wall: wall, TARGET)
    return [alone, worker, draft]


def _row(
    name: str, config: EpisodeConfig, folder: Path, judged: Callable[[float, float], float], target: float | None
) -> Row:
    """The median of a few recordings."""
    runs: list[tuple[float, float, float, dict[str, float]]] = []
    for k in range(REPEATS):
        path = folder / f"{k}.h5"
        with timed_parts() as clock:
            cpu, wall = once(lambda path=path: record_to_file(EpisodeSpec(0, SEED, config), path))  # type: ignore[misc]
            spent = clock.finish()
        runs.append((cpu, wall, path.stat().st_size / 1e6, spent))
    cpu, wall, size, spent = sorted(runs, key=lambda run: judged(run[0], run[1]))[(len(runs) - 1) // 2]
    whole = sum(spent.values())
    parts = tuple((part, 100.0 * s / whole) for part, s in sorted(spent.items(), key=lambda item: -item[1]))
    detail = f"{cpu:.1f} s of processor time, {wall:.1f} s on the clock, {size:.0f} MB, imu and odometry off"
    return Row(name, DURATION_S / judged(cpu, wall), "x", target, detail, parts)


@contextmanager
def all_cores() -> Iterator[int]:
    """The process on all cores, rendering with as many threads, as a lone worker of `generate` does."""
    cores = os.cpu_count() or 1
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if before:
        os.sched_setaffinity(0, set(range(cores)))
    with patch.dict(os.environ, {VARIABLE: str(cores)}):
        yield cores
    if before:
        os.sched_setaffinity(0, before)


@contextmanager
def timed_parts() -> Iterator[Clock]:
    """All of `PARTS` charged to one clock."""
    clock = Clock()
    with ExitStack() as stack:
        for owner, attribute, name in PARTS:
            if isinstance(owner, str):
                stack.enter_context(_patched(f"{owner}.{attribute}", clock, name))
            else:
                original = getattr(owner, attribute)
                stack.enter_context(patch.object(owner, attribute, clock.wrapped(original, name)))
        yield clock


@contextmanager
def _patched(target: str, clock: Clock, name: str) -> Iterator[None]:
    patcher = patch(target)
    original, _ = patcher.get_original()  # type: ignore[attr-defined]
    with patch(target, clock.wrapped(original, name)):
        yield
