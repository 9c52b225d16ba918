from __future__ import annotations

import errno
from pathlib import Path

import pytest
from cornercase.sim.dataset.storage import disk_errors, publish, temporary_name, write_text
from cornercase.sim.errors import StorageError


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "no permission"),
    ],
)
def test_errors_of_the_disk_are_said_in_one_sentence(number: int, reason: str) -> None:
    with pytest.raises(StorageError, match=f"cannot write a/b.h5: .*{reason}"), disk_errors(Path("a/b.h5")):
        raise OSError(number, "whatever")
    with pytest.raises(StorageError, match=reason), disk_errors(Path("a/b.h5")):  # as some HDF5 calls say it
        raise RuntimeError(f"Can't flush (file write failed: errno = {number}, error message = '...')")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(BrokenPipeError), disk_errors(Path("a")):
        raise BrokenPipeError(errno.EPIPE, "broken pipe")
    with pytest.raises(RuntimeError), disk_errors(Path("a")):
        raise RuntimeError("a bug")


def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_text(path, "old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    with pytest.raises(StorageError):
        write_text(path, "new")
    assert path.read_text() == "old"


def test_publish_renames(tmp_path: Path) -> None:
    path = tmp_path / "a"
    temporary_name(path).write_bytes(b"x")
    publish(temporary_name(path), path)
    assert [p.name for p in tmp_path.iterdir()] == ["a"] and path.read_bytes() == b"x"
