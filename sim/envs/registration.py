"""The Gymnasium ids: one for every YAML file of conf/scenario, and one that takes any scenario by name.

Importing this module loads neither physics nor renderers nor scenarios: the entry point is a name, and ids are read off
the names of the YAML files. No id has `max_episode_steps`: an environment ends its episodes by itself, at the duration
of the scenario or at `duration_s`, and tells the outcome then.
"""

from __future__ import annotations

from importlib.resources import files

import gymnasium

ENTRY_POINT = f"{__package__}.scenario_env:ScenarioEnv"
ANY = "cornercase/Scenario-v0"
"""Takes `scenario=`, and `plugins=` for one of the user's own package."""


def id_of(scenario: str) -> str:
    """The id of a scenario: "driving/cut_in" is "cornercase/CutIn-v0"."""
    words = scenario.rpartition("/")[2].split("_")
    return f"cornercase/{''.join(word.capitalize() for word in words)}-v0"


def _environments() -> dict[str, str]:
    found = {}
    folder = files(__package__.rpartition(".sim.")[0] + ".conf").joinpath("scenario")
    for group in sorted(folder.iterdir(), key=lambda item: item.name):
        if not group.is_dir():
            continue
        for file in sorted(group.iterdir(), key=lambda item: item.name):
            if file.name.endswith(".yaml"):
                name = f"{group.name}/{file.name.removesuffix('.yaml')}"
                found[id_of(name)] = name
    return found


ENVIRONMENTS: dict[str, str] = _environments()
"""The scenario of each id."""


def register_environments() -> None:
    """Make the ids known to Gymnasium; those that it knows already stay as they are."""
    for name, scenario in ENVIRONMENTS.items():
        if name not in gymnasium.registry:
            gymnasium.register(name, ENTRY_POINT, kwargs={"scenario": scenario})
    if ANY not in gymnasium.registry:
        gymnasium.register(ANY, ENTRY_POINT)
