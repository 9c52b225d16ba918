"""Somebody on foot crosses the ego's way so that, without intervention, both meet at an encoded point.

Placement rule of the public Euro NCAP encodings for straight-road crossing cases: counted from the side the target
comes from, the ego's front is hit at H = w (impact share) - w / 2; the target's reference point lies
`reference_offset_m` ahead of its box centre along its way, so the way from its start D beside the ego's centre line is
D + H - offset, of which it speeds up over the first metres. The start is synchronised on arrival, not on time: it goes
when the ego, at its present speed, will be there as soon as the target.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from math import pi

import numpy as np

from ....renderers.transforms import rotate
from ...world.actor import Actor
from ...world.person_actor import PersonActor
from ...world.stages.stage import Stage
from ...world.stages.urban import urban_street
from ...world.world import World
from ..scenario import Condition
from .scenario import DrivingScenario
from .street_life import add_oncoming, add_passers_by, park_cars

APPROACH_S = 6.0
"""Time to collision at which a run begins (Euro NCAP)."""
EGO_LENGTH_M = 4.358
_RUN_IN_M = 12.0
_REACH_PER_STATURE = 0.172
"""Half the width of a walking body over its stature: swinging arms touch first, at walking pace 3 to 8 cm too early
for the box alone."""
_RUN_UP_S = 0.25


@dataclass(frozen=True)
class Target:
    """Who crosses, with the numbers of the Euro NCAP target.

    Attributes:
        stature_m, mass_kg, child: the body.
        width_m: of the target's box, across its way.
        reference_offset_m: from the centre of its box to its impact reference point, along its way.
        start_m: distance from the ego's centre line at which it starts.
        acceleration_m: distance over which it speeds up.

    """

    stature_m: float
    mass_kg: float
    child: bool
    width_m: float
    reference_offset_m: float
    start_m: float
    acceleration_m: float


class PedestrianCrossing(DrivingScenario):
    """Abstract: a person crosses an urban street ahead of the ego.

    Subclasses set `target` and `from_left`, and have parameters `ego_speed_mps`, `impact_share` and that of `pace_mps`.
    """

    target: Target
    from_left: bool = False
    oncoming_after_s: float = 4.0
    _person: PersonActor

    @property
    def hazard(self) -> Actor:
        """Who crosses."""
        return self._person

    @property
    @abstractmethod
    def pace_mps(self) -> float:
        """Steady speed of the person."""

    def occlude(self, world: World) -> None:
        """Put up what hides the person; nothing by default."""

    def reserved(self) -> tuple[tuple[float, float, int], ...]:
        """Stretches of the street without parked cars and furniture, see `urban_street`."""
        at = self.crossing_m
        near = 1 if self.from_left else -1
        return (at - 12.0, at + 4.0, near), (at - 1.5, at + 1.5, -near)

    @property
    def crossing_m(self) -> float:
        """Where the person's path crosses, along the street."""
        return _RUN_IN_M + APPROACH_S * self.params.ego_speed_mps + EGO_LENGTH_M / 2 + self.target.width_m / 2

    def stage(self) -> Stage:
        """A street with room to approach, and free where the person needs room."""
        length = _RUN_IN_M + APPROACH_S * self.params.ego_speed_mps + 60.0
        return urban_street(rng=self.streams.rng("stage"), length_m=length, reserved_gaps=self.reserved())

    def build(self) -> World:
        """The ego, what hides the person, the person, and a street full of parked cars and passers-by."""
        speed, world, target = self.params.ego_speed_mps, self.new_world(), self.target
        road = world.stage.road
        assert road is not None
        lane = next(lane.offset_m for lane in road.lanes if lane.direction > 0)
        self.add_ego(world, road.centre, s_m=_RUN_IN_M - _RUN_UP_S * speed, d_m=lane, speed_mps=speed)
        self.lane_m = lane
        self.side = -1.0 if self.from_left else 1.0  # of the way across: +1 is to the left
        self.occlude(world)
        self._person = self.add_pedestrian(
            world, "child" if target.child else "pedestrian", xy=(self.crossing_m, lane - self.side * target.start_m),
            yaw=self.side * pi / 2, speed_mps=self.pace_mps, stature_m=target.stature_m, mass_kg=target.mass_kg,
            child=target.child, accel_distance_m=target.acceleration_m,
        )  # fmt: skip
        rng = self.streams.rng("traffic")
        park_cars(self, world, near_m=self.crossing_m, rng=rng)
        add_passers_by(self, world, int(rng.integers(3, 6)), near_m=self.crossing_m, rng=rng)
        # past the crossing before the ego gets there, so that a person who was not hit meets nobody else
        add_oncoming(self, world, passes_m=self.crossing_m, after_s=self.oncoming_after_s, speed_mps=speed, rng=rng)
        return world

    def run_time_s(self) -> float:
        """Time from the person's start to the encoded point of impact."""
        target, pace = self.target, self.pace_mps
        way = target.start_m + self._hit_m() - target.reference_offset_m
        return 2 * target.acceleration_m / pace + (way - target.acceleration_m) / pace

    def _hit_m(self) -> float:
        """The encoded point on the ego's front, from its middle away from the side the person comes from."""
        width = self.ego.size[1]
        return width * float(self.params.impact_share) - width / 2

    def arrival_s(self) -> float:
        """Time until the ego's front touches a person on the crossing, at its present speed."""
        front = float(self.ego.position_w[0]) + self.ego.size[0] / 2
        reach = _REACH_PER_STATURE * self.target.stature_m
        return (self.crossing_m - reach - front) / max(self.ego.speed_mps, 0.1)

    def script(self) -> Iterator[Condition]:
        """The person starts so that both arrive together; it is hit, or is through and stops on the other pavement."""
        yield lambda: self.arrival_s() <= self.run_time_s()
        self.mark("onset")
        self.tell()
        self._person.walker.start()
        yield lambda: self._passed() or "contact" in self.phases
        if "contact" in self.phases:
            return
        self.mark("escape")
        road = self.road
        edge = road.left_edge_m if self.side > 0 else -road.right_edge_m
        yield lambda: self.side * float(self._person.position_w[1]) > edge - 0.3
        self._person.walker.stop(0.6)
        self.end()

    def tell(self) -> None:
        """Log why it happens, as it begins."""
        who = "the child" if self.target.child else "the pedestrian"
        self.cause("steps_onto_road", f"{who} walks onto the road {self.run_time_s():.1f} s ahead", self._person.id)

    def _passed(self) -> bool:
        """Whether the person has left the ego's lane, or the ego has passed or stands."""
        ego = self.ego
        beyond = self.side * (float(self._person.position_w[1]) - self.lane_m) > ego.size[1] / 2 + 0.5
        rear = float(ego.position_w[0]) - ego.size[0] / 2
        return beyond or rear > self.crossing_m or (ego.speed_mps < 0.1 and self.world.time_s > 1.0)

    def impact_error_m(self) -> float:
        """How far the person's reference point is from the encoded point on the ego's front, across the road."""
        along = rotate(self._person.orientation_w, np.array([1.0, 0.0, 0.0]))
        reference = self._person.position_w + self.target.reference_offset_m * along
        return float(self.side * (reference[1] - self.ego.position_w[1]) - self._hit_m())
