"""Recall and average precision against severity, with intervals, as one picture.

Drawn with the tools the other pictures use, twice as large and then made smaller, so that it needs no plotting library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...renderers.view.sheet import PAGE
from ...renderers.view.text import GREY, LARGE, NORMAL, WHITE, fitting, text_size, write

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
Figure = Mapping[str, Any]

_FINE = 2
"""Drawn this many times as large."""
_WIDTH, _HEIGHT = 760, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 78, 66
_GRID: Colour = (52, 56, 64)
_RECALL: Colour = (88, 196, 255)
_AP: Colour = (255, 178, 64)
_TITLES = {"boxes_2d": "Boxes in pictures", "boxes_3d": "Boxes in space"}


def draw_chart(report: Mapping[str, Any]) -> Picture:
    """(H, W, 3) picture of a report: one panel for each task."""
    severities = report["severities"]
    tasks = list(severities[0]["tasks"])
    panels = [_panel(report, task) for task in tasks]
    if not panels:
        out = np.full((_HEIGHT, _WIDTH, 3), PAGE, np.uint8)
        write(out, "nothing to score", (_LEFT, _HEIGHT // 2), colour=GREY, size=LARGE)
        return out
    return np.concatenate(panels, axis=1)


def short_value(value: Any) -> str:
    """What a severity sets, as few words as possible."""
    return (
        f"{value:g}" if isinstance(value, float | int) else json.dumps(value) if not isinstance(value, str) else value
    )


def short_changes(changes: Mapping[str, Any]) -> str:
    """The changes of a severity: last parts of the keys and their values."""
    return ", ".join(f"{key.rpartition('.')[2]}={short_value(value)}" for key, value in changes.items())


def _panel(report: Mapping[str, Any], task: str) -> Picture:
    severities = report["severities"]
    figures = [s["tasks"][task] for s in severities]
    canvas = np.full((_HEIGHT * _FINE, _WIDTH * _FINE, 3), PAGE, np.uint8)
    _text(canvas, f"{_TITLES[task]}: {report['model']['path'] or report['model']['name']}", (_LEFT, 30), WHITE, LARGE)
    ap = next(name for name in figures[0]["ap"])
    about = f"{report['scenario']}, {len(report['episodes'])} episodes, sweep {report['sweep']}"
    _text(canvas, about, (_LEFT, 52), GREY, NORMAL)
    right = _WIDTH - _RIGHT
    for k, (label, colour) in enumerate(((f"AP {ap}", _AP), (f"recall {figures[0]['criterion']}", _RECALL))):
        _text(canvas, label, (right - _wide(label), 30 + 20 * (1 - k)), colour, NORMAL)
    _axes(canvas, severities)
    for series, colour in (([f["ap"][ap] for f in figures], _AP), ([f["recall"] for f in figures], _RECALL)):
        _band(canvas, series, colour)
    for series, colour in (([f["ap"][ap] for f in figures], _AP), ([f["recall"] for f in figures], _RECALL)):
        _line(canvas, series, colour)
    small: Picture = np.asarray(cv2.resize(canvas, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    return small


def _axes(canvas: Picture, severities: Sequence[Mapping[str, Any]]) -> None:
    for level in np.linspace(0.0, 1.0, 6):
        row = _y(float(level))
        cv2.line(canvas, (_LEFT * _FINE, row), ((_WIDTH - _RIGHT) * _FINE, row), _GRID, _FINE)
        label = f"{level:.1f}"
        _text(canvas, label, (_LEFT - 12 - _wide(label), row // _FINE + 5), GREY, NORMAL)
    step = (_WIDTH - _LEFT - _RIGHT) // max(len(severities), 1)
    for k, severity in enumerate(severities):
        column = _x(k, len(severities)) // _FINE
        name = "clean" if severity["severity"] == 0 else str(severity["severity"])
        values = list(severity["changes"].values())
        below = short_value(values[0]) if len(values) == 1 else short_changes(severity["changes"])
        for text, row, colour in ((name, 22, WHITE), (fitting(below, step - 8, NORMAL) if below else "", 44, GREY)):
            at = (column - _wide(text) // 2, _HEIGHT - _BOTTOM + row)
            _text(canvas, text, at, colour, NORMAL)


def _band(canvas: Picture, series: Sequence[Figure], colour: Colour) -> None:
    """The interval as a shade between neighbours that have one, and a bar at each."""
    shade = canvas.copy()
    n = len(series)
    for k, (a, b) in enumerate(zip(series, series[1:], strict=False)):
        if None not in (a["low"], a["high"], b["low"], b["high"]):
            corners = [(k, a["low"]), (k, a["high"]), (k + 1, b["high"]), (k + 1, b["low"])]
            cv2.fillPoly(shade, [np.array([(_x(i, n), _y(v)) for i, v in corners], np.int32)], colour, cv2.LINE_AA)
    canvas[:] = cv2.addWeighted(shade, 0.16, canvas, 0.84, 0.0)
    for k, figure in enumerate(series):
        if None not in (figure["low"], figure["high"]):
            low, high, x, cap = _y(figure["low"]), _y(figure["high"]), _x(k, n), 5 * _FINE
            cv2.line(canvas, (x, low), (x, high), colour, _FINE, cv2.LINE_AA)
            for y in (low, high):
                cv2.line(canvas, (x - cap, y), (x + cap, y), colour, _FINE, cv2.LINE_AA)


def _line(canvas: Picture, series: Sequence[Figure], colour: Colour) -> None:
    n = len(series)
    points = [(_x(k, n), _y(f["value"])) if f["value"] is not None else None for k, f in enumerate(series)]
    for a, b in zip(points, points[1:], strict=False):
        if a is not None and b is not None:
            cv2.line(canvas, a, b, colour, 2 * _FINE, cv2.LINE_AA)
    for point in points:
        if point is not None:
            cv2.circle(canvas, point, 5 * _FINE, PAGE, cv2.FILLED, cv2.LINE_AA)
            cv2.circle(canvas, point, 4 * _FINE, colour, cv2.FILLED, cv2.LINE_AA)


def _x(k: int, n: int) -> int:
    """Column of a severity on the fine canvas, half a step from the edges."""
    return round((_LEFT + (k + 0.5) * (_WIDTH - _LEFT - _RIGHT) / n) * _FINE)


def _y(value: float) -> int:
    return round((_TOP + (1.0 - value) * (_HEIGHT - _TOP - _BOTTOM)) * _FINE)


def _text(canvas: Picture, text: str, at: tuple[int, int], colour: Colour, size: float) -> None:
    write(canvas, text, (at[0] * _FINE, at[1] * _FINE), colour=colour, size=size * _FINE)


def _wide(text: str) -> int:
    return text_size(text, NORMAL * _FINE)[0] // _FINE
