"""A street in numbers: a picture with edges and colours, a cloud with ground, walls and a car, boxes, depth."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.corruptions import Context, Corruption, Modality

BOX = np.array([12.0, 3.0, -1.0, 4.5, 1.9, 1.6, 0.3])


def make_picture() -> np.ndarray:
    y, x = np.mgrid[0:120, 0:160] / 120.0
    rng = np.random.default_rng(1)
    base = np.stack([0.5 + 0.3 * np.sin(9 * x), 0.45 + 0.25 * np.cos(7 * y), 0.3 + 0.3 * (x > y)], axis=-1)
    base[60:100, 40:90] = (0.8, 0.15, 0.1)
    base += rng.normal(0.0, 0.004, base.shape)
    return np.rint(255 * np.clip(base, 0.05, 0.95)).astype(np.uint8)


def make_points() -> np.ndarray:
    rng = np.random.default_rng(2)
    ring, azimuth = np.meshgrid(np.arange(32), np.linspace(-np.pi, np.pi, 400, endpoint=False))
    ring, azimuth = ring.ravel(), azimuth.ravel()
    elevation = np.deg2rad(2.0 - ring)
    with np.errstate(divide="ignore"):
        ground = np.where(elevation < -0.01, 1.8 / np.tan(-elevation), np.inf)
        wall = 15.0 / np.maximum(np.abs(np.sin(azimuth)), 0.12)
    level = np.minimum(ground, wall)
    grounded = ground <= wall
    xyz = level * np.stack([np.cos(azimuth), np.sin(azimuth), np.tan(elevation)])
    intensity = np.where(grounded, 80.0 * np.sin(np.maximum(-elevation, 0.02)), 60.0)
    points = np.stack([*xyz, intensity * rng.uniform(0.9, 1.1, len(ring)), ring.astype(float)], axis=1)
    car = rng.uniform(-0.5, 0.5, (400, 3)) * BOX[3:6]
    c, s = np.cos(BOX[6]), np.sin(BOX[6])
    xyz = np.stack([c * car[:, 0] - s * car[:, 1], s * car[:, 0] + c * car[:, 1], car[:, 2]], axis=1) + BOX[:3]
    rows = np.column_stack([xyz, np.full(400, 80.0), rng.integers(5, 12, 400)])
    return np.concatenate([points, rows])


@pytest.fixture(scope="session")
def picture() -> np.ndarray:
    out = make_picture()
    out.flags.writeable = False
    return out


@pytest.fixture(scope="session")
def points() -> np.ndarray:
    out = make_points()
    out.flags.writeable = False
    return out


@pytest.fixture(scope="session")
def context() -> Context:
    return Context(boxes=BOX[None], depth_m=np.tile(np.linspace(80.0, 2.0, 120)[:, None], (1, 160)))


def data_for(corruption: Corruption, picture: np.ndarray, points: np.ndarray) -> list:
    """Everything a corruption takes: one entry, or two where it takes pictures and points."""
    frames = [np.full((4, 5, 3), i + 1, np.uint8) for i in range(60)]
    table = {
        Modality.IMAGE: [picture],
        Modality.POINTS: [points],
        Modality.BOTH: [picture, points],
        Modality.POSE: [np.eye(4)],
        Modality.SEQUENCE: [frames],
        Modality.VIEWS: [np.stack(frames)],
    }
    return table[corruption.modality]
