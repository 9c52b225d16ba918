"""Sheets of ice and water lie on the road they are laid on, or are refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from cornercase.sim.world.stages.country import country_road
from cornercase.sim.world.stages.ice import ice_sheet, iced
from cornercase.sim.world.stages.motorway import motorway
from cornercase.sim.world.stages.stage import Stage
from cornercase.sim.world.stages.water import flooded, water_sheet

S_M, D_M = (100.0, 130.0), (-8.0, -5.0)
LAY: tuple[Callable[..., Stage], ...] = (partial(iced, friction=0.1), partial(flooded, depth_mm=3.0))


@pytest.mark.parametrize(("lay", "look"), [(LAY[0], ice_sheet), (LAY[1], water_sheet)], ids=("ice", "water"))
def test_a_sheet_lies_closely_on_the_road(lay: Callable[..., Stage], look: Callable[..., tuple]) -> None:  # type: ignore[type-arg]
    stage = lay(motorway(rng=np.random.default_rng(0), length_m=300.0), s_m=S_M, d_m=D_M)
    assert stage.road is not None
    asset, position, _ = look(stage.road.centre, s_m=S_M, d_m=D_M)
    height = stage.ground.at(position[:2])[0]
    assert 0.0 < asset.parts[0].mesh.vertices[:, 2].min() + position[2] - height < 0.01


@pytest.mark.parametrize("lay", LAY, ids=("ice", "water"))
def test_a_road_that_rises_or_leans_is_refused(lay: Callable[..., Stage]) -> None:
    hilly = country_road(rng=np.random.default_rng(0), length_m=400.0)
    with pytest.raises(ValueError, match="level at height 0"):
        lay(hilly, s_m=S_M, d_m=(-3.0, -1.0))
