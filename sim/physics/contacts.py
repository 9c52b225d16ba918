"""Contacts between watched bodies, one record per touch.

Every tick the solver reports a force for each contact point; force times tick is the impulse it passed on, so a
record's impulse is the momentum exchanged between the two bodies (Newton's second law, exact in the discrete dynamics).
Ticks that follow one another are one touch; bodies that part for longer than `gap_ticks` and meet again start a new
one. Closing and relative speed are those of the two material points at the first contact, before the solver acted.
Left out: pressure and deformation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .client import TICK_S, Client

F64 = NDArray[np.float64]
_Vector = tuple[float, float, float]
_Motion = tuple[_Vector, _Vector, _Vector]
_POINT_A, _NORMAL_ON_B, _DISTANCE, _FORCE = 5, 7, 8, 9


@dataclass(frozen=True)
class Contact:
    """One touch of two actors, from the first to the last tick with contact points.

    Attributes:
        start_tick, end_tick: first and last tick, both included.
        actor_a, actor_b: names, in the order they were watched.
        link_a, link_b: names of the links that touched first.
        impulse_ns: sum of the normal forces over time [N s].
        tangential_ns: sum of the friction forces over time, as magnitudes per tick [N s].
        peak_force_n: largest total normal force in one tick [N].
        closing_speed_mps: speed at which the first points met, along the normal; not below 0.
        relative_speed_mps: the same without regard to direction; a car's speed when it grazes a standing person.
        position_w: where they first touched [m].
        normal_w: unit normal there, from b to a.

    """

    start_tick: int
    end_tick: int
    actor_a: str
    actor_b: str
    link_a: str
    link_b: str
    impulse_ns: float
    tangential_ns: float
    peak_force_n: float
    closing_speed_mps: float
    relative_speed_mps: float
    position_w: tuple[float, float, float]
    normal_w: tuple[float, float, float]


@dataclass
class _Touch:
    """A touch that may still go on."""

    start_tick: int
    last_tick: int
    link_a: int
    link_b: int
    closing_speed_mps: float
    relative_speed_mps: float
    position_w: F64
    normal_w: F64
    impulse_ns: float = 0.0
    tangential_ns: float = 0.0
    peak_force_n: float = 0.0


class ContactLog:
    """Collects the touches of watched bodies; call `update` once after every physics step."""

    def __init__(self, client: Client, *, gap_ticks: int = 24) -> None:
        self._client = client
        self._gap_ticks = gap_ticks
        self._names: dict[int, str] = {}
        self._moving: list[int] = []
        self._order: dict[int, int] = {}
        self._links: dict[int, dict[int, str]] = {}
        self._ignored: set[tuple[int, int]] = set()
        self._velocity: dict[int, list[_Motion]] = {}
        self._open: dict[tuple[int, int], _Touch] = {}
        self._closed: list[Contact] = []

    def watch(self, body: int, name: str, *, link_names: dict[int, str] | None = None) -> None:
        """Report contacts of `body` with every other watched body under this name.

        Args:
            body: PyBullet body id.
            name: of the actor.
            link_names: names by link index, the base is -1; links not named keep the name PyBullet knows.

        Raises:
            ValueError: when the body is watched already.

        """
        if body in self._names:
            raise ValueError(f"body {body} is watched already as {self._names[body]!r}, got {name!r}")
        self._order[body] = len(self._names)
        self._names[body] = name
        links = {-1: self._client.getBodyInfo(body)[0].decode()}
        for joint in range(self._client.getNumJoints(body)):
            links[joint] = self._client.getJointInfo(body, joint)[12].decode()
        self._links[body] = links | (link_names or {})
        self._velocity[body] = self._velocities(body)
        if self._client.getDynamicsInfo(body, -1)[0] > 0.0 or len(links) > 1:
            self._moving.append(body)

    def ignore(self, body_a: int, body_b: int) -> None:
        """Do not report this pair (feet on the ground, a robot's base on its table)."""
        self._ignored |= {(body_a, body_b), (body_b, body_a)}

    def update(self, tick: int) -> tuple[Contact, ...]:
        """Read the contacts of the step just made; return the touches that began in it, as known so far."""
        normal: dict[tuple[int, int], float] = {}
        tangential: dict[tuple[int, int], F64] = {}
        began: list[tuple[int, int]] = []
        for point in self._client.getContactPoints() or ():
            a, b = point[1], point[2]
            if a not in self._names or b not in self._names or (a, b) in self._ignored or point[_FORCE] <= 0.0:
                continue
            swap = self._order[a] > self._order[b]
            pair = (b, a) if swap else (a, b)
            touch = self._open.get(pair)
            if touch is None:
                touch = self._open[pair] = self._begin(tick, point, swap=swap)
                began.append(pair)
            touch.last_tick = tick
            normal[pair] = normal.get(pair, 0.0) + point[_FORCE]
            friction = point[10] * np.array(point[11]) + point[12] * np.array(point[13])
            tangential[pair] = tangential.get(pair, np.zeros(3)) + friction
        for pair, force in normal.items():
            touch = self._open[pair]
            touch.impulse_ns += force * TICK_S
            touch.tangential_ns += float(np.linalg.norm(tangential[pair])) * TICK_S
            touch.peak_force_n = max(touch.peak_force_n, force)
        for pair in [pair for pair, touch in self._open.items() if tick - touch.last_tick > self._gap_ticks]:
            self._closed.append(self._record(pair, self._open.pop(pair)))
        for body in self._moving:
            self._velocity[body] = self._velocities(body)
        return tuple(self._record(pair, self._open[pair]) for pair in sorted(began, key=self._rank))

    def contacts(self) -> tuple[Contact, ...]:
        """All touches so far, by start tick, then by the order the actors were watched; open ones as they stand."""
        known = self._closed + [self._record(pair, touch) for pair, touch in self._open.items()]
        rank = {name: i for i, name in enumerate(self._names.values())}
        return tuple(sorted(known, key=lambda c: (c.start_tick, rank[c.actor_a], rank[c.actor_b])))

    def _rank(self, pair: tuple[int, int]) -> tuple[int, int]:
        return self._order[pair[0]], self._order[pair[1]]

    def _begin(self, tick: int, point: tuple[object, ...], *, swap: bool) -> _Touch:
        body_a, body_b, link_a, link_b = (int(v) for v in point[1:5])  # type: ignore[call-overload]
        position = np.array(point[_POINT_A], float)
        normal = np.array(point[_NORMAL_ON_B], float)
        speed = self._point_velocity(body_b, link_b, position) - self._point_velocity(body_a, link_a, position)
        closing, relative = max(0.0, float(speed @ normal)), float(np.linalg.norm(speed))
        if swap:
            link_a, link_b, normal = link_b, link_a, -normal
        return _Touch(tick, tick, link_a, link_b, closing, relative, position, normal)

    def _point_velocity(self, body: int, link: int, position_w: F64) -> F64:
        """Velocity of the body's material at a point, as it was after the previous step."""
        centre, velocity, turning = self._velocity[body][link + 1]
        out: F64 = np.array(velocity) + np.cross(turning, position_w - np.array(centre))
        return out

    def _velocities(self, body: int) -> list[_Motion]:
        """Centre of mass, velocity and angular velocity of the base and of each link."""
        velocity, turning = self._client.getBaseVelocity(body)
        centre, _ = self._client.getBasePositionAndOrientation(body)
        out: list[_Motion] = [(centre, velocity, turning)]
        links = len(self._links[body]) - 1
        if links:
            states = self._client.getLinkStates(
                body, list(range(links)), computeLinkVelocity=1, computeForwardKinematics=1
            )
            out += [(state[0], state[6], state[7]) for state in states]
        return out

    def _record(self, pair: tuple[int, int], touch: _Touch) -> Contact:
        a, b = pair
        return Contact(
            touch.start_tick,
            touch.last_tick,
            self._names[a],
            self._names[b],
            self._links[a][touch.link_a],
            self._links[b][touch.link_b],
            touch.impulse_ns,
            touch.tangential_ns,
            touch.peak_force_n,
            touch.closing_speed_mps,
            touch.relative_speed_mps,
            (float(touch.position_w[0]), float(touch.position_w[1]), float(touch.position_w[2])),
            (float(touch.normal_w[0]), float(touch.normal_w[1]), float(touch.normal_w[2])),
        )
