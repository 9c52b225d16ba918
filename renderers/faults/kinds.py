"""All kinds of faults, collected from the families, and what each sensor can have."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from . import camera, geometry, lidar, timing, vectors
from .fault import FAULTS, AbstractFault

FAMILIES = (timing, camera, lidar, vectors, geometry)
"""The modules that register kinds."""


@dataclass(frozen=True)
class FaultKind:
    """What a kind of fault is.

    Attributes:
        kind: name in configurations.
        summary: one line.
        unit: of the magnitude, "" where it has none.
        ladder: magnitudes of severities 1 to 5; empty where there is nothing to scale.
        source: of the ladder.

    """

    kind: str
    summary: str
    unit: str
    ladder: tuple[float, ...]
    source: str


def fault_class(kind: str) -> type[AbstractFault]:
    """The class of a kind.

    Raises:
        ValueError: there is none of this name; the message has the nearest.

    """
    if kind not in FAULTS:
        near = difflib.get_close_matches(kind.lower(), FAULTS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown fault kind {kind!r}; did you mean {near!r}? known: {', '.join(sorted(FAULTS))}")
    return FAULTS[kind]


def fault_kinds(sensor_kind: str = "") -> list[FaultKind]:
    """The kinds a sensor can have, by name; all of them for ""."""
    fitting = [cls for cls in FAULTS.values() if not sensor_kind or cls.fits(sensor_kind)]
    return [
        FaultKind(c.kind, (c.__doc__ or "").splitlines()[0], c.unit, c.ladder, c.source)
        for c in sorted(fitting, key=lambda c: c.kind)
    ]
