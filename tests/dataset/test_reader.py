from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path

import fake_engine as fake
import h5py
import numpy as np
import pytest
from cornercase.sim.dataset import handle
from cornercase.sim.dataset.reader import Dataset, Episode, load
from cornercase.sim.episode.records import EventRecord, PhaseRecord, SensorFrame, StepRecord
from cornercase.sim.errors import ConfigError, DatasetError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "000000.h5"
    fake.record(fake.spec(), file)
    return file


def frames_of(sensor: str) -> list[SensorFrame]:
    return [f for f in fake.records(fake.spec()) if isinstance(f, SensorFrame) and f.sensor == sensor]


def test_what_was_recorded_is_what_is_read(path: Path) -> None:
    episode = Episode(path)
    assert (episode.number, episode.scenario, episode.seed, episode.outcome) == (0, "driving/fake", 7, "contact")
    assert episode.params == {"gap_m": 12.5, "lanes": 3, "side": "léft", "wet": True}
    assert isinstance(episode.params["wet"], bool) and isinstance(episode.params["lanes"], int)
    assert episode.config == fake.header(fake.spec()).config_yaml
    steps = [r for r in fake.records(fake.spec()) if isinstance(r, StepRecord)]
    assert np.array_equal(episode["actors/position_w"], np.stack([s.actors_position for s in steps]))
    assert np.array_equal(episode["ego/position_w"], np.stack([s.actors_position[0] for s in steps]))
    assert np.array_equal(episode.actions, np.stack([s.action for s in steps[1:] if s.action is not None]))
    assert np.array_equal(episode.criticality["ttc_s"], [s.criticality["ttc_s"] for s in steps])
    assert episode["terminations"].tolist() == [False] * 5 + [True]
    assert episode.events == [EventRecord(300_000_000, "contact", 1, 2, 55.5, '{"part":"bumper"}')]
    assert episode.phases == [PhaseRecord("onset", 100_000_000), PhaseRecord("contact", 300_000_000)]


def test_frames_come_back_array_by_array(path: Path) -> None:
    frames = Episode(path).frames("front")
    assert len(frames) == fake.STEPS + 1
    for frame, said in zip(frames, frames_of("front"), strict=True):
        for name in ("rgb", "instance", "semantic"):
            assert np.array_equal(frame[name], said.data[name]) and frame[name].dtype == said.data[name].dtype
        assert np.allclose(frame.depth, said.data["depth"], atol=1 / 512)
        assert np.allclose(frame.flow, said.data["flow"], atol=1 / 64, equal_nan=True)
        assert np.array_equal(frame.boxes_2d, said.boxes_2d) and np.array_equal(frame.boxes_3d, said.boxes_3d)
        assert (frame.time_start, frame.time_end) == (said.time_start_ns, said.time_end_ns)
        assert frame.time_delivered == said.time_delivered_ns
        assert np.array_equal(frame.pose_w, said.pose_w)
        assert float(frame.intrinsics["exposure_s"]) == said.intrinsics["exposure_s"]
    assert [f.row for f in frames[-2:]] == [5, 6] and frames[-1].row == 6
    with pytest.raises(IndexError, match=r"sensor 'front' of episode 0 has nothing at \[7\], it has 7 frames"):
        frames[7]
    with pytest.raises(IndexError, match=r"000000\.h5 has nothing at \[1\], it holds 1 finished episode$"):
        load(path)[1]
    imu = Episode(path).frames("imu")[3]
    assert np.array_equal(imu["angular_velocity"], frames_of("imu")[3].data["angular_velocity"])


def test_lidar_ranges_on_the_sensor_grid_are_bit_equal(path: Path) -> None:
    for frame, said in zip(Episode(path).frames("top"), frames_of("top"), strict=True):
        for name, values in said.data.items():
            assert np.array_equal(frame[name], values) and frame[name].dtype == values.dtype


def test_points_lie_at_their_range_along_their_beam(path: Path) -> None:
    frame = Episode(path).frames("top")[1]
    points = frame.points()
    hit = frame.range > 0
    assert points.shape == (hit.sum(), 6)
    assert np.allclose(np.linalg.norm(points[:, :3], axis=1), frame.range[hit], rtol=1e-5)
    elevation = np.asarray(frame.info.intrinsics["elevation_rad"])[np.nonzero(hit)[0]]
    assert np.allclose(np.arcsin(points[:, 2] / frame.range[hit]), elevation, atol=1e-5)
    assert np.array_equal(points[:, 3], frame.intensity[hit])


def test_returns_that_do_not_exist_are_told_the_nearest(path: Path) -> None:
    with pytest.raises(ConfigError, match="returns is 'frist', expected first, second or all: did you mean 'first'"):
        Episode(path).frames("top")[1].points(returns="frist")  # type: ignore[arg-type]


def test_compensated_points_undo_the_motion_of_the_sensor(path: Path) -> None:
    """The fake rig moves along x at 10 m/s without turning: each point shifts by speed times its time offset."""
    for row in (2, fake.STEPS):
        frame = Episode(path).frames("top")[row]
        shift = frame.points(compensated=True) - frame.points()
        assert np.allclose(shift[:, 0], 10.0 * frame.points()[:, 4], atol=2e-5)
        assert np.allclose(shift[:, 1:], 0, atol=2e-5)


def test_one_frame_costs_one_chunk(path: Path) -> None:
    """Reading one picture must not touch the others: the rest of the file may be garbage."""
    with h5py.File(path) as file:
        ids = file["sensors/front/rgb"].id
        places = [ids.get_chunk_info(i) for i in range(7)]
    data = bytearray(path.read_bytes())
    for i in (0, 1, 2, 4, 5, 6):
        data[places[i].byte_offset : places[i].byte_offset + places[i].size] = b"\x55" * places[i].size
    path.write_bytes(data)
    frames = Episode(path).frames("front")
    assert np.array_equal(frames[3].rgb, frames_of("front")[3].data["rgb"])
    with pytest.raises(DatasetError, match="damaged at /sensors/front/rgb"):
        _ = frames[2].rgb


def test_names_that_do_not_exist_name_the_nearest(path: Path) -> None:
    episode = Episode(path)
    with pytest.raises(KeyError, match="did you mean 'front'"):
        episode.frames("frnt")
    with pytest.raises(KeyError, match="did you mean 'depth'"):
        _ = episode.frames("front")[0]["depht"]
    with pytest.raises(KeyError, match=r"schema\.md"):
        _ = episode["ego/pose"]


def _rgb_sum(dataset: Dataset, row: int) -> int:
    return int(dataset[0].frames("front")[row].rgb.sum())


def test_it_survives_pickling_and_forking_with_open_files(path: Path) -> None:
    dataset = load(path)
    expected = [_rgb_sum(dataset, row) for row in range(7)]
    assert b"h5py" not in pickle.dumps(dataset)
    assert _rgb_sum(pickle.loads(pickle.dumps(dataset)), 3) == expected[3]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.starmap(_rgb_sum, [(dataset, row) for row in range(7)]) == expected
    forked = Episode(path)
    mine = forked.file
    forked._handle._open = (-1, mine)  # as a child finds it
    assert forked.file is not mine


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_file_is_named_and_what_to_do(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DatasetError, match=r"000000\.h5 is damaged.*run the same generate command"):
        Episode(path).outcome  # noqa: B018


def test_a_flipped_byte_in_a_label_is_found(path: Path) -> None:
    with h5py.File(path) as file:
        place = file["sensors/front/instance"].id.get_chunk_info(0)
    data = bytearray(path.read_bytes())
    data[place.byte_offset + place.size // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="instance"):
        _ = Episode(path).frames("front")[0].instance


def test_other_files_are_refused(path: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["a"] = 1
    with pytest.raises(DatasetError, match="is not an episode"):
        _ = Episode(tmp_path / "other.h5").outcome
    with h5py.File(path, "a") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(DatasetError, match="version 99.*upgrade"):
        _ = Episode(path).outcome
    with pytest.raises(DatasetError, match="no folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"no dataset\.json"):
        load(tmp_path)


def test_an_unfinished_file_is_refused(path: Path) -> None:
    with h5py.File(path, "a") as file:
        del file.attrs["complete"]
    with pytest.raises(DatasetError, match="never finished"):
        handle.open_episode(path)


def test_a_missing_filter_plugin_is_named(path: Path) -> None:
    script = (
        "import sys; sys.modules['hdf5plugin'] = None\n"
        "from pathlib import Path\n"
        "from cornercase.sim.dataset.handle import open_episode\n"
        f"open_episode(Path({str(path)!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install hdf5plugin" in done.stderr.splitlines()[-1] and "32015" in done.stderr
