"""Nested configs from YAML values."""

import pytest
from cornercase.renderers.camera.camera import CameraConfig
from cornercase.renderers.camera.contamination import DROPS
from cornercase.renderers.camera.isp import IspConfig
from cornercase.renderers.configs import nested


def test_mappings_become_configs_at_every_depth() -> None:
    config = CameraConfig(contamination={"dirt": {"coverage": 0.2}}, isp={"saturation": 0.5})  # type: ignore[arg-type]
    assert config.contamination.dirt.coverage == 0.2
    assert config.isp.saturation == 0.5


def test_presets_go_by_name_and_are_copies() -> None:
    config = CameraConfig(contamination="drops_heavy")  # type: ignore[arg-type]
    assert config.contamination == DROPS["heavy"]
    assert config.contamination is not DROPS["heavy"]


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("drops_heavvy", "drops_heavy"),
        ({"dirt": {"coverage": "much"}}, "dirt.coverage is 'much', expected a number"),
        ({"dirtt": {}}, "dirt"),
        ({"dirt": {"coverag": 0.1}}, "coverage"),
        (3, "fields"),
    ],
)
def test_errors_name_the_nearest(value: object, near: str) -> None:
    with pytest.raises(ValueError, match=near):
        CameraConfig(contamination=value)  # type: ignore[arg-type]


def test_instances_pass_through() -> None:
    config = IspConfig()
    assert nested(IspConfig, config, "isp") is config
