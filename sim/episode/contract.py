"""What a scenario promises, checked by playing it without sensors: `cornercase check`, and the test of the catalogue.

It repeats bit by bit, starts differently with every seed, keeps its phases in order and in agreement with the log of
the physics, lets the rare event really happen in most draws, and ends in time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .config import EpisodeConfig, ScenarioConfig
from .loop import Episode, Update
from .records import Conclusion, EventRecord

LEAST_SHARE = 0.8
"""Part of all default draws in which the event must occur."""
LONGEST_S = 15.0
MOST_ACTORS = 80
_STORY = ("onset", "last_avoidable", "contact")


@dataclass(frozen=True)
class Draw:
    """One episode.

    Attributes:
        number: of the episode.
        conclusion: how it ended.
        phases: when each began [s].
        events: all that was logged.
        trace: positions of all actors at all steps, as bytes.
        actors: how many.
        duration_s, wall_s: simulated and real time, without building the world.

    """

    number: int
    conclusion: Conclusion
    phases: dict[str, float]
    events: tuple[EventRecord, ...]
    trace: bytes
    actors: int
    duration_s: float
    wall_s: float


def draw(name: str, *, driver: str = "", seed: int = 0, number: int = 0, plugins: tuple[str, ...] = ()) -> Draw:
    """Play one episode without sensors.

    Raises:
        ConfigError: no such scenario or driver.

    """
    config = EpisodeConfig(ScenarioConfig(name, driver), plugins=list(plugins))
    with Episode(config, seed=seed, number=number) as episode:
        begun = time.perf_counter()
        updates: list[Update] = [episode.start()]
        while not (updates[-1].step.terminated or updates[-1].step.truncated):
            updates.append(episode.advance())
        spent = time.perf_counter() - begun
        scenario = episode.scenario
        return Draw(
            number=number,
            conclusion=scenario.conclusion(),
            phases={name: phase.time_ns / 1e9 for name, phase in scenario.phases.items()},
            events=tuple(scenario.events),
            trace=b"".join(np.ascontiguousarray(update.step.actors_position).tobytes() for update in updates),
            actors=len(scenario.world.actors),
            duration_s=scenario.world.time_s,
            wall_s=spent,
        )


def complaints(draws: list[Draw], again: Draw) -> list[str]:
    """What a scenario does not keep, one sentence each; none if all is well.

    Args:
        draws: episodes of one seed, by number.
        again: the first of them, played once more.

    """
    found = []
    first = draws[0]
    if again.trace != first.trace or again.events != first.events:
        found.append(f"episode {first.number} played twice gives two traces")
    if len(draws) > 1 and len({one.trace for one in draws}) == 1:
        found.append("every episode begins and runs the same")
    occurred = sum(one.conclusion.occurred for one in draws)
    if occurred < LEAST_SHARE * len(draws):
        found.append(f"the event occurs in {occurred} of {len(draws)} draws, expected {LEAST_SHARE:.0%} or more")
    for one in draws:
        found += [f"episode {one.number}: {text}" for text in _story_complaints(one)]
    return found


def _story_complaints(one: Draw) -> list[str]:
    """What is wrong with the phases and the size of one episode."""
    found = []
    told = [(name, one.phases[name]) for name in _STORY if name in one.phases]
    for (before, a), (after, b) in pairwise(told):
        if a > b:
            found.append(f"phase {before} begins at {a:.2f} s, after {after} at {b:.2f} s")
    if "onset" not in one.phases and one.conclusion.occurred:
        found.append("the event occurred without an onset")
    touches = [event.time_ns / 1e9 for event in one.events if event.kind == "contact"]
    if "contact" in one.phases and one.phases["contact"] not in touches:
        found.append(f"phase contact at {one.phases['contact']:.2f} s without a contact in the log")
    if "escape" in one.phases and one.phases.get("contact", np.inf) < one.phases["escape"]:
        found.append("phase escape after the contact")
    if one.duration_s > LONGEST_S:
        found.append(f"lasts {one.duration_s:.1f} s, expected {LONGEST_S:g} at most")
    if one.actors > MOST_ACTORS:
        found.append(f"has {one.actors} actors, expected {MOST_ACTORS} at most")
    return found
