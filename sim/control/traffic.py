"""When a driver changes lane: MOBIL, minimising overall braking induced by lane changes.

A driver moves over when its own gain in acceleration, and with politeness p that of the followers it leaves and gets,
passes a threshold, and when the new follower need not brake harder than b_safe:

    a'_own - a_own + p (a'_new - a_new + a'_old - a_old) > threshold + bias,    a'_new > -b_safe

All accelerations are those of the Intelligent Driver Model. The asymmetric bias of right-hand traffic makes the left
lane dearer and the right lane cheaper. Kesting, Treiber, Helbing (2007), Transportation Research Record 1999, 86-94.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from .drivers import IdmParameters, idm_acceleration


@dataclass(frozen=True)
class MobilParameters:
    """Lane changing, values of Kesting et al. (2007).

    Attributes:
        politeness: how much the others' gain counts against one's own.
        threshold_mps2: least gain worth a lane change.
        safe_mps2: hardest braking a lane change may force on the new follower.
        right_bias_mps2: what keeping right is worth.

    """

    politeness: float = 0.2
    threshold_mps2: float = 0.1
    safe_mps2: float = 4.0
    right_bias_mps2: float = 0.3


@dataclass(frozen=True)
class Neighbour:
    """Who is ahead or behind: clearance bumper to bumper [m], speed and wanted speed [m/s]; inf where nobody is."""

    gap_m: float = inf
    speed_mps: float = 0.0
    target_mps: float = 0.0


def gain(
    idm: IdmParameters,
    mobil: MobilParameters,
    *,
    speed_mps: float,
    target_mps: float,
    length_m: float,
    ahead: Neighbour,
    behind: Neighbour,
    ahead_there: Neighbour,
    behind_there: Neighbour,
    to_right: bool,
) -> float:
    """What a lane change is worth beyond its threshold [m/s2]; -inf where it is not safe, positive where it is due.

    Args:
        idm, mobil: how all of them drive.
        speed_mps, target_mps, length_m: of the driver who considers it.
        ahead, behind: neighbours in the present lane; gaps to this driver.
        ahead_there, behind_there: neighbours in the other lane; gaps to this driver if it were there.
        to_right: whether the other lane is the right one.

    """

    def own(lead: Neighbour) -> float:
        return idm_acceleration(idm, speed_mps, target_mps, lead.gap_m, lead.speed_mps)

    def follower(who: Neighbour, gap_m: float, lead_mps: float) -> float:
        return 0.0 if who.gap_m == inf else idm_acceleration(idm, who.speed_mps, who.target_mps, gap_m, lead_mps)

    if min(ahead_there.gap_m, behind_there.gap_m) <= 1.0:
        return -inf
    new_after = follower(behind_there, behind_there.gap_m, speed_mps)
    if new_after < -mobil.safe_mps2:
        return -inf
    new_before = follower(behind_there, behind_there.gap_m + length_m + ahead_there.gap_m, ahead_there.speed_mps)
    old_before = follower(behind, behind.gap_m, speed_mps)
    old_after = follower(behind, behind.gap_m + length_m + ahead.gap_m, ahead.speed_mps)
    others = new_after - new_before + old_after - old_before
    bias = -mobil.right_bias_mps2 if to_right else mobil.right_bias_mps2
    return own(ahead_there) - own(ahead) + mobil.politeness * others - mobil.threshold_mps2 - bias
