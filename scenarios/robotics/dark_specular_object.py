"""Black rubber or polished steel whose points are missing or in the wrong place, and a hand that trusts the rest.

Black rubber reflects 2.5 % at 905 nm: what a depth camera gets back falls with the cosine of incidence below what it
can match, so shallow faces are holes, which hole filling closes with the table behind. A polished face mirrors the
pattern away (holes) or shows the mirror image of other things, farther away than itself: its points are displaced along
the ray. The centroid of such a cloud is centimetres off (`depth_belief`), more than the spare width of the hand.
The camera shows both as they look. Left out: exposure that adapts to the object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...renderers.transforms import from_yaw
from ...sim.control.depth_belief import DepthFault, believed
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import WrongPoseScenario
from ...sim.episode.scenario import Condition, register
from ...sim.world.world import World

EYE_W = (1.60, 0.42, 0.95)
"""Where the cell's depth camera is."""
_POLISHED = ("steel_shaft", "steel_canister")


@dataclass(frozen=True)
class DarkSpecularObjectParams:
    """What is drawn for each episode."""

    kind: str = parameter(
        Choice(("rubber_buffer", "rubber_block", "steel_shaft", "steel_canister")), doc="black rubber or polished steel"
    )
    missing: float = parameter(Uniform(0.45, 0.9), bounds=(0.0, 0.95), doc="share of its points that are missing")
    filled: float = parameter(
        Uniform(0.7, 1.0), bounds=(0.0, 1.0), doc="share of the holes that is filled with the table behind"
    )
    displaced_m: float = parameter(
        Uniform(0.015, 0.05), bounds=(0.0, 0.1), unit="m", doc="how far behind a polished face its points lie"
    )
    x_m: float = parameter(Uniform(0.42, 0.56), bounds=(0.4, 0.6), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.12, 0.12), bounds=(-0.15, 0.15), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.8, 0.8), bounds=(-1.2, 1.2), unit="rad", doc="turn of the object")


@register("robotics/dark_specular_object")
class DarkSpecularObject(WrongPoseScenario):
    """Reach for a black or polished object with a depth camera that hardly sees it."""

    title: ClassVar[str] = "Points of a black or polished object are missing, the hand reaches beside it"
    source: ClassVar[str] = "Depth holes and dropout on dark and glossy surfaces; active stereo depth"
    tags: ClassVar[tuple[str, ...]] = ("R08", "family/perception", "failgen/translation", "level/object")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = DarkSpecularObjectParams
    params: DarkSpecularObjectParams

    def build(self) -> World:
        """The cell, the arm, the object, and things lying around."""
        p = self.params
        world, target = self.set_table(p.kind, xy=(p.x_m, p.y_m), yaw=p.yaw_rad)
        fault = DepthFault(
            missing=p.missing, filled=p.filled, displaced_m=p.displaced_m if p.kind in _POLISHED else 0.0
        )
        belief = believed(
            target.asset.size, target.position_w, from_yaw(p.yaw_rad), EYE_W, fault, rng=self.streams.rng("depth")
        )
        self._seen = belief.seen
        self.reach(world, target, belief.position_w, p.yaw_rad)
        return world

    def script(self) -> Iterator[Condition]:
        """The hand goes down where the points are."""
        yield lambda: self._controller.phase == "descend"
        if self.pose_error_m > 0.005:
            self.mark("onset")
        what = "mirrors its points away" if self.params.kind in _POLISHED else "is too dark to give points"
        self.cause("missing_points", f"the {self.params.kind} {what}: {100 * self._seen:.0f} % are left")
        self.cause("wrong_pose", f"the hand goes down {100 * self.pose_error_m:.1f} cm beside it", self._arm.id)
        yield lambda: self._controller.phase == "close" and "onset" in self.phases
        self.mark("last_avoidable")

    def measures(self) -> dict[str, float]:
        """Those of a wrong pose, and the share of the surface that gave points on the object."""
        return super().measures() | {"seen_share": self._seen}
