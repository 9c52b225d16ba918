"""The gallery of sensors is whole: every kind of sensor, every rig, every fault, and no picture left behind."""

import re
from pathlib import Path

import pytest
from cornercase.renderers.faults.kinds import fault_class, fault_kinds
from cornercase.sim import presets
from cornercase.sim.episode.config import KINDS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/sensors.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split("## All faults")[0].split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_sensor_has_a_picture_that_names_its_key(kind: str) -> None:
    sections = [part for part in PAGE.split("\n## ") if f"`kind: {kind}`" in part]
    assert sections, f"docs/sensors.md shows no `kind: {kind}`"
    assert all("](images/sensors/" in part for part in sections)


@pytest.mark.parametrize("rig", presets.names("sensors"))
def test_every_sensor_of_every_rig_is_of_a_kind_on_the_page(rig: str) -> None:
    for name, sensor in presets.rig(rig).items():
        assert f"`kind: {sensor['kind']}`" in TEXT, f"{name} of sensors={rig} is on no picture of docs/sensors.md"


def test_rigs_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`sensors=(\w+)`", TEXT))
    assert named and named <= set(presets.names("sensors"))


def test_every_fault_is_in_the_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE)
    assert rows == [(fault.kind, fault.summary) for fault in fault_kinds()]


def test_the_table_tells_which_sensors_each_fault_befalls() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .*? \| (.*?) \|", PAGE, re.MULTILINE)
    assert rows == [(f.kind, ", ".join(sorted(fault_class(f.kind).sensors)) or "all") for f in fault_kinds()]


@pytest.mark.parametrize("kind", ["extrinsic_drift", "mount_turn"])
def test_no_mount_moves_what_counts_turns(kind: str) -> None:
    assert not {"odometry", "encoder"}.intersection(fault_class(kind).sensors)
    assert {"camera", "lidar", "imu"} <= set(fault_class(kind).sensors)


def test_every_picture_is_shown_once() -> None:
    shown = re.findall(r"\]\(images/sensors/(\w+\.jpg)\)", PAGE)
    assert sorted(shown) == sorted(path.name for path in (ROOT / "docs/images/sensors").iterdir())
