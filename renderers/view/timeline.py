"""A strip of time: phases as coloured spans, events as ticks, and a cursor."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .colours import id_colour
from .text import GREY, SMALL, WHITE, fitting, text_size, write

Picture = NDArray[np.uint8]

_BACKGROUND = (22, 24, 29)
_QUIET = (44, 47, 54)
_EDGE_PX = 12


def timeline(
    width: int,
    duration_s: float,
    phases: Sequence[tuple[str, float]],
    events: Sequence[tuple[str, float]],
    cursor_s: float | None = None,
) -> Picture:
    """(48, width, 3) strip of an episode.

    Args:
        width: [px].
        duration_s: of the episode.
        phases: name and beginning of each, in order of time; each lasts until the next.
        events: name and instant of each.
        cursor_s: where to draw the cursor, None for none.

    """
    out = np.full((48, width, 3), _BACKGROUND, np.uint8)
    span = max(duration_s, 1e-9)

    def column(time_s: float) -> int:
        return round(_EDGE_PX + (width - 2 * _EDGE_PX) * min(max(time_s / span, 0.0), 1.0))

    cv2.rectangle(out, (column(0.0), 18), (column(span), 30), _QUIET, cv2.FILLED)
    ends = ([start for _, start in phases[1:]] + [span])[: len(phases)]
    free = _EDGE_PX
    for k, ((name, start), end) in enumerate(zip(phases, ends, strict=True)):
        left, right = column(start), column(end)
        colour = id_colour(k + 1)
        cv2.rectangle(out, (left, 18), (right, 30), colour, cv2.FILLED)
        label = fitting(name.replace("_", " "), width - _EDGE_PX - max(left, free), SMALL)
        at = max(left, free)
        if text_size(label, SMALL)[0] + at <= width:
            write(out, label, (at, 13), colour=colour, size=SMALL)
            free = at + text_size(label, SMALL)[0] + 10
    free = _EDGE_PX
    for name, instant in events:
        at = column(instant)
        cv2.line(out, (at, 18), (at, 33), WHITE, 1)
        label = name.replace("_", " ")
        wide = text_size(label, SMALL)[0]
        left = min(max(at - wide // 2, _EDGE_PX), width - wide - 4)
        if left >= free:
            write(out, label, (left, 44), colour=WHITE, size=SMALL)
            free = left + wide + 8
    if not events:
        write(
            out,
            f"{duration_s:.1f} s",
            (column(span) - text_size(f"{duration_s:.1f} s", SMALL)[0], 44),
            colour=GREY,
            size=SMALL,
        )
    if cursor_s is not None:
        at = column(cursor_s)
        cv2.rectangle(out, (at - 1, 15), (at + 1, 33), WHITE, cv2.FILLED)
    return out
