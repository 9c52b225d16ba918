"""What a detector returns, in one form, and the count of what is wrong with it.

One form is `Detections`. What models return is often less tidy, so these are understood too:

    an array            (N, 6) boxes of the only camera, (N, 9) or (N, 7) boxes of the only lidar
    {sensor: rows}      the same for several sensors; "ego" instead of a lidar's name means the frame that carries it
    {sensor: {"boxes": (N, 4 or 7), "scores": (N,), "labels": (N,)}}     labels may be words

Rows are (x0, y0, x1, y1, score, class) in pixel edges for a camera, and (x, y, z, length, width, height, yaw, score,
class) in metres and radians for a lidar: centre and size, in the frame of the sensor at the start of its turn. The
class is a word or a number, see `classes`. Rows of a box alone score 1 and have no class. A row that cannot be a box is
dropped and counted, never guessed. Nothing seen is an empty mapping or no rows; `None`, which is what a function
without `return` gives, is counted as a wrong answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import nearest
from .classes import NAMES, UNKNOWN, group_of_label

F64 = NDArray[np.float64]
EGO = "ego"
_BOX = {"camera": 4, "lidar": 7}
"""Numbers of a bare box; score and class follow."""
_ROWS = "expected a mapping from the names of sensors to rows, or rows"
OF_ROWS = frozenset({"nan", "bad_box", "unknown_class"})
"""Problems that are counted by rows; the others by answers."""


@dataclass
class Detections:
    """What a detector saw in one call.

    Attributes:
        boxes_2d: rows (x0, y0, x1, y1, score, class) by camera.
        boxes_3d: rows (x, y, z, length, width, height, yaw, score, class) by lidar, or under "ego" in the frame of the
            body that carries the lidars.

    A sensor that is absent was not looked at; an empty array says that nothing was seen.
    """

    boxes_2d: Mapping[str, Any] = field(default_factory=dict)
    boxes_3d: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Valid rows by sensor, with the numbers of the groups as classes; what was wrong how often; the first in words."""

    rows: dict[str, F64]
    problems: dict[str, int]
    error: str = ""


class _Wrong:
    """What is wrong with an answer: how often each kind, and the first of all in words."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first = ""

    def add(self, kind: str, text: str, count: int = 1) -> None:
        """Note that something is wrong, `count` times."""
        if count:
            self.counts[kind] += count
            self.first = self.first or f"returned {text}"


def checked(answer: object, kinds: Mapping[str, str], mapping: Mapping[str, int], *, most: int) -> Checked:
    """Bring what a detector returned into one form.

    Args:
        answer: what it returned.
        kinds: "camera" or "lidar" by the name of each sensor it was shown.
        mapping: the model's labels, from `classes.checked_mapping`.
        most: rows kept per sensor, those with the highest scores.

    Returns:
        The rows, and counts of problems: `wrong_type` and `wrong_shape` answers, `unknown_sensor`; `nan`, `bad_box` and
        `unknown_class` rows; `too_many` answers.

    """
    wrong, rows = _Wrong(), {}
    for name, value in _by_sensor(answer, kinds, wrong).items():
        kind = "lidar" if name == EGO and EGO not in kinds else kinds.get(name)
        if kind is None:
            wrong.add("unknown_sensor", f"rows for '{name}', which it was not shown; {nearest(name, kinds)}")
            continue
        table = _table(name, value, _BOX[kind], mapping, wrong)
        if table is not None:
            rows[name] = _valid(name, table, kind, most, wrong)
    return Checked(rows, dict(wrong.counts), wrong.first)


def _by_sensor(answer: object, kinds: Mapping[str, str], wrong: _Wrong) -> dict[str, Any]:
    if answer is None:
        wrong.add("wrong_type", f"None, {_ROWS}")
        return {}
    if isinstance(answer, Detections):
        return {**answer.boxes_2d, **answer.boxes_3d}
    if isinstance(answer, Mapping) and "boxes" not in answer:
        return {str(name): value for name, value in answer.items()}
    if len(kinds) == 1 and np.size(np.asarray(answer, object)) == 0:
        return dict.fromkeys(kinds, answer)
    width = _width(answer)
    if width == 0:
        return {}
    if width is None:
        wrong.add("wrong_type", f"{_shown(answer)}, {_ROWS}")
        return {}
    kind = next((k for k, box in _BOX.items() if width in (box, box + 1, box + 2)), None)
    named = [name for name, k in kinds.items() if k == kind]
    if len(named) != 1:
        whose = f"{kind}s {', '.join(named)}" if named else f"sensors {', '.join(kinds)}"
        wrong.add("wrong_shape", f"rows of {width} numbers and no sensor's name for the {whose}, {_ROWS}")
        return {}
    return {named[0]: answer}


def _width(answer: object) -> int | None:
    """Numbers in a row of an answer; 0 if it is empty and does not say, None if it is something else."""
    boxes = _numbers(answer.get("boxes") if isinstance(answer, Mapping) else answer)
    try:
        shape = np.shape(np.asarray(boxes, object))
    except (TypeError, ValueError):
        return None
    return 0 if shape == (0,) else int(shape[1]) if len(shape) == 2 else None


def _numbers(value: Any) -> Any:
    """What a tensor of a deep-learning library holds; anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _shown(value: object) -> str:
    """An answer or a part of it in a few words, the same in every run."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return repr(value)[:60] if isinstance(value, str | float | int) else f"a {type(value).__name__}"


def _table(name: str, value: Any, box: int, mapping: Mapping[str, int], wrong: _Wrong) -> F64 | None:
    """(N, box + 2) rows with the number of the group last; None if they are no rows."""
    expected = f"expected rows of {box}, {box + 1} with the score or {box + 2} with the class"
    labels: Any = None
    try:
        if isinstance(value, Mapping):
            boxes = np.asarray(_numbers(value["boxes"]), float)
            scores = np.asarray(_numbers(value.get("scores", np.ones(len(boxes)))), float)
            labels = _numbers(value.get("labels"))
            boxes = boxes if boxes.size else np.empty((0, box))
            table = np.column_stack([boxes, scores])
        else:
            table = np.asarray(_numbers(value), object)  # classes may be words
            if table.size == 0:
                table = np.empty((0, box + 2))
        if labels is None and table.ndim == 2 and table.shape[1] == box + 2:
            labels, table = table[:, -1], table[:, :-1]
        table = np.asarray(table, float)
        if table.ndim == 2 and table.shape[1] == box:
            table = np.column_stack([table, np.ones(len(table))])
        if table.ndim != 2 or table.shape[1] != box + 1 or (labels is not None and len(labels) != len(table)):
            shown = _shown(boxes if isinstance(value, Mapping) else np.asarray(_numbers(value), object))
            wrong.add("wrong_shape", f"for '{name}' {shown}, {expected}")
            return None
    except KeyError:
        wrong.add("wrong_type", f"for '{name}' a mapping without 'boxes', {expected}")
        return None
    except (TypeError, ValueError):
        wrong.add("wrong_type", f"for '{name}' {_shown(value)}, {expected}")
        return None
    groups = np.full(len(table), UNKNOWN)
    if labels is not None:
        words = [_plain(word) for word in labels]
        groups = np.array([group_of_label(word, mapping) for word in words], np.int64).reshape(len(table))
        unknown = np.flatnonzero((groups == UNKNOWN) & np.isfinite(table).all(1))
        if len(unknown):
            known = sorted(mapping) if mapping else NAMES
            text = f"for '{name}' the class {words[unknown[0]]!r}, {'model.classes' if mapping else 'it'} knows"
            wrong.add("unknown_class", f"{text} {', '.join(known)}", len(unknown))
    return np.column_stack([table, groups])


def _plain(word: Any) -> object:
    return word.item() if np.ndim(word) == 0 and hasattr(word, "item") else word


def _valid(name: str, table: F64, kind: str, most: int, wrong: _Wrong) -> F64:
    """The rows that are boxes, best first."""
    finite = np.isfinite(table).all(1)
    wrong.add("nan", f"for '{name}' rows that are not finite", int(np.sum(~finite)))
    table = table[finite]
    sizes = table[:, 2:4] - table[:, 0:2] if kind == "camera" else table[:, 3:6]
    good = (sizes > 0).all(1)
    if not good.all():
        first = ", ".join(f"{number:g}" for number in table[~good][0, : _BOX[kind]])
        wrong.add("bad_box", f"for '{name}' boxes without a size, the first of them {first}", int(np.sum(~good)))
    table = table[good]
    table = table[np.argsort(-table[:, -2], kind="stable")]
    if len(table) > most:
        wrong.add("too_many", f"for '{name}' {len(table)} boxes, of which the best {most} count")
    return table[:most]
