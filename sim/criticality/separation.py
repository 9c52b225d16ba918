"""Speed and separation monitoring: how far a robot must keep from a person (ISO/TS 15066, ISO 13855).

Constant-speed form: S_p = v_h (T_r + T_s) + v_r T_r + v_r T_s / 2 + C + Z_d + Z_r: the person walks on while the robot
reacts and stops, the robot goes on while it reacts and half as far while it stops. Leaves out a robot that speeds up.
"""

from __future__ import annotations

WALK_MPS, REACH_MPS = 1.6, 2.0
"""Approach speed of a walking body, and of a reaching arm closer than half a metre (ISO 13855)."""
_NEAR_M = 0.5


def approach_speed(separation_m: float) -> float:
    """Speed at which a person is assumed to approach from this distance [m/s]."""
    return REACH_MPS if separation_m < _NEAR_M else WALK_MPS


def protective_separation(
    robot_mps: float,
    *,
    reaction_s: float,
    stopping_s: float,
    person_mps: float = WALK_MPS,
    intrusion_m: float = 0.0,
    person_error_m: float = 0.0,
    robot_error_m: float = 0.0,
) -> float:
    """Protective separation distance S_p [m].

    Args:
        robot_mps: speed of the robot towards the person.
        reaction_s: T_r, from detection to the begin of braking.
        stopping_s: T_s, from there to rest.
        person_mps: v_h.
        intrusion_m: C, how far one may reach before being detected.
        person_error_m, robot_error_m: Z_d and Z_r, uncertainty of either position.

    """
    walked = person_mps * (reaction_s + stopping_s)
    driven = robot_mps * (reaction_s + 0.5 * stopping_s)
    return walked + driven + intrusion_m + person_error_m + robot_error_m
