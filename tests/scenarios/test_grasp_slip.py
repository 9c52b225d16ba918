"""Grasp slip: a sound grip carries, a weakening one lets go when Coulomb's law says, and most default draws fail."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import pytest
from cornercase.scenarios.robotics.grasp_slip import GraspSlip
from cornercase.sim.episode.scenario import find
from cornercase.sim.episode.streams import Streams


@dataclass(frozen=True)
class Story:
    outcome: str
    kinds: tuple[str, ...]
    closed_s: float
    begun_s: float | None
    slip_s: float | None
    drop_s: float | None


def play(number: int, *, seed: int = 5, **pinned: float | str) -> Story:
    streams = Streams(seed, number)
    scenario = GraspSlip(find("robotics/grasp_slip").space().draw(streams.rng("scenario"), pinned), streams)
    closed, begun = None, None
    with scenario.world as world:
        while world.time_s < scenario.duration_s and not scenario.terminated():
            scenario.act(None)
            scenario.advance()
            closed = closed or scenario.closed_s
            if begun is None and scenario.criticality()["slip_m"] > 1e-3:
                begun = world.time_s
    assert closed is not None
    at = {event.kind: event.time_ns / 1e9 for event in reversed(scenario.events)}
    kinds = tuple(event.kind for event in scenario.events if event.kind not in ("contact", "cause"))
    return Story(scenario.outcome(), kinds, closed, begun, at.get("slip"), at.get("drop"))


@pytest.mark.parametrize("kind", ["cracker_box", "soup_can"])
def test_a_grip_with_a_margin_carries_the_object_to_its_place(kind: str) -> None:
    story = play(0, kind=kind, grip_margin=1.3, force_loss_per_s=0.0)
    assert (story.outcome, story.kinds) == ("placed", ())


@pytest.mark.parametrize(("margin", "loss"), [(1.5, 0.3), (1.3, 0.15), (1.7, 0.4)])
def test_it_slips_when_friction_no_longer_carries_the_weight(margin: float, loss: float) -> None:
    """2 mu F > m (g + a) with F falling exponentially: ln(margin) / loss seconds, less what acceleration takes.

    In these cases that is after the lift, whose 1 m/s^2 needs a margin of 1.1 itself.
    """
    story = play(1, kind="sugar_box", friction=0.4, grip_margin=margin, force_loss_per_s=loss, yaw_rad=0.0)
    expected = log(margin) / loss
    assert story.kinds == ("slip", "drop") and story.outcome == "drop"
    assert story.begun_s is not None and story.slip_s is not None and story.drop_s is not None
    # a hand that speeds up by 0.5 m/s^2 makes it ln(1 + a/g) / loss earlier; 1 mm of motion takes 0.15 s at most
    early = log(1.0 + 0.5 / 9.81) / loss
    assert expected - early < story.begun_s - story.closed_s < expected + 0.15
    assert story.begun_s <= story.slip_s < story.drop_s < story.slip_s + 1.5
