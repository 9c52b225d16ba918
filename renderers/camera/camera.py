"""A camera: lens, shutter, sensor and processor put together, with the state that lasts from frame to frame.

One frame: the exposure controller sets time and gain; every pixel's rays are cast at that row's own instants within
[start + row * line_time, ... + exposure], through the air; drops and flakes are drawn over the mean radiance, then what
lies on the lens, then what the optics do; the imager turns it into numbers, the processor into a picture, the codec
into what arrives; the controller measures the raw frame. Depth, masks and flow come from the same rays as the picture.

The clean twin of a frame is the same camera at the same exposure in clear air over dry ground, with nothing on or in
the lens and a sensor without noise.

A camera has been running before the first frame of an episode: the first capture first settles its exposure on
an instantaneous look at the scene. Left out: delivery delay, jitter and faults, which belong to every sensor
alike.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..air import Air, transmission
from ..configs import nested
from ..pose_track import PoseTrack
from ..random import frame_key
from ..scene import Environment
from ..tracers.embree import EmbreeTracer
from ..transforms import rotate
from ..truth import Truth
from . import auto_exposure, codec, contamination, optics, precipitation
from .auto_exposure import AutoExposureConfig, ExposureState, Metering
from .codec import JpegConfig
from .contamination import Contamination, ContaminationConfig
from .flare import sun_in_view
from .hdr import HDR, HdrConfig, HdrImager, hdr_preset
from .imager import PRESETS, Imager, ImagerConfig
from .isp import Gains, Isp, IspConfig
from .lens import BrownConradyLens, KannalaBrandtLens, Lens
from .optics import Optics, OpticsConfig
from .precipitation import PrecipitationConfig
from .render import PreviousFrame, Rendered, Shutter, render

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]

_LENSES: dict[str, type[BrownConradyLens] | type[KannalaBrandtLens]] = {
    "brown_conrady": BrownConradyLens,
    "kannala_brandt": KannalaBrandtLens,
}
_QUALITIES = ("full", "draft")
_SENSORS = (*PRESETS, *HDR)
_OPTICS = {
    f"{kind}_{name}": config
    for kind, table in (
        ("vignetting", optics.VIGNETTING), ("chromatic", optics.CHROMATIC), ("stray_light", optics.STRAY_LIGHT),
        ("defocus", optics.DEFOCUS),
    )
    for name, config in table.items()
}  # fmt: skip
_CONTAMINATION = {
    f"{kind}_{name}": config
    for kind, table in (
        ("drops", contamination.DROPS), ("dirt", contamination.DIRT), ("frost", contamination.FROST)
    )
    for name, config in table.items()
}  # fmt: skip
_KEPT = 0.9
"""A pixel that has lost a tenth of its contrast to the air counts as dimmed."""
_BEYOND_M = 1.0e5
"""Length of rays into the sky."""
_SETTLED_STOPS = 0.05
_SETTLING_STEPS = 16


@dataclass
class CameraConfig:
    """What a camera is.

    Attributes:
        width, height: picture size [px], even numbers: the mosaic repeats every two.
        fov_deg: horizontal field of view [deg]; used where `focal_px` is None.
        focal_px: focal length [px], or None.
        lens: "brown_conrady" (pinhole without coefficients) or "kannala_brandt" (fisheye).
        distortion: coefficients in OpenCV's order, none for the ideal lens.
        auto_exposure: whether the controller sets time and gain.
        exposure_s, gain: exposure time [s] and analog gain where it does not.
        exposure_control: limits and speed of the controller.
        line_time_s: delay from one row to the next [s]; 0 is a global shutter.
        blur_px: sigma of the Gaussian blur of the optics on the sensor [px]: diffraction, aberration and low-pass
            filter together; 0 is off, 0.6 is (unverified) typical. Without any, fine detail turns into false colour.
        optics: what else the lens does (vignetting, colour fringes, flare, veil), or a preset such as
            "stray_light_moderate".
        contamination: what lies on it, or a preset such as "drops_heavy", "dirt_moderate", "frost_light".
        precipitation: which drops and flakes are drawn one by one; the weather says how many there are.
        jpeg: the codec, or the name of a preset; quality 0 is none.
        imager: name of a sensor preset, ordinary or of high dynamic range.
        quality: "full", or "draft": one ray per pixel, without anti-aliasing, motion blur, soft shadows and ambient
            occlusion, in about half the time. Labels are the same.
        serial: serial number of the specimen; it decides the fixed-pattern noise.
        isp: how the picture is developed.
    """

    width: int = 640
    height: int = 480
    fov_deg: float = 70.0
    focal_px: float | None = None
    lens: str = "brown_conrady"
    distortion: list[float] = field(default_factory=list)
    auto_exposure: bool = True
    exposure_s: float = 1e-3
    gain: float = 1.0
    exposure_control: AutoExposureConfig = field(default_factory=AutoExposureConfig)
    line_time_s: float = 0.0
    blur_px: float = 0.6
    optics: OpticsConfig = field(default_factory=OpticsConfig)
    contamination: ContaminationConfig = field(default_factory=ContaminationConfig)
    precipitation: PrecipitationConfig = field(default_factory=PrecipitationConfig)
    jpeg: JpegConfig = field(default_factory=JpegConfig)
    imager: str = "imx900_low_gain"
    quality: str = "full"
    serial: int = 1
    isp: IspConfig = field(default_factory=IspConfig)

    def __post_init__(self) -> None:
        """Reject values that make no camera."""
        self.optics = nested(OpticsConfig, self.optics, "camera optics", _OPTICS)
        self.contamination = nested(ContaminationConfig, self.contamination, "camera contamination", _CONTAMINATION)
        self.precipitation = nested(PrecipitationConfig, self.precipitation, "camera precipitation")
        self.jpeg = nested(JpegConfig, self.jpeg, "camera jpeg", codec.JPEG)
        self.isp = nested(IspConfig, self.isp, "camera isp")
        self.exposure_control = nested(AutoExposureConfig, self.exposure_control, "camera exposure_control")
        for name in ("width", "height"):
            value = getattr(self, name)
            if value < 8 or value % 2:
                raise ValueError(f"camera {name} is {value}, expected an even number of at least 8 pixels")
        if self.lens not in _LENSES:
            near = difflib.get_close_matches(self.lens, _LENSES, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"unknown camera lens {self.lens!r}, expected one of {', '.join(_LENSES)}; did you mean {near!r}?"
            )
        if self.focal_px is not None and not self.focal_px > 0.0:
            raise ValueError(f"camera focal_px is {self.focal_px}, expected a value above 0")
        widest = 180.0 if self.lens == "brown_conrady" else 360.0
        if not 0.0 < self.fov_deg < widest:
            raise ValueError(f"camera fov_deg is {self.fov_deg}, expected a value in (0, {widest:g}) for {self.lens}")
        if not self.exposure_s > 0.0:
            raise ValueError(f"camera exposure_s is {self.exposure_s}, expected a value above 0")
        if not self.gain >= 1.0:
            raise ValueError(f"camera gain is {self.gain}, expected at least 1")
        if not self.line_time_s >= 0.0:
            raise ValueError(f"camera line_time_s is {self.line_time_s}, expected at least 0")
        if not 0.0 <= self.blur_px <= 20.0:
            raise ValueError(f"camera blur_px is {self.blur_px}, expected a value in [0, 20]")
        if self.quality not in _QUALITIES:
            near = difflib.get_close_matches(self.quality, _QUALITIES, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"unknown camera quality {self.quality!r}, expected {' or '.join(_QUALITIES)}; did you mean {near!r}?"
            )
        if self.imager not in _SENSORS:
            near = difflib.get_close_matches(self.imager, _SENSORS, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"unknown imager preset {self.imager!r}, expected one of {', '.join(_SENSORS)}; did you mean {near!r}?"
            )
        _lens(self)  # refuses a field of view or distortion that the model cannot have


@dataclass(frozen=True)
class Intrinsics:
    """What a user needs to undistort or project.

    Attributes:
        matrix: (3, 3) float64 camera matrix [px]; the centre of the first pixel is (0, 0).
        distortion: coefficients in OpenCV's order.
        model: "brown_conrady" (cv2) or "kannala_brandt" (cv2.fisheye).
    """

    matrix: F64
    distortion: tuple[float, ...]
    model: str


@dataclass(frozen=True, eq=False)
class CameraFrame:
    """One delivered picture with its ground truth.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB.
        depth: (H, W) float32 along the optical axis [m], inf for the sky.
        instance: (H, W) int32 object label, 0 for scenery and sky.
        semantic: (H, W) uint8 class id, 0 for the sky.
        flow: (H, W, 2) float32 backward flow [px]: where the point seen here was in the previous frame, minus here; 0
            in a first frame.
        truth: (H, W) uint8 bits of `Truth`: what weather and dirt did to each pixel.
        exposure_s, gain: what the picture was taken with.
        time_start_s: when the first row began to expose [s].
        time_end_s: when the last row ended [s].
        shutter: the shutter of the rays.
        gains: white balance gains (red, blue) relative to green.
    """

    rgb: U8
    depth: F32
    instance: I32
    semantic: U8
    flow: F32
    truth: U8
    exposure_s: float
    gain: float
    time_start_s: float
    time_end_s: float
    shutter: Shutter
    gains: Gains


class Camera:
    """One camera in one episode (final). Frames must be captured in order."""

    def __init__(self, config: CameraConfig, *, stream_key: int) -> None:
        """A camera whose noise is decided by `stream_key`, a 64-bit integer drawn once per sensor and episode."""
        self.config = config
        self.lens: Lens = _lens(config)
        self._sensor: ImagerConfig | HdrConfig = (
            hdr_preset(config.imager) if config.imager in HDR else replace(PRESETS[config.imager])
        )
        self._first: ImagerConfig = self._sensor.first if isinstance(self._sensor, HdrConfig) else self._sensor
        self._imager = self._specimen(noisy=True)
        self._isp = Isp(config.isp, self._sensor)
        self._aperture_m = self.lens.fx * self._first.pixel_m / self._first.f_number
        blur = math.hypot(config.blur_px, config.optics.blur_px)
        self._optics = Optics(replace(config.optics, blur_px=blur), self.lens, serial=config.serial)
        self._contamination = Contamination(
            config.contamination, self.lens, aperture_m=self._aperture_m, key=int(frame_key(int(stream_key), -7))
        )
        self._draft = config.quality == "draft"
        self._stream_key = int(stream_key)
        self.reset()

    def reset(self) -> None:
        """Forget exposure, white balance and the previous frame, as at the start of an episode."""
        self._exposure: ExposureState | None = None
        self._gains: Gains | None = None
        self._previous: PreviousFrame | None = None

    def intrinsics(self) -> Intrinsics:
        """Camera matrix, distortion and model."""
        return Intrinsics(self.lens.matrix, self.lens.distortion, self.config.lens)

    def interval(self, start_s: float) -> tuple[float, float]:
        """The time the next frame covers if it starts at `start_s` [s]; before the first frame an upper bound."""
        if self.unsettled:
            return start_s, self._end(start_s, self.config.exposure_control.max_exposure_s)
        return start_s, self._end(start_s, self._settings()[0])

    @property
    def unsettled(self) -> bool:
        """Whether the next frame's exposure is still to be found: before the first, with auto exposure."""
        return self.config.auto_exposure and self._exposure is None

    def settle(self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, index: int) -> None:
        """Find the exposure of the first frame as if the camera had been running for a while; arguments of `capture`.

        `capture` does it where it was not done; done before, `interval` is exact for the first frame too.
        """
        self._settle(tracer, track, start_s, self._keys(index)[2])

    def capture(
        self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, index: int, *, hold_exposure: bool = False
    ) -> CameraFrame:
        """Take a picture.

        Args:
            tracer: the scene, which must cover `interval(start_s)`.
            track: pose of the optical frame (x right, y down, z forward) over that interval.
            start_s: when the first row begins to expose [s].
            index: number of the frame in the episode; it decides the noise together with the stream key.
            hold_exposure: whether the exposure controller is stuck and keeps its settings.

        Returns:
            The picture with its ground truth.
        """
        ray_key, noise_key, settling_key, drop_key = self._keys(index)
        if self.unsettled:
            self._settle(tracer, track, start_s, settling_key)
        exposure_s, gain = self._settings()
        shutter = Shutter(start_s, exposure_s, self.config.line_time_s)
        rendered = render(
            tracer, self.lens, track, shutter, key=int(ray_key), previous=self._previous, draft=self._draft
        )
        truth = np.zeros(rendered.depth.shape, np.uint8)
        arriving = self._before_sensor(tracer, track, shutter, rendered, truth, drop_key)
        raw = self._imager.expose(arriving, exposure_s, gain, key=noise_key)
        self._gains = self._isp.gains(raw, self._gains)
        if self.config.auto_exposure and self._exposure is not None and not hold_exposure:
            self._exposure = auto_exposure.step(self.config.exposure_control, self._exposure, self._metering(raw))
        self._previous = PreviousFrame(tracer.scene, track, shutter)
        return self._frame(rendered, raw, truth, shutter, gain, self._gains)

    def clean_twin(self, frame: CameraFrame, tracer: EmbreeTracer, track: PoseTrack, index: int) -> CameraFrame:
        """The frame just captured as it would be in clear air over dry ground, through a clean lens, without noise.

        Args:
            frame: what `capture` gave for this scene, track and index; its exposure and white balance are kept.
            tracer, track, index: as for `capture`.
        """
        ray_key, noise_key, _, _ = self._keys(index)
        place = tracer.scene.environment
        rendered = render(
            tracer, self.lens, track, frame.shutter, key=int(ray_key), draft=self._draft,
            environment=Environment(place.sun, place.sky),
        )  # fmt: skip
        light = Optics(OpticsConfig(blur_px=self.config.blur_px), self.lens).apply(rendered.radiance)
        raw = self._specimen(noisy=False).expose(light, frame.exposure_s, frame.gain, key=noise_key)
        return self._frame(
            replace(rendered, flow=frame.flow), raw, np.zeros_like(frame.truth), frame.shutter, frame.gain, frame.gains
        )

    def _keys(self, index: int) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
        """Of rays, noise, settling and drops."""
        key = int(frame_key(self._stream_key, index))
        return frame_key(key, 0), frame_key(key, 1), frame_key(key, 2), frame_key(key, 3)

    def _before_sensor(
        self, tracer: EmbreeTracer, track: PoseTrack, shutter: Shutter, rendered: Rendered, truth: U8, key: np.uint64
    ) -> F32:
        """Radiance on the sensor: drops and flakes, what lies on the lens, and the lens."""
        radiance, environment = rendered.radiance, tracer.scene.environment
        air, sky = environment.air, environment.sky
        ambient = 0.5 * (0.5 * (np.asarray(sky.horizon) + np.asarray(sky.zenith)) + np.asarray(sky.ground))
        if rendered.covered is not None:
            truth |= rendered.covered * np.uint8(Truth.COVERED)
        if not air.clear:
            hazy = self._hazy(air, track, shutter, rendered.distance)
            truth |= np.where(hazy, np.uint8(Truth.DIMMED), np.uint8(0))
        if air.rain_mmph > 0.0 or air.snow_mmph > 0.0:
            precipitation.add(
                radiance, truth, self.config.precipitation, air=air, distance=rendered.distance, lens=self.lens,
                track=track, shutter=shutter, ambient=ambient, aperture_m=self._aperture_m, key=int(key),
            )  # fmt: skip
        self._contamination.apply(radiance, truth, ambient=ambient, time_s=shutter.start_s)
        sun = None
        if not self.config.optics.flare.off:
            middle = shutter.start_s + 0.5 * shutter.exposure_s
            position, orientation = track.at(middle)
            toward = np.asarray(environment.sun.direction_w, float)[None]
            hidden = tracer.occluded(position[None], toward / np.linalg.norm(toward), np.array([middle]))
            beside = 0.0 if hidden[0] else 1.0
            sun = sun_in_view(environment.sun, orientation, self.lens, rendered.distance, beside=beside)
        return self._optics.apply(radiance, sun=sun)

    def _hazy(self, air: Air, track: PoseTrack, shutter: Shutter, distance: F32) -> NDArray[np.bool_]:
        """Whether the air takes so much of the contrast of a pixel (H, W) that it counts as dimmed."""
        if not air.banks:
            return np.asarray(air.table[0] * distance > -math.log(_KEPT))
        position, orientation = track.at(shutter.start_s + 0.5 * shutter.exposure_s)
        rays = self.lens.centre_directions.swapaxes(1, 2)[:, : self.lens.width].reshape(-1, 3)
        far = np.minimum(distance.reshape(-1), _BEYOND_M)
        kept = transmission(air, position, rotate(orientation, rays.astype(float)), far)
        return (kept < _KEPT).reshape(distance.shape)

    def _frame(
        self, rendered: Rendered, raw: U16, truth: U8, shutter: Shutter, gain: float, gains: Gains
    ) -> CameraFrame:
        return CameraFrame(
            rgb=codec.apply(self._isp.develop(raw, gains, gain=gain), self.config.jpeg),
            depth=rendered.depth,
            instance=rendered.instance,
            semantic=rendered.semantic,
            flow=rendered.flow,
            truth=truth,
            exposure_s=shutter.exposure_s,
            gain=gain,
            time_start_s=shutter.start_s,
            time_end_s=self._end(shutter.start_s, shutter.exposure_s),
            shutter=shutter,
            gains=gains,
        )

    def _specimen(self, *, noisy: bool) -> Imager | HdrImager:
        """The sensor, or one like it without any noise."""
        shape = (self.config.height, self.config.width)
        if isinstance(self._sensor, HdrConfig):
            return HdrImager(self._sensor, shape, serial=self.config.serial)
        sensor = self._sensor
        if not noisy:
            sensor = replace(
                sensor, shot_noise=False, dither=False, read_noise_e=0.0, prnu=0.0, prnu_row=0.0, prnu_column=0.0,
                dsnu_e=0.0, dsnu_row_e=0.0, dsnu_column_e=0.0,
            )  # fmt: skip
        return Imager(sensor, shape, serial=self.config.serial)

    def _metering(self, raw: U16) -> Metering:
        if isinstance(self._sensor, HdrConfig):
            return auto_exposure.meter(self._isp.linear(raw), 0.0, self._first.white_dn - self._first.black_dn)
        return auto_exposure.meter(raw, self._first.black_dn, self._first.white_dn)

    def _settings(self) -> tuple[float, float]:
        if self.config.auto_exposure and self._exposure is not None:
            return auto_exposure.settings(self.config.exposure_control, self._exposure)
        return self.config.exposure_s, self.config.gain

    def _end(self, start_s: float, exposure_s: float) -> float:
        return start_s + exposure_s + self.config.line_time_s * (self.config.height - 1)

    def _settle(self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, key: np.uint64) -> None:
        """Find the exposure on an instantaneous look, as if the camera had been running for a while."""
        control = self.config.exposure_control
        state = auto_exposure.start(control, math.sqrt(control.min_exposure_s * control.max_exposure_s), 1.0)
        look = render(tracer, self.lens, track, Shutter(start_s), key=int(key), draft=self._draft)
        for _ in range(_SETTLING_STEPS):
            exposure_s, gain = auto_exposure.settings(control, state)
            raw = self._imager.expose(look.radiance, exposure_s, gain, key=key)
            missing = auto_exposure.correction(control, self._metering(raw))
            before, state = state, auto_exposure.start(control, exposure_s * 2.0**missing, gain)
            if abs(state.ev[0] - before.ev[0]) < _SETTLED_STOPS:
                break
        self._exposure = state


def _lens(config: CameraConfig) -> Lens:
    kind = _LENSES[config.lens]
    if config.focal_px is not None:
        return kind(config.width, config.height, fx=config.focal_px, distortion=config.distortion)
    return kind.from_fov(config.width, config.height, math.radians(config.fov_deg), config.distortion)
