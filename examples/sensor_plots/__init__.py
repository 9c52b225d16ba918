"""Plots of the sensors that deliver no pictures, for the page of `sensors_page.py`: one module a figure.

Each has a `TITLE`, a `TEXT` that names the keys that turn the sensor on, and `draw()`, which plays its own story.
"""

from __future__ import annotations

from . import arm, depth, faults, gnss, messages, motion, radar, radar_faults, ultrasonic
from .style import Picture

SENSORS = {
    "radar": radar,
    "depth": depth,
    "ultrasonic": ultrasonic,
    "gnss": gnss,
    "motion": motion,
    "arm": arm,
}
FAULTS = {"radar_faults": radar_faults, "vector_faults": faults, "message_faults": messages}
PLOTS = {**SENSORS, **FAULTS}
"""All figures by the name of their picture, in the order of the page."""


def draw(name: str) -> Picture:
    """One figure by name, for another process to call."""
    return PLOTS[name].draw()
