"""One measured curve beside its law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Measured values over one quantity, and what the law says.

    Attributes:
        figure: name of the picture it is drawn in.
        name: what tells it from the other curves there.
        x, measured, law: (N,) values.
        line: the law at more places, to be drawn.
        relative, absolute: the curve lies on its law where |measured - law| <= max(absolute, relative |law|).

    """

    figure: str
    name: str
    x: F64
    measured: F64
    law: F64
    relative: float
    absolute: float = 0.0
    line: tuple[F64, F64] | None = None

    @property
    def excess(self) -> F64:
        """(N,) deviations as shares of what is allowed; more than 1 is a failure, as is no value."""
        allowed = np.maximum(self.absolute, self.relative * np.abs(self.law))
        share = np.abs(self.measured - self.law) / np.maximum(allowed, 1e-300)
        return np.where(np.isfinite(self.measured), share, np.inf)

    @property
    def passed(self) -> bool:
        """Whether every point lies on the law."""
        return bool(np.all(self.excess <= 1.0))

    @property
    def worst(self) -> tuple[float, float, float]:
        """Place, measured value and law of the point that is furthest off."""
        k = int(np.argmax(self.excess))
        return float(self.x[k]), float(self.measured[k]), float(self.law[k])


@dataclass(frozen=True)
class Figure:
    """What curves with the same figure share.

    Attributes:
        name: short, for files.
        title: what is shown.
        law: the law in words or as a formula, with its source.
        x_label, y_label: with units.
        x_log, y_log: whether the axes are logarithmic.
        from_zero: whether the y axis begins at 0.

    """

    name: str
    title: str
    law: str
    x_label: str
    y_label: str
    x_log: bool = False
    y_log: bool = False
    from_zero: bool = True
