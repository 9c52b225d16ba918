"""Compressed chunks written past the HDF5 lock: shuffle and Zstd in a thread, bytes straight into the file.

A chunk is one frame. Its filters are byte shuffle (for items wider than a byte), Zstd (registered filter 32015) and, on
labels, Fletcher-32; the bytes made here are what HDF5 would have made, so any reader with the Zstd plugin decodes
them. Chunks reach the file in the order in which they were added, whenever their compression ends, so equal input
gives equal files.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import h5py
import numpy as np
import zstandard
from numpy.typing import NDArray

from .plugins import ZSTD, require_zstd

Array = NDArray[Any]

_IN_FLIGHT = 24  # chunks; about three labelled camera frames


def shuffle(values: Array) -> bytes:
    """Bytes of an array sorted by significance, as HDF5's shuffle filter does."""
    flat = np.ascontiguousarray(values)
    if flat.itemsize == 1:
        return flat.tobytes()
    return flat.reshape(-1).view(np.uint8).reshape(-1, flat.itemsize).T.tobytes()


def fletcher32(data: bytes) -> int:
    """HDF5's Fletcher-32: sums modulo 65535 of big-endian 16 bit words."""
    words = np.frombuffer(data + b"\0" * (len(data) % 2), dtype=">u2").astype(np.uint64)
    weights = np.arange(len(words), 0, -1, dtype=np.uint64)
    sums = (int(words.sum()), int((words * weights).sum()))
    low, high = ((s % 65535 or 65535) if s else 0 for s in sums)
    return high << 16 | low


def pack(values: Array, *, level: int, checksum: bool) -> bytes:
    """One chunk as it stands in the file."""
    data = zstandard.ZstdCompressor(level=level, write_content_size=True).compress(shuffle(values))
    return data + struct.pack("<I", fletcher32(data)) if checksum else data


class ChunkWriter:
    """Creates compressed datasets in one open file and appends frames to them.

    Args:
        file: open for writing.
        level: Zstd level, 1 to 19.
        threads: that compress.

    """

    def __init__(self, file: h5py.File, *, level: int, threads: int = 1) -> None:
        require_zstd()
        self._file = file
        self._level = level
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="zstd")
        self._queue: deque[tuple[h5py.Dataset, int, Future[bytes]]] = deque()
        self._rows: dict[str, int] = {}

    def create(self, path: str, frame_shape: tuple[int, ...], dtype: np.dtype[Any], *, checksum: bool) -> h5py.Dataset:
        """A dataset of as many frames as will come, one chunk each."""
        chunk = (1, *frame_shape)
        return self._create(path, (0, *frame_shape), (None, *frame_shape), chunk, dtype, checksum=checksum)

    def append(self, dataset: h5py.Dataset, values: Array, encode: Callable[[Array], Array], *, checksum: bool) -> None:
        """Add a frame. `encode` turns `values` into the stored numbers, in the thread; neither may change any more."""
        row = self._rows.get(dataset.name, 0)
        self._rows[dataset.name] = row + 1
        dtype, level = dataset.dtype, self._level

        def work() -> bytes:
            return pack(encode(values).astype(dtype, copy=False), level=level, checksum=checksum)

        self._queue.append((dataset, row, self._pool.submit(work)))
        while len(self._queue) > _IN_FLIGHT:
            self._write_oldest()

    def store(self, path: str, values: Array, *, checksum: bool = False, rows: int = 1024) -> h5py.Dataset:
        """Write a whole array, in chunks of `rows` rows. Arrays without elements are stored without chunks."""
        if not values.size:
            return self._file.create_dataset(path, data=values)
        chunk = (min(rows, len(values)), *values.shape[1:])
        dataset = self._create(path, values.shape, values.shape, chunk, values.dtype, checksum=checksum)
        for start in range(0, len(values), chunk[0]):
            block = values[start : start + chunk[0]]
            if len(block) < chunk[0]:
                block = np.concatenate([block, np.zeros((chunk[0] - len(block), *chunk[1:]), values.dtype)])
            offset = (start, *(0 for _ in chunk[1:]))
            dataset.id.write_direct_chunk(offset, pack(block, level=self._level, checksum=checksum))
        return dataset

    def drain(self) -> None:
        """Wait until each frame added so far stands in the file."""
        while self._queue:
            self._write_oldest()

    def stop(self) -> None:
        """End the threads; frames not yet drained are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._queue.clear()

    def _write_oldest(self) -> None:
        dataset, row, future = self._queue.popleft()
        data = future.result()
        dataset.resize(row + 1, axis=0)
        dataset.id.write_direct_chunk((row, *(0 for _ in dataset.shape[1:])), data)

    def _create(
        self,
        path: str,
        shape: tuple[int, ...],
        maxshape: tuple[int | None, ...],
        chunk: tuple[int, ...],
        dtype: np.dtype[Any],
        *,
        checksum: bool,
    ) -> h5py.Dataset:
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk(chunk)
        plan.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        plan.set_obj_track_times(False)
        if dtype.itemsize > 1:
            plan.set_shuffle()
        plan.set_filter(ZSTD, h5py.h5z.FLAG_MANDATORY, (self._level,))
        if checksum:
            plan.set_fletcher32()
        limits = tuple(h5py.h5s.UNLIMITED if n is None else n for n in maxshape)
        space = h5py.h5s.create_simple(shape, limits)
        links = h5py.h5p.create(h5py.h5p.LINK_CREATE)
        links.set_create_intermediate_group(True)
        kind = h5py.h5t.py_create(dtype, logical=True)
        return h5py.Dataset(h5py.h5d.create(self._file.id, path.encode(), kind, space, dcpl=plan, lcpl=links))
