"""What ultrasonic sensors report: past parked cars, and up to the car ahead."""

from __future__ import annotations

import numpy as np
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.episode.config import ScenarioConfig
from matplotlib.axes import Axes

from . import record
from .style import LEVEL, MEASURED, MUTED, TRUTH, WRONG, Picture, figure, label, picture

TITLE = "Ultrasonic sensors"
TEXT = (
    "`kind: ultrasonic` (`sensors=drive_full`), one that looks to the right from the front corner and finds the gaps "
    "between parked cars, and the one in the bumper as the car comes to a halt; the same with `assumed_c` 30 in the "
    "air of a frosty day, `crosstalk` of other cars, and `cover_db` of dirt on the membrane. No echo is 0."
)
HALT, HALT_SEED = ScenarioConfig("driving/lead_stopped", "idm", 12.5), 1
FROST = {"temperature_c": -10.0}
VARIANTS = {
    "sound": ({}, "#8fbfe3", "o"),
    "crosstalk: 0.15": ({"crosstalk": 0.15}, WRONG, "x"),
    "assumed_c: 30": ({"assumed_c": 30.0}, LEVEL[3], "^"),
    "cover_db: 21": ({"cover_db": 21.0}, "#7a5bb5", "s"),
}


def draw() -> Picture:
    """A map with echoes, its curve, and the approach."""
    drawn = figure(7.0)
    grid = drawn.add_gridspec(2, 2, height_ratios=(1, 1.35))
    bumper = record.sensor("drive_full", "bumper")
    side = {**bumper, "rate_hz": 25.0, "mount": {"position_m": [1.9, -0.88, -0.25], "rpy_deg": [0.0, 0.0, -90.0]}}
    rig = {"top": record.sensor("drive", "top", columns=512), "side": side}
    with record.recorded(record.STREET, rig, seed=record.STREET_SEED) as episode:
        _passing(drawn.add_subplot(grid[0, :]), drawn.add_subplot(grid[1, 0]), episode)
    rig = {f"s{k}": {**bumper, **changes} for k, (changes, *_) in enumerate(VARIANTS.values())}
    with record.recorded(HALT, rig, seed=HALT_SEED, weather=FROST) as episode:
        _halting(drawn.add_subplot(grid[1, 1]), episode)
    return picture(drawn)


def _passing(above: Axes, curve: Axes, episode: Episode) -> None:
    """Where echoes came from, and how far away they were."""
    still = record.surroundings(episode, "top", 0.07, every=5)
    pose, found = record.column(episode, "side", "pose_w"), record.column(episode, "side", "range")[:, 0]
    true = record.column(episode, "side", "true_range")[:, 0]
    heard = found > 0
    above.scatter(still[:, 0], still[:, 1], s=1.2, color=MUTED, linewidths=0, label="lidar, all that stands")
    above.plot(pose[:, 0], pose[:, 1], color=TRUTH, lw=1.2, label="way of the sensor")
    above.scatter(
        pose[heard, 0], pose[heard, 1] - found[heard], s=14, color=MEASURED, linewidths=0, label="first echoes"
    )
    for k in np.flatnonzero(heard)[::6]:
        above.plot([pose[k, 0]] * 2, [pose[k, 1], pose[k, 1] - found[k]], color=MEASURED, lw=0.5, alpha=0.6)
    above.legend(loc="upper left", ncols=3)
    start, end = pose[0, 0], pose[-1, 0]
    label(above, "From above: parked cars on the right, and the kerb", "way [m]", "left [m]", aspect="equal")
    above.set(xlim=(start - 1.0, end + 1.0), ylim=(pose[0, 1] - 4.2, pose[0, 1] + 3.4))
    curve.plot(pose[:, 0], true, color=TRUTH, lw=1.0, label="surface that answered")
    curve.scatter(pose[:, 0], found, s=9, color=MEASURED, linewidths=0, label="reported")
    curve.legend(loc="lower right")
    label(curve, "Range to the right", "way [m]", "range [m]", ylim=(0, None))


def _halting(axes: Axes, episode: Episode) -> None:
    """The bumper's range over time, sound and not."""
    for k, (name, (_, colour, mark)) in enumerate(VARIANTS.items()):
        t, found = record.seconds(episode, f"s{k}"), record.column(episode, f"s{k}", "range")[:, 0]
        if k == 0:
            true = record.column(episode, "s0", "true_range")[:, 0]
            axes.plot(t, np.where(true > 0, true, np.nan), color=TRUTH, lw=1.0, label="truth")
        axes.scatter(t, found, s=36 - 9 * k, color=colour, marker=mark, lw=0.8, label=name)
    axes.legend(loc="upper right")
    label(axes, "Bumper: coming to a halt behind a car", "time [s]", "range [m]", xlim=(7.0, 12.5), ylim=(-0.15, 6.4))
