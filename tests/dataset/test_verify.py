"""Each kind of damage is found, and a sound set has no findings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_engine as fake
import h5py
import pytest
from cornercase.sim.dataset.executor import Run
from cornercase.sim.dataset.folder import Folder
from cornercase.sim.dataset.manifest import Line
from cornercase.sim.dataset.verify import verify
from cornercase.sim.errors import ConfigError, DatasetError

Damage = Callable[[h5py.File], Any]


class Silent:
    def finished(self, line: Line) -> None: ...
    def message(self, text: str) -> None: ...


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = Folder.prepare(tmp_path / "set", fake.config(), seed=7, episodes=2)
    Run(folder, fake.record, workers=0, retries=0, listener=Silent()).execute()
    return tmp_path / "set"


def texts(path: Path) -> list[str]:
    return [str(finding) for finding in verify(path)]


def test_a_sound_set_has_no_findings(dataset: Path) -> None:
    assert texts(dataset) == []
    assert texts(dataset / "episodes" / "000000.h5") == []


def test_every_flipped_bit_of_a_file_is_found(dataset: Path) -> None:
    file = dataset / "episodes" / "000001.h5"
    data = bytearray(file.read_bytes())
    for place in range(7, len(data), len(data) // 8):
        damaged = bytearray(data)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        (text,) = texts(dataset)
        assert "000001.h5: its sha256 is not that of the manifest" in text and "delete it" in text


def test_truncated_missing_and_foreign_files(dataset: Path) -> None:
    first, second = (dataset / "episodes" / f"00000{n}.h5" for n in range(2))
    first.write_bytes(first.read_bytes()[:-10])
    second.rename(dataset / "episodes" / "000009.h5")
    found = texts(dataset)
    assert len(found) == 3
    assert "000000.h5: has" in found[0] and "000001.h5: is in the manifest but missing" in found[1]
    assert "000009.h5: does not belong to the plan" in found[2]


def test_without_its_plan_the_finished_files_are_still_checked(dataset: Path) -> None:
    plan, file = dataset / "plan.jsonl", dataset / "episodes" / "000001.h5"
    text = plan.read_text()
    plan.unlink()
    (found,) = texts(dataset)
    assert "plan.jsonl is missing: restore it, or make the dataset again in another folder" in found
    plan.write_text(text + text)
    file.write_bytes(file.read_bytes()[:-10])
    (dataset / "episodes" / "notes.txt").touch()
    found = texts(dataset)
    assert len(found) == 3 and "is not the plan this dataset began with" in found[0]
    assert "000001.h5: has" in found[1] and "notes.txt: is not in the manifest" in found[2]


def test_what_is_not_a_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        texts(tmp_path)


def _set(path: str, where: Any, value: Any, field: str = "") -> Damage:
    def damage(file: h5py.File) -> None:
        values = file[path][()]
        if field:
            values[field][where] = value
        else:
            values[where] = value
        attributes = dict(file[path].attrs)
        del file[path]
        file.create_dataset(path, data=values).attrs.update(attributes)

    return damage


DAMAGES: list[tuple[Damage, str]] = [
    (lambda f: f.pop("sensors/front/time_end"), "/sensors/front/time_end is missing"),
    (lambda f: f.create_dataset("sensors/front/secret", data=[1]), "secret is not part of the contract"),
    (_set("time", 3, 0), "/time does not rise at state 3"),
    (_set("actors/id", 1, 1), "must be distinct"),
    (_set("actors/position_w", (2, 0, 0), float("nan")), "is not finite at state 2"),
    (_set("ego/velocity_w", (2, 0), 99.0), "differs from its row"),
    (_set("actors/orientation_w", (2, 0, 3), 0.5), "not of unit length"),
    (_set("criticality/ttc_s", 4, float("nan")), "is NaN at state 4"),
    (_set("events", 0, 99, "actor"), "an actor that does not exist"),
    (_set("events", 0, 10**12, "time"), "outside the episode"),
    (_set("phases", 0, 5 * 10**8, "time"), "not in order"),
    (_set("sensors/front/time_start", 2, 0), "does not rise at frame 2"),
    (_set("sensors/front/time_delivered", 2, 0), "delivered before it ends"),
    (_set("sensors/front/instance", (1, 20, 30), 7), "belong to no actor"),
    (_set("sensors/front/instance", (1, 20, 30), 2), "visible box of actor 2"),
    (_set("sensors/front/instance", (1, 20, 30), 1), r"actors \[1\] are visible and have no 2D box"),
    (_set("sensors/front/depth", (1, 6, 6), 65535), "1 pixels show actor 2 and have no depth"),
    (_set("sensors/front/boxes_2d", 3, 41, "visible_px"), "visible_px 41, its mask has 42"),
    (_set("sensors/front/boxes_2d", 3, 8.0, "x1"), "visible box of actor 2"),
    (_set("sensors/front/boxes_2d", 3, 100.0, "ax0"), "does not contain"),
    (_set("sensors/front/boxes_2d", 3, 1.5, "visible_share"), "outside 0 to 1"),
    (_set("sensors/top/instance", (4, 5, 5), 2), "points 10, its ids have 11"),
    (_set("sensors/top/boxes_3d", 4, 9, "points"), "points 9, its ids have 10"),
    (_set("sensors/top/time_offset", (4, 5, 5), 0.2), "time_offset reaches 0.2"),
]


@pytest.mark.parametrize(("damage", "expected"), DAMAGES)
def test_each_wrong_label_is_found(tmp_path: Path, damage: Damage, expected: str) -> None:
    path = tmp_path / "000000.h5"
    fake.record(fake.spec(), path)
    with h5py.File(path, "a") as file:
        damage(file)
    found = texts(path)
    assert [text for text in found if re.search(expected, text)], found


def test_broken_tables_and_missing_folders_are_findings(dataset: Path) -> None:
    file = next(iter(sorted((dataset / "episodes").glob("*.h5"))))
    whole = file.read_bytes()
    for at in range(3000, min(len(whole), 12000), 1500):
        broken = bytearray(whole)
        broken[at : at + 8] = b"\xff" * 8
        file.write_bytes(broken)
        assert isinstance(list(verify(file)), list)  # says what it finds, never a traceback
    file.write_bytes(whole)
    (dataset / "episodes").rename(dataset / "elsewhere")
    assert any("missing" in str(finding) for finding in verify(dataset))


def test_a_manifest_line_without_its_names_is_damage(dataset: Path) -> None:
    (dataset / "manifest.jsonl").write_text('{"episode":0}\n')
    with pytest.raises(DatasetError, match="line 1, is damaged"):
        list(verify(dataset))


def test_a_refused_folder_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "note").touch()
    with pytest.raises(ConfigError):
        Folder.prepare(tmp_path, fake.config(), seed=7, episodes=1)
    assert [p.name for p in tmp_path.iterdir()] == ["note"]
