"""The jobs of `cornercase compile` exist; all of it runs when the project is installed."""

import hydra
from cornercase.sim.cli import compile as compiling
from cornercase.sim.cli.generate import to_config
from cornercase.sim.cli.main import main
from cornercase.sim.cli.schemas import register_schemas
from cornercase.sim.dataset.plan import check
from hydra.core.global_hydra import GlobalHydra


def test_every_job_is_a_valid_configuration():
    register_schemas()
    for job in compiling.JOBS:
        GlobalHydra.instance().clear()
        with hydra.initialize_config_module("cornercase.conf", version_base="1.3"):
            check(to_config(hydra.compose("generate", overrides=[*job.overrides, "scenario.duration_s=0.3"])))


def test_bad_workers_and_a_job_that_fails_are_told(monkeypatch, capsys):
    assert main(["compile", "--workers", "0"]) == 2
    assert "workers is 0" in capsys.readouterr().err
    monkeypatch.setattr(compiling, "JOBS", (compiling.Job("wrong", ("scenario=driving/cut_inn",)),))
    assert main(["compile", "--workers", "1"]) == 1
    told = capsys.readouterr()
    assert "1 part, 1 at a time; two at a time on two cores" in told.out and "driving/cut_in" in told.err
