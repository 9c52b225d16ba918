"""An encoder that is off turns the arm about that joint by its error."""

from __future__ import annotations

from math import hypot, radians
from typing import Any

import pytest
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode


@pytest.mark.parametrize("sign", ["high", "low"])
def test_a_base_encoder_puts_the_tool_off_by_angle_times_reach(play: Any, sign: str) -> None:
    pinned = {
        "joint": "base", "mode": "bias", "offset_deg": 2.5, "sign": sign, "start_s": 0.1, "x_m": 0.5, "y_m": 0.1,
        "carry_mps": 0.8, "kind": "sugar_box",
    }  # fmt: skip
    updates = play("robotics/encoder_drift", duration_s=2.0, pinned=pinned)
    assert updates[0].step.criticality["tool_error_m"] < 1e-3
    assert updates[-1].step.criticality["tool_error_m"] == pytest.approx(radians(2.5) * hypot(0.5, 0.1), rel=0.06)


def test_a_drift_grows_with_time(play: Any) -> None:
    pinned = {"joint": "base", "mode": "drift", "drift_per_s": 0.01, "start_s": 0.1, "x_m": 0.5, "y_m": 0.0}
    updates = play("robotics/encoder_drift", duration_s=2.5, pinned=pinned)
    errors = [update.step.criticality["joint_error_rad"] for update in updates]
    # a Panda's base turns by 5.79 rad in all
    assert errors[24] - errors[14] == pytest.approx(0.01 * 5.79, rel=0.1)


def test_a_sensor_on_the_joints_reads_what_the_arm_believes() -> None:
    pinned = {"joint": "base", "mode": "bias", "offset_deg": 2.5, "sign": "high", "start_s": 0.3}
    rig = {"joints": {"kind": "encoders", "rate_hz": 60.0}}
    config = EpisodeConfig(ScenarioConfig("robotics/encoder_drift", "", 1.0), rig)
    with Episode(config, seed=5, number=0, pinned=pinned) as episode:
        updates = [episode.start(), *(episode.advance() for _ in range(10))]
    frames = [frame for update in updates for frame in update.frames]
    gap = [float(frame.data["joint_position"][0] - frame.data["true_joint_position"][0]) for frame in frames]
    marked = [int(frame.data["truth"][0]) for frame in frames]
    assert gap[0] == pytest.approx(0.0, abs=2e-3) and not marked[0]
    assert gap[-1] - gap[0] == pytest.approx(radians(2.5), abs=1e-3) and marked[-1]
