"""A tiny world with exact labels, and episodes that go wrong on request; importable by spawned workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from cornercase.sim.dataset.writer import EpisodeWriter
from cornercase.sim.episode.config import EpisodeConfig, EpisodeSpec, RecordConfig, ScenarioConfig
from cornercase.sim.episode.records import (
    BOX_2D,
    BOX_3D,
    Conclusion,
    EpisodeHeader,
    EpisodeSummary,
    EventRecord,
    PhaseRecord,
    SensorFrame,
    SensorInfo,
    StepRecord,
)
from cornercase.sim.errors import ConfigError

HEIGHT, WIDTH, BEAMS, COLUMNS, STEPS = 24, 32, 8, 60, 6
SENSORS = (
    SensorInfo("front", "camera", 10.0, 200.0, {"K": np.eye(3)}),
    SensorInfo(
        "top",
        "lidar",
        10.0,
        120.0,
        {
            "elevation_rad": np.linspace(0.2, -0.3, BEAMS),
            "azimuth_rad": np.linspace(np.pi, -np.pi, COLUMNS, endpoint=False),
            "range_step_m": 0.004,
        },
    ),
    SensorInfo("imu", "imu", 10.0),
)


def config(name: str = "driving/fake", level: int = 1, **params: object) -> EpisodeConfig:
    return EpisodeConfig(ScenarioConfig(name, params=params), {"front": {"kind": "camera"}}, record=RecordConfig(level))


def spec(episode: int = 0, seed: int = 7, **params: object) -> EpisodeSpec:
    return EpisodeSpec(episode, seed, config(**params))


def header(of: EpisodeSpec) -> EpisodeHeader:
    return EpisodeHeader(
        episode=of.episode,
        scenario=of.config.scenario.name,
        seed=of.seed,
        params={"gap_m": 12.5, "lanes": 3, "wet": True, "side": "léft"},
        actor_ids=np.array([1, 2], np.int32),
        actor_classes=np.array([10, 12], np.uint8),
        actor_sizes=np.array([[4.4, 1.8, 1.6], [0.5, 0.6, 1.2]], np.float32),
        ego=0,
        sensors=SENSORS,
        config_yaml="scenario:\n  name: driving/fake\n",
    )


def camera_frame(index: int, rng: np.random.Generator) -> SensorFrame:
    instance = np.zeros((HEIGHT, WIDTH), np.int32)
    instance[5:12, 3 + index : 9 + index] = 2
    depth = np.where(instance > 0, rng.uniform(1, 180, instance.shape), np.inf).astype(np.float32)
    flow = rng.normal(0, 5, (HEIGHT, WIDTH, 2)).astype(np.float32)
    flow[instance == 0] = np.nan
    box = np.zeros(1, BOX_2D)
    box[0] = (2, 12, 3 + index, 5, 9 + index, 12, 3 + index, 5, 9 + index, 14, 0.8, 42, 0.0)
    box_3d = np.zeros(1, BOX_3D)
    box_3d[0] = (2, 12, (0, 0, 9), (0, 0, 0, 1), (0.5, 0.6, 1.2), (1, 0, 0), 42, 0.8)
    start = index * 100_000_000
    data = {
        "rgb": rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8),
        "depth": depth,
        "instance": instance,
        "semantic": np.where(instance > 0, 12, 1).astype(np.uint8),
        "flow": flow,
    }
    pose = np.array([index, 0, 1.5, 0, 0, 0, 1.0])
    intrinsics = {"exposure_s": 0.01 * (index + 1)}
    return SensorFrame(
        "front", "camera", index, start, start + 20_000_000, start + 40_000_000, pose, data, box, box_3d, intrinsics
    )


def lidar_frame(index: int, rng: np.random.Generator) -> SensorFrame:
    instance = np.zeros((BEAMS, COLUMNS), np.int32)
    instance[2:4, 10:15] = 2
    ranges = np.rint(rng.uniform(1, 119, instance.shape) / 0.004) * 0.004
    ranges[0] = 0
    box = np.zeros(1, BOX_3D)
    box[0] = (2, 12, (5, 0, 0), (0, 0, 0, 1), (0.5, 0.6, 1.2), (1, 0, 0), 10, 1.0)
    start = index * 100_000_000
    data = {
        "range": ranges.astype(np.float32),
        "intensity": rng.integers(0, 255, instance.shape, np.uint8),
        "time_offset": np.tile(np.linspace(0, 0.1, COLUMNS, dtype=np.float32), (BEAMS, 1)),
        "instance": instance,
        "semantic": np.where(instance > 0, 12, 1).astype(np.uint8),
    }
    pose = np.array([index, 0, 2.0, 0, 0, 0, 1.0])
    return SensorFrame("top", "lidar", index, start, start + 100_000_000, start + 110_000_000, pose, data, None, box)


def records(of: EpisodeSpec) -> Iterator[StepRecord | SensorFrame | EventRecord | PhaseRecord]:
    rng = np.random.default_rng(np.random.SeedSequence(of.seed, spawn_key=(of.episode,)))
    turn = np.tile([0.0, 0, 0, 1], (2, 1))
    for step in range(STEPS + 1):
        yield StepRecord(
            time_ns=step * 100_000_000,
            actors_position=rng.normal(0, 10, (2, 3)),
            actors_orientation=turn,
            actors_velocity=rng.normal(0, 1, (2, 3)),
            action=None if step == 0 else rng.uniform(-1, 1, 2),
            reward=float(step),
            terminated=step == STEPS,
            criticality={"ttc_s": np.inf if step < 2 else 5.0 - step * 0.5, "headway_s": 1.0},
        )
        yield camera_frame(step, rng)
        yield lidar_frame(step, rng)
        imu = {"angular_velocity": rng.normal(0, 1, 3), "linear_acceleration": rng.normal(0, 1, 3)}
        at = step * 100_000_000
        yield SensorFrame("imu", "imu", step, at, at, at, np.array([0, 0, 0, 0, 0, 0, 1.0]), imu)
    yield PhaseRecord("onset", 100_000_000)
    yield EventRecord(300_000_000, "contact", 1, 2, 55.5, '{"part":"bumper"}')
    yield PhaseRecord("contact", 300_000_000)


def record(of: EpisodeSpec, path: Path) -> EpisodeSummary:
    """A good episode."""
    with EpisodeWriter(path, header(of), level=of.config.record.compression_level) as writer:
        tell = {
            StepRecord: writer.step,
            SensorFrame: writer.frame,
            EventRecord: writer.event,
            PhaseRecord: writer.phase,
        }
        for item in records(of):
            tell[type(item)](item)  # type: ignore[operator]
        return writer.finish(Conclusion("contact"))


def slow(of: EpisodeSpec, path: Path) -> EpisodeSummary:
    """Leaves time to be killed in the middle of each episode, with an unfinished file on the disk."""
    with EpisodeWriter(path, header(of)):
        time.sleep(0.4)
    return record(of, path)


def _first_time(path: Path) -> bool:
    marker = path.parent.parent / f"tried-{path.stem}"
    if marker.exists():
        return False
    marker.touch()
    return True


def killed_once(of: EpisodeSpec, path: Path) -> EpisodeSummary:
    """Its worker is killed at the first attempt at episode 1, the file half written."""
    if of.episode == 1 and _first_time(path):
        writer = EpisodeWriter(path, header(of))
        assert writer
        os.kill(os.getpid(), signal.SIGKILL)
    return record(of, path)


def broken(of: EpisodeSpec, path: Path) -> EpisodeSummary:
    """Episode 1 always fails."""
    if of.episode == 1:
        raise RuntimeError("the wheel came off")
    return record(of, path)


def out_of_space(of: EpisodeSpec, path: Path) -> EpisodeSummary:
    """Files may not grow beyond what one state table needs from episode 1 on."""
    import resource

    if of.episode == 1:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    return record(of, path)


def misconfigured(of: EpisodeSpec, path: Path) -> EpisodeSummary:
    """The configuration cannot work."""
    raise ConfigError("no such road")
