"""Any scenario as a Gymnasium environment: the loop of `generate`, driven by an agent's actions.

One step is a tenth of a second. The world is built anew at each reset, because only then does physics repeat bit for
bit; the seed of the episode comes from `np_random`, so equal seeds and actions give equal episodes.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.spaces import Box, Dict
from numpy.typing import NDArray

from ..episode.config import EpisodeConfig, ScenarioConfig, plugin_names
from ..episode.loop import CONTROL_HZ, Episode, Update
from ..episode.records import EventRecord
from ..episode.rig import Rig
from ..episode.scenario import find
from ..episode.streams import Streams
from ..errors import ConfigError, nearest
from ..presets import conditions
from ..world.light import LightConfig
from ..world.weather import WeatherConfig
from .observations import entry
from .rigs import onlooker, sensors_of

Observation = dict[str, NDArray[Any]]
Action = NDArray[np.float32]


class ScenarioEnv(gymnasium.Env[Observation, Action]):
    """A rare event to act in.

    Observations are a flat Dict: the scenario's state vectors (float32, within finite bounds), then one entry per
    sensor (see `observations`), each holding the latest frame delivered; zeros before the first. Actions are float32
    in [-1, 1], named by the scenario's `action_names`. Reward and termination are the scenario's.

    `info` holds `time_s`, `events` (of this step, as dicts), `phases` (start of each so far, in seconds) and
    `criticality` (by name). `reset` adds `params`, the parameters as drawn; the last step adds `outcome`, one word.

    Args:
        scenario: registered name, such as "driving/cut_in".
        sensors: a name of `rigs.RIGS` ("state", "camera", "lidar", "camera_lidar"), or sensors by name, each with the
            fields of a sensor in `conf/sensors`.
        render_mode: None or "rgb_array".
        params: as in `scenario.params` of a configuration: a plain value pins a parameter, a distribution redraws it.
        weather, light: the name of a preset in `conf/weather` or `conf/light`, or fields as in these files.
        duration_s: longest episode; 0 takes the scenario's own.
        plugins: packages to import first, or one, for scenarios that are not part of cornercase.

    Raises:
        ConfigError: a name is unknown or a value out of range.

    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": CONTROL_HZ}

    def __init__(
        self,
        scenario: str,
        *,
        sensors: str | Mapping[str, Mapping[str, Any]] = "state",
        render_mode: str | None = None,
        params: Mapping[str, Any] | None = None,
        weather: str | Mapping[str, Any] | None = None,
        light: str | Mapping[str, Any] | None = None,
        duration_s: float = 0.0,
        plugins: str | Sequence[str] = (),
    ) -> None:
        modes = self.metadata["render_modes"]
        if render_mode is not None and render_mode not in modes:
            raise ConfigError(f"render_mode is {render_mode!r}; {nearest(render_mode, modes)}")
        self.render_mode = render_mode
        packages = plugin_names(plugins)
        self._kind = find(scenario, tuple(packages))
        self._config = EpisodeConfig(
            ScenarioConfig(
                scenario, duration_s=duration_s, params=_by_name("params", {} if params is None else params)
            ),
            sensors=sensors_of(sensors, self._kind),
            weather=conditions(WeatherConfig, "weather", weather),
            light=conditions(LightConfig, "light", light),
            plugins=packages,
        )
        self._kind.space().with_overrides(self._config.scenario.params)
        self._entries = {name: entry(name, values) for name, values in self._config.sensors.items()}
        bounds = self._kind.observation_bounds()
        spaces: dict[str, gymnasium.Space[Any]] = {
            name: Box(low.astype(np.float32), high.astype(np.float32), dtype=np.float32)
            for name, (low, high) in bounds.items()
        }
        for name, seen in self._entries.items():
            if seen.key in spaces:
                raise ConfigError(f"sensors.{name} would be observed as {seen.key!r}, which is taken; rename it")
            spaces[seen.key] = seen.space
        self.observation_space = cast("gymnasium.Space[Observation]", Dict(spaces))
        self.action_space = Box(-1.0, 1.0, (len(self._kind.action_names),), np.float32)
        self._episode: Episode | None = None
        self._streams = Streams(0)
        self._onlooker: Rig | None = None
        self._seen: Observation = {}
        self._over = False

    @property
    def episode(self) -> Episode:
        """The episode that is running.

        Raises:
            ResetNeeded: none is.

        """
        if self._episode is None:
            raise ResetNeeded(f"{type(self).__name__} has no episode: call reset first")
        return self._episode

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in a new world.

        Args:
            seed: fixes this episode and all that follow without a seed.
            options: `{"params": {name: value}}` pins parameters of the scenario for this episode.

        Raises:
            ConfigError: an option or parameter is unknown, or a value out of range.

        """
        super().reset(seed=seed)
        options = {} if options is None else _by_name("reset options", options)
        for name in options:
            if name != "params":
                raise ConfigError(f"unknown reset option {name!r}; {nearest(name, ('params',))}")
        pinned = _by_name("reset option 'params'", options.get("params", {}))
        streams = Streams(int(self.np_random.integers(2**63)))
        episode = Episode(self._config, seed=streams.seed, pinned=pinned)
        self.close()  # not before the new one is there: a bad pin must not end what is running
        self._streams, self._episode, self._over = streams, episode, False
        self._seen = {e.key: np.zeros(e.space.shape, e.space.dtype) for e in self._entries.values()}
        update = episode.start()
        return self._observe(update), {**self._info(update), "params": dataclasses.asdict(episode.params)}

    def step(self, action: Action) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Hold an action for a tenth of a second; values beyond [-1, 1] count as -1 or 1.

        After the end of an episode the world goes on, with a warning.

        Raises:
            ValueError: the action has another shape or is not finite.

        """
        try:
            asked = np.asarray(action, np.float64)
        except (TypeError, ValueError):
            asked = np.full(0, np.nan)
        if asked.shape != self.action_space.shape or not np.isfinite(asked).all():
            names = ", ".join(self._kind.action_names)
            raise ValueError(f"action is {action!r}, expected {len(self._kind.action_names)} finite numbers: {names}")
        if self._over:
            gymnasium.logger.warn(f"{self._kind.name}: step after the end of the episode; call reset first")
        update = self.episode.advance(asked)
        step, info = update.step, self._info(update)
        self._over = step.terminated or step.truncated
        if self._over:
            info["outcome"] = self.episode.scenario.outcome()
        return self._observe(update), float(step.reward), step.terminated, step.truncated, info

    def render(self) -> NDArray[np.uint8] | None:  # type: ignore[override]
        """The present moment as an onlooker sees it, uint8 (360, 480, 3); None without a render mode."""
        if self.render_mode is None:
            return None
        scenario = self.episode.scenario
        if self._onlooker is None:
            self._onlooker = Rig(onlooker(self._kind), scenario.world, scenario.ego, self._streams)
        return self._onlooker.sensors[0].look().data["rgb"]

    def close(self) -> None:
        """Free the world; a second time does nothing."""
        if self._episode is not None:
            self._episode.close()
        self._episode = self._onlooker = None

    def __getstate__(self) -> dict[str, Any]:
        """What is copied and pickled: all but a world, which no process can hand on.

        Raises:
            TypeError: an episode is running.

        """
        if self._episode is not None:
            raise TypeError(
                "an environment with a running episode cannot be copied or pickled: its world lives in the physics "
                "engine; do it before reset or after close, and reset the copy with the same seed for the same episode"
            )
        return self.__dict__

    def _observe(self, update: Update) -> Observation:
        for frame in update.frames:
            seen = self._entries[frame.sensor]
            self._seen[seen.key] = seen.read(frame)
        state = {name: value.astype(np.float32) for name, value in self.episode.scenario.observe().items()}
        return {**state, **self._seen}

    def _info(self, update: Update) -> dict[str, Any]:
        phases = self.episode.scenario.phases
        return {
            "time_s": update.step.time_ns * 1e-9,
            "events": [_plain(event) for event in update.events],
            "phases": {name: phase.time_ns * 1e-9 for name, phase in phases.items()},
            "criticality": dict(update.step.criticality),
        }


def _by_name(what: str, values: object) -> dict[str, Any]:
    """Values by name, as a dict of our own.

    Raises:
        ConfigError: they are something else.

    """
    if not isinstance(values, Mapping):
        raise ConfigError(f"{what} is {values!r}, expected values by name, as in {{'name': value}}")
    return dict(values)


def _plain(event: EventRecord) -> dict[str, Any]:
    return {
        "time_s": event.time_ns * 1e-9,
        "kind": event.kind,
        "actor": event.actor,
        "other": event.other,
        "value": event.value,
        "detail": json.loads(event.detail),
    }
