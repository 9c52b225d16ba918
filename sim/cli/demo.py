"""`cornercase demo`: one driving and one robotics episode, drawn and verified, each in its own process.

The two tours run side by side, because a first run spends its time compiling different kernels.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError, StorageError
from .crew import Crew


@dataclass(frozen=True)
class Tour:
    """One dataset of the demo.

    Attributes:
        name: of its folder and pictures.
        overrides: for `cornercase generate`.

    """

    name: str
    overrides: tuple[str, ...]


TOURS = (
    Tour(
        "driving",
        (
            "scenario=driving/pedestrian_dart_out",
            "scenario.duration_s=7",
            "scenario.params.ego_speed_mps=11.1",
            "scenario.params.occluders=cars",
            "sensors=drive",
            "seed=3",
        ),
    ),
    Tour("robotics", ("scenario=robotics/grasp_slip", "sensors=cell", "seed=11")),
)


def demo(out: Path, workers: int) -> int:
    """Make the tours and print where they are and what they hold.

    Args:
        out: folder to write to.
        workers: how many tours run at a time, at least 1.

    Returns:
        Exit code: 0, or 1 if a tour failed.

    Raises:
        ConfigError: `workers` is less than 1.
        StorageError: the folder cannot be made.

    """
    if workers < 1:
        raise ConfigError(f"workers is {workers}, expected 1 or more")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{out}: cannot be made ({error})") from error
    with Crew(workers) as crew:
        done = crew.map(lambda tour: _run(tour, out, crew), TOURS)
    for tour, text in zip(TOURS, done, strict=True):
        print(f"\n{tour.name}\n{text}", end="")
    return 0 if all(done) else 1


def _run(tour: Tour, out: Path, crew: Crew) -> str:
    """Generate, draw and verify one tour; what it holds, or "" if a step failed."""
    folder, sheet, video = str(out / tour.name), str(out / f"{tour.name}.png"), str(out / f"{tour.name}.mp4")
    steps = {
        "simulating and rendering": ("generate", *tour.overrides, f"out={folder}", "episodes=1", "workers=0"),
        "drawing": ("inspect", folder, "--sheet", sheet, "--video", video),
        "verifying": ("verify", folder),
        "reading": ("inspect", folder),
    }
    told = ""
    for doing, arguments in steps.items():
        if doing != "reading":
            sys.stderr.write(f"{tour.name}: {doing}\n")  # at once, for the other tour speaks too
        done = crew.command(*arguments)
        if done.returncode:
            print(f"{tour.name}: {doing} failed\n{done.stdout}{done.stderr}", file=sys.stderr, flush=True)
            return ""
        told += done.stdout
    return told
