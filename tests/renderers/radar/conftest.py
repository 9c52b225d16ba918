"""A radar with few rays, and targets whose radar cross-section is known."""

from collections.abc import Callable

import numpy as np
import pytest
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.radar.config import RadarConfig
from cornercase.renderers.radar.radar import Radar
from cornercase.renderers.radar.specs import RadarSpec

FRAME_S = RadarSpec().frame_s
KEYS = (0.0, FRAME_S / 2, FRAME_S)
NAMES = {13: "car", 7: "wall", 8: "guard_rail", 1: "road", 19: "person"}


def _radar(key: int = 1, spec: RadarSpec | None = None, **values) -> Radar:  # type: ignore[no-untyped-def]
    values = {"least_rcs_dbsm": -200.0, "most": 1_000_000} | values
    small = RadarSpec(rays_azimuth=120, rays_elevation=60)
    return Radar(RadarConfig(spec=spec or small, **values), stream_key=key, names=NAMES)


def _track(velocity=(0.0, 0.0, 0.0), height: float = 0.0) -> PoseTrack:  # type: ignore[no-untyped-def]
    times = np.array(KEYS)
    position = np.array([0.0, 0.0, height]) + (times - FRAME_S / 2)[:, None] * np.asarray(velocity, float)
    return PoseTrack(times, position, np.tile([0.0, 0.0, 0.0, 1.0], (len(times), 1)))


def _path(middle, velocity=(0.0, 0.0, 0.0)):  # type: ignore[no-untyped-def]
    """Positions at the key times of a body that passes `middle` half-way through the frame."""
    return [np.asarray(middle, float) + (t - FRAME_S / 2) * np.asarray(velocity, float) for t in KEYS]


@pytest.fixture
def make_radar() -> Callable[..., Radar]:
    return _radar


@pytest.fixture
def make_track() -> Callable[..., PoseTrack]:
    return _track


@pytest.fixture
def path() -> Callable[..., list[np.ndarray]]:
    return _path


@pytest.fixture
def keys() -> tuple[float, ...]:
    return KEYS
