"""What a scenario is: parameters as distributions, a world to build, and a script that plays the event.

A scenario module holds one class, registered by name:

    @register("driving/cut_in")
    class CutIn(DrivingScenario):
        Params = CutInParams
        ...

`build` populates the world. `script` is a generator that yields conditions; the loop resumes it at the first tick at
which the condition holds, so a script reads top to bottom like the story it tells:

    def script(self):
        yield lambda: self.gap() < self.params.gap_m
        self.mark("onset")
        self.cutter.change_lane(...)
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError, nearest
from ..world.actor import Actor
from ..world.light import LightConfig
from ..world.weather import WeatherConfig
from ..world.world import World
from .param_space import ParamSpace
from .records import Conclusion, EventRecord, PhaseRecord
from .streams import Streams

F64 = NDArray[np.float64]
Condition = Callable[[], bool]
ENTRY_POINT_GROUP = "cornercase.scenarios"
PHASES = ("onset", "visible", "last_avoidable", "contact", "escape")
"""Phases every scenario may mark, in the order in which they are told; each is marked at most once.

The loop adds "visible", and "visible/<sensor>" for every sensor, when the rays of that sensor first show the hazard.
"""
RESULTS = ("collision", "near_miss", "nothing")
"""What an episode may come to, worst first. A robot that drops or damages something counts as a collision."""


class Scenario(ABC):
    """One kind of event. Subclasses are `DrivingScenario` and `ManipulationScenario`; concrete ones derive from those.

    Attributes:
        name: registered name, "driving/cut_in".
        title: one line for tables.
        source: where the numbers come from.
        tags: what it belongs to: a number of the catalogue ("D04"), a family ("family/cut_in"), a standard's code
            ("ncap/CCRs", "r157/4.4", "nhtsa/18"), a level of the corner-case taxonomy ("level/scenario").
        duration_s: longest useful length of an episode.
        drivers: names of the reference drivers it can be played with, the default first.
        action_names: what an agent sets, each in [-1, 1].
        views: fields of a sensor that see the scene well, by use: "camera", "lidar" of an agent, "onlooker".
        params: the parameters drawn for this episode.
        streams: named random streams of this episode.
        world: the world, populated.
        events, phases: what happened so far.

    """

    name: ClassVar[str] = ""
    title: ClassVar[str]
    source: ClassVar[str]
    tags: ClassVar[tuple[str, ...]] = ()
    duration_s: ClassVar[float]
    drivers: ClassVar[tuple[str, ...]]
    action_names: ClassVar[tuple[str, ...]]
    views: ClassVar[Mapping[str, Mapping[str, Any]]]
    Params: ClassVar[type]

    def __init__(self, params: Any, streams: Streams, driver: str = "") -> None:
        self.params = params
        self.streams = streams
        self.driver_name = driver or self.drivers[0]
        if self.driver_name not in self.drivers:
            raise ConfigError(
                f"{self.name} has no driver {self.driver_name!r}; {nearest(self.driver_name, self.drivers)}"
            )
        self.events: list[EventRecord] = []
        self.phases: dict[str, PhaseRecord] = {}
        self._causes: set[str] = set()
        self.world = self.build()
        self._script = self.script()
        self._waiting: Condition | None = lambda: True

    @classmethod
    def space(cls) -> ParamSpace:
        """The declared parameters."""
        return ParamSpace(cls.name, cls.Params)

    @property
    @abstractmethod
    def ego(self) -> Actor:
        """The vehicle or arm that acts."""

    @property
    @abstractmethod
    def hazard(self) -> Actor:
        """The actor whose behaviour is the rare event; its first visibility is the phase "visible"."""

    @abstractmethod
    def build(self) -> World:
        """Make the stage and the actors."""

    @abstractmethod
    def script(self) -> Iterator[Condition]:
        """Play the event."""

    def conditions(self, weather: WeatherConfig, light: LightConfig) -> tuple[WeatherConfig, LightConfig]:
        """Weather and light of the episode, given what was asked for; default: just that.

        A scenario whose event is made of air, water or light adds what it needs, and keeps what was chosen: only what
        still stands at its default may be replaced.
        """
        return weather, light

    @abstractmethod
    def act(self, action: F64 | None) -> None:
        """A control step begins: take an agent's action in [-1, 1], or let the reference driver choose (None)."""

    @abstractmethod
    def asked(self) -> F64:
        """The action of the control step so far: the agent's, or the mean of what the reference driver asked for."""

    @abstractmethod
    def observe(self) -> dict[str, F64]:
        """The state as a policy may see it: flat float vectors by name."""

    @classmethod
    @abstractmethod
    def observation_bounds(cls) -> dict[str, tuple[F64, F64]]:
        """Lowest and highest value of each entry of `observe`."""

    @abstractmethod
    def criticality(self) -> dict[str, float]:
        """How dangerous the present moment is; the same names at every step, no NaN."""

    @abstractmethod
    def reward(self) -> float:
        """Reward of the last control step."""

    @abstractmethod
    def terminated(self) -> bool:
        """Whether the episode has come to its end (not by time)."""

    @abstractmethod
    def outcome(self) -> str:
        """One word for the result so far."""

    @abstractmethod
    def harm(self) -> float:
        """How bad it has become: 0 while nothing is lost, else growing with the damage, in the scenario's own unit.

        Driving: speed of the ego's first impact [m/s]. Robots say theirs. Avoidability is judged by it.
        """

    @abstractmethod
    def result(self) -> str:
        """The result so far in the words that all scenarios share, one of `RESULTS`."""

    def measures(self) -> dict[str, float]:
        """Numbers of the whole episode by name, with their unit; all finite."""
        return {"harm": self.harm()}

    def conclusion(self) -> Conclusion:
        """How it has ended so far."""
        return Conclusion(self.outcome(), self.result(), self.occurred(), self.measures())

    def occurred(self) -> bool:
        """Whether the rare event really took place, which is more than that it was set up; default: its onset."""
        return "onset" in self.phases

    def after_tick(self) -> None:
        """Watch the physics log for events; called after every tick."""

    def mark(self, phase: str) -> None:
        """The phase begins now, unless it began before."""
        if phase not in PHASES:
            raise ValueError(f"unknown phase {phase!r}; {nearest(phase, PHASES)}")
        self.phases.setdefault(phase, PhaseRecord(phase, self.world.time_ns))

    def emit(self, kind: str, actor: int, other: int = 0, value: float = 0.0, detail: str = "{}") -> None:
        """Log an event at the present time."""
        self.events.append(EventRecord(self.world.time_ns, kind, actor, other, value, detail))

    def cause(self, name: str, text: str, actor: int = 0) -> None:
        """Log a link of the chain of causes, at the present time; each name once.

        Args:
            name: short, in snake_case: "occluded_view", "hard_braking", "low_friction".
            text: one plain sentence: "the van hides the child until 1.2 s before contact".
            actor: id of who brings it about; 0 is the place or nobody.

        """
        if name not in self._causes:
            self._causes.add(name)
            self.emit("cause", actor, detail=json.dumps({"name": name, "text": text}))

    def advance(self) -> None:
        """One tick: physics, then the log, then the script as far as its conditions hold."""
        self.world.step()
        self.after_tick()
        if self.world.tick < 0:
            return
        while self._waiting is not None and self._holds(self._waiting):
            self._waiting = next(self._script, None)

    def _holds(self, condition: object) -> bool:
        """Whether the script may go on."""
        if not callable(condition):
            raise ConfigError(
                f"the script of {type(self).__name__} yielded {condition!r}, expected a condition: a function without "
                "arguments that tells whether to go on, such as `yield lambda: self.world.time_s > 2.0`"
            )
        return bool(condition())


S = TypeVar("S", bound=type[Scenario])
_registry: dict[str, type[Scenario]] = {}
_CATALOGUE = __name__.partition(".")[0] + ".scenarios"


def register(name: str) -> Callable[[S], S]:
    """Class decorator: make a scenario known by name.

    Raises:
        ConfigError: another class has that name.

    """

    def add(cls: S) -> S:
        known = _registry.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise ConfigError(f"two scenarios are called {name!r}: {known.__module__} and {cls.__module__}")
        cls.name = name
        _registry[name] = cls
        return cls

    return add


def _import_all(package: str) -> None:
    """Import a package and every module below it, so that their decorators run."""
    module = importlib.import_module(package)
    for info in pkgutil.walk_packages(getattr(module, "__path__", []), prefix=f"{package}."):
        importlib.import_module(info.name)


def _import_home(name: str) -> None:
    """Import the module of this package that is called like a scenario, if there is one: all of them take a second."""
    home = f"{_CATALOGUE}.{name.replace('/', '.')}"
    try:
        importlib.import_module(home)
    except ModuleNotFoundError as error:
        if not f"{home}.".startswith(f"{error.name}."):
            raise  # it is there, and misses something


def load_plugins(plugins: tuple[str, ...] = ()) -> None:
    """Find the scenarios of this package, of installed plugins (entry points), and of packages named by the user.

    Raises:
        ConfigError: a named package cannot be imported.

    """
    _import_all(_CATALOGUE)
    for point in entry_points(group=ENTRY_POINT_GROUP):
        _import_all(point.value)
    for plugin in plugins:
        try:
            _import_all(plugin)
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"plugin {plugin!r} cannot be imported ({error}); install it or run from the folder that holds it"
            ) from error
        except SyntaxError as error:
            where = f"{Path(error.filename or '').name}, line {error.lineno}"
            raise ConfigError(f"plugin {plugin!r} cannot be imported: {where}: {error.msg}") from error


def scenarios(plugins: tuple[str, ...] = ()) -> Mapping[str, type[Scenario]]:
    """All registered scenarios by name, sorted."""
    load_plugins(plugins)
    return {name: _registry[name] for name in sorted(_registry)}


def find(name: str, plugins: tuple[str, ...] = ()) -> type[Scenario]:
    """The scenario of that name.

    Raises:
        ConfigError: none is; names the nearest.

    """
    if not plugins:
        _import_home(name)
        if name in _registry:
            return _registry[name]
    known = scenarios(plugins)
    if name not in known:
        raise ConfigError(f"unknown scenario {name!r}; {nearest(name, known)}")
    return known[name]
