"""Pictures to files: PNG, and MP4 (MPEG-4 part 2), with the codecs that come inside OpenCV's wheel."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def write_png(path: Path, picture: Picture) -> None:
    """Write an RGB picture.

    Raises:
        OSError: it cannot be written there.

    """
    done, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not done:
        raise OSError(f"{path}: the picture of shape {picture.shape} cannot be encoded as PNG")
    path.write_bytes(data.tobytes())


class Video:
    """An MP4 file, written frame by frame; use it as a context manager.

    Args:
        path: of the file, ending in ".mp4".
        rate_hz: frames per second.

    Raises:
        OSError: it cannot be written there.

    """

    def __init__(self, path: Path, rate_hz: float) -> None:
        self.path = path
        self._rate_hz = rate_hz
        self._writer: cv2.VideoWriter | None = None
        self._shape: tuple[int, ...] = ()
        self.frames = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.release()
            self._writer = None

    def add(self, picture: Picture) -> None:
        """Append an RGB frame; odd sizes lose their last row or column, as the codec wants even ones.

        Raises:
            ValueError: the size differs from that of the first frame.
            OSError: the file cannot be opened.

        """
        even = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
        if self._writer is None:
            self._shape = even.shape
            with self.path.open("wb"):
                pass  # says clearly why, where OpenCV would not
            code = cv2.VideoWriter.fourcc(*"mp4v")
            self._writer = cv2.VideoWriter(str(self.path), code, self._rate_hz, (even.shape[1], even.shape[0]))
            if not self._writer.isOpened():
                raise OSError(f"{self.path}: OpenCV cannot write an MP4 of {even.shape[1]} x {even.shape[0]} pixels")
        if even.shape != self._shape:
            raise ValueError(f"{self.path}: a frame has shape {even.shape}, the first had {self._shape}")
        self._writer.write(np.ascontiguousarray(even[..., ::-1]))
        self.frames += 1
