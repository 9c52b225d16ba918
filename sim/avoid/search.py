"""Could it have been avoided, and until when: the search over controls and moments for one episode.

The question is always the same: what if nobody had reacted until t, and then the ego had done this? The world is built
once and led to the first moment to act; every attempt is played in a copy of the process (see `fork`). For each control
the latest step that still avoids is found by bisection between a step that avoids and one that does not, so both sides
of the answer have been played; that a control avoids at each step before is not assumed and not needed. Where acting
at once fails, a grid of half seconds is tried, because it may be the haste that harms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

from ..episode.config import EpisodeSpec
from ..episode.loop import Episode
from ..episode.scenario import find
from ..errors import ConfigError, nearest
from ..world.memo import remembering
from .controls import Control, family
from .fork import in_copy
from .resimulate import STEP_NS, Outcome, baseline_driver, go_on, play, rebuild, step_at
from .verdict import MITIGATED, Baseline, Proof, Tried, Verdict

SINCE = ("visible", "onset", "start")
"""What counts as the first moment to act; the first is the default."""
REFERENCES = ("idm", "aeb", "careful", "fsm", "rss", "reg157", "navigate")
"""Reference drivers whose way through the episode is reported, where the scenario has them."""
_GRID = 5


def investigate(
    spec: EpisodeSpec,
    *,
    since: str = SINCE[0],
    visible_ns: int | None = None,
    controls: Sequence[Control] | None = None,
    references: Sequence[str] = REFERENCES,
) -> Verdict:
    """Find the verdict on one episode.

    Args:
        spec: of the stored episode.
        since: first moment to act: "start" of the episode, "onset" of the event in the baseline, or "visible", the
            first sight of the hazard if that is later than the onset.
        visible_ns: first sight of the hazard in the stored episode, None if no sensor saw it or there is none.
        controls: what is tried, the preferred first; None is all that fit the ego.
        references: drivers whose way through the episode is told, as far as the scenario has them.

    Raises:
        ConfigError: `since` is no such word, or the scenario's actions have no controls.

    """
    if since not in SINCE:
        raise ConfigError(f"since is '{since}': {nearest(since, SINCE)}")
    with remembering():
        return _Search(spec, since, visible_ns, controls, references).verdict()


class _Search:
    """The search for one episode."""

    def __init__(
        self,
        spec: EpisodeSpec,
        since: str,
        visible_ns: int | None,
        controls: Sequence[Control] | None,
        references: Sequence[str],
    ) -> None:
        self._spec, self._since, self._visible_ns = spec, since, visible_ns
        self._kind = find(spec.config.scenario.name, tuple(spec.config.plugins))
        self._controls = family(self._kind.action_names).controls if controls is None else tuple(controls)
        self._references = [name for name in references if name in self._kind.drivers]
        self._runs = 0
        self._played: dict[tuple[Control, int], Outcome] = {}

    def verdict(self) -> Verdict:
        with rebuild(self._spec) as episode:
            base = self._run(lambda: play(episode))
            harm_ns = base.harm_ns
            if harm_ns is None:
                return self._told("harmless", 0, base, None, ())
            first, too_late = self._first_step(base), step_at(harm_ns)
            go_on(episode, min(first, too_late))

            def harm(control: Control, step: int) -> float:
                return base.harm if step >= too_late else self._try(episode, first, control, step, harm_ns).harm

            tried = []
            for control in self._controls if first < too_late else ():
                latest = _latest(lambda step: harm(control, step) <= 0.0, first, too_late)  # noqa: B023
                tried.append((control, latest))
            word, best = self._judge(tried, base, first)
            proof = None
            if best is not None:
                control, step = best
                threat = self._run(lambda: _criticality(episode, step - first))
                proof = Proof(control, step * STEP_NS, harm(control, step), harm(control, step + 1), threat)
            rows = tuple(
                Tried(control, harm(control, first), None if latest is None else latest * STEP_NS)
                for control, latest in tried
            )
            return self._told(word, first * STEP_NS, base, proof, rows)

    def _first_step(self, base: Outcome) -> int:
        onset = base.onset_ns or 0
        times = {"start": 0, "onset": onset, "visible": max(onset, self._visible_ns or 0)}
        return step_at(times[self._since])

    def _judge(
        self, tried: list[tuple[Control, int | None]], base: Outcome, first: int
    ) -> tuple[str, tuple[Control, int] | None]:
        """The word, and the control that stands for it with its step: latest to avoid, else least harm."""
        avoiding = [(control, step) for control, step in tried if step is not None]
        if avoiding:
            return "avoidable", max(avoiding, key=lambda found: found[1])
        if self._played:
            control, step = min(self._played, key=lambda key: (self._played[key].harm, key[1]))
            if self._played[control, step].harm <= MITIGATED * base.harm:
                return "mitigable", (control, step)
        return "unavoidable", None

    def _try(self, episode: Episode, first: int, control: Control, step: int, past_ns: int) -> Outcome:
        """Nobody reacts until `step`, then the control takes over; played once for each pair."""

        def attempt() -> Outcome:
            go_on(episode, step - first)
            return play(episode, control, past_ns=past_ns)

        if (control, step) not in self._played:
            self._played[control, step] = self._run(attempt)
        return self._played[control, step]

    def _run(self, body: Callable[[], Any]) -> Any:
        self._runs += 1
        return in_copy(body)

    def _told(
        self, word: str, earliest_ns: int, base: Outcome, proof: Proof | None, tried: tuple[Tried, ...]
    ) -> Verdict:
        drivers: dict[str, Mapping[str, Any]] = {}
        for name in self._references:
            self._runs += 1
            with rebuild(self._spec, name) as episode:
                outcome = play(episode)
            drivers[name] = {"result": outcome.result, "harm": outcome.harm}
        return Verdict(
            episode=self._spec.episode,
            scenario=self._kind.name,
            seed=self._spec.seed,
            verdict=word,
            since=self._since,
            earliest_ns=earliest_ns,
            baseline=Baseline(baseline_driver(self._kind), base.result, base.harm, base.harm_ns),
            proof=proof,
            controls=tried,
            drivers=drivers,
            resimulations=self._runs,
        )


def _latest(avoids: Callable[[int], bool], first: int, too_late: int) -> int | None:
    """A step that avoids while the next does not, the latest if it never changes back; None if none was found."""
    low = next((step for step in range(first, too_late, _GRID) if avoids(step)), None)
    if low is None:
        return None
    high = too_late
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if avoids(middle) else (low, middle)
    return low


def _criticality(episode: Episode, steps: int) -> dict[str, float | None]:
    """How dangerous the baseline is some steps on; None for what is infinite."""
    go_on(episode, steps)
    return {name: value if isfinite(value) else None for name, value in episode.scenario.criticality().items()}
