"""The folder of a dataset: what is planned, what is finished, and the refusal to mix two configurations.

dataset.json says what it takes to make the set again; plan.jsonl has one line per episode, is written first and never
changes; manifest.jsonl grows by one line per finished episode; failed.jsonl holds what failed in the last run.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import h5py
import llvmlite.binding

from ..episode.config import EpisodeConfig, EpisodeSpec, to_dict
from ..errors import ConfigError, DatasetError, StorageError
from . import schema
from .handle import check_version
from .manifest import Line, LineFile, from_lines, to_line
from .plan import configure, plain_plan
from .storage import TEMPORARY, disk_errors, locked, write_text

_LIBRARIES = (
    "cornercase",
    "numpy",
    "scipy",
    "numba",
    "pybullet",
    "embreex",
    "opencv-python-headless",
    "h5py",
    "zstandard",
    "trimesh",
    "llvmlite",
)


_OWN = {"episodes", "plan.jsonl", "manifest.jsonl", "failed.jsonl"}


class Folder:
    """One dataset folder.

    Attributes:
        path: of the folder.
        description: content of dataset.json.
        manifest: finished episodes.
        failed: episodes that failed in the last run.

    """

    def __init__(self, path: Path, description: Mapping[str, Any]) -> None:
        self.path = path
        self.description = description
        self.manifest = LineFile(path / "manifest.jsonl", ("episode", "size", "sha256"))
        self.failed = LineFile(path / "failed.jsonl")

    @staticmethod
    def open(path: Path) -> Folder:
        """An existing dataset.

        Raises:
            DatasetError: there is none, it is damaged, or a newer version wrote it.

        """
        if path.is_file():
            raise DatasetError(
                f"{path} is a file, expected the folder of a dataset; inspect and verify also take one of its .h5 files"
            )
        if not path.is_dir():
            raise DatasetError(f"there is no folder {path}")
        file = path / "dataset.json"
        if not file.is_file():
            raise DatasetError(f"{path} is not a dataset: it has no dataset.json")
        try:
            description = json.loads(file.read_text(encoding="utf-8"))
            kind, version = description["format"], int(description["format_version"])
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{file} is damaged ({error})") from error
        if kind != schema.DATASET_FORMAT:
            raise DatasetError(f"{path} is not a dataset: its format is {kind!r}, not {schema.DATASET_FORMAT!r}")
        check_version(path, version)
        return Folder(path, description)

    @staticmethod
    def prepare(
        path: Path,
        config: EpisodeConfig,
        *,
        seed: int,
        episodes: int,
        recipe: Mapping[str, Any] | None = None,
        make_plan: Callable[[], Sequence[Line]] | None = None,
    ) -> Folder:
        """A folder to write to: new, or one with the same plan, to go on with.

        Args:
            path: of the folder.
            config: of its episodes.
            seed: of the dataset.
            episodes: how many.
            recipe: what else decides the plan.
            make_plan: called for the plan of a new folder; by default every episode is one of `config`.

        Raises:
            ConfigError: the folder holds a dataset made from another configuration, or other files.
            StorageError: it cannot be written.

        """
        asked = {"seed": seed, "episodes": episodes, "config": to_dict(config), **(recipe or {})}
        make = make_plan or (lambda: plain_plan(config, seed=seed, episodes=episodes))
        with disk_errors(path):
            path.mkdir(parents=True, exist_ok=True)
            if (path / "dataset.json").exists():
                (path / "episodes").mkdir(exist_ok=True)
        if not (path / "dataset.json").exists():
            return Folder._create(path, asked, make)
        folder = Folder.open(path)
        here = {key: folder.description.get(key) for key in asked}
        changes = differences(here, asked)
        if changes and not any(folder.manifest.lines()):
            # nothing was ever finished with the other configuration: a first attempt that failed must not be in the way
            (path / "dataset.json").unlink()
            return Folder._create(path, asked, make)
        if changes:
            raise ConfigError(
                f"{path} holds a dataset of another configuration ({'; '.join(changes)}): choose another out="
            )
        folder.specs()
        if not os.access(path / "episodes", os.W_OK):
            raise StorageError(f"cannot write {path}: no permission to write there")
        return folder

    @staticmethod
    def _create(path: Path, asked: Mapping[str, Any], make_plan: Callable[[], Sequence[Line]]) -> Folder:
        strangers = sorted({p.name for p in path.iterdir()} - _OWN)
        strangers = [name for name in strangers if not TEMPORARY.search(name)]
        if strangers:
            raise ConfigError(f"{path} is not empty and not a dataset (it holds {strangers[0]}): choose another out=")
        plan = "".join(map(to_line, make_plan()))
        with disk_errors(path):
            (path / "episodes").mkdir(exist_ok=True)
        description = {
            "format": schema.DATASET_FORMAT,
            "format_version": schema.FORMAT_VERSION,
            **asked,
            "plan_sha256": hashlib.sha256(plan.encode()).hexdigest(),
            "versions": versions(),
            "machine": {"isa": platform.machine(), "cpu": llvmlite.binding.get_host_cpu_name()},
        }
        write_text(path / "plan.jsonl", plan)
        write_text(path / "dataset.json", json.dumps(description, indent=2, ensure_ascii=False) + "\n")
        return Folder(path, description)

    @property
    def config(self) -> EpisodeConfig:
        """The configuration of its episodes."""
        return EpisodeConfig.from_dict(self.description["config"])

    def episode_path(self, episode: int) -> Path:
        """File of one episode."""
        return self.path / "episodes" / f"{episode:06d}.h5"

    def specs(self) -> list[EpisodeSpec]:
        """All planned episodes.

        Raises:
            DatasetError: plan.jsonl is missing or is not the one this dataset began with.

        """
        file = self.path / "plan.jsonl"
        remedy = "restore it, or make the dataset again in another folder"
        if not file.is_file():
            raise DatasetError(f"{file} is missing: {remedy}")
        text = file.read_text(encoding="utf-8", errors="replace")
        if hashlib.sha256(text.encode()).hexdigest() != self.description["plan_sha256"]:
            raise DatasetError(
                f"{file} is not the plan this dataset began with (its sha256 differs from dataset.json): {remedy}"
            )
        config = self.config
        return [EpisodeSpec(line["episode"], line["seed"], configure(config, line)) for line in from_lines(file, text)]

    def plan(self) -> list[Line]:
        """The lines of the plan."""
        file = self.path / "plan.jsonl"
        return from_lines(file, file.read_text(encoding="utf-8", errors="replace"))

    def spec(self, episode: int) -> EpisodeSpec:
        """One planned episode.

        Raises:
            ConfigError: it is not planned.

        """
        specs = {spec.episode: spec for spec in self.specs()}
        if episode not in specs:
            raise ConfigError(f"{self.path} has no episode {episode}, expected 0 to {max(specs)}")
        return specs[episode]

    def missing(self) -> list[EpisodeSpec]:
        """Planned episodes without a finished file of the size the manifest states."""
        finished = {line["episode"]: line for line in self.manifest.lines()}
        return [spec for spec in self.specs() if not self._whole(spec.episode, finished.get(spec.episode))]

    def _whole(self, episode: int, line: Line | None) -> bool:
        file = self.episode_path(episode)
        return line is not None and file.is_file() and file.stat().st_size == line["size"]

    def remove_unfinished(self) -> None:
        """Delete what killed workers left behind."""
        for place in (self.path, self.path / "episodes"):
            for file in place.iterdir():
                if TEMPORARY.search(file.name):
                    file.unlink(missing_ok=True)

    def lock(self) -> AbstractContextManager[None]:
        """Hold the folder for writing, see `storage.locked`."""
        return locked(self.path, "cornercase generate")


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that decide the bytes of an episode."""
    found = {"python": platform.python_version(), "hdf5": h5py.version.hdf5_version}
    for name in _LIBRARIES:
        found[name] = importlib.metadata.version(name)
    return found


def differences(here: Any, asked: Any, at: str = "") -> list[str]:
    """What differs between two nested configurations, by dotted key."""
    if isinstance(here, Mapping) and isinstance(asked, Mapping):
        keys = sorted({*here, *asked})
        absent = "nothing"
        return [
            text
            for key in keys
            for text in differences(here.get(key, absent), asked.get(key, absent), f"{at}.{key}" if at else key)
        ]
    if isinstance(asked, Sequence) and not isinstance(asked, str):
        asked = list(asked)
    return [] if here == asked else [f"{at.removeprefix('config.')} is {here} there, {asked} asked"]
