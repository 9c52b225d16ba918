"""Latest moments against kinematics, proofs against the simulation they rest on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cornercase.sim.avoid.check import recheck
from cornercase.sim.avoid.controls import Brake
from cornercase.sim.avoid.fork import in_copy
from cornercase.sim.avoid.resimulate import STEP_NS, go_on, rebuild
from cornercase.sim.avoid.search import investigate
from cornercase.sim.avoid.verdict import REQUIRED, Verdict
from cornercase.sim.dataset.reader import Episode as Stored
from cornercase.sim.dataset.recording import record_to_file
from cornercase.sim.episode.config import EpisodeConfig, EpisodeSpec, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.errors import ConfigError
from cornercase.sim.world.memo import remembering

GIVEN_MPS2 = 0.85 * 9.81
"""Full braking asks for more than this; dry asphalt gives no more."""
BUILD_UP_S = 0.1 + GIVEN_MPS2 / 30.0 / 2
"""What the delay and the ramp of the brakes cost."""
CUT_IN: dict[str, float | str] = {
    "ego_speed_mps": 14.0,
    "relative_speed_mps": -7.0,
    "gap_m": 22.0,
    "lateral_speed_mps": 3.0,
    "side": "left",
    "kind": "sedan",
    "traffic": 0,
}


def spec_of(name: str, params: dict[str, float | str], *, driver: str = "none", duration_s: float = 0.0) -> EpisodeSpec:
    return EpisodeSpec(0, 3, EpisodeConfig(ScenarioConfig(name, driver, duration_s, dict(params))))


@pytest.fixture(scope="module")
def cut_in() -> Iterator[tuple[EpisodeSpec, Verdict]]:
    """A slower car that is in the lane well before the ego gets there; searched from a second before contact."""
    spec = spec_of("driving/cut_in", CUT_IN)
    with remembering():
        yield spec, investigate(spec, visible_ns=5_200_000_000, controls=(Brake(),), references=())


def lead_s(verdict: Verdict) -> float:
    assert verdict.proof is not None and verdict.baseline.harm_ns is not None
    return (verdict.baseline.harm_ns - verdict.proof.latest_ns) / 1e9


def test_the_last_moment_to_brake_behind_a_slower_car_is_that_of_kinematics(
    cut_in: tuple[EpisodeSpec, Verdict],
) -> None:
    _, verdict = cut_in
    assert verdict.verdict == "avoidable" and verdict.baseline.result == "collision"
    closing = verdict.baseline.harm
    assert closing == pytest.approx(7.0, abs=0.3)
    oracle_s = closing / (2 * GIVEN_MPS2) + BUILD_UP_S
    assert oracle_s - 0.02 <= lead_s(verdict) <= oracle_s + 0.2


def test_one_step_later_it_does_harm_and_the_harm_is_that_of_kinematics(cut_in: tuple[EpisodeSpec, Verdict]) -> None:
    _, verdict = cut_in
    assert verdict.proof is not None
    assert verdict.proof.harm == 0.0
    # closing at dv over the remaining distance d = dv * lead: v^2 = dv^2 - 2 b (d - dv * build-up), to first order
    dv, late_s = verdict.baseline.harm, lead_s(verdict) - STEP_NS / 1e9
    left = dv**2 - 2 * GIVEN_MPS2 * dv * (late_s - BUILD_UP_S)
    assert 0.0 < verdict.proof.harm_next < dv
    assert verdict.proof.harm_next**2 == pytest.approx(max(left, 0.0), abs=0.06 * dv**2)  # what is left of the energy


def test_a_proof_reproduces_from_the_seed_and_a_false_one_does_not(cut_in: tuple[EpisodeSpec, Verdict]) -> None:
    spec, verdict = cut_in
    assert recheck(spec, verdict) == []
    assert verdict.proof is not None
    late = dataclasses.replace(verdict.proof, latest_ns=verdict.proof.latest_ns + STEP_NS)
    assert len(recheck(spec, dataclasses.replace(verdict, proof=late))) == 2


def test_a_verdict_survives_a_file(cut_in: tuple[EpisodeSpec, Verdict]) -> None:
    _, verdict = cut_in
    line = json.loads(json.dumps(verdict.to_line(), allow_nan=False))
    assert Verdict.from_line(line) == verdict
    assert set(REQUIRED) <= set(line)


def test_stopping_short_of_a_child_is_enough_so_there_is_no_need_to_brake_earlier() -> None:
    params = {"ego_speed_mps": 8.0, "child_speed_mps": 1.6, "impact_share": 0.5, "occluders": "van"}
    spec = spec_of("driving/pedestrian_dart_out", params)
    verdict = investigate(spec, visible_ns=5_000_000_000, controls=(Brake(),), references=())
    assert verdict.verdict == "avoidable"
    assert verdict.proof is not None and verdict.proof.harm == 0.0 < verdict.proof.harm_next
    assert 0.0 < lead_s(verdict) <= 8.0 / (2 * GIVEN_MPS2) + BUILD_UP_S + 0.2


def test_what_comes_into_sight_too_late_is_unavoidable(cut_in: tuple[EpisodeSpec, Verdict]) -> None:
    spec, known = cut_in
    harm_ns = known.baseline.harm_ns
    assert harm_ns is not None
    verdict = investigate(spec, visible_ns=harm_ns + 1, controls=(Brake(),), references=())
    assert (verdict.verdict, verdict.proof, verdict.controls) == ("unavoidable", None, ())
    late = investigate(spec, visible_ns=harm_ns - 2 * STEP_NS, controls=(Brake(),), references=())
    assert late.verdict in ("mitigable", "unavoidable")
    assert late.controls[0].latest_ns is None and 0.0 < late.controls[0].harm <= known.baseline.harm
    assert recheck(spec, late) == []


def test_where_nothing_happens_there_is_nothing_to_avoid() -> None:
    spec = spec_of("driving/cut_in", {**CUT_IN, "gap_m": 60.0, "relative_speed_mps": -1.0}, duration_s=4.0)
    verdict = investigate(spec, references=("idm",))
    assert verdict.verdict == "harmless" and verdict.proof is None and verdict.controls == ()
    assert verdict.drivers == {"idm": {"result": "nothing", "harm": 0.0}}
    assert recheck(spec, verdict) == []
    with pytest.raises(ConfigError, match="onset"):
        investigate(spec, since="onsett")


def trace(episode: Episode, steps: int) -> list[bytes]:
    world, out = episode.scenario.world, []
    for _ in range(steps):
        out.append(b"".join(array.tobytes() for array in world.actor_states(world.time_s)))
        go_on(episode, 1)
    return out


def test_the_baseline_is_the_stored_episode_bit_for_bit_rebuilt_remembered_or_copied(tmp_path: Path) -> None:
    spec = spec_of("driving/cut_in", CUT_IN, duration_s=5.0)
    record_to_file(spec, tmp_path / "0.h5")
    with remembering():
        with rebuild(spec) as episode:
            first = trace(episode, 40)
        with rebuild(spec) as episode:
            head = trace(episode, 15)
            copied = in_copy(lambda: trace(episode, 25))
            again = trace(episode, 25)
    assert first == head + copied == head + again
    stored = Stored(tmp_path / "0.h5")
    position, number = stored["ego/position_w"], stored.ego
    with rebuild(spec) as episode:
        for row in position[:40]:
            world = episode.scenario.world
            assert np.array_equal(world.actor_states(world.time_s)[0][number].astype(row.dtype), row)
            go_on(episode, 1)
