"""The register of corruptions: a name, a table of parameters, a function, and what the engine has instead.

A corruption acts on finished data, so that results can stand beside the literature; its `physical` counterpart, where
there is one, names the settings under which this engine makes the same thing happen in the world.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Overrides = Mapping[str, Any]


class Modality(StrEnum):
    """What a corruption takes and returns."""

    IMAGE = "image"
    """(H, W, 3) uint8 RGB."""
    POINTS = "points"
    """(N, 4 or more) floats: x, y, z [m] with z up, intensity in [0, 255], and the beam's ring where it is needed."""
    BOTH = "both"
    """Either of the two, told apart by the type."""
    POSE = "pose"
    """(4, 4) rigid transform between sensors."""
    SEQUENCE = "sequence"
    """Frames in their order; those that are lost become zero."""
    VIEWS = "views"
    """(V, H, W, 3) uint8, the pictures that the cameras of a rig take at one instant."""


@dataclass(frozen=True, eq=False)
class Context:
    """What some corruptions need beside the data.

    Attributes:
        boxes: (M, 7) objects: centre [m], length, width, height [m], yaw [rad], in the frame of the points.
        vehicle: (N,) bool, which points lie on vehicles; None takes those inside boxes.
        ground: (N,) bool, which points lie on the ground; None fits a plane.
        sweep: (N,) which sweep of an aggregated cloud each point is of; None for a single one.
        depth_m: (H, W) depth of the image [m].

    """

    boxes: F64 = field(default_factory=lambda: np.zeros((0, 7)))
    vehicle: NDArray[np.bool_] | None = None
    ground: NDArray[np.bool_] | None = None
    sweep: NDArray[np.int64] | None = None
    depth_m: NDArray[Any] | None = None


Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Corruption:
    """One corruption of one benchmark.

    Attributes:
        name: "benchmark/corruption", with a third part where a benchmark has figures for several datasets.
        modality: what it takes.
        parameters: published values by name, one per severity; entries of an image part begin with "image_".
        source: the benchmark.
        note: how it differs from the published code, if it does.
        physical: settings of this engine that make the same happen in the world, one per severity; None if it has no
            counterpart. A tuple as a value means one of them, drawn evenly.

    """

    name: str
    modality: Modality
    parameters: Mapping[str, tuple[Any, ...]]
    source: str
    note: str = ""
    physical: tuple[Overrides, ...] | None = None
    image: Function | None = None
    points: Function | None = None

    @property
    def severities(self) -> int:
        """The greatest severity."""
        return len(next(iter(self.parameters.values())))

    def at(self, severity: int) -> dict[str, Any]:
        """The parameters of one severity."""
        return {name: values[severity - 1] for name, values in self.parameters.items()}

    def apply(self, data: Any, severity: int, *, rng: np.random.Generator, context: Context | None = None) -> Any:
        """Corrupted data; the input is not changed.

        Args:
            data: as its modality says.
            severity: 0 (nothing happens) to `severities`.
            rng: where its randomness comes from.
            context: boxes, labels, depth, for those that need them.

        Raises:
            ValueError: the severity does not exist, or the data are of another kind.

        """
        if severity not in range(self.severities + 1):
            raise ValueError(f"{self.name}: severity is {severity}, expected 0 to {self.severities}")
        function, part = self._function(data)
        if severity == 0:
            return data
        values = self.at(severity)
        if self.modality is Modality.BOTH:
            mine = {k: v for k, v in values.items() if k.startswith("image_") == (part == "image")}
            values = {k.removeprefix("image_"): v for k, v in mine.items()}
        return function(data, rng=rng, context=context or Context(), **values)

    def _function(self, data: Any) -> tuple[Function, str]:
        picture = isinstance(data, np.ndarray) and data.dtype == np.uint8
        shape: tuple[int, ...] = tuple(getattr(data, "shape", ()))
        fits = {
            Modality.IMAGE: picture and len(shape) == 3 and shape[-1] == 3,
            Modality.POINTS: not picture and len(shape) == 2 and shape[-1] >= 4,
            Modality.POSE: shape == (4, 4),
            Modality.SEQUENCE: isinstance(data, Sequence | np.ndarray),
            Modality.VIEWS: picture and len(shape) == 4,
        }
        fits[Modality.BOTH] = fits[Modality.IMAGE] or fits[Modality.POINTS]
        if not fits[self.modality]:
            got = f"{type(data).__name__} of shape {shape}"
            raise ValueError(f"{self.name}: got {got}, expected {EXPECTED[self.modality]}")
        part = "image" if picture else "points"
        function = self.image if part == "image" and self.image is not None else self.points or self.image
        if function is None:
            raise ValueError(f"{self.name} has no function for {part}")
        return function, part


EXPECTED = {
    Modality.IMAGE: "a picture (H, W, 3) uint8",
    Modality.POINTS: "points (N, 4 or more) of floats",
    Modality.BOTH: "a picture (H, W, 3) uint8 or points (N, 4 or more) of floats",
    Modality.POSE: "a transform (4, 4)",
    Modality.SEQUENCE: "a sequence of frames",
    Modality.VIEWS: "pictures (V, H, W, 3) uint8",
}
"""What data of each modality look like."""

CORRUPTIONS: dict[str, Corruption] = {}
"""All corruptions by name."""


def register(corruption: Corruption) -> Corruption:
    """Add one to the register; its tables must have the same length."""
    lengths = {len(values) for values in corruption.parameters.values()}
    if len(lengths) != 1 or corruption.name in CORRUPTIONS:
        raise ValueError(f"{corruption.name}: tables of lengths {lengths}, or registered twice")
    if corruption.physical is not None and len(corruption.physical) not in lengths:
        raise ValueError(
            f"{corruption.name}: {len(corruption.physical)} physical counterparts for {lengths} severities"
        )
    CORRUPTIONS[corruption.name] = corruption
    return corruption


def corruption(name: str) -> Corruption:
    """The corruption of a name such as "imagenet_c/gaussian_noise".

    Raises:
        ValueError: there is none; the message has the nearest name.

    """
    if name not in CORRUPTIONS:
        near = difflib.get_close_matches(name, CORRUPTIONS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown corruption {name!r}; did you mean {near!r}?")
    return CORRUPTIONS[name]


def corruptions(benchmark: str = "") -> list[str]:
    """Names of all corruptions, or of those of one benchmark, sorted."""
    return sorted(name for name in CORRUPTIONS if not benchmark or name.partition("/")[0] == benchmark)


def every(function: Function, **tables: tuple[Any, ...]) -> dict[str, Any]:
    """Parameters and function of an image corruption, as keywords of `Corruption`."""
    return {"parameters": tables, "image": function}


def every_point(function: Function, **tables: tuple[Any, ...]) -> dict[str, Any]:
    """Parameters and function of a point corruption, as keywords of `Corruption`."""
    return {"parameters": tables, "points": function}


def each(key: str, values: Sequence[Any]) -> tuple[Overrides, ...]:
    """One setting per severity."""
    return tuple({key: value} for value in values)


def as_fault(kind: str, magnitudes: Sequence[float]) -> tuple[Overrides, ...]:
    """A fault of this engine per severity."""
    return tuple({"fault.kind": kind, "fault.magnitude": float(m)} for m in magnitudes)
