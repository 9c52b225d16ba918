"""What an arm feels of itself: force and torque at the wrist, and the angles of its joints."""

from __future__ import annotations

import numpy as np
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.episode.config import ScenarioConfig
from matplotlib.figure import Figure

from . import record
from .style import MUTED, WRONG, Picture, figure, label, picture, show

TITLE = "Wrist force, wrist torque and joint encoders"
TEXT = (
    "`kind: wrench` and `kind: encoders` (`sensors=cell_full`) through an episode of `robotics/grasp_slip`: the weight "
    "comes onto the wrist as the hand lifts and leaves it as the object slips out; encoders miss the truth by what "
    "calibration has left, and repeat in steps of one count."
)

STORY, SEED = ScenarioConfig("robotics/grasp_slip", "pick_place"), 2
SHOTS = ((3.0, "reaching"), (4.9, "lifted"), (6.1, "slipping"), (7.1, "dropped"))
NAMES, COLOURS = ("x", "y", "z"), ("#d1761f", "#2a9d5c", "#1f77b4")
JOINTS = (1, 3, 5)


def draw() -> Picture:
    """Moments of the episode, and the curves below them."""
    rig = {name: record.sensor("cell_full", name) for name in ("wrench", "encoders")}
    rig["overview"] = record.sensor("cell_full", "overview", rate_hz=5.0, width=400, height=300)
    with record.recorded(STORY, rig, seed=SEED) as episode:
        return picture(_drawn(episode))


def _drawn(episode: Episode) -> Figure:
    drawn = figure(8.2)
    grid = drawn.add_gridspec(3, 12, height_ratios=(1.05, 1, 1))
    times = record.seconds(episode, "overview")
    for k, (when, words) in enumerate(SHOTS):
        frame = episode.frames("overview")[int(np.argmin(abs(times - when)))]
        show(drawn.add_subplot(grid[0, 3 * k : 3 * k + 3]), frame.rgb, f"{frame.time_end / 1e9:.1f} s: {words}")
    force, torque = drawn.add_subplot(grid[1, :6]), drawn.add_subplot(grid[1, 6:])
    angle, error = drawn.add_subplot(grid[2, :6]), drawn.add_subplot(grid[2, 6:])
    t = record.seconds(episode, "wrench")
    true = record.column(episode, "wrench", "true_wrench")
    for axes, array, first, title, unit in (
        (force, "force", 0, "Force of hand and load on the wrist", "force [N]"),
        (torque, "torque", 3, "Torque at the wrist", "torque [N m]"),
    ):
        measured = record.column(episode, "wrench", array)
        for k, colour in enumerate(COLOURS):
            axes.plot(t, true[:, first + k], color=MUTED, lw=2.0, label="truth" if k == 0 else None)
            axes.plot(t, measured[:, k], color=colour, lw=0.8, label=NAMES[k])
        low, high = np.percentile(np.concatenate([measured, true[:, first : first + 3]]), (0.15, 99.85))
        label(axes, title, "time [s]", unit, ylim=(low - 0.12 * (high - low), high + 0.2 * (high - low)))
        axes.legend(ncols=4, loc="upper left")
    t = record.seconds(episode, "encoders")
    read, real = (np.degrees(record.column(episode, "encoders", n)) for n in ("joint_position", "true_joint_position"))
    for joint, colour in zip(JOINTS, COLOURS, strict=True):
        angle.plot(t, read[:, joint], color=colour, label=f"joint {joint + 1}")
        error.plot(t, 60.0 * (read - real)[:, joint], color=colour, lw=0.8)
    angle.legend(ncols=3, loc="upper left")
    label(angle, "Encoders", "time [s]", "angle [deg]", ylim=(read[:, JOINTS].min() - 8, read[:, JOINTS].max() + 60))
    label(error, "Encoders, measured less truth", "time [s]", "error [arc minutes]")
    for axes in (force, torque, angle, error):
        axes.set_xlim(0.0, t[-1])
        for phase in episode.phases:
            if phase.name in ("onset", "contact"):
                axes.axvline(phase.time_ns / 1e9, color=WRONG, lw=1.0, ls=":")
    for phase in episode.phases:
        if phase.name in ("onset", "contact"):
            words = {"onset": "slips ", "contact": " drops"}[phase.name]
            side = "right" if phase.name == "onset" else "left"
            force.text(phase.time_ns / 1e9, force.get_ylim()[0], words, color=WRONG, ha=side, va="bottom", fontsize=8.5)
    return drawn
