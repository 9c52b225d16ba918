"""The names inside an episode file: the contract with every reader, in one table.

`docs/schema.md` shows this table and a test compares them. The writer creates what stands here and nothing else, the
reader and `verify` look it up here. K counts the frames of a sensor, T the actions, M the actors, N the rows of a
ragged table. Names are never renumbered or reused; a change of meaning raises `FORMAT_VERSION`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...renderers.radar.frame import DETECTION
from ..episode.records import BOX_2D, BOX_3D

FORMAT = "cornercase-episode"
DATASET_FORMAT = "cornercase-dataset"
FORMAT_VERSION = 1
"""Readers accept files up to this version."""

CodecName = Literal["plain", "depth", "range", "flow"]
Form = Literal["frame", "value", "rows"]


@dataclass(frozen=True)
class Entry:
    """One array of the file.

    Attributes:
        path: where; `<camera>`, `<lidar>`, ..., `<sensor>` and `<name>` stand for names chosen by the episode.
        dtype: as stored.
        shape: as stored.
        unit: of the decoded value.
        meaning: in one sentence.
        codec: how values became the stored numbers, see `codecs`.
        label: ground truth, so each chunk carries a Fletcher-32 checksum.
        form: of sensors' data: "frame" is one chunk per frame, "value" a row of a small array per frame, "rows" as many
            rows of a table per frame as it has, with offsets in a second array.

    """

    path: str
    dtype: str
    shape: str
    unit: str
    meaning: str
    codec: CodecName = "plain"
    label: bool = False
    form: Form = "frame"

    @property
    def name(self) -> str:
        """Last part of the path; below a sensor all that follows its name."""
        if self.path.startswith("/sensors/"):
            return self.path.split("/", 3)[3]
        return self.path.rpartition("/")[2]


EPISODE: tuple[Entry, ...] = (
    Entry("/time", "int64", "T+1", "ns", "When each state was taken; the first row is before the first action."),
    Entry("/ego/position_w", "float64", "T+1, 3", "m", "Centre of the box of the ego.", label=True),
    Entry("/ego/orientation_w", "float64", "T+1, 4", "", "Quaternion x y z w of the ego.", label=True),
    Entry("/ego/velocity_w", "float64", "T+1, 3", "m/s", "Velocity of the centre of the ego.", label=True),
    Entry("/actors/id", "int32", "M", "", "Id in masks and boxes, at least 1; the ego is one of them."),
    Entry("/actors/class", "uint8", "M", "", "Semantic class."),
    Entry(
        "/actors/size",
        "float32",
        "M, 3",
        "m",
        "Full length, width, height of the actor's own box, constant; that of people and animals is the one they stand in.",
    ),
    Entry("/actors/position_w", "float64", "T+1, M, 3", "m", "Centres of the boxes.", label=True),
    Entry("/actors/orientation_w", "float64", "T+1, M, 4", "", "Quaternions x y z w.", label=True),
    Entry("/actors/velocity_w", "float64", "T+1, M, 3", "m/s", "Velocities of the centres.", label=True),
    Entry(
        "/actions",
        "float64",
        "T, A",
        "",
        "Row i leads from state i to state i + 1; of a reference driver, which acts more often, the mean over the step.",
    ),
    Entry("/rewards", "float64", "T", "", "Reward of each action."),
    Entry("/terminations", "bool", "T", "", "The episode ended by its own rules."),
    Entry("/truncations", "bool", "T", "", "The episode was cut off."),
    Entry(
        "/events", "table", "N", "", "Rows `time` [ns], `kind`, `actor`, `other`, `value`, `detail` (JSON).", label=True
    ),
    Entry("/phases", "table", "N", "", "Rows `name`, `time` [ns], in order of time.", label=True),
    Entry("/params/<name>", "scalar", "", "", "A parameter of the scenario as drawn; its unit is the end of its name."),
    Entry("/measures/<name>", "float64", "", "", "A number of the whole episode, such as the speed of impact."),
    Entry(
        "/criticality/<name>", "float64", "T+1", "", "Time to collision, headway, ...; inf where there is no conflict."
    ),
    Entry(
        "/weather/<name>",
        "float64",
        "T+1",
        "",
        "State of weather and light at each state: visibility, rain, water, sun, ...",
    ),
    Entry("/config", "string", "", "", "The configuration of the episode, YAML."),
)
"""Arrays of every episode, beside its sensors."""

COMMON: tuple[Entry, ...] = (
    Entry("/sensors/<sensor>/index", "int64", "K", "", "Number of the frame; a frame that a fault has dropped leaves a gap."),
    Entry("/sensors/<sensor>/time_start", "int64", "K", "ns", "First instant at which the sensor looked, in true time, as all labels."),
    Entry("/sensors/<sensor>/time_end", "int64", "K", "ns", "Last instant at which the sensor looked, in true time."),
    Entry("/sensors/<sensor>/time_delivered", "int64", "K", "ns", "When the frame became available."),
    Entry("/sensors/<sensor>/time_stamp", "int64", "K", "ns", "`time_start` by the sensor's own clock: the same unless a fault shifts it."),
    Entry("/sensors/<sensor>/pose_w", "float64", "K, 7", "m", "x y z qx qy qz qw of the sensor, where it really was at `time_start`; imu, odometry, wrench and encoders, whose values are those at the end: at `time_end`.", label=True),
    Entry("/sensors/<sensor>/mount", "float64", "7", "m", "Pose of the sensor in the frame of the body that carries it, as it is believed to be."),
    Entry("/sensors/<sensor>/faults", "table", "N", "", "Rows `name`, `kind`, `start`, `end` [ns], `magnitude`: periods in which a fault touched every frame, delivered or not.", label=True),
    Entry("/sensors/<sensor>/intrinsics/<name>", "float64", "any", "", "Constant numbers that turn pixels or cells into rays."),
    Entry("/sensors/<sensor>/frame_intrinsics/<name>", "float64 or float32", "K, ...", "", "Those that change: `exposure_s`, or the directions of a lidar that looks elsewhere in every frame."),
)  # fmt: skip
"""Arrays of every sensor."""

BOXES_2D = (
    Entry("/sensors/<camera>/boxes_2d", "table", "N", "px", "Rows of all frames: id, class, visible box, amodal box, visibility.", label=True, form="rows"),
    Entry("/sensors/<camera>/boxes_2d_offsets", "int64", "K+1", "", "Frame k owns the rows from offset k to offset k + 1."),
)  # fmt: skip


def _boxes_3d(kind: str) -> tuple[Entry, ...]:
    """The 3D boxes of one kind of sensor."""
    rows = "Rows of all frames: id, class, pose, size and velocity in the frame of the sensor; sizes are those of the instant."
    return (
        Entry(f"/sensors/<{kind}>/boxes_3d", "table", "N", "m", rows, label=True, form="rows"),
        Entry(f"/sensors/<{kind}>/boxes_3d_offsets", "int64", "K+1", "", "As `boxes_2d_offsets`."),
    )


def _value(
    kind: str, name: str, shape: str, unit: str, meaning: str, *, dtype: str = "float64", label: bool = False
) -> Entry:
    """A small array with one row per frame."""
    return Entry(f"/sensors/<{kind}>/{name}", dtype, shape, unit, meaning, label=label, form="value")


def _truth(kind: str, shape: str, of: str) -> Entry:
    """What went wrong, bit by bit, in frames of pixels or cells."""
    meaning = f"What weather and faults did to {of}: 1 phantom, 2 lost, 4 displaced, 8 stuck, 16 dimmed, 32 covered."
    return Entry(f"/sensors/<{kind}>/truth", "uint8", shape, "", meaning, label=True)


def _frame_truth(kind: str, shape: str = "K, 1", of: str = "the frame") -> Entry:
    """The same of sensors that deliver a few numbers."""
    return _value(kind, "truth", shape, "", f"What weather and faults did to {of}, bits as for cameras.", dtype="uint8", label=True)  # fmt: skip


CAMERA: tuple[Entry, ...] = (
    Entry("/sensors/<camera>/rgb", "uint8", "K, H, W, 3", "", "Delivered picture, sRGB, channels red, green, blue."),
    Entry("/sensors/<camera>/depth", "uint16", "K, H, W", "m", "Depth along the optical axis is value x `step`; 65535 is inf.", "depth", True),
    Entry("/sensors/<camera>/instance", "int32", "K, H, W", "", "Id of the actor seen, 0 is scenery.", label=True),
    Entry("/sensors/<camera>/semantic", "uint8", "K, H, W", "", "Semantic class seen.", label=True),
    Entry("/sensors/<camera>/flow", "int16", "K, H, W, 2", "px", "Backward flow right and down, to where the surface point was in the previous frame, is value x `step`; 0 in a first frame and for points then behind the camera.", "flow", True),
    _truth("camera", "K, H, W", "each pixel"),
    *BOXES_2D,
    *_boxes_3d("camera"),
    Entry("/sensors/<camera>/clean/rgb", "uint8", "K, H, W, 3", "", "The picture in clear air at the same exposure, without noise and faults; with `record.clean`.", label=True),
)  # fmt: skip
LIDAR: tuple[Entry, ...] = (
    Entry("/sensors/<lidar>/range", "uint16 or uint32", "K, beams, columns", "m", "Measured range is value x `step`; 0 is no return.", "range"),
    Entry("/sensors/<lidar>/intensity", "uint8 or float32", "K, beams, columns", "", "Reported intensity."),
    Entry("/sensors/<lidar>/time_offset", "float32", "K, beams, columns", "s", "When the beam fired, after `time_start`."),
    Entry("/sensors/<lidar>/instance", "int32", "K, beams, columns", "", "Id of the actor that returned the pulse.", label=True),
    Entry("/sensors/<lidar>/semantic", "uint8", "K, beams, columns", "", "Semantic class that returned the pulse.", label=True),
    _truth("lidar", "K, beams, columns", "each cell"),
    Entry("/sensors/<lidar>/range_2", "uint16 or uint32", "K, beams, columns", "m", "Second return, as `range`; of lidars that report two.", "range"),
    Entry("/sensors/<lidar>/intensity_2", "uint8 or float32", "K, beams, columns", "", "Intensity of the second return."),
    Entry("/sensors/<lidar>/instance_2", "int32", "K, beams, columns", "", "Id of the actor of the second return.", label=True),
    Entry("/sensors/<lidar>/semantic_2", "uint8", "K, beams, columns", "", "Semantic class of the second return.", label=True),
    *_boxes_3d("lidar"),
    Entry("/sensors/<lidar>/clean/range", "uint16 or uint32", "K, beams, columns", "m", "`range` in clear air over bare ground, without noise and faults; with `record.clean`.", "range", True),
    Entry("/sensors/<lidar>/clean/intensity", "uint8 or float32", "K, beams, columns", "", "`intensity` of the same.", label=True),
)  # fmt: skip
RADAR: tuple[Entry, ...] = (
    Entry("/sensors/<radar>/detections", "table", "N", "", "Rows of all frames: `range` [m], `azimuth`, `elevation` [rad], `velocity` [m/s, range rate], `rcs` [dBsm], `snr` [dB], standard deviations, `ambiguity`, `validity`; labels `folds`, `instance`, `semantic`, `truth`.", form="rows"),
    Entry("/sensors/<radar>/detections_offsets", "int64", "K+1", "", "Frame k owns the rows from offset k to offset k + 1."),
    Entry("/sensors/<radar>/missed", "table", "N", "", "Rows as `detections`: what the sensor would report without noise, rain and interference and does not.", label=True, form="rows"),
    Entry("/sensors/<radar>/missed_offsets", "int64", "K+1", "", "As `detections_offsets`."),
    _value("radar", "noise_rise_db", "K, 1", "dB", "By how much interference raised the noise.", label=True),
    *_boxes_3d("radar"),
)  # fmt: skip
DEPTH: tuple[Entry, ...] = (
    Entry("/sensors/<depth>/depth", "uint16", "K, H, W", "m", "Measured depth along the optical axis is value x `step`; 0 is no measurement.", "depth"),
    Entry("/sensors/<depth>/true_depth", "uint16", "K, H, W", "m", "The exact one, likewise; 0 beyond the limits.", "depth", True),
    Entry("/sensors/<depth>/instance", "int32", "K, H, W", "", "Id of the actor seen, 0 is scenery.", label=True),
    Entry("/sensors/<depth>/semantic", "uint8", "K, H, W", "", "Semantic class seen.", label=True),
    _truth("depth", "K, H, W", "each pixel"),
    *_boxes_3d("depth"),
)  # fmt: skip
ULTRASONIC: tuple[Entry, ...] = (
    _value("ultrasonic", "range", "K, 1", "m", "Reported range, 0 where no echo was heard."),
    _value("ultrasonic", "level_db", "K, 1", "dB", "Highest level of the echo; -inf where none was heard."),
    _value("ultrasonic", "true_range", "K, 1", "m", "Distance of the surface that answered, 0 for none and for foreign pings.", label=True),
    _value("ultrasonic", "instance", "K, 1", "", "Id of the actor that answered, 0 for scenery.", dtype="int32", label=True),
    _value("ultrasonic", "semantic", "K, 1", "", "Semantic class that answered.", dtype="uint8", label=True),
    _frame_truth("ultrasonic"),
)  # fmt: skip
IMU: tuple[Entry, ...] = (
    _frame_truth("imu"),
    _value("imu", "<name>", "K, n", "", "A measured vector: `angular_velocity` [rad/s], `specific_force` [m/s^2]."),
)
GNSS: tuple[Entry, ...] = (
    _value("gnss", "position_w", "K, 3", "m", "Reported position of the antenna in the world; NaN without a fix, as are all that follow."),
    _value("gnss", "geodetic", "K, 3", "deg, deg, m", "The same as latitude, longitude, height over the ellipsoid."),
    _value("gnss", "velocity_w", "K, 3", "m/s", "Reported velocity."),
    _value("gnss", "sigma", "K, 3", "m", "Standard deviation of each axis, as the receiver states it."),
    _value("gnss", "dilution", "K, 3", "", "Horizontal, vertical and position dilution of precision."),
    _value("gnss", "status", "K, 1", "", "0 no fix, 1 single, 2 differential, 4 RTK fixed, 5 RTK float.", dtype="int32"),
    _value("gnss", "satellites", "K, 2", "", "How many are received directly, and by reflections only.", dtype="int32"),
    _value("gnss", "true_position_w", "K, 3", "m", "Where the antenna really was.", label=True),
    _value("gnss", "true_velocity_w", "K, 3", "m/s", "Its real velocity.", label=True),
    _frame_truth("gnss"),
)  # fmt: skip
ODOMETRY: tuple[Entry, ...] = (
    _frame_truth("odometry"),
    _value("odometry", "<name>", "K, n", "", "A measured vector: `speed` [m/s], `yaw_rate` [rad/s], `ticks`."),
)
WRENCH: tuple[Entry, ...] = (
    _value("wrench", "force", "K, 3", "N", "Measured force of hand and load on the wrist, in the frame of the sensor."),
    _value("wrench", "torque", "K, 3", "N m", "Measured torque about the origin of the sensor."),
    _value("wrench", "true_wrench", "K, 6", "N, N m", "Force and torque without errors and low-pass.", label=True),
    _frame_truth("wrench", "K, 6", "each channel"),
)
ENCODERS: tuple[Entry, ...] = (
    _value("encoders", "joint_position", "K, J", "rad", "Measured angles of the joints."),
    _value("encoders", "joint_velocity", "K, J", "rad/s", "Differences of measured angles."),
    _value("encoders", "true_joint_position", "K, J", "rad", "The real angles.", label=True),
    _frame_truth("encoders", "K, J", "each joint"),
)
SENSORS: dict[str, tuple[Entry, ...]] = {
    "camera": CAMERA,
    "lidar": LIDAR,
    "radar": RADAR,
    "depth": DEPTH,
    "ultrasonic": ULTRASONIC,
    "imu": IMU,
    "gnss": GNSS,
    "odometry": ODOMETRY,
    "wrench": WRENCH,
    "encoders": ENCODERS,
}
"""Arrays of each kind of sensor, beside `COMMON`."""

TABLE: tuple[Entry, ...] = (*EPISODE, *COMMON, *(entry for entries in SENSORS.values() for entry in entries))
"""The whole contract."""


ROWS: dict[str, np.dtype[Any]] = {
    "boxes_2d": BOX_2D,
    "boxes_3d": BOX_3D,
    "detections": DETECTION,
    "missed": DETECTION,
}
"""Types of the rows of ragged tables by name."""


def data_entry(kind: str, name: str) -> Entry | None:
    """The entry of one data array of a sensor, as `rgb` or `clean/rgb`; None if the contract has no such array."""
    entries = SENSORS[kind]
    return next((e for e in entries if e.name == name), next((e for e in entries if e.name == "<name>"), None))


def markdown() -> str:
    """The contract as the table that `docs/schema.md` shows."""
    rows = ["| Array | Stored as | Shape | Unit | Meaning |", "|---|---|---|---|---|"]
    rows += [f"| `{e.path}` | {e.dtype} | {e.shape} | {e.unit} | {e.meaning} |" for e in TABLE]
    return "\n".join(rows) + "\n"
