"""A classical detector of what moves before a camera that stands still, without learning.

Background subtraction by a mixture of Gaussians per pixel (Zivkovic 2004, in OpenCV), opened and closed, one box around
each connected piece. For standing cameras, in a robot cell or at a roadside; before a driving one everything moves.
Boxes have no class; the score is the share of the box that moves.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from ..frames import CameraView, View

F64 = NDArray[np.float64]
_FOREGROUND = 255
"""OpenCV marks shadows with a smaller number."""


class MovingBlobs:
    """The detector; it remembers the background of each camera.

    Args:
        history: frames that the background is learned over.
        threshold: squared distance from the background, in variances, from which a pixel moves.
        min_px: smallest number of moving pixels of a box.
        join_px: pieces this near to each other are one.

    """

    def __init__(self, history: int = 100, threshold: float = 25.0, min_px: int = 60, join_px: int = 7) -> None:
        self._history, self._threshold = int(history), float(threshold)
        self._min_px, self._join_px = int(min_px), int(join_px)
        self._backgrounds: dict[str, cv2.BackgroundSubtractor] = {}

    def __call__(self, frames: Mapping[str, View]) -> dict[str, dict[str, F64]]:
        """Boxes of each camera."""
        return {name: self._boxes(view) for name, view in frames.items() if isinstance(view, CameraView)}

    def _boxes(self, view: CameraView) -> dict[str, F64]:
        if view.name not in self._backgrounds:
            made = cv2.createBackgroundSubtractorMOG2(self._history, self._threshold, detectShadows=True)
            self._backgrounds[view.name] = made
        mask = self._backgrounds[view.name].apply(view.rgb)
        moving = (mask == _FOREGROUND).astype(np.uint8)
        moving = cv2.morphologyEx(moving, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        joined = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, np.ones((self._join_px,) * 2, np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        x, y, w, h, area = np.asarray(stats[1:], float).reshape(-1, 5).T
        large = (area >= self._min_px) & (area < 0.5 * mask.size)  # half the picture is the light, not a thing
        boxes = np.column_stack([x, y, x + w, y + h])[large]
        return {"boxes": boxes, "scores": (area / np.maximum(w * h, 1.0))[large]}
