"""Everything that gives or takes light in one frame, in the flat form that kernels read."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..scene import Environment
from .noise import noise_table
from .sky import light_table

F64 = NDArray[np.float64]


class Lighting(NamedTuple):
    """Light, air and ground of one environment.

    Attributes:
        sky: light table of `sky`: sun and dome.
        noise: noise table of `noise`.
        sunny: whether there is a sun.

    """

    sky: F64
    noise: NDArray[np.int8]
    sunny: bool


@lru_cache(maxsize=256)
def lighting_of(environment: Environment) -> Lighting:
    """The tables of an environment."""
    return Lighting(
        sky=light_table(environment),
        noise=noise_table(),
        sunny=max(environment.sun.illuminance_lx) > 0.0,
    )
