"""Plans of traffic lights: which group shows what, as a pure function of time.

A group is a stream that is told one thing: the vehicles that enter by one arm ("south"), or the people who cross that
arm ("south/walk"). A plan is a cycle of phases; between two phases amber, then red for all while the junction clears,
the last second of it red and amber for those who go next (as in Germany and Britain). People have no amber: their
green ends early instead. A plan refuses phases whose groups conflict, so a sound plan never gives green to both.
What goes wrong is laid over it: faults (dark, flashing, stuck, or contradictory lamps) and the pre-emption by an
emergency vehicle. Left out: detectors and actuated control.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntFlag
from functools import cached_property
from math import inf
from types import MappingProxyType

from ..errors import nearest

Conflicts = frozenset[frozenset[str]]
FLASH_HZ = 1.0


class Aspect(IntFlag):
    """The lamps of a signal that are lit; `RED | GREEN` is a contradiction that only a fault shows."""

    DARK = 0
    RED = 1
    AMBER = 2
    RED_AMBER = 3
    GREEN = 4


FAULTS: Mapping[str, tuple[Aspect, Aspect]] = MappingProxyType(
    {
        "dark": (Aspect.DARK, Aspect.DARK),
        "flashing": (Aspect.AMBER, Aspect.DARK),
        "stuck_red": (Aspect.RED, Aspect.RED),
        "stuck_green": (Aspect.GREEN, Aspect.GREEN),
        "contradictory": (Aspect.RED | Aspect.GREEN, Aspect.RED | Aspect.GREEN),
    }
)
"""What a faulty signal shows in the first and in the second half of every second."""


@dataclass(frozen=True)
class Fault:
    """A signal that shows what no plan asks for.

    Attributes:
        kind: one of `FAULTS`.
        group: whose signals, "*" for all.
        from_s, until_s: when.

    """

    kind: str
    group: str = "*"
    from_s: float = -inf
    until_s: float = inf

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"unknown signal fault {self.kind!r}; {nearest(self.kind, FAULTS)}")

    def shows(self, time_s: float) -> Aspect:
        """What is lit."""
        return FAULTS[self.kind][int(time_s * FLASH_HZ % 1.0 >= 0.5)]


@dataclass(frozen=True)
class Phase:
    """A part of the cycle.

    Attributes:
        groups: vehicle groups that have green.
        green_s: for how long.
        walks: groups of people who have green with them.
        walk_s: for how long, at most `green_s`; what is left is for clearing the crossing.

    """

    groups: tuple[str, ...]
    green_s: float
    walks: tuple[str, ...] = ()
    walk_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.walk_s <= self.green_s or not self.green_s > 0.0:
            raise ValueError(
                f"phase has green_s {self.green_s} and walk_s {self.walk_s}, expected 0 <= walk_s <= green_s"
            )


@dataclass(frozen=True)
class Preemption:
    """An emergency vehicle asks for green: all others go to red, `groups` get green as soon as the junction is clear.

    Attributes:
        groups: vehicle groups that get green.
        at_s: when it is asked for.
        green_s: how long it is held; then the plan starts anew with its first phase.

    """

    groups: tuple[str, ...]
    at_s: float
    green_s: float = 12.0


@dataclass(frozen=True)
class SignalPlan:
    """A fixed-time plan.

    Attributes:
        phases: of one cycle, in order.
        conflicts: pairs of groups that must never have green together.
        amber_s, all_red_s, red_amber_s: times between phases; red and amber is the end of the time of red for all.
        offset_s: when the first phase begins; the cycle runs before and after it.
        faults: later ones win.
        preemption: or None.

    Raises:
        ValueError: a phase or a pre-emption gives green to groups in conflict, or times that make no cycle.

    """

    phases: tuple[Phase, ...]
    conflicts: Conflicts = frozenset()
    amber_s: float = 3.0
    all_red_s: float = 2.0
    red_amber_s: float = 1.0
    offset_s: float = 0.0
    faults: tuple[Fault, ...] = field(default=())
    preemption: Preemption | None = None

    def __post_init__(self) -> None:
        if not self.phases:
            raise ValueError("a signal plan has no phases, expected at least one")
        if not 0.0 <= self.red_amber_s <= self.all_red_s or not self.amber_s > 0.0:
            raise ValueError(
                f"signal plan has amber_s {self.amber_s}, all_red_s {self.all_red_s} and red_amber_s "
                f"{self.red_amber_s}, expected amber_s > 0 and 0 <= red_amber_s <= all_red_s"
            )
        together = [(*phase.groups, *phase.walks) for phase in self.phases]
        if self.preemption is not None:
            together.append(self.preemption.groups)
        for groups in together:
            for pair in self.conflicts:
                if pair <= set(groups):
                    raise ValueError(f"signal groups {' and '.join(sorted(pair))} conflict, but share a phase")
        for asked in (*(f.group for f in self.faults if f.group != "*"), *together[-1]):
            self._known(asked)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """All groups, in the order of the phases."""
        return tuple(dict.fromkeys(g for phase in self.phases for g in (*phase.groups, *phase.walks)))

    @cached_property
    def cycle_s(self) -> float:
        """Length of the cycle."""
        return sum(phase.green_s + self.amber_s + self.all_red_s for phase in self.phases)

    def state(self, group: str, time_s: float) -> Aspect:
        """What the signals of a group show at a time."""
        self._known(group)
        for fault in reversed(self.faults):
            if fault.group in ("*", group) and fault.from_s <= time_s < fault.until_s:
                return fault.shows(time_s)
        if self.preemption is not None and time_s >= self.preemption.at_s:
            return self._preempted(group, time_s, self.preemption)
        return self._planned(group, time_s)

    def permits(self, group: str, time_s: float) -> bool:
        """Whether a group sees green and nothing else."""
        return self.state(group, time_s) == Aspect.GREEN

    def starting(self, group: str, time_s: float) -> SignalPlan:
        """The same plan moved in time so that a green of `group` begins at `time_s`."""
        return replace(self, offset_s=time_s - self._green(group)[0])

    def ending(self, group: str, time_s: float) -> SignalPlan:
        """The same plan moved in time so that a green of `group` ends at `time_s`."""
        return replace(self, offset_s=time_s - self._green(group)[1])

    def _green(self, group: str) -> tuple[float, float]:
        """Begin and end of the group's first green within the cycle."""
        self._known(group)
        clock = 0.0
        for phase in self.phases:
            if group in phase.groups:
                return clock, clock + phase.green_s
            if group in phase.walks:
                return clock, clock + phase.walk_s
            clock += phase.green_s + self.amber_s + self.all_red_s
        raise AssertionError(group)

    def _planned(self, group: str, time_s: float) -> Aspect:
        clock = (time_s - self.offset_s) % self.cycle_s
        for k, phase in enumerate(self.phases):
            length = phase.green_s + self.amber_s + self.all_red_s
            if clock < length:
                return self._within(group, phase, self.phases[(k + 1) % len(self.phases)], clock)
            clock -= length
        return self._within(group, self.phases[-1], self.phases[0], length)  # the modulo rounded up

    def _within(self, group: str, phase: Phase, following: Phase, clock: float) -> Aspect:
        if group in phase.walks and clock < phase.walk_s:
            return Aspect.GREEN
        runs = group in phase.groups
        if runs and (clock < phase.green_s or group in following.groups):
            return Aspect.GREEN
        if runs and clock < phase.green_s + self.amber_s:
            return Aspect.AMBER
        soon = clock >= phase.green_s + self.amber_s + self.all_red_s - self.red_amber_s
        return Aspect.RED_AMBER if soon and group in following.groups else Aspect.RED

    def _preempted(self, group: str, time_s: float, asked: Preemption) -> Aspect:
        clear = asked.at_s + self.amber_s + self.all_red_s
        end = clear + asked.green_s
        anew = end + self.amber_s + self.all_red_s
        before = self._planned(group, asked.at_s)
        wanted, vehicles = group in asked.groups, not group.endswith("/walk")
        if time_s >= anew:
            return replace(self, offset_s=anew)._planned(group, time_s)
        if time_s >= end:
            if wanted and time_s < end + self.amber_s:
                return Aspect.AMBER
            soon = time_s >= anew - self.red_amber_s and group in self.phases[0].groups
            return Aspect.RED_AMBER if soon else Aspect.RED
        if wanted and (time_s >= clear or before == Aspect.GREEN):
            return Aspect.GREEN
        if time_s < asked.at_s + self.amber_s and vehicles:
            if before == Aspect.GREEN:
                return Aspect.AMBER
            if before == Aspect.AMBER and self._planned(group, time_s) == Aspect.AMBER:
                return Aspect.AMBER
        return Aspect.RED_AMBER if wanted and time_s >= clear - self.red_amber_s else Aspect.RED

    def _known(self, group: str) -> None:
        if group not in self.groups:
            raise ValueError(f"unknown signal group {group!r}; {nearest(group, self.groups)}")


ARMS = ("south", "east", "north", "west")
"""The arms of a junction, in the order in which one drives past them around its middle."""


def crossing_conflicts(arms: tuple[str, ...] = ARMS) -> Conflicts:
    """Groups of a four-arm junction that must never have green together.

    Vehicles of neighbouring arms, and people crossing an arm with the vehicles that enter by it or come straight out
    of it. Turning vehicles give way to oncoming ones and to people, as under ordinary two-phase signals, so these
    pairs are not in it.
    """
    pairs = []
    for k, arm in enumerate(arms):
        pairs.append({arm, arms[(k + 1) % 4]})
        pairs.append({f"{arm}/walk", arm})
        pairs.append({f"{arm}/walk", arms[(k + 2) % 4]})
    return frozenset(frozenset(pair) for pair in pairs)


def two_phases(
    *, green_s: tuple[float, float] = (18.0, 14.0), clearing_s: float = 7.0, offset_s: float = 0.0
) -> SignalPlan:
    """South and north together, then east and west; people walk along with them.

    Args:
        green_s: of the two phases.
        clearing_s: people's green ends this long before that of the vehicles (7 m at 1 m/s).
        offset_s: when south and north get green.

    """
    first, second = green_s
    return SignalPlan(
        (
            Phase(("south", "north"), first, ("east/walk", "west/walk"), max(first - clearing_s, 0.0)),
            Phase(("east", "west"), second, ("south/walk", "north/walk"), max(second - clearing_s, 0.0)),
        ),
        crossing_conflicts(),
        offset_s=offset_s,
    )


def one_arm_at_a_time(*, green_s: float = 10.0, walk_s: float = 8.0, offset_s: float = 0.0) -> SignalPlan:
    """Every arm alone, so that nobody turns across oncoming traffic, then all people at once."""
    phases = [Phase((arm,), green_s) for arm in ARMS]
    walks = tuple(f"{arm}/walk" for arm in ARMS)
    return SignalPlan((*phases, Phase((), walk_s + 5.0, walks, walk_s)), crossing_conflicts(), offset_s=offset_s)
