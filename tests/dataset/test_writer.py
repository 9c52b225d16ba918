from __future__ import annotations

from pathlib import Path

import fake_engine as fake
import h5py
import hdf5plugin  # noqa: F401 - what a stranger's script needs besides h5py
import numpy as np
import pytest
from cornercase.sim.dataset import schema
from cornercase.sim.dataset.writer import EpisodeWriter
from cornercase.sim.episode.records import Conclusion, SensorFrame


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    path = tmp_path / "000000.h5"
    fake.record(fake.spec(), path)
    return path


def test_equal_input_gives_equal_bytes(tmp_path: Path, episode: Path) -> None:
    fake.record(fake.spec(), tmp_path / "again.h5")
    assert episode.read_bytes() == (tmp_path / "again.h5").read_bytes()
    fake.record(fake.spec(seed=8), tmp_path / "other.h5")
    assert episode.read_bytes() != (tmp_path / "other.h5").read_bytes()


def test_nothing_but_the_finished_file_is_left(episode: Path) -> None:
    assert [p.name for p in episode.parent.iterdir()] == [episode.name]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), EpisodeWriter(tmp_path / "a.h5", fake.header(fake.spec())):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_a_reader_with_h5py_alone_finds_the_contract(episode: Path) -> None:
    with h5py.File(episode) as file:
        for name in (
            "time", "ego/position_w", "ego/orientation_w", "ego/velocity_w", "actors/id", "actors/class", "actors/size",
            "actors/position_w", "actors/orientation_w", "actors/velocity_w", "actions", "rewards", "terminations",
            "truncations", "events", "phases", "criticality/ttc_s", "config",
        ):  # fmt: skip
            assert isinstance(file[name], h5py.Dataset), name
        camera = file["sensors/front"]
        labels = ["rgb", "depth", "instance", "semantic", "flow", "boxes_2d", "boxes_3d"]
        assert {*labels, "time_start", "time_end", "pose_w"} <= set(camera)
        lidar = file["sensors/top"]
        assert {"range", "intensity", "time_offset", "instance", "semantic", "boxes_3d"} <= set(lidar)
        assert file["params/gap_m"][()] == 12.5
        assert file["params/side"][()].decode() == "léft"
        assert file["time"].shape == (fake.STEPS + 1,) and file["actions"].shape == (fake.STEPS, 2)
        assert camera["rgb"].chunks == (1, fake.HEIGHT, fake.WIDTH, 3)
        assert camera["instance"].fletcher32 and not camera["rgb"].fletcher32
        depth = camera["depth"][2] * camera["depth"].attrs["step"]
        expected = [f for f in fake.records(fake.spec()) if isinstance(f, SensorFrame) and f.sensor == "front"][2]
        seen = expected.data["instance"] > 0
        assert np.abs(depth - expected.data["depth"])[seen].max() <= camera["depth"].attrs["step"] / 2
        assert np.all(camera["depth"][2][~seen] == 65535)


def test_the_file_holds_nothing_beside_the_contract(episode: Path) -> None:
    known = {e.path for e in schema.TABLE}

    def check(path: str, item: h5py.HLObject) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        parts = f"/{path}".split("/")
        kind = item.file["/".join(parts[:3])].attrs["kind"] if parts[1] == "sensors" else ""
        options = {f"/{path}", f"/{'/'.join(parts[1:-1])}/<name>"}
        for stand_in in (f"<{kind}>", "<sensor>"):
            options |= {"/".join(["", "sensors", stand_in, *parts[3:]])}
            options |= {"/".join(["", "sensors", stand_in, *parts[3:-1], "<name>"])}
        assert options & known, path
        if entry := next((e for e in schema.TABLE if e.path in options and "<name>" not in e.path), None):
            kinds = {"table": item.dtype.names is not None, "string": item.dtype.kind == "S"}
            assert kinds.get(entry.dtype, str(item.dtype) in entry.dtype.split(" or ")), path
            assert entry.shape in ("", "any") or len(entry.shape.split(",")) == item.ndim, path

    with h5py.File(episode) as file:
        file.visititems(check)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sensor": "frnt"}, "did you mean 'front'"),
        ({"data": {"rgbb": np.zeros((4, 4), np.uint8)}}, "did you mean 'rgb'"),
    ],
)
def test_a_frame_that_does_not_fit_names_the_nearest(tmp_path: Path, change: dict[str, object], message: str) -> None:
    import dataclasses

    frame = dataclasses.replace(fake.camera_frame(0, np.random.default_rng(0)), **change)
    with EpisodeWriter(tmp_path / "a.h5", fake.header(fake.spec())) as writer:
        with pytest.raises(ValueError, match=message):
            writer.frame(frame)


def test_frames_of_one_sensor_keep_their_arrays_and_shapes(tmp_path: Path) -> None:
    import dataclasses

    rng = np.random.default_rng(0)
    first, second = fake.camera_frame(0, rng), fake.camera_frame(1, rng)
    with EpisodeWriter(tmp_path / "a.h5", fake.header(fake.spec())) as writer:
        writer.frame(first)
        with pytest.raises(ValueError, match="other arrays"):
            writer.frame(dataclasses.replace(second, boxes_2d=None))
        smaller = {name: values[:10] for name, values in second.data.items()}
        with pytest.raises(ValueError, match="was"):
            writer.frame(dataclasses.replace(second, data=smaller))


def test_the_first_step_has_no_action(tmp_path: Path) -> None:
    steps = [r for r in fake.records(fake.spec()) if isinstance(r, fake.StepRecord)]
    with EpisodeWriter(tmp_path / "a.h5", fake.header(fake.spec())) as writer:
        with pytest.raises(ValueError, match="first step"):
            writer.step(steps[1])


def test_an_episode_without_frames_or_events(tmp_path: Path) -> None:
    from cornercase.sim.dataset.reader import Episode

    with EpisodeWriter(tmp_path / "a.h5", fake.header(fake.spec())) as writer:
        summary = writer.finish(Conclusion("nothing"))
    episode = Episode(tmp_path / "a.h5")
    assert summary.steps == 0 and summary.frames == {"front": 0, "top": 0, "imu": 0}
    assert episode.events == [] and episode.phases == [] and len(episode.frames("front")) == 0
