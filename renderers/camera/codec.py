"""Lossy compression between processor and consumer: baseline JPEG by OpenCV, on RGB pictures.

Source of the severities: the qualities of ImageNet-C (Hendrycks and Dietterich 2019): 25, 18, 15, 10, 7.
Left out: video codecs with prediction between frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]

_SAMPLING = {"4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444}


@dataclass
class JpegConfig:
    """How pictures are compressed.

    Attributes:
        quality: 1 to 100 as in libjpeg; 0 leaves pictures as they are.
        chroma: "4:2:0" (half the colour resolution each way, as cameras do) or "4:4:4".
    """

    quality: int = 0
    chroma: str = "4:2:0"

    def __post_init__(self) -> None:
        """Reject settings the codec does not have."""
        if not 0 <= self.quality <= 100:
            raise ValueError(f"jpeg quality is {self.quality}, expected 1 to 100, or 0 for no compression")
        if self.chroma not in _SAMPLING:
            raise ValueError(f"jpeg chroma is {self.chroma!r}, expected one of {', '.join(_SAMPLING)}")


def encode(rgb: U8, config: JpegConfig) -> bytes:
    """The JPEG file of a (H, W, 3) uint8 sRGB picture.

    Raises:
        ValueError: the quality is 0, or OpenCV refuses the picture.
    """
    if config.quality == 0:
        raise ValueError("jpeg quality is 0, which means no compression, expected 1 to 100")
    settings = [cv2.IMWRITE_JPEG_QUALITY, config.quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _SAMPLING[config.chroma]]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), settings)
    if not done:
        raise ValueError(f"OpenCV could not compress a picture of shape {rgb.shape}")
    return data.tobytes()


def decode(data: bytes) -> U8:
    """The (H, W, 3) uint8 sRGB picture of a JPEG file.

    Raises:
        ValueError: the bytes are no picture.
    """
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError(f"{len(data)} bytes are no JPEG picture")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def apply(rgb: U8, config: JpegConfig) -> U8:
    """The picture as it comes out of the codec; `rgb` itself at quality 0."""
    return rgb if config.quality == 0 else decode(encode(rgb, config))


JPEG: dict[str, JpegConfig] = {
    name: JpegConfig(quality)
    for name, quality in (("light", 25), ("moderate", 18), ("heavy", 15), ("severe", 10), ("extreme", 7))
}
"""Severities 1 to 5 of ImageNet-C."""
