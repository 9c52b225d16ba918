"""A depth camera of the class of the RealSense D435 (active stereo), or a Kinect (structured light).

Depth is along the optical axis of the left imager (x right, y down, z forward), in its pixels. Geometry decides first:
what both eyes see, within the limits of range, right of the band at the left edge where the search for a match would
leave the other picture (f B / z_min wide). Then the matching decides; see `matching`.
Presets: D435 at 848 x 480 with 90 degrees and 50 mm (f = 424 px), steps of 1/32 px, sub-pixel noise 0.05 to 0.1 px.
Left out: rolling shutter and motion during the exposure, lens distortion (the pictures are rectified), warm-up drift.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pose_track import PoseTrack
from ..random import frame_key
from ..scene import Environment
from ..threads import in_bands, render_threads
from ..tracers.embree import EmbreeTracer
from ..tracers.packets import new_packet
from ..transforms import to_matrix
from ..truth import Truth
from .geometry import Pinhole, Seen, look, new_seen
from .matching import Matcher, disparities, fatten, matched, measured, structured, white

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

KINDS = ("stereo", "structured_light")
_DIM_LX, _BRIGHT_LX = 20.0, 2_000.0


@dataclass
class DepthConfig:
    """Which depth camera.

    Attributes:
        kind: "stereo" or "structured_light".
        width, height: size [px].
        fov_deg: horizontal field of view [deg].
        baseline_m: distance between the imagers, or from imager to projector.
        min_m, max_m: limits of the range.
        subpixel_px: standard deviation of the disparity; 0.05 to 0.1.
        step_px: quantisation of the disparity; 0 for none.
        locking_px: amplitude of the lean towards whole disparities.
        fattening_px: how far the edges of near things grow over the background.
        smoothing_px: over how far the noise is alike, as sigma of a Gaussian; the windows of the matching.
        projector: reach of the pattern [m]: where a white wall facing it gets the contrast 1 in the dark; 0 is off.
        band: whether the band at the left edge is lost.
        noise: multiplies noise and the chance of holes on surfaces; at 0 geometry and quantisation stay.

    """

    kind: str = "stereo"
    width: int = 848
    height: int = 480
    fov_deg: float = 90.0
    baseline_m: float = 0.05
    min_m: float = 0.28
    max_m: float = 10.0
    subpixel_px: float = 0.08
    step_px: float = 1.0 / 32.0
    locking_px: float = 0.03
    fattening_px: int = 3
    smoothing_px: float = 1.0
    projector: float = 8.0
    band: bool = True
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Check names and ranges."""
        if self.kind not in KINDS:
            near = difflib.get_close_matches(self.kind, KINDS, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"unknown depth camera kind {self.kind!r}, expected one of {', '.join(KINDS)}; did you mean {near!r}?"
            )
        if self.width < 8 or self.height < 8:
            raise ValueError(f"depth camera size is {self.width} x {self.height}, expected at least 8 x 8")
        if not 0.0 < self.fov_deg < 180.0:
            raise ValueError(f"depth camera fov_deg is {self.fov_deg}, expected a value in (0, 180)")
        if not self.baseline_m > 0.0:
            raise ValueError(f"depth camera baseline_m is {self.baseline_m}, expected a value above 0")
        if not 0.0 < self.min_m < self.max_m:
            raise ValueError(f"depth camera limits are {self.min_m} and {self.max_m} m, expected 0 < min_m < max_m")
        for name in ("subpixel_px", "step_px", "locking_px", "smoothing_px", "projector", "noise"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"depth camera {name} is {getattr(self, name)}, expected a value >= 0")
        if not 0 <= self.fattening_px <= 16:
            raise ValueError(f"depth camera fattening_px is {self.fattening_px}, expected a value in [0, 16]")

    @property
    def focal_px(self) -> float:
        """Focal length."""
        return 0.5 * self.width / math.tan(math.radians(self.fov_deg) / 2.0)


@dataclass(frozen=True, eq=False)
class DepthFrame:
    """One depth picture of H rows and W columns.

    Attributes:
        time_s: the instant it shows.
        depth: (H, W) float32 along the axis [m]; 0 is invalid.
        true_depth: (H, W) float32 of what the left imager sees [m], 0 beyond the limits: the clean twin.
        instance: (H, W) int32 object label of what the left imager sees, 0 for scenery.
        semantic: (H, W) uint8 class id of it.
        truth: (H, W) uint8 `Truth` bits: LOST for holes, DISPLACED where an edge has grown over what is seen or
            locking moves the depth by more than twice its noise.

    """

    time_s: float
    depth: F32
    true_depth: F32
    instance: NDArray[np.int32]
    semantic: NDArray[np.uint8]
    truth: NDArray[np.uint8]

    @property
    def fill_rate(self) -> float:
        """Share of the pixels within the limits that have a depth."""
        there = self.true_depth > 0.0
        return float(np.mean(self.depth[there] > 0.0)) if there.any() else 1.0


class DepthCamera:
    """One mounted depth camera.

    Args:
        config: which one.
        stream_key: 64-bit integer that names its random stream; sensors with different keys are independent.

    """

    def __init__(self, config: DepthConfig, *, stream_key: int) -> None:
        self.config = config
        self.stream_key = stream_key
        self._eye = Pinhole(
            config.focal_px,
            (config.width - 1) / 2,
            (config.height - 1) / 2,
            config.baseline_m,
            4.0 * config.max_m,
        )

    def intrinsics(self) -> dict[str, float | F64]:
        """Camera matrix (3, 3) [px], centre of the first pixel (0, 0); baseline [m] and limits of the range [m]."""
        eye, c = self._eye, self.config
        matrix = np.array([[eye.focal_px, 0.0, eye.cx], [0.0, eye.focal_px, eye.cy], [0.0, 0.0, 1.0]])
        return {"matrix": matrix, "baseline_m": c.baseline_m, "min_m": c.min_m, "max_m": c.max_m}

    def capture(
        self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, index: int, clean: bool = False
    ) -> DepthFrame:
        """One picture.

        Args:
            tracer: holds a scene that covers `start_s`.
            track: pose of the left imager's optical frame (x right, y down, z forward) at that time.
            start_s: the instant [s].
            index: number of the frame in its episode, selects its random numbers.
            clean: the exact depths of all that the left imager sees within the limits.

        """
        config = self.config
        position, orientation = track.at(start_s)
        camera = np.concatenate([position, to_matrix(orientation).ravel()])
        seen = new_seen(config.height, config.width)
        time, eye = float(tracer.ray_time(start_s)), self._eye

        def rows(first: int, end: int) -> None:
            look(tracer.tables, new_packet(), eye, camera, time, seen, first, end)

        in_bands(config.height, rows, render_threads())
        true = np.where((seen.depth >= config.min_m) & (seen.depth <= config.max_m), seen.depth, np.float32(0.0))
        if clean:
            sound = np.zeros(true.shape, np.uint8)
            return DepthFrame(start_s, true, true.copy(), seen.label, seen.semantic, sound)
        depth, moved = self._matched(tracer, seen, frame_key(self.stream_key, index))
        lost = np.where((true > 0.0) & (depth == 0.0), Truth.LOST, 0)
        truth = (lost | np.where(moved & (depth > 0.0), Truth.DISPLACED, 0)).astype(np.uint8)
        return DepthFrame(start_s, depth, true, seen.label, seen.semantic, truth)

    def _matched(self, tracer: EmbreeTracer, seen: Seen, key: np.uint64) -> tuple[F32, NDArray[np.bool_]]:
        """Measured depths, and which of them belong to an edge nearby."""
        config, shape = self.config, seen.depth.shape
        matcher = _matcher(config, tracer.scene.environment)
        match, moved = np.empty(shape, np.bool_), np.zeros(shape, np.bool_)
        depth = np.empty(shape, np.float32)
        matched(matcher, tracer.tables, key, seen, match)
        if not matcher.stereo:
            structured(matcher, key, seen, match, depth, moved)
            return depth, moved
        disparity, noise = np.empty(shape, np.float32), np.zeros(shape, np.float32)
        disparities(matcher, seen, match, disparity)
        if matcher.strength > 0.0 and config.fattening_px > 0:
            window = np.ones((2 * config.fattening_px + 1,) * 2, np.uint8)
            exact = disparity.copy()
            fatten(matcher, key, seen, exact, np.asarray(cv2.dilate(exact, window), np.float32), disparity, moved)
        if matcher.strength > 0.0 and matcher.subpixel_px > 0.0:
            white(key, noise)
            noise = _alike(noise, config.smoothing_px)
        measured(matcher, disparity, noise, moved, depth)
        return depth, moved


def _alike(noise: F32, sigma_px: float) -> F32:
    """White noise smoothed over a window, its variance kept."""
    if sigma_px == 0.0:
        return noise
    size = 2 * math.ceil(4.0 * sigma_px) + 1
    window = cv2.getGaussianKernel(size, sigma_px)
    # wrapped, since a reflection at the border would raise the variance there
    wide = cv2.copyMakeBorder(noise, size, size, size, size, cv2.BORDER_WRAP)
    smooth = cv2.sepFilter2D(wide, cv2.CV_32F, window, window)[size:-size, size:-size]
    return np.ascontiguousarray(smooth / np.float32(np.sum(window**2)), np.float32)


def _matcher(config: DepthConfig, environment: Environment) -> Matcher:
    """The kernels' view of the camera in its light."""
    focal_baseline = config.focal_px * config.baseline_m
    sun, sky = environment.sun, environment.sky
    lux = max(sun.direction_w[2], 0.0) * float(np.mean(sun.illuminance_lx))
    lux += math.pi * 0.5 * float(np.mean(sky.zenith) + np.mean(sky.horizon))
    return Matcher(
        focal_baseline,
        config.min_m,
        config.max_m,
        focal_baseline / config.min_m if config.band else 0.0,
        config.subpixel_px,
        config.step_px,
        config.locking_px,
        config.fattening_px,
        lux / (lux + _DIM_LX),
        config.projector**2 / (1.0 + lux / _BRIGHT_LX),
        config.kind == "stereo",
        config.noise,
    )
