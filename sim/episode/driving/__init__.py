"""Road scenarios: who is cast, how traffic behaves, what the ego does, and what counts as danger on the road."""

from __future__ import annotations

from .flow import Flow
from .keeper import LaneKeeper
from .people import WaryPedestrian
from .scenario import DrivingScenario

__all__ = ["DrivingScenario", "Flow", "LaneKeeper", "WaryPedestrian"]
