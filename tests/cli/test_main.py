"""What a user types and what comes back; the simulation is the fake one, everything else is real."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fake_engine
import pytest
from cornercase.sim.cli.main import main
from cornercase.sim.dataset import generation, recording
from cornercase.sim.dataset.reader import load

CONF = Path(__file__).parent / "conf"
MINE = ["generate", f"--config-dir={CONF}", "scenario=mine", "plugins=[my_scenarios]", "workers=0"]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(generation, "record_to_file", fake_engine.record)
    monkeypatch.setattr(recording, "record_to_file", fake_engine.record)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = main(arguments)
    out, err = capfd.readouterr()
    return code, out, err


def test_generate_inspect_verify_replay(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, *MINE, "episodes=2", "seed=7", "out=set")
    assert (code, out) == (0, out) and "set: 2 of 2 episodes" in out
    assert [line for line in err.splitlines() if line.startswith("[2/2] episode 1: contact, 6 steps")]
    assert {p.name for p in tmp_path.iterdir()} == {"set"}, "no outputs/ folder, no log file"
    assert load("set").config["scenario"]["params"] == {"speed_mps": 3.0}
    code, out, err = run(capfd, *MINE, "episodes=2", "seed=7", "out=set")
    assert code == 0 and "2 of 2 episodes are already in set" in err
    code, out, _ = run(capfd, "inspect", "set")
    assert code == 0 and "mine/roll, 2 of 2 episodes" in out and "front 7, top 7, imu 7" in out
    code, out, _ = run(capfd, "inspect", "set", "--episode", "1")
    assert code == 0 and "/sensors/front/depth" in out and "Depth along the optical axis" in out
    assert run(capfd, "verify", "set")[:2] == (0, "set: sound\n")
    code, out, _ = run(capfd, "replay", "set", "--episode", "1", "--plugin", "my_scenarios")
    assert code == 0 and out.startswith("episode 1: equal, ")
    file = tmp_path / "set" / "episodes" / "000000.h5"
    file.write_bytes(file.read_bytes()[:-5])
    code, out, _ = run(capfd, "verify", "set")
    assert code == 1 and "000000.h5: has" in out and "set: 1 finding\n" in out
    code, _, err = run(capfd, "replay", "set", "--episode", "0", "--plugin", "my_scenarios")
    assert code == 2 and err.count("\n") == 1 and "damaged" in err


def test_inspect_tells_what_is_missing_or_damaged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*MINE, "episodes=3", "out=set"]) == 0
    code, out, _ = run(capfd, "inspect", "set")
    assert code == 0 and "files: 3 of 3 are there and can be read" in out and "cornercase verify" not in out
    first, second, third = (tmp_path / "set" / "episodes" / f"00000{k}.h5" for k in range(3))
    first.unlink()
    second.write_bytes(second.read_bytes()[:1000])
    third.write_bytes(third.read_bytes() + b"more")
    code, out, _ = run(capfd, "inspect", "set")
    assert code == 1 and "files: 0 of 3 are there and can be read" in out and "cornercase verify set tells all" in out
    for words in ("there is no episode file", "000001.h5 is damaged", "000002.h5 has"):
        assert words in out


def test_a_replay_that_differs_says_where(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([*MINE, "episodes=1", "out=set"]) == 0
    other = fake_engine.spec(seed=99)
    monkeypatch.setattr(recording, "record_to_file", lambda of, path: fake_engine.record(other, path))
    code, out, _ = run(capfd, "replay", "set", "--plugin", "my_scenarios")
    assert code == 1 and "episode 0: first difference: /actors/position_w at step 0 (t = 0.0000 s)" in out


def test_parameters_may_be_pinned_or_drawn(tmp_path: Path) -> None:
    assert main([*MINE, "episodes=1", "out=a", "scenario.params.speed_mps=4.5"]) == 0
    assert load("a").config["scenario"]["params"] == {"speed_mps": 4.5}
    assert main([*MINE, "episodes=1", "out=b", "scenario.params.speed_mps={uniform:[2,3]}"]) == 0
    assert load("b").config["scenario"]["params"] == {"speed_mps": {"uniform": [2, 3]}}
    assert main([*MINE, "episodes=1", "out=c", "scenario.params={speed_mps: 4.5}"]) == 0
    assert load("c").config["scenario"]["params"] == {"speed_mps": 4.5}


def test_a_dataset_cannot_make_replay_import_anything(capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*MINE, "episodes=1", "out=set"]) == 0
    code, _, err = run(capfd, "replay", "set")
    assert code == 2 and "if you trust it, add --plugin my_scenarios" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["generate", "scenario=driving/cut_inn"],
            "unknown scenario 'driving/cut_inn': did you mean 'driving/cut_in'?",
        ),
        (["generate", "scenario=cut_in"], "did you mean 'driving/cut_in'?"),
        (["generate", "sensors=drvie"], "unknown sensors 'drvie': did you mean 'drive'?"),
        (["generate", "epsiodes=3"], "unknown key 'epsiodes': did you mean 'episodes'?"),
        (["generate", "sensor=drive"], "unknown key 'sensor': did you mean 'sensors'?"),
        (["generate", "executor.retires=3"], "unknown key 'executor.retires': did you mean 'executor.retries'?"),
        (["generate", "+foo=3"], "unknown key 'foo'"),
        (["generate", "episodes=four"], "episodes: value 'four' of type 'str' could not be converted to Integer"),
        (["generate", "episodes=0"], "episodes is 0, expected 1 or more"),
        (["generate", "scenario.duration_s=inf"], "scenario.duration_s is inf, expected a finite number"),
        (["generate", "executor.progress=fancy"], "executor.progress is 'fancy': known: auto, none, plain"),
        (["generate", "episodes"], "cannot read 'episodes'"),
        (["generate", "weather.wind_mps=4"], "weather.wind_mps is 4, expected a list in brackets, as in [1,2]"),
        (["generate", "out=null"], "out is null, expected a value"),
        (["generate", "out=[a]"], "out is [a], expected text"),
        (["generate", "mix=3"], "mix is 3, expected values by name, as in {name: 1}"),
        (["generate", "sampling=3"], "sampling is 3, expected its fields one by one, as in sampling.field=1"),
        (["generate", "record.clean=maybe"], "record.clean is maybe, expected true or false"),
        (
            ["generate", "sensors=drive,none"],
            "sensors is drive,none, expected one value; a list is written in brackets",
        ),
        (["generate", "scenario.params.gap_m=1,2"], "scenario.params.gap_m is 1,2, expected one value"),
        (["generate", "sensors=null"], "sensors is null, expected the name of a choice: cornercase list sensors shows"),
        (["generate", "weather=3"], "weather is 3, expected the name of a choice"),
        (["generate", "+seed=3"], "the configuration has 'seed' already: write seed=value, without +"),
        (["generate", "=3"], "cannot read '=3': expected key=value"),
        (["generate", "out=${nothing}"], "out: Interpolation key 'nothing' not found"),
        (["generate", "--config-name=mine"], "there is no configuration 'mine'"),
        (["generate", "plugins=[no_such_package]"], "plugin 'no_such_package' cannot be imported"),
        ([*MINE, "scenario.params.sped_mps=3"], "did you mean 'speed_mps'?"),
        ([*MINE, "scenario.params.speed_mps=30"], "speed_mps is 30, expected a value in [0, 10] m/s"),
        (["inspect", "nowhere"], "there is no folder nowhere"),
        (["verify", "."], "is not a dataset"),
        (["replay", "nowhere"], "there is no folder nowhere"),
        (["verify", __file__], "test_main.py is a file, expected the folder of a dataset"),
        (["avoidability", "nowhere", "--from", "visble"], "--from is 'visble': did you mean 'visible'?"),
        (["list", "sensrs"], "did you mean 'sensors'?"),
        (["check", "driving/cut_in", "--draws", "0"], "--draws is 0, expected 1 or more"),
        (["check", "driving/cut_in", "--limit", "0"], "--limit is 0, expected seconds above 0"),
        (["genrate", "episodes=2"], "unknown command 'genrate': did you mean 'generate'?"),
        (["stress", "model=my_module"], "or model=package.module:name"),
        (
            ["generate", "sensors=none", "sensors.front.width=1280"],
            "no sensor is called 'front': the rig has none; sensors=drive is one",
        ),
        (
            ["generate", "scenario=driving/cut_in", "scenario.params.traffic=1.5"],
            "traffic is 1.5, expected one of 0, 1, 2",
        ),
        (["check", "driving/cut_in", "--seed", "-1"], "--seed is -1, expected 0 or more"),
    ],
)
def test_bad_input_is_one_clear_line(
    capfd: pytest.CaptureFixture[str], arguments: list[str], expected: str, tmp_path: Path
) -> None:
    code, out, err = run(capfd, *arguments)
    assert code == 2
    assert expected in err and err.startswith("cornercase: ") and err.count("\n") == 1
    assert out == "" and not list(tmp_path.iterdir())


def test_another_configuration_in_the_folder_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*MINE, "episodes=1", "out=set"]) == 0
    code, _, err = run(capfd, *MINE, "episodes=1", "out=set", "scenario.params.speed_mps=4")
    assert code == 2 and "scenario.params.speed_mps is 3.0 there, 4 asked" in err and err.count("\n") == 1


def test_an_unwritable_place_is_exit_code_3(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    code, _, err = run(capfd, *MINE, "out=file/set")
    assert code == 3 and "a file stands where a folder is needed" in err and err.count("\n") == 1


@pytest.mark.parametrize("name", ["ü ñ ファ", "a{b}", "it's", "tail\\", "a, b", "two words"])
def test_a_folder_may_have_any_name(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, *MINE, "episodes=1", f"out={name}")
    assert (code, [path.name for path in tmp_path.iterdir()]) == (0, [name]), err


def test_only_commands_that_keep_something_say_so(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for module, name, command in (("check", "check", ["check", "x"]), ("generate", "main", ["generate"])):
        monkeypatch.setattr(f"cornercase.sim.cli.{module}.{name}", stop)
        code, _, err = run(capfd, *command)
        assert code == 130 and ("goes on from there" in err) == (command == ["generate"])


def test_failed_episodes_are_exit_code_1(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "record_to_file", fake_engine.broken)
    code, out, err = run(capfd, *MINE, "episodes=2", "out=set", "executor.retries=0")
    assert code == 1 and "1 of 2 episodes" in out and "1 failed" in out
    assert "to see why: cornercase replay set --episode 1" in err


def test_help_is_for_newcomers(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    out = capfd.readouterr().out
    assert stop.value.code == 0
    assert all(command in out for command in ("generate", "list", "inspect", "verify", "replay", "A first dataset"))
    code, out, _ = run(capfd, "generate", "--help")
    assert code == 0 and out.startswith("cornercase generate [key=value ...]\n\nSimulates") and "episodes=4" in out
    assert "$" not in out and run(capfd, "stress", "-h")[1].startswith("cornercase stress [key=value ...]\n\nLets")


def test_lists(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "list", "sensors")
    assert code == 0 and "drive" in out
    code, out, _ = run(capfd, "list", "mine/roll", "--plugin", "my_scenarios")
    assert code == 0 and "speed_mps" in out and "speed of the ball" in out and "uniform [1, 5]" in out


def test_the_package_is_the_command() -> None:
    command = [sys.executable, "-m", "cornercase"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("cornercase 0."), done.stderr
    done = subprocess.run([*command, "inspect", "nowhere"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "there is no folder nowhere" in done.stderr


@pytest.mark.parametrize("asked", [["--version"], ["--help"], ["generate", "--help"], ["list", "sensors"]])
def test_what_is_only_told_needs_no_engine(asked: list[str]) -> None:
    script = (
        "import sys\nfrom cornercase.sim.cli.main import main\n"
        f"try:\n    main({asked})\nexcept SystemExit:\n    pass\n"
        "assert not {'pybullet', 'hydra', 'numba'} & set(sys.modules), 'slow imports'\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cornercase 0." if asked == ["--version"] else ("usage", "cornercase", "Name"))
