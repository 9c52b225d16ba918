"""Traffic lights as actors, and the controller that lights them by a plan.

lights = add_signals(world, two_phases().starting("south", 4.0))
lights.plan.state("south", world.time_s)            # what all its signals are meant to show
lights.overrides["signal/south/far"] = Aspect.GREEN  # one head that disagrees with the others
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...renderers.scene import Lamp
from ...renderers.transforms import from_yaw
from ..control.signals import Aspect, SignalPlan
from .assets.asset import Asset
from .assets.signals import pedestrian_head, vehicle_head
from .rigid_actor import StandingActor
from .stages.layout import SignalSpot
from .world import World

F64 = NDArray[np.float64]
_LAMPS = {Aspect.RED: Lamp.RED, Aspect.AMBER: Lamp.AMBER, Aspect.GREEN: Lamp.GREEN}


class SignalActor(StandingActor):
    """One head of a traffic light. It has no body: the pole it hangs on is scenery.

    Attributes:
        spot: where it hangs and who obeys it.
        aspect: which of its lamps are lit.

    """

    def __init__(self, asset: Asset, spot: SignalSpot) -> None:
        super().__init__(f"signal/{spot.name}", asset, None, np.array(spot.position_w), from_yaw(spot.yaw))
        self.spot = spot
        self.aspect = Aspect.DARK

    @property
    def switchable(self) -> bool:
        """Always."""
        return True

    @property
    def lamps(self) -> Lamp:
        """As `aspect` says."""
        out = Lamp.NONE
        for aspect, lamp in _LAMPS.items():
            if self.aspect & aspect:
                out |= lamp
        return out


class SignalController:
    """Sets the lamps of all heads at 60 Hz; a controller of the world.

    Attributes:
        plan: may be replaced at any time, for example by one with a pre-emption.
        heads: all signal heads by name.
        overrides: what single heads show whatever the plan says, by name.
        on_change: called with a head after it changed, once for each head; for the log of a scenario.

    """

    def __init__(self, world: World, plan: SignalPlan, heads: list[SignalActor]) -> None:
        self.plan = plan
        self.heads = {head.name: head for head in heads}
        self.overrides: dict[str, Aspect] = {}
        self.on_change: Callable[[SignalActor], None] | None = None
        self._world = world
        self._set(quiet=True)

    def state(self, group: str) -> Aspect:
        """What the plan shows a group now."""
        return self.plan.state(group, self._world.time_s)

    def heads_of(self, group: str) -> tuple[SignalActor, ...]:
        """The heads that a group sees."""
        return tuple(head for head in self.heads.values() if head.spot.group == group)

    def __call__(self) -> None:
        """Light the lamps for the present time."""
        self._set(quiet=False)

    def _set(self, *, quiet: bool) -> None:
        now = self._world.time_s
        shown = {group: self.plan.state(group, now) for group in {h.spot.group for h in self.heads.values()}}
        for name, head in self.heads.items():
            wanted = self.overrides.get(name, shown[head.spot.group])
            if wanted != head.aspect:
                head.aspect = wanted
                if self.on_change is not None and not quiet:
                    self.on_change(head)


def add_signals(world: World, plan: SignalPlan) -> SignalController:
    """Hang the signal heads of the world's stage, and let a plan light them; before the first tick.

    Raises:
        ValueError: the stage has no signals, or the plan does not know one of their groups.

    """
    junction = world.stage.junction
    if junction is None or not junction.signals:
        raise ValueError(f"{world.stage.name} has no signals, expected a junction with control='signals'")
    looks = {"vehicle": vehicle_head(), "pedestrian": pedestrian_head()}
    heads = []
    for spot in junction.signals:
        head = SignalActor(looks[spot.kind], spot)
        world.add(head)
        heads.append(head)
    controller = SignalController(world, plan, heads)
    world.control(controller)
    return controller
