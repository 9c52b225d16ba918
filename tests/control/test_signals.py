"""Signal plans: never green for two that conflict, the right order of lamps, and what faults and pre-emption change."""

from dataclasses import replace

import numpy as np
import pytest
from cornercase.sim.control.signals import (
    ARMS,
    FAULTS,
    Aspect,
    Fault,
    Phase,
    Preemption,
    SignalPlan,
    crossing_conflicts,
    one_arm_at_a_time,
    two_phases,
)
from hypothesis import given, settings
from hypothesis import strategies as st

FOLLOWS = {
    Aspect.GREEN: {Aspect.AMBER},
    Aspect.AMBER: {Aspect.RED, Aspect.RED_AMBER},
    Aspect.RED: {Aspect.RED_AMBER, Aspect.GREEN},
    Aspect.RED_AMBER: {Aspect.GREEN, Aspect.RED},
}
seconds = st.floats(3.0, 30.0)


@st.composite
def plans(draw: st.DrawFn) -> SignalPlan:
    if draw(st.booleans()):
        plan = two_phases(green_s=(draw(seconds), draw(seconds)), clearing_s=draw(st.floats(0.0, 12.0)))
    else:
        plan = one_arm_at_a_time(green_s=draw(seconds), walk_s=draw(seconds))
    asked = None
    if draw(st.booleans()):
        arm = draw(st.sampled_from([("south",), ("east",), ("north", "south"), ("west", "east")]))
        asked = Preemption(arm, at_s=draw(st.floats(-5.0, 60.0)), green_s=draw(seconds))
    all_red = draw(st.floats(1.0, 4.0))
    return replace(
        plan, amber_s=draw(st.floats(2.0, 5.0)), all_red_s=all_red, red_amber_s=draw(st.floats(0.0, 1.0)),
        offset_s=draw(st.floats(-100.0, 100.0)), preemption=asked,
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(plans(), st.floats(-50.0, 150.0))
def test_nobody_has_green_while_one_in_conflict_is_not_at_red(plan: SignalPlan, start_s: float) -> None:
    """Also across a pre-emption: where one of a pair has green, the other has red (or waits with red and amber)."""
    for t in np.arange(start_s, start_s + 60.0, 0.5):
        shown = {group: plan.state(group, float(t)) for group in plan.groups}
        for a, b in (sorted(pair) for pair in plan.conflicts):
            if Aspect.GREEN in (shown[a], shown[b]):
                assert Aspect.RED in (shown[a], shown[b]), (t, a, shown[a], b, shown[b])


@settings(max_examples=20, deadline=None)
@given(plans())
def test_lamps_change_in_the_right_order_and_amber_lasts(plan: SignalPlan) -> None:
    step = 0.2
    for group in plan.groups:
        row = [plan.state(group, k * step) for k in range(450)]
        walks = group.endswith("/walk")
        for a, b in zip(row[:-1], row[1:], strict=True):
            if a != b:
                assert b in ({Aspect.RED, Aspect.GREEN} if walks else FOLLOWS[a]), (group, a, b)
        ambers = "".join("a" if aspect == Aspect.AMBER else "." for aspect in row).strip("a").split(".")
        for run in filter(None, ambers):
            assert abs(len(run) * step - plan.amber_s) < 2.1 * step


@settings(max_examples=30, deadline=None)
@given(plans(), st.sampled_from(ARMS), st.floats(-20.0, 80.0))
def test_a_plan_can_be_timed_to_an_instant(plan: SignalPlan, arm: str, at_s: float) -> None:
    plan = replace(plan, preemption=None)
    begins, ends = plan.starting(arm, at_s), plan.ending(arm, at_s)
    assert begins.permits(arm, at_s + 0.01) and not begins.permits(arm, at_s - 0.01)
    assert ends.permits(arm, at_s - 0.01) and ends.state(arm, at_s + 0.01) == Aspect.AMBER
    assert plan.starting(arm, at_s).state(arm, at_s + 0.01 + plan.cycle_s) == Aspect.GREEN


def test_two_phases_give_everybody_the_times_they_ask_for() -> None:
    plan = two_phases(green_s=(18.0, 14.0), clearing_s=7.0)
    t = np.arange(0.0, plan.cycle_s, 0.05) + 0.01
    share = {g: sum(plan.permits(g, float(x)) for x in t) * 0.05 for g in plan.groups}
    expected = {"south": 18, "north": 18, "east": 14, "west": 14, "east/walk": 11, "south/walk": 7}
    for group, green in expected.items():
        assert share[group] == pytest.approx(green, abs=0.11)
    assert plan.cycle_s == pytest.approx(18 + 14 + 2 * 5)


def test_an_emergency_vehicle_gets_green_after_the_junction_is_clear_and_the_plan_begins_anew() -> None:
    plan = replace(two_phases().starting("south", 0.0), preemption=Preemption(("east",), at_s=6.0, green_s=10.0))
    assert plan.state("south", 5.9) == Aspect.GREEN and plan.state("south", 6.1) == Aspect.AMBER
    assert plan.state("west/walk", 6.1) == Aspect.RED
    assert plan.state("east", 10.5) == Aspect.RED_AMBER
    assert plan.permits("east", 11.1) and plan.permits("east", 20.9) and not plan.permits("west", 15.0)
    assert plan.state("east", 21.1) == Aspect.AMBER
    assert plan.permits("south", 26.1) and plan.permits("north", 26.1)
    already = replace(plan, preemption=Preemption(("south",), at_s=6.0, green_s=10.0))
    assert all(already.permits("south", float(t)) for t in np.arange(0.0, 20.9, 0.1))
    assert already.state("north", 6.1) == Aspect.AMBER


def test_faults_show_what_no_plan_would() -> None:
    plan = replace(two_phases(), faults=(Fault("dark", until_s=5.0), Fault("contradictory", "south", 5.0, 9.0)))
    assert {plan.state(g, 2.0) for g in plan.groups} == {Aspect.DARK}
    assert plan.state("south", 6.0) == Aspect.RED | Aspect.GREEN and not plan.permits("south", 6.0)
    assert plan.state("north", 6.0) == Aspect.GREEN
    assert plan.state("south", 9.5) == two_phases().state("south", 9.5)
    flashing = replace(two_phases(), faults=(Fault("flashing", "east"),))
    shown = [flashing.state("east", 0.25 * k) for k in range(8)]
    assert shown == [Aspect.AMBER, Aspect.AMBER, Aspect.DARK, Aspect.DARK] * 2
    assert set(FAULTS) == {"dark", "flashing", "stuck_red", "stuck_green", "contradictory"}


def test_plans_that_endanger_or_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="east and south conflict"):
        SignalPlan((Phase(("south", "east"), 10.0),), crossing_conflicts())
    with pytest.raises(ValueError, match="north/walk and south conflict"):
        SignalPlan((Phase(("south",), 10.0, ("north/walk",), 4.0),), crossing_conflicts())
    with pytest.raises(ValueError, match="conflict"):
        replace(two_phases(), preemption=Preemption(("south", "west"), 1.0))
    with pytest.raises(ValueError, match="unknown signal group 'sout'; did you mean 'south'"):
        two_phases().state("sout", 0.0)
    with pytest.raises(ValueError, match="unknown signal fault 'darkk'; did you mean 'dark'"):
        Fault("darkk")
    with pytest.raises(ValueError, match="unknown signal group"):
        replace(two_phases(), faults=(Fault("dark", "up"),))
    with pytest.raises(ValueError, match="walk_s"):
        Phase(("south",), 5.0, ("east/walk",), 6.0)
    with pytest.raises(ValueError, match="red_amber_s"):
        replace(two_phases(), red_amber_s=3.0)
    with pytest.raises(ValueError, match="no phases"):
        SignalPlan(())
