"""What one episode delivers, as plain immutable records: all that the loop says, and all that a writer hears.

The loop yields an `EpisodeHeader` first, then `StepRecord`, `SensorFrame`, `EventRecord` and `PhaseRecord` in order of
time, and an `EpisodeSummary` closes it. Times are integer nanoseconds since the start of the episode. Frames of
reference: `_w` is the world (z up), bodies are x forward, y left, z up, cameras x right, y down, z forward.
Quaternions are (x, y, z, w).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
Array = NDArray[Any]
Parameter = float | int | str | bool
SensorKind = Literal["camera", "lidar", "imu", "odometry", "radar", "depth", "ultrasonic", "gnss", "wrench", "encoders"]

BOX_2D = np.dtype(
    [
        ("id", "<i4"),
        ("class", "u1"),
        *((name, "<f4") for name in ("x0", "y0", "x1", "y1", "ax0", "ay0", "ax1", "ay1")),
        ("visible_share", "<f4"),
        ("visible_px", "<i4"),
        ("truncation", "<f4"),
    ]
)
"""One object in one image.

Boxes are in pixel edges: the top left corner of the top left pixel is (0, 0), so `x0` is the first column of the mask
and `x1` the last column plus one. `x0 y0 x1 y1` is the visible box, tight around the instance mask and all zero where
nothing is visible; `ax0 ay0 ax1 ay1` is the amodal box, as if nothing stood in front, and may leave the image.
`visible_px` counts the mask; `visible_share` is its part of the unoccluded silhouette inside the image;
`truncation` is the part of the amodal box outside the image.
"""

BOX_3D = np.dtype(
    [
        ("id", "<i4"),
        ("class", "u1"),
        ("position", "<f8", (3,)),
        ("orientation", "<f8", (4,)),
        ("size", "<f4", (3,)),
        ("velocity", "<f4", (3,)),
        ("points", "<i4"),
        ("visible_share", "<f4"),
    ]
)
"""One object in the frame of one sensor at the start of its frame.

`position` is the centre and `orientation` the attitude of the box in the sensor frame, `size` its full length, width
and height [m], `velocity` the velocity of the body over the world, in the axes of the sensor [m/s]. `points` counts the
lidar returns, radar detections, or pixels on the object. The box of people, animals and arms encloses what is drawn of
them at that instant; that of all others is constant, and mirrors of vehicles and open doors stick out of it.
"""

_NO_VALUES: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class SensorFrame:
    """What one sensor delivered at one time stamp, with its ground truth.

    Attributes:
        sensor: name of the sensor in the rig.
        kind: see `SensorKind`.
        index: 0, 1, 2, ... per sensor; a frame that a fault has dropped leaves a gap.
        time_start_ns, time_end_ns: first and last instant at which the sensor looked; the true ones.
        time_delivered_ns: when the frame became available; never before `time_end_ns`.
        pose_w: (7,) x y z qx qy qz qw of the sensor in the world at `time_start_ns`, where it really was.
        data: arrays by name.
            Camera: `rgb` u8 (H, W, 3); `depth` f32 (H, W) [m] along the optical axis, inf where nothing is;
            `instance` i32 (H, W), 0 is scenery; `semantic` u8 (H, W); `flow` f32 (H, W, 2) [px] backward flow, from
            this pixel to where the same surface point was in the previous frame, x right, y down; 0 in the first.
            Lidar: `range` f32 (beams, columns) [m], 0 where nothing came back; `intensity` u8 or f32;
            `time_offset` f32 [s] after `time_start_ns`; `instance` i32; `semantic` u8; of a sensor that reports two
            returns also `range_2`, `intensity_2`, `instance_2`, `semantic_2`.
            Depth camera: `depth` f32 (H, W) [m], 0 where nothing was measured; `true_depth`, `instance`, `semantic`.
            Radar: `detections`, `missed`, rows of `renderers.radar.frame.DETECTION`; `noise_rise_db`.
            Others: small vectors under the names of the sensor model; those that begin with `true_` are labels.
            All but the radar, whose rows have a column of it: `truth` u8, bits of `renderers.truth.Truth`, one per
            pixel, cell, channel or frame: what weather and faults did to it.
        boxes_2d: rows of `BOX_2D`, or None where the sensor has none.
        boxes_3d: rows of `BOX_3D`, or None where the sensor has none.
        intrinsics: values that change from frame to frame, such as `exposure_s`; each frame of a sensor must carry
            the same names. Constant ones belong to `SensorInfo`.
        clean: arrays of the clean twin by name: the same moment in clear air, without noise and faults.
        stamp_shift_ns: by how much the sensor's own time stamp of `time_start_ns` is wrong.

    """

    sensor: str
    kind: SensorKind
    index: int
    time_start_ns: int
    time_end_ns: int
    time_delivered_ns: int
    pose_w: F64
    data: Mapping[str, Array]
    boxes_2d: Array | None = None
    boxes_3d: Array | None = None
    intrinsics: Mapping[str, float | Array] = field(default_factory=lambda: _NO_VALUES)
    clean: Mapping[str, Array] = field(default_factory=lambda: _NO_VALUES)
    stamp_shift_ns: int = 0


@dataclass(frozen=True)
class FaultPeriod:
    """A period in which a fault touched every frame of a sensor, delivered or not.

    Attributes:
        name: of the fault in the configuration.
        kind: what happened.
        start_ns, end_ns: ends of the first and the last frame touched.
        magnitude: the greatest in the period, in the unit of the kind.

    """

    name: str
    kind: str
    start_ns: int
    end_ns: int
    magnitude: float


@dataclass(frozen=True)
class StepRecord:
    """The state of the world at one control step.

    The first record of an episode is the state before the first action and has `action` None; each later one is the
    state an action led to. So T actions come with T + 1 states.

    Attributes:
        time_ns: when.
        actors_position: (M, 3) centres of the actors' boxes in the world [m], in the order of the header's ids.
        actors_orientation: (M, 4) quaternions of the actors.
        actors_velocity: (M, 3) velocities of the centres in the world [m/s].
        action: (A,) what the driver or agent asked for since the last record; None in the first record.
        reward: of that action.
        terminated, truncated: as in Gymnasium.
        criticality: by name (`ttc_s`, `headway_s`, ...), the same names at each step; inf where there is no conflict.
        weather: state of weather and light by name, the same names at each step.

    """

    time_ns: int
    actors_position: F64
    actors_orientation: F64
    actors_velocity: F64
    action: F64 | None = None
    reward: float = 0.0
    terminated: bool = False
    truncated: bool = False
    criticality: Mapping[str, float] = field(default_factory=lambda: _NO_VALUES)
    weather: Mapping[str, float] = field(default_factory=lambda: _NO_VALUES)


@dataclass(frozen=True)
class EventRecord:
    """Something that happened.

    Attributes:
        time_ns: when.
        kind: "contact", "slip", "drop", "loss_of_control", ...
        actor, other: ids of those involved; 0 is scenery or nobody.
        value: the size of it, such as the impulse [N s].
        detail: a JSON object, "{}" if there is nothing more to say.

    """

    time_ns: int
    kind: str
    actor: int
    other: int = 0
    value: float = 0.0
    detail: str = "{}"


@dataclass(frozen=True)
class PhaseRecord:
    """A phase of the scenario begins: "onset", "visible", "last_avoidable", "contact", "escape", ..."""

    name: str
    time_ns: int


@dataclass(frozen=True)
class SensorInfo:
    """What is constant about one sensor.

    Attributes:
        name, kind: see `SensorFrame`.
        rate_hz: frames per second.
        range_max_m: the farthest depth or range that labels must tell apart. It sets the step of the stored depth.
        intrinsics: numbers and arrays that turn pixels or cells into rays. A lidar gives `elevation_rad` (beams,),
            `azimuth_rad` (columns,), and where they are not zero `azimuth_offset_rad` (beams,), `origin_m` (beams, 3)
            and `origin_radius_m` (see `ScanGeometry`), and `range_step_m`, the step its ranges are quantised to. One
            that looks elsewhere in every frame gives both angles (beams, columns) with each frame instead.
        mount: (7,) pose of the sensor in the frame of the body that carries it, as it is believed to be.

    """

    name: str
    kind: SensorKind
    rate_hz: float
    range_max_m: float = 250.0
    intrinsics: Mapping[str, float | Array] = field(default_factory=lambda: _NO_VALUES)
    mount: F64 = field(default_factory=lambda: np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]))


@dataclass(frozen=True)
class EpisodeHeader:
    """What is known when an episode begins.

    Attributes:
        episode: number of the episode in its dataset.
        scenario: registered name.
        seed: seed of the dataset; the streams are those of `SeedSequence(seed, spawn_key=(episode,))`.
        params: the parameters as drawn.
        actor_ids: (M,) int32, each at least 1; the ids in masks and boxes.
        actor_classes: (M,) uint8, see `SemanticClass`.
        actor_sizes: (M, 3) float32 full length, width, height [m].
        ego: row of the ego in these tables.
        sensors: the rig.
        config_yaml: the configuration of the episode as composed.

    """

    episode: int
    scenario: str
    seed: int
    params: Mapping[str, Parameter]
    actor_ids: I32
    actor_classes: U8
    actor_sizes: F32
    ego: int
    sensors: tuple[SensorInfo, ...]
    config_yaml: str


@dataclass(frozen=True)
class Conclusion:
    """How an episode ended.

    Attributes:
        outcome: the word of the scenario: contact, loss_of_control, near_miss, clear; drop, slip, placed, unfinished.
        result: the same in words that all scenarios share: collision, near_miss, nothing.
        occurred: whether the rare event really took place.
        measures: numbers of the whole by name, with their unit: `impact_speed_mps`, `delta_v_mps`, `tet_s`; all finite.

    """

    outcome: str
    result: str = "nothing"
    occurred: bool = True
    measures: Mapping[str, float] = field(default_factory=lambda: _NO_VALUES)


@dataclass(frozen=True)
class EpisodeSummary:
    """What an episode came to; one line of the manifest.

    Attributes:
        outcome, result, occurred, measures: see `Conclusion`.
        steps: number of actions.
        frames: number of frames by sensor.
        events: number of events by kind.
        phases: start of each phase by name [ns].

    """

    outcome: str
    result: str
    occurred: bool
    measures: Mapping[str, float]
    steps: int
    frames: Mapping[str, int]
    events: Mapping[str, int]
    phases: Mapping[str, int]
