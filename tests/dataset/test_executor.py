from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import fake_engine as fake
import pytest
from cornercase.sim.dataset.executor import Run, RunEpisode
from cornercase.sim.dataset.folder import Folder
from cornercase.sim.dataset.manifest import Line, LineFile
from cornercase.sim.dataset.reader import load
from cornercase.sim.dataset.verify import verify
from cornercase.sim.errors import ConfigError, DatasetError, StorageError


class Notes:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.messages: list[str] = []

    def finished(self, line: Line) -> None:
        self.lines.append(line)

    def message(self, text: str) -> None:
        self.messages.append(text)


def make(
    path: Path, engine: RunEpisode = fake.record, *, episodes: int = 4, workers: int = 0, retries: int = 2
) -> tuple[int, Notes]:
    notes = Notes()
    folder = Folder.prepare(path, fake.config(), seed=7, episodes=episodes)
    return Run(folder, engine, workers=workers, retries=retries, listener=notes).execute(), notes


def content(path: Path) -> dict[str, str]:
    """Hash of every file; dataset.json apart, which names the machine."""
    files = [p for p in path.rglob("*") if p.is_file() and not p.name.startswith("tried-")]
    return {str(p.relative_to(path)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What an unbroken run in one process gives."""
    path = tmp_path_factory.mktemp("whole") / "set"
    assert make(path)[0] == 0
    return content(path)


def test_the_folder_is_the_contract(whole: dict[str, str]) -> None:
    episodes = {f"episodes/{n:06d}.h5" for n in range(4)}
    assert set(whole) == {"dataset.json", "plan.jsonl", "manifest.jsonl", *episodes}


def test_the_number_of_workers_changes_no_byte(tmp_path: Path, whole: dict[str, str]) -> None:
    failed, notes = make(tmp_path / "set", workers=2)
    assert failed == 0 and sorted(line["episode"] for line in notes.lines) == [0, 1, 2, 3]
    assert content(tmp_path / "set") == whole


def test_a_killed_worker_costs_one_attempt(tmp_path: Path, whole: dict[str, str]) -> None:
    failed, notes = make(tmp_path / "set", fake.killed_once, workers=2)
    assert failed == 0
    assert content(tmp_path / "set") == whole
    assert [m for m in notes.messages if "episode 1: its worker was killed by SIGKILL" in m and "2 of 3" in m]


def test_kill_nine_in_the_middle_then_the_same_command(tmp_path: Path, whole: dict[str, str]) -> None:
    path = tmp_path / "set"
    script = tmp_path / "main.py"
    script.write_text(
        "import sys\n"
        f"sys.path[:0] = {[str(Path(__file__).parent)]!r}\n"
        "import fake_engine\n"
        "from pathlib import Path\n"
        "from cornercase.sim.dataset.executor import Run\n"
        "from cornercase.sim.dataset.folder import Folder\n"
        "class Quiet:\n"
        "    def finished(self, line): pass\n"
        "    def message(self, text): pass\n"
        "if __name__ == '__main__':\n"
        f"    folder = Folder.prepare(Path({str(path)!r}), fake_engine.config(), seed=7, episodes=4)\n"
        "    Run(folder, fake_engine.slow, workers=2, retries=0, listener=Quiet()).execute()\n"
    )
    process = subprocess.Popen([sys.executable, str(script)])
    manifest = path / "manifest.jsonl"
    deadline = time.monotonic() + 60
    while not (manifest.exists() and manifest.read_text().count("\n") >= 1 and list(path.rglob("*.tmp-*"))):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()
    before = Folder.open(path).manifest.lines()
    assert 1 <= len(before) < 4
    with manifest.open("a") as stream:
        stream.write('{"episode":3,"fi')  # a torn line, as a crash may leave it
    time.sleep(0.3)  # the workers end with their parent
    failed, notes = make(path)
    assert failed == 0
    assert {line["episode"] for line in notes.lines} == {0, 1, 2, 3} - {line["episode"] for line in before}
    assert content(path) == whole


def test_what_fails_is_set_down_and_the_others_go_on(tmp_path: Path, whole: dict[str, str]) -> None:
    path = tmp_path / "set"
    failed, notes = make(path, fake.broken, retries=1)
    assert failed == 1 and [line["episode"] for line in notes.lines] == [0, 2, 3]
    (line,) = LineFile(path / "failed.jsonl").lines()
    assert line["episode"] == 1 and "the wheel came off" in line["traceback"]
    assert line["reproduce"] == f"cornercase replay {path} --episode 1"
    assert len(load(path)) == 3
    assert [f for f in verify(path) if "not finished" in f.text]
    assert make(path)[0] == 0
    assert content(path) == whole


def test_a_full_disk_stops_with_one_message_and_keeps_what_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "set"
    with pytest.raises(StorageError, match=r"cannot write .*000001\.h5: .*already finished is kept"):
        make(path, fake.out_of_space, workers=1)
    assert [e.number for e in load(path)] == [0]
    assert not list(path.rglob("*.tmp-*"))
    assert make(path)[0] == 0


def test_a_configuration_error_stops_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such road"):
        make(tmp_path / "set", fake.misconfigured, workers=1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="no permission"):
        make(tmp_path / "set")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        make(tmp_path / "file" / "set")
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        make(tmp_path / "file")


def test_another_configuration_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set"
    folder = Folder.prepare(path, fake.config(gap_m=3.0), seed=7, episodes=4)
    spec = folder.specs()[0]
    Run(folder, fake.record, workers=0, retries=0, listener=Notes()).execute()
    with pytest.raises(ConfigError) as error:
        Folder.prepare(path, fake.config(gap_m=4.0), seed=8, episodes=4)
    assert "scenario.params.gap_m is 3.0 there, 4.0 asked" in str(error.value)
    assert "seed is 7 there, 8 asked" in str(error.value)
    assert Folder.prepare(path, fake.config(gap_m=3.0), seed=7, episodes=4).specs()[0] == spec


def test_a_configuration_that_never_finished_an_episode_is_replaced(tmp_path: Path) -> None:
    Folder.prepare(tmp_path / "set", fake.config(gap_m=3.0), seed=7, episodes=4)
    folder = Folder.prepare(tmp_path / "set", fake.config(gap_m=4.0), seed=8, episodes=2)
    assert [spec.seed for spec in folder.specs()] == [8, 8]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ConfigError, match=r"thesis\.tex"):
        Folder.prepare(tmp_path, fake.config(), seed=7, episodes=4)


def test_a_changed_plan_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "set"
    Folder.prepare(path, fake.config(), seed=7, episodes=4)
    plan = path / "plan.jsonl"
    plan.write_text(plan.read_text().replace('"seed":7', '"seed":9'))
    with pytest.raises(DatasetError, match="not the plan"):
        Folder.open(path).specs()


def test_a_damaged_line_of_the_manifest_is_mended_as_its_message_says(tmp_path: Path, whole: dict[str, str]) -> None:
    path, manifest = tmp_path / "set", tmp_path / "set" / "manifest.jsonl"
    make(path)
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join([*lines[:2], lines[2].replace('"sha256"', '"sha'), *lines[3:]]))
    with pytest.raises(DatasetError, match="line 3, is damaged .*: remove this line and run the command that made"):
        make(path)
    manifest.write_text("".join([*lines[:2], *lines[3:]]))
    assert [f.text.partition(":")[0] for f in verify(path)] == ["planned but not finished"]
    failed, notes = make(path)
    assert failed == 0 and [line["episode"] for line in notes.lines] == [2]
    assert content(path) == whole and not list(verify(path))


def test_two_runs_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    folder = Folder.prepare(tmp_path / "set", fake.config(), seed=7, episodes=1)
    with folder.lock(), pytest.raises(StorageError, match="another cornercase generate"):
        make(tmp_path / "set", episodes=1)


def test_ctrl_c_ends_the_workers_and_goes_on_later(tmp_path: Path, whole: dict[str, str]) -> None:
    path = tmp_path / "set"

    class Stop(Notes):
        def finished(self, line: Line) -> None:
            os.kill(os.getpid(), signal.SIGINT)

    folder = Folder.prepare(path, fake.config(), seed=7, episodes=4)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have what runs behind them ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            Run(folder, fake.record, workers=1, retries=0, listener=Stop()).execute()
    finally:
        signal.signal(signal.SIGINT, before)
    assert folder.manifest.lines() and not list(path.rglob("*.tmp-*"))
    assert make(path)[0] == 0
    assert content(path) == whole


def test_plan_and_description_say_what_it_takes_to_make_it_again(tmp_path: Path) -> None:
    folder = Folder.prepare(tmp_path / "set", fake.config(gap_m=3.0), seed=7, episodes=2)
    lines = [json.loads(line) for line in (tmp_path / "set" / "plan.jsonl").read_text().splitlines()]
    assert lines[1] == {"episode": 1, "scenario": "driving/fake", "seed": 7, "params": {"gap_m": 3.0}}
    assert Folder.open(tmp_path / "set").specs() == [fake.EpisodeSpec(n, 7, fake.config(gap_m=3.0)) for n in range(2)]
    assert {"numpy", "pybullet", "h5py", "python"} <= set(folder.description["versions"])
