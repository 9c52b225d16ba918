"""Constraints, quantiles, low-discrepancy points, t-way arrays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import ClassVar

import numpy as np
import pytest
from cornercase.sim.episode.coverage import covering_array, t_way
from cornercase.sim.episode.distributions import Choice, Distribution, LogUniform, Normal, Uniform, parameter
from cornercase.sim.episode.param_space import Constraint, ParamSpace
from cornercase.sim.episode.sampling import SamplingConfig, levels_of, sample
from cornercase.sim.errors import ConfigError
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc


@dataclass(frozen=True)
class Params:
    ego_mps: float = parameter(Uniform(10.0, 20.0), unit="m/s", doc="ego")
    lead_mps: float = parameter(Uniform(5.0, 20.0), unit="m/s", doc="lead")
    side: str = parameter(Choice(("left", "right", "never"), (0.7, 0.3, 0.0)), doc="side")
    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint("lead_mps < ego_mps", lambda p: p.lead_mps < p.ego_mps),
    )


SPACE = ParamSpace("test/lead", Params)
METHODS = ("sobol", "halton", "latin_hypercube", "t_way")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_every_draw_keeps_the_constraints_and_few_are_thrown_away() -> None:
    drawn = [SPACE.draw(rng(seed)) for seed in range(300)]
    assert all(p.lead_mps < p.ego_mps for p in drawn)
    # a third of the rectangle is cut off, by a triangle whose share is (20 - 10)^2 / 2 / (10 * 15)
    first = [SPACE.at({"ego_mps": float(u), "lead_mps": float(v), "side": 0.1}) for u, v in rng(1).random((2000, 2))]
    kept = np.mean([p is not None for p in first])
    assert abs(kept - (1 - 50 / 150)) < 5 * np.sqrt(kept * (1 - kept) / 2000)


def test_an_infeasible_pin_is_refused_with_the_constraint_it_breaks() -> None:
    with pytest.raises(ConfigError, match=r"lead_mps < ego_mps \(broken by 1000 of 1000 draws\)") as error:
        SPACE.with_overrides({"ego_mps": {"uniform": [10, 11]}}).draw(rng(), {"lead_mps": 15.0})
    assert "lead_mps = 15.0" in str(error.value)


@given(st.floats(0.0, 0.9999), st.sampled_from([Uniform(2, 5), LogUniform(0.1, 10), Normal(1.4, 2.0, 1.7, 0.1)]))
def test_quantiles_are_the_inverse_of_the_law(u: float, distribution: Distribution) -> None:
    value = float(distribution.quantile(u))
    assert distribution.contains(value)
    draws = np.array([distribution.draw(generator) for generator in [rng(3)] for _ in range(400)], float)
    assert abs(np.mean(draws < value) - u) < 5 * np.sqrt(0.25 / 400)


def test_quantiles_of_a_choice_follow_its_weights() -> None:
    choice = Choice(("a", "b", "c"), (0.2, 0.0, 0.8))
    assert [choice.quantile(u) for u in (0.0, 0.19, 0.2, 0.99)] == ["a", "a", "c", "c"]


@pytest.mark.parametrize("method", METHODS)
def test_samples_keep_constraints_and_repeat(method: str) -> None:
    config = SamplingConfig(method)
    once, again, other = (sample(SPACE, 40, config, rng=rng(seed)) for seed in (5, 5, 6))
    assert len(once) == 40 and once == again and once != other
    assert all(p.lead_mps < p.ego_mps and p.side != "never" for p in once)


def test_low_discrepancy_is_lower_than_chance() -> None:
    @dataclass(frozen=True)
    class Square:
        x: float = parameter(Uniform(0.0, 1.0), doc="x")
        y: float = parameter(Uniform(0.0, 1.0), doc="y")

    space, found = ParamSpace("test/square", Square), {}
    for method in ("sobol", "halton", "latin_hypercube"):
        points = sample(space, 64, SamplingConfig(method), rng=rng(1))
        found[method] = qmc.discrepancy(np.array([[p.x, p.y] for p in points]))
    chance = np.median([qmc.discrepancy(rng(k).random((64, 2))) for k in range(20)])
    assert found["sobol"] < chance / 5 and found["halton"] < chance / 5 and found["latin_hypercube"] < chance


def test_combination_coverage_of_the_published_example() -> None:
    """NIST's worked case: four binary parameters, four tests."""
    coverage = t_way([(0, 0, 0, 0), (0, 1, 1, 0), (1, 0, 0, 1), (0, 1, 1, 1)], [2, 2, 2, 2], 2)
    assert (coverage.covered, coverage.possible) == (19, 24)
    assert (coverage.complete, coverage.tuples) == (2, 6)


@pytest.mark.parametrize(("levels", "strength", "most"), [((2,) * 8, 2, 10), ((3,) * 4, 2, 13), ((2, 3, 4, 2), 3, 34)])
def test_covering_arrays_cover_everything_in_few_rows(levels: tuple[int, ...], strength: int, most: int) -> None:
    rows = list(covering_array(levels, strength, rng=rng(2)))
    assert t_way(rows, levels, strength).share == 1.0
    assert len(rows) <= most


def test_a_covering_array_leaves_out_only_what_is_forbidden() -> None:
    rows = list(covering_array((3, 3, 3), 2, rng=rng(), allowed=lambda row: row[0] <= row[1]))
    assert all(row[0] <= row[1] for row in rows)
    seen = {(row[0], row[1]) for row in rows}
    assert seen == {(a, b) for a, b in product(range(3), repeat=2) if a <= b}
    for other in (0, 1):
        assert len({(row[other], row[2]) for row in rows}) == 9


def test_t_way_samples_meet_every_pair_of_parts() -> None:
    config = SamplingConfig("t_way", strength=2, levels=2)
    space = SPACE.with_overrides({"lead_mps": {"uniform": [5.0, 9.9]}})
    levels = levels_of(space, config)
    assert levels == {"ego_mps": 2, "lead_mps": 2, "side": 2}
    cells = [(p.ego_mps >= 15.0, p.lead_mps >= 7.45, p.side == "left") for p in sample(space, 8, config, rng=rng())]
    for a, b in combinations(range(3), 2):
        assert len({(cell[a], cell[b]) for cell in cells}) == 4


def test_unknown_methods_are_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean 'sobol'|sobol"):
        SamplingConfig("sobl")
