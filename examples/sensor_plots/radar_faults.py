"""Faults of a radar at the moment of the page: its detections from above."""

from __future__ import annotations

from cornercase.renderers.faults import timing
from cornercase.renderers.faults.kinds import FaultKind, fault_class, fault_kinds

from . import record
from .faults import levels
from .radar import above, radar, street
from .style import Picture, figure, picture

TITLE = "Radar faults at levels 1, 3, 5"
TEXT = (
    "What one frame of the short_range radar shows, from above, over the street as the lidar knows it (grey), with "
    "`sensors.radar.faults.mine={kind: bias, severity: 3}`; colour is radial speed from -6.5 m/s (violet) to 0 (red), "
    "size the radar cross section."
)
COLUMNS, LEFT_M, AHEAD_M = 9, (-16.0, 16.0), (0.0, 62.0)


def kinds() -> list[FaultKind]:
    """The faults that one frame shows; those with three levels first, so that rows stay together."""
    found = [f for f in fault_kinds("radar") if fault_class(f.kind).__module__ != timing.__name__]
    return sorted(found, key=lambda f: (not f.ladder, f.kind))


def draw() -> Picture:
    """A panel for each fault and level."""
    sound = {**radar("short_range"), "rate_hz": 2.0, "phase_s": record.MOMENT_S - 1.0}
    shown = [(kind.kind, level) for kind in kinds() for level in levels(kind)]
    rig = {
        f"{kind}_{level}": {**sound, "faults": {"fault": {"kind": kind, "severity": level}}} for kind, level in shown
    }
    rig["near"] = radar("short_range")
    rig["top"] = record.sensor("drive", "top", phase_s=record.MOMENT_S)
    rows = -(-len(shown) // COLUMNS)
    drawn = figure(2.55 * rows)
    panels = drawn.subplots(rows, COLUMNS, sharex=True, sharey=True)
    with record.recorded(record.STREET, rig, seed=record.STREET_SEED) as episode:
        here = street(episode)
        for axes, (kind, level) in zip(panels.flat, shown, strict=False):
            above(axes, episode.frames(f"{kind}_{level}")[-1].detections, here, LEFT_M, AHEAD_M, marked=False)
            axes.set_title(f"{kind} {level or ''}".strip(), fontsize=9)
            axes.tick_params(labelsize=8)
    for axes in panels.flat[len(shown) :]:
        axes.set_visible(False)
    for axes in panels[:, 0]:
        axes.set_ylabel("ahead [m]")
    for axes in panels[-1]:
        axes.set_xlabel("left [m]")
    return picture(drawn)
