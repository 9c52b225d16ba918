"""Sound in air: its speed, and how it is absorbed.

The speed is 331.3 sqrt(1 + T / 273.15 K) m/s. The absorption is that of ISO 9613-1: classical losses and the
relaxation of oxygen and nitrogen, which humidity shifts; about 1.3 dB/m at 40 kHz, 20 deg C and 50 %.
Left out: rain and fog, which hardly weaken sound over a few metres, and wind.
"""

from __future__ import annotations

import math


def speed_of_sound(temperature_c: float) -> float:
    """Speed [m/s] at an air temperature [deg C]."""
    return 331.3 * math.sqrt(1.0 + temperature_c / 273.15)


def absorption_db_per_m(frequency_hz: float, temperature_c: float, humidity: float) -> float:
    """One-way absorption [dB/m] at sea level.

    Args:
        frequency_hz: of the tone.
        temperature_c: of the air [deg C].
        humidity: relative, in [0, 1].

    """
    kelvin = temperature_c + 273.15
    warm = kelvin / 293.15
    saturation = 10.0 ** (4.6151 - 6.8346 * (273.16 / kelvin) ** 1.261)
    vapour = 100.0 * humidity * saturation
    oxygen = 24.0 + 4.04e4 * vapour * (0.02 + vapour) / (0.391 + vapour)
    nitrogen = warm**-0.5 * (9.0 + 280.0 * vapour * math.exp(-4.170 * (warm ** (-1.0 / 3.0) - 1.0)))
    square = frequency_hz * frequency_hz
    relaxation = 0.01275 * math.exp(-2239.1 / kelvin) / (oxygen + square / oxygen)
    relaxation += 0.1068 * math.exp(-3352.0 / kelvin) / (nitrogen + square / nitrogen)
    return 8.686 * square * (1.84e-11 * math.sqrt(warm) + warm**-2.5 * relaxation)
