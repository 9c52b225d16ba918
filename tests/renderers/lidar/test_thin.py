"""The short way through the plain lidar is the long way to the bit."""

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air, FogBank
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.scene import Material

# thin enough that no soft echo is looked for, thick enough to dim and to lose
HAZE = Air(fog_extinction_per_m=1e-4)
UNEVEN = Air(fog_extinction_per_m=1e-4, unevenness=0.8, banks=(FogBank((60.0, 0.0, 0.0), (5.0, 9.0, 9.0), 1e-4),))


@pytest.mark.parametrize("air", [Air(), HAZE, UNEVEN])
def test_short_and_long_way_agree(air, make_tracer, make_track, wall, thing) -> None:  # type: ignore[no-untyped-def]
    pane = thing(trimesh.creation.box((0.02, 6.0, 6.0)), (8.0, 0.0, 0.0), Material(transparency=0.8))
    sign = thing(trimesh.creation.box((0.1, 4.0, 4.0)), (25.0, 12.0, 0.0), Material(retro=50.0), velocity=(-9.0, 0, 0))
    tracer, track = make_tracer([wall(40.0, nir=0.15), pane, sign], air=air), make_track((8.0, 1.0, 0.0), yaw_rate=0.3)
    # a second return takes the long way and leaves the first as it is
    short, long = (
        Lidar(LidarConfig("OS1-64", returns=mode), stream_key=1).sweep(tracer, track, 0.0, 0)
        for mode in ("strongest", "dual")
    )
    assert set(np.unique(short.instance)) >= {1, 2, 3}
    for name in ("range", "intensity", "instance", "semantic", "true_range"):
        np.testing.assert_array_equal(getattr(short, name), getattr(long, name), name)
    one = long.range_2 == 0
    np.testing.assert_array_equal(short.truth[one], long.truth[one])
