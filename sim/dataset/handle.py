"""An HDF5 file that each process opens for itself.

A handle must not cross a fork or a pickle: a DataLoader worker that inherits one reads garbage. So the open file is
keyed by process id and never pickled.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from ..errors import DatasetError
from . import schema
from .plugins import require_zstd

CACHE_BYTES = 32 << 20
"""Chunk cache of each array: several frames."""


class Handle:
    """Opens an episode file on first use, once per process.

    Args:
        path: of the file.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: tuple[int, h5py.File] | None = None

    @property
    def file(self) -> h5py.File:
        """The open file.

        Raises:
            DatasetError: missing, truncated, not an episode, or written by a newer version.

        """
        if self._open is None or self._open[0] != os.getpid():
            self._open = (os.getpid(), open_episode(self.path))
        return self._open[1]

    def close(self) -> None:
        """Close the file in this process; it opens again on the next use."""
        if self._open is not None and self._open[0] == os.getpid():
            self._open[1].close()
        self._open = None

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "_open": None}


def open_episode(path: Path) -> h5py.File:
    """Open an episode file for reading.

    Raises:
        DatasetError: as `Handle.file`.

    """
    require_zstd()
    if not path.is_file():
        raise DatasetError(f"there is no episode file {path}")
    try:
        file = h5py.File(path, "r", rdcc_nbytes=CACHE_BYTES, locking="best-effort")
        attributes = dict(file.attrs)
    except (OSError, RuntimeError, KeyError) as error:
        raise DatasetError(
            f"{path} is damaged or not HDF5 ({error}): delete it and run the same generate command again"
        ) from error
    if attributes.get("format") != schema.FORMAT:
        file.close()
        raise DatasetError(
            f"{path} is not an episode: its format is {attributes.get('format')!r}, not {schema.FORMAT!r}"
        )
    check_version(path, int(attributes["format_version"]))
    if not attributes.get("complete"):
        file.close()
        raise DatasetError(f"{path} was never finished: delete it and run the same generate command again")
    return file


@contextmanager
def damage_of(path: Path) -> Iterator[None]:
    """Report what HDF5 says of its own broken tables as damage to the file.

    Raises:
        DatasetError: for an error of HDF5 within the block.

    """
    try:
        yield
    except DatasetError:
        raise
    except (OSError, RuntimeError, LookupError, AttributeError, TypeError, ValueError) as error:
        # h5py answers broken tables with whatever comes first: no object, None, a wrong type
        raise DatasetError(f"{path} is damaged ({error}): delete it and run the same generate command again") from error


def check_version(path: Path, version: int) -> None:
    """Refuse what a newer version wrote.

    Raises:
        DatasetError: names both versions.

    """
    if version > schema.FORMAT_VERSION:
        raise DatasetError(
            f"{path} has format version {version}, this cornercase reads up to {schema.FORMAT_VERSION}: "
            "upgrade cornercase"
        )


def read(dataset: h5py.Dataset, where: Any) -> Any:
    """Part of an array, with damage reported as what it is.

    Raises:
        DatasetError: a chunk cannot be decoded or fails its checksum.

    """
    try:
        return dataset[where]
    except (OSError, RuntimeError) as error:
        raise DatasetError(f"{dataset.file.filename} is damaged at {dataset.name} ({error})") from error
