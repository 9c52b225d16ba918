"""Steps per second of a Gymnasium environment at 10 Hz control: state only, and with a small camera."""

from __future__ import annotations

import gymnasium

import cornercase  # noqa: F401  (registers the environments)

from .report import Row
from .timing import interleaved

ID = "cornercase/CutIn-v0"
STEPS = 40
REPEATS = 5


def measure() -> list[Row]:
    """Two rows; without figures if the environments are not registered."""
    return [
        _measure("state only", "state", target=300.0),
        _measure("with an 84x84 camera", "camera", target=120.0),
    ]


def _measure(what: str, sensors: str, *, target: float) -> Row:
    name = f"{ID} with three vehicles, {what}"
    if ID not in gymnasium.registry:
        return Row(name, None, "steps/s", target, "skipped: the environment is not registered")
    env = gymnasium.make(ID, sensors=sensors, params={"traffic": 1})
    action = env.action_space.sample() * 0.0

    def steps() -> None:
        for _ in range(STEPS):
            _, _, terminated, truncated, _ = env.step(action)
            assert not (terminated or truncated), "the episode is too short for the benchmark"

    def fresh() -> None:
        env.reset(seed=3)

    try:
        rest, times = interleaved(fresh, steps, repeats=REPEATS)
    finally:
        env.close()
    detail = f"{1e3 * times.median_s / STEPS:.1f} ms per step, {rest.median_s:.2f} s per reset"
    return Row(name, STEPS / times.median_s, "steps/s", target, detail)
