"""Same seed, same bytes, with the real engine and through the command line: any number of workers, a kill, a replay."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CORNERCASE = [sys.executable, "-m", "cornercase.sim.cli.main"]
RIG = (
    "sensors={front:{kind:camera,rate_hz:10.0,width:64,height:48,fov_deg:70.0,line_time_s:2.0e-5,"
    "mount:{position_m:[0.72,0.0,0.6],rpy_deg:[0.0,1.5,0.0]},"
    "faults:{hot:{kind:hot_pixels},late:{kind:delayed,probability_per_frame:0.5}}},"
    "top:{kind:lidar,rate_hz:10.0,model:VLP-16,mount:{position_m:[0.0,0.0,1.05]},"
    "faults:{gone:{kind:dropped},beams:{kind:beam_loss}}},"
    "radar:{kind:radar,rate_hz:10.0,mount:{position_m:[2.2,0.0,-0.25]}},"
    "gnss:{kind:gnss,rate_hz:10.0,mount:{position_m:[-0.8,0.0,0.95]}}}"
)
EPISODES = 3


def command(out: Path, workers: int) -> list[str]:
    return [
        *CORNERCASE, "generate", "scenario=driving/cut_in", "scenario.duration_s=0.3", "sensors=none", f"+{RIG}",
        f"episodes={EPISODES}", "seed=7", f"out={out}", f"workers={workers}", "executor.progress=plain",
    ]  # fmt: skip


def run(*arguments: str) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def content(out: Path) -> dict[str, str]:
    """Hashes of the episode files."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((out / "episodes").glob("*.h5"))}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one worker makes without a break."""
    out = tmp_path_factory.mktemp("determinism") / "whole"
    run(*command(out, workers=1))
    assert len(content(out)) == EPISODES
    return out


def test_two_workers_make_the_same_bytes_and_so_does_a_run_killed_in_the_middle(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    process = subprocess.Popen(
        command(out, workers=2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    end = time.monotonic() + 120.0
    while not list(out.glob("episodes/*.h5")) and process.poll() is None:
        assert time.monotonic() < end, "no episode was finished"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = content(out)
    assert before.items() <= content(whole).items(), "what has its final name is whole"
    assert 0 < len(before) < EPISODES, "killed in the middle"
    run(*command(out, workers=2))
    assert content(out) == content(whole)
    assert "sound" in run(*CORNERCASE, "verify", str(out))


def test_replay_gives_every_array_again(whole: Path) -> None:
    assert "episode 1: equal" in run(*CORNERCASE, "replay", str(whole), "--episode", "1")
