"""Chunks made here must be what HDF5 itself makes of the same filters."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from cornercase.sim.dataset.chunks import ChunkWriter, fletcher32
from hypothesis import given
from hypothesis import strategies as st


@given(st.binary(min_size=1, max_size=2000))
def test_fletcher32_is_that_of_hdf5(data: bytes) -> None:
    with h5py.File("x", "w", driver="core", backing_store=False) as file:
        dataset = file.create_dataset("a", data=np.frombuffer(data, np.uint8), chunks=(len(data),), fletcher32=True)
        _, stored = dataset.id.read_direct_chunk((0,))
    assert int.from_bytes(stored[-4:], "little") == fletcher32(data)


def test_fletcher32_of_zeros_and_of_the_modulus() -> None:
    assert fletcher32(b"\0" * 10) == 0
    assert fletcher32(b"\xff\xff") == 0xFFFF_FFFF


@pytest.mark.parametrize("checksum", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "u2", "i4", "f8"])
def test_hdf5_reads_the_chunks(tmp_path: Path, dtype: str, checksum: bool) -> None:
    rng = np.random.default_rng(1)
    frames = [rng.integers(0, 200, (13, 7)).astype(dtype) for _ in range(40)]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        writer = ChunkWriter(file, level=3)
        dataset = writer.create("frames", (13, 7), np.dtype(dtype), checksum=checksum)
        for frame in frames:
            writer.append(dataset, frame, lambda a: a, checksum=checksum)
        writer.drain()
        whole = writer.store("whole", np.stack(frames).reshape(-1, 7), checksum=checksum, rows=100)
        writer.stop()
        assert whole.chunks == (100, 7)
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["frames"].chunks == (1, 13, 7)
        assert np.array_equal(file["frames"][()], np.stack(frames))
        assert np.array_equal(file["whole"][()], np.stack(frames).reshape(-1, 7))
        assert file["frames"].fletcher32 == checksum


def test_the_number_of_threads_does_not_change_the_file(tmp_path: Path) -> None:
    frames = np.random.default_rng(2).integers(0, 255, (60, 50, 40), np.uint8)
    for threads in (1, 4):
        with h5py.File(tmp_path / f"{threads}.h5", "w") as file:
            writer = ChunkWriter(file, level=1, threads=threads)
            dataset = writer.create("a", (50, 40), np.dtype("u1"), checksum=False)
            for frame in frames:
                writer.append(dataset, frame, lambda a: a, checksum=False)
            writer.drain()
            writer.stop()
    assert (tmp_path / "1.h5").read_bytes() == (tmp_path / "4.h5").read_bytes()
