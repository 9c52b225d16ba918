"""Values over time: linear between moments, constant after the last, the rest in steps; and its errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from cornercase.sim.errors import ConfigError
from cornercase.sim.world.keyframes import at_time, check_changes
from hypothesis import given
from hypothesis import strategies as st


@dataclass
class Config:
    level: float = 1.0
    other: float | None = None
    kind: str = "a"
    changes: list[dict[str, Any]] = field(default_factory=list)


LEVELS = st.floats(-100.0, 100.0)


@given(LEVELS, LEVELS, LEVELS, st.floats(0.0, 12.0))
def test_linear_between_and_constant_after(a: float, b: float, c: float, t: float) -> None:
    changes = [{"time_s": 4.0, "level": b}, {"time_s": 9.0, "level": c}]
    expected = a + (b - a) * t / 4 if t < 4 else b + (c - b) * (t - 4) / 5 if t < 9 else c
    assert at_time(Config(a), changes, t).level == pytest.approx(expected, abs=1e-9)


def test_a_field_goes_on_its_way_past_moments_of_others() -> None:
    changes = [{"time_s": 2.0, "other": 5.0}, {"time_s": 4.0, "level": 9.0}]
    assert at_time(Config(1.0, 0.0), changes, 1.0) == Config(3.0, 2.5)
    assert at_time(Config(1.0, 0.0), changes, 3.0) == Config(7.0, 5.0)


def test_what_is_no_number_changes_at_its_moment() -> None:
    changes = [{"time_s": 2.0, "kind": "b", "other": 5.0}]
    assert at_time(Config(), changes, 1.99) == Config()
    assert at_time(Config(), changes, 2.0) == Config(kind="b", other=5.0)


def test_without_changes_it_is_the_same_object() -> None:
    config = Config()
    assert at_time(config, [], 3.0) is config


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([{"level": 2.0}], r"place.changes\[0\] has no time_s"),
        ([{"time_s": 1.0, "levl": 2.0}], "sets 'levl'; did you mean 'level'"),
        ([{"time_s": 1.0, "kind": "b"}], "sets 'kind'"),
        ([{"time_s": -1.0, "level": 2.0}], "is -1.0, expected at least 0"),
        ([{"time_s": 3.0}, {"time_s": 2.0}], r"changes\[1\].time_s is 2.0, expected at least 3"),
    ],
)
def test_mistakes_are_named(changes: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_changes(Config(), changes, "place", frozenset({"changes", "kind"}))
