"""The one HDF5 filter that is not part of HDF5."""

from __future__ import annotations

import importlib

import h5py

from ..errors import DatasetError

ZSTD = 32015
"""Registered number of the Zstandard filter."""


def require_zstd() -> None:
    """Make the Zstd filter known to HDF5.

    Raises:
        DatasetError: the plugin is missing; names it and what to install.

    """
    try:
        importlib.import_module("hdf5plugin")
    except ImportError:
        pass
    if not h5py.h5z.filter_avail(ZSTD):
        raise DatasetError(
            f"episodes are compressed with Zstandard (HDF5 filter {ZSTD}) and its plugin is missing: "
            "install it with `pip install hdf5plugin`"
        )
