"""A glass that the depth camera looks through, and a hand that reaches behind it.

Active stereo finds no texture on clear glass and the pattern passes through it, so a share of the glass's pixels, the
cut-out, shows the table behind. A pose taken from these points lies away from the camera: a point at height z whose ray
falls at the elevation e is displaced by z / tan e, 8 cm for the middle of a glass seen at 38 degrees (`depth_belief`).
The camera picture shows the glass as it is, so a detector may know better than the depth does. With a small cut-out
the error stays within the spare width of the hand, and the glass is placed.
Glass on a pad: friction 0.26. Left out: refraction, breaking.
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


@dataclass(frozen=True)
class TransparentObjectParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("glass", "jam_jar")), doc="the object; the jar is clear only where it is empty")
    cut_out: float = parameter(
        Uniform(0.45, 0.95),
        bounds=(0.0, 0.98),
        doc="share of the object's pixels whose depth is that of what is behind",
    )
    x_m: float = parameter(Uniform(0.42, 0.56), bounds=(0.4, 0.6), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.12, 0.12), bounds=(-0.15, 0.15), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.8, 0.8), bounds=(-1.2, 1.2), unit="rad", doc="heading the hand takes")


@register("robotics/transparent_object")
class TransparentObject(WrongPoseScenario):
    """Reach for a glass where a depth camera that sees through it puts it."""

    title: ClassVar[str] = "The depth camera sees through a glass, the hand reaches behind it"
    source: ClassVar[str] = "Depth holes on clear objects; active stereo depth; least aperture with no force"
    tags: ClassVar[tuple[str, ...]] = ("R07", "family/perception", "failgen/translation", "level/object")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = TransparentObjectParams
    params: TransparentObjectParams

    def build(self) -> World:
        """The cell, the arm, the glass, and things lying around."""
        p = self.params
        world, target = self.set_table(p.kind, xy=(p.x_m, p.y_m), yaw=p.yaw_rad)
        clear = 1.0 if p.kind == "glass" else 0.75
        belief = believed(
            target.asset.size, target.position_w, from_yaw(p.yaw_rad), EYE_W, DepthFault(see_through=clear * p.cut_out),
            rng=self.streams.rng("depth"),
        )  # fmt: skip
        self._seen = belief.seen
        self.reach(world, target, belief.position_w, p.yaw_rad)
        return world

    def script(self) -> Iterator[Condition]:
        """The hand goes down where the points are."""
        yield lambda: self._controller.phase == "descend"
        if self.pose_error_m > 0.005:
            self.mark("onset")
        self.cause("seen_through", f"{100 * (1 - self._seen):.0f} % of its points lie on the table behind it")
        self.cause("wrong_pose", f"the hand goes down {100 * self.pose_error_m:.1f} cm beside it", self._arm.id)
        yield lambda: self._controller.phase == "close" and "onset" in self.phases
        self.mark("last_avoidable")

    def measures(self) -> dict[str, float]:
        """Those of a wrong pose, and the share of the surface that gave points on the object."""
        return super().measures() | {"seen_share": self._seen}
