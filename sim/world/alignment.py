"""How a road rises and tilts along its path: the vertical profile and the crossfall.

Vertical profile: straight grades joined by parabolas z'' = -1/R over a crest and +1/R in a sag, as roads are laid out;
the parabola of radius R between grades g0 and g1 is R |g1 - g0| long and begins half of that before the point where the
grades meet. Crossfall: level across on straights unless drained to one side, and tilted towards the inside of a bend by
q = min(q_max, v^2 / (R g) / 2), half of what would do without side friction, reached over a linear transition. Orders
of size: rural roads of 100 km/h have crests from about 5000 m, old ones down to 500 m, grades up to 8 %, crossfalls of
2.5 % on straights and 7 % in tight bends (the German RAL).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..physics.client import GRAVITY_MPS2
from .path import Path

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Profile:
    """Height along a path, in pieces of constant curvature; beyond its ends the grade goes on.

    Attributes:
        s_m: (K,) where the pieces begin, increasing; the first also holds before it.
        z_m, grade: (K,) height and slope there [m, 1].
        bend_1pm: (K,) second derivative of each piece, negative over a crest.

    """

    s_m: F64
    z_m: F64
    grade: F64
    bend_1pm: F64

    @staticmethod
    def level(z_m: float = 0.0) -> Profile:
        """The same height everywhere."""
        return Profile(np.zeros(1), np.full(1, z_m), np.zeros(1), np.zeros(1))

    @staticmethod
    def through(points: Sequence[tuple[float, float, float]]) -> Profile:
        """Straight grades through points (s, z) with a parabola of radius R [m] at each inner one; ends are level.

        Args:
            points: (s, z, R) in order of s; R of the first and last rounds the step to a level road there.

        Raises:
            ValueError: parabolas that overlap, or points out of order.

        """
        s, z, radius = np.asarray(points, float).T
        if np.any(np.diff(s) <= 0.0) or np.any(radius <= 0.0):
            raise ValueError(f"profile points need increasing s and radii > 0 m, got {list(points)}")
        grade = np.concatenate([[0.0], np.diff(z) / np.diff(s), [0.0]])
        half = radius * np.abs(np.diff(grade)) / 2.0
        starts, ends = s - half, s + half
        if np.any(starts[1:] < ends[:-1] - 1e-9):
            k = int(np.argmax(starts[1:] < ends[:-1] - 1e-9))
            raise ValueError(
                f"the curves at s = {s[k]:g} and {s[k + 1]:g} m overlap by {ends[k] - starts[k + 1]:.1f} m; expected "
                "smaller radii, gentler grades or points farther apart"
            )
        out = [(starts[0], z[0], 0.0, 0.0)]
        for k in range(len(s)):
            if half[k] > 0.0:
                bend = (grade[k + 1] - grade[k]) / (2.0 * half[k])
                out.append((starts[k], z[k] - grade[k] * half[k], grade[k], bend))
            out.append((ends[k], z[k] + grade[k + 1] * half[k], grade[k + 1], 0.0))
        return Profile(*(np.array(column) for column in zip(*out, strict=True)))

    def at(self, s: ArrayLike) -> tuple[F64, F64]:
        """Height [m] and grade at distances along the path."""
        s_ = np.asarray(s, float)
        k = np.maximum(np.searchsorted(self.s_m, s_, side="right") - 1, 0)
        u = s_ - self.s_m[k]
        return (
            self.z_m[k] + self.grade[k] * u + 0.5 * self.bend_1pm[k] * u * u,
            self.grade[k] + self.bend_1pm[k] * u,
        )


@dataclass(frozen=True)
class Crest:
    """A hill that the road goes over.

    Attributes:
        s_m: where the top is.
        radius_m: of the parabola over it.
        grade: slope up to it and down from it, > 0.
        height_m: of the top above the road before and after.

    """

    s_m: float
    radius_m: float = 1500.0
    grade: float = 0.05
    height_m: float = 7.0

    def profile(self) -> Profile:
        """Level, up, over the top, down, level; sags have the same radius where they fit, else what does.

        Raises:
            ValueError: the hill is too low to reach its grade on this radius.

        """
        if not (self.grade > 0.0 and self.radius_m > 0.0):
            raise ValueError(f"a crest needs radius_m and grade > 0, got {self.radius_m:g} and {self.grade:g}")
        least = self.radius_m * self.grade**2 / 2.0
        if self.height_m < 1.25 * least:
            raise ValueError(
                f"a crest of {self.radius_m:g} m radius between grades of {self.grade:g} needs at least "
                f"{1.25 * least:.2f} m of height, got {self.height_m:g}"
            )
        # the grades meet above the top by half of what the parabola takes
        run = (self.height_m + least) / self.grade
        sag = min(self.radius_m, 1.9 * (run - self.radius_m * self.grade) / self.grade)
        points = [(-run, 0.0, sag), (0.0, run * self.grade, self.radius_m), (run, 0.0, sag)]
        return Profile.through([(self.s_m + s, z, radius) for s, z, radius in points])


def superelevation(
    path: Path, *, largest: float, speed_mps: float, drainage: float = 0.0, transition_m: float = 30.0
) -> tuple[F64, F64]:
    """Crossfall dz/dd over distance as the nodes (s, q) of a broken line; q < 0 falls to the left.

    Args:
        path: the centre line.
        largest: in the tightest bends, >= 0.
        speed_mps: that the bends are laid out for.
        drainage: on straights, falling to the right where > 0.
        transition_m: length of the change, centred on the beginning and end of a bend.

    """
    s = np.arange(-transition_m, path.length_m + transition_m + 1e-9, 1.0)
    _, _, bend = path.at(s)
    bend = np.where((s < 0.0) | (s > path.length_m), 0.0, bend)
    needed = np.minimum(largest, np.abs(bend) * speed_mps**2 / GRAVITY_MPS2 / 2.0)
    wanted = np.where(np.abs(bend) > 1e-6, -np.sign(bend) * needed, drainage)
    window = max(1, round(transition_m))
    padded = np.concatenate([np.full(window, drainage), wanted, np.full(window, drainage)])
    smooth = np.convolve(padded, np.full(window, 1.0 / window), mode="valid")
    return s[0] - window / 2 - 0.5 + np.arange(len(smooth), dtype=float), smooth
