"""What radars report at the moment of the page: from above, and over angle and radial speed."""

from __future__ import annotations

from typing import Any

import numpy as np
from cornercase.renderers.truth import Truth
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.world.classes import PEOPLE
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from . import record
from .style import MEASURED, MUTED, WRONG, Picture, figure, label, picture, show

TITLE = "Radars"
TEXT = (
    "`kind: radar` (`sensors=drive_full`), its `model` short_range and long_range, in clear air and in "
    "`weather=violent_shower`. Grey is the street as the lidar knows it. Colour is radial speed, size the radar cross "
    "section; `truth` of each detection tells ghosts, rain and false alarms from echoes by the straight way. All that "
    "stands lies on one curve of speed over azimuth; the child does not."
)
SPEED: dict[str, Any] = {"cmap": "turbo", "vmin": -6.5, "vmax": 0.0}
Rows = NDArray[Any]


def radar(model: str, **changes: Any) -> dict[str, Any]:
    """The radar of a car, one frame at the moment of the page."""
    return record.sensor("drive_full", "radar", model=model, rate_hz=1.0, phase_s=record.MOMENT_S, **changes)


def draw() -> Picture:
    """Both presets, dry and in rain."""
    rig = {
        "front": record.sensor("drive", "front", phase_s=record.MOMENT_S),
        "top": record.sensor("drive", "top", phase_s=record.MOMENT_S),
        "near": radar("short_range"),
        "far": radar("long_range"),
    }
    drawn = figure(7.4)
    grid = drawn.add_gridspec(2, 5, width_ratios=(3.6, 2.75, 2.75, 1.25, 0.12), height_ratios=(1, 1.25))
    with record.recorded(record.STREET, rig, seed=record.STREET_SEED) as episode:
        near, far = (episode.frames(name)[0].detections for name in ("near", "far"))
        show(drawn.add_subplot(grid[0, 0]), episode.frames("front")[0].rgb, "Camera")
        _speeds(drawn.add_subplot(grid[1, 0]), near, speed_of(episode))
        here = street(episode)
    wet = {"near": radar("short_range")}
    with record.recorded(record.STREET, wet, seed=record.STREET_SEED, weather="violent_shower") as episode:
        soaked = episode.frames("near")[0].detections
    for k, (rows, title, half, end) in enumerate((
        (near, "short_range", 14, 62), (soaked, "short_range, violent_shower", 14, 62), (far, "long_range", 14, 150)
    )):  # fmt: skip
        axes = drawn.add_subplot(grid[:, k + 1])
        dots = above(axes, rows, here, (-half, half), (0, end))
        label(axes, title, "left [m]", "ahead [m]" if k != 1 else "")
    drawn.colorbar(dots, cax=drawn.add_subplot(grid[:, 4])).set_label("radial speed [m/s], away is positive")
    drawn.legend(*_marks(), loc="outside lower center", ncols=6)
    return picture(drawn)


def _marks() -> tuple[list[Line2D], list[str]]:
    """What the marks mean."""
    grey = {"ls": "", "color": "#6b8f3a"}
    lines = [Line2D([], [], marker="o", ms=size_of(rcs) ** 0.5, mew=0, **grey) for rcs in (-20.0, 0.0, 20.0)]
    lines += [Line2D([], [], marker="D", ms=6, mec="black", **grey), Line2D([], [], marker="x", ls="", color=WRONG)]
    lines += [Line2D([], [], marker=".", ls="", color=MUTED)]
    words = [
        "echo of -20 dBsm",
        "0 dBsm",
        "20 dBsm",
        "displaced: by a mirror",
        "phantom: rain, ghost, false alarm",
        "lidar",
    ]
    return lines, words


def size_of(rcs_dbsm: Any) -> Any:
    """Area of the mark of a detection [points^2]."""
    return 4.0 * np.exp((np.clip(rcs_dbsm, -20, 25) + 20.0) / 14.0)


def speed_of(episode: Episode) -> float:
    """Speed of the ego at the moment of the page [m/s]."""
    step = int(np.searchsorted(episode.time / 1e9, record.MOMENT_S))
    return float(np.linalg.norm(episode["ego/velocity_w"][step]))


def street(episode: Episode) -> Rows:
    """(N, 3) the lidar's view of what stands, in the frame of the radar up to turns [m]."""
    frame, radar_frame = episode.frames("top")[0], episode.frames("near")[0]
    points = frame.points(compensated=True)[:, :3].astype(float)
    offset = record.to_local(radar_frame.pose_w, frame.pose_w)
    return (points + offset)[points[:, 2] > -1.4]


def above(
    axes: Axes, rows: Rows, here: Rows, left: tuple[float, float], ahead: tuple[float, float], marked: bool = True
) -> PathCollection:
    """Detections from above, marked by their truth."""
    axes.scatter(here[:, 1], here[:, 0], s=1.0, color=MUTED, alpha=0.45, linewidths=0)
    x, y = rows["range"] * np.cos(rows["azimuth"]), rows["range"] * np.sin(rows["azimuth"])
    size, speed = size_of(rows["rcs"]), rows["velocity"]
    phantom = marked & ((rows["truth"] & Truth.PHANTOM) > 0)
    moved = marked & ((rows["truth"] & Truth.DISPLACED) > 0) & ~phantom
    sound = ~phantom & ~moved
    dots = axes.scatter(y[sound], x[sound], s=size[sound], c=speed[sound], linewidths=0, alpha=0.85, **SPEED)
    diamond: dict[str, Any] = {"marker": "D", "edgecolors": "black", "linewidths": 0.7}
    axes.scatter(y[moved], x[moved], s=size[moved] + 6, c=speed[moved], **diamond, **SPEED)
    axes.scatter(y[phantom], x[phantom], s=size[phantom] + 8, color=WRONG, marker="x", linewidths=0.9)
    axes.set(xlim=left[::-1], ylim=ahead, aspect="equal", anchor="N")
    return dots


def _speeds(axes: Axes, rows: Rows, speed_mps: float) -> None:
    azimuth, walks = np.degrees(rows["azimuth"]), np.isin(rows["semantic"], list(PEOPLE))
    angle = np.linspace(-62, 62, 200)
    axes.plot(angle, -speed_mps * np.cos(np.radians(angle)), color=MUTED, lw=6, alpha=0.5, label="stands still")
    axes.scatter(azimuth[~walks], rows["velocity"][~walks], s=8, color="#44505c", linewidths=0, label="houses, cars")
    axes.scatter(azimuth[walks], rows["velocity"][walks], s=16, color=MEASURED, linewidths=0, label="people")
    axes.legend(loc="upper center")
    label(axes, "short_range: speed over azimuth", "azimuth [deg], left is positive", "radial speed [m/s]")
    axes.set(xlim=(62, -62))
