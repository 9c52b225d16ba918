"""The world of one episode: physics, stage, actors, and the recent past of every visible part.

Time is an integer tick at 240 Hz; tick 0 is the start of the episode, ticks before it are the run-up in which sensors
and suspensions settle. Order within a tick: controllers, actors' forces, physics step, contacts, recording. The world
answers two questions about any recent interval: `scene` (for tracers) and `track` (where something was).
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from ...renderers.pose_track import PoseTrack
from ...renderers.scene import Mesh, Scene
from ...renderers.transforms import compose, slerp
from ..errors import CornercaseError
from ..physics.bodies import Bodies
from ..physics.client import TICK_HZ, Client
from ..physics.contacts import Contact, ContactLog
from ..physics.vehicle import VehicleFleet
from .actor import Actor
from .stages.stage import Stage
from .vehicle_actor import FleetState

F64 = NDArray[np.float64]
CONTROL_TICKS = 4
"""Controllers act at 60 Hz."""
HISTORY_TICKS = 96
"""How far back poses are kept: 0.4 s."""


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
        self.actors: list[Actor] = []
        self.contacts: list[Contact] = []
        self.tick = -round(run_up_s * TICK_HZ)
        self.bodies.add_ground_plane(friction=stage.ground.friction, height_m=stage.ground.height_m)
        for placement in stage.placements:
            if placement.asset.collision:
                body = self.bodies.add_static(placement.asset, placement.position_w, placement.orientation_w)
                self.contact_log.watch(body, f"scenery/{placement.asset.name}")
        self._controllers: list[Callable[[], None]] = []
        self._watchers: list[Callable[[], None]] = []
        self._by_name: dict[str, Actor] = {}
        self._recorder: _Recorder | None = None

    @property
    def time_s(self) -> float:
        """Time since the start of the episode."""
        return self.tick / TICK_HZ

    @property
    def time_ns(self) -> int:
        """Time since the start of the episode."""
        return ticks_to_ns(self.tick)

    def add(self, actor: Actor) -> Actor:
        """Give an actor an id, and watch its contacts. All actors must be added before the first tick."""
        if self._recorder is not None:
            raise CornercaseError(f"{actor.name} was added after the first tick; add all actors before the script runs")
        if actor.name in self._by_name:
            raise CornercaseError(f"two actors are called {actor.name!r}")
        actor.id = len(self.actors) + 1
        self.actors.append(actor)
        self._by_name[actor.name] = actor
        for body in actor.bodies:
            self.contact_log.watch(body, actor.name, link_names=actor.link_names)
        return actor

    def control(self, controller: Callable[[], None]) -> None:
        """Call `controller` at 60 Hz, in the order of registration."""
        self._controllers.append(controller)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every tick, for sensors that feel rather than see."""
        self._watchers.append(watcher)

    def actor(self, name: str) -> Actor:
        """The actor of that name."""
        return self._by_name[name]

    def step(self) -> None:
        """Advance by one tick."""
        if self._recorder is None:
            self._recorder = _Recorder(self.stage, self.actors)
            self._recorder.write(self.tick, self.actors)
        if self.tick % CONTROL_TICKS == 0:
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
        self._recorder.write(self.tick, self.actors)
        for watcher in self._watchers:
            watcher()

    def scene(self, start_s: float, end_s: float, *, key_times: int) -> Scene:
        """The scene over an interval of the recent past, with evenly spaced key times.

        Raises:
            CornercaseError: the interval reaches before the kept past or into the future.

        """
        return self._recorded().scene(self.actors, start_s, end_s, key_times)

    def track(self, actor: Actor, mount: tuple[F64, F64], start_s: float, end_s: float, *, part: str = "") -> PoseTrack:
        """Poses over the interval of a frame mounted on an actor, or on one of its parts, at every tick in it.

        Args:
            actor: what carries it.
            mount: position and quaternion in the frame of the actor or part.
            start_s, end_s: the interval.
            part: name of the part, "" for the actor's box.

        """
        recorder = self._recorded()
        times = recorder.tick_times(start_s, end_s)
        position, orientation = recorder.poses(recorder.column(self.actors, actor, part), times)
        return PoseTrack(times, *compose((position, orientation), mount))

    def actor_states(self, time_s: float) -> tuple[F64, F64, F64]:
        """Positions (M, 3), quaternions (M, 4) and velocities (M, 3) of all actors' boxes at a recent instant."""
        return self._recorded().states(len(self.actors), time_s)

    def _recorded(self) -> _Recorder:
        if self._recorder is None:
            raise CornercaseError("the world has no past yet; step it first")
        return self._recorder

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


class _Recorder:
    """A ring of poses: one column per actor box and per visible part."""

    def __init__(self, stage: Stage, actors: list[Actor]) -> None:
        meshes: dict[Mesh, int] = {}
        mesh, semantic, label, position, orientation = [], [], [], [], []
        for placement in stage.placements:
            for part in placement.asset.parts:
                p, q = compose(
                    (np.array(placement.position_w), np.array(placement.orientation_w)),
                    (np.array(part.position), np.array(part.orientation)),
                )
                mesh.append(meshes.setdefault(part.mesh, len(meshes)))
                semantic.append(int(placement.asset.semantic))
                label.append(0)
                position.append(p)
                orientation.append(q)
        self._static_position = np.array(position, float).reshape(-1, 3)
        self._static_orientation = np.array(orientation, float).reshape(-1, 4)
        self._first_part: list[int] = []
        column = len(actors)
        for actor in actors:
            self._first_part.append(column)
            column += len(actor.parts)
            for part in actor.parts:
                mesh.append(meshes.setdefault(part.mesh, len(meshes)))
                semantic.append(int(actor.semantic))
                label.append(actor.id)
        self._meshes = tuple(meshes)
        self._mesh = np.array(mesh, np.int32)
        self._semantic = np.array(semantic, np.uint8)
        self._label = np.array(label, np.int32)
        self._environment = stage.environment
        self._position = np.zeros((HISTORY_TICKS, column, 3))
        self._orientation = np.zeros((HISTORY_TICKS, column, 4))
        self._velocity = np.zeros((HISTORY_TICKS, len(actors), 3))
        self._lamps = np.zeros((HISTORY_TICKS, len(actors)), np.uint32)
        self._parts_of = np.array([len(actor.parts) for actor in actors])
        self._first_tick: int | None = None
        self._last_tick = 0

    def column(self, actors: list[Actor], actor: Actor, part: str) -> int:
        """Where the poses of an actor's box or part stand."""
        if not part:
            return actors.index(actor)
        names = [p.name for p in actor.parts]
        return self._first_part[actors.index(actor)] + names.index(part)

    def write(self, tick: int, actors: list[Actor]) -> None:
        """Record the state after a tick."""
        row, before = tick % HISTORY_TICKS, (tick - 1) % HISTORY_TICKS
        position, orientation = self._position[row], self._orientation[row]
        for k, actor in enumerate(actors):
            first = self._first_part[k]
            last = first + len(actor.parts)
            if actor.still and self._first_tick is not None:
                position[k], orientation[k] = self._position[before, k], self._orientation[before, k]
                position[first:last] = self._position[before, first:last]
                orientation[first:last] = self._orientation[before, first:last]
                continue
            position[k], orientation[k] = actor.position_w, actor.orientation_w
            self._velocity[row, k] = actor.velocity_w
            actor.part_poses(position[first:last], orientation[first:last])
            self._lamps[row, k] = int(actor.lamps)
        self._first_tick = tick if self._first_tick is None else max(self._first_tick, tick - HISTORY_TICKS + 1)
        self._last_tick = tick

    def states(self, actors: int, time_s: float) -> tuple[F64, F64, F64]:
        """Poses and velocities of the actors' boxes at one instant."""
        position, orientation = self.poses(slice(0, actors), np.array([time_s]))
        row = int(np.floor(time_s * TICK_HZ + 1e-9)) % HISTORY_TICKS
        return position[0], orientation[0], self._velocity[row].copy()

    def tick_times(self, start_s: float, end_s: float) -> F64:
        """The two ends of the interval and every tick between them [s]."""
        inner = np.arange(int(np.floor(start_s * TICK_HZ)) + 1, int(np.ceil(end_s * TICK_HZ))) / TICK_HZ
        if end_s <= start_s:
            return np.array([start_s])
        return np.concatenate([[start_s], inner[(inner > start_s) & (inner < end_s)], [end_s]])

    def poses(self, columns: int | slice, times_s: F64) -> tuple[F64, F64]:
        """Poses at the given times, interpolated between ticks: (T, ..., 3) and (T, ..., 4)."""
        assert self._first_tick is not None
        at = np.asarray(times_s) * TICK_HZ
        if at[0] < self._first_tick - 1e-6 or at[-1] > self._last_tick + 1e-6:
            raise CornercaseError(
                f"poses are kept from {self._first_tick / TICK_HZ:.3f} s to {self._last_tick / TICK_HZ:.3f} s, "
                f"asked for {times_s[0]:.3f} s to {times_s[-1]:.3f} s"
            )
        low = np.clip(np.floor(at + 1e-9).astype(int), self._first_tick, self._last_tick)
        high = np.minimum(low + 1, self._last_tick)
        weight = np.clip(at - low, 0.0, 1.0)
        a, b = low % HISTORY_TICKS, high % HISTORY_TICKS
        w = weight if isinstance(columns, int) else weight[:, None]
        pa, pb = self._position[a][:, columns], self._position[b][:, columns]
        qa, qb = self._orientation[a][:, columns], self._orientation[b][:, columns]
        return pa + w[..., None] * (pb - pa), slerp(qa, qb, w)

    def scene(self, actors: list[Actor], start_s: float, end_s: float, key_times: int) -> Scene:
        """Static scenery first, then the parts of the actors."""
        times = np.linspace(start_s, end_s, key_times) if end_s > start_s else np.array([start_s])
        position, orientation = self.poses(slice(len(actors), None), times)
        t, s = len(times), len(self._static_position)
        all_position = np.empty((t, s + position.shape[1], 3))
        all_orientation = np.empty((t, s + position.shape[1], 4))
        all_position[:, :s], all_position[:, s:] = self._static_position, position
        all_orientation[:, :s], all_orientation[:, s:] = self._static_orientation, orientation
        moving = np.zeros(all_position.shape[1], np.bool_)
        if t > 1:
            moving[s:] = np.any(np.ptp(position, axis=0) > 1e-5, axis=-1) | np.any(
                np.ptp(orientation, axis=0) > 1e-6, axis=-1
            )
        lamps = np.zeros(all_position.shape[1], np.uint32)
        row = int(np.clip(round(end_s * TICK_HZ), self._last_tick - HISTORY_TICKS + 1, self._last_tick)) % HISTORY_TICKS
        lamps[s:] = np.repeat(self._lamps[row], self._parts_of)
        return Scene(
            meshes=self._meshes,
            mesh=self._mesh,
            label=self._label,
            semantic=self._semantic,
            lamps=lamps,
            times_s=times,
            position_w=all_position,
            orientation_w=all_orientation,
            moving=moving,
            environment=self._environment,
        )
