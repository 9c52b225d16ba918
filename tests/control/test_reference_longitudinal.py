"""Verdicts without physics: those of the open comparison of the models, and their order."""

from __future__ import annotations

from itertools import product

import pytest
from cornercase.sim.control.reference.longitudinal import cut_in, cut_out, lead_brakes
from cornercase.sim.control.reference.models import MODELS
from cornercase.sim.control.reference.regulation import regulation_ttc

CUT_IN = tuple(product((40, 90), (10, 20, 35), (3, 8, 12, 17, 23, 30, 40, 55), (0.3, 0.7, 1.1, 1.8)))
LEAD = tuple(product(range(10, 131, 20), (2.0, 4.0, 6.0, 8.0, 9.3)))
CUT_OUT = tuple(product((40, 70, 100, 130), (7, 20, 45, 90), (0.4, 0.9, 1.6, 2.6)))
JRC_FSM = {
    "careful": ("8377ffffc89b77ffecc88bf78377ffffc89b77ffecc88bf7", "7ffffffff", "ffff17ff007f000f"),
    "fsm": ("cfffffffcfffffffeccfffffcfffffffcfffffffeccfffff", "7fffffffe", "7fff07ff007f001f"),
    "rss": ("cfffffff87ffffffec8fffffcfffffff87ffffffec8fffff", "7fffffffe", "ffff07ff007f000f"),
    "reg157": ("87ffffffc8bf7fffecc8bfff87ffffffc8bf7fffecc8bfff", "7ffffffff", "ffffffff01ff000f"),
}
"""Which cases are avoided, a bit each, by JRC-FSM (github.com/ec-jrc/JRC-FSM): its events at its own sizes and 10 Hz.

Cut-in: ego and closing speed [km/h], gap [m], lateral speed [m/s]. Lead: speed [km/h], deceleration [m/s2]. Cut-out:
speed [km/h], clearance ahead of the lead [m], lateral speed [m/s].
"""


def bits(avoided: list[bool]) -> str:
    return f"{int(''.join(str(int(one)) for one in avoided), 2):x}"


@pytest.mark.parametrize("name", list(MODELS))
def test_verdicts_are_those_of_the_open_comparison(name: str) -> None:
    def gap(kmh: float) -> float | None:
        return 2.0 * kmh / 3.6 if name == "reg157" else None  # there, it keeps the distance of the careful one

    into = [
        cut_in(name, ego_mps=ego / 3.6, other_mps=(ego - closing) / 3.6, gap_m=ahead, lateral_mps=lateral)
        for ego, closing, ahead, lateral in CUT_IN
    ]
    lead = [lead_brakes(name, speed_mps=v / 3.6, deceleration_mps2=a, gap_m=gap(v)) for v, a in LEAD]
    out = [
        cut_out(name, speed_mps=v / 3.6, lateral_mps=lateral, ahead_m=ahead, gap_m=gap(v))
        for v, ahead, lateral in CUT_OUT
    ]
    assert (bits(into), bits(lead), bits(out)) == JRC_FSM[name]
    assert 0 < sum(into) < len(into) and 0 < sum(out) < len(out)


def test_far_and_slow_is_avoided_by_all_and_close_and_fast_by_none() -> None:
    for name in MODELS:
        assert cut_in(name, ego_mps=14.0, other_mps=11.0, gap_m=40.0, lateral_mps=0.5)
        assert not cut_in(name, ego_mps=16.6, other_mps=5.5, gap_m=10.0, lateral_mps=3.0)


@pytest.mark.parametrize("name", list(MODELS))
def test_more_room_never_hurts_once_the_other_is_in_front(name: str) -> None:
    """From in front at once (no lateral approach), verdicts change from no to yes just once with the gap."""
    verdicts = [
        cut_in(name, ego_mps=25.0, other_mps=10.0, gap_m=0.5 * k, lateral_mps=1.0, clearance_m=-0.5) for k in range(120)
    ]
    assert verdicts == sorted(verdicts) and not verdicts[0] and verdicts[-1]


def test_the_regulations_own_driver_avoids_what_its_rule_calls_avoidable() -> None:
    for closing in (4.0, 8.0, 12.0, 16.0):
        for early, avoided in ((0.25, True), (-0.15, False)):
            gap = closing * (regulation_ttc(closing) + early)
            assert (
                cut_in("reg157", ego_mps=25, other_mps=25 - closing, gap_m=gap, lateral_mps=1, clearance_m=0) is avoided
            )


def test_a_lead_that_brakes_too_close_is_hit() -> None:
    for name in MODELS:
        assert lead_brakes(name, speed_mps=20.0, deceleration_mps2=8.0)
        assert not lead_brakes(name, speed_mps=20.0, deceleration_mps2=8.0, gap_m=4.0)
