"""Sweeps set what they say, everywhere they say, and nothing else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import hydra
import pytest
from cornercase.sim.cli.choices import choices
from cornercase.sim.cli.stress import register_schema, to_config
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig, to_dict
from cornercase.sim.episode.loop import Episode
from cornercase.sim.errors import ConfigError
from cornercase.sim.stress.config import SweepConfig
from cornercase.sim.stress.loading import check_name
from cornercase.sim.stress.sweep import changes_at, degraded
from cornercase.sim.world.memo import remembering
from hydra.core.global_hydra import GlobalHydra

RIG: dict[str, Any] = {
    "front": {"kind": "camera", "width": 64},
    "rear": {"kind": "camera", "mount": {"position_m": [1, 2, 3]}},
    "top": {"kind": "lidar", "columns": 512},
}


def config() -> EpisodeConfig:
    return EpisodeConfig(ScenarioConfig("driving/cut_in"), copy.deepcopy(RIG))


def swept(*severities: dict[str, Any]) -> SweepConfig:
    return SweepConfig("mine", list(severities))


def test_selectors() -> None:
    sweep = swept(
        {"sensors.<camera>.gain": 2.0, "sensors.*.delay_s": 0.1, "sensors.top.noise": 3.0, "scenario.driver": "idm"}
    )
    before = config()
    after = degraded(before, sweep, 1)
    assert to_dict(before) == to_dict(config()), "the clean configuration is untouched"
    assert [after.sensors[n].get("gain") for n in RIG] == [2.0, 2.0, None]
    assert [s["delay_s"] for s in after.sensors.values()] == [0.1] * 3
    assert after.sensors["top"]["noise"] == 3.0 and after.scenario.driver == "idm"
    assert degraded(before, sweep, 0) == before


def test_nested_and_dotted_keys_are_the_same() -> None:
    nested = swept({"sensors": {"rear": {"mount": {"rpy_deg": [0, 1, 0]}}, "<lidar>": {"faults": [{"kind": "x"}]}}})
    dotted = swept({"sensors.rear.mount.rpy_deg": [0, 1, 0], "sensors.<lidar>.faults": [{"kind": "x"}]})
    assert changes_at(nested, 1) == changes_at(dotted, 1)
    after = degraded(config(), nested, 1)
    assert after.sensors["rear"]["mount"] == {"position_m": [1, 2, 3], "rpy_deg": [0, 1, 0]}
    assert after.sensors["top"]["faults"] == [{"kind": "x"}]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sensor.top.noise": 1}, "sets 'sensor.top.noise', which no episode has: did you mean 'sensors'"),
        ({"sensors.tpo.noise": 1}, "no sensor 'tpo': did you mean 'top'"),
        ({"sensors.<lidr>.noise": 1}, "did you mean 'lidar'"),
        ({"sensors.<imu>.grade": "x"}, "changes <imu>, .*the rig has none"),
        ({"scenario.drivr": "x"}, "severity 1: scenario has no field 'drivr'; did you mean 'driver'"),
        ({"weather.visiblity_m": 80}, "severity 1: weather has no field 'visiblity_m'; did you mean 'visibility_m'"),
        ({"weather.visibility_m": -80}, "sweep 'mine', severity 1: weather"),
        ({"scenario.name.x": "x"}, "scenario.name is 'driving/cut_in'"),
    ],
)
def test_bad_sweeps_are_told(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        degraded(config(), swept(changes), 1)


def test_a_severity_that_sets_nothing_is_told() -> None:
    with pytest.raises(ConfigError, match="severity 2 of sweep 'mine'"):
        swept({"a": 1}, {})


@pytest.fixture
def _hydra() -> Iterator[None]:
    GlobalHydra.instance().clear()
    register_schema()
    with hydra.initialize_config_module("cornercase.conf", version_base="1.3"):
        yield


@pytest.mark.parametrize("name", [c.name for c in choices("sweep")])
@pytest.mark.usefixtures("_hydra")
def test_each_sweep_composes_and_changes_an_episode(name: str) -> None:
    stress = to_config(hydra.compose("stress", overrides=[f"sweep={name}"]))
    assert stress.sweep.name == name and len(stress.sweep.severities) == 5
    made = [degraded(stress.episode, stress.sweep, s) for s in range(6)]
    assert all(a != b for k, a in enumerate(made) for b in made[:k]), "each severity differs from each other"
    with remembering():
        for config in made[1:]:
            with Episode(config, seed=1):
                pass


@pytest.mark.parametrize("name", [c.name for c in choices("model")])
@pytest.mark.usefixtures("_hydra")
def test_each_model_composes(name: str) -> None:
    stress = to_config(hydra.compose("stress", overrides=[f"model={name}"]))
    assert stress.model.name == name
    if name != "callable":
        check_name(stress.model)


@pytest.mark.parametrize("group", ["sweep", "model"])
def test_each_choice_says_what_it_is(group: str) -> None:
    assert len(choices(group)) >= 4
    assert all(c.summary.endswith(".") and len(c.summary) < 120 for c in choices(group))
