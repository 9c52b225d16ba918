"""Small frames of every kind of sensor."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cornercase.renderers.faults import FaultConfig, FaultFrame, FaultLine, FaultResult, FaultTarget
from cornercase.renderers.faults.frame import FULL_SCALE
from numpy.typing import NDArray

CAR = 13
Frames = list[FaultFrame]
KEY = 77
RATE_HZ = 10.0
SHAPES = {"camera": (48, 64), "lidar": (16, 240)}


def camera_data(rng: np.random.Generator) -> dict[str, NDArray]:
    shape = SHAPES["camera"]
    return {
        "rgb": rng.integers(40, 200, (*shape, 3)).astype(np.uint8),
        "depth": rng.uniform(1, 80, shape).astype(np.float32),
        "instance": rng.integers(0, 5, shape).astype(np.int32),
        "semantic": rng.integers(0, 20, shape).astype(np.uint8),
        "flow": rng.normal(size=(*shape, 2)).astype(np.float32),
    }


def lidar_data(rng: np.random.Generator) -> dict[str, NDArray]:
    shape = SHAPES["lidar"]
    hit = rng.random(shape) < 0.8
    second = hit & (rng.random(shape) < 0.2)
    return {
        "range": np.where(hit, np.rint(rng.uniform(2, 90, shape) / 0.002) * 0.002, 0).astype(np.float32),
        "intensity": np.where(hit, rng.integers(1, 256, shape), 0).astype(np.uint8),
        "instance": np.where(hit, rng.integers(1, 9, shape), 0).astype(np.int32),
        "semantic": np.where(hit, rng.choice([1, CAR], shape), 0).astype(np.uint8),
        "range_2": np.where(second, 95.0, 0).astype(np.float32),
        "intensity_2": np.where(second, 20, 0).astype(np.uint8),
        "instance_2": np.where(second, 3, 0).astype(np.int32),
        "semantic_2": np.where(second, 1, 0).astype(np.uint8),
        "time_offset": np.broadcast_to(np.arange(shape[1], dtype=np.float32) * 1e-4, shape).copy(),
    }


def vector_data(kind: str, rng: np.random.Generator) -> dict[str, NDArray]:
    names = {
        "imu": ("angular_velocity", "specific_force"),
        "gnss": ("position_w", "velocity_w"),
        "odometry": ("speed", "yaw_rate"),
        "encoder": ("angle",),
        "joints": ("joint_position", "joint_velocity"),
        "wrench": ("force", "torque"),
        "range_finder": ("distance",),
    }
    if kind == "radar":
        n = int(rng.integers(3, 9))
        return {"detections": rng.normal(3.0, 1.0, (n, 4)), "instance": rng.integers(0, 4, n).astype(np.int32)}
    return {name: FULL_SCALE.get(name, 1.0) * rng.normal(0.4, 0.1, 3) for name in names[kind]}


KINDS = ("camera", "lidar", "imu", "gnss", "joints", "radar")


def make_frames(kind: str, count: int = 12, seed: int = 5) -> Frames:
    rng = np.random.default_rng(seed)
    makers = {"camera": camera_data, "lidar": lidar_data}
    out = []
    for i in range(count):
        data = makers[kind](rng) if kind in makers else vector_data(kind, rng)
        out.append(FaultFrame(kind, i, i / RATE_HZ - 0.1, i / RATE_HZ, data))
    return out


def target(kind: str, serial: int = 1) -> FaultTarget:
    return FaultTarget(kind, RATE_HZ, serial, vehicle_classes=(CAR,))


@pytest.fixture
def run() -> Callable[..., tuple[FaultLine, list[FaultResult]]]:
    """Put frames through a line of faults."""

    def go(frames: Frames, key: int = KEY, serial: int = 1, **faults: FaultConfig):  # type: ignore[no-untyped-def]
        line = FaultLine(faults, target(frames[0].kind, serial), stream_key=key)
        return line, [line.apply(frame) for frame in frames]

    return go
