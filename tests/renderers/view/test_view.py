"""Pictures agree with the geometry they show."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.transforms import from_rpy, from_yaw
from cornercase.renderers.view.birdseye import GROUND, BirdsEye
from cornercase.renderers.view.boxes import box_corners, draw_box, draw_box_3d, draw_boxes_2d
from cornercase.renderers.view.colours import by_class, by_distance, by_flow, by_id, by_value, flow_wheel, id_colour
from cornercase.renderers.view.files import Video, write_png
from cornercase.renderers.view.sheet import PAGE, Panel, Strip, contact_sheet
from cornercase.renderers.view.text import fitting, tag, text_size
from cornercase.renderers.view.timeline import timeline

RED = (255, 0, 0)


def is_colour(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return (picture == np.array(colour, np.uint8)).all(-1)


def test_a_flat_box_covers_exactly_the_border_of_its_mask() -> None:
    mask = np.zeros((40, 60), bool)
    mask[10:25, 20:47] = True
    picture = np.zeros((40, 60, 3), np.uint8)
    draw_box(picture, (20, 10, 47, 25), RED)
    border = mask.copy()
    border[11:24, 21:46] = False
    assert np.array_equal(is_colour(picture, RED), border)


def test_a_dashed_box_lies_on_the_solid_one_with_gaps_and_far_corners_do_no_harm() -> None:
    solid, dashed = np.zeros((60, 90, 3), np.uint8), np.zeros((60, 90, 3), np.uint8)
    draw_box(solid, (5, 5, 80, 50), RED)
    draw_box(dashed, (5, 5, 80, 50), RED, dashed=True)
    on, part = is_colour(solid, RED), is_colour(dashed, RED)
    assert not (part & ~on).any() and 0.4 < part.sum() / on.sum() < 0.8
    clipped = np.zeros((60, 90, 3), np.uint8)
    draw_box(clipped, (-1e9, 20, 1e9, 1e9), RED)
    assert is_colour(clipped, RED)[20].all() and is_colour(clipped, RED).sum() == 90


def test_visible_solid_amodal_dashed_and_no_dashes_where_they_say_nothing_new() -> None:
    names = ("x0", "y0", "x1", "y1", "ax0", "ay0", "ax1", "ay1")
    boxes = np.zeros(2, [(n, "f4") for n in names])
    boxes[0] = (10, 40, 30, 60, 10, 40, 30, 90)
    boxes[1] = (60, 40, 80, 60, 60, 40, 81, 61)
    picture = np.zeros((100, 100, 3), np.uint8)
    draw_boxes_2d(picture, boxes, [(200, 0, 0), (0, 200, 0)], ["", ""])
    assert is_colour(picture, (200, 0, 0))[40, 10:30].all()
    assert is_colour(picture, (150, 0, 0))[60:90].any(), "the hidden part"
    assert is_colour(picture, (0, 200, 0)).sum() == 4 * 19 and not picture[61:, 55:].any()


def test_labels_do_not_cover_one_another() -> None:
    names = ("x0", "y0", "x1", "y1", "ax0", "ay0", "ax1", "ay1")
    box = (20, 30, 190, 110)  # large ones may be written on, small ones not
    boxes = np.array([(*box, *box)] * 2, [(n, "f4") for n in names])
    picture = np.zeros((140, 200, 3), np.uint8)
    draw_boxes_2d(picture, boxes, [(200, 0, 0), (0, 0, 200)], ["car 5 m", "car 6 m"])
    width, height = text_size("car 5 m", 0.38)
    for colour in ((200, 0, 0), (0, 0, 200)):
        assert is_colour(picture, colour).sum() > 0.4 * width * height, "most of the tag's ground is there"


@pytest.mark.parametrize("distortion", [(), (-0.2, 0.05, 0.001, -0.001, 0.0)])
def test_edges_of_a_solid_box_pass_where_the_lens_projects_them(distortion: tuple[float, ...]) -> None:
    lens = BrownConradyLens.from_fov(320, 240, np.radians(70), distortion)
    corners = box_corners((0.3, 0.2, 6.0), from_rpy(0.3, 0.8, -0.2), (2.0, 1.0, 1.5))
    picture = np.zeros((240, 320, 3), np.uint8)
    draw_box_3d(picture, corners, lens, RED)
    along = np.linspace(0, 1, 21)[:, None]
    for i in range(8):
        for bit in (1, 2, 4):
            uv, seen = lens.project(corners[i] + (corners[i ^ bit] - corners[i]) * along)
            u, v = np.rint(uv).astype(int).T
            assert seen.all() and (picture[v, u, 0] > 60).all()
    assert (picture[..., 0] > 0).sum() < 12 * 3 * 120, "lines, not areas"


def test_a_solid_box_around_the_camera_is_cut_not_mirrored() -> None:
    lens = BrownConradyLens.from_fov(160, 120, np.radians(70))
    picture = np.zeros((120, 160, 3), np.uint8)
    draw_box_3d(picture, box_corners((0, 0, 0), from_yaw(0.0), (2, 2, 20)), lens, RED)
    centre = lens.project([[0.0, 0.0, 10.0]])[0][0]
    rows, columns = np.nonzero(picture[..., 0])
    assert len(rows) and np.hypot(columns - centre[0], rows - centre[1]).min() > 5, "no line through the middle"
    behind = np.zeros((120, 160, 3), np.uint8)
    draw_box_3d(behind, box_corners((0, 0, -9), from_yaw(0.0), (1, 1, 1)), lens, RED)
    assert not behind.any()


def test_points_from_above_land_where_the_scale_says() -> None:
    view = BirdsEye(200, 100, 4.0, 20.0)
    picture = np.zeros((100, 200, 3), np.uint8)
    points = np.array([(19.875, 24.875), (10.125, 0.125), (-4.875, -24.875), (21.0, 0.0), (0.0, 26.0)])
    view.draw_points(picture, points, np.full((5, 3), 255, np.uint8))
    assert set(zip(*np.nonzero(picture[..., 0]), strict=True)) == {(0, 0), (39, 99), (99, 199)}
    blank = view.blank(5.0)
    assert blank.shape == (100, 200, 3) and is_colour(blank, GROUND).mean() > 0.5


def test_a_box_from_above_has_its_size_and_heading() -> None:
    view = BirdsEye(200, 200, 10.0, 10.0)
    picture = np.zeros((200, 200, 3), np.uint8)
    view.draw_box(picture, (0, 0, 0), from_yaw(np.pi / 2), (8.0, 2.0, 1.5), RED, filled=True)
    rows, columns = np.nonzero(picture[..., 0] > 127)
    assert abs(np.ptp(columns) - 80) <= 2 and abs(np.ptp(rows) - 20) <= 2, "its length lies across"
    line = np.zeros((200, 200, 3), np.uint8)
    view.draw_box(line, (0, 0, 0), from_yaw(np.pi / 2), (8.0, 2.0, 1.5), RED)
    assert line[99:101, 70].any() and not line[97:103, 130].any(), "it points to the left, where y is"


def test_colours_of_labels_and_values() -> None:
    palette = np.array([(1, 2, 3), (4, 5, 6)], np.uint8)
    assert by_class(np.array([[1, 0, 9]], np.uint8), palette).tolist() == [[[4, 5, 6], [1, 2, 3], [0, 0, 0]]]
    ids = np.array([[0, 3], [7, 3]])
    picture = by_id(ids)
    assert tuple(picture[0, 1]) == tuple(picture[1, 1]) == id_colour(3) and tuple(picture[0, 0]) == id_colour(0)
    assert len({id_colour(k) for k in range(200)}) == 200
    assert not by_value([np.nan, np.inf], 0, 1).any()
    near, far = by_distance(np.array([2.0, 90.0]), 2.0, 100.0).astype(int)
    assert near[0] > near[2] and far[2] > far[0], "near is warm"
    assert not by_distance(np.array([0.0, np.inf]), 2.0, 100.0).any()


def test_flow_colours_tell_direction_and_speed_and_the_wheel_is_their_key() -> None:
    flow = np.array([[(0, 0), (5, 0), (-5, 0), (np.nan, 0)]], np.float32)
    rest, right, left, unknown = by_flow(flow, 5.0)[0].astype(int)
    assert rest.tolist() == [255, 255, 255] and unknown.tolist() == [0, 0, 0]
    assert right.tolist() == [255, 0, 0] and left.tolist() == [0, 255, 255]
    wheel = flow_wheel(41)
    assert wheel[20, 40, 0] == 255 and wheel[20, 40, 1] < 20 and not wheel[0, 0].any()


def test_text_stays_inside() -> None:
    picture = np.zeros((40, 120, 3), np.uint8)
    tag(picture, "car 3 m", (500, -50), (0, 255, 0))
    assert is_colour(picture, (0, 255, 0))[:, -3:].any()
    assert text_size(fitting("a long caption that does not fit", 90), 0.46)[0] <= 90
    assert fitting("short", 200) == "short"


def test_a_timeline_shows_phases_in_proportion() -> None:
    strip = timeline(1024, 10.0, [("onset", 2.0), ("contact", 7.0)], [("drop", 7.0)], cursor_s=9.0)
    first, second = is_colour(strip, id_colour(1))[24], is_colour(strip, id_colour(2))[24]
    assert abs(first.sum() - 500) < 8 and abs(second.sum() - 300) < 8
    assert abs(np.flatnonzero(first)[0] - 212) <= 2


def test_a_sheet_shows_every_panel_in_its_place() -> None:
    colours = [(200, 10, 10), (10, 200, 10), (10, 10, 200)]
    panels = [Panel(np.full((30, 40, 3), c, np.uint8), "x") for c in colours]
    sheet = contact_sheet("title", "subtitle", [Strip(panels[:2], "row"), Strip(panels[2:])], width=400, row_px=120)
    found = [np.argwhere(is_colour(sheet, c)) for c in colours]
    assert sheet.shape[1] == 400 and is_colour(sheet, PAGE).mean() > 0.2
    for where in found:
        size = np.ptp(where, axis=0) + 1
        assert len(where) == size.prod(), "a full rectangle: nothing drawn over it"
        assert size[1] / size[0] == pytest.approx(4 / 3, rel=0.02) and size[0] <= 120
    assert found[0][:, 1].max() < found[1][:, 1].min() and found[0][:, 0].max() < found[2][:, 0].min()


def test_files_come_back(tmp_path: Path) -> None:
    picture = np.zeros((61, 81, 3), np.uint8)
    picture[:, :40] = (250, 20, 20)
    write_png(tmp_path / "a.png", picture)
    assert np.array_equal(cv2.imread(str(tmp_path / "a.png"))[..., ::-1], picture)
    with Video(tmp_path / "a.mp4", 10.0) as video:
        for k in range(7):
            video.add(np.roll(picture, k, axis=1))
        with pytest.raises(ValueError, match="the first had"):
            video.add(picture[:20])
    film = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 7 and film.get(cv2.CAP_PROP_FPS) == 10.0
    done, first = film.read()
    film.release()
    assert done and first.shape == (60, 80, 3)
    assert np.abs(first[30, 10, ::-1].astype(int) - (250, 20, 20)).max() < 30
    with pytest.raises(OSError), Video(tmp_path / "no" / "a.mp4", 10.0) as video:
        video.add(picture)
