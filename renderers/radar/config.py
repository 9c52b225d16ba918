"""Which radar, and what befalls it."""

from __future__ import annotations

from dataclasses import dataclass

from .specs import RadarSpec, radar_spec


@dataclass
class RadarConfig:
    """Which radar, and what befalls it.

    Attributes:
        model: name of a preset.
        spec: replaces the preset by a radar of one's own.
        rate_hz: frames per second.
        false_alarm: probability of a false alarm per resolution cell.
        noise: multiplies fading, errors and the rate of false alarms; at 0 mean powers are compared.
        bounces: how many mirrors a path may hold, 0 to 3; 0 gives no ghosts.
        interference: share of frames with raised noise.
        interference_db: range of the rise [dB].
        resolve: chance that a folded velocity is unfolded.
        least_rcs_dbsm: weaker detections are left out, as radars do to be rid of most of the road.
        most: how many detections are delivered at most; the strongest are kept.

    """

    model: str = "long_range"
    spec: RadarSpec | None = None
    rate_hz: float = 13.0
    false_alarm: float = 1e-6
    noise: float = 1.0
    bounces: int = 2
    interference: float = 0.0
    interference_db: tuple[float, float] = (5.0, 20.0)
    resolve: float = 0.9
    least_rcs_dbsm: float = -20.0
    most: int = 250

    def __post_init__(self) -> None:
        """Check names and ranges."""
        if self.spec is None:
            radar_spec(self.model)
        if not 0.0 < self.false_alarm < 0.1:
            raise ValueError(f"radar false_alarm is {self.false_alarm}, expected a probability in (0, 0.1)")
        if not self.noise >= 0.0 or not self.rate_hz > 0.0:
            raise ValueError(f"radar noise is {self.noise} and rate_hz {self.rate_hz}, expected >= 0 and > 0")
        if self.bounces not in range(4):
            raise ValueError(f"radar bounces is {self.bounces}, expected a whole number from 0 to 3")
        for name in ("interference", "resolve"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"radar {name} is {getattr(self, name)}, expected a value in [0, 1]")
        if self.most < 1:
            raise ValueError(f"radar most is {self.most}, expected at least 1 detection")
        low, high = self.interference_db
        if not 0.0 <= low <= high:
            raise ValueError(f"radar interference_db is {self.interference_db}, expected two rising values >= 0")

    @property
    def radar(self) -> RadarSpec:
        """The waveform and array."""
        return radar_spec(self.model) if self.spec is None else self.spec
