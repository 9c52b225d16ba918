"""The world of one episode: physics, stage, actors, and the recent past of every visible part.

Time is an integer tick at 240 Hz; tick 0 is the start of the episode, ticks before it are the run-up in which sensors
and suspensions settle. Order within a tick: controllers, actors' forces, physics step, contacts, recording. The world
answers two questions about any recent interval: `scene` (for tracers) and `track` (where something was).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from ...renderers.air import Air, FogBank
from ...renderers.pose_track import PoseTrack
from ...renderers.scene import Beam, Environment, Lamp, Luminaire, Scene
from ...renderers.transforms import compose
from ..errors import CornercaseError
from ..physics.bodies import Bodies
from ..physics.client import TICK_HZ, Client
from ..physics.contacts import Contact, ContactLog
from ..physics.vehicle import VehicleFleet
from .actor import Actor
from .conditions import Conditions, fair
from .extents import Extents
from .fixed import compounds
from .history import Place, PoseHistory
from .stages.stage import Stage
from .vehicle_actor import FleetState

F64 = NDArray[np.float64]
CONTROL_TICKS = 4
"""Controllers act at 60 Hz."""


class World:
    """Physics, stage and actors of one episode; a context manager that frees the physics client.

    Args:
        stage: the place.
        run_up_s: time simulated before tick 0.

    """

    def __init__(self, stage: Stage, *, run_up_s: float = 0.25) -> None:
        self.stage = stage
        self.client = Client()
        self.bodies = Bodies(self.client)
        self.fleet = VehicleFleet(self.client, stage.ground)
        self.fleet_state = FleetState(self.fleet)
        self.contact_log = ContactLog(self.client)
        self.conditions = fair(stage)
        self.actors: list[Actor] = []
        self.contacts: list[Contact] = []
        self.tick = -round(run_up_s * TICK_HZ)
        self.bodies.add_ground(stage.ground)
        for asset in compounds(stage.placements):
            # with 1 the restitution of whatever falls on it is the pair's, as with friction
            body = self.bodies.add_static(asset, (0.0, 0.0, 0.0), restitution=1.0)
            self.contact_log.watch(body, f"scenery/{asset.name}")
        self._controllers: list[Callable[[], None]] = []
        self._watchers: list[Callable[[], None]] = []
        self._clouds: list[Callable[[float], tuple[FogBank, ...]]] = []
        self._by_name: dict[str, Actor] = {}
        self._history: PoseHistory | None = None
        self._extents: Extents | None = None

    @property
    def time_s(self) -> float:
        """Time since the start of the episode."""
        return self.tick / TICK_HZ

    @property
    def time_ns(self) -> int:
        """Time since the start of the episode."""
        return ticks_to_ns(self.tick)

    def under(self, conditions: Conditions) -> None:
        """Set weather and light; before the first tick."""
        self.conditions = conditions
        self._lay_cover()

    def _lay_cover(self) -> None:
        cover = self.conditions.environment(self.time_s).cover
        self.fleet.cover(cover.water_mm, cover.snow, cover.ice)
        self.fleet_state.lamps = self.conditions.vehicle_lamps(self.time_s)

    def add(self, actor: Actor) -> Actor:
        """Give an actor an id, and watch its contacts. All actors must be added before the first tick."""
        if self._history is not None:
            raise CornercaseError(f"{actor.name} was added after the first tick; add all actors before the script runs")
        if actor.name in self._by_name:
            raise CornercaseError(f"two actors are called {actor.name!r}")
        actor.id = len(self.actors) + 1
        self.actors.append(actor)
        self._by_name[actor.name] = actor
        for body in actor.bodies:
            self.contact_log.watch(
                body, actor.name, link_names=actor.link_names, passes_fixed=lambda: actor.passes_fixed,
                motion=actor.base_motion,
            )  # fmt: skip
        return actor

    def control(self, controller: Callable[[], None]) -> None:
        """Call `controller` at 60 Hz, in the order of registration."""
        self._controllers.append(controller)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every tick, for sensors that feel rather than see."""
        self._watchers.append(watcher)

    def cloud(self, source: Callable[[float], tuple[FogBank, ...]]) -> None:
        """Something that throws up droplets or dust: `source` tells the clouds in the air at a recent instant [s]."""
        self._clouds.append(source)

    def environment(self, time_s: float) -> Environment:
        """Light, air with all clouds in it, and ground at a recent instant."""
        now = self.conditions.environment(time_s)
        banks = tuple(bank for source in self._clouds for bank in source(time_s))
        if not banks:
            return now
        return dataclasses.replace(now, air=dataclasses.replace(now.air, banks=(*now.air.banks, *banks)))

    def air(self, time_s: float) -> Air:
        """What is in the air at a recent instant."""
        return self.environment(time_s).air

    def actor(self, name: str) -> Actor:
        """The actor of that name."""
        return self._by_name[name]

    def step(self) -> None:
        """Advance by one tick."""
        if self._history is None:
            self._history = PoseHistory(self.stage, self.actors)
            self._history.write(self.tick)
        if self.tick % CONTROL_TICKS == 0:
            if not self.conditions.settled:
                self._lay_cover()
            for controller in self._controllers:
                controller()
        for actor in self.actors:
            actor.before_tick()
        if len(self.fleet):
            self.fleet.apply()
        self.client.stepSimulation()
        self.tick += 1
        self.fleet_state.update()
        for actor in self.actors:
            actor.after_tick()
        for contact in self.contact_log.update(self.tick):
            self.contacts.append(contact)
            a, b = self._by_name.get(contact.actor_a), self._by_name.get(contact.actor_b)
            if a is not None:
                a.on_contact(b, contact.impulse_ns)
            if b is not None:
                b.on_contact(a, contact.impulse_ns)
        self._history.write(self.tick)
        for watcher in self._watchers:
            watcher()

    def scene(self, start_s: float, end_s: float, *, key_times: int) -> Scene:
        """The scene over an interval of the recent past, with evenly spaced key times.

        Raises:
            CornercaseError: the interval reaches before the kept past or into the future.

        """
        history, middle = self._recorded(), 0.5 * (start_s + end_s)
        conditions = self.conditions
        luminaires = conditions.street_lamps(middle)
        place = Place(
            environment=self.environment(middle),
            luminaires=(*luminaires, *self._headlights(middle)),
            scenery_lamps=Lamp.STREET if luminaires else Lamp.NONE,
        )
        return history.scene(self.actors, start_s, end_s, key_times, place)

    def _headlights(self, time_s: float) -> tuple[Luminaire, ...]:
        """Headlights of the vehicles on the road, where they were at a recent instant."""
        beam = self.conditions.headlights(time_s)
        if beam == "off":
            return ()
        position, orientation, _ = self.actor_states(time_s)
        lamps: list[Luminaire] = []
        for actor, at, turn in zip(self.actors, position, orientation, strict=True):
            lamps += actor.headlights(at, turn, Beam.HIGH if beam == "high" else Beam.LOW)
        return tuple(lamps)

    def track(self, actor: Actor, mount: tuple[F64, F64], start_s: float, end_s: float, *, part: str = "") -> PoseTrack:
        """Poses over the interval of a frame mounted on an actor, or on one of its parts, at every tick in it.

        Args:
            actor: what carries it.
            mount: position and quaternion in the frame of the actor or part.
            start_s, end_s: the interval.
            part: name of the part, "" for the actor's box.

        """
        history = self._recorded()
        times = history.tick_times(start_s, end_s)
        column = history.column(self.actors, actor, part)
        position, orientation = history.poses(slice(column, column + 1), times)
        return PoseTrack(times, *compose((position[:, 0], orientation[:, 0]), mount))

    def actor_states(self, time_s: float) -> tuple[F64, F64, F64]:
        """Positions (M, 3), quaternions (M, 4) and velocities (M, 3) of all actors' boxes at a recent instant."""
        return self._recorded().states(len(self.actors), time_s)

    def enclose(self, time_s: float, position_w: F64, orientation_w: F64) -> tuple[F64, F64]:
        """Centres and sizes (M, 3) [m] of the label boxes of all actors at a recent instant, see `Extents.enclose`."""
        if self._extents is None:
            self._extents = Extents(self.actors, self._recorded())
        return self._extents.enclose(time_s, position_w, orientation_w)

    def _recorded(self) -> PoseHistory:
        if self._history is None:
            raise CornercaseError("the world has no past yet; step it first")
        return self._history

    def close(self) -> None:
        """Free the physics client."""
        self.client.close()

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ticks_to_ns(tick: int) -> int:
    """Nanoseconds of a tick, rounded to the nearest."""
    return (tick * 1_000_000_000 + TICK_HZ // 2) // TICK_HZ
