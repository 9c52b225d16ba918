"""What a reference driver asks for, in the form of an agent's action."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


class Asked:
    """The mean of what is asked for since `begin`: held for a control step, it comes closest to what was done.

    A reference driver acts many times in the step for which an agent holds one action. While nothing was asked for
    since, the mean is the one of before.
    """

    def __init__(self, size: int) -> None:
        self._mean, self._sum, self._count = np.zeros(size), np.zeros(size), 0

    def begin(self) -> None:
        """A control step begins."""
        self._mean = self.mean
        self._sum, self._count = np.zeros(len(self._mean)), 0

    def add(self, action: ArrayLike) -> None:
        """What is asked for now; numbers beyond [-1, 1] count as -1 or 1."""
        self._sum += np.clip(action, -1.0, 1.0)
        self._count += 1

    @property
    def mean(self) -> F64:
        """In [-1, 1], a copy."""
        return self._sum / self._count if self._count else self._mean.copy()
