"""How the plots of the page look, and how a figure becomes a picture."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

WIDTH_IN, DPI = 12.0, 100
TRUTH, MEASURED, WRONG, GOOD, MUTED = "#1b1f24", "#1f77b4", "#d62728", "#2a9d5c", "#a8adb4"
LEVEL = {1: "#f2b134", 3: "#e2711d", 5: "#b3123f"}
"""Colours of severities, the worse the darker."""

plt.rcParams.update({
    "figure.dpi": DPI,
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.edgecolor": "#6a7079",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e8eb",
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.4,
    "savefig.facecolor": "white",
})  # fmt: skip


def figure(height_in: float) -> Figure:
    """An empty figure as wide as the page."""
    return plt.figure(figsize=(WIDTH_IN, height_in), layout="constrained")


def picture(drawn: Figure) -> Picture:
    """(H, W, 3) its pixels; the figure is closed."""
    drawn.canvas.draw()
    out: Picture = np.asarray(drawn.canvas.buffer_rgba())[..., :3].copy()  # type: ignore[attr-defined]
    plt.close(drawn)
    return out


def show(axes: Axes, pixels: Picture, title: str) -> None:
    """A picture without axes."""
    axes.imshow(pixels)
    axes.set_title(title)
    axes.set_axis_off()


def label(axes: Axes, title: str, x: str = "", y: str = "", **more: Any) -> None:
    """Title and names of the axes."""
    axes.set(title=title, xlabel=x, ylabel=y, **more)
