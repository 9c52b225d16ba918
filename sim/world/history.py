"""Where everything visible was in the recent past: what scenes and sensor tracks are made of.

Every tick the boxes of the actors are noted, and the poses of their parts: those fixed to the box by one compiled
call for the whole world, loose ones (wheels, limbs, links) as the actor gives them. Between ticks positions are
interpolated linearly and rotations by slerp.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled, kernel
from ...renderers.scene import Environment, Lamp, Luminaire, Mesh, Scene
from ...renderers.transforms import blend, compose
from ..errors import CornercaseError
from ..physics.client import TICK_HZ
from ..physics.vehicle_kernel import HUBS, ORIENTATION, POSITION, VELOCITY
from .actor import Actor, Flock, PoseTable
from .assets.asset import Late
from .stages.stage import Stage

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
HISTORY_TICKS = 96
"""How far back poses are kept: 0.4 s."""
_LOOSE = HUBS.start
"""Column of a motion table where its loose parts begin: all positions, then all quaternions."""
SWITCH_TICKS = 4
"""Lamps are looked at 60 times a second, as often as controllers act."""


@dataclass(frozen=True)
class Place:
    """What a scene needs to know of its place at one moment.

    Attributes:
        environment: light, air and ground.
        luminaires: lamps that are lit.
        scenery_lamps: switches of the scenery's own lamps.

    """

    environment: Environment
    luminaires: tuple[Luminaire, ...] = ()
    scenery_lamps: Lamp = Lamp.NONE


@dataclass(frozen=True)
class _Herd:
    """Actors whose poses stand in one table: columns of the history, and where to find them there."""

    table: PoseTable
    boxes: I64
    rows: I64
    parts: I64
    part_rows: I64
    part_places: I64


class PoseHistory:
    """A ring of poses: one column per actor box and per visible part.

    Args:
        stage: its placements never move and come first in each scene.
        actors: all there will ever be, in their present state.

    """

    def __init__(self, stage: Stage, actors: list[Actor]) -> None:
        looks: dict[Mesh | Late, int] = {}
        mesh, semantic, label, poses = [], [], [], []
        for placement in stage.placements:
            for part in placement.asset.parts:
                mesh.append(looks.setdefault(part.look, len(looks)))
                semantic.append(int(placement.asset.semantic))
                label.append(0)
                poses.append((*placement.position_w, *placement.orientation_w, *part.position, *part.orientation))
        pose = np.array(poses, float).reshape(-1, 14)
        self._static_position, self._static_orientation = compose(
            (pose[:, :3], pose[:, 3:7]), (pose[:, 7:10], pose[:, 10:])
        )
        self._first_part: list[int] = []
        column = len(actors)
        for actor in actors:
            self._first_part.append(column)
            column += len(actor.parts)
            for part in actor.parts:
                mesh.append(looks.setdefault(part.look, len(looks)))
                semantic.append(int(actor.semantic))
                label.append(actor.id)
        self._looks = tuple(looks)
        self._mesh = np.array(mesh, np.int32)
        self._semantic = np.array(semantic, np.uint8)
        self._label = np.array(label, np.int32)
        self._position = np.zeros((HISTORY_TICKS, column, 3))
        self._orientation = np.zeros((HISTORY_TICKS, column, 4))
        self._velocity = np.zeros((HISTORY_TICKS, len(actors), 3))
        self._lamps = np.zeros((HISTORY_TICKS, len(actors)), np.uint32)
        self._parts_of = np.array([len(actor.parts) for actor in actors], np.int64)
        self._fixed = _fixed_parts(actors, self._first_part)
        self._loose = [_columns(a.loose_parts, first) for a, first in zip(actors, self._first_part, strict=True)]
        self._still = [k for k, actor in enumerate(actors) if actor.still]
        flocks = {k: flock for k, actor in enumerate(actors) if not actor.still and (flock := actor.flock) is not None}
        self._herds = _herds(flocks, self._first_part, [actor.loose_parts for actor in actors])
        self._moving = [(k, actor) for k, actor in enumerate(actors) if not actor.still and k not in flocks]
        self._lit = [(k, actor) for k, actor in enumerate(actors) if actor.switchable]
        for k in self._still:
            self._position[:, k], self._orientation[:, k] = actors[k].position_w, actors[k].orientation_w
        self._first_tick: int | None = None
        self._last_tick = 0

    @cached_property
    def _meshes(self) -> tuple[Mesh, ...]:
        """Everything there is to see, built for the first scene."""
        return tuple(look.mesh if isinstance(look, Late) else look for look in self._looks)

    def column(self, actors: list[Actor], actor: Actor, part: str) -> int:
        """Where the poses of an actor's box or part stand."""
        if not part:
            return actors.index(actor)
        names = [p.name for p in actor.parts]
        return self._first_part[actors.index(actor)] + names.index(part)

    def parts(self, actor: int) -> slice:
        """The columns of the parts of an actor, by its number."""
        first = self._first_part[actor]
        return slice(first, first + int(self._parts_of[actor]))

    def write(self, tick: int) -> None:
        """Record the state after a tick."""
        row = tick % HISTORY_TICKS
        position, orientation, velocity = self._position[row], self._orientation[row], self._velocity[row]
        for k, actor in self._moving:
            position[k], orientation[k], velocity[k] = actor.position_w, actor.orientation_w, actor.velocity_w
            loose = self._loose[k]
            if loose is not None:
                position[loose], orientation[loose] = actor.part_poses()
        for herd in self._herds:
            _copy(
                herd.table.motion, herd.boxes, herd.rows, herd.parts, herd.part_rows, herd.part_places,
                position, orientation, velocity,
            )  # fmt: skip
        lamps = self._lamps[row]
        if tick % SWITCH_TICKS and self._first_tick is not None:
            lamps[:] = self._lamps[self._last_tick % HISTORY_TICKS]
        else:
            for k, actor in self._lit:
                lamps[k] = actor.lamps
        _place(*self._fixed, position, orientation)
        self._first_tick = tick if self._first_tick is None else max(self._first_tick, tick - HISTORY_TICKS + 1)
        self._last_tick = tick

    def states(self, actors: int, time_s: float) -> tuple[F64, F64, F64]:
        """Poses and velocities of the actors' boxes at one instant."""
        tick = int(np.floor(time_s * TICK_HZ + 1e-9))
        row = tick % HISTORY_TICKS
        velocity = self._velocity[row].copy()
        if tick == self._last_tick and abs(time_s * TICK_HZ - tick) < 1e-9:
            return self._position[row, :actors].copy(), self._orientation[row, :actors].copy(), velocity
        position, orientation = self.poses(slice(0, actors), np.array([time_s]))
        return position[0], orientation[0], velocity

    def tick_times(self, start_s: float, end_s: float) -> F64:
        """The two ends of the interval and every tick between them [s]."""
        inner = np.arange(int(np.floor(start_s * TICK_HZ)) + 1, int(np.ceil(end_s * TICK_HZ))) / TICK_HZ
        if end_s <= start_s:
            return np.array([start_s])
        return np.concatenate([[start_s], inner[(inner > start_s) & (inner < end_s)], [end_s]])

    def poses(self, columns: slice, times_s: F64) -> tuple[F64, F64]:
        """Poses at the given times, interpolated between ticks: (T, n, 3) and (T, n, 4)."""
        first, end, _ = columns.indices(self._position.shape[1])
        position, orientation = np.empty((len(times_s), end - first, 3)), np.empty((len(times_s), end - first, 4))
        self._recall(first, end, times_s, position, orientation, 0)
        return position, orientation

    def _recall(self, first: int, end: int, times_s: F64, position: F64, orientation: F64, at: int) -> None:
        """Poses of columns from `first` up to `end` at the given times, in place from the second index `at` on."""
        assert self._first_tick is not None
        if times_s[0] * TICK_HZ < self._first_tick - 1e-6 or times_s[-1] * TICK_HZ > self._last_tick + 1e-6:
            raise CornercaseError(
                f"poses are kept from {self._first_tick / TICK_HZ:.3f} s to {self._last_tick / TICK_HZ:.3f} s, "
                f"asked for {times_s[0]:.3f} s to {times_s[-1]:.3f} s"
            )
        _recall(
            self._position.reshape(-1, 3), self._orientation.reshape(-1, 4), self._position.shape[1], first, end,
            self._first_tick, self._last_tick, times_s, position.reshape(-1, 3), orientation.reshape(-1, 4),
            position.shape[1], at,
        )  # fmt: skip

    def scene(self, actors: list[Actor], start_s: float, end_s: float, key_times: int, place: Place) -> Scene:
        """Static scenery first, then the parts of the actors."""
        times = np.linspace(start_s, end_s, key_times) if end_s > start_s else np.array([start_s])
        s, first, end = len(self._static_position), len(actors), self._position.shape[1]
        all_position, all_orientation = (np.empty((len(times), s + end - first, width)) for width in (3, 4))
        all_position[:, :s], all_orientation[:, :s] = self._static_position, self._static_orientation
        self._recall(first, end, times, all_position, all_orientation, s)
        moving = np.zeros(all_position.shape[1], np.bool_)
        _moves(all_position, all_orientation, s, moving)
        lamps = np.full(all_position.shape[1], int(place.scenery_lamps), np.uint32)
        row = min(max(round(end_s * TICK_HZ), self._last_tick - HISTORY_TICKS + 1), self._last_tick) % HISTORY_TICKS
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
            environment=place.environment,
            luminaires=place.luminaires,
        )


def _columns(parts: tuple[int, ...], first: int) -> slice | NDArray[np.int64] | None:
    """Columns of some parts, as a slice where they are neighbours: writing through it is many times faster."""
    if not parts:
        return None
    if parts == tuple(range(parts[0], parts[0] + len(parts))):
        return slice(first + parts[0], first + parts[0] + len(parts))
    return np.array(parts, np.int64) + first


def _herds(flocks: dict[int, Flock], first_part: list[int], loose: list[tuple[int, ...]]) -> list[_Herd]:
    """All actors of one table together; `flocks` by the number of the actor."""
    tables: dict[int, list[int]] = {}
    for k, flock in flocks.items():
        tables.setdefault(id(flock.table), []).append(k)
    out = []
    for members in tables.values():
        wheels = [
            (first_part[k] + part, flocks[k].row, place)
            for k in members
            for part, place in zip(loose[k], flocks[k].loose, strict=True)
        ]
        parts, part_rows, places = np.array(wheels, np.int64).reshape(-1, 3).T
        boxes, rows = np.array(members, np.int64), np.array([flocks[k].row for k in members], np.int64)
        out.append(_Herd(flocks[members[0]].table, boxes, rows, parts, part_rows, places))
    return out


def _fixed_parts(actors: list[Actor], first_part: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int64], F64, F64]:
    """Column, column of the box, and rest pose in the box of every part that keeps one."""
    column, box, position, orientation = [], [], [], []
    for k, (actor, first) in enumerate(zip(actors, first_part, strict=True)):
        loose = set(actor.loose_parts)
        for i, part in enumerate(actor.parts):
            if i not in loose:
                column.append(first + i)
                box.append(k)
                position.append(part.position)
                orientation.append(part.orientation)
    rest = np.array(position, float).reshape(-1, 3), np.array(orientation, float).reshape(-1, 4)
    return np.array(column, np.int64), np.array(box, np.int64), *rest


@compiled
def _copy(motion, boxes, rows, parts, part_rows, places, position, orientation, velocity):  # type: ignore[no-untyped-def]
    """The poses of a herd from its table, in place."""
    for i in range(len(boxes)):
        k, row = boxes[i], motion[rows[i]]
        position[k], orientation[k], velocity[k] = row[POSITION], row[ORIENTATION], row[VELOCITY]
    loose = (motion.shape[1] - _LOOSE) // 7
    for i in range(len(parts)):
        k, row = parts[i], motion[part_rows[i]]
        at, turn = _LOOSE + 3 * places[i], _LOOSE + 3 * loose + 4 * places[i]
        position[k], orientation[k] = row[at : at + 3], row[turn : turn + 4]


@kernel
def _recall(  # type: ignore[no-untyped-def]
    ring_position, ring_orientation, columns, first, end, first_tick, last_tick, times_s, position, orientation, n, at
):
    """Interpolate between ticks, from a ring with `columns` columns to rows of `n` from place `at` on, in place."""
    for t in range(len(times_s)):
        when = times_s[t] * TICK_HZ
        low = min(max(int(np.floor(when + 1e-9)), first_tick), last_tick)
        share = min(max(when - low, 0.0), 1.0)
        a, b = low % HISTORY_TICKS * columns, min(low + 1, last_tick) % HISTORY_TICKS * columns
        for k in range(first, end):
            blend(ring_position, ring_orientation, a + k, b + k, share, position, orientation, t * n + at + k - first)


@kernel
def _moves(position, orientation, first, moving):  # type: ignore[no-untyped-def]
    """Which poses from the second index `first` on differ between key times by more than rounding, in place."""
    for k in range(first, position.shape[1]):
        for poses, least in ((position, 1e-5), (orientation, 1e-6)):
            for c in range(poses.shape[2]):
                low = high = poses[0, k, c]
                for t in range(1, len(poses)):
                    low, high = min(low, poses[t, k, c]), max(high, poses[t, k, c])
                moving[k] |= high - low > least


@compiled
def _place(column, box, rest_position, rest_orientation, position, orientation):  # type: ignore[no-untyped-def]
    """The poses of parts from those of their boxes, in place: parent after rest, as `transforms.compose`."""
    for k in range(len(column)):
        x, y, z, w = orientation[box[k]]
        a, b, c = rest_position[k]
        tx, ty, tz = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
        position[column[k], 0] = position[box[k], 0] + (a + w * tx + y * tz - z * ty)
        position[column[k], 1] = position[box[k], 1] + (b + w * ty + z * tx - x * tz)
        position[column[k], 2] = position[box[k], 2] + (c + w * tz + x * ty - y * tx)
        i, j, l, r = rest_orientation[k]  # noqa: E741
        orientation[column[k], 0] = w * i + x * r + y * l - z * j
        orientation[column[k], 1] = w * j - x * l + y * r + z * i
        orientation[column[k], 2] = w * l + x * j - y * i + z * r
        orientation[column[k], 3] = w * r - x * i - y * j - z * l
