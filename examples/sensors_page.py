"""Every sky, lens, sensor and fault on one page: `python examples/sensors_page.py` writes docs/sensors.md.

Pictures always show the same moment of the same episode, so that what differs between two is what their labels say;
plots tell a story for each kind of sensor (`sensor_plots`, drawn with matplotlib: `pip install -e '.[docs]'`). One
process per core; a few minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from cornercase.renderers.camera.hdr import HDR
from cornercase.renderers.camera.imager import PRESETS
from cornercase.renderers.faults import timing
from cornercase.renderers.faults.kinds import FaultKind, fault_class, fault_kinds
from cornercase.renderers.lidar.models import BEAMS
from cornercase.sim import presets
from cornercase.sim.cli.views import Story
from numpy.typing import NDArray
from sensor_plots import FAULTS, PLOTS, SENSORS, draw
from sensor_plots.record import MOMENT_S, STREET, STREET_SEED, Rig, recorded

ROOT = Path(__file__).parents[1]
PAGE, PICTURES = ROOT / "docs/sensors.md", ROOT / "docs/images/sensors"
BEFORE_S = 0.5
LEVELS = {1: "light", 3: "heavy", 5: "extreme"}
LENS = ("optics=vignetting", "optics=chromatic", "optics=stray_light", "optics=defocus", "contamination=drops",
        "contamination=dirt", "contamination=frost", "jpeg=")  # fmt: skip
WIDE, HIGH, LABEL = 200, 150, 15
Picture = NDArray[np.uint8]


def camera(**changes: Any) -> dict[str, Any]:
    """The front camera of the car, smaller; one picture, at the moment."""
    front = {**presets.rig("drive")["front"], "width": 2 * WIDE, "height": 2 * HIGH, "phase_s": MOMENT_S}
    return {**front, **changes}


def lidar(**changes: Any) -> dict[str, Any]:
    """The lidar on its roof; one turn, at the moment."""
    return {**presets.rig("drive")["top"], "phase_s": MOMENT_S, **changes}


def taken(rig: Rig, weather: Any = "clear", light: Any = "day") -> dict[str, Picture]:
    """What each sensor of a rig delivers at the moment: a picture, or a sweep from above; dark if nothing came."""
    with recorded(STREET, rig, seed=STREET_SEED, weather=weather, light=light) as episode:
        story, out = Story(episode), {}
        for name, values in rig.items():
            seen = values["kind"] == "camera"
            if not len(episode.frames(name)):
                out[name] = np.zeros((HIGH, WIDE if seen else HIGH, 3), np.uint8)
            elif seen:
                out[name] = scaled(story.frame(name, MOMENT_S).rgb, WIDE, HIGH)
            else:
                out[name] = scaled(story.above(name, MOMENT_S, 2 * HIGH, 2 * HIGH), HIGH, HIGH)
    return out


def scaled(picture: Picture, width: int, height: int) -> Picture:
    """Reduced, each pixel the mean of those it covers."""
    return np.ascontiguousarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))


def labelled(picture: Picture, text: str) -> Picture:
    """The picture below its name."""
    out = np.full((picture.shape[0] + LABEL, picture.shape[1] + 3, 3), 255, np.uint8)
    out[LABEL:, :-3] = picture
    cv2.putText(out, text, (2, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (20, 20, 20), 1, cv2.LINE_AA)
    return out


def sheet(tiles: Sequence[Picture], columns: int) -> Picture:
    """Tiles of one size in rows."""
    blank = np.full_like(tiles[0], 255)
    filled = [*tiles, *[blank] * (-len(tiles) % columns)]
    return np.concatenate(
        [np.concatenate(filled[k : k + columns], axis=1) for k in range(0, len(filled), columns)], axis=0
    )


def save(name: str, picture: Picture, quality: int = 70) -> None:
    """One picture of the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(PICTURES / f"{name}.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    print(f"{name}: {picture.shape[1]} x {picture.shape[0]}", flush=True)


def sky(job: tuple[str, str]) -> Picture:
    """One preset of weather or of light, seen by the camera."""
    group, name = job
    shot = taken({"camera": camera()}, **{group: name})["camera"]
    return labelled(shot, name)


def rung(job: tuple[str, int]) -> list[Picture]:
    """One rung of a sweep of the world, seen by camera and lidar."""
    name, level = job
    text = (ROOT / f"conf/sweep/{name}.yaml").read_text(encoding="utf-8")
    changes = yaml.safe_load(text)["severities"][level - 1]
    fields: dict[str, dict[str, Any]] = {"weather": {}, "light": {}}
    for key, value in changes.items():
        group, _, field = key.partition(".")
        fields[group][field] = value
    shots = taken({"camera": camera(), "lidar": lidar()}, fields["weather"], fields["light"])
    return [labelled(shots["camera"], f"{name} {level}"), labelled(shots["lidar"], f"{name} {level}: lidar")]


def lenses() -> Picture:
    """Everything on and in the lens at levels 1, 3 and 5."""
    rig = {}
    for what in LENS:
        field, _, kind = what.partition("=")
        for level, word in LEVELS.items():
            rig[f"{kind or 'jpeg'} {level}".replace(" ", "_")] = camera(**{field: f"{kind}_{word}" if kind else word})
    shots = taken(rig)
    return sheet([labelled(shots[name], name.replace("_", " ")) for name in rig], 6)


def imagers() -> Picture:
    """Every imager at dusk, where they differ."""
    rig = {name: camera(imager=name) for name in (*PRESETS, *HDR)}
    shots = taken(rig, light="dusk")
    return sheet([labelled(shots[name], name) for name in rig], 6)


def models() -> Picture:
    """Every lidar model from above."""
    rig = {f"lidar_{k}": {**lidar(), "model": name} for k, name in enumerate(BEAMS)}
    for values in rig.values():
        del values["columns"]
    shots = taken(rig)
    return sheet([labelled(shots[f"lidar_{k}"], name) for k, name in enumerate(BEAMS)], 6)


def faults(kind: str) -> Picture:
    """Every fault of a camera or lidar that changes a single frame, at severities 1, 3 and 5 where it has them."""
    make, rig, names = camera if kind == "camera" else lidar, {}, []
    for fault in shown(kind):
        for level in LEVELS if fault.ladder else (0,):
            name = f"{fault.kind}_{level}"
            names.append((name, f"{fault.kind} {level or ''}".strip()))
            rig[name] = make(phase_s=MOMENT_S - BEFORE_S, faults={"fault": {"kind": fault.kind, "severity": level}})
            if kind == "camera":
                rig[name] |= {"width": WIDE, "height": HIGH}
    shots = taken(rig)
    return sheet([labelled(shots[name], text) for name, text in names], 6 if kind == "camera" else 9)


def shown(kind: str) -> list[FaultKind]:
    """The faults of a sensor that one frame shows; those with three levels first, so that rows stay together."""
    found = [
        f for f in fault_kinds(kind) if fault_class(f.kind).__module__ != timing.__name__ or f.kind == "bit_errors"
    ]
    return sorted(found, key=lambda f: (not f.ladder, f.kind))


def fault_table() -> Iterator[str]:
    """All kinds of faults with what they are, which sensors they befall and how strong they are."""
    yield "| fault | what happens | befalls | levels 1, 3, 5 |"
    yield "|---|---|---|---|"
    for fault in fault_kinds():
        rungs = ", ".join(f"{fault.ladder[k]:g}" for k in (0, 2, 4)) if fault.ladder else "-"
        unit = f" {fault.unit}" if fault.unit and fault.ladder else ""
        befalls = ", ".join(sorted(fault_class(fault.kind).sensors)) or "all"
        yield f"| `{fault.kind}` | {fault.summary} | {befalls} | {rungs}{unit} |"


def page() -> str:
    """docs/sensors.md."""
    lines = [
        "# What sensors see, and what goes wrong",
        "",
        "Pictures show one moment of one episode of `driving/pedestrian_dart_out`, seed 3, five seconds in: a child",
        "has come out between parked cars; what differs between two is what their labels say. Plots tell their own",
        "stories. Written by `make gallery`. Fields of weather and light are in [weather.md](weather.md), arrays of",
        "every sensor in [schema.md](schema.md).",
    ]  # fmt: skip
    parts = (
        ("weather", "Weather", "Every preset of `weather`, by day (`cornercase list weather`)."),
        ("light", "Light", "Every preset of `light`, in clear air (`cornercase list light`)."),
        ("levels", "Weather and light at levels 1, 3, 5",
         "Sweeps of `cornercase stress`, seen by the camera and by the lidar from above. Heavier snow has larger "
         "flakes, but up to about 4 mm/h fewer of them: the lidar sees its clutter move away, and grow beyond."),
        ("lens", "On and in the lens at levels 1, 3, 5",
         "`light`, `heavy` and `extreme` of `optics`, `contamination` and `jpeg` of a `kind: camera`."),
        ("imagers", "Imagers",
         "Every preset of `imager` of a `kind: camera` at dusk: noise, resolution of tones, range."),
        ("lidars", "Lidars",
         "Every `model` of a `kind: lidar`, a whole turn from above; colours are heights, boxes objects."),
        ("camera_faults", "Camera faults at levels 1, 3, 5", "What one frame shows; the rest is in the table."),
        ("lidar_faults", "Lidar faults at levels 1, 3, 5", "What one frame shows; the rest is in the table."),
    )  # fmt: skip
    sensors, broken = ([(name, m.TITLE, m.TEXT) for name, m in group.items()] for group in (SENSORS, FAULTS))
    for name, title, text in (*parts[:-2], *sensors, *parts[-2:], *broken):
        lines += ["", f"## {title}", "", text, "", f"![{title}](images/sensors/{name}.jpg)"]
    lines += ["", "## All faults", "", *fault_table(), ""]
    return "\n".join(lines)


def main() -> None:
    """Draw everything, then write the page."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        fixed = {"lens": pool.submit(lenses), "imagers": pool.submit(imagers), "lidars": pool.submit(models)}
        fixed |= {f"{kind}_faults": pool.submit(faults, kind) for kind in ("camera", "lidar")}
        plots = {name: pool.submit(draw, name) for name in PLOTS}
        for group, columns in (("weather", 5), ("light", 5)):
            save(group, sheet(list(pool.map(sky, [(group, name) for name in presets.names(group)])), columns))
        jobs = [(name, level) for name in ("fog", "rain", "snow", "night", "low_sun") for level in LEVELS]
        shots = list(pool.map(rung, jobs))
        rows = [[tile for shot in shots[k : k + 3] for tile in shot] for k in range(0, len(shots), 3)]
        save("levels", np.concatenate([np.concatenate(row, axis=1) for row in rows]))
        for name, job in fixed.items():
            save(name, job.result())
        for name, job in plots.items():
            save(name, job.result(), quality=85)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
