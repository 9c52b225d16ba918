"""Every fault in the YAML files that come with cornercase is a valid one, for a sensor that can have it."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml
from cornercase.renderers.faults import FaultConfig, fault_kinds

KIND_OF = {"front": "camera", "top": "lidar", "imu": "imu", "odometry": "odometry"}
"""The sensors of conf/sensors/drive.yaml."""
FILES = sorted((files("cornercase.conf") / "faults").iterdir(), key=lambda p: p.name)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_each_fault_is_valid(path) -> None:  # type: ignore[no-untyped-def]
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# @package sensors\n# ")
    for sensor, values in yaml.safe_load(text).items():
        assert set(values) == {"faults"}
        for fault in values["faults"].values():
            config = FaultConfig(**fault)
            assert config.kind in {k.kind for k in fault_kinds(KIND_OF[sensor])}


def test_the_dataclass_is_one_that_hydra_can_hold() -> None:
    omegaconf = pytest.importorskip("omegaconf")
    node = omegaconf.OmegaConf.structured(FaultConfig(kind="frozen"))
    merged = omegaconf.OmegaConf.merge(node, {"start_s": 2.0, "magnitude": 1.0, "direction_deg": None})
    assert omegaconf.OmegaConf.to_object(merged) == FaultConfig("frozen", start_s=2.0, magnitude=1.0)
