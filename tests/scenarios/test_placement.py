"""Euro NCAP straight-crossing cases: without intervention the encoded point is hit, at the encoded speed."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.transforms import rotate
from cornercase.sim.episode.scenario import find
from cornercase.sim.episode.streams import Streams
from cornercase.sim.world.memo import remembering

KMH = 1.0 / 3.6
CASES = (
    ("CPFA-50", "driving/pedestrian_farside", 50, 0.5, {"pedestrian_speed_mps": 8 * KMH}, -0.06),
    ("CPNA-25", "driving/pedestrian_nearside", 20, 0.25, {"pedestrian_speed_mps": 5 * KMH}, -0.06),
    ("CPNA-75", "driving/pedestrian_nearside", 60, 0.75, {"pedestrian_speed_mps": 5 * KMH}, -0.06),
    ("CPNCO-50", "driving/pedestrian_dart_out", 40, 0.5, {"child_speed_mps": 5 * KMH}, -0.0405),
    ("CBNA-50", "driving/cyclist_crossing", 40, 0.5, {"cyclist_speed_mps": 15 * KMH, "side": "near"}, 0.62),
    ("CBFA-50", "driving/cyclist_crossing", 50, 0.5, {"cyclist_speed_mps": 20 * KMH, "side": "far"}, 0.62),
    ("CBFA-25", "driving/cyclist_crossing", 20, 0.25, {"cyclist_speed_mps": 20 * KMH, "side": "far"}, 0.62),
    ("CBNAO-50", "driving/cyclist_obstructed", 30, 0.5, {"cyclist_speed_mps": 10 * KMH}, 0.62),
)


@pytest.mark.parametrize(("code", "name", "kmh", "share", "more", "offset_m"), CASES, ids=[c[0] for c in CASES])
def test_the_encoded_point_is_hit_at_the_encoded_speed(
    code: str, name: str, kmh: float, share: float, more: dict[str, float | str], offset_m: float
) -> None:
    kind, streams = find(name), Streams(1)
    pinned = {"ego_speed_mps": kmh * KMH, "impact_share": share, **more}
    with remembering():
        scenario = kind(kind.space().draw(streams.rng("scenario"), pinned), streams, "none")
    with scenario.world as world:
        ego, target = scenario.ego, scenario.hazard
        before = (0.0, np.zeros(3), np.zeros(3), 0.0)
        while "contact" not in scenario.phases:
            assert world.time_s < 10.0, f"{code}: never hit"
            along = rotate(target.orientation_w, np.array([1.0, 0.0, 0.0]))
            before = (ego.speed_mps, ego.position_w.copy(), target.position_w + offset_m * along, ego.yaw)
            way = along
            scenario.act(None)
            scenario.advance()
        speed, at, reference, yaw = before
        assert abs(speed / KMH - kmh) < 0.1
        # counted across the ego, from its middle away from the side the target comes from
        left = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
        side = np.sign(way @ left)
        across = side * float((reference - at) @ left)
        assert abs(across - ego.size[1] * (share - 0.5)) < 0.05
