"""The catalogue as a page: `python examples/gallery.py [scenario ...]` writes docs/scenarios.md and its pictures.

Every scenario is drawn a few times without sensors; of these the first that tells the most (a collision, else a near
miss, else the event) is simulated again with a camera and a lidar, and its key moments are put side by side. With
names, only their pictures are made anew; the page always lists all. One process per core.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from cornercase.sim.cli.pictures import moments
from cornercase.sim.cli.views import Story
from cornercase.sim.dataset.reader import load
from cornercase.sim.dataset.recording import record_to_file
from cornercase.sim.episode.config import EpisodeConfig, EpisodeSpec, ScenarioConfig
from cornercase.sim.episode.contract import Draw, draw
from cornercase.sim.episode.scenario import PHASES, RESULTS, Scenario, scenarios
from numpy.typing import NDArray

ROOT = Path(__file__).parents[1]
PAGE, PICTURES, FACTS = ROOT / "docs/scenarios.md", ROOT / "docs/images/scenarios", ROOT / "docs/images/scenarios.json"
SEED, DRAWS, SHOTS, HEIGHT = 0, 10, 4, 210
Picture = NDArray[np.uint8]


def rig(kind: type[Scenario]) -> dict[str, dict[str, Any]]:
    """A camera and a lidar where the scenario says that they see well."""
    camera = {"kind": "camera", "rate_hz": 10.0, "width": 480, "height": 360, "fov_deg": 75.0, **kind.views["camera"]}
    lidar = {"kind": "lidar", "rate_hz": 10.0, "model": "OS1-64", "columns": 1024, **kind.views["lidar"]}
    return {"camera": camera, "lidar": lidar}


def driver_of(name: str) -> str:
    """Who drives by default on the command line."""
    text = (ROOT / f"conf/scenario/{name}.yaml").read_text(encoding="utf-8")
    return str(yaml.safe_load(text).get("driver", ""))


def best(name: str) -> tuple[Draw, list[Draw]]:
    """The draw to show, and all that were tried."""
    draws = [draw(name, driver=driver_of(name), seed=SEED, number=number) for number in range(DRAWS)]
    rank = {result: k for k, result in enumerate(RESULTS)}
    chosen = min(draws, key=lambda d: (not d.conclusion.occurred, rank[d.conclusion.result], d.number))
    return chosen, draws


def strip(story: Story) -> Picture:
    """Key moments of the camera side by side, and the lidar from above at the last of them."""
    times = moments(story, SHOTS)
    shots = []
    for time_s in times:
        frame = story.frame("camera", time_s)
        shot = np.ascontiguousarray(cv2.resize(frame.rgb, (HEIGHT * 4 // 3, HEIGHT), interpolation=cv2.INTER_AREA))
        label = f"{frame.time_end / 1e9:.1f} s"
        for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(shot, label, (7, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, width, cv2.LINE_AA)
        shots.append(shot)
    while len(shots) < SHOTS:
        shots.append(np.zeros_like(shots[0]))
    above = story.above("lidar", times[min(len(times) - 1, 2)], 2 * HEIGHT, 2 * HEIGHT)
    above = cv2.resize(above, (HEIGHT, HEIGHT), interpolation=cv2.INTER_AREA)
    gap = np.full((HEIGHT, 4, 3), 255, np.uint8)
    return np.concatenate([part for shot in [*shots, above] for part in (shot, gap)][:-1], axis=1)


def make(name: str) -> dict[str, Any]:
    """Draw the pictures of one scenario; returns what the page says of its episode."""
    kind = scenarios()[name]
    chosen, draws = best(name)
    config = EpisodeConfig(ScenarioConfig(name, driver_of(name)), rig(kind))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "episode.h5"
        summary = record_to_file(EpisodeSpec(chosen.number, SEED, config), file)
        episode = load(file)[0]
        picture = strip(Story(episode))
        causes = [text for _, _, text in episode.causes]
        episode.close()
    target = PICTURES / f"{name.replace('/', '_')}.jpg"
    target.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(target), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    phases = {phase: at / 1e9 for phase, at in summary.phases.items()}
    return {
        "phases": phases, "causes": causes, "outcome": summary.outcome, "result": summary.result,
        "results": {result: sum(d.conclusion.result == result for d in draws) for result in RESULTS},
        "occurred": sum(d.conclusion.occurred for d in draws),
    }  # fmt: skip


def made(names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each name and what `make` tells of it, as they are finished."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(make, name): name for name in names}
        for job in as_completed(jobs):
            yield jobs[job], job.result()


def page(known: dict[str, type[Scenario]], facts: dict[str, Any]) -> str:
    """docs/scenarios.md."""
    counts = {group: sum(name.startswith(f"{group}/") for name in known) for group in ("driving", "robotics")}
    out = [
        "# The catalogue",
        "",
        f"{counts['driving']} driving and {counts['robotics']} robotics scenarios, each one module in `scenarios/`",
        "and one YAML file in `conf/scenario/`. Written by `make gallery`: the pictures are episodes of seed 0 as",
        "sensors deliver them, the camera at four moments and the lidar from above. `cornercase list NAME` shows the",
        "parameters of one, `cornercase check NAME` plays draws of it, and",
        "[add_a_scenario.md](add_a_scenario.md) says how to write your own.",
        "",
    ]
    for group in ("driving", "robotics"):
        names = [name for name in known if name.startswith(f"{group}/")]
        out += [f"**{group.capitalize()}**: " + ", ".join(f"[{n.partition('/')[2]}](#{_anchor(n)})" for n in names), ""]
    for name, kind in known.items():
        out += _entry(name, kind, facts.get(name, {}))
    return "\n".join(out)


def _anchor(name: str) -> str:
    return name.replace("/", "")


def _entry(name: str, kind: type[Scenario], facts: dict[str, Any]) -> list[str]:
    out = [f"## {name}", "", f"{kind.title}. *{kind.source}.*", ""]
    if facts:
        out += [f"![{name}](images/scenarios/{name.replace('/', '_')}.jpg)", ""]
        told = sorted((at, phase) for phase, at in facts["phases"].items() if phase in PHASES)
        line = " → ".join(f"{phase.replace('_', ' ')} {at:.2f} s" for at, phase in told)
        out += [f"{line}: **{facts['outcome']}** ({facts['result'].replace('_', ' ')})", ""]
        if facts["causes"]:
            out += ["Why: " + "; ".join(facts["causes"]) + ".", ""]
        draws = ", ".join(f"{result.replace('_', ' ')} {n}" for result, n in facts["results"].items())
        out += [
            f"In {DRAWS} draws with driver {driver_of(name)}: {draws}; the event occurred in {facts['occurred']}.",
            "",
        ]
    out += ["| Parameter | Unit | Drawn from | Meaning |", "|---|---|---|---|"]
    space = kind.space()
    for parameter, declared in space.parameters.items():
        out.append(f"| `{parameter}` | {declared.unit} | {declared.distribution} | {declared.doc} |")
    out += ["", *(f"Always: {constraint.text}.\n" for constraint in space.constraints)]
    if kind.tags:
        out += ["Tags: " + ", ".join(f"`{tag}`" for tag in kind.tags), ""]
    return out


def main() -> None:
    """Make what was asked for, then write the page."""
    known = dict(scenarios())
    facts = json.loads(FACTS.read_text(encoding="utf-8")) if FACTS.exists() else {}
    for name, told in made(sys.argv[1:] or list(known)):
        print(f"{name}: {told['outcome']}, occurred in {told['occurred']} of {DRAWS}", flush=True)
        facts[name] = told
        facts = {n: facts[n] for n in known if n in facts}
        FACTS.parent.mkdir(parents=True, exist_ok=True)
        FACTS.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(known, facts), encoding="utf-8")
    print(f"{PAGE}: {len(known)} scenarios")


if __name__ == "__main__":
    main()
