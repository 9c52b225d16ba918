"""Detectors that misbehave in every way a test needs; what to do is told by the number of the call."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

HIDDEN = ("instance", "semantic", "boxes_2d", "boxes_3d", "depth", "flow", "data", "pose_w")
"""What a model must never be shown."""
GOOD = [[10.0, 1.0, 0.5, 4.5, 1.8, 1.5, 0.0, 0.9, 13.0]]


class Scripted:
    """Does at call k what `script` says at k."""

    def __init__(self, script: list[str]) -> None:
        self.script = list(script)
        self.calls = 0

    def __call__(self, frames: Mapping[str, Any]) -> Any:
        for frame in frames.values():
            shown = {name for name in HIDDEN if getattr(frame, name, None) is not None}
            assert not shown, f"a model is shown {shown}"
        told = self.script[self.calls % len(self.script)]
        self.calls += 1
        return getattr(self, told)(frames)

    def good(self, frames: Mapping[str, Any]) -> Any:
        print("chatter of a model")
        return {"top": GOOD}

    def raises(self, frames: Mapping[str, Any]) -> Any:
        raise RuntimeError("no idea")

    def not_a_number(self, frames: Mapping[str, Any]) -> Any:
        return {"top": [*GOOD, [np.nan] * 9]}

    def shape(self, frames: Mapping[str, Any]) -> Any:
        return {"top": np.zeros((3, 5))}

    def words(self, frames: Mapping[str, Any]) -> Any:
        return "a car"

    def many(self, frames: Mapping[str, Any]) -> Any:
        return {"top": GOOD * 50}

    def slow(self, frames: Mapping[str, Any]) -> Any:
        time.sleep(60.0)

    def silent(self, frames: Mapping[str, Any]) -> Any:
        """What a function that forgets its `return` gives."""

    def dies(self, frames: Mapping[str, Any]) -> Any:
        os._exit(3)

    def leaves(self, frames: Mapping[str, Any]) -> Any:
        raise SystemExit(1)

    def count(self, frames: Mapping[str, Any]) -> Any:
        return {"top": [[*GOOD[0][:7], self.calls / 100.0, 13.0]]}


def nothing(frames: Mapping[str, Any]) -> None:
    """A detector itself, not a maker of one."""


class Unmakeable:
    """Cannot be made."""

    def __init__(self) -> None:
        raise FileNotFoundError("weights.pt")


NUMBER = 3
