"""The Gymnasium ids. Importing this module loads neither physics nor renderers: the entry point is a name.

The longest episode of each id is the scenario's own duration at 10 control steps a second.
"""

from __future__ import annotations

import gymnasium

ENTRY_POINT = f"{__package__}.scenario_env:ScenarioEnv"

ENVIRONMENTS: dict[str, tuple[str, int]] = {
    "cornercase/PedestrianDartOut-v0": ("driving/pedestrian_dart_out", 90),
    "cornercase/CutIn-v0": ("driving/cut_in", 100),
    "cornercase/BlackIce-v0": ("driving/black_ice", 100),
    "cornercase/GraspSlip-v0": ("robotics/grasp_slip", 120),
}
"""Scenario and most steps of each id."""


def register_environments() -> None:
    """Make the ids known to Gymnasium; those that it knows already stay as they are."""
    for name, (scenario, steps) in ENVIRONMENTS.items():
        if name not in gymnasium.registry:
            gymnasium.register(name, ENTRY_POINT, max_episode_steps=steps, kwargs={"scenario": scenario})
