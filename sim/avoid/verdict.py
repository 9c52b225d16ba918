"""What was found out about one episode, with all it takes to show it again.

    episode, scenario, seed
    verdict      harmless (nothing happens even if nobody reacts), avoidable, mitigable (nothing avoids, something takes
                 a fifth or more off the harm), unavoidable
    since        what counted as the first moment to act: start, onset, visible
    earliest_ns  that moment, on a control step
    baseline     {driver, result, harm, harm_ns}: nobody reacts
    proof        {control, latest_ns, harm, harm_next, criticality}, null if no control helps: acting at `latest_ns`
                 leaves `harm`, acting a control step (0.1 s) later `harm_next`; `criticality` is the baseline's at
                 `latest_ns`, brake_threat being the braking needed over what the road gives (BTN)
    controls[]   {control, label, harm (acting at once), latest_ns (null where it never avoids)}
    drivers      {name: {result, harm}}: what reference drivers make of it, from the start of the episode
    resimulations  how many runs this took

Times are nanoseconds since the start of the episode, harm is in the unit of the scenario.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .controls import Control, from_dict

VERDICTS = ("harmless", "avoidable", "mitigable", "unavoidable")
MITIGATED = 0.8
"""Share of the baseline's harm that a control may leave at most to count as mitigating."""
REQUIRED = ("episode", "verdict", "since", "earliest_ns", "baseline", "proof", "controls", "drivers", "resimulations")
"""Names in every line of avoidability.jsonl."""


@dataclass(frozen=True)
class Baseline:
    """What happens if nobody reacts; see `Outcome`."""

    driver: str
    result: str
    harm: float
    harm_ns: int | None


@dataclass(frozen=True)
class Proof:
    """The best control, begun at its latest moment; see the head of this module."""

    control: Control
    latest_ns: int
    harm: float
    harm_next: float
    criticality: Mapping[str, float | None]


@dataclass(frozen=True)
class Tried:
    """One control: harm if it acts at the earliest moment, and the latest moment from which it avoids."""

    control: Control
    harm: float
    latest_ns: int | None


@dataclass(frozen=True)
class Verdict:
    """One line; see the head of this module."""

    episode: int
    scenario: str
    seed: int
    verdict: str
    since: str
    earliest_ns: int
    baseline: Baseline
    proof: Proof | None
    controls: tuple[Tried, ...]
    drivers: Mapping[str, Mapping[str, Any]]
    resimulations: int

    def to_line(self) -> dict[str, Any]:
        """Plain values, for a file."""
        proof = self.proof
        return {
            "episode": self.episode,
            "scenario": self.scenario,
            "seed": self.seed,
            "verdict": self.verdict,
            "since": self.since,
            "earliest_ns": self.earliest_ns,
            "baseline": dataclasses.asdict(self.baseline),
            "proof": None
            if proof is None
            else {
                "control": proof.control.to_dict(),
                "latest_ns": proof.latest_ns,
                "harm": proof.harm,
                "harm_next": proof.harm_next,
                "criticality": dict(proof.criticality),
            },
            "controls": [
                {"control": t.control.to_dict(), "label": t.control.label, "harm": t.harm, "latest_ns": t.latest_ns}
                for t in self.controls
            ],
            "drivers": {name: dict(values) for name, values in self.drivers.items()},
            "resimulations": self.resimulations,
        }

    @staticmethod
    def from_line(line: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_line` took apart.

        Raises:
            DatasetError: it names a control that does not exist.

        """
        proof = line["proof"]
        return Verdict(
            episode=line["episode"],
            scenario=line["scenario"],
            seed=line["seed"],
            verdict=line["verdict"],
            since=line["since"],
            earliest_ns=line["earliest_ns"],
            baseline=Baseline(**line["baseline"]),
            proof=None if proof is None else Proof(**{**proof, "control": from_dict(proof["control"])}),
            controls=tuple(Tried(from_dict(t["control"]), t["harm"], t["latest_ns"]) for t in line["controls"]),
            drivers=line["drivers"],
            resimulations=line["resimulations"],
        )
