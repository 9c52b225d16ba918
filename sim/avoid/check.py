"""Proving a verdict: play what it rests on again, each time from the seed and in a newly built world.

The search plays in copies of a running world; this does not, so the two ways check each other. A verdict stands if the
baseline does the stored harm, if acting at the latest moment leaves the stored harm, and if acting one control step
later leaves the stored, larger one; where nothing helped, if each control, begun at once, leaves what it left.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..episode.config import EpisodeSpec
from ..world.memo import remembering
from .resimulate import STEP_NS, play, play_from, rebuild, step_at
from .verdict import MITIGATED, Verdict


def recheck(spec: EpisodeSpec, verdict: Verdict) -> list[str]:
    """What does not come out as stored, one sentence each; empty if the verdict stands."""
    with remembering():
        return list(_differences(spec, verdict))


def _differences(spec: EpisodeSpec, verdict: Verdict) -> Iterator[str]:
    with rebuild(spec, verdict.baseline.driver) as episode:
        base = play(episode)
    stored = verdict.baseline
    if (base.harm, base.harm_ns, base.result) != (stored.harm, stored.harm_ns, stored.result):
        yield f"the baseline did harm {stored.harm}, now {base.harm}"
        return
    if verdict.verdict == "harmless":
        if base.harm > 0.0:
            yield f"it is called harmless and does harm {base.harm}"
        return
    assert base.harm_ns is not None
    proof = verdict.proof
    if proof is None:
        for tried in verdict.controls:
            harm = play_from(spec, tried.control, step_at(verdict.earliest_ns), past_ns=base.harm_ns).harm
            if harm != tried.harm or harm <= MITIGATED * base.harm:
                yield f"{tried.control.label} at once left harm {tried.harm}, now {harm}"
        return
    step, label = proof.latest_ns // STEP_NS, proof.control.label
    harm = play_from(spec, proof.control, step, past_ns=base.harm_ns).harm
    allowed = 0.0 if verdict.verdict == "avoidable" else MITIGATED * base.harm
    if harm != proof.harm or harm > allowed:
        yield f"{label} at {proof.latest_ns / 1e9:g} s left harm {proof.harm}, now {harm}"
    later = base.harm
    if (step + 1) * STEP_NS < base.harm_ns:
        later = play_from(spec, proof.control, step + 1, past_ns=base.harm_ns).harm
    if later != proof.harm_next or (verdict.verdict == "avoidable" and later <= 0.0):
        yield f"{label} one step after {proof.latest_ns / 1e9:g} s left harm {proof.harm_next}, now {later}"
