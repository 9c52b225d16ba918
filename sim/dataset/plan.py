"""What every episode of a dataset will be, decided before the first is made: which scenario, under which parameters.

One line of plan.jsonl per episode: `episode`, `scenario`, `seed`, `params`, and where they differ from the dataset's
`driver`, `weather`, `light`, `sensors`; `entry` of the mix, the `result` it comes to and the one that was `wanted`.
Where a mix wants results in certain shares, candidates of parameters are simulated without sensors until one comes out
as wanted. Which candidate that is depends on seed and number of the episode only, so the plan is the same for any
number of workers.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from .. import presets
from ..episode.config import EpisodeConfig, GenerateConfig, ScenarioConfig
from ..episode.loop import Episode
from ..episode.mix import MixEntry, dealt
from ..episode.sampling import sample
from ..episode.scenario import RESULTS, find
from ..episode.streams import Streams
from ..errors import ConfigError
from ..world.light import LightConfig
from ..world.memo import remembering
from ..world.weather import WeatherConfig
from .manifest import Line

CANDIDATES = 40
"""How many draws are tried for a wanted result."""


def plain_plan(config: EpisodeConfig, *, seed: int, episodes: int) -> list[Line]:
    """Every episode of the one scenario, drawing for itself."""
    scenario = config.scenario
    return [_line(n, scenario.name, seed, scenario.params) for n in range(episodes)]


def make_plan(config: GenerateConfig, say: Callable[[str], None]) -> list[Line]:
    """The plan of a run.

    Args:
        config: of the run.
        say: told of what takes long, and of what could not be had.

    Raises:
        ConfigError: a scenario, parameter or preset does not exist or cannot be.

    """
    entries = config.mix or {"": MixEntry(config.scenario.name, params=config.scenario.params)}
    rng = Streams(config.seed).rng("mix")
    of = dealt({name: entry.weight for name, entry in entries.items()}, config.episodes, rng=rng)
    lines: dict[int, Line] = {}
    for name, entry in entries.items():
        numbers = [n for n in range(config.episodes) if of[n] == name]
        for line in _entry_lines(config, name, entry, numbers):
            lines[line["episode"]] = line
    plan = [lines[n] for n in range(config.episodes)]
    wanted = [line for line in plan if "result" in line]
    if wanted:
        say(f"planning: looking for {_counts(line['result'] for line in wanted)}")
        chosen = {line["episode"]: line for line in _search(config, wanted)}
        plan = [chosen.get(line["episode"], line) for line in plan]
        missed = [line for line in chosen.values() if line["result"] != lines[line["episode"]]["result"]]
        if missed:
            which = ", ".join(str(line["episode"]) for line in missed[:8]) + (" ..." if len(missed) > 8 else "")
            say(
                f"planning: {len(missed)} of {len(wanted)} wanted results did not come in {CANDIDATES} draws each "
                f"(episodes {which})"
            )
    return plan


def configure(config: EpisodeConfig, line: Mapping[str, Any]) -> EpisodeConfig:
    """The configuration of the episode that a line plans, in a dataset of a configuration."""
    if line["scenario"] == config.scenario.name and line["params"] == config.scenario.params and "entry" not in line:
        return config
    ours = config.scenario if line["scenario"] == config.scenario.name else ScenarioConfig(line["scenario"])
    driver = line.get("driver", ours.driver)
    changes: dict[str, Any] = {}
    if "weather" in line:
        changes["weather"] = presets.conditions(WeatherConfig, "weather", line["weather"])
    if "light" in line:
        changes["light"] = presets.conditions(LightConfig, "light", line["light"])
    if "sensors" in line:
        changes["sensors"] = presets.rig(line["sensors"])
    scenario = ScenarioConfig(line["scenario"], driver, ours.duration_s, dict(line["params"]))
    return dataclasses.replace(config, scenario=scenario, **changes)


def balance(plan: Iterable[Mapping[str, Any]], finished: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """What was wanted and what came out, one row per entry: name, scenario, episodes, then per result wanted/came."""
    planned = {line["episode"]: line for line in plan}
    came: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    wanted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for done in finished:
        line = planned[done["episode"]]
        key = (line.get("entry", ""), line["scenario"])
        came[key][done["result"]] += 1
        came[key]["occurred"] += bool(done["occurred"])
        if "wanted" in line:
            wanted[key][line["wanted"]] += 1
    rows = []
    for key in came:
        total = sum(came[key][r] for r in RESULTS)
        shares = [f"{came[key][r]}" + (f" of {wanted[key][r]} wanted" if wanted[key] else "") for r in RESULTS]
        rows.append((key[0] or "-", key[1], str(total), *shares, f"{came[key]['occurred']}"))
    return rows


def _line(number: int, scenario: str, seed: int, params: Mapping[str, Any], **more: Any) -> Line:
    return {"episode": number, "scenario": scenario, "seed": seed, "params": dict(params), **more}


def _entry_lines(config: GenerateConfig, name: str, entry: MixEntry, numbers: list[int]) -> Iterator[Line]:
    """The lines of one entry, before results are looked for."""
    space = find(entry.scenario, tuple(config.plugins)).space().with_overrides(entry.params)
    streams, count = Streams(config.seed), len(numbers)
    if not count:
        return
    pins: list[dict[str, Any]] = [dict(entry.params)] * count
    if config.sampling.method != "random" and not entry.results:
        drawn = sample(space, count, config.sampling, rng=streams.rng(f"sampling/{name}"))
        pins = [dataclasses.asdict(params) for params in drawn]
    rolls = {}
    for what, weights in (("weather", entry.weather), ("light", entry.light), ("result", entry.results)):
        if weights:
            rolls[what] = dealt(weights, count, rng=streams.rng(f"mix/{name}/{what}"))
    for k, number in enumerate(numbers):
        more: dict[str, Any] = {"entry": name, "driver": entry.driver} if name else {}
        if entry.sensors:
            more["sensors"] = entry.sensors
        more |= {what: roll[k] for what, roll in rolls.items()}
        yield _line(number, entry.scenario, config.seed, pins[k], **more)


def _search(config: GenerateConfig, wanted: list[Line]) -> list[Line]:
    """Lines whose parameters come out as wanted, as far as candidates do."""
    jobs = [(config.episode, line) for line in wanted]
    with _pool(config.workers) as spread:
        return list(spread(_candidate, jobs))


@contextmanager
def _pool(workers: int) -> Iterator[Callable[..., Iterable[Line]]]:
    if workers < 2:
        yield map
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool.map


def _candidate(job: tuple[EpisodeConfig, Line]) -> Line:
    """The first candidate that comes out as wanted; the last one if none does. Says what it came to."""
    config, line = job
    of_episode = dataclasses.replace(configure(config, line), sensors={})
    name, streams = line["scenario"], Streams(line["seed"], line["episode"])
    space = find(name, tuple(config.plugins)).space().with_overrides(line["params"])
    result, params = "", {}
    with remembering():  # the candidates have their actors in common
        for k in range(CANDIDATES):
            params = dataclasses.asdict(space.draw(streams.rng(f"candidate/{k}")))
            result = _result(of_episode, line, params)
            if result == line["result"]:
                break
    return {**line, "params": params, "result": result, "wanted": line["result"]}


def _result(config: EpisodeConfig, line: Line, params: dict[str, Any]) -> str:
    """What an episode of these parameters comes to."""
    config = dataclasses.replace(config, scenario=dataclasses.replace(config.scenario, params=params))
    with Episode(config, seed=line["seed"], number=line["episode"]) as episode:
        update = episode.start()
        while not (update.step.terminated or update.step.truncated):
            update = episode.advance()
        return episode.scenario.result()


def _counts(results: Iterable[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(Counter(results).items()))


def check(config: GenerateConfig) -> None:
    """Refuse what cannot be planned, before anything is written.

    Raises:
        ConfigError: a scenario, parameter or driver does not exist, or all weights are 0.

    """
    for entry in config.mix.values() or [MixEntry(config.scenario.name, params=config.scenario.params)]:
        kind = find(entry.scenario, tuple(config.plugins))
        space = kind.space().with_overrides(entry.params)
        space.draw(Streams(config.seed).rng("scenario"))
        if entry.driver and entry.driver not in kind.drivers:
            raise ConfigError(f"mix: {entry.scenario} has no driver '{entry.driver}', it has {', '.join(kind.drivers)}")
    if config.mix and not sum(entry.weight for entry in config.mix.values()) > 0:
        raise ConfigError("mix: all weights are 0, expected at least one above")
