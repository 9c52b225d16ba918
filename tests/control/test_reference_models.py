"""Reference models: published values of their parts, and the shape of their reaction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cornercase.sim.control.reference.careful import CarefulModel, perceive_distance
from cornercase.sim.control.reference.fuzzy import FuzzyModel, critical, proactive
from cornercase.sim.control.reference.model import Encounter
from cornercase.sim.control.reference.models import MODELS, reference_model
from cornercase.sim.control.reference.regulation import approval_ttc, minimum_gap, regulation_ttc
from cornercase.sim.criticality.rss import longitudinal_distance

CLOSE = Encounter(8.0, 20.0, 0.0, 10.0, -0.5, 0.0, 8.6)
"""Right ahead, 0.8 s away."""


@pytest.mark.parametrize(("gap", "expected"), [(30.0, 1.0), (60.0, 0.4388), (75.0, 0.0)])
def test_proactive_fuzzy_surrogate(gap: float, expected: float) -> None:
    assert proactive(gap, 25.0, 20.0) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("gap", "expected"), [(10.0, 0.0), (6.0, 0.84), (6.5, 0.36)])
def test_critical_fuzzy_surrogate(gap: float, expected: float) -> None:
    assert critical(gap, 25.0, 20.0, 0.0) == pytest.approx(expected, abs=1e-4)


def test_fuzzy_surrogates_have_the_published_edges() -> None:
    assert [proactive(2.0 + d, 25.0, 20.0) > 0.0 for d in (70.303, 70.305)] == [True, False]
    assert [proactive(2.0 + d, 25.0, 20.0) < 1.0 for d in (42.261, 42.263)] == [False, True]
    assert [critical(d, 25.0, 20.0, 0.0) > 0.0 for d in (6.874, 6.876)] == [True, False]
    assert [critical(d, 25.0, 20.0, 0.0) < 1.0 for d in (5.833, 5.834)] == [False, True]
    assert critical(1.0, 20.0, 25.0, 0.0) == 0.0
    # braking with 8 it will have matched a lead 2 m/s slower within the reaction time, after 4 / 16 m
    assert critical(0.26, 22.0, 20.0, -8.0) == 0.0 and critical(0.24, 22.0, 20.0, -8.0) == 1.0


def test_type_approval_table() -> None:
    closing = np.array([10, 20, 30, 40, 50, 60]) / 3.6
    seated = [approval_ttc(v) for v in closing]
    assert seated == pytest.approx([0.481, 0.713, 0.944, 1.176, 1.407, 1.639], abs=6e-4)
    assert seated == pytest.approx([0.48, 0.71, 0.94, 1.18, 1.41, 1.64], abs=6e-3)
    standing = [approval_ttc(v, brake_mps2=2.4, build_up_s=0.12) for v in closing]
    assert standing == pytest.approx([0.74, 1.32, 1.90, 2.47, 3.05, 3.63], abs=6e-3)
    assert regulation_ttc(12.0) == pytest.approx(1.35)


def test_minimum_gaps_of_the_regulation() -> None:
    kmh = (7.2, 10, 20, 30, 40, 50, 60)
    assert [minimum_gap(v / 3.6) for v in kmh] == pytest.approx([2.0, 3.1, 6.7, 10.8, 15.6, 20.8, 26.7], abs=0.06)
    assert minimum_gap(0.0) == 2.0 and minimum_gap(25 / 3.6) == pytest.approx(25 / 3.6 * 1.25)


def test_following_gaps() -> None:
    assert reference_model("careful").following_gap(15.0) == 30.0
    assert reference_model("fsm").following_gap(15.0) == pytest.approx(11.25 + 225 / 8 - 225 / 14 + 4)
    assert proactive(reference_model("fsm").following_gap(15.0), 15.0, 15.0) == pytest.approx(0.0, abs=1e-12)
    # whoever keeps it and sees the lead brake with 6 for the response time is then at the RSS distance
    kept, lead = reference_model("rss").following_gap(20.0), 20.0 - 6.0 * 0.75
    assert kept - 0.5 * 6.0 * 0.75**2 == pytest.approx(longitudinal_distance(20.0, lead, 0.75, 3.0, 6.0, 6.0))


def braking(name: str, dt_s: float, seconds: float, seen: Encounter = CLOSE) -> list[float]:
    model = reference_model(name)
    return [model.decelerate([seen], dt_s) or 0.0 for _ in range(round(seconds / dt_s))]


def test_careful_releases_then_brakes_with_limited_jerk() -> None:
    dt = 0.01
    got = braking("careful", dt, 2.0)
    assert got[:75] == [0.4] * 75
    assert np.diff(got[74:120]) == pytest.approx(12.65 * dt)
    assert got[-1] == pytest.approx(0.774 * 9.81)
    assert got.index(got[-1]) * dt == pytest.approx(0.75 + (7.59 - 0.4) / 12.65, abs=0.02)


def test_the_others_wait_and_brake_as_their_rules_say() -> None:
    assert braking("reg157", 0.05, 0.5) == [0.0] * 7 + [6.0] * 3
    for name in ("fsm", "rss"):
        got = braking(name, 0.01, 2.0)
        assert got[:75] == [0.0] * 75 and np.diff(got[74:100]) == pytest.approx(0.1265)
    assert braking("rss", 0.01, 2.0)[-1] == pytest.approx(7.593, abs=1e-3)
    assert braking("fsm", 0.01, 2.0)[-1] == pytest.approx(6.0)
    soft = replace(CLOSE, gap_m=60.0, speed_mps=25.0, other_mps=20.0)
    assert braking("fsm", 0.01, 2.0, soft)[-1] == pytest.approx(0.4388 * 4.0, abs=1e-3)


def test_nothing_before_a_danger_and_rest_after_it() -> None:
    far = replace(CLOSE, gap_m=400.0)
    for name in MODELS:
        model = reference_model(name)
        assert model.decelerate([far], 0.1) is None and model.decelerate([], 0.1) is None
        model.decelerate([far, CLOSE], 0.1)
        assert model.alarmed and model.decelerate([far], 0.1) == 0.0
        model.reset()
        assert model.decelerate([far], 0.1) is None


def test_who_is_beside_the_lane_counts_by_each_rule() -> None:
    """Half a metre beside the way, 0.8 s ahead: staying there, and moving in with 1 m/s."""
    stays = replace(CLOSE, clearance_m=0.49)
    moves = replace(stays, closing_mps=1.0)
    alarms = {name: (reference_model(name).perceives(stays), reference_model(name).perceives(moves)) for name in MODELS}
    assert alarms == {"careful": (False, False), "fsm": (False, True), "rss": (True, True), "reg157": (False, True)}
    parked = replace(stays, other_mps=0.0)
    assert not any(reference_model(name).perceives(parked) for name in MODELS)
    # a lateral headway of 2 s against 1.76 s until it has passed
    assert not FuzzyModel().perceives(replace(moves, clearance_m=2.0))
    assert CarefulModel(perceive_distance(3.5, 1.0) + 0.5).perceives(moves)
    assert perceive_distance(3.5, 1.9) == pytest.approx(0.8 - 1.095)


def test_unknown_model_is_named_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="'carefull'.*nearest is 'careful'"):
        reference_model("carefull")
