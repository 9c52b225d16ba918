"""The fuzzy safety model (FSM): brakes early and softly, late and hard.

Two surrogates between 0 (safe) and 1 (unsafe) grade the clearance between a safe and an unsafe distance: the proactive
one (PFS) asks whether the ego could stop if the lead braked, the critical one (CFS) whether it avoids the lead at its
present speed. Source: Mattas et al. 2020, doi 10.1016/j.aap.2020.105794, with the parameters of its open code, part of
UN R157 as guidance. A lead that comes towards the ego counts as standing in the proactive one.
"""

from __future__ import annotations

from typing import ClassVar

from .model import FULL_MPS2, Encounter, ReferenceModel

_REACTION_S = 0.75
_B_MIN, _B_MAX, _B_LEAD = 4.0, 6.0, 7.0
_MARGIN_M, _MARGIN_SAFE_M = 2.0, 2.0
_LATERAL_SLACK_S = 0.1


def _between(distance_m: float, safe_m: float, unsafe_m: float) -> float:
    """0 beyond the safe distance, 1 below the unsafe one, straight in between."""
    if distance_m > safe_m:
        return 0.0
    return 1.0 if distance_m < unsafe_m or safe_m == unsafe_m else (distance_m - safe_m) / (unsafe_m - safe_m)


def proactive(gap_m: float, rear_mps: float, lead_mps: float) -> float:
    """Proactive fuzzy surrogate (PFS), 0 to 1."""
    lead_m = max(lead_mps, 0.0) ** 2 / (2.0 * _B_LEAD)
    reaction_m = rear_mps * _REACTION_S
    safe = reaction_m + rear_mps**2 / (2.0 * _B_MIN) - lead_m + _MARGIN_SAFE_M
    return _between(gap_m - _MARGIN_M, safe, reaction_m + rear_mps**2 / (2.0 * _B_MAX) - lead_m)


def critical(gap_m: float, rear_mps: float, lead_mps: float, rear_mps2: float) -> float:
    """Critical fuzzy surrogate (CFS), 0 to 1; while reacting, the rear goes on at its acceleration, -4 m/s2 or more."""
    if rear_mps <= lead_mps:
        return 0.0
    a = max(rear_mps2, -_B_MIN)
    after = rear_mps + a * _REACTION_S - lead_mps
    if after < 0.0:  # its present braking matches the speeds within the reaction time
        return float(gap_m < (rear_mps - lead_mps) ** 2 / abs(2.0 * rear_mps2))
    base = (rear_mps + a * _REACTION_S / 2.0 - lead_mps) * _REACTION_S
    return _between(gap_m, base + after**2 / (2.0 * _B_MIN), base + after**2 / (2.0 * _B_MAX))


class FuzzyModel(ReferenceModel):
    """Fuzzy safety model."""

    reaction_s: ClassVar[float] = _REACTION_S

    def following_gap(self, speed_mps: float) -> float:
        """The shortest clearance at equal speeds at which it does not brake."""
        stopping = speed_mps**2 / (2.0 * _B_MIN) - speed_mps**2 / (2.0 * _B_LEAD)
        return speed_mps * _REACTION_S + stopping + _MARGIN_SAFE_M + _MARGIN_M

    def perceives(self, seen: Encounter) -> bool:
        """Any unsafety, of somebody who will be in its way before it has passed."""
        if seen.clearance_m > 0.0:
            if seen.closing_mps <= 0.0 or seen.approach_mps <= 0.0:
                return False
            passed_s = (seen.gap_m + seen.lengths_m) / seen.approach_mps
            if seen.clearance_m / seen.closing_mps > passed_s + _LATERAL_SLACK_S:
                return False
        return self._pfs(seen) + self._cfs(seen) > 0.0

    def wanted(self, seen: Encounter) -> float:
        """4 to 6 m/s2 by the critical surrogate, else up to 4 by the proactive one."""
        cfs = self._cfs(seen)
        braking = cfs * (_B_MAX - _B_MIN) + _B_MIN if cfs > 0.0 else self._pfs(seen) * _B_MIN
        return min(braking, FULL_MPS2)

    def _pfs(self, seen: Encounter) -> float:
        return proactive(seen.gap_m, seen.speed_mps, seen.other_mps)

    def _cfs(self, seen: Encounter) -> float:
        return critical(seen.gap_m, seen.speed_mps, seen.other_mps, seen.acceleration_mps2)
