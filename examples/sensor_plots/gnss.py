"""What satellite receivers report: in a street between houses, at the end of a tunnel, under attack."""

from __future__ import annotations

import numpy as np
from cornercase.renderers.motion.gnss import MODES
from cornercase.renderers.truth import Truth
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.episode.config import ScenarioConfig
from matplotlib.axes import Axes
from numpy.typing import NDArray

from . import record
from .style import LEVEL, MUTED, TRUTH, WRONG, Picture, figure, label, picture

TITLE = "Satellite receivers"
TEXT = (
    "`kind: gnss` (`sensors=drive_full`): a turn between houses that hide satellites and reflect them, beside "
    "every `mode` without detours and jumps (`multipath: 0`); the loss in a tunnel and the wait after it "
    "(`reacquire_s`); and the two faults of its own at severities 1, 3, 5. Rings are fixes that a detour or a jump has "
    "displaced, by their `truth`."
)
TURN, TURN_SEED = ScenarioConfig("driving/pedestrian_turning", "idm", 8.6), 1
TUNNEL, TUNNEL_SEED = ScenarioConfig("driving/tunnel_exit", "idm", 9.0), 1
COLOURS = {
    "single": "#1f77b4",
    "dgnss": "#2a9d5c",
    "rtk_float": "#d1761f",
    "rtk_fixed": "#5b3f9e",
    "simulator": "#999999",
}
STREET = ("single", "rtk_fixed")
FAULTS = ("multipath", "spoofing_ramp")
MORE = {"multipath": {"probability_per_frame": 0.1, "mean_length_frames": 10.0}}
ONSET_S = 2.0


def draw() -> Picture:
    """The map, errors, satellites, the tunnel, and faults."""
    antenna = record.sensor("drive_full", "gnss", latency_s=0.0)
    rig = {f"open_{mode}": {**antenna, "mode": mode, "multipath": 0.0} for mode in MODES}
    rig |= {mode: {**antenna, "mode": mode} for mode in STREET}
    for kind in FAULTS:
        for level in LEVEL:
            fault = {"kind": kind, "severity": level, "start_s": ONSET_S, **MORE.get(kind, {})}
            rig[f"{kind}_{level}"] = {**rig["open_rtk_fixed"], "faults": {"fault": fault}}
    rig["top"] = record.sensor("drive", "top", columns=512)
    drawn = figure(8.0)
    grid = drawn.add_gridspec(3, 3, width_ratios=(1.25, 1, 1))
    with record.recorded(TURN, rig, seed=TURN_SEED) as episode:
        _map(drawn.add_subplot(grid[:2, 0]), episode)
        _errors(drawn.add_subplot(grid[0, 1:]), episode)
        _satellites(drawn.add_subplot(grid[1, 1:]), episode)
        for k, kind in enumerate(FAULTS):
            _fault(drawn.add_subplot(grid[2, 1 + k]), episode, kind)
    rig = {"gnss": {**antenna, "reacquire_s": [1.0, 2.5]}}
    with record.recorded(TUNNEL, rig, seed=TUNNEL_SEED) as episode:
        _tunnel(drawn.add_subplot(grid[2, 0]), episode)
    return picture(drawn)


def error_of(episode: Episode, name: str) -> NDArray[np.float64]:
    """(K,) horizontal error [m], nan without a fix."""
    off = record.column(episode, name, "position_w") - record.column(episode, name, "true_position_w")
    return np.hypot(off[:, 0], off[:, 1])


def _map(axes: Axes, episode: Episode) -> None:
    still = record.surroundings(episode, "top", 2.5, every=5)
    axes.scatter(still[:, 0], still[:, 1], s=1.0, color=MUTED, alpha=0.5, linewidths=0)
    true = record.column(episode, "single", "true_position_w")
    axes.plot(true[:, 0], true[:, 1], color=TRUTH, lw=2.0, label="truth", zorder=5)
    for mode in STREET:
        place = record.column(episode, mode, "position_w")
        moved = (record.column(episode, mode, "truth")[:, 0] & Truth.DISPLACED) > 0
        axes.plot(place[:, 0], place[:, 1], ".-", ms=4, lw=0.5, color=COLOURS[mode], label=mode)
        axes.scatter(place[moved, 0], place[moved, 1], s=34, facecolors="none", edgecolors=WRONG, lw=0.7)
    place = record.column(episode, "open_single", "position_w")
    axes.plot(place[:, 0], place[:, 1], ".", ms=4, color=COLOURS["dgnss"], label="single, multipath: 0")
    middle = (true[:, :2].min(axis=0) + true[:, :2].max(axis=0)) / 2
    axes.legend(loc="lower left", frameon=True, framealpha=0.95, edgecolor="white")
    label(axes, "From above, between houses", "east [m]", "north [m]", aspect="equal")
    axes.set(xlim=middle[0] + np.array([-24, 24]), ylim=middle[1] + np.array([-30, 24]))


def _errors(axes: Axes, episode: Episode) -> None:
    for mode in MODES:
        name = f"open_{mode}"
        axes.plot(record.seconds(episode, name), error_of(episode, name), color=COLOURS[mode], label=mode)
    for mode in STREET:
        t, error = record.seconds(episode, mode), error_of(episode, mode)
        axes.plot(t, error, color=COLOURS[mode], lw=1.1, ls="--", label=f"{mode}, in the street")
    axes.legend(ncols=4, loc="upper left")
    label(
        axes,
        "Horizontal error: with multipath: 0, and in the street",
        "",
        "error [m]",
        yscale="log",
        ylim=(0.002, 2000),
    )


def _satellites(axes: Axes, episode: Episode) -> None:
    t, seen = record.seconds(episode, "single"), record.column(episode, "single", "satellites")
    axes.fill_between(t, 0, seen[:, 0], step="mid", color="#9cc7e6", linewidth=0, label="direct")
    axes.fill_between(
        t, seen[:, 0], seen.sum(axis=1), step="mid", color="#f0b3b3", linewidth=0, label="by a reflection only"
    )
    hdop = record.column(episode, "single", "dilution")[:, 0]
    axes.plot(t, hdop, color=TRUTH, lw=1.0, label="dilution of precision, horizontal")
    axes.legend(ncols=3, loc="upper left")
    label(axes, "Satellites received", "time [s]", "number", ylim=(0, 17), yticks=range(0, 18, 4))


def _tunnel(axes: Axes, episode: Episode) -> None:
    t, error = record.seconds(episode, "gnss"), error_of(episode, "gnss")
    seen = record.column(episode, "gnss", "satellites").sum(axis=1)
    axes.fill_between(t, 0, seen, step="mid", color="#9cc7e6", linewidth=0, label="satellites received")
    lost = np.isnan(error)
    axes.axvspan(t[lost][0], t[lost][-1], color="#3a3f46", alpha=0.14, lw=0, label="no position")
    axes.plot(t, error, "o", ms=3.5, color=COLOURS["single"], label="error [m]")
    axes.legend(loc="upper left")
    label(axes, "Out of a tunnel", "time [s]", "satellites; error [m]", ylim=(0, 22))


def _fault(axes: Axes, episode: Episode, kind: str) -> None:
    for level, colour in LEVEL.items():
        axes.plot(
            record.seconds(episode, f"{kind}_{level}"), error_of(episode, f"{kind}_{level}"), color=colour, label=level
        )
    axes.axvline(ONSET_S, color=MUTED, ls=":")
    axes.legend(title="severity", loc="upper left", ncols=3)
    label(axes, f"Fault: {kind}", "time [s]", "error [m]", ylim=(0, None))
    axes.set_ylim(0, 1.35 * axes.get_ylim()[1])
