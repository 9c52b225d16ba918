"""The Gymnasium ids: one for every YAML file of conf/scenario, and one that takes any scenario by name.

Importing this module loads neither physics nor renderers nor scenarios: the entry point is a name, and ids and lengths
are read off the YAML files. The longest episode of an id is the scenario's own duration at 10 control steps a second.
"""

from __future__ import annotations

import re
from importlib.resources import files

import gymnasium

ENTRY_POINT = f"{__package__}.scenario_env:ScenarioEnv"
ANY = "cornercase/Scenario-v0"
"""Takes `scenario=`, and `plugins=` for one of the user's own package."""
_DURATION = re.compile(r"^duration_s:\s*([0-9.]+)", re.MULTILINE)


def id_of(scenario: str) -> str:
    """The id of a scenario: "driving/cut_in" is "cornercase/CutIn-v0"."""
    words = scenario.rpartition("/")[2].split("_")
    return f"cornercase/{''.join(word.capitalize() for word in words)}-v0"


def _environments() -> dict[str, tuple[str, int]]:
    found = {}
    folder = files(__package__.rpartition(".sim.")[0] + ".conf").joinpath("scenario")
    for group in sorted(folder.iterdir(), key=lambda item: item.name):
        if not group.is_dir():
            continue
        for file in sorted(group.iterdir(), key=lambda item: item.name):
            if file.name.endswith(".yaml"):
                name = f"{group.name}/{file.name.removesuffix('.yaml')}"
                duration = _DURATION.search(file.read_text(encoding="utf-8"))
                found[id_of(name)] = (name, round(10 * float(duration.group(1))) if duration else 0)
    return found


ENVIRONMENTS: dict[str, tuple[str, int]] = _environments()
"""Scenario and most steps of each id."""


def register_environments() -> None:
    """Make the ids known to Gymnasium; those that it knows already stay as they are."""
    for name, (scenario, steps) in ENVIRONMENTS.items():
        if name not in gymnasium.registry:
            gymnasium.register(name, ENTRY_POINT, max_episode_steps=steps or None, kwargs={"scenario": scenario})
    if ANY not in gymnasium.registry:
        gymnasium.register(ANY, ENTRY_POINT)
