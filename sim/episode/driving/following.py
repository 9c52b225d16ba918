"""Somebody ahead in the ego's lane, slower than the ego or standing: the longitudinal cases of Euro NCAP.

The target's middle lies at `impact_share` of the ego's width, from its right side: 0.5 is straight ahead, less is
further right. A run begins `APPROACH_S` before the two would meet if both kept their speeds. In town the street has
parked cars, people and somebody coming the other way; targets that ride or walk on the road are passed by nobody.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from ...world.actor import Actor
from ...world.stages.motorway import motorway
from ...world.stages.stage import Stage
from ...world.stages.urban import urban_street
from ...world.world import World
from ..scenario import Condition
from .cast import CARS
from .scenario import DrivingScenario
from .street_life import add_oncoming, add_passers_by, park_cars

APPROACH_S = 5.0
"""Time to collision at the start, where the event begins (Euro NCAP begins at 4 s or more)."""
_RUN_IN_M = 14.0
_URBAN_MPS = 17.0
_PASSED_S = 1.5


class Following(DrivingScenario):
    """Abstract: the ego comes up behind a slower or standing target.

    Subclasses have parameters `ego_speed_mps` and `impact_share`.
    """

    _target: Actor

    @property
    def hazard(self) -> Actor:
        """The target ahead."""
        return self._target

    @property
    @abstractmethod
    def target_speed_mps(self) -> float:
        """Speed of the target at the start."""

    @abstractmethod
    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The target, its middle at a place of the road."""

    def start_gap_m(self) -> float:
        """Clearance at the start."""
        return APPROACH_S * max(self.params.ego_speed_mps - self.target_speed_mps, 1.0)

    @property
    def urban(self) -> bool:
        """Whether it plays in town; else on a motorway."""
        return bool(self.params.ego_speed_mps <= _URBAN_MPS)

    def stage(self) -> Stage:
        """A street or a motorway, long enough for the ego to drive through."""
        length = _RUN_IN_M + 60.0 + self.duration_s * self.params.ego_speed_mps
        rng = self.streams.rng("stage")
        return urban_street(rng=rng, length_m=length) if self.urban else motorway(rng=rng, length_m=length)

    def build(self) -> World:
        """The ego, the target ahead, and life around them."""
        speed, world = self.params.ego_speed_mps, self.new_world()
        road = world.stage.road
        assert road is not None
        lanes = [lane.offset_m for lane in road.lanes if lane.direction > 0]
        self.lane_m = lanes[0]
        ego = self.add_ego(world, road.centre, s_m=_RUN_IN_M - 0.25 * speed, d_m=self.lane_m, speed_mps=speed)
        offset = ego.size[1] * (float(self.params.impact_share) - 0.5)
        self._reach_m = ego.size[0] / 2
        ahead = _RUN_IN_M + self._reach_m + self.start_gap_m()
        self._target = self.add_target(world, s_m=ahead, d_m=self.lane_m + offset)
        self._populate(world, lanes)
        return world

    def _populate(self, world: World, lanes: list[float]) -> None:
        """Parked cars, people and somebody coming the other way; on a motorway, traffic in the other lanes."""
        rng, speed = self.streams.rng("traffic"), self.params.ego_speed_mps
        near = _RUN_IN_M + self.start_gap_m()
        if self.urban:
            park_cars(self, world, near_m=near, rng=rng)
            add_passers_by(self, world, int(rng.integers(2, 5)), near_m=near, rng=rng)
            add_oncoming(self, world, passes_m=near, after_s=float(rng.uniform(2.0, 5.0)), speed_mps=speed, rng=rng)
            return
        road = world.stage.road
        assert road is not None
        slots = [(lanes[1], 60.0, 1.03), (lanes[2], -30.0, 1.12), (lanes[2], 110.0, 1.08)]
        for k, (d, s, pace) in enumerate(slots):
            kind = CARS[int(rng.integers(len(CARS)))]
            s_m = max(_RUN_IN_M + s + float(rng.uniform(-8.0, 8.0)), 5.0)
            self.add_traffic(world, f"traffic_{k}", kind, road.centre, s_m=s_m, d_m=d, speed_mps=pace * speed)
        back = road.centre.reversed()
        for k, lane in enumerate(road.lanes):
            if lane.direction < 0:
                kind = CARS[int(rng.integers(len(CARS)))]
                s_m = back.length_m - near - 90.0 - 50.0 * k - float(rng.uniform(0.0, 20.0))
                self.add_traffic(world, f"oncoming_{k}", kind, back, s_m=s_m, d_m=-lane.offset_m, speed_mps=30.0)

    def gap_m(self) -> float:
        """Clearance along the road between the ego's front and the target's rear."""
        s_ego, _ = self.road.centre.project(self.ego.position_w[:2])
        s_target, _ = self.road.centre.project(self._target.position_w[:2])
        return s_target - s_ego - self._reach_m - self._target.size[0] / 2

    def closing_mps(self) -> float:
        """How fast the clearance shrinks."""
        return self.ego.speed_mps - float(self._target.velocity_w[0])

    def act_out(self) -> Iterator[Condition]:
        """What the target does; by default it goes on as it is, and the event is there from the start."""
        yield lambda: self.world.time_s > 0.1 and self.gap_m() <= 1.1 * self.start_gap_m()
        self.mark("onset")
        self.cause("slower_ahead", self.tells(), self._target.id)

    def tells(self) -> str:
        """Why it happens, in a sentence."""
        speed = float(self._target.velocity_w[0])
        how = "stands" if speed < 0.3 else f"moves at {speed:.1f} m/s"
        who = self._target.name.replace("_", " ")
        return f"the {who} {how} in the ego's lane, the ego comes at {self.ego.speed_mps:.1f} m/s"

    def script(self) -> Iterator[Condition]:
        """The target acts; then the ego hits it, or has slowed down behind it."""
        yield from self.act_out()
        calm = [0.0]

        def settled() -> bool:
            """Nothing more can come of it for a while."""
            if self.closing_mps() > 0.2 and self.gap_m() > -self._reach_m:
                calm[0] = self.world.time_s
            return self.world.time_s - calm[0] > _PASSED_S or "contact" in self.phases

        calm[0] = self.world.time_s
        yield settled
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()
