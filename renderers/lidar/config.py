"""Which lidar, and how it is run."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .artefacts import ArtefactConfig
from .echoes import RETURNS
from .fog import AirConfig
from .footprint import MOST_RAYS
from .models import beam_table


@dataclass
class LidarConfig:
    """Which lidar, and how it is run.

    Attributes:
        model: name of the beam table.
        rate_hz: turns per second; 0 takes the model's default.
        columns: columns per turn; 0 takes the model's default.
        start_azimuth_rad: encoder azimuth at the start of a sweep of a spinning head, counter-clockwise from forward.
        noise: multiplies range noise, intensity noise and false alarms. At 0 the sensor is exact up to quantisation
            and reports every echo above its threshold, none below.
        range_50_m, max_range_m: replace the model's figures where not 0.
        footprint_rays: sub-rays per beam; 1 is a thin beam, 4 to 19 give it its width, with mixed pixels and partial
        hits.
        returns: which echo is reported: "strongest", "last", "first", or "dual" (the strongest and the last; where that
            is one, the second strongest).
        air: answer to fog, rain and snow; a mapping of its fields will do.
        artefacts: blooming, ghosts, crosstalk, sunlight, range walk; a mapping of its fields will do.

    """

    model: str = "OS1-64"
    rate_hz: float = 0.0
    columns: int = 0
    start_azimuth_rad: float = float(np.pi)
    noise: float = 1.0
    range_50_m: float = 0.0
    max_range_m: float = 0.0
    footprint_rays: int = 1
    returns: str = "strongest"
    air: AirConfig = field(default_factory=AirConfig)
    artefacts: ArtefactConfig = field(default_factory=ArtefactConfig)

    def __post_init__(self) -> None:
        """Check names and ranges."""
        if isinstance(self.air, Mapping):
            self.air = AirConfig(**self.air)
        if isinstance(self.artefacts, Mapping):
            self.artefacts = ArtefactConfig(**self.artefacts)
        for name in ("rate_hz", "columns", "noise", "range_50_m", "max_range_m"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"lidar {name} is {getattr(self, name)}, expected a value >= 0")
        if not 1 <= self.footprint_rays <= MOST_RAYS:
            raise ValueError(f"lidar footprint_rays is {self.footprint_rays}, expected 1 to {MOST_RAYS}")
        if self.returns not in RETURNS:
            near = difflib.get_close_matches(self.returns, RETURNS, n=1, cutoff=0.0)
            raise ValueError(
                f"lidar returns is {self.returns!r}, expected one of {', '.join(RETURNS)}; did you mean {near[0]!r}?"
            )
        table = beam_table(self.model)
        table.columns_at(self.rate_hz or table.rates_hz[0], self.columns)
