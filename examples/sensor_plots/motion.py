"""What a car feels of its motion: inertial units and wheel counters, and where they lead who trusts them alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from cornercase.renderers.motion.imu import IMU_GRADES
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.episode.config import ScenarioConfig
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from . import record
from .style import MEASURED, TRUTH, WRONG, Picture, figure, label, picture

TITLE = "Inertial units and odometry"
TEXT = (
    "`kind: imu`, every `grade` of it, and `kind: odometry` (`sensors=drive`) as a car slides over black ice in a "
    "bend. Dead reckoning from the true start on: with the inertial unit alone, and from the speed of the wheels with "
    "the rate of turn of the gyroscope or of the wheels themselves. Counts of teeth are coarse: with the 96 of a turn "
    "and 60 Hz of the default a wheel's speed comes in steps of 1.24 m/s; a lower `rate_hz` or more `ticks_per_turn` "
    "make them finer."
)
ICE, ICE_SEED = ScenarioConfig("driving/black_ice", "idm", 0.0, {"zone": "bend", "split": "none"}), 1
COLOURS = ("#9aa0a8", "#d1761f", "#2a9d5c", "#1f77b4", "#5b3f9e")
GRADE = "consumer"
F64 = NDArray[np.float64]
Curve = tuple[F64, F64]


def draw() -> Picture:
    """What is felt, and the tracks that follow."""
    rig: dict[str, dict[str, Any]] = {grade: {"kind": "imu", "rate_hz": 120.0, "grade": grade} for grade in IMU_GRADES}
    rig["odometry"] = record.sensor("drive", "odometry")
    drawn = figure(8.0)
    grid = drawn.add_gridspec(3, 2)
    with record.recorded(ICE, rig, seed=ICE_SEED) as episode:
        _turning(drawn.add_subplot(grid[0, 0]), episode)
        _sideways(drawn.add_subplot(grid[0, 1]), episode)
        _speed(drawn.add_subplot(grid[1, 0]), episode)
        _drift(drawn.add_subplot(grid[1, 1]), episode)
        _tracks(drawn.add_subplot(grid[2, :]), episode)
        for axes in drawn.axes[:4]:
            axes.axvline(_onset_s(episode), color=WRONG, lw=1.0, ls=":")
    return picture(drawn)


def _onset_s(episode: Episode) -> float:
    return next(p.time_ns for p in episode.phases if p.name == "onset") / 1e9


def heading(episode: Episode) -> F64:
    """(K,) true heading at the samples of the inertial units [rad]."""
    x, y, z, w = record.column(episode, GRADE, "pose_w")[:, 3:].T
    return np.unwrap(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))


def smooth(values: F64, count: int) -> F64:
    """Moving mean over `count` samples; ends keep what they have."""
    weight = np.ones(count)
    return np.convolve(values, weight, "same") / np.convolve(np.ones(len(values)), weight, "same")


def reckoned(episode: Episode) -> dict[str, Curve]:
    """(K, 2) tracks in the world by who leads them, from the true start on."""
    pose = record.column(episode, GRADE, "pose_w")
    t, yaw = record.seconds(episode, GRADE), heading(episode)
    dt = np.diff(t, prepend=t[0])
    first = np.gradient(pose[:, :2], t, axis=0)[:3].mean(axis=0)
    start = Rotation.from_quat(pose[0, 3:])
    tracks = {}
    for grade in IMU_GRADES:
        turns = record.column(episode, grade, "angular_velocity") * dt[:, None]
        felt = record.column(episode, grade, "specific_force")
        turned, pulled = start, np.empty_like(felt)
        for k, turn in enumerate(turns):
            turned = turned * Rotation.from_rotvec(turn)
            pulled[k] = turned.apply(felt[k])
        velocity = first + np.cumsum(pulled[:, :2] * dt[:, None], axis=0)
        tracks[f"imu, {grade}"] = pose[0, :2] + np.cumsum(velocity * dt[:, None], axis=0)
    wheels = record.seconds(episode, "odometry")
    speed = np.interp(t, wheels, record.column(episode, "odometry", "speed")[:, 0])
    by_wheels = np.interp(t, wheels, record.column(episode, "odometry", "yaw_rate")[:, 0])
    by_gyro = record.column(episode, GRADE, "angular_velocity")[:, 2]
    for name, rate in (("wheels", by_wheels), (f"wheels and {GRADE} gyroscope", by_gyro)):
        ahead = np.column_stack([speed, np.zeros(len(t))])
        tracks[name] = pose[0, :2] + np.cumsum(_turned(ahead, yaw[0] + np.cumsum(rate * dt)) * dt[:, None], axis=0)
    return {name: (t, track) for name, track in tracks.items()}


def _turned(vectors: F64, yaw: F64) -> F64:
    c, s = np.cos(yaw), np.sin(yaw)
    return np.column_stack([c * vectors[:, 0] - s * vectors[:, 1], s * vectors[:, 0] + c * vectors[:, 1]])


def _turning(axes: Axes, episode: Episode) -> None:
    wheels = record.seconds(episode, "odometry")
    rate = np.degrees(smooth(record.column(episode, "odometry", "yaw_rate")[:, 0], 31))
    axes.plot(wheels, rate, color="#d1761f", lw=1.1, label="wheels, mean of 0.5 s")
    felt = np.degrees(record.column(episode, GRADE, "angular_velocity")[:, 2])
    axes.plot(record.seconds(episode, GRADE), felt, color=MEASURED, lw=0.9, label=f"imu, {GRADE}")
    true = np.degrees(record.column(episode, "ideal", "angular_velocity")[:, 2])
    axes.plot(record.seconds(episode, "ideal"), true, color=TRUTH, lw=0.7, label="truth")
    axes.legend(loc="upper left")
    label(axes, "Rate of turn", "time [s]", "[deg/s]")


def _sideways(axes: Axes, episode: Episode) -> None:
    for name, colour, width, words in ((GRADE, MEASURED, 0.6, f"imu, {GRADE}"), ("ideal", TRUTH, 0.7, "truth")):
        felt = record.column(episode, name, "specific_force")[:, 1]
        axes.plot(record.seconds(episode, name), felt, color=colour, lw=width, label=words)
    axes.legend(loc="upper left")
    label(axes, "Specific force to the left", "time [s]", "[m/s^2]")


def _speed(axes: Axes, episode: Episode) -> None:
    t, speed = record.seconds(episode, "odometry"), record.column(episode, "odometry", "speed")[:, 0]
    axes.plot(t, speed, ".", ms=2.5, color="#e8c9a0", label="wheels, one sample: few teeth pass")
    axes.plot(t, smooth(speed, 31), color="#d1761f", label="wheels, mean of 0.5 s")
    axes.plot(
        episode.time / 1e9, np.linalg.norm(episode["ego/velocity_w"][:, :2], axis=1), color=TRUTH, lw=1.0, label="truth"
    )
    axes.legend(loc="lower left")
    label(axes, "Speed", "time [s]", "[m/s]")


def _drift(axes: Axes, episode: Episode) -> None:
    true = record.column(episode, GRADE, "pose_w")[:, :2]
    for (name, (t, track)), style in zip(reckoned(episode).items(), _styles(), strict=True):
        axes.plot(t, np.linalg.norm(track - true, axis=1), label=name, **style)
    label(axes, "Error of dead reckoning", "time [s]", "[m]", yscale="log", ylim=(1e-3, 200.0))


def _tracks(axes: Axes, episode: Episode) -> None:
    true = record.column(episode, GRADE, "pose_w")
    axes.plot(true[:, 0], true[:, 1], color=TRUTH, lw=3.5, alpha=0.35, label="truth")
    for (name, (_, track)), style in zip(reckoned(episode).items(), _styles(), strict=True):
        axes.plot(track[:, 0], track[:, 1], label=name, **style)
        axes.plot(*track[-1], "o", ms=4, color=style["color"])
    step = int(np.argmin(abs(record.seconds(episode, GRADE) - _onset_s(episode))))
    axes.plot(*true[step, :2], "x", color=WRONG, ms=8, mew=2, label="onto the ice")
    axes.legend(loc="upper left", ncols=2)
    label(axes, "Tracks by dead reckoning", "east [m]", "north [m]")


def _styles() -> list[dict[str, Any]]:
    inertial = [{"color": colour, "lw": 1.2} for colour in COLOURS]
    return [*inertial, {"color": "#b3123f", "lw": 1.4, "ls": "--"}, {"color": "#17a2a2", "lw": 1.4, "ls": "--"}]
