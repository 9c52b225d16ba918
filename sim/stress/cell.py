"""One cell of a stress test: one episode at one severity, watched by the detector.

The detector is called once for every instant at which cameras or lidars deliver, with the frames delivered then. A cell
is told as one line of JSON: the truth before each sensor and what the detector made of it, so that everything about
scoring can be decided, and changed, afterwards. The hash of the state trace tells whether two severities played the
same story.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.pose_track import PoseTrack
from ...renderers.transforms import rotate
from ..episode.config import EpisodeConfig
from ..episode.loop import Episode, Update
from ..episode.records import SensorFrame, SensorInfo, StepRecord
from ..errors import CornercaseError
from ..world.actor import Actor
from .config import ModelConfig
from .detections import EGO
from .frames import SEEN, View, view_of
from .host import Answer, ModelHost
from .loading import ORACLES
from .truth import Truth, camera_truth, lidar_truth, to_carrier

F64 = NDArray[np.float64]
Line = dict[str, Any]


@dataclass(frozen=True)
class CellSpec:
    """What to play.

    Attributes:
        severity: of the sweep, 0 is clean.
        episode, seed: as for `Episode`.
        config: of the episode at this severity.

    """

    severity: int
    episode: int
    seed: int
    config: EpisodeConfig

    @property
    def key(self) -> tuple[int, int]:
        """Episode and severity."""
        return self.episode, self.severity


@dataclass(frozen=True, eq=False)
class Moment:
    """Frames delivered at one instant, with what is needed to read them."""

    frames: tuple[SensorFrame, ...]
    views: Mapping[str, View]
    truth: Mapping[str, Truth]


def play(spec: CellSpec, model: ModelConfig, host: ModelHost | None) -> Line:
    """Play a cell.

    Args:
        spec: which.
        model: the detector.
        host: runs it; None for those of `ORACLES`, which need no frames.

    Raises:
        ConfigError: the configuration names something that does not exist or is out of range.

    """
    problems: Counter[str] = Counter()
    frames: list[Line] = []
    took: list[float] = []
    error = host.begin() if host is not None else ""
    unmade = Counter({"exception": 1}) if error else Counter()
    failed = 0
    trace = hashlib.sha256()
    with Episode(spec.config, seed=spec.seed, number=spec.episode) as episode:
        infos = {info.name: info for info in episode.header("").sensors}
        for update in updates(episode):
            _add(trace, update.step)
            for moment in moments(update, episode, spec.config, infos, depth=model.depth):
                answer = _answer(moment, model, host, infos)
                problems.update(answer.problems)
                failed += answer.failed
                error = error or answer.error
                took.append(answer.seconds)
                frames += _lines(moment, answer, infos)
        phases = {name: record.time_ns for name, record in episode.scenario.phases.items()}
        hazard, outcome = episode.scenario.hazard.id, episode.scenario.outcome()
    return {
        "episode": spec.episode,
        "severity": spec.severity,
        "trace_sha256": trace.hexdigest(),
        "outcome": outcome,
        "hazard": hazard,
        "phases": phases,
        "calls": len(took),
        "failed_calls": failed,
        "problems": dict(sorted((problems + unmade).items())),
        "error": error,
        "frames": frames,
        "seconds": [round(s, 5) for s in took],
    }


def moments(
    update: Update, episode: Episode, config: EpisodeConfig, infos: Mapping[str, SensorInfo], *, depth: bool
) -> Iterator[Moment]:
    """The frames of one control step that a detector is shown, by instant of delivery."""
    seen = [frame for frame in update.frames if frame.kind in SEEN]
    carriers = {frame.sensor: _carrier(frame.sensor, episode, config) for frame in seen}
    for instant in sorted({frame.time_delivered_ns for frame in seen}):
        together = tuple(frame for frame in seen if frame.time_delivered_ns == instant)
        views = {
            frame.sensor: view_of(
                frame, infos[frame.sensor], _track(frame, carriers, episode, config, infos), depth=depth
            )
            for frame in together
        }
        yield Moment(together, views, _truths(together, infos, carriers))


def updates(episode: Episode) -> Iterator[Update]:
    """An episode played by its reference driver to the end."""
    update = episode.start()
    yield update
    while not (update.step.terminated or update.step.truncated):
        update = episode.advance()
        yield update


def _add(trace: Any, step: StepRecord) -> None:
    """Add a state to the hash of the trace."""
    trace.update(step.time_ns.to_bytes(8, "little", signed=True))
    for array in (step.actors_position, step.actors_orientation, step.actors_velocity):
        trace.update(np.ascontiguousarray(array, "<f8").tobytes())


def _carrier(sensor: str, episode: Episode, config: EpisodeConfig) -> Actor | None:
    """The actor that carries a sensor, which is no object to it; None where it stands in the world."""
    name = config.sensors[sensor].get("mount", {}).get("actor", "ego")
    if name == "world":
        return None
    return episode.scenario.ego if name == "ego" else episode.scenario.world.actor(name)


def _track(
    frame: SensorFrame,
    carriers: Mapping[str, Actor | None],
    episode: Episode,
    config: EpisodeConfig,
    infos: Mapping[str, SensorInfo],
) -> PoseTrack | None:
    """Where a lidar was during its turn, in times since its start; None where it stands.

    Of a frame that was delivered so late that the world has forgotten, straight motion at its start is all there is.
    """
    actor = carriers[frame.sensor]
    if frame.kind != "lidar" or actor is None:
        return None
    part = config.sensors[frame.sensor].get("mount", {}).get("part", "")
    world, pose = episode.scenario.world, infos[frame.sensor].mount
    start, end = frame.time_start_ns / 1e9, frame.time_end_ns / 1e9
    try:
        track = world.track(actor, (pose[:3], pose[3:]), start, end, part=part)
    except CornercaseError:
        return _straight(frame, actor.id, end - start)
    return PoseTrack(track.times_s - start, track.position_w, track.orientation_w)


def _straight(frame: SensorFrame, carrier: int, duration_s: float) -> PoseTrack:
    boxes = frame.boxes_3d
    assert boxes is not None
    velocity = boxes["velocity"][boxes["id"] == carrier].sum(0).astype(float)
    position, orientation = frame.pose_w[:3], frame.pose_w[3:]
    end = position + rotate(orientation, velocity) * duration_s
    return PoseTrack(np.array([0.0, duration_s]), np.stack([position, end]), np.stack([orientation, orientation]))


def _truths(
    frames: tuple[SensorFrame, ...], infos: Mapping[str, SensorInfo], carriers: Mapping[str, Actor | None]
) -> dict[str, Truth]:
    own = {name: 0 if actor is None else actor.id for name, actor in carriers.items()}
    found: dict[str, Truth] = {}
    shares: dict[int, float] = {}
    for frame in (f for f in frames if f.kind == "camera"):
        truth = camera_truth(frame, own[frame.sensor])
        if truth is not None:
            found[frame.sensor] = truth
            for number, share in zip(truth.ids, truth.share, strict=True):
                shares[int(number)] = max(shares.get(int(number), 0.0), float(share))
    for frame in (f for f in frames if f.kind == "lidar"):
        found[frame.sensor] = lidar_truth(frame, infos[frame.sensor], own[frame.sensor], shares)
    return found


def _answer(moment: Moment, model: ModelConfig, host: ModelHost | None, infos: Mapping[str, SensorInfo]) -> Answer:
    """What the detector made of a moment, its solid boxes in the frame of what carries the sensors."""
    if host is None:
        return _oracle(moment, model.name)
    answer = host.detect(moment.views)
    lidars = [frame.sensor for frame in moment.frames if frame.kind == "lidar"]
    rows = {n: to_carrier(r, infos[n].mount) if n in lidars else r for n, r in answer.rows.items() if n != EGO}
    if EGO in answer.rows and lidars:
        rows.setdefault(lidars[0], answer.rows[EGO])
    return dataclasses.replace(answer, rows=rows)


def _oracle(moment: Moment, name: str) -> Answer:
    """Everything there is with score 1, or nothing."""
    if name not in ORACLES:
        raise ValueError(f"model {name} needs a host")
    all_of_it = {n: np.column_stack([t.boxes, np.ones(len(t.ids)), t.groups]) for n, t in moment.truth.items()}
    return Answer(rows=all_of_it if name == ORACLES[0] else {n: rows[:0] for n, rows in all_of_it.items()})


def _lines(moment: Moment, answer: Answer, infos: Mapping[str, SensorInfo]) -> list[Line]:
    """A line per frame with truth; detections are None where the model did not look."""
    lines: list[Line] = []
    for frame in (f for f in moment.frames if f.sensor in moment.truth):
        rows = answer.rows.get(frame.sensor)
        lines.append(
            {
                "sensor": frame.sensor,
                "kind": frame.kind,
                "index": frame.index,
                "time_ns": frame.time_delivered_ns,
                "origin": [round(float(v), 4) for v in infos[frame.sensor].mount[:2]],
                "truth": moment.truth[frame.sensor].rows(),
                "detections": None if rows is None else [[float(f"{v:.6g}") for v in row] for row in rows.tolist()],
            }
        )
    return lines
