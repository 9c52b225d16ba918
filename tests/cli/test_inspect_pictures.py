"""A recorded episode becomes a sheet and a film, and what is drawn is where it was."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import fake_engine
import numpy as np
import pytest
from cornercase.renderers.view.birdseye import GROUND
from cornercase.renderers.view.colours import id_colour
from cornercase.sim.cli.main import main
from cornercase.sim.cli.pictures import film_frame, moments
from cornercase.sim.cli.views import Story, lens_of
from cornercase.sim.dataset.reader import load
from cornercase.sim.dataset.writer import EpisodeWriter
from cornercase.sim.episode.records import (
    Conclusion,
    EpisodeHeader,
    EventRecord,
    PhaseRecord,
    SensorFrame,
    SensorInfo,
    StepRecord,
)

MATRIX = np.array([[30.0, 0, 15.5], [0, 30.0, 11.5], [0, 0, 1]])
BEAM, COLUMN, RANGE_M = 3, 30, 12.0
"""The only return of the lidar; column 30 of 60 looks ahead."""


def _header(spec: object, *, camera: bool = True) -> EpisodeHeader:
    front, top, imu = fake_engine.SENSORS
    constants = {"matrix": MATRIX, "distortion": np.zeros(5), "fisheye": 0.0}
    front = dataclasses.replace(front, intrinsics=constants)
    sensors: tuple[SensorInfo, ...] = (front, top, imu) if camera else (imu,)
    classes = np.array([13, 20], np.uint8)
    return dataclasses.replace(fake_engine.header(spec), sensors=sensors, actor_classes=classes)  # type: ignore[arg-type]


def _adapted(item: object) -> object:
    if isinstance(item, StepRecord):
        position = np.array([(0, 0, 0.8), (12.0, 0, 0.6)])
        return dataclasses.replace(item, actors_position=position, actors_velocity=np.array([(10.0, 0, 0), (0, 1, 0)]))
    if isinstance(item, SensorFrame) and item.kind == "lidar":
        ranges, instance = np.zeros((2, fake_engine.BEAMS, fake_engine.COLUMNS), np.float32)
        ranges[BEAM, COLUMN], instance[BEAM, COLUMN] = RANGE_M, 2
        data = {**item.data, "range": ranges, "instance": instance.astype(np.int32)}
        return dataclasses.replace(item, data=data, pose_w=np.array([0, 0, 2.0, 0, 0, 0, 1]))
    return item


@pytest.fixture
def path(tmp_path: Path) -> Path:
    spec = fake_engine.spec()
    out = tmp_path / "000000.h5"
    with EpisodeWriter(out, _header(spec), level=1) as writer:
        tell = {
            StepRecord: writer.step,
            SensorFrame: writer.frame,
            EventRecord: writer.event,
            PhaseRecord: writer.phase,
        }
        for item in fake_engine.records(spec):
            tell[type(item)](_adapted(item))  # type: ignore[operator]
        writer.finish(Conclusion("contact"))
    return out


def test_sheet_and_film_come_back(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, film = tmp_path / "sheet.png", tmp_path / "film.mp4"
    assert main(["inspect", str(path), "--sheet", str(sheet), "--video", str(film)]) == 0
    said = capsys.readouterr().out
    assert f"{sheet}: contact sheet of episode 0" in said and f"{film}: film of 0.7 s" in said
    picture = cv2.imread(str(sheet))
    assert picture.shape[1] == 1600 and picture.std() > 20
    video = cv2.VideoCapture(str(film))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == fake_engine.STEPS + 1 and video.get(cv2.CAP_PROP_FPS) == 10.0
    assert video.read()[0]
    video.release()


def test_the_only_return_is_drawn_where_it_was_measured(path: Path) -> None:
    story = Story(load(path)[0])
    picture = story.above("top", 0.3, 420, 420)  # 10 pixels per metre, 32 m ahead
    elevation = np.linspace(0.2, -0.3, fake_engine.BEAMS)[BEAM]
    ahead = RANGE_M * np.cos(elevation)
    rows, columns = np.nonzero((picture[..., :3] == np.array(id_colour(2), np.uint8)).all(-1))
    hit = (np.abs(rows - (32.0 - ahead) * 10) <= 1.5) & (np.abs(columns - 210) <= 1.5)
    assert hit.any(), (rows, columns)
    assert tuple(picture[5, 5]) == GROUND


def test_the_lens_and_the_visible_box_are_those_of_the_file(path: Path) -> None:
    story = Story(load(path)[0])
    frame = story.frame("front", 0.2)
    assert np.allclose(lens_of(frame).matrix, MATRIX)
    picture, box = story.camera("front", 0.2), frame.boxes_2d[0]
    x0, y0, x1, y1 = (int(box[n]) for n in ("x0", "y0", "x1", "y1"))
    edge = np.array([0.8 * c for c in id_colour(2)]).astype(int)
    assert np.abs(picture[y1 - 1, x0:x1].astype(int) - edge).max() <= 1
    assert np.array_equal(picture[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2], frame.rgb[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2])


def test_the_story_reads_the_moment(path: Path) -> None:
    story = Story(load(path)[0])
    assert story.phase(0.05) == "" and story.phase(0.2) == "onset" and story.phase(0.3) == "contact"
    assert story.readings(0.0) == "ego 36 km/h   headway 1.00 s"
    assert "TTC 4.00 s" in story.readings(0.2)
    chosen = moments(story, 4)
    assert chosen == sorted(set(chosen)) and {0.1, 0.3} <= set(chosen)
    early, late = film_frame(story, 0.1), film_frame(story, 0.5)
    assert early.shape == late.shape and early.shape[0] % 2 == early.shape[1] % 2 == 0


def test_what_cannot_be_drawn_is_said(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fails(code: int, *arguments: str) -> str:
        assert main(["inspect", *arguments]) == code
        error = capsys.readouterr().err
        assert error.startswith("cornercase: ") and error.count("\n") == 1
        return error

    assert "no finished episode 3; it has 0" in fails(
        2, str(path), "--episode", "3", "--sheet", str(tmp_path / "a.png")
    )
    assert "cannot be written" in fails(3, str(path), "--sheet", str(tmp_path / "no" / "a.png"))
    assert "cannot be written" in fails(3, str(path), "--video", str(tmp_path / "no" / "a.mp4"))
    blind = tmp_path / "000001.h5"
    spec = fake_engine.spec()
    with EpisodeWriter(blind, _header(spec, camera=False), level=1) as writer:
        for item in fake_engine.records(spec):
            if isinstance(item, StepRecord):
                writer.step(item)
        writer.finish(Conclusion("contact"))
    assert "no camera and no lidar" in fails(2, str(blind), "--sheet", str(tmp_path / "a.png"))


@pytest.mark.parametrize(("option", "name", "ending"), [("--sheet", "x.txt", ".png"), ("--video", "x.gif", ".mp4")])
def test_a_picture_is_not_written_under_the_name_of_another_format(
    option: str, name: str, ending: str, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(path), option, str(tmp_path / name)]) == 2
    told = capsys.readouterr()
    assert f"expected a file ending in {ending}" in told.err and told.err.count("\n") == 1
    assert not (tmp_path / name).exists()
