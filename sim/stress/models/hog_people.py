"""The people detector of Dalal and Triggs (2005): histograms of oriented gradients and a linear machine, from OpenCV.

Its weights come with OpenCV (INRIA people, upright, at least 96 pixels tall). The picture is enlarged first, so that
people of half that height can be found. Scores are the distance from the machine's plane, squashed to [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..frames import CameraView, View

F64 = NDArray[np.float64]
CLASS = "person"
_INSIDE = 0.12
"""The window of the detector has a margin of this share of its size on each side of the person."""


class HogPeople:
    """The detector.

    Args:
        enlarge: factor by which pictures are enlarged.
        stride_px: step of the window.
        scale: ratio between neighbouring levels of the pyramid.
        least_score: distance from the plane from which a window counts.
        overlap: boxes that overlap a better one by more than this (intersection over union) are dropped.

    """

    def __init__(
        self,
        enlarge: float = 1.6,
        stride_px: int = 8,
        scale: float = 1.08,
        least_score: float = 0.1,
        overlap: float = 0.4,
    ) -> None:
        self._enlarge, self._stride, self._scale = float(enlarge), int(stride_px), float(scale)
        self._least, self._overlap = float(least_score), float(overlap)
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32))

    def __call__(self, frames: Mapping[str, View]) -> dict[str, dict[str, Any]]:
        """Boxes of each camera."""
        return {name: self._people(view) for name, view in frames.items() if isinstance(view, CameraView)}

    def _people(self, view: CameraView) -> dict[str, Any]:
        grey = cv2.cvtColor(view.rgb, cv2.COLOR_RGB2GRAY)
        large = cv2.resize(grey, None, fx=self._enlarge, fy=self._enlarge, interpolation=cv2.INTER_LINEAR)
        found, weights = self._hog.detectMultiScale(
            large, hitThreshold=self._least, winStride=(self._stride, self._stride), padding=(8, 8), scale=self._scale,
            groupThreshold=0,
        )  # fmt: skip
        windows = np.asarray(found, float).reshape(-1, 4) / self._enlarge
        scores = np.asarray(weights, float).reshape(-1)
        x, y, w, h = windows.T
        boxes = np.column_stack(
            [x + 2 * _INSIDE * w, y + _INSIDE * h, x + (1 - 2 * _INSIDE) * w, y + (1 - _INSIDE) * h]
        )
        keep = _best(boxes, scores, self._overlap)
        return {
            "boxes": boxes[keep],
            "scores": 1.0 / (1.0 + np.exp(-2.0 * scores[keep])),
            "labels": [CLASS] * len(keep),
        }


def _best(boxes: F64, scores: F64, overlap: float) -> list[int]:
    """Rows that no better row overlaps by more than `overlap`, best first."""
    keep: list[int] = []
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    for k in np.argsort(-scores, kind="stable").tolist():
        other = boxes[keep]
        width = np.minimum(boxes[k, 2], other[:, 2]) - np.maximum(boxes[k, 0], other[:, 0])
        height = np.minimum(boxes[k, 3], other[:, 3]) - np.maximum(boxes[k, 1], other[:, 1])
        shared = np.clip(width, 0.0, None) * np.clip(height, 0.0, None)
        if not np.any(shared / (area[k] + area[keep] - shared) > overlap):
            keep.append(k)
    return keep
