"""What one stress test is: an episode to play, a model that watches it, a sweep that degrades it, how it is scored."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..episode.config import EpisodeConfig, ScenarioConfig
from ..errors import ConfigError, nearest

CLEAN = 0
"""The severity at which the sweep changes nothing."""
_PROGRESS = ("auto", "plain", "none")


@dataclass
class ModelConfig:
    """The detector under test.

    Attributes:
        name: of a built-in detector; "callable" is the one at `path`.
        path: `package.module:name` of a detector of the user's own; only the command line may set it.
        options: keyword arguments for what makes the detector.
        classes: the model's labels -> names of classes, where it has its own.
        depth: show cameras' exact depth, which no weather touches and no camera measures.
        timeout_s: longest time for one call; a detector that takes longer is killed and started again.
        load_timeout_s: longest time to be loaded.
        threads: of the numerical libraries in the detector's process; sums over several may differ in their last digit.
        max_detections: per sensor and call; what is beyond is dropped, lowest scores first, and counted.

    """

    name: str = "lidar_cluster"
    path: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    classes: dict[Any, str] = field(default_factory=dict)
    depth: bool = False
    timeout_s: float = 10.0
    load_timeout_s: float = 120.0
    threads: int = 1
    max_detections: int = 300

    def __post_init__(self) -> None:
        for name, value in self.options.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise ConfigError(f"model.options.{name} is {value}, expected a finite number")
        for name in ("timeout_s", "load_timeout_s", "threads", "max_detections"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"model.{name} is {getattr(self, name)}, expected more than 0")
        if self.path and ":" not in self.path:
            raise ConfigError(f"model.path is '{self.path}', expected package.module:name")


@dataclass
class SweepConfig:
    """One way to make it harder, in steps.

    Attributes:
        name: of the sweep.
        severities: what each severity from 1 on sets in the configuration of the episode, by dotted key or nested.
            `sensors.<lidar>.noise` sets it for all lidars of the rig, `sensors.*.delay_s` for all sensors.

    """

    name: str = ""
    severities: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        for k, changes in enumerate(self.severities, 1):
            if not isinstance(changes, Mapping) or not changes:
                raise ConfigError(
                    f"severity {k} of sweep '{self.name}' is {changes!r}, expected keys and values to set"
                )


@dataclass
class ScoringConfig:
    """How detections are compared with the truth. May be changed for a finished run: nothing is simulated again.

    Attributes:
        distances_m: BEV centre distances at which average precision is taken, as in nuScenes.
        recall_distance_m: the distance within which an object counts as found.
        iou_bev: overlap of boxes seen from above, for one more average precision.
        iou_2d: overlap at which a box in a picture counts as found.
        score_min: detections below do not count for recall, precision and first detection; null counts all.
        max_range_m: objects beyond are neither asked for nor held against anyone.
        min_points: lidar returns an object must have had in clean conditions to be asked for; as for phase "visible".
        min_visible_px, min_visible_share: the same for a camera.
        range_bins_m, share_bins: edges of the slices; those of the share are nuScenes' visibility levels.
        bootstrap: resamplings of the episodes, for the intervals.
        confidence: of the intervals.

    """

    distances_m: list[float] = field(default_factory=lambda: [0.5, 1.0, 2.0, 4.0])
    recall_distance_m: float = 2.0
    iou_bev: float = 0.5
    iou_2d: float = 0.5
    score_min: float | None = None
    max_range_m: float = 50.0
    min_points: int = 5
    min_visible_px: int = 25
    min_visible_share: float = 0.1
    range_bins_m: list[float] = field(default_factory=lambda: [0.0, 10.0, 20.0, 30.0, 40.0, 50.0])
    share_bins: list[float] = field(default_factory=lambda: [0.0, 0.4, 0.6, 0.8, 1.0])
    bootstrap: int = 1000
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name in ("range_bins_m", "share_bins", "distances_m"):
            values = getattr(self, name)
            least = 1 if name == "distances_m" else 2
            if len(values) < least or sorted(set(values)) != list(values) or not all(map(math.isfinite, values)):
                what = "rising numbers" if least == 1 else "rising numbers, at least two: the edges of slices"
                raise ConfigError(f"scoring.{name} is {list(values)}, expected {what}")
        if self.recall_distance_m not in self.distances_m:
            raise ConfigError(
                f"scoring.recall_distance_m is {self.recall_distance_m}, expected one of {list(self.distances_m)}"
            )
        if not self.max_range_m > 0.0:
            raise ConfigError(f"scoring.max_range_m is {self.max_range_m}, expected more than 0")
        if not 0.0 <= self.min_visible_share <= 1.0:
            raise ConfigError(f"scoring.min_visible_share is {self.min_visible_share}, expected a value from 0 to 1")
        if self.score_min is not None and not math.isfinite(self.score_min):
            raise ConfigError(f"scoring.score_min is {self.score_min}, expected a finite number, or null for none")
        for name in ("iou_bev", "iou_2d", "confidence"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise ConfigError(f"scoring.{name} is {getattr(self, name)}, expected a value between 0 and 1")
        for name in ("min_points", "min_visible_px", "bootstrap"):
            if getattr(self, name) < 1:
                raise ConfigError(f"scoring.{name} is {getattr(self, name)}, expected 1 or more")

    @property
    def least_score(self) -> float:
        """`score_min` as a number that a finite score is compared with."""
        return -sys.float_info.max if self.score_min is None else self.score_min


@dataclass
class StressConfig(EpisodeConfig):
    """One run of `cornercase stress`: all that makes an episode, and who watches it.

    Attributes:
        model, sweep, scoring: see there.
        severities: which of the sweep's to play beside the clean one; None plays all.
        episodes: how many, each at every severity with the same seeds.
        seed: of the episodes and of the resampling.
        out: folder for the report.
        workers: processes that play episodes; 0 plays them in this one. Changes nothing in the report.
        retries: how often an episode whose simulation failed is tried again.
        worst: how many of the worst frames are drawn.
        progress: "auto" (a bar on a terminal, else lines), "plain" or "none".

    """

    scenario: ScenarioConfig
    sensors: dict[str, Any] = field(default_factory=dict)
    model: ModelConfig = field(default_factory=ModelConfig)
    sweep: SweepConfig = field(default_factory=SweepConfig)
    scoring: ScoringConfig = field(default_factory=ScoringConfig)
    severities: list[int] | None = None
    episodes: int = 4
    seed: int = 0
    out: str = ""
    workers: int = 1
    retries: int = 2
    worst: int = 3
    progress: str = "auto"

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least in (("episodes", 1), ("seed", 0), ("workers", 0), ("retries", 0), ("worst", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} is {getattr(self, name)}, expected {least} or more")
        if not self.out:
            raise ConfigError("out is empty, expected the folder to write to, such as out=stress/fog")
        if self.progress not in _PROGRESS:
            raise ConfigError(f"progress is '{self.progress}': {nearest(self.progress, _PROGRESS)}")
        known = len(self.sweep.severities)
        if self.severities is not None and not self.severities:
            raise ConfigError("severities is empty, expected numbers of severities as in [1,3], or null for all")
        for severity in self.severities or ():
            if not CLEAN <= severity <= known:
                raise ConfigError(
                    f"severities holds {severity}, expected 0 (clean) to {known} of sweep '{self.sweep.name}'"
                )

    @property
    def episode(self) -> EpisodeConfig:
        """The part that makes a clean episode."""
        return EpisodeConfig(**{f.name: getattr(self, f.name) for f in dataclasses.fields(EpisodeConfig)})

    @property
    def played(self) -> tuple[int, ...]:
        """The severities to play, the clean one first."""
        asked = range(len(self.sweep.severities) + 1) if self.severities is None else self.severities
        return tuple(sorted({CLEAN, *asked}))
