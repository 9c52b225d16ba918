"""What holds for every registered scenario; adding one adds no test code."""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib import resources
from itertools import pairwise

import hydra
import numpy as np
import pytest
from cornercase.sim.cli.generate import to_config
from cornercase.sim.cli.schemas import register_schemas
from cornercase.sim.episode.config import EpisodeConfig, GenerateConfig, ScenarioConfig
from cornercase.sim.episode.contract import complaints, draw
from cornercase.sim.episode.distributions import Choice, Value
from cornercase.sim.episode.loop import Episode, Update
from cornercase.sim.episode.records import EventRecord, PhaseRecord, StepRecord
from cornercase.sim.episode.scenario import PHASES, scenarios
from cornercase.sim.episode.streams import Streams
from cornercase.sim.errors import ConfigError
from cornercase.sim.world.memo import remembering
from hydra.core.global_hydra import GlobalHydra

REGISTERED = scenarios()
NAMES = tuple(REGISTERED)
EACH = pytest.mark.parametrize("name", NAMES, scope="module")  # all tests of one scenario in a row share its plays
SHORT_S = 1.0
LIGHT = {"camera": {"width": 64, "height": 48}, "lidar": {"model": "OS1-64", "columns": 512}}
"""Cheaper sensors where only their channels matter."""


@dataclasses.dataclass(frozen=True)
class Told:
    """A whole episode."""

    actors: dict[int, str]
    involved: frozenset[int]
    updates: tuple[Update, ...]
    outcome: str
    duration_s: float

    @property
    def events(self) -> list[EventRecord]:
        return [event for update in self.updates for event in update.events]

    @property
    def phases(self) -> list[PhaseRecord]:
        return [phase for update in self.updates for phase in update.phases]

    @property
    def steps(self) -> list[StepRecord]:
        return [update.step for update in self.updates]


@cache
def play(name: str, seed: int = 5, duration_s: float = 0.0, run: int = 0) -> Told:
    """The reference episode of a scenario; `run` tells repetitions apart."""
    with remembering(), Episode(EpisodeConfig(ScenarioConfig(name, "", duration_s)), seed=seed) as episode:
        updates = [episode.start()]
        while not (updates[-1].step.terminated or updates[-1].step.truncated):
            updates.append(episode.advance())
        names = {actor.id: actor.name for actor in episode.scenario.world.actors}
        ego, hazard = episode.scenario.ego, episode.scenario.hazard
        causing = {event.actor for event in episode.scenario.events if event.kind == "cause"}
        parts = {number for number, called in names.items() if called.startswith(f"{hazard.name}_")}  # such as its load
        involved = frozenset({ego.id, hazard.id} | causing | parts)
        return Told(names, involved, tuple(updates), episode.scenario.outcome(), episode.duration_s)


def arrays(step: StepRecord) -> dict[str, bytes]:
    """Every value of a record as bytes, so that equal means bit-equal."""
    return {
        field.name: repr(value).encode() if not isinstance(value, np.ndarray) else value.tobytes()
        for field in dataclasses.fields(step)
        for value in [getattr(step, field.name)]
    }


def composed(name: str) -> GenerateConfig:
    """The configuration that the command line makes of a scenario, with the rig for its kind."""
    rig = "drive" if name.startswith("driving/") else "mobile" if "M" in REGISTERED[name].tags[0][:1] else "cell"
    GlobalHydra.instance().clear()
    register_schemas()
    with hydra.initialize_config_module("cornercase.conf", version_base="1.3"):
        return to_config(hydra.compose("generate", overrides=[f"scenario={name}", f"sensors={rig}"]))


@EACH
def test_the_same_seed_gives_the_same_bits(name: str) -> None:
    whole, again = play(name), play(name, duration_s=SHORT_S, run=1)
    assert len(again.steps) == 1 + round(10 * SHORT_S)
    for step, (a, b) in enumerate(zip(whole.updates, again.updates, strict=False)):
        last = step == len(again.steps) - 1
        for key, value in arrays(b.step).items():
            assert (last and key == "truncated") or arrays(a.step)[key] == value, f"{key} differs at step {step}"
        assert a.events == b.events and a.phases == b.phases


@EACH
def test_another_seed_gives_another_episode(name: str) -> None:
    space = REGISTERED[name].space()
    drawn = [space.draw(Streams(seed, number).rng("scenario")) for seed, number in ((5, 0), (6, 0), (5, 1))]
    assert len(set(map(repr, drawn))) == 3
    a, b = play(name).steps[0], play(name, seed=6, duration_s=0.1).steps[0]
    assert a.actors_position.shape != b.actors_position.shape or not np.allclose(a.actors_position, b.actors_position)


def pin_of(name: str, parameter: str, drawn: Value) -> Value:
    """A legal value of a parameter other than the one drawn, where there is another."""
    declared = REGISTERED[name].space().parameters[parameter]
    if isinstance(declared.distribution, Choice):
        return next((option for option in declared.distribution.options if option != drawn), drawn)
    low, high = declared.distribution.bounds
    return low + 0.25 * (high - low)


@EACH
def test_pinning_a_parameter_changes_no_other(name: str) -> None:
    space = REGISTERED[name].space()
    free = dataclasses.asdict(space.draw(Streams(5).rng("scenario")))
    for parameter, drawn in free.items():
        value = pin_of(name, parameter, drawn)
        try:
            pinned = dataclasses.asdict(space.draw(Streams(5).rng("scenario"), {parameter: value}))
        except ConfigError as error:  # a constraint ties it to others too closely for this value
            assert space.constraints and "no draw keeps its constraints" in str(error)
            continue
        assert pinned[parameter] == value
        assert space.constraints or pinned == free | {parameter: value}
        overridden = space.with_overrides({parameter: value}).draw(Streams(5).rng("scenario"))
        assert dataclasses.asdict(overridden) == pinned


@EACH
def test_parameters_are_drawn_within_their_bounds(name: str) -> None:
    for parameter, declared in REGISTERED[name].space().parameters.items():
        assert declared.doc, f"{parameter} says nothing about itself"
        if isinstance(declared.distribution, Choice):
            continue
        low, high = declared.distribution.bounds
        assert declared.low is not None and declared.high is not None
        assert declared.low <= low < high <= declared.high, parameter


@EACH
def test_what_cannot_be_is_refused_by_name(name: str) -> None:
    space = REGISTERED[name].space()
    for parameter, declared in space.parameters.items():
        with pytest.raises(ConfigError, match=f"{name} has no parameter .*did you mean '{parameter}'"):
            space.draw(Streams(0).rng("scenario"), {f"{parameter}x": 1.0})
        wrong = "no such thing" if declared.high is None else declared.high + 0.01 * abs(declared.high) + 1e-6
        with pytest.raises(ConfigError, match=f"parameter {parameter} is .*, expected "):
            space.draw(Streams(0).rng("scenario"), {parameter: wrong})
    with pytest.raises(ConfigError, match=f"{name} has no driver 'nobody'"):
        REGISTERED[name](space.draw(Streams(0).rng("scenario")), Streams(0), "nobody")


@EACH
def test_the_reference_episode_ends_in_time_with_a_known_outcome(name: str) -> None:
    told = play(name)
    assert told.outcome and told.outcome != "unfinished"
    assert told.steps[-1].time_ns <= round(told.duration_s * 1e9)
    assert all(not (step.terminated or step.truncated) for step in told.steps[:-1])
    assert told.steps[-1].terminated != told.steps[-1].truncated
    assert [step.time_ns for step in told.steps] == [k * 100_000_000 for k in range(len(told.steps))]
    for step in told.steps:
        assert np.isfinite(step.actors_position).all() and np.isfinite(step.actors_velocity).all()
        np.testing.assert_allclose(np.linalg.norm(step.actors_orientation, axis=1), 1.0, atol=1e-6)
        assert step.action is None or np.abs(step.action).max() <= 1.0


@EACH
def test_the_event_happens_and_is_told_in_order(name: str) -> None:
    told = play(name)
    start = {phase.name: phase.time_ns for phase in told.phases}
    assert len(start) == len(told.phases), "a phase began twice"
    assert set(start) <= set(PHASES) and "onset" in start
    assert min(start.values()) == start["onset"] > 0
    assert {event.kind for event in told.events} >= {"cause"}, "nothing says why it happens"
    assert not {"escape", "contact"} <= set(start) or start["escape"] < start["contact"]
    assert start.get("last_avoidable", 0) <= start.get("contact", told.steps[-1].time_ns)
    for a, b in zip(told.updates, told.updates[1:], strict=False):
        for record in (*b.events, *b.phases):
            assert a.step.time_ns < record.time_ns <= b.step.time_ns
    if "contact" in start:
        touched = [event for event in told.events if event.kind == "contact" and event.time_ns == start["contact"]]
        assert touched, "a contact phase without a contact"
    for event in told.events:
        nobody = {0} if event.kind == "cause" else set()
        assert event.actor in {*told.actors, *nobody} and event.other in {0, *told.actors}
    assert [event.time_ns for event in told.events] == sorted(event.time_ns for event in told.events)


@EACH
def test_criticality_has_the_same_names_at_every_step_and_no_nan(name: str) -> None:
    steps = play(name).steps
    assert len({tuple(step.criticality) for step in steps}) == 1 and steps[0].criticality
    table = np.array([list(step.criticality.values()) for step in steps])
    assert not np.isnan(table).any()


@EACH
def test_bystanders_meet_nobody(name: str) -> None:
    told = play(name)
    for event in told.events:
        if event.kind == "contact":
            assert {event.actor, event.other} & told.involved, f"{event} between bystanders"


@EACH
def test_it_says_what_it_is_and_can_be_composed(name: str) -> None:
    kind = REGISTERED[name]
    assert kind.title and kind.source and (kind.__doc__ or "").strip()
    assert kind.duration_s > 0.0 and kind.drivers and kind.action_names
    assert resources.files("cornercase.conf").joinpath(f"scenario/{name}.yaml").is_file()
    config = composed(name)
    assert config.scenario.name == name and config.scenario.driver in kind.drivers
    kind.space().with_overrides(config.scenario.params)


@EACH
def test_it_belongs_somewhere(name: str) -> None:
    tags = REGISTERED[name].tags
    assert any(tag.startswith("family/") for tag in tags) and any(tag.startswith("level/") for tag in tags)
    assert any(tag[0] in "DRM" and tag[1:3].isdigit() for tag in tags), "no number of the catalogue"


def test_the_catalogue_is_as_large_as_it_says() -> None:
    assert sum(name.startswith("driving/") for name in NAMES) >= 24
    assert sum(name.startswith("robotics/") for name in NAMES) >= 12


@pytest.mark.slow
@EACH
def test_the_event_occurs_in_most_default_draws(name: str) -> None:
    driver = composed(name).scenario.driver
    with remembering():
        draws = [draw(name, driver=driver, seed=11, number=number) for number in range(10)]
        again = draw(name, driver=driver, seed=11, number=0)
    assert complaints(draws, again) == []


@pytest.mark.slow
@EACH
def test_no_sensor_channel_is_constant(name: str) -> None:
    """Half a second with every sensor that the default rig of the kind of scenario has: something moves in each."""
    config = composed(name)
    rig = {key: {**values, **LIGHT.get(values["kind"], {})} for key, values in config.sensors.items()}
    with Episode(EpisodeConfig(ScenarioConfig(name), rig), seed=2) as episode:
        updates = [episode.start(), *(episode.advance() for _ in range(6))]
    arrays: dict[tuple[str, str], list[np.ndarray]] = {}
    for frame in (frame for update in updates for frame in update.frames):
        for key, values in frame.data.items():
            if key not in ("truth", "semantic", "instance"):
                arrays.setdefault((frame.sensor, key), []).append(np.asarray(values))
    assert arrays
    for (sensor, key), values in arrays.items():
        spread = any(np.ptp(v[np.isfinite(v)].astype(float)) > 0 for v in values if v.size and np.isfinite(v).any())
        changes = any(a.shape != b.shape or not np.array_equal(a, b, equal_nan=True) for a, b in pairwise(values))
        assert spread or changes, f"{sensor}/{key} never changes"
