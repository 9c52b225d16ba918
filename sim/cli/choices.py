"""What the groups of the configuration offer."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

CONF = files(__package__.rpartition(".sim.")[0] + ".conf")
"""The YAML files that come with cornercase."""


@dataclass(frozen=True)
class Choice:
    """One YAML file of a group.

    Attributes:
        name: as written on the command line.
        summary: its first comment.

    """

    name: str
    summary: str


def groups() -> list[str]:
    """Names of all groups."""
    return sorted(p.name for p in CONF.iterdir() if p.is_dir() and any(_walk(p, "")))


def choices(group: str) -> list[Choice]:
    """All choices of a group, sorted by name; none if there is no such group."""
    folder = CONF / group
    return sorted(_walk(folder, ""), key=lambda c: c.name) if folder.is_dir() else []


def _walk(folder: Traversable, prefix: str) -> list[Choice]:
    found: list[Choice] = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _walk(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".yaml"):
            comments = (line for line in item.read_text(encoding="utf-8").splitlines() if line.startswith("# "))
            summary = next((c[2:] for c in comments if not c.startswith("# @")), "")
            found.append(Choice(prefix + item.name.removesuffix(".yaml"), summary))
    return found
