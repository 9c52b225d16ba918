"""Wrong calibration and wrong timing: perturbed transforms, frames of another moment, cameras that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..transforms import from_rpy, to_matrix
from .point_noise import Points
from .registry import Context

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]


def _perturbed(rng: np.random.Generator, translation_m: float, entry: float) -> F64:
    """A transform near the identity: noise on the entries of the rotation, made a rotation again, and a shift."""
    u, _, vt = np.linalg.svd(np.eye(3) + rng.normal(0.0, entry, (3, 3)))
    out = np.eye(4)
    out[:3, :3] = u @ np.diag([1.0, 1.0, float(np.sign(np.linalg.det(u @ vt)))]) @ vt
    out[:3, 3] = rng.normal(0.0, translation_m, 3)
    return out


def spatial_misalignment(
    pose: F64, *, rng: np.random.Generator, translation_m: float, rotation_entry: float, **_: Any
) -> F64:
    """A transform between sensors with noise on it."""
    return np.asarray(pose, float) @ _perturbed(rng, translation_m, rotation_entry)


def turned_and_shifted(
    pose: F64, *, rng: np.random.Generator, chance: float, angle_deg: float, shift_m: float, **_: Any
) -> F64:
    """With a chance: turned about all three axes by one angle, and shifted along x."""
    if rng.random() >= chance:
        return np.array(pose, float)
    angle = np.deg2rad(angle_deg)
    wrong = np.eye(4)
    wrong[:3, :3] = to_matrix(from_rpy(angle, angle, angle))
    wrong[0, 3] = shift_m
    return np.asarray(pose, float) @ wrong


def motion_compensation(
    points: Points, *, rng: np.random.Generator, context: Context, translation_m: float, rotation_entry: float, **_: Any
) -> Points:
    """Each sweep of an aggregated cloud is put together with its own wrong pose."""
    out = points.copy()
    sweep = np.zeros(len(points), np.int64) if context.sweep is None else np.asarray(context.sweep)
    for number in np.unique(sweep):
        wrong = _perturbed(rng, translation_m, rotation_entry)
        rows = sweep == number
        out[rows, :3] = points[rows, :3] @ wrong[:3, :3].T + wrong[:3, 3]
    return out


def late(frames: Sequence[Any], *, frames_late: int, **_: Any) -> list[Any]:
    """Every frame is replaced by that of some frames ago; the oldest while there is none."""
    return [frames[max(0, i - frames_late)] for i in range(len(frames))]


def stuck(frames: Sequence[Any], *, rng: np.random.Generator, chance: float, **_: Any) -> list[Any]:
    """Each frame repeats what was delivered before it, with a chance."""
    out: list[Any] = []
    for frame, draw in zip(frames, rng.random(len(frames)), strict=True):
        out.append(out[-1] if draw < chance and out else frame)
    return out


def frame_lost(frames: Sequence[NDArray[Any]], *, rng: np.random.Generator, chance: float, **_: Any) -> list[Any]:
    """Each frame is zero with a chance."""
    draws = rng.random(len(frames))
    return [np.zeros_like(f) if draw < chance else f for f, draw in zip(frames, draws, strict=True)]


def camera_crash(views: U8, *, rng: np.random.Generator, cameras: int, rig: int, **_: Any) -> U8:
    """Some cameras of a rig are black; other rigs lose the same share."""
    out = views.copy()
    out[rng.permutation(len(views))[: round(cameras / rig * len(views))]] = 0
    return out


def missing_camera(views: U8, *, rng: np.random.Generator, chance: float, **_: Any) -> U8:
    """Each camera is black with a chance."""
    out = views.copy()
    out[rng.random(len(views)) < chance] = 0
    return out
