"""What rain takes from a radar's echo: 10 dB/km at 25 mm/h one way, growing as R^0.71 (exponent of ITU-R P.838)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import trimesh
from cornercase.renderers.radar.config import RadarConfig
from cornercase.renderers.radar.radar import Radar
from cornercase.renderers.radar.specs import RadarSpec
from cornercase.renderers.scene import Environment, Material

from .air import RAIN
from .curve import Curve, Figure
from .worlds import Body, still_at, tracer_of

DISTANCES_M = (50.0, 100.0, 200.0)
_RADIUS_M = 6.0
RELATIVE, ABSOLUTE = 0.05, 0.1

FIGURE = Figure(
    "radar_loss_rain",
    "Radar: loss of a target's echo in rain",
    "2 d 10 dB/km (R / 25 mm/h)^0.71",
    RAIN.label,
    "loss [dB]",
)


def curves(rates: Sequence[float] = RAIN.values, distances_m: Sequence[float] = DISTANCES_M) -> Iterator[Curve]:
    """One curve for each distance: mean powers, without fading."""
    radar = Radar(
        RadarConfig(spec=RadarSpec(rays_azimuth=120, rays_elevation=60), noise=0.0, bounces=0, most=1_000_000),
        stream_key=1,
    )
    for d in distances_m:
        ball = Body(trimesh.creation.icosphere(4, _RADIUS_M), Material(metallic=1.0), (d, 0.0, 0.0))
        strength = []
        for rate in rates:
            frame = radar.capture(tracer_of([ball], Environment(air=RAIN.air(rate))), still_at(0.0), 0.0, 0)
            own = frame.detections[frame.detections["instance"] == 1]
            strength.append(float(own["snr"].max()) if len(own) else np.nan)
        clear = radar.capture(tracer_of([ball], Environment()), still_at(0.0), 0.0, 0).detections["snr"].max()
        loss = float(clear) - np.array(strength)
        law = 2.0 * (d - _RADIUS_M) * 10e-3 * (np.array(rates) / 25.0) ** 0.71
        many = RAIN.dense()
        line = (many, 2.0 * (d - _RADIUS_M) * 10e-3 * (many / 25.0) ** 0.71)
        yield Curve(FIGURE.name, f"{d:g} m", np.array(rates), loss, law, RELATIVE, ABSOLUTE, line)
