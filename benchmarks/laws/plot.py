"""Curves as pictures: the law as a line, what was measured as dots, the tolerance as a band."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from cornercase.renderers.view.sheet import PAGE
from cornercase.renderers.view.text import GREY, LARGE, NORMAL, WHITE, text_size, write
from numpy.typing import NDArray

from .curve import F64, Curve, Figure

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

_FINE = 2
"""Drawn this many times as large."""
_WIDTH, _HEIGHT = 780, 500
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 128, 104, 62
_GRID: Colour = (52, 56, 64)
_FAILED: Colour = (255, 84, 84)
_COLOURS: tuple[Colour, ...] = ((88, 196, 255), (255, 178, 64), (126, 214, 120), (236, 130, 196), (190, 160, 255))


class _Axis:
    """From values to places on the fine canvas."""

    def __init__(self, values: F64, ends: tuple[int, int], *, logarithmic: bool, from_zero: bool) -> None:
        self.logarithmic, self.ends = logarithmic, ends
        low, high = float(np.min(values)), float(np.max(values))
        if logarithmic:
            low, high = math.log10(max(low, 1e-9)), math.log10(max(high, 1e-9))
        elif from_zero:
            low, high = min(low, 0.0), high * 1.06
        pad = 0.03 * (high - low or 1.0) if logarithmic or not from_zero else 0.0
        self.low, self.high = low - pad, high + pad

    def at(self, value: float) -> int:
        """Place of a value."""
        v = math.log10(max(value, 1e-9)) if self.logarithmic else value
        share = (v - self.low) / (self.high - self.low)
        return round(self.ends[0] + min(1.2, max(-0.2, share)) * (self.ends[1] - self.ends[0]))

    def ticks(self) -> list[float]:
        """Round values within the axis."""
        if self.logarithmic:
            decades = range(math.floor(self.low), math.ceil(self.high) + 1)
            marks = (1, 2, 5) if self.high - self.low < 4 else (1,)
            found = [m * 10.0**d for d in decades for m in marks]
            return [t for t in found if self.low <= math.log10(t) <= self.high]
        span = self.high - self.low
        step = min((m * 10.0**d for d in range(-4, 6) for m in (1, 2, 5)), key=lambda s: abs(span / s - 6))
        first = math.ceil(self.low / step - 1e-9)
        return [k * step for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def draw(figure: Figure, curves: Sequence[Curve]) -> Picture:
    """(H, W, 3) picture of the curves of one figure."""
    canvas = np.full((_HEIGHT * _FINE, _WIDTH * _FINE, 3), PAGE, np.uint8)
    x = _Axis(
        np.concatenate([c.x for c in curves]), (_LEFT * _FINE, (_WIDTH - _RIGHT) * _FINE),
        logarithmic=figure.x_log, from_zero=False,
    )  # fmt: skip
    y = _Axis(
        np.concatenate([_heights(c, band=not figure.from_zero) for c in curves]),
        ((_HEIGHT - _BOTTOM) * _FINE, _TOP * _FINE), logarithmic=figure.y_log, from_zero=figure.from_zero,
    )  # fmt: skip
    _frame(canvas, figure, x, y)
    for curve, colour in zip(curves, _COLOURS, strict=False):
        _band(canvas, curve, colour, x, y)
    for curve, colour in zip(curves, _COLOURS, strict=False):
        _line(canvas, curve, colour, x, y)
    _names(canvas, curves, y)
    small: Picture = np.asarray(cv2.resize(canvas, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    return small


def _heights(curve: Curve, *, band: bool) -> F64:
    """All values that must find room, the tolerance's too where asked."""
    allowed = np.maximum(curve.absolute, curve.relative * np.abs(curve.law)) if band else 0.0
    return np.concatenate([curve.law - allowed, curve.law + allowed, curve.measured[np.isfinite(curve.measured)]])


def _frame(canvas: Picture, figure: Figure, x: _Axis, y: _Axis) -> None:
    _text(canvas, figure.title, (_LEFT, 30), WHITE, LARGE)
    _text(canvas, figure.law, (_LEFT, 53), GREY, NORMAL)
    key = "line: law    dots: measured    band: tolerance"
    _text(canvas, key, (_WIDTH - _RIGHT - _wide(key), _TOP - 14), GREY, NORMAL)
    right, bottom = (_WIDTH - _RIGHT) * _FINE, (_HEIGHT - _BOTTOM) * _FINE
    for tick in y.ticks():
        cv2.line(canvas, (_LEFT * _FINE, y.at(tick)), (right, y.at(tick)), _GRID, 1)
        _text(canvas, f"{tick:g}", (_LEFT - 10 - _wide(f"{tick:g}"), y.at(tick) // _FINE + 5), GREY, NORMAL)
    for tick in x.ticks():
        cv2.line(canvas, (x.at(tick), _TOP * _FINE), (x.at(tick), bottom), _GRID, 1)
        label = f"{tick:g}"
        _text(canvas, label, (x.at(tick) // _FINE - _wide(label) // 2, _HEIGHT - _BOTTOM + 20), GREY, NORMAL)
    middle = (_LEFT + _WIDTH - _RIGHT) // 2
    _text(canvas, figure.x_label, (middle - _wide(figure.x_label) // 2, _HEIGHT - 14), WHITE, NORMAL)
    _text(canvas, figure.y_label, (14, _TOP - 14), WHITE, NORMAL)


def _dense(curve: Curve) -> tuple[F64, F64]:
    """Places of the law's line, from left to right."""
    x, law = curve.line or (curve.x, curve.law)
    order = np.argsort(x)
    return x[order], law[order]


def _band(canvas: Picture, curve: Curve, colour: Colour, x: _Axis, y: _Axis) -> None:
    at, law = _dense(curve)
    allowed = np.maximum(curve.absolute, curve.relative * np.abs(law))
    above = [(x.at(a), y.at(v)) for a, v in zip(at, law + allowed, strict=True)]
    below = [(x.at(a), y.at(v)) for a, v in zip(at, law - allowed, strict=True)]
    shade = canvas.copy()
    cv2.fillPoly(shade, [np.array(above + below[::-1], np.int32)], colour, cv2.LINE_AA)
    canvas[:] = cv2.addWeighted(shade, 0.2, canvas, 0.8, 0.0)


def _line(canvas: Picture, curve: Curve, colour: Colour, x: _Axis, y: _Axis) -> None:
    at, law = _dense(curve)
    places = np.array([(x.at(a), y.at(v)) for a, v in zip(at, law, strict=True)], np.int32)
    cv2.polylines(canvas, [places], False, colour, _FINE, cv2.LINE_AA)
    for a, v, excess in zip(curve.x, curve.measured, curve.excess, strict=True):
        if not np.isfinite(v):
            continue
        cv2.circle(canvas, (x.at(a), y.at(v)), 5 * _FINE, PAGE, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(canvas, (x.at(a), y.at(v)), 4 * _FINE, colour if excess <= 1.0 else _FAILED, cv2.FILLED, cv2.LINE_AA)


def _names(canvas: Picture, curves: Sequence[Curve], y: _Axis) -> None:
    """The curves' names at the height of their right ends, kept apart."""
    ends = [(y.at(float(c.law[np.argmax(c.x)])) // _FINE, c.name, k) for k, c in enumerate(curves)]
    last = -100
    for row, name, k in sorted(ends):
        row = min(max(row + 5, last + 19), _HEIGHT - _BOTTOM + 5)
        _text(canvas, name, (_WIDTH - _RIGHT + 14, row), _COLOURS[k % len(_COLOURS)], NORMAL)
        last = row


def _text(canvas: Picture, text: str, at: tuple[int, int], colour: Colour, size: float) -> None:
    write(canvas, text, (at[0] * _FINE, at[1] * _FINE), colour=colour, size=size * _FINE)


def _wide(text: str) -> int:
    return text_size(text, NORMAL * _FINE)[0] // _FINE
