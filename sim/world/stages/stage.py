"""A stage: a place without actors. What stands there, what the ground is like, how it is lit, where the road runs.

Road frame: distance `s` along the centre path and offset `d` from it, positive to the left of the path. Traffic keeps
right: lanes with direction +1 follow the path at negative `d`, lanes with direction -1 come back at positive `d`.
A stage never moves; actors (also parked vehicles) are added by the world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Environment, Luminaire
from ....renderers.transforms import from_yaw, rotate
from ...errors import nearest
from ...physics.ground import Ground
from ..assets.asset import UPRIGHT, Asset, Quat, Vec3
from ..path import Path
from .layout import NO_ROUTES, Conflict, Junction, WorkArea, conflict


@dataclass(frozen=True, eq=False)
class Placement:
    """One asset put somewhere: pose of the asset frame in the world, orientation (x, y, z, w)."""

    asset: Asset
    position_w: Vec3 = (0.0, 0.0, 0.0)
    orientation_w: Quat = UPRIGHT

    @staticmethod
    def upright(asset: Asset, x: float, y: float, z: float = 0.0, *, yaw: float = 0.0) -> Placement:
        """Stand an asset at a point [m], turned by `yaw` [rad] about the vertical."""
        qx, qy, qz, qw = (float(c) for c in from_yaw(yaw))
        return Placement(asset, (float(x), float(y), float(z)), (qx, qy, qz, qw))


@dataclass(frozen=True)
class Lane:
    """A lane: offset of its middle from the road's centre path, width [m], and +1 along the path or -1 against it."""

    offset_m: float
    width_m: float
    direction: int


@dataclass(frozen=True, eq=False)
class Road:
    """A carriageway along a path.

    Attributes:
        centre: the reference line.
        lanes: all lanes, from right (most negative offset) to left.
        right_edge_m, left_edge_m: offsets of the kerbs or of the outer edges of the asphalt.

    """

    centre: Path
    lanes: tuple[Lane, ...]
    right_edge_m: float
    left_edge_m: float


@dataclass(frozen=True)
class ParkingSlot:
    """A marked or unmarked place for one parked vehicle.

    Attributes:
        s_m: middle of the slot along the road's centre path; at a junction along its arm, from the middle of the place.
        side: -1 on the right of the path, +1 on the left.
        position_w: its middle on the ground, (x, y) [m].
        yaw: heading of the traffic beside it [rad].
        length_m, width_m: usable size.
        arm: name of the arm of a junction that it lies on, "" elsewhere.

    """

    s_m: float
    side: int
    position_w: tuple[float, float]
    yaw: float
    length_m: float
    width_m: float
    arm: str = ""


@dataclass(frozen=True, eq=False)
class Stage:
    """A place.

    Attributes:
        name: which place.
        placements: all scenery, in a fixed order.
        ground: height and friction everywhere.
        environment: the light of a fair day (or of the hall).
        road: the carriageway, None indoors; at a junction the one from south to north.
        parking_slots: free places for parked vehicles, ordered along the road.
        routes: driving lines by name, each the middle of a way through the place: "south/left" enters by the southern
            arm and turns left.
        junction: what scripts need to know of a place where roads meet.
        work_area: the same of a road works.

    """

    name: str
    placements: tuple[Placement, ...]
    ground: Ground
    environment: Environment
    road: Road | None = None
    parking_slots: tuple[ParkingSlot, ...] = field(default=())
    routes: Mapping[str, Path] = field(default_factory=lambda: NO_ROUTES)
    junction: Junction | None = None
    work_area: WorkArea | None = None

    def route(self, name: str) -> Path:
        """A driving line by name; raises ValueError with the nearest one."""
        if name not in self.routes:
            raise ValueError(f"{self.name} has no route {name!r}; {nearest(name, self.routes)}")
        return self.routes[name]

    def conflict(self, route_a: str, route_b: str, *, width_m: float = 2.0) -> Conflict | None:
        """Where two routes conflict, None where they do not or begin on the same arm; see `layout.conflict`."""
        return conflict(self.route(route_a), self.route(route_b), width_m=width_m)

    @cached_property
    def luminaires(self) -> tuple[Luminaire, ...]:
        """The lamps of the scenery, lit or not."""
        out = []
        for placement in self.placements:
            for lamp in placement.asset.luminaires:
                at = (placement.position_w, placement.orientation_w)
                position = np.asarray(at[0]) + rotate(np.asarray(at[1]), np.asarray(lamp.position_w))
                axis = rotate(np.asarray(at[1]), np.asarray(lamp.axis_w))
                out.append(Luminaire(_three(position), _three(axis), lamp.intensity_cd, lamp.beam))
        return tuple(out)

    def triangles(self) -> int:
        """Instanced triangles: every placement counts."""
        return int(np.sum([len(part.mesh.faces) for p in self.placements for part in p.asset.parts]))


def _three(values: NDArray[np.float64]) -> Vec3:
    return float(values[0]), float(values[1]), float(values[2])
