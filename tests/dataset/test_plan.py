"""Mixes: whole shares, plans that repeat, results that come out as wanted, and what is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cornercase.sim.dataset.folder import Folder
from cornercase.sim.dataset.generation import generate
from cornercase.sim.dataset.plan import balance, check, make_plan
from cornercase.sim.episode.config import GenerateConfig, ScenarioConfig
from cornercase.sim.episode.mix import MixEntry, dealt, share_out
from cornercase.sim.episode.sampling import SamplingConfig
from cornercase.sim.errors import ConfigError
from hypothesis import given
from hypothesis import strategies as st

NEAR = {"traffic": 0, "gap_m": {"uniform": [3.0, 20.0]}, "relative_speed_mps": {"uniform": [-10.0, -2.0]}}


def config(out: Path | str = "nowhere", **more: Any) -> GenerateConfig:
    return GenerateConfig(scenario=ScenarioConfig("driving/cut_in"), out=str(out), **more)


@given(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=8).filter(lambda w: sum(w) > 1e-3), st.integers(0, 500))
def test_shares_are_whole_sum_up_and_miss_by_less_than_one(weights: list[float], count: int) -> None:
    shares = share_out(dict(enumerate(weights)), count)
    assert sum(shares.values()) == count
    for key, weight in enumerate(weights):
        assert abs(shares[key] - count * weight / sum(weights)) < 1.0


def test_cards_are_dealt_in_exact_proportion_and_shuffled() -> None:
    hand = dealt({"a": 3, "b": 1}, 40, rng=np.random.default_rng(0))
    assert Counter(hand) == {"a": 30, "b": 10} and hand != sorted(hand)


def test_a_mix_is_planned_by_weight_and_repeats() -> None:
    mix = {
        "cuts": MixEntry("driving/cut_in", weight=3, weather={"clear": 1, "mist": 1}),
        "brakes": MixEntry("driving/lead_brakes", weight=1, driver="careful", params={"headway_s": 1.0}),
    }
    plan = make_plan(config(mix=mix, episodes=8, seed=4), print)
    assert plan == make_plan(config(mix=mix, episodes=8, seed=4), print)
    assert plan != make_plan(config(mix=mix, episodes=8, seed=5), print)
    assert Counter(line["entry"] for line in plan) == {"cuts": 6, "brakes": 2}
    assert Counter(line.get("weather") for line in plan) == {"clear": 3, "mist": 3, None: 2}
    assert all(line["params"] == {"headway_s": 1.0} for line in plan if line["entry"] == "brakes")


def test_even_sampling_pins_every_parameter_and_covers_its_range() -> None:
    plan = make_plan(config(episodes=16, sampling=SamplingConfig("sobol")), print)
    gaps = np.array([line["params"]["gap_m"] for line in plan])
    cells = np.floor((gaps - 6.0) / 19.0 * 8).astype(int)
    assert Counter(cells.tolist()) == dict.fromkeys(range(8), 2)
    assert {line["params"]["side"] for line in plan} == {"left", "right"}


def test_results_come_out_as_wanted(tmp_path: Path) -> None:
    entry = MixEntry("driving/cut_in", driver="none", params=NEAR, results={"collision": 1, "nothing": 1})
    asked = config(tmp_path / "set", mix={"cuts": entry}, episodes=2, seed=2)
    assert generate(asked) == 0
    folder = Folder.open(tmp_path / "set")
    plan, made = folder.plan(), list(folder.manifest.lines())
    assert Counter(line["wanted"] for line in plan) == {"collision": 1, "nothing": 1}
    assert [line["result"] for line in made] == [line["result"] for line in plan]
    ((name, scenario, total, collision, _, nothing, _),) = balance(plan, made)
    assert (name, scenario, total) == ("cuts", "driving/cut_in", "2")
    assert (collision, nothing) == ("1 of 1 wanted", "1 of 1 wanted")
    assert generate(asked) == 0, "and goes on where it was"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"scenario": "driving/cutin"}, "cut_in"),
        ({"scenario": "driving/cut_in", "params": {"gap": 3.0}}, "gap_m"),
        ({"scenario": "driving/cut_in", "driver": "nobody"}, "no driver 'nobody'"),
        ({"scenario": "driving/cut_in", "results": {"crash": 1.0}}, "collision"),
        ({"scenario": "driving/cut_in", "weather": {"thick_fogg": 1.0}}, "thick_fog"),
        ({"scenario": "driving/cut_in", "sensors": "drve"}, "drive"),
        ({"scenario": "driving/cut_in", "weight": 0.0}, "all weights are 0"),
        ({"scenario": "driving/cut_in", "light": {"day": -1.0}}, "weights of 0 or more"),
    ],
)
def test_what_cannot_be_mixed_is_refused(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check(config(mix={"one": MixEntry(**entry)}))
