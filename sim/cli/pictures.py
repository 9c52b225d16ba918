"""A dataset as pictures: a contact sheet, and a film of one episode."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...renderers.view.files import Video, write_png
from ...renderers.view.sheet import Panel, Strip, contact_sheet, fitted
from ...renderers.view.text import GREY, LARGE, NORMAL, WHITE, write
from ...renderers.view.timeline import timeline
from ..dataset.reader import Dataset, Episode, load
from ..errors import ConfigError, StorageError
from .views import Story

Picture = NDArray[np.uint8]

WIDTH = 1600
_ROW_PX = 320
_MOMENTS = 4
_EPISODES = 6
"""A sheet shows at most this many episodes, evenly chosen."""
_EARLIEST_S, _APART_S, _BEATS_BEFORE = 0.1, 0.35, 2
_RATE_HZ = 10.0


def draw(path: Path, episode: int | None, *, sheet: Path | None, video: Path | None) -> int:
    """Draw a dataset folder or an episode file, and say what was drawn.

    Returns:
        Exit code 0.

    Raises:
        ConfigError: a file to write has another ending than its format.
        ConfigError, DatasetError, StorageError: see `write_sheet` and `load`.

    """
    for option, file, ending in (("--sheet", sheet, ".png"), ("--video", video, ".mp4")):
        if file is not None and file.suffix.lower() != ending:
            raise ConfigError(f"{option} is {file}, expected a file ending in {ending}, such as {option[2:]}{ending}")
    dataset = load(path)
    if sheet is not None:
        numbers = write_sheet(dataset, sheet, episode)
        print(f"{sheet}: contact sheet of episode{'s' if len(numbers) > 1 else ''} {_listed(numbers)}")
    if video is not None:
        frames = write_film(dataset, video, episode)
        print(f"{video}: film of {frames / _RATE_HZ:.1f} s")
    return 0


def write_sheet(dataset: Dataset, path: Path, episode: int | None = None) -> list[int]:
    """Write a contact sheet: for each episode its moments, each seen by the cameras, their labels and a lidar.

    Args:
        dataset: to draw.
        path: PNG file to write.
        episode: number of the only episode to draw, None for all.

    Returns:
        Numbers of the episodes drawn; of many, six evenly chosen.

    Raises:
        ConfigError: no such episode, or no camera and no lidar.
        StorageError: the file cannot be written.

    """
    chosen = _chosen(dataset, episode)
    strips: list[Strip] = []
    for story in map(Story, chosen):
        strips += _strips(story, _MOMENTS if len(chosen) == 1 else 2)
    first = chosen[0]
    shown = f"{len(chosen)} of {len(dataset)} episodes" if len(dataset) > 1 else f"episode {first.number}"
    title = f"{first.scenario}: {shown}, seed {first.seed}"
    subtitle = "camera with boxes (dashed: hidden part), depth, semantic classes, lidar from above; " + (
        "instances, optical flow, lidar range over intensity"
    )
    _save(path, contact_sheet(title, subtitle, strips, width=WIDTH, row_px=_ROW_PX))
    return [e.number for e in chosen]


def write_film(dataset: Dataset, path: Path, episode: int | None = None) -> int:
    """Write a film of one episode: camera and lidar side by side in real time, with phases, events and criticality.

    Args:
        dataset: to draw from.
        path: MP4 file to write.
        episode: number of the episode, None for the first.

    Returns:
        Number of frames.

    Raises:
        ConfigError: no such episode, or no camera and no lidar.
        StorageError: the file cannot be written.

    """
    story = Story(_chosen(dataset, episode)[0])
    steps = int(story.duration_s * _RATE_HZ + 1e-6) + 1
    try:
        with Video(path, _RATE_HZ) as video:
            for k in range(steps):
                video.add(film_frame(story, k / _RATE_HZ))
            return video.frames
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error})") from error


def film_frame(story: Story, time_s: float) -> Picture:
    """One picture of the film."""
    views = [fitted(story.camera(name, time_s), 640, 480) for name in story.cameras[:1]]
    views += [story.above(name, time_s, 480, 480) for name in story.lidars[:1]]
    middle = np.concatenate(views, axis=1)
    if len(story.cameras) > 1:  # a second camera as a picture in the picture
        small = fitted(story.camera(story.cameras[1], time_s, text=LARGE / 384), 192, 144)
        middle[480 - 148 : 480 - 4, 4:196] = small
    head = np.full((40, middle.shape[1], 3), (22, 24, 29), np.uint8)
    phase = story.phase(time_s).replace("_", " ")
    write(head, f"{time_s:5.1f} s  {phase}", (12, 26), colour=WHITE, size=LARGE)
    write(head, story.readings(time_s), (260, 26), colour=GREY, size=NORMAL)
    strip = timeline(middle.shape[1], story.duration_s, story.phases, story.events, time_s)
    return np.concatenate([head, middle, strip])


def _chosen(dataset: Dataset, episode: int | None) -> list[Episode]:
    known = {e.number: e for e in dataset}
    if not known:
        raise ConfigError(f"{dataset.path} holds no finished episode")
    if episode is not None and episode not in known:
        raise ConfigError(f"{dataset.path} has no finished episode {episode}; it has {_listed(list(known))}")
    chosen = list(known.values()) if episode is None else [known[episode]]
    for one in chosen:
        if not {s.kind for s in one.sensors.values()} & {"camera", "lidar"}:
            raise ConfigError(f"{one.path} has no camera and no lidar, so there is nothing to draw")
    if len(chosen) > _EPISODES:
        chosen = [chosen[round(k)] for k in np.linspace(0, len(chosen) - 1, _EPISODES)]
    return chosen


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")


def moments(story: Story, most: int) -> list[float]:
    """Instants worth looking at [s]: the first frames after phases begin, the widest gaps between them halved.

    Contact of an ego that drives is seen coming, two tenths of a second before. An escape shows nothing any more: the
    tightest instant before it stands for it, where there was one. What follows is left out; an episode that has neither
    is looked at until it ends.
    """
    last = math.floor(story.duration_s * _RATE_HZ + 1e-6) / _RATE_HZ
    tight = story.tightest_s
    starts = []
    for name, t in story.phases:
        at = tight if name == "escape" and tight is not None and tight < t else t
        beats = round(at * _RATE_HZ, 6)
        coming = name == "contact" and story.reach.follows
        beat = math.floor(beats) - _BEATS_BEFORE if coming else math.ceil(beats)
        starts.append(min(max(beat / _RATE_HZ, _EARLIEST_S), last))
    over = any(name in ("contact", "escape") for name, _ in story.phases)
    apart: list[float] = []
    for t in sorted(starts) or [last]:
        if apart and t - apart[-1] < _APART_S:
            apart.pop()  # the later tells more: contact, not the moment before it
        apart.append(t)
    while len(apart) > most:  # the closest pair tells the same
        apart.pop(int(np.argmin(np.diff(apart))))
    while len(apart) < most:
        edges = apart if over and len(apart) > 1 else [_EARLIEST_S, *apart, last]
        k = int(np.argmax(np.diff(edges)))
        if edges[k + 1] - edges[k] < 3.0 / _RATE_HZ:
            break
        apart.append(round((edges[k] + edges[k + 1]) / 2, 1))
        apart.sort()
    return apart


def _strips(story: Story, most: int) -> list[Strip]:
    strips, times = [], moments(story, most)
    for time_s in times:
        title = f"episode {story.episode.number}   {time_s:.1f} s   {story.phase(time_s).replace('_', ' ')}   "
        strips.append(Strip(_panels(story, time_s), title + story.readings(time_s)))
    strips.append(Strip(_labels(story, times[len(times) // 2])))
    strips.append(
        Strip([Panel(timeline(WIDTH - 32, story.duration_s, story.phases, story.events), story.episode.outcome)])
    )
    return strips


def _panels(story: Story, time_s: float) -> list[Panel]:
    panels = [Panel(story.camera(name, time_s, text=LARGE / 640), name) for name in story.cameras[:2]]
    for name in story.cameras[:1]:
        panels += [
            Panel(story.depth(name, time_s), f"{name}: depth"),
            Panel(story.semantic(name, time_s), f"{name}: semantic"),
        ]
    panels += [Panel(story.above(name, time_s, _ROW_PX, _ROW_PX), f"{name}: from above") for name in story.lidars[:1]]
    return panels


def _labels(story: Story, time_s: float) -> list[Panel]:
    panels: list[Panel] = []
    for name in story.cameras[:1]:
        panels += [
            Panel(story.instance(name, time_s), f"{name}: instances"),
            Panel(story.flow(name, time_s), f"{name}: optical flow"),
        ]
    panels += [Panel(story.sweep(name, time_s), f"{name}: range, intensity") for name in story.lidars[:1]]
    return panels


def _save(path: Path, picture: Picture) -> None:
    try:
        write_png(path, picture)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error})") from error
