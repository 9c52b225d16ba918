"""`cornercase compile`: kernels compiled once, ahead of the first run and side by side.

Whatever runs first compiles the kernels that it needs and leaves them on disk. Two runs that start together would both
compile the same ones; these jobs are short episodes cut so that each takes other kernels.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError, counted
from .crew import Crew


@dataclass(frozen=True)
class Job:
    """One short episode.

    Attributes:
        name: what it compiles.
        overrides: for `cornercase generate`.

    """

    name: str
    overrides: tuple[str, ...]


_NO_CAMERAS = ("sensors=drive_full", "~sensors.front", "~sensors.front_hdr")
JOBS = (
    Job("vehicles and cameras", ("scenario=driving/pedestrian_dart_out", "sensors=drive", "~sensors.top")),
    Job("arm and lidars", ("scenario=robotics/grasp_slip", "sensors=cell", "~sensors.overview", "~sensors.wrist")),
    Job("radar, others and wet air", ("scenario=driving/cut_in", *_NO_CAMERAS, "weather=heavy_shower")),
)
"""The longest first, so that two workers end at the same time."""
_LENGTH_S = 0.3


def compile_kernels(workers: int) -> int:
    """Run the jobs and tell of each.

    Args:
        workers: how many run at a time, at least 1.

    Returns:
        Exit code: 0, or 1 if a job failed.

    Raises:
        ConfigError: `workers` is less than 1.

    """
    if workers < 1:
        raise ConfigError(f"workers is {workers}, expected 1 or more")
    at_once = min(workers, len(JOBS))
    print(
        f"compiling kernels, once: {counted(len(JOBS), 'part')}, {at_once} at a time; "
        "two at a time on two cores they take about two minutes",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="cornercase_") as folder, Crew(workers) as crew:
        done = crew.map(lambda job: _run(job, Path(folder), crew), JOBS)
    return 0 if all(done) else 1


def _run(job: Job, folder: Path, crew: Crew) -> bool:
    """Play one job in a process of its own; whether it went well."""
    began = time.monotonic()
    short = (f"scenario.duration_s={_LENGTH_S}", "episodes=1", "workers=0", f"out={folder / str(JOBS.index(job))}")
    done = crew.command("generate", *job.overrides, *short)
    if done.returncode:
        print(f"{job.name}: failed\n{done.stdout}{done.stderr}", file=sys.stderr, flush=True)
        return False
    print(f"{job.name}: {time.monotonic() - began:.0f} s", flush=True)
    return True
