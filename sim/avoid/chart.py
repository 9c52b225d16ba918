"""Verdicts of a dataset as one picture: how many of each, and how long before harm it could last be avoided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from ...renderers.view.sheet import PAGE
from ...renderers.view.text import GREY, LARGE, NORMAL, WHITE, fitting, text_size, write
from .verdict import VERDICTS, Verdict

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

_WIDTH, _HEIGHT = 980, 460
_TOP, _BOTTOM, _BARS, _LEFT, _RIGHT = 92, 58, (130, 300), 400, 28
_GRID: Colour = (52, 56, 64)
_WORDS: dict[str, Colour] = {
    "harmless": (120, 128, 140),
    "avoidable": (106, 190, 120),
    "mitigable": (240, 190, 84),
    "unavoidable": (226, 98, 92),
}
_COLOURS: tuple[Colour, ...] = (
    (88, 166, 255),
    (255, 178, 64),
    (170, 210, 96),
    (220, 130, 220),
    (96, 214, 206),
    (240, 120, 120),
    (190, 180, 150),
)
_BIN_S = 0.2


def draw_chart(verdicts: Sequence[Verdict], title: str) -> Picture:
    """(H, W, 3) picture: counts of the verdicts, and a histogram of the latest moment before harm, by control."""
    out = np.full((_HEIGHT, _WIDTH, 3), PAGE, np.uint8)
    write(out, fitting(title, _WIDTH - 60, LARGE), (30, 34), size=LARGE)
    _counts(out, Counter(v.verdict for v in verdicts))
    leads = [
        (v.proof.control.label, (v.baseline.harm_ns - v.proof.latest_ns) / 1e9)
        for v in verdicts
        if v.verdict == "avoidable" and v.proof is not None and v.baseline.harm_ns is not None
    ]
    write(out, "latest moment to act before harm [s], best control", (_LEFT, 66), colour=GREY)
    if leads:
        _histogram(out, leads)
    else:
        write(out, "nothing was avoidable", (_LEFT, _HEIGHT // 2), colour=GREY)
    return out


def _counts(out: Picture, counts: Counter[str]) -> None:
    write(out, f"{counts.total()} episodes", (30, 66), colour=GREY)
    left, right = _BARS
    most, row = max([1, *counts.values()]), (_HEIGHT - _TOP - _BOTTOM) // len(VERDICTS)
    for k, word in enumerate(VERDICTS):
        y, n = _TOP + k * row + row // 2, counts[word]
        _box(out, left, y - 13, left + max(2, round((right - left) * n / most)), y + 13, _WORDS[word])
        write(out, word, (left - 10 - text_size(word)[0], y + 5))
        write(out, str(n), (left + 10 + round((right - left) * n / most), y + 5))


def _histogram(out: Picture, leads: Sequence[tuple[str, float]]) -> None:
    labels = sorted({label for label, _ in leads}, key=lambda label: (-sum(n == label for n, _ in leads), label))
    bins = max(5, ceil((max(lead for _, lead in leads) + 1e-9) / _BIN_S))
    counts = np.zeros((len(labels), bins), int)
    for label, lead in leads:
        counts[labels.index(label), min(int(lead / _BIN_S), bins - 1)] += 1
    highest, floor = int(counts.sum(0).max()), _HEIGHT - _BOTTOM
    step = max(1, ceil(highest / 5))
    top = step * ceil(highest / step)
    scale, wide = (floor - _TOP - 26) / top, (_WIDTH - _LEFT - _RIGHT) / bins
    for level in range(0, top + 1, step):
        y = round(floor - level * scale)
        _box(out, _LEFT, y, _WIDTH - _RIGHT, y + 1, _GRID)
        write(out, str(level), (_LEFT - 10 - text_size(str(level))[0], y + 5), colour=GREY)
    for b in range(bins):
        below, x = 0, _LEFT + b * wide
        for row, colour in zip(counts[:, b].tolist(), _colours(len(labels)), strict=True):
            if row:
                y0, y1 = round(floor - (below + row) * scale), round(floor - below * scale)
                _box(out, round(x) + 2, y0, round(x + wide) - 2, y1 - 1, colour)
            below += row
    every = max(1, ceil(bins / 12))
    for b in range(0, bins + 1, every):
        text = f"{b * _BIN_S:.1f}"
        write(out, text, (round(_LEFT + b * wide) - text_size(text)[0] // 2, floor + 22), colour=GREY)
    _legend(out, labels)


def _legend(out: Picture, labels: Sequence[str]) -> None:
    x = _LEFT
    for label, colour in zip(labels, _colours(len(labels)), strict=True):
        _box(out, x, 80, x + 12, 92, colour)
        write(out, label, (x + 18, 91), colour=WHITE, size=NORMAL)
        x += 34 + text_size(label)[0]


def _colours(n: int) -> list[Colour]:
    return [_COLOURS[k % len(_COLOURS)] for k in range(n)]


def _box(out: Picture, x0: int, y0: int, x1: int, y1: int, colour: Colour) -> None:
    out[y0:y1, x0:x1] = colour
