from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fake_engine as fake
import numpy as np
import pytest
from cornercase.sim.dataset.executor import RunEpisode
from cornercase.sim.dataset.replay import replay
from cornercase.sim.dataset.writer import EpisodeWriter
from cornercase.sim.episode.config import EpisodeSpec
from cornercase.sim.episode.records import Conclusion, EpisodeSummary
from cornercase.sim.errors import DatasetError


def tampered(kind: type, number: int, change: Callable[[object], None]) -> RunEpisode:
    """An engine that goes another way at the given record of a kind."""

    def run(of: EpisodeSpec, path: Path) -> EpisodeSummary:
        count = -1
        with EpisodeWriter(path, fake.header(of)) as writer:
            tell = {
                fake.StepRecord: writer.step,
                fake.SensorFrame: writer.frame,
                fake.EventRecord: writer.event,
                fake.PhaseRecord: writer.phase,
            }
            for record in fake.records(of):
                count += isinstance(record, kind)
                if isinstance(record, kind) and count == number:
                    change(record)
                tell[type(record)](record)  # type: ignore[operator]
            return writer.finish(Conclusion("contact"))

    return run


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "000000.h5"
    fake.record(fake.spec(), path)
    return path


def test_the_same_engine_gives_the_same_arrays(recorded: Path) -> None:
    arrays, difference = replay(fake.spec(), recorded, fake.record)
    assert arrays > 50 and difference is None


def test_the_first_step_that_differs_is_named(recorded: Path) -> None:
    def push(record: fake.StepRecord) -> None:
        record.actors_position[1, 2] = np.nextafter(record.actors_position[1, 2], np.inf)

    _, difference = replay(fake.spec(), recorded, tampered(fake.StepRecord, 4, push))
    assert difference is not None
    assert (difference.array, difference.row, difference.time_ns) == ("actors/position_w", 4, 400_000_000)
    assert "1 of 6 values differ, the first at (1, 2)" in str(difference) and "step 4 (t = 0.4000 s)" in str(difference)


def test_the_first_frame_that_differs_is_named(recorded: Path) -> None:
    def dim(record: fake.SensorFrame) -> None:
        record.data["intensity"][3, 3] ^= 1

    engine = tampered(fake.SensorFrame, 3 * 2 + 1, dim)  # front, top, imu, ...: the third sweep
    _, difference = replay(fake.spec(), recorded, engine)
    assert difference is not None
    assert (difference.array, difference.row, difference.time_ns) == ("sensors/top/intensity", 2, 200_000_000)


def test_a_box_that_differs_has_the_time_of_its_frame(recorded: Path) -> None:
    def move(record: fake.SensorFrame) -> None:
        assert record.boxes_2d is not None
        record.boxes_2d["x1"] += 1

    _, difference = replay(fake.spec(), recorded, tampered(fake.SensorFrame, 3 * 5, move))
    assert difference is not None
    assert (difference.array, difference.time_ns) == ("sensors/front/boxes_2d", 500_000_000)


def test_another_seed_differs_and_a_damaged_recording_is_said_to_be(recorded: Path) -> None:
    _, difference = replay(fake.spec(seed=8), recorded, fake.record)
    assert difference is not None and difference.row == 0
    recorded.write_bytes(recorded.read_bytes()[:1000])
    with pytest.raises(DatasetError, match="damaged"):
        replay(fake.spec(), recorded, fake.record)
