"""Faults of time, transport and memory: which messages come, what they hold, and when."""

from __future__ import annotations

from typing import Any

import numpy as np
from cornercase.renderers.faults import timing
from cornercase.renderers.faults.kinds import FaultKind, fault_class, fault_kinds
from cornercase.sim.dataset.reader import Episode
from matplotlib.axes import Axes

from . import record
from .faults import DRIVE, DRIVE_ONSET_S, DRIVE_SEED, levels
from .style import LEVEL, MUTED, TRUTH, Picture, figure, label, picture

TITLE = "Faults of messages at levels 1, 3, 5"
TEXT = (
    "They befall every sensor, here an inertial unit in a turn, from the dotted line on: "
    "`sensors.imu.faults.mine={kind: dropped, severity: 3}`. Above, each dot is a message with its rate of turn, below "
    "one another the sound sensor and the severities; below, by how much stamps or deliveries are off."
)
CLOCKS = ("clock_drift", "clock_offset", "timing_jitter", "delayed")
MORE: dict[str, dict[str, Any]] = {"intermittent": {"mean_length_frames": 5.0}}
STEP_DEG, COLUMNS = 26.0, 4


def draw() -> Picture:
    """One panel for each fault."""
    found = [f for f in fault_kinds("imu") if fault_class(f.kind).__module__ == timing.__name__]
    found.sort(key=lambda f: (f.kind in CLOCKS, not f.ladder, f.kind))
    unit = record.sensor("drive", "imu", rate_hz=10.0)
    rig = {"sound": unit}
    for kind in found:
        for level in levels(kind):
            fault = {"kind": kind.kind, "severity": level, "start_s": DRIVE_ONSET_S, **MORE.get(kind.kind, {})}
            rig[f"{kind.kind}_{level}"] = {**unit, "faults": {"fault": fault}}
    drawn = figure(7.8)
    grid = drawn.add_gridspec(3, COLUMNS)
    rest = [f for f in found if f.kind not in CLOCKS]
    with record.recorded(DRIVE, rig, seed=DRIVE_SEED) as episode:
        for k, kind in enumerate(rest):
            axes = drawn.add_subplot(grid[divmod(k, COLUMNS)])
            _contents(axes, episode, kind, "rate of turn [deg/s]" if k % COLUMNS == 0 else "")
        for k, kind in enumerate(f for f in found if f.kind in CLOCKS):
            _times(drawn.add_subplot(grid[2, k]), episode, kind)
    return picture(drawn)


def _contents(axes: Axes, episode: Episode, kind: FaultKind, words: str) -> None:
    """Messages as they come, one row below the other; what bit errors throw out of the row is left out."""
    axes.axvline(DRIVE_ONSET_S, color=MUTED, lw=1.0, ls=":")
    rows = [("sound", TRUTH, "sound")]
    rows += [(f"{kind.kind}_{level}", LEVEL[level or 5], str(level or "on")) for level in levels(kind)]
    for row, (name, colour, name_shown) in enumerate(rows):
        rate = np.degrees(record.column(episode, name, "angular_velocity")[:, 2])
        inside = np.abs(rate) < STEP_DEG
        axes.plot(record.seconds(episode, name)[inside], rate[inside] - STEP_DEG * row, ".", ms=3.5, color=colour)
        axes.text(8.8, 5.0 - STEP_DEG * row, name_shown, color=colour, fontsize=8.5, va="center", fontweight="bold")
    ticks = [-STEP_DEG * row + v for row in range(len(rows)) for v in (0, 20)]
    label(axes, kind.kind, "time [s]", words, xlim=(0.0, 11.0), ylim=(-3.3 * STEP_DEG, STEP_DEG))
    axes.set_yticks(ticks, ["0", "20"] * len(rows), fontsize=7.5)


def _times(axes: Axes, episode: Episode, kind: FaultKind) -> None:
    """By how much stamps, or deliveries, are off."""
    late = kind.kind == "delayed"
    axes.axvline(DRIVE_ONSET_S, color=MUTED, lw=1.0, ls=":")
    for level in reversed(levels(kind)):
        name = f"{kind.kind}_{level}"
        t, first = record.seconds(episode, name), record.seconds(episode, name, "start")
        off = record.seconds(episode, name, "delivered") - t if late else record.seconds(episode, name, "stamp") - first
        axes.plot(t, 1e3 * off, ".-", ms=3.5, lw=0.6, color=LEVEL[level], label=str(level))
    axes.legend(loc="upper left", title="severity")
    label(axes, kind.kind, "time [s]", "delivery late by [ms]" if late else "stamp off by [ms]", xlim=(0.0, 8.6))
