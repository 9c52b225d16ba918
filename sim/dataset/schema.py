"""The names inside an episode file: the contract with every reader, in one table.

`docs/schema.md` shows this table and a test compares them. The writer creates what stands here and nothing else, the
reader and `verify` look it up here. K counts the frames of a sensor, T the actions, M the actors, N the rows of a
ragged table. Names are never renumbered or reused; a change of meaning raises `FORMAT_VERSION`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FORMAT = "cornercase-episode"
DATASET_FORMAT = "cornercase-dataset"
FORMAT_VERSION = 1
"""Readers accept files up to this version."""

CodecName = Literal["plain", "depth", "range", "flow"]


@dataclass(frozen=True)
class Entry:
    """One array of the file.

    Attributes:
        path: where; `<camera>`, `<lidar>`, `<sensor>` and `<name>` stand for names chosen by the episode.
        dtype: as stored.
        shape: as stored.
        unit: of the decoded value.
        meaning: in one sentence.
        codec: how values became the stored numbers, see `codecs`.
        label: ground truth, so each chunk carries a Fletcher-32 checksum.

    """

    path: str
    dtype: str
    shape: str
    unit: str
    meaning: str
    codec: CodecName = "plain"
    label: bool = False

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rpartition("/")[2]


EPISODE: tuple[Entry, ...] = (
    Entry("/time", "int64", "T+1", "ns", "When each state was taken; the first row is before the first action."),
    Entry("/ego/position_w", "float64", "T+1, 3", "m", "Centre of the box of the ego.", label=True),
    Entry("/ego/orientation_w", "float64", "T+1, 4", "", "Quaternion x y z w of the ego.", label=True),
    Entry("/ego/velocity_w", "float64", "T+1, 3", "m/s", "Velocity of the centre of the ego.", label=True),
    Entry("/actors/id", "int32", "M", "", "Id in masks and boxes, at least 1; the ego is one of them."),
    Entry("/actors/class", "uint8", "M", "", "Semantic class."),
    Entry("/actors/size", "float32", "M, 3", "m", "Full length, width, height of the box."),
    Entry("/actors/position_w", "float64", "T+1, M, 3", "m", "Centres of the boxes.", label=True),
    Entry("/actors/orientation_w", "float64", "T+1, M, 4", "", "Quaternions x y z w.", label=True),
    Entry("/actors/velocity_w", "float64", "T+1, M, 3", "m/s", "Velocities of the centres.", label=True),
    Entry("/actions", "float64", "T, A", "", "Row i leads from state i to state i + 1."),
    Entry("/rewards", "float64", "T", "", "Reward of each action."),
    Entry("/terminations", "bool", "T", "", "The episode ended by its own rules."),
    Entry("/truncations", "bool", "T", "", "The episode was cut off."),
    Entry(
        "/events", "table", "N", "", "Rows `time` [ns], `kind`, `actor`, `other`, `value`, `detail` (JSON).", label=True
    ),
    Entry("/phases", "table", "N", "", "Rows `name`, `time` [ns], in order of time.", label=True),
    Entry("/params/<name>", "scalar", "", "", "A parameter of the scenario as drawn; its unit is the end of its name."),
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
    Entry("/sensors/<sensor>/index", "int64", "K", "", "Number of the frame."),
    Entry("/sensors/<sensor>/time_start", "int64", "K", "ns", "First instant at which the sensor looked."),
    Entry("/sensors/<sensor>/time_end", "int64", "K", "ns", "Last instant at which the sensor looked."),
    Entry("/sensors/<sensor>/time_delivered", "int64", "K", "ns", "When the frame became available."),
    Entry("/sensors/<sensor>/pose_w", "float64", "K, 7", "m", "x y z qx qy qz qw of the sensor at `time_start`.", label=True),
    Entry("/sensors/<sensor>/mount", "float64", "7", "m", "Pose of the sensor in the frame of the body that carries it."),
    Entry("/sensors/<sensor>/intrinsics/<name>", "float64", "any", "", "Constant numbers that turn pixels or cells into rays."),
    Entry("/sensors/<sensor>/frame_intrinsics/<name>", "float64", "K, ...", "", "Those that change, such as `exposure_s`."),
)  # fmt: skip
"""Arrays of every sensor."""

BOXES_2D = (
    Entry("/sensors/<camera>/boxes_2d", "table", "N", "px", "Rows of all frames: id, class, visible box, amodal box, visibility.", label=True),
    Entry("/sensors/<camera>/boxes_2d_offsets", "int64", "K+1", "", "Frame k owns the rows from offset k to offset k + 1."),
)  # fmt: skip


def _boxes_3d(kind: str) -> tuple[Entry, ...]:
    """The 3D boxes of one kind of sensor."""
    rows = "Rows of all frames: id, class, pose, size and velocity in the frame of the sensor."
    return (
        Entry(f"/sensors/<{kind}>/boxes_3d", "table", "N", "m", rows, label=True),
        Entry(f"/sensors/<{kind}>/boxes_3d_offsets", "int64", "K+1", "", "As `boxes_2d_offsets`."),
    )


CAMERA: tuple[Entry, ...] = (
    Entry("/sensors/<camera>/rgb", "uint8", "K, H, W, 3", "", "Delivered picture, sRGB, channels red, green, blue."),
    Entry("/sensors/<camera>/depth", "uint16", "K, H, W", "m", "Depth along the optical axis is value x `step`; 65535 is inf.", "depth", True),
    Entry("/sensors/<camera>/instance", "int32", "K, H, W", "", "Id of the actor seen, 0 is scenery.", label=True),
    Entry("/sensors/<camera>/semantic", "uint8", "K, H, W", "", "Semantic class seen.", label=True),
    Entry("/sensors/<camera>/flow", "int16", "K, H, W, 2", "px", "Backward flow right and down, to where the surface point was in the previous frame, is value x `step`; 0 in a first frame and for points then behind the camera.", "flow", True),
    *BOXES_2D,
    *_boxes_3d("camera"),
)  # fmt: skip
LIDAR: tuple[Entry, ...] = (
    Entry("/sensors/<lidar>/range", "uint16 or uint32", "K, beams, columns", "m", "Measured range is value x `step`; 0 is no return.", "range"),
    Entry("/sensors/<lidar>/intensity", "uint8 or float32", "K, beams, columns", "", "Reported intensity."),
    Entry("/sensors/<lidar>/time_offset", "float32", "K, beams, columns", "s", "When the beam fired, after `time_start`."),
    Entry("/sensors/<lidar>/instance", "int32", "K, beams, columns", "", "Id of the actor that returned the pulse.", label=True),
    Entry("/sensors/<lidar>/semantic", "uint8", "K, beams, columns", "", "Semantic class that returned the pulse.", label=True),
    *_boxes_3d("lidar"),
)  # fmt: skip
IMU: tuple[Entry, ...] = (
    Entry("/sensors/<imu>/<name>", "float64", "K, n", "", "A measured vector, such as `angular_velocity`."),
)
ODOMETRY: tuple[Entry, ...] = (
    Entry("/sensors/<odometry>/<name>", "float64", "K, n", "", "A measured vector, such as `speed`."),
)
SENSORS: dict[str, tuple[Entry, ...]] = {"camera": CAMERA, "lidar": LIDAR, "imu": IMU, "odometry": ODOMETRY}
"""Arrays of each kind of sensor, beside `COMMON`."""

TABLE: tuple[Entry, ...] = (*EPISODE, *COMMON, *CAMERA, *LIDAR, *IMU, *ODOMETRY)
"""The whole contract."""


def data_entry(kind: str, name: str) -> Entry | None:
    """The entry of one data array of a sensor; None if the contract has no such array."""
    entries = SENSORS[kind]
    return next((e for e in entries if e.name == name), next((e for e in entries if e.name == "<name>"), None))


def markdown() -> str:
    """The contract as the table that `docs/schema.md` shows."""
    rows = ["| Array | Stored as | Shape | Unit | Meaning |", "|---|---|---|---|---|"]
    rows += [f"| `{e.path}` | {e.dtype} | {e.shape} | {e.unit} | {e.meaning} |" for e in TABLE]
    return "\n".join(rows) + "\n"
