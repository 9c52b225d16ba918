from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pytest
from cornercase.sim.episode.distributions import (
    Choice,
    Distribution,
    LogUniform,
    Normal,
    Parameter,
    Uniform,
    parameter,
)
from cornercase.sim.episode.param_space import ParamSpace
from cornercase.sim.errors import ConfigError
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats


@dataclass(frozen=True)
class Params:
    speed_mps: float = parameter(Uniform(2.0, 5.0), bounds=(0.0, 10.0), unit="m/s", doc="speed")
    mass_kg: float = parameter(LogUniform(0.1, 10.0), unit="kg", doc="mass")
    height_m: float = parameter(Normal(1.4, 2.0, 1.7, 0.1), unit="m", doc="height")
    side: str = parameter(Choice(("left", "right")), doc="side")


@dataclass(frozen=True)
class Lanes:
    lanes: int = parameter(Choice((0, 1, 2)), doc="how many")


SPACE = ParamSpace("test/thing", Params)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("distribution", "law"),
    [
        (Uniform(2.0, 5.0), stats.uniform(2.0, 3.0)),
        (LogUniform(0.1, 10.0), stats.loguniform(0.1, 10.0)),
        (Normal(1.4, 2.0, 1.7, 0.2), stats.truncnorm(-1.5, 1.5, 1.7, 0.2)),
    ],
)
def test_draws_follow_the_law(distribution: Distribution, law: Any) -> None:
    generator = rng(4)
    draws = [distribution.draw(generator) for _ in range(3000)]
    assert stats.kstest(draws, law.cdf).pvalue > 1e-4
    assert all(distribution.contains(value) for value in draws)


def test_weights_of_a_choice() -> None:
    generator, choice = rng(5), Choice(("none", "left", "right"), (0.6, 0.2, 0.2))
    draws = [choice.draw(generator) for _ in range(3000)]
    counts = [draws.count(option) for option in choice.options]
    assert stats.chisquare(counts, [1800, 600, 600]).pvalue > 1e-4


@given(st.integers(0, 2**32), st.floats(0.0, 10.0))
def test_pinning_leaves_the_others_as_they_were(seed: int, speed: float) -> None:
    free, pinned = SPACE.draw(rng(seed)), SPACE.draw(rng(seed), {"speed_mps": speed})
    assert pinned == replace(free, speed_mps=speed)


def test_drawing_otherwise_leaves_the_others_as_they_were() -> None:
    """Also where the new distribution takes another number of random numbers."""
    changed = SPACE.with_overrides({"speed_mps": {"normal": [0.0, 10.0, 5.0, 3.0]}}).draw(rng(1))
    assert asdict(changed) | {"speed_mps": 0} == asdict(SPACE.draw(rng(1))) | {"speed_mps": 0}
    assert changed.speed_mps != SPACE.draw(rng(1)).speed_mps


def test_they_are_values() -> None:
    assert Uniform(1.0, 2.0) == Uniform(1.0, 2.0) != LogUniform(1.0, 2.0)
    assert repr(Choice((1, 2))) == "Choice(options=(1, 2), weights=())"
    assert str(Normal(0.0, 1.0, 0.5, 0.1)) == "normal 0.5 +- 0.1 in [0, 1]"


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"sped_mps": 1.0}, "test/thing has no parameter 'sped_mps'; did you mean 'speed_mps'"),
        ({"speed_mps": 11.0}, r"parameter speed_mps is 11, expected a value in \[0, 10\] m/s"),
        ({"speed_mps": {"uniform": [5.0, 11.0]}}, "speed_mps is 11"),
        ({"speed_mps": "fast"}, "speed_mps is 'fast', expected a number"),
        ({"speed_mps": True}, "expected a number"),
        ({"speed_mps": float("nan")}, "speed_mps"),
        ({"side": "middle"}, "parameter side is 'middle', expected one of left, right"),
        ({"mass_kg": {"unifrom": [1, 2]}}, "unknown distribution 'unifrom'; did you mean 'uniform'"),
        ({"mass_kg": {"uniform": [1]}}, r"uniform takes \[low, high\], got \[1\]"),
        (
            {"mass_kg": {"uniform": [2, 1]}},
            r"mass_kg: uniform needs finite numbers with low <= high, got \[2, 1\]",
        ),
        ({"mass_kg": {"uniform": 3}}, "parameter mass_kg: uniform takes a list, got 3"),
        ({"side": {"choice": "left"}}, "parameter side: choice takes a list, got 'left'"),
        ({"side": {"choice": []}}, "parameter side: choice needs at least one option"),
        ({"mass_kg": {"loguniform": [0.0, 1.0]}}, "parameter mass_kg: loguniform needs positive"),
        ({"height_m": {"normal": [1.4, 2.0, 9.0, 0.1]}}, "parameter height_m: normal .* can hardly reach"),
        ({"mass_kg": {"uniform": [1, 2], "choice": [3]}}, "expected one distribution"),
    ],
)
def test_what_cannot_be_is_refused(overrides: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        SPACE.with_overrides(overrides)


def test_weights_must_fit() -> None:
    with pytest.raises(ConfigError, match="has weights"):
        Choice((1, 2), (1.0,))
    with pytest.raises(ConfigError, match="at least one option"):
        Choice(())


@pytest.mark.parametrize(("options", "asked"), [((0, 1, 2), True), ((True, False), 1), ((True, False), 0.0)])
def test_a_bool_is_no_number(options: tuple[Any, ...], asked: Any) -> None:
    assert not Choice(options).contains(asked)
    assert Choice((True, False)).contains(np.True_)
    mixed = Parameter(Choice((1, True)), None, None, "", "")
    assert mixed.check("x", True) is True and mixed.check("x", 1.0) is not True


def test_a_choice_is_not_drawn_from_a_range() -> None:
    with pytest.raises(ConfigError, match=r"lanes is drawn from uniform \[0, 2\], expected one of 0, 1, 2"):
        ParamSpace("test", Lanes).with_overrides({"lanes": {"uniform": [0, 2]}})


@pytest.mark.parametrize("asked", [1, 1.0, np.float64(1.0)])
def test_a_pinned_option_has_the_type_of_the_option(asked: Any) -> None:
    space = ParamSpace("test", Lanes)
    pinned = space.draw(np.random.default_rng(0), {"lanes": asked}).lanes
    overridden = space.with_overrides({"lanes": asked}).draw(np.random.default_rng(0)).lanes
    assert type(pinned) is type(overridden) is int and pinned == overridden == 1


def test_numbers_of_numpy_are_numbers() -> None:
    drawn = SPACE.draw(rng(1), {"speed_mps": np.float32(2.5)})
    assert drawn.speed_mps == 2.5 and type(drawn.speed_mps) is float


INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    "arguments",
    [
        {"normal": [5, 8, NAN, 1]},
        {"normal": [5, 8, 6, NAN]},
        {"normal": [5, 8, 6, INF]},
        {"normal": [5, 8, INF, 1]},
        {"normal": [NAN, 8, 6, 1]},
        {"normal": [5, 8, "6", 1]},
        {"uniform": [5, NAN]},
        {"uniform": [-INF, 8]},
        {"loguniform": [1, INF]},
        {"choice": [5, NAN]},
    ],
)
def test_only_finite_numbers_are_drawn_from(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="parameter speed_mps"):
        SPACE.with_overrides({"speed_mps": arguments})


def test_weights_must_be_finite() -> None:
    with pytest.raises(ConfigError, match="has weights"):
        Choice(("a", "b"), (1.0, NAN))


@pytest.mark.parametrize("high", [5.0, np.nextafter(5.0, 6.0)])
def test_a_narrow_normal_does_not_draw_for_ever(high: float) -> None:
    assert 5.0 <= Normal(5.0, high, 5.0, 1.0).draw(rng()) <= high


def test_a_pin_is_measured_by_what_is_declared_and_not_by_an_override() -> None:
    pinned = SPACE.with_overrides({"side": "left", "speed_mps": 3.0})
    assert pinned.draw(rng(), {"side": "right", "speed_mps": 9.0}).side == "right"
    assert pinned.draw(rng()).side == "left"
    with pytest.raises(ConfigError, match="parameter side is 'up', expected one of left, right"):
        pinned.draw(rng(), {"side": "up"})
