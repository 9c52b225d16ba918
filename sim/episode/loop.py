"""The one loop: generate, environments and stress tests all drive an episode through `start` and `advance`.

The loop knows no files and no policies. A control step is a tenth of a second; the action is held over it while
controllers run at 60 Hz and physics at 240 Hz beneath.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..physics.client import TICK_HZ
from ..world.conditions import Conditions
from .config import EpisodeConfig
from .distributions import Value
from .records import (
    EpisodeHeader,
    EventRecord,
    FaultPeriod,
    PhaseRecord,
    SensorFrame,
    StepRecord,
)
from .rig import Rig
from .scenario import Scenario, find
from .streams import Streams

F64 = NDArray[np.float64]
CONTROL_HZ = 10
STEP_TICKS = TICK_HZ // CONTROL_HZ
VISIBLE_PX = 25
"""A hazard counts as visible to a camera from this many pixels."""
VISIBLE_POINTS = 5
"""... and to a lidar or radar from this many returns."""


@dataclass(frozen=True)
class _Begun:
    """A control step whose frames are being made.

    Attributes:
        step: the state at its end.
        events, phases: what happened in it, as far as frames do not tell.
        frames: waits for them.

    """

    step: StepRecord
    events: tuple[EventRecord, ...]
    phases: tuple[PhaseRecord, ...]
    frames: Callable[[], list[SensorFrame]]


@dataclass(frozen=True)
class Update:
    """What one control step brought.

    Attributes:
        step: the state at its end.
        frames: sensor frames delivered in it, in the order of the rig.
        events, phases: what happened in it.

    """

    step: StepRecord
    frames: tuple[SensorFrame, ...]
    events: tuple[EventRecord, ...]
    phases: tuple[PhaseRecord, ...]


class Episode:
    """One run of one scenario.

    Args:
        config: scenario, rig and plugins.
        seed, number: of the dataset and of the episode in it; together they fix every random stream.
        pinned: parameters fixed by the caller.

    Raises:
        ConfigError: the configuration names something that does not exist or is out of range.

    """

    def __init__(
        self, config: EpisodeConfig, *, seed: int, number: int = 0, pinned: dict[str, Value] | None = None
    ) -> None:
        streams = Streams(seed, number)
        kind = find(config.scenario.name, tuple(config.plugins))
        space = kind.space().with_overrides(config.scenario.params)
        self.params = space.draw(streams.rng("scenario"), pinned)
        self.scenario: Scenario = kind(self.params, streams, config.scenario.driver)
        self.duration_s = config.scenario.duration_s or kind.duration_s
        world = self.scenario.world
        world.under(Conditions(*self.scenario.conditions(config.weather, config.light), world.stage))
        self._rig = Rig(config.sensors, self.scenario.world, self.scenario.ego, streams, clean=config.record.clean)
        self._seed, self._number, self._name = seed, number, config.scenario.name
        self._events = 0
        self._phases: set[str] = set()

    def header(self, config_yaml: str) -> EpisodeHeader:
        """What is known before the first step."""
        actors = self.scenario.world.actors
        return EpisodeHeader(
            episode=self._number,
            scenario=self._name,
            seed=self._seed,
            params=dataclasses.asdict(self.params),
            actor_ids=np.array([a.id for a in actors], np.int32),
            actor_classes=np.array([a.semantic for a in actors], np.uint8),
            actor_sizes=np.array([a.size for a in actors], np.float32),
            ego=actors.index(self.scenario.ego),
            sensors=self._rig.infos,
            config_yaml=config_yaml,
        )

    def start(self) -> Update:
        """Run up to time 0 and deliver the first frames."""
        return self._delivered(self._run_up())

    def advance(self, action: F64 | None = None) -> Update:
        """One control step with an agent's action in [-1, 1], or with the reference driver (None)."""
        return self._delivered(self._simulated(self._stepped(action)))

    def play(self) -> Iterator[Update]:
        """All control steps to the end with the reference driver, the same as by `start` and `advance`.

        With several threads the frames of a step are made while the next one is simulated, so the world is a step ahead
        of what is delivered.
        """
        begun = self._run_up()
        while not (begun.step.terminated or begun.step.truncated):
            asked = self._stepped(None)
            yield self._delivered(begun)
            begun = self._simulated(asked)
        yield self._delivered(begun)

    @property
    def faults(self) -> dict[str, tuple[FaultPeriod, ...]]:
        """What has gone wrong with each sensor so far, by its name."""
        return {sensor.name: sensor.faults for sensor in self._rig.sensors}

    def close(self) -> None:
        """Free the physics client."""
        self.scenario.world.close()

    def __enter__(self) -> Episode:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _run_up(self) -> _Begun:
        while self.scenario.world.tick < 0:
            self.scenario.act(None)
            self.scenario.advance()
        return self._begin(None, 0.0)

    def _stepped(self, action: F64 | None) -> F64 | None:
        """Let a control step pass; the action that was asked for."""
        self.scenario.act(action)
        for _ in range(STEP_TICKS):
            self.scenario.advance()
        return self.scenario.asked()

    def _simulated(self, asked: F64 | None) -> _Begun:
        return self._begin(asked, self.scenario.reward())

    def _begin(self, action: F64 | None, reward: float) -> _Begun:
        """Note the present state and begin the frames; those of the step before must have been delivered."""
        scenario, world = self.scenario, self.scenario.world
        frames = self._rig.begin()
        position, orientation, velocity = world.actor_states(world.time_s)
        terminated = scenario.terminated()
        step = StepRecord(
            time_ns=world.time_ns,
            actors_position=position,
            actors_orientation=orientation,
            actors_velocity=velocity,
            action=action,
            reward=reward,
            terminated=terminated,
            truncated=not terminated and world.time_s >= self.duration_s - 1e-9,
            criticality=scenario.criticality(),
            weather=world.conditions.record(world.time_s),
        )
        events = tuple(scenario.events[self._events :])
        self._events = len(scenario.events)
        return _Begun(step, events, self._fresh(), frames)

    def _delivered(self, begun: _Begun) -> Update:
        """The step once its frames are there."""
        frames = begun.frames()
        seen = [phase for frame in frames for phase in self._watch(frame)]
        phases = sorted((*begun.phases, *seen), key=lambda phase: phase.time_ns)
        return Update(begun.step, tuple(frames), begun.events, tuple(phases))

    def _fresh(self) -> tuple[PhaseRecord, ...]:
        """Phases that have begun since this was last asked."""
        fresh = [phase for name, phase in self.scenario.phases.items() if name not in self._phases]
        self._phases |= set(self.scenario.phases)
        return tuple(fresh)

    def _watch(self, frame: SensorFrame) -> list[PhaseRecord]:
        """Mark the first frame in which a sensor, and any at all, sees the hazard."""
        phases, name = self.scenario.phases, f"visible/{frame.sensor}"
        if name in phases or frame.time_end_ns < 0 or frame.boxes_3d is None:
            return []
        row = frame.boxes_3d[frame.boxes_3d["id"] == self.scenario.hazard.id]
        least = VISIBLE_PX if frame.kind in ("camera", "depth") else VISIBLE_POINTS
        if not len(row) or int(row["points"][0]) < least:
            return []
        new = [PhaseRecord(n, frame.time_end_ns) for n in (name, "visible") if n not in phases]
        phases.update({phase.name: phase for phase in new})
        self._phases |= {phase.name for phase in new}
        return new
