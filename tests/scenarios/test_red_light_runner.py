"""A vehicle runs a red light: the ego has green at its stop line, the other red at its own."""

from __future__ import annotations

import pytest
from cornercase.sim.control.signals import Aspect
from cornercase.sim.episode.scenario import find
from cornercase.sim.episode.streams import Streams
from cornercase.sim.world.memo import remembering


@pytest.mark.parametrize(
    ("seed", "pinned"), [(1, {}), (2, {}), (3, {}), (4, {"green_for_s": 0.5, "ego_speed_mps": 5.5})]
)
def test_the_ego_has_green_and_the_other_red(seed: int, pinned: dict[str, float]) -> None:
    kind, streams = find("driving/red_light_runner"), Streams(seed)
    with remembering():
        scenario = kind(kind.space().draw(streams.rng("scenario"), pinned), streams, "none")
    with scenario.world as world:
        lights, lines = scenario.lights, world.stage.junction.stop_s_m
        ego, other, route = scenario.ego, scenario.hazard, scenario.other_route
        path, seen = scenario.route(route), {}
        while len(seen) < 2:
            assert world.time_s < 12.0
            scenario.act(None)
            scenario.advance()
            if "ego" not in seen and scenario.ego_s_m() + ego.size[0] / 2 >= lines["south/straight"]:
                seen["ego"] = lights.state("south")
                assert lights.plan.state("south", world.time_s - scenario.params.green_for_s + 0.2) == Aspect.GREEN
            if "other" not in seen and path.project(other.position_w[:2])[0] + other.size[0] / 2 >= lines[route]:
                seen["other"] = lights.state(route.split("/")[0])
        assert seen == {"ego": Aspect.GREEN, "other": Aspect.RED}
