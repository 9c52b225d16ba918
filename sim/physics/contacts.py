"""Contacts between watched bodies, one record per touch.

Every tick the solver reports a force for each contact point; force times tick is the impulse it passed on, so a
record's impulse is the momentum exchanged between the two bodies (Newton's second law, exact in the discrete dynamics).
Ticks that follow one another are one touch; bodies that part for longer than `gap_ticks` and meet again start a new
one. Closing and relative speed are those of the two material points at the first contact, before the solver acted.
Left out: pressure and deformation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import hypot

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from .client import TICK_S, Client

F64 = NDArray[np.float64]
_Vector = tuple[float, float, float]
_Motion = tuple[_Vector, _Vector, _Vector]
_NEAR_M = 0.5
"""Links are followed while their body is this near another: more than any two bodies close in by within a tick."""
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
        self._linked: list[int] = []  # those of them with links
        self._order: dict[int, int] = {}
        self._links: dict[int, dict[int, str]] = {}
        self._ignored: set[tuple[int, int]] = set()
        self._velocity: dict[int, list[_Motion]] = {}
        self._reaches_m: dict[int, float] = {}
        self._passes_fixed: dict[int, Callable[[], bool] | None] = {}
        self._motion: dict[int, Callable[[], _Motion]] = {}
        self._boxes = np.empty((0, 6))  # what each watched body can reach: low and high corners
        self._fixed = np.empty(0, np.bool_)
        self._open: dict[tuple[int, int], _Touch] = {}
        self._closed: list[Contact] = []

    def watch(
        self,
        body: int,
        name: str,
        *,
        link_names: dict[int, str] | None = None,
        passes_fixed: Callable[[], bool] | None = None,
        motion: Callable[[], _Motion] | None = None,
    ) -> None:
        """Report contacts of `body` with every other watched body under this name.

        Args:
            body: PyBullet body id.
            name: of the actor.
            link_names: names by link index, the base is -1; links not named keep the name PyBullet knows.
            passes_fixed: whether collision filters let the body pass through everything fixed at present, so that its
                links need not be followed there; may turn false only while something that moves touches the body.
            motion: centre of mass, velocity and angular velocity of the base after the last step, from whoever has
                read them already; without it PyBullet is asked.

        Raises:
            ValueError: when the body is watched already.

        """
        if body in self._names:
            raise ValueError(f"body {body} is watched already as {self._names[body]!r}, got {name!r}")
        self._order[body] = len(self._names)
        self._motion[body] = motion or partial(self._base_motion, body)
        self._names[body] = name
        links = {-1: self._client.getBodyInfo(body)[0].decode()}
        for joint in range(self._client.getNumJoints(body)):
            links[joint] = self._client.getJointInfo(body, joint)[12].decode()
        self._links[body] = links | (link_names or {})
        self._velocity[body] = [self._base_motion(body), *self._link_motions(body)]
        low, high = self._client.getAABB(body, -1)
        moves = self._client.getDynamicsInfo(body, -1)[0] > 0.0 or len(links) > 1
        if moves:
            self._moving.append(body)
            if len(links) > 1:
                self._linked.append(body)
            self._passes_fixed[body] = passes_fixed
            reach = self._reach(body)
            centre = self._velocity[body][0][0]
            low, high = [c - reach for c in centre], [c + reach for c in centre]
            self._reaches_m[body] = reach
        self._boxes = np.append(self._boxes, [[*low, *high]], axis=0)
        self._fixed = np.append(self._fixed, not moves)

    @property
    def reaches_m(self) -> dict[int, float]:
        """Upper bound of how far any point of a moving body is from the centre of mass of its base [m], by body."""
        return dict(self._reaches_m)

    def ignore(self, body_a: int, body_b: int) -> None:
        """Do not report this pair (feet on the ground, a robot's base on its table)."""
        self._ignored |= {(body_a, body_b), (body_b, body_a)}

    def update(self, tick: int) -> tuple[Contact, ...]:
        """Read the contacts of the step just made; return the touches that began in it, as known so far."""
        points = self._client.getContactPoints() or ()
        if not points and not self._open:
            self._follow()
            return ()
        normal: dict[tuple[int, int], float] = {}
        tangential: dict[tuple[int, int], _Vector] = {}
        began: list[tuple[int, int]] = []
        for point in points:
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
            # in plain numbers: a full table has a hundred points in every tick
            (ax, ay, az), (bx, by, bz) = point[11], point[13]
            f, g = point[10], point[12]
            x, y, z = tangential.get(pair, (0.0, 0.0, 0.0))
            tangential[pair] = (x + f * ax + g * bx, y + f * ay + g * by, z + f * az + g * bz)
        for pair, force in normal.items():
            touch = self._open[pair]
            touch.impulse_ns += force * TICK_S
            touch.tangential_ns += hypot(*tangential[pair]) * TICK_S
            touch.peak_force_n = max(touch.peak_force_n, force)
        for pair in [pair for pair, touch in self._open.items() if tick - touch.last_tick > self._gap_ticks]:
            self._closed.append(self._record(pair, self._open.pop(pair)))
        self._follow()
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

    def _follow(self) -> None:
        """Read the motion of moving bodies; that of links only where the body may touch another in the next tick."""
        boxes = self._boxes
        for body in self._moving:
            base = self._velocity[body][0] = self._motion[body]()
            if self._linked:
                (x, y, z), reach = base[0], self._reaches_m[body]
                boxes[self._order[body]] = x - reach, y - reach, z - reach, x + reach, y + reach, z + reach
        for body in self._linked:
            passes = self._passes_fixed[body]
            passing = passes is not None and passes()
            if _near_another(boxes, self._fixed, self._order[body], _NEAR_M, passing):
                self._velocity[body][1:] = self._link_motions(body)

    def _reach(self, body: int) -> float:
        """Upper bound of the distance of any point of a body from the centre of mass of its base, in any posture."""
        client, reaches, far = self._client, [0.0], 0.0
        for link, (centre, _, _) in enumerate(self._velocity[body], start=-1):
            if link >= 0:
                joint = client.getJointInfo(body, link)
                arm = np.linalg.norm(joint[14]) + np.linalg.norm(client.getDynamicsInfo(body, link)[3])
                travel = max(0.0, joint[9] - joint[8], abs(joint[8]), abs(joint[9])) if joint[2] == 1 else 0.0
                reaches.append(reaches[joint[16] + 1] + float(arm) + travel)
            corners = np.abs(np.array(client.getAABB(body, link)) - centre).max(axis=0)
            far = max(far, reaches[-1] + float(np.linalg.norm(corners)))
        return far

    def _base_motion(self, body: int) -> _Motion:
        """Centre of mass, velocity and angular velocity of the base."""
        velocity, turning = self._client.getBaseVelocity(body)
        centre, _ = self._client.getBasePositionAndOrientation(body)
        return centre, velocity, turning

    def _link_motions(self, body: int) -> list[_Motion]:
        """The same of each link."""
        links = list(range(len(self._links[body]) - 1))
        if not links:
            return []
        states = self._client.getLinkStates(body, links, computeLinkVelocity=1, computeForwardKinematics=1)
        return [(state[0], state[6], state[7]) for state in states]

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


@compiled
def _near_another(boxes: F64, fixed: NDArray[np.bool_], row: int, distance: float, passing: bool) -> bool:
    """Whether one of (N, 6) boxes is within a distance of another along every axis; if `passing`, of one not fixed."""
    for k in range(len(boxes)):
        apart = k == row or (passing and fixed[k])
        for axis in range(3):
            apart |= boxes[k, axis] > boxes[row, axis + 3] + distance
            apart |= boxes[row, axis] > boxes[k, axis + 3] + distance
        if not apart:
            return True
    return False
