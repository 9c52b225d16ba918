"""Files that are either whole or absent: temporary name, fsync, rename; and disk errors said in one sentence."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import StorageError

TEMPORARY = re.compile(r"\.tmp-\d+$")
"""How the names of unfinished files end."""

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file is larger than allowed here",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "no permission to write there",
    errno.EPERM: "no permission to write there",
    errno.ENOTDIR: "a file stands where a folder is needed",
    errno.EEXIST: "a file stands where a folder is needed",
    errno.ENOENT: "no folder can be made there",
    errno.EIO: "the disk reports an error",
}


def temporary_name(path: Path) -> Path:
    """Where this process writes what will become `path`."""
    return path.with_name(f"{path.name}.tmp-{os.getpid()}")


def fsync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name, so that after a crash it is either whole or absent."""
    fsync(temporary)
    os.replace(temporary, path)
    fsync(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a whole small file; it is either the old one or the new one, never half."""
    with disk_errors(path):
        temporary = temporary_name(path)
        try:
            temporary.write_text(text, encoding="utf-8")
            publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)  # still there if it was interrupted


@contextlib.contextmanager
def locked(folder: Path, who: str) -> Iterator[None]:
    """Hold a folder for writing; a crash releases it.

    Raises:
        StorageError: another process, called `who` in the message, holds it.

    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise StorageError(f"another {who} is writing to {folder}") from error
    try:
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn errors of the disk while writing `path` into `StorageError`; leave all others as they are."""
    try:
        yield
    except StorageError:
        raise
    except (OSError, RuntimeError, SystemError) as error:
        reason = _REASONS.get(_number(error))
        if reason is None:
            raise
        raise StorageError(f"cannot write {path}: {reason}; what is already finished is kept") from error


def _number(error: BaseException) -> int:
    """The errno of an error; HDF5 sometimes has it only in the text."""
    number = getattr(error, "errno", None)
    if number in _REASONS:
        return int(number)
    found = re.search(r"errno = (\d+)", str(error))
    return int(found.group(1)) if found else 0
