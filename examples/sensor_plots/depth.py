"""What depth cameras measure of a cell: the picture, the exact depth, the measured one, and where it fails."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.episode.config import ScenarioConfig
from numpy.typing import NDArray

from . import record
from .style import Picture, figure, picture, show

TITLE = "Depth cameras"
TEXT = (
    "`kind: depth` (`sensors=cell_full`), its `method` stereo and structured_light, beside a camera at the same place. "
    "Without depth are: the band at the left where the other eye sees nothing, the shadows beside near things, black "
    "and polished surfaces, and glass. Where stereo measures, its error grows with the square of the distance."
)
CLEAR, DARK = "robotics/transparent_object", "robotics/dark_specular_object"
ROWS = ((CLEAR, "glass", "stereo"), (DARK, "steel_canister", "stereo"), (DARK, "rubber_block", "structured_light"))
NEAR_M, FAR_M, ERROR_MM, FOV_DEG = 0.7, 2.2, 30.0, 52.0
HOLE = np.array([24, 24, 28], np.uint8)


def draw() -> Picture:
    """One row for each story and method."""
    drawn = figure(7.3)
    grid = drawn.add_gridspec(len(ROWS) + 1, 8, height_ratios=(*[1.0] * len(ROWS), 0.05))
    for row, (story, thing, method) in enumerate(ROWS):
        mounted = record.sensor("cell_full", "depth", method=method, rate_hz=2.0, fov_deg=FOV_DEG)
        eye = {"kind": "camera", "imager": "imx900_high_gain", "rate_hz": 5.0}
        rig = {
            "depth": mounted,
            "eye": {**eye, **{key: mounted[key] for key in ("mount", "width", "height", "fov_deg")}},
        }
        with record.recorded(ScenarioConfig(story, "", 0.7, {"kind": thing}), rig, seed=1) as episode:
            tiles = _tiles(episode)
        titles = (f"Camera: {thing.replace('_', ' ')}", "Exact depth", f"Measured, {method}", "Measured less exact")
        for k, (tile, title) in enumerate(zip(tiles, titles, strict=True)):
            show(drawn.add_subplot(grid[row, 2 * k : 2 * k + 2]), tile, title)
    for place, colours, low, high, words in (
        (grid[-1, 3:5], "turbo_r", NEAR_M, FAR_M, "depth [m], black: none"),
        (grid[-1, 6:], "RdBu", -ERROR_MM, ERROR_MM, "error [mm], black: no depth"),
    ):
        scale = mpl.cm.ScalarMappable(mpl.colors.Normalize(low, high), colours)
        drawn.colorbar(scale, cax=drawn.add_subplot(place), orientation="horizontal", label=words)
    return picture(drawn)


def _tiles(episode: Episode) -> list[Picture]:
    frame, eye = episode.frames("depth")[-1], episode.frames("eye")[-1]
    measured, exact = frame.depth, frame["true_depth"]
    error = np.where((measured > 0) & (exact > 0), 1e3 * (measured - exact), np.nan)
    return [
        eye.rgb,
        _coloured(np.where(exact > 0, exact, np.nan), "turbo_r", NEAR_M, FAR_M),
        _coloured(np.where(measured > 0, measured, np.nan), "turbo_r", NEAR_M, FAR_M),
        _coloured(error, "RdBu", -ERROR_MM, ERROR_MM),
    ]


def _coloured(values: NDArray[Any], colours: str, low: float, high: float) -> Picture:
    rgb = mpl.colormaps[colours](np.clip((values - low) / (high - low), 0.0, 1.0))[..., :3]
    return np.where(np.isnan(values)[..., None], HOLE, (255 * rgb).astype(np.uint8))
