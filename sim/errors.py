"""The errors a user is meant to read: one sentence that names what, got, expected and the nearest valid name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CornercaseError(Exception):
    """Base of the errors that the command line prints as one line instead of a traceback."""


class ConfigError(CornercaseError, ValueError):
    """The configuration asks for something that does not exist or is out of range. Trying again cannot help."""


class DatasetError(CornercaseError):
    """A dataset or one of its files cannot be read as what it claims to be."""


class StorageError(CornercaseError, OSError):
    """The disk is full, or the folder cannot be written. Stops a run; what is already written stays."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A clause that names the closest valid name, or all of them where none is close.

    Returns:
        "did you mean 'driving/cut_in'?" or "known: a, b, c".

    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if not close and "/" not in name:
        close = [n for n in names if n.rpartition("/")[2] == name]
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(names)}" if names else "none is known"


def counted(number: int, thing: str) -> str:
    """A number of things in words: "1 finding", "2 findings"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
