"""Responsibility-Sensitive Safety: the distances that leave room for the worst the other may do.

Formulas and defaults of Intel's open ad-rss-lib (Shalev-Shwartz, Shammah, Shashua 2017, arXiv 1708.06374), same
direction of travel. Leaves out slope, surface and perception uncertainty, and the rules for oncoming traffic and
right of way.
"""

from __future__ import annotations

from typing import NamedTuple

from ...renderers.compiled import compiled


class RssRules(NamedTuple):
    """What everybody may be expected to do.

    Attributes:
        response_ego_s, response_other_s: response times.
        accelerate_mps2: hardest acceleration during the response.
        brake_min_mps2: braking that the rear is sure to reach.
        brake_max_mps2: hardest braking of the front.
        lateral_accelerate_mps2, lateral_brake_mps2: the same sideways.
        margin_m: lateral distance that shall remain.

    """

    response_ego_s: float = 1.0
    response_other_s: float = 2.0
    accelerate_mps2: float = 3.5
    brake_min_mps2: float = 4.0
    brake_max_mps2: float = 8.0
    lateral_accelerate_mps2: float = 0.2
    lateral_brake_mps2: float = 0.8
    margin_m: float = 0.1


AD_RSS_LIB = RssRules()
"""Defaults of the open library."""


class OnLane(NamedTuple):
    """A vehicle along a lane.

    Attributes:
        s_m, d_m: centre along the lane, and beside it, positive to the left.
        speed_mps, lateral_mps: rates of both.
        length_m, width_m: full extents along and across the lane.

    """

    s_m: float
    d_m: float
    speed_mps: float
    lateral_mps: float
    length_m: float
    width_m: float


@compiled
def longitudinal_distance(
    v_rear: float,
    v_front: float,
    response_s: float = 1.0,
    accelerate_mps2: float = 3.5,
    brake_min_mps2: float = 4.0,
    brake_max_mps2: float = 8.0,
) -> float:
    """Safe clearance behind a vehicle driving the same way [m]; a front that backs up counts as standing."""
    fastest, front = v_rear + response_s * accelerate_mps2, max(v_front, 0.0)
    way = v_rear * response_s + 0.5 * accelerate_mps2 * response_s**2 + fastest**2 / (2.0 * brake_min_mps2)
    return max(0.0, way - front**2 / (2.0 * brake_max_mps2))


@compiled
def lateral_distance(
    v_first: float,
    v_second: float,
    response_first_s: float = 1.0,
    response_second_s: float = 2.0,
    accelerate_mps2: float = 0.2,
    brake_mps2: float = 0.8,
    margin_m: float = 0.1,
) -> float:
    """Safe lateral clearance [m]; both lateral speeds on one axis that points from the first to the second.

    The stopping ways carry the sign of the speed, so moving away shortens the distance; the published formula is for
    two that end up approaching.
    """
    end_first, end_second = v_first + response_first_s * accelerate_mps2, v_second - response_second_s * accelerate_mps2
    first = 0.5 * (v_first + end_first) * response_first_s + end_first * abs(end_first) / (2.0 * brake_mps2)
    second = 0.5 * (v_second + end_second) * response_second_s + end_second * abs(end_second) / (2.0 * brake_mps2)
    return margin_m + max(0.0, first - second)


def margins(ego: OnLane, other: OnLane, rules: RssRules = AD_RSS_LIB) -> tuple[float, float]:
    """Longitudinal and lateral clearance less the safe distance [m], negative where it is violated.

    Who is rear and who is left follows from the places on the lane, not from the order of the arguments.
    """
    ego_rear, ego_right = ego.s_m < other.s_m, ego.d_m < other.d_m
    rear, front = (ego, other) if ego_rear else (other, ego)
    right, left = (ego, other) if ego_right else (other, ego)
    own, theirs = rules.response_ego_s, rules.response_other_s
    along = front.s_m - rear.s_m - (front.length_m + rear.length_m) / 2
    across = left.d_m - right.d_m - (left.width_m + right.width_m) / 2
    safe_along = longitudinal_distance(
        rear.speed_mps, front.speed_mps, own if ego_rear else theirs, rules.accelerate_mps2, rules.brake_min_mps2,
        rules.brake_max_mps2,
    )  # fmt: skip
    safe_across = lateral_distance(
        right.lateral_mps, left.lateral_mps, own if ego_right else theirs, theirs if ego_right else own,
        rules.lateral_accelerate_mps2, rules.lateral_brake_mps2, rules.margin_m,
    )  # fmt: skip
    return along - safe_along, across - safe_across


def dangerous(ego: OnLane, other: OnLane, rules: RssRules = AD_RSS_LIB) -> bool:
    """Whether both the longitudinal and the lateral safe distance are violated."""
    along, across = margins(ego, other, rules)
    return bool(along < 0.0 and across < 0.0)
