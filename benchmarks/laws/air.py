"""The laws of extinction, written down once more from their sources, and the sweeps over them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from cornercase.renderers.air import Air
from cornercase.sim.world.weather import WeatherConfig
from numpy.typing import NDArray

CLEAR_M = 1.0e7


@dataclass(frozen=True)
class Sweep:
    """A quantity of the weather and the values it takes.

    Attributes:
        name: "fog", "rain" or "snow".
        label: of the axis.
        values: from clear to thick.
        logarithmic: whether its axis is.

    """

    name: str
    label: str
    values: tuple[float, ...]
    logarithmic: bool

    def air(self, value: float) -> Air:
        """The air of one weather, by the way every sensor of the engine gets it."""
        weather = {
            "fog": lambda: WeatherConfig(visibility_m=value),
            "rain": lambda: WeatherConfig(visibility_m=CLEAR_M, rain_mmph=value),
            "snow": lambda: WeatherConfig(visibility_m=CLEAR_M, snow_mmph=value),
        }[self.name]()
        return weather.air(0.0)

    def dense(self, count: int = 80) -> NDArray[np.float64]:
        """Many values between the ends, to draw a law at."""
        low, high = min(self.values), max(self.values)
        if self.logarithmic:
            return np.geomspace(low, high, count)
        return high * np.linspace(0.0, 1.0, count) ** 2 + low

    def extinction(self, value: float) -> float:
        """Extinction [1/m]: WMO for fog; drops after Marshall and Palmer, flakes after Gunn and Marshall, Q_ext = 2."""
        if self.name == "fog":
            return math.log(20.0) / value
        factor, power = {"rain": (3.65e-4, 0.63), "snow": (1.44e-3, 0.57)}[self.name]
        return factor * value**power if value > 0.0 else 0.0


FOG = Sweep(
    "fog", "meteorological optical range [m]",
    (10_000.0, 5000.0, 2000.0, 1000.0, 600.0, 300.0, 200.0, 150.0, 100.0, 70.0, 50.0, 30.0, 20.0), True,
)  # fmt: skip
RAIN = Sweep("rain", "rain rate [mm/h]", (0.0, 1.0, 2.0, 5.0, 10.0, 17.0, 25.0, 35.0, 50.0), False)
SNOW = Sweep("snow", "snowfall rate, melted [mm/h]", (0.0, 0.2, 0.5, 1.0, 2.0, 3.5, 5.0, 7.5, 10.0), False)
SWEEPS = (FOG, RAIN, SNOW)


def thinned(sweep: Sweep, every: int) -> Sweep:
    """The same sweep with fewer values, the ends among them."""
    values = sweep.values[::every]
    ends = values if values[-1] == sweep.values[-1] else (*values, sweep.values[-1])
    return Sweep(sweep.name, sweep.label, ends, sweep.logarithmic)
