"""Every YAML file of every group composes into a valid configuration."""

from __future__ import annotations

from collections.abc import Iterator

import hydra
import pytest
from cornercase.sim.cli.choices import choices, groups
from cornercase.sim.cli.generate import to_config
from cornercase.sim.cli.schemas import register_schemas
from hydra.core.global_hydra import GlobalHydra

ALL = [(group, choice.name) for group in groups() for choice in choices(group)]
OF_STRESS = {"model", "sweep"}
"""Groups of `cornercase stress`, whose own tests compose them."""


@pytest.fixture(autouse=True)
def _hydra() -> Iterator[None]:
    GlobalHydra.instance().clear()
    register_schemas()
    with hydra.initialize_config_module("cornercase.conf", version_base="1.3"):
        yield


@pytest.mark.parametrize(("group", "name"), [pair for pair in ALL if pair[0] not in OF_STRESS])
def test_each_choice_composes(group: str, name: str) -> None:
    config = to_config(hydra.compose("generate", overrides=[f"{group}={name}"]))
    assert config.episode.sensors == config.sensors
    if group == "scenario":
        assert config.scenario.name == name


@pytest.mark.parametrize(("group", "name"), ALL)
def test_each_choice_says_what_it_is(group: str, name: str) -> None:
    (summary,) = [c.summary for c in choices(group) if c.name == name]
    assert summary.endswith(".") and len(summary) < 120


def test_the_groups_are_there() -> None:
    assert {"scenario", "sensors", "record", "executor"} <= set(groups())
