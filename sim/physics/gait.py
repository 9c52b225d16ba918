"""How people walk and run: joint angles as a function of distance walked.

Stride length follows Alexander (1976, Nature 261:129): stride / leg = 2.3 Fr^0.3 with the Froude number
Fr = v^2 / (g leg); above Fr = 0.5 people run (Alexander 1989, Physiol. Rev. 69:1199). A foot on the ground stays where
it is and rolls over heel and toes; legs follow by inverse kinematics. The swing follows measured hip and knee angles:
walking Winter (2009, Biomechanics and Motor Control of Human Movement, appendix A), running Novacheck (1998, Gait and
Posture 7:77). Arms swing against the leg of their side.

The pose depends on distance, not on time, so feet hold still however the speed changes; starting and stopping happen
at mid-stance, where one foot stands below the hip as in the standing pose. Left out: sway to the side, pelvis
rotation, turning on the spot, and the asymmetry of real people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when first used
from numpy.typing import NDArray

from .client import GRAVITY_MPS2
from .specs import Segment
from .walk_kernel import GaitTable, bend, leg_flexion

F64 = NDArray[np.float64]

_SAMPLES = 256
_RUN_FROUDE = 0.5
_LONGEST_CONTACT = 0.78  # distance travelled over one foot when running, over hip height
_CLEARANCE = (
    0.02  # least height of the sole in mid-swing over hip height (Winter 1992: toes clear the ground by 1-2 cm)
)
_RAMP = 0.17  # standing fades into walking over this share of a stride, before the other foot comes down


@dataclass(frozen=True)
class _Style:
    """What differs between walking and running; angles in degrees, phases as shares of the stride from heel strike.

    Attributes:
        stance: share of the stride with the foot on the ground, unless the stride is too long for the leg.
        pitch: (phase, foot pitch) with toes down positive.
        hip, knee: (phase, flexion) in the swing.
        reach: where the heel strikes ahead of the hip, as share of stance length.
        bob: amplitude of the pelvis' height over the hip's; positive is highest at mid-stance.
        extension: longest leg in stance, as share of the straight leg.
        shoulder, elbow: (mean, amplitude) of the swing.
        arm_lead: phase by which the arms' swing precedes heel strike.
        abduction, lean, twist: arms away from the body, trunk forward, shoulders about the vertical.
        tuck: legs inward, so that the feet fall near one line.

    """

    stance: float
    pitch: tuple[tuple[float, float], ...]
    hip: tuple[tuple[float, float], ...]
    knee: tuple[tuple[float, float], ...]
    reach: float
    bob: float
    extension: float
    shoulder: tuple[float, float]
    elbow: tuple[float, float]
    arm_lead: float
    abduction: float
    lean: float
    twist: float
    tuck: float


_WALK = _Style(
    stance=0.62,
    pitch=((0, -20), (0.07, -1), (0.1, 0), (0.30, 0), (0.40, 4), (0.50, 15), (0.62, 46), (0.70, 54), (0.80, 22),
           (0.90, -12), (0.96, -20)),
    hip=((0.75, 14.0), (0.86, 24.0)),
    knee=((0.73, 62.0), (0.86, 32.0)),
    reach=0.31,
    bob=0.0215,
    extension=0.996,
    shoulder=(-4.0, 20.0),
    elbow=(22.0, 10.0),
    arm_lead=0.03,
    abduction=6.0,
    lean=3.0,
    twist=5.0,
    tuck=1.2,
)  # fmt: skip
_RUN = _Style(
    stance=0.38,
    pitch=((0, -12), (0.05, -1), (0.08, 0), (0.17, 0), (0.25, 8), (0.38, 44), (0.50, 90), (0.62, 82), (0.78, 25),
           (0.90, -8), (0.97, -13)),
    hip=((0.50, 2.0), (0.68, 38.0), (0.84, 47.0)),
    knee=((0.50, 62.0), (0.64, 92.0), (0.80, 66.0)),
    reach=0.27,
    bob=-0.036,
    extension=0.985,
    shoulder=(-12.0, 32.0),
    elbow=(88.0, 12.0),
    arm_lead=0.12,
    abduction=9.0,
    lean=8.0,
    twist=9.0,
    tuck=1.7,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class BodyPose:
    """Joint angles and pelvis height at one instant.

    Attributes:
        pelvis_z_m: hip centre above the ground.
        turns: (13, 4) orientation of each segment in its parent's frame, in the order of `SEGMENTS`; the pelvis' is
            that in the walker's heading frame.

    """

    pelvis_z_m: float
    turns: F64


class Gait:
    """The gait of one body at one steady speed.

    Args:
        plan: segments from `body_plan`.
        speed_mps: steady speed, >= 0.

    Attributes:
        table: the gait as compiled code reads it.

    """

    def __init__(self, plan: tuple[Segment, ...], speed_mps: float) -> None:
        by_name = {segment.name: segment for segment in plan}
        self.thigh_m = by_name["thigh_l"].length_m
        self.shank_m = by_name["shank_l"].length_m
        self.hip_height_m = by_name["pelvis"].joint[2]
        self.ankle_height_m = self.hip_height_m - self.thigh_m - self.shank_m
        self.foot_m = by_name["foot_l"].length_m
        froude = speed_mps**2 / (GRAVITY_MPS2 * self.hip_height_m)
        self.running = froude > _RUN_FROUDE
        self.stride_m = 2.3 * self.hip_height_m * max(froude, 0.02) ** 0.3
        self._style = _RUN if self.running else _WALK
        # slow walkers swing everything less
        self._vigour = 1.0 if self.running else min(1.0, self.stride_m / (1.45 * self.hip_height_m))
        self._stance = min(
            self._style.stance, (_LONGEST_CONTACT if self.running else 1.0) * self.hip_height_m / self.stride_m
        )
        self._phases = np.arange(_SAMPLES + 1) / _SAMPLES
        self.table = self._tabulate()

    @property
    def stance(self) -> float:
        """Share of the stride that a foot spends on the ground."""
        return self._stance

    @property
    def mid_stance(self) -> float:
        """Phase at which the ankle of the standing foot is below the hip."""
        return self._mid_stance

    def pose(self, distance_m: float, walking: float = 1.0, lifted: float | None = None) -> BodyPose:
        """The pose after walking `distance_m` from mid-stance of the left foot.

        Args:
            distance_m: distance walked.
            walking: weight of walking against standing, 0 to 1.
            lifted: the same for the height of the free foot; it leaves the ground first. As `walking` if not given.

        """
        pelvis_z, turns = bend(self.table, distance_m, walking, walking if lifted is None else lifted)
        return BodyPose(pelvis_z, turns)

    def _tabulate(self) -> GaitTable:
        """Paths of the left ankle and of the pelvis over one stride, ankle x from the hip, z from the ground."""
        style, phases = self._style, self._phases
        leg = self.thigh_m + self.shank_m
        knots = np.array([*style.pitch, (1.0, style.pitch[0][1])])
        scale = np.where(knots[:, 1] < 0.0, 1.0, self._vigour)
        pitch = np.deg2rad(
            scipy.interpolate.PchipInterpolator(self._rescaled(knots[:, 0]), knots[:, 1] * scale)(phases)
        )
        heel, toe = (-0.25 * self.foot_m, -self.ankle_height_m), (0.75 * self.foot_m, -self.ankle_height_m)
        # where the heel comes down, in the world in which the hip starts at 0
        strike = style.reach * self._stance * self.stride_m
        pivot = np.where(pitch[:, None] < 0.0, np.array(heel), np.array(toe))
        ground = np.where(pitch < 0.0, strike, strike + toe[0] - heel[0])
        cos, sin = np.cos(pitch), np.sin(pitch)
        stance_x = ground - (pivot[:, 0] * cos + pivot[:, 1] * sin) - self.stride_m * phases
        stance_z = pivot[:, 0] * sin - pivot[:, 1] * cos
        on_ground = phases <= self._stance
        self._mid_stance = float(np.interp(0.0, -stance_x[on_ground], phases[on_ground]))
        bob = style.bob * self._vigour**2 * self.hip_height_m
        wave = bob * np.cos(4.0 * np.pi * (phases - self._mid_stance))
        limit = stance_z + np.sqrt(np.maximum((style.extension * leg) ** 2 - stance_x**2, 0.0)) - wave
        pelvis_z = float(np.min(limit[on_ground])) + wave
        angles = np.array(
            [leg_flexion(self.thigh_m, self.shank_m, x, z) for x, z in zip(stance_x, pelvis_z - stance_z, strict=True)]
        )
        last = int(np.flatnonzero(on_ground)[-1])
        hip, knee = (self._swing(angles[:, i], last, k) for i, k in enumerate((style.hip, style.knee)))
        swing_x = self.thigh_m * np.sin(hip) + self.shank_m * np.sin(hip - knee)
        swing_z = pelvis_z - self.thigh_m * np.cos(hip) - self.shank_m * np.cos(hip - knee)
        # the sole stays clear of the ground
        sole = np.maximum(heel[0] * sin, toe[0] * sin) + self.ankle_height_m * cos
        share = np.clip((phases - phases[last]) / (1.0 - phases[last]), 0.0, 1.0)
        sole = sole + _CLEARANCE * self.hip_height_m * np.sin(np.pi * share)
        ankle_x = np.where(on_ground, stance_x, swing_x)
        ankle_z = np.where(on_ground, stance_z, np.maximum(swing_z, sole))
        return GaitTable(
            curves=np.stack([ankle_x, ankle_z, pelvis_z, pitch]),
            stride_m=self.stride_m,
            ramp_m=_RAMP * self.stride_m,
            stance=self._stance,
            mid_stance=self._mid_stance,
            thigh_m=self.thigh_m,
            shank_m=self.shank_m,
            hip_height_m=self.hip_height_m,
            ankle_height_m=self.ankle_height_m,
            vigour=self._vigour,
            shoulder=(math.radians(style.shoulder[0]), math.radians(style.shoulder[1])),
            elbow=(math.radians(style.elbow[0]), math.radians(style.elbow[1])),
            arm_lead=style.arm_lead,
            tuck=math.radians(style.tuck),
            abduction=math.radians(style.abduction),
            twist=math.radians(style.twist),
            lean=math.radians(style.lean),
        )

    def _swing(self, angle: F64, last: int, knots: tuple[tuple[float, float], ...]) -> F64:
        """A joint angle through the swing, joining smoothly onto the stance at both ends."""
        phases = self._phases
        slopes = [(angle[last] - angle[last - 1]) * _SAMPLES, (angle[1] - angle[0]) * _SAMPLES]
        at = [phases[last], *self._rescaled(np.array([phase for phase, _ in knots])), 1.0]
        share = 0.4 + 0.6 * self._vigour
        values = [angle[last], *(np.deg2rad(degrees) * share for _, degrees in knots), angle[0]]
        free = scipy.interpolate.CubicSpline(at, values, bc_type=((1, slopes[0]), (1, slopes[1])))
        curve = scipy.interpolate.CubicHermiteSpline(at, values, free(at, 1))
        return np.where(phases >= at[0], curve(phases), angle)

    def _rescaled(self, phases: F64) -> F64:
        """Phases of the style, squeezed so that the stance lasts as long as it does here."""
        stance = self._style.stance
        swing = 1.0 - (1.0 - phases) * (1.0 - self._stance) / (1.0 - stance)
        return np.where(phases <= stance, phases * self._stance / stance, swing)
