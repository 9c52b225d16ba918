"""Faults of sensors that deliver numbers, as curves of a rate, a speed, a place, a force and an angle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from cornercase.renderers.faults.kinds import FaultKind, fault_class, fault_kinds
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.episode.config import ScenarioConfig
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from . import record
from .style import LEVEL, MUTED, TRUTH, Picture, figure, picture

TITLE = "Faults of inertial unit, odometry, receiver, wrist and encoders at levels 1, 3, 5"
TEXT = (
    "One row a fault, from the dotted line on; grey is the sound sensor, yellow, orange and red are severities 1, 3 "
    "and 5, red alone a fault without levels. Configured as `sensors.imu.faults.mine={kind: drift, severity: 3, "
    "start_s: 2}`; panels are left out where a sensor cannot have the fault. Strengths are shares of full scale, so "
    "that they differ in what they mean."
)
DRIVE, DRIVE_SEED = ScenarioConfig("driving/pedestrian_turning", "idm", 8.6), 1
ARM, ARM_SEED = ScenarioConfig("robotics/grasp_slip", "pick_place", 7.0), 2
DRIVE_ONSET_S, ARM_ONSET_S = 3.0, 2.0


class Channel(NamedTuple):
    """One number of one sensor."""

    name: str
    title: str
    array: str
    axis: int
    scale: float
    onset_s: float
    sensor: dict[str, Any]


CHANNELS = (
    Channel("imu", "Inertial unit\nrate of turn [deg/s]", "angular_velocity", 2, 57.3, DRIVE_ONSET_S,
            record.sensor("drive", "imu", rate_hz=20.0)),
    Channel("odometry", "Odometry\nspeed [m/s]", "speed", 0, 1.0, DRIVE_ONSET_S,
            record.sensor("drive", "odometry", rate_hz=20.0, ticks_per_turn=2048)),
    Channel("gnss", "Receiver\nplace to the north [m]", "position_w", 1, 1.0, DRIVE_ONSET_S,
            record.sensor("drive_full", "gnss", mode="rtk_fixed", multipath=0.0, rate_hz=5.0)),
    Channel("wrench", "Wrist\nforce along z [N]", "force", 2, 1.0, ARM_ONSET_S,
            record.sensor("cell_full", "wrench", rate_hz=40.0)),
    Channel("encoders", "Encoders\njoint 2 [deg]", "joint_position", 1, 57.3, ARM_ONSET_S,
            record.sensor("cell_full", "encoders", rate_hz=40.0)),
)  # fmt: skip


def kinds() -> list[FaultKind]:
    """The faults that rewrite numbers and befall more than one kind of sensor; those with levels first."""
    found = [f for f in fault_kinds("imu") if fault_class(f.kind).__module__.endswith(".vectors")]
    return sorted(found, key=lambda f: (not f.ladder, f.kind))


def levels(kind: FaultKind) -> tuple[int, ...]:
    """Severities that are shown; 0 for a fault without levels."""
    return tuple(LEVEL) if kind.ladder else (0,)


def befalls(kind: FaultKind, channel: Channel) -> bool:
    """Whether the sensor of a channel can have a fault."""
    return fault_class(kind.kind).fits("encoder" if channel.name == "encoders" else channel.name)


def rig_of(channels: tuple[Channel, ...]) -> record.Rig:
    """Every channel sound, and with every fault that it can have at every level."""
    rig = {}
    for channel in channels:
        rig[channel.name] = dict(channel.sensor)
        for kind in kinds():
            for level in levels(kind) if befalls(kind, channel) else ():
                fault = {"kind": kind.kind, "severity": level, "start_s": channel.onset_s}
                rig[f"{channel.name}_{kind.kind}_{level}"] = {**channel.sensor, "faults": {"fault": fault}}
    return rig


def draw() -> Picture:
    """A row for each fault, a column for each channel."""
    rows = kinds()
    drawn = figure(1.12 * len(rows) + 0.8)
    panels = drawn.subplots(len(rows), len(CHANNELS), sharex="col")
    for story, seed, columns in ((DRIVE, DRIVE_SEED, range(3)), (ARM, ARM_SEED, range(3, 5))):
        with record.recorded(story, rig_of(tuple(CHANNELS[k] for k in columns)), seed=seed) as episode:
            for row, kind in enumerate(rows):
                for k in columns:
                    _panel(panels[row, k], episode, CHANNELS[k], kind)
    for k, channel in enumerate(CHANNELS):
        panels[0, k].set_title(channel.title, fontsize=9.5)
        panels[-1, k].set_xlabel("time [s]")
    for row, kind in enumerate(rows):
        panels[row, 0].set_ylabel(kind.kind, fontweight="bold")
    names = {TRUTH: "sound", **{colour: f"severity {level}" for level, colour in LEVEL.items()}}
    lines = [Line2D([], [], color=colour, alpha=0.55 if colour == TRUTH else 1.0) for colour in names]
    drawn.legend(lines, list(names.values()), loc="outside lower center", ncols=4)
    return picture(drawn)


def _panel(axes: Axes, episode: Episode, channel: Channel, kind: FaultKind) -> None:
    """One channel with one fault beside the sound one; without frame and curves if it cannot have it."""
    if not befalls(kind, channel):
        axes.tick_params(left=False, labelleft=False, bottom=False)
        axes.grid(visible=False)
        for side in axes.spines.values():
            side.set_visible(False)
        return
    sound = values(episode, channel.name, channel)
    axes.axvline(channel.onset_s, color=MUTED, lw=1.0, ls=":")
    for level in reversed(levels(kind)):
        name = f"{channel.name}_{kind.kind}_{level}"
        axes.plot(record.seconds(episode, name), values(episode, name, channel), color=LEVEL[level or 5], lw=1.1)
    axes.plot(record.seconds(episode, channel.name), sound, color=TRUTH, lw=1.0, alpha=0.55)
    axes.tick_params(labelsize=8)
    axes.set_xlim(0.0, record.seconds(episode, channel.name)[-1])
    seen = np.concatenate([line.get_ydata() for line in axes.lines[1:]])
    low, high = np.nanpercentile(seen, (2.5, 97.5))  # single outliers of a receiver would flatten the rest
    axes.set_ylim(low - 0.25 * (high - low), high + 0.25 * (high - low))


def values(episode: Episode, name: str, channel: Channel) -> NDArray[np.float64]:
    """(K,) the number, in the unit of the plot."""
    return channel.scale * record.column(episode, name, channel.array)[:, channel.axis]
