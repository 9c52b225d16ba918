"""The boxes of bodies that change their shape: at every instant about all that is drawn of them.

A walking person reaches half a metre beyond the box they stand in, and a robot arm far out of that of its rest posture.
The box in labels therefore encloses the parts where they are, by the support points of their meshes, along the axes of
the actor's own box. The actor's box itself, which physics and scenarios measure with, stays what it is.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import kernel
from ...renderers.support import support_points
from ...renderers.transforms import conjugate, multiply, rotate, to_matrix
from .actor import Actor
from .history import PoseHistory

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


class Extents:
    """The articulated among the actors of a world.

    Args:
        actors: all there will ever be.
        history: of their poses.

    """

    def __init__(self, actors: list[Actor], history: PoseHistory) -> None:
        self._history = history
        self._sizes = np.array([actor.size for actor in actors], np.float64).reshape(-1, 3)
        self._bodies = [(k, a, history.parts(k)) for k, a in enumerate(actors) if a.articulated and a.parts]

    @cached_property
    def _points(self) -> tuple[I64, F64]:
        """Where the support points of each part begin, one more than there are parts, and the points (P, 3) [m]."""
        points = [support_points(part.mesh) for _, actor, _ in self._bodies for part in actor.parts]
        first = np.concatenate([[0], np.cumsum([len(p) for p in points])]).astype(np.int64)
        return first, np.concatenate(points)

    @cached_property
    def _columns(self) -> tuple[slice, I64, I64]:
        """Columns of the history to recall, and of each part its place among them and the number of its actor."""
        first, end = self._bodies[0][2].start, self._bodies[-1][2].stop
        places = np.concatenate([np.arange(at.start, at.stop) for _, _, at in self._bodies]) - first
        owner = np.concatenate([np.full(at.stop - at.start, k) for k, _, at in self._bodies])
        return slice(first, end), places, owner

    def enclose(self, time_s: float, position_w: F64, orientation_w: F64) -> tuple[F64, F64]:
        """Centres and full sizes (M, 3) [m] of the label boxes of all actors at a recent instant.

        Args:
            time_s: when.
            position_w, orientation_w: (M, 3) and (M, 4) of the actors' own boxes then; the axes are theirs.

        """
        if not self._bodies:
            return position_w, self._sizes.copy()
        (columns, places, owner), (first, points) = self._columns, self._points
        position, orientation = (pose[0, places] for pose in self._history.poses(columns, np.array([time_s])))
        inverse = conjugate(orientation_w[owner])
        offset = rotate(inverse, position - position_w[owner])
        turn = to_matrix(multiply(inverse, orientation))
        low, high = np.full((len(position_w), 3), np.inf), np.full((len(position_w), 3), -np.inf)
        _bound(offset, turn, owner, first, points, low, high)
        centre, size = position_w.copy(), self._sizes.copy()
        bodies = np.array([k for k, _, _ in self._bodies])
        low, high = low[bodies], high[bodies]
        centre[bodies] += rotate(orientation_w[bodies], 0.5 * (low + high))
        size[bodies] = high - low
        return centre, size


@kernel
def _bound(offset, turn, owner, first, points, low, high):  # type: ignore[no-untyped-def]
    """The least and the largest coordinates of the points of each owner's parts, in place."""
    for i in range(len(owner)):
        for c in range(3):
            a, b, d = turn[i, c]
            least, most = np.inf, -np.inf
            for j in range(first[i], first[i + 1]):
                at = a * points[j, 0] + b * points[j, 1] + d * points[j, 2]
                least, most = min(least, at), max(most, at)
            k = owner[i]
            low[k, c], high[k, c] = min(low[k, c], offset[i, c] + least), max(high[k, c], offset[i, c] + most)
