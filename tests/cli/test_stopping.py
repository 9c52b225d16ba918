"""A command that a scheduler ends leaves what is finished, a message, and nothing half made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest
from cornercase.sim.cli.crew import Crew
from cornercase.sim.cli.stopping import Terminated, terminable, within
from cornercase.sim.dataset.folder import Folder
from cornercase.sim.errors import ConfigError

HERE = Path(__file__).parent
SCRIPT = f"""\
import sys
sys.path[:0] = {[str(HERE), str(HERE.parent / "dataset")]!r}
import fake_engine
from cornercase.sim.cli.main import main
from cornercase.sim.dataset import generation
if __name__ == "__main__":
    generation.record_to_file = fake_engine.slow
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_sigterm_ends_a_run_cleanly(workers: int, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SCRIPT)
    out = tmp_path / "set"
    mine = ["generate", f"--config-dir={HERE / 'conf'}", "scenario=mine", "plugins=[my_scenarios]", "episodes=200"]
    command = [sys.executable, str(tmp_path / "main.py"), *mine, f"workers={workers}", f"out={out}"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 90
    while not ((out / "manifest.jsonl").exists() and list(out.rglob("*.h5.tmp-*"))):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 143, told
    assert told.splitlines()[-1] == (
        "cornercase: ended by SIGTERM; what is finished is kept, the same command goes on from there"
    )
    assert "Traceback" not in told and not list(out.rglob("*.tmp-*"))
    assert 1 <= len(Folder.open(out).manifest.lines()) < 200


def test_a_crew_ends_its_commands_with_it() -> None:
    began, ended = time.monotonic(), []

    def piece(draws: str) -> None:
        crew.command("check", "driving/cut_in", "--draws", draws)
        ended.append(draws)

    with pytest.raises(Terminated), terminable(), Crew(2) as crew:
        threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
        crew.map(piece, ("100000", "100001", "100002"))
    assert time.monotonic() - began < 20.0 and not ended
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


class _Thing:
    pass


def test_a_signal_that_comes_while_something_is_freed_is_not_lost() -> None:
    thing = _Thing()
    weakref.finalize(thing, signal.raise_signal, signal.SIGTERM)
    with pytest.raises(Terminated), terminable():
        del thing
        time.sleep(5.0)


def test_a_limit_that_ends_while_something_is_freed_is_not_lost() -> None:
    thing = _Thing()
    weakref.finalize(thing, time.sleep, 0.1)
    with pytest.raises(ConfigError, match="too long"), within(0.05, "too long"):
        del thing
        time.sleep(5.0)
