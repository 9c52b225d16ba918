import threading
import time

import numpy as np
import pytest
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import PreviousFrame, Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Sky, Sun, Texture
from cornercase.renderers.threads import VARIABLE, begun, in_bands, render_threads, side_by_side
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import look_at


@pytest.mark.parametrize("rows", [1, 7, 8, 9, 100, 481])
@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_bands_cover_every_row_once(rows: int, threads: int) -> None:
    seen, lock = np.zeros(rows, int), threading.Lock()

    def work(first: int, end: int) -> None:
        with lock:
            seen[first:end] += 1

    in_bands(rows, work, threads)
    assert (seen == 1).all()


def test_bands_run_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=20.0)
    in_bands(16, lambda first, end: None if together.wait() >= 0 else None, 2)


def test_an_error_in_a_band_reaches_the_caller() -> None:
    def work(first: int, end: int) -> None:
        raise OSError(f"row {first}")

    with pytest.raises(OSError, match="row 0"):
        in_bands(64, work, 2)


@pytest.mark.parametrize("threads", [1, 2, 9])
def test_tasks_answer_in_their_order(threads: int) -> None:
    def task(k: int) -> int:
        in_bands(64, lambda first, end: None, threads)  # tasks may share their rows out
        return k

    assert side_by_side([lambda k=k: task(k) for k in range(7)], threads) == list(range(7))  # type: ignore[misc]


def test_tasks_run_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=20.0)
    side_by_side([together.wait] * 2, 2)


def test_begun_tasks_go_on_without_being_asked() -> None:
    done = threading.Event()
    results = begun([done.set], 2)
    assert done.wait(20.0) and results() == [None]


def test_with_one_thread_begun_tasks_wait_for_the_question() -> None:
    done: list[int] = []
    results = begun([lambda: done.append(1), lambda: done.append(2)], 1)
    assert done == [] and results() == [None, None] and done == [1, 2]


def test_an_error_in_a_task_reaches_the_caller_once_the_others_have_ended() -> None:
    ended = threading.Event()

    def slow() -> None:
        time.sleep(0.1)
        ended.set()

    def broken() -> None:
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        side_by_side([broken, slow], 2)
    assert ended.is_set()


def test_the_variable_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert render_threads() == 1
    monkeypatch.setenv(VARIABLE, "3")
    assert render_threads() == 3


@pytest.mark.parametrize("value", ["0", "-1", "many", "", "1.5"])
def test_a_bad_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(ValueError, match="expected a positive whole number"):
        render_threads()


@pytest.mark.parametrize("radius", [0.0047, 0.2], ids=["sun", "broad lamp"])
def test_threads_change_no_bit(thing, scene, monkeypatch: pytest.MonkeyPatch, radius: float) -> None:
    ball = trimesh.creation.icosphere(2, 1.0)
    things = [
        thing(trimesh.creation.box((60, 60, 1)), Material(texture=Texture.ASPHALT)),
        thing(ball, Material(texture=Texture.CAR_PAINT, roughness=0.1), 1, [(6, 0, 1), (6, 0.4, 1)]),
        thing(ball, Material(transparency=0.8, roughness=0.05), 2, [(5, 2, 1), (5, 2, 1.2)]),
    ]
    light = Environment(Sun((0.3, 0.2, 1.0), (8e4, 8e4, 7e4), radius), Sky(clouds=0.5))
    tracer = EmbreeTracer(scene(things, light, times=(0.0, 0.02)))
    lens = BrownConradyLens(160, 121, fx=120.0)
    view = PoseTrack(np.zeros(1), np.array([[0.0, 0.0, 1.5]]), look_at((0, 0, 1.5), (6, 0, 1))[None])
    previous = PreviousFrame(tracer.scene, view, Shutter(0.0))
    frames = []
    for threads in ("1", "3"):
        monkeypatch.setenv(VARIABLE, threads)
        frames.append(render(tracer, lens, view, Shutter(0.0, 0.01, 5e-5), key=9, previous=previous))
    for name in ("radiance", "depth", "distance", "instance", "semantic", "flow"):
        assert getattr(frames[0], name).tobytes() == getattr(frames[1], name).tobytes()
