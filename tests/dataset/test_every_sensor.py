"""Every kind of sensor, with faults and clean twins, from the real engine into a file and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.radar.frame import DETECTION
from cornercase.renderers.truth import Truth
from cornercase.sim.dataset import schema
from cornercase.sim.dataset.reader import Episode
from cornercase.sim.dataset.recording import record_to_file
from cornercase.sim.dataset.replay import replay
from cornercase.sim.dataset.verify import verify
from cornercase.sim.episode.config import KINDS, EpisodeConfig, EpisodeSpec, RecordConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode as Live
from cornercase.sim.episode.records import SensorFrame

LOOK = {"actor": "world", "position_m": [1.6, 0.42, 0.95], "rpy_deg": [0.0, 28.0, -162.0]}


def sensor(kind: str, faults: dict[str, dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    named = {kind: {"kind": kind, **values} for kind, values in (faults or {}).items()}
    return {"kind": kind, **fields, **({"faults": named} if named else {})}


CELL = {
    "camera": sensor(
        "camera", {"banding": {"severity": 2}, "clock_offset": {"magnitude": 0.02}}, width=48, height=36, mount=LOOK,
        quality="draft",
    ),
    "dual": sensor(
        "lidar", {"dropped": {"magnitude": 0.5}}, model="VLP-16", returns="dual", footprint_rays=4, mount=LOOK
    ),
    "avia": sensor("lidar", {"frozen": {"start_s": 0.2}}, model="Avia", mount=LOOK),
    "radar": sensor(
        "radar", {"bias": {"severity": 1, "channel": "velocity"}}, model="short_range", mount=LOOK, rate_hz=13.0
    ),
    "depth": sensor("depth", {"bit_errors": {"severity": 2}}, width=48, height=36, mount=LOOK),
    "sonar": sensor("ultrasonic", {"garbage": {"start_s": 0.1}}, rate_hz=20.0, mount=LOOK),
    "gnss": sensor("gnss", {"multipath": {"severity": 2}}, mount=LOOK),
    "imu": sensor("imu", {"stuck": {"start_s": 0.1}}, rate_hz=60.0, mount={"part": "panda_hand"}),
    "wrench": sensor("wrench", {"bias": {"severity": 5}}, rate_hz=60.0),
    "encoders": sensor("encoders", {"encoder_offset": {"severity": 1, "start_s": 0.1}}, rate_hz=60.0),
}  # fmt: skip
DRIVE = {"odometry": sensor("odometry", {"gain": {"severity": 4}}, rate_hz=60.0)}
WORLDS = {"robotics/grasp_slip": CELL, "driving/cut_in": DRIVE}


def spec(scenario: str) -> EpisodeSpec:
    config = EpisodeConfig(
        ScenarioConfig(scenario, duration_s=0.4), sensors=WORLDS[scenario], record=RecordConfig(clean=True)
    )
    return EpisodeSpec(0, 3, config)


@pytest.fixture(scope="module", params=sorted(WORLDS))
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("all") / "000000.h5"
    record_to_file(spec(request.param), path)
    return request.param, path


def live(scenario: str) -> Iterator[SensorFrame]:
    asked = spec(scenario)
    with Live(asked.config, seed=asked.seed, number=asked.episode) as episode:
        update = episode.start()
        yield from update.frames
        while not (update.step.terminated or update.step.truncated):
            update = episode.advance()
            yield from update.frames


def test_all_kinds_are_here() -> None:
    assert {s["kind"] for s in (*CELL.values(), *DRIVE.values())} == set(KINDS)


def test_a_recording_of_everything_is_sound_and_repeats(recorded: tuple[str, Path]) -> None:
    scenario, path = recorded
    assert [str(finding) for finding in verify(path)] == []
    compared, difference = replay(spec(scenario), path, record_to_file)
    assert difference is None and compared > 40


def test_what_was_delivered_is_what_is_read(recorded: tuple[str, Path]) -> None:
    scenario, path = recorded
    episode = Episode(path)
    steps = {"depth": 1 / 4096, "true_depth": 1 / 4096, "flow": 1 / 32}
    rows: dict[str, int] = {}
    for said in live(scenario):
        frame = episode.frames(said.sensor)[rows.setdefault(said.sensor, 0)]
        rows[said.sensor] += 1
        step = {**steps, "depth": 1 / 256} if said.kind == "camera" else steps
        assert (frame.index, frame.time_start, frame.time_end) == (said.index, said.time_start_ns, said.time_end_ns)
        assert frame.time_delivered == said.time_delivered_ns
        assert frame.time_stamp == said.time_start_ns + said.stamp_shift_ns
        assert set(frame.names) == {*said.data, *(f"clean/{n}" for n in said.clean)} | {
            n for n in ("boxes_2d", "boxes_3d") if getattr(said, n) is not None
        }
        for name, values in (*said.data.items(), *((f"clean/{n}", v) for n, v in said.clean.items())):
            read = frame[name]
            assert read.shape == values.shape, name
            if name.rpartition("/")[2].startswith("range") and said.kind == "lidar":
                step_m = float(frame.info.intrinsics["range_step_m"])
                np.testing.assert_allclose(read, values, atol=step_m / 2 + 1e-5)
            elif name in step:
                np.testing.assert_allclose(read, np.clip(values, 0 if "depth" in name else None, None), atol=step[name])
            elif read.dtype.names:
                assert read.tobytes() == np.asarray(values, DETECTION).tobytes(), name
            else:
                np.testing.assert_array_equal(read, values, err_msg=name)
        assert np.array_equal(
            frame.truth, said.data["detections"]["truth"] if said.kind == "radar" else said.data["truth"]
        )
    assert rows == {name: len(episode.frames(name)) for name in episode.sensors}


def test_faults_are_told(recorded: tuple[str, Path]) -> None:
    scenario, path = recorded
    episode = Episode(path)
    for name, fields in WORLDS[scenario].items():
        kinds = {f["kind"] for f in fields["faults"].values()}
        assert {p.kind for p in episode.frames(name).faults} == kinds, name
        assert any(np.any(f.truth) for f in episode.frames(name)) or kinds <= {"dropped"}, name
    if scenario == "robotics/grasp_slip":
        indices = [f.index for f in episode.frames("dual")]
        assert len(indices) < 5 and indices == sorted(indices)
        assert np.all(episode["sensors/camera/time_stamp"] - episode["sensors/camera/time_start"] == 20_000_000)


def test_points_of_every_lidar_lie_where_its_beams_look(recorded: tuple[str, Path]) -> None:
    scenario, path = recorded
    if scenario != "robotics/grasp_slip":
        pytest.skip("no lidar")
    episode = Episode(path)
    with h5py.File(path) as file:
        assert file["sensors/avia/frame_intrinsics/azimuth_rad"].chunks[0] == 1
    lidar = Lidar(LidarConfig("Avia", rate_hz=10.0), stream_key=0)
    frames = list(episode.frames("avia"))
    held = [f for f in frames if f.time_end < 200_000_000][-1]
    for frame in frames:
        shown = frame if frame.time_end < 200_000_000 else held
        looks = lidar._looks_at(shown.time_start / 1e9)
        points = frame.points()
        hit = frame.range > 0
        assert len(points) == hit.sum() > 100
        direction = looks.directions()[hit]
        np.testing.assert_allclose(points[:, :3], frame.range[hit][:, None] * direction, atol=2e-3)
        if shown is held and frame is not held:
            assert np.all(frame.truth & Truth.STUCK), "the directions of a frozen sweep are frozen with it"
            np.testing.assert_array_equal(points, held.points())
    dual = episode.frames("dual")[0]
    first, second, both = (dual.points(returns=r) for r in ("first", "second", "all"))
    assert len(second) == (dual["range_2"] > 0).sum() > 0
    np.testing.assert_array_equal(both, np.concatenate([first, second]))
    assert np.allclose(
        np.sort(np.linalg.norm(second[:, :3], axis=1)), np.sort(dual["range_2"][dual["range_2"] > 0]), atol=0.02
    )
    assert len(episode.frames("avia")[0].points(returns="second")) == 0
    for name, kind in (("camera", "camera"), ("sonar", "ultrasonic"), ("radar", "radar")):
        with pytest.raises(KeyError, match=f"sensor '{name}' is of kind {kind}, expected a lidar: known: avia, dual"):
            episode.frames(name)[0].points()


def test_the_file_keeps_the_contract(recorded: tuple[str, Path]) -> None:
    """Types and dimensions of every array below a sensor are those of the table."""
    for path, kind, shape in Episode(recorded[1]).arrays():
        parts = path.split("/")
        if parts[1] != "sensors":
            continue
        name = "/".join(parts[3:])
        of = Episode(recorded[1]).sensors[parts[2]].kind
        common = next((e for e in schema.COMMON if e.name == name), None)
        entry = common or schema.data_entry(of, name)
        if parts[3] in ("intrinsics", "frame_intrinsics"):
            continue
        assert entry is not None, path
        assert kind in entry.dtype.split(" or "), f"{path} is {kind}, the table says {entry.dtype}"
        assert len(entry.shape.split(",")) == len(shape), path
