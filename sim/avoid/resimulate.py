"""Play a stored episode again, without sensors, with another driver or with a control that takes over on the way.

The same seed, number, parameters, weather and plugins make the same world; only the ego differs, and only from where it
decides differently.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ..episode.config import EpisodeSpec
from ..episode.loop import CONTROL_HZ, STEP_TICKS, Episode
from ..episode.scenario import Scenario, find
from ..physics.client import TICK_HZ
from .controls import Control, Seen, family

STEP_NS = 1_000_000_000 // CONTROL_HZ
_AFTERMATH_S = 0.5
"""How long a run goes on after harm is done or the scenario says it is over."""
_STANDING_S, _STANDING_MPS = 1.0, 0.05
_PAST_S = 1.0
"""How long after the harm of the baseline an ego that stands is out of danger."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        harm: in the scenario's own unit, 0 if nothing was lost.
        harm_ns: when harm began, None if it did not.
        result: collision, near_miss or nothing.
        onset_ns: when the event began, None if it did not.

    """

    harm: float
    harm_ns: int | None
    result: str
    onset_ns: int | None


def baseline_driver(kind: type[Scenario]) -> str:
    """Who drives where nobody reacts: "none" where there is that driver, else the reference controller of a robot."""
    return "none" if "none" in kind.drivers else kind.drivers[0]


def rebuild(spec: EpisodeSpec, driver: str = "") -> Episode:
    """The episode at time 0, without sensors; close it when done.

    Args:
        spec: of the stored episode.
        driver: of the ego; "" is the baseline's.

    """
    driver = driver or baseline_driver(find(spec.config.scenario.name, tuple(spec.config.plugins)))
    scenario = dataclasses.replace(spec.config.scenario, driver=driver)
    config = dataclasses.replace(spec.config, scenario=scenario, sensors={})
    episode = Episode(config, seed=spec.seed, number=spec.episode)
    episode.start()
    return episode


def step_at(time_ns: int) -> int:
    """First control step at or after a time."""
    return -(-time_ns // STEP_NS)


def go_on(episode: Episode, steps: int) -> None:
    """Let the driver drive for some control steps."""
    scenario = episode.scenario
    for _ in range(steps):
        scenario.act(None)
        for _ in range(STEP_TICKS):
            scenario.advance()


def play(episode: Episode, control: Control | None = None, *, past_ns: int = 0) -> Outcome:
    """Play on to the end.

    The end is that of the episode, or half a second after harm is done or the scenario is over; an ego on wheels under
    a control is also done when it has stood for 1 s, a second or more after `past_ns`.

    Args:
        episode: at a control step; at its end afterwards.
        control: takes over now; None leaves the driver in charge.
        past_ns: when the danger is past, the moment of harm in the baseline.

    """
    scenario, world, begin = episode.scenario, episode.scenario.world, episode.scenario.world.tick
    scenario.act(None)
    asked = scenario.asked()
    settles = control is not None and family(scenario.action_names).settles
    harm_ns: int | None = None
    over = standing = 0
    while world.time_s < episode.duration_s - 1e-9 and over < _AFTERMATH_S * CONTROL_HZ:
        if control is not None:
            scenario.act(control.action(Seen((world.tick - begin) / TICK_HZ, scenario.observe(), asked)))
        for _ in range(STEP_TICKS):
            scenario.advance()
            if harm_ns is None and scenario.harm() > 0.0:
                harm_ns = world.time_ns
        over += harm_ns is not None or scenario.terminated()
        standing = standing + 1 if float(np.linalg.norm(scenario.ego.velocity_w)) < _STANDING_MPS else 0
        past = world.time_ns >= past_ns + _PAST_S * 1e9
        if settles and past and standing >= _STANDING_S * CONTROL_HZ:
            break
    onset = scenario.phases.get("onset")
    return Outcome(float(scenario.harm()), harm_ns, scenario.result(), None if onset is None else onset.time_ns)


def play_from(spec: EpisodeSpec, control: Control, step: int, *, past_ns: int) -> Outcome:
    """The whole story from the seed: nobody reacts until a control step, then the control takes over."""
    with rebuild(spec) as episode:
        go_on(episode, step)
        return play(episode, control, past_ns=past_ns)
