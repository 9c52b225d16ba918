"""Faults of spinning lidars: lasers, window, receiver, encoder, motor, packets.

They act on the organised sweep, (beams, columns) with the highest beam first and columns in firing order. Where the
encoder or the motor is wrong, cells get the returns of other columns: what was measured elsewhere is reported here;
that the motor's error also shifts instants is left out, and so is crosstalk between detectors of a hot board.
"""

from __future__ import annotations

import numpy as np

from ..compiled import kernel
from ..lidar.radiometry import REFERENCE_REFLECTANCE, detection_probability, intensity_byte
from ..random import normal, uniform
from ..truth import Truth
from .fault import AbstractFault, Stage, Work, fault
from .returns import azimuths, chosen, columns_from, lose, mark_returns, rows_lost

_LIDAR = ("lidar",)
PACKET_COLUMNS = 24
"""Firing cycles in one packet of a VLP-16: 4.8 degrees at 10 Hz."""
_OWN = "ladder of our own"


@fault
class BeamLoss(AbstractFault):
    """A share of the lasers is silent, drawn once per episode."""

    kind = "beam_loss"
    sensors = _LIDAR
    unit = "share of beams"
    ladder = (0.125, 0.25, 0.5, 0.75, 0.875)
    source = "Robo3D beam_missing 16/32/48 of 64 as severities 2-4; ends extended"
    bounds = (0.0, 1.0)

    def act(self, work: Work, strength: float) -> bool:
        """Silence them."""
        shape = work.data["range"].shape
        order = self.episode_rng().permutation(shape[0])
        return lose(work, rows_lost(order[: round(strength * shape[0])], shape))


@fault
class BeamReduction(AbstractFault):
    """Only every n-th laser works."""

    kind = "beam_reduction"
    sensors = _LIDAR
    unit = "beams per working beam"
    ladder = (2.0, 3.0, 4.0, 6.0, 8.0)
    source = "MultiCorrupt beamsreducing 32 to 16/8/4 as severities 1, 3, 5"
    identity = 1.0
    bounds = (1.0, 1024.0)

    def act(self, work: Work, strength: float) -> bool:
        """Silence the others."""
        shape = work.data["range"].shape
        return lose(work, rows_lost(np.arange(shape[0]) % round(strength) != 0, shape))


@fault
class DeadRing(AbstractFault):
    """Detectors (avalanche photodiodes) of single rings are dead; which ones follows the serial number."""

    kind = "dead_ring"
    sensors = _LIDAR
    unit = "rings"
    ladder = (1.0, 2.0, 3.0, 4.0, 6.0)
    source = _OWN
    bounds = (0.0, 1024.0)

    def act(self, work: Work, strength: float) -> bool:
        """Silence them."""
        shape = work.data["range"].shape
        order = self.specimen_rng().permutation(shape[0])
        return lose(work, rows_lost(order[: round(strength)], shape))


@fault
class PacketLoss(AbstractFault):
    """Packets are lost: gaps of 24 columns in azimuth."""

    kind = "packet_loss"
    sensors = _LIDAR
    unit = "chance per packet"
    ladder = (0.01, 0.05, 0.1, 0.25, 0.5)
    source = "dropout 0.01-0.5 (suggestion); packet of 24 firing cycles from the VLP-16"
    bounds = (0.0, 1.0)
    stage = Stage.TRANSPORT

    def act(self, work: Work, strength: float) -> bool:
        """Lose each packet or not."""
        shape = work.data["range"].shape
        packets = chosen(self.frame_key(work.frame), strength, (-(-shape[1] // PACKET_COLUMNS),))
        columns = np.repeat(packets, PACKET_COLUMNS)[: shape[1]]
        return lose(work, np.broadcast_to(columns, shape))


@fault
class PointLoss(AbstractFault):
    """Single returns are lost at random."""

    kind = "point_loss"
    sensors = _LIDAR
    unit = "share of points"
    ladder = (0.06, 0.12, 0.18, 0.24, 0.30)
    source = "3D_Corruptions_AD density decrease; MultiCorrupt pointsreducing has 0.7, 0.8, 0.9"
    bounds = (0.0, 1.0)

    def act(self, work: Work, strength: float) -> bool:
        """Lose each or not."""
        return lose(work, chosen(self.frame_key(work.frame), strength, work.data["range"].shape))


@fault
class FovLoss(AbstractFault):
    """Only a sector about the front is left."""

    kind = "fov_loss"
    sensors = _LIDAR
    unit = "deg to each side"
    ladder = (105.0, 90.0, 75.0, 60.0, 45.0)
    source = "3D_Corruptions_AD FOV lost"
    identity = 180.0
    bounds = (0.0, 180.0)

    def act(self, work: Work, strength: float) -> bool:
        """Lose what lies outside."""
        outside = np.abs(azimuths(work)) > np.deg2rad(strength)
        return lose(work, np.broadcast_to(outside, work.data["range"].shape))


@kernel
def _weaken(key, ranges, intensity, mask, passed, range_50_m, lost, truth, dimmed):  # type: ignore[no-untyped-def]
    """Returns under the mask through a window that passes `passed` both ways: dimmer bytes, and some are lost."""
    for i in range(len(ranges)):
        lost[i] = False
        if not mask[i] or ranges[i] == 0.0:
            continue
        byte = float(intensity[i])
        reflectance = 0.01 * byte if byte <= 100.0 else 2.0 ** ((byte - 101.0) / 15.4)
        s = reflectance / REFERENCE_REFLECTANCE * (range_50_m / ranges[i]) ** 2
        before, after = detection_probability(s), detection_probability(s * passed)
        if uniform(key, i, 0) * before >= after:
            lost[i] = True
        else:
            new = np.uint8(intensity_byte(reflectance * passed))
            if new != intensity[i]:
                intensity[i] = new
                truth[i] |= dimmed


@fault
class BlockedWindow(AbstractFault):
    """Dirt or ice on a sector of the window: light is lost on the way out and in."""

    kind = "blocked_window"
    sensors = _LIDAR
    unit = "deg"
    ladder = (10.0, 20.0, 40.0, 60.0, 90.0)
    source = _OWN
    bounds = (0.0, 360.0)
    uses = frozenset({"direction_deg", "attenuation", "ramp_s"})

    def act(self, work: Work, strength: float) -> bool:
        """Lose or dim what lies behind it."""
        shape = work.data["range"].shape
        drawn = float(self.episode_rng().uniform(-np.pi, np.pi))
        given = self.config.direction_deg
        middle = drawn if given is None else np.deg2rad(given)
        away = np.abs(np.remainder(azimuths(work) - middle + np.pi, 2.0 * np.pi) - np.pi)
        mask = np.ascontiguousarray(np.broadcast_to(away <= np.deg2rad(strength) / 2.0, shape))
        passed = (1.0 - self.config.attenuation) ** 2
        if passed == 0.0:
            return lose(work, mask)
        lost = np.zeros(shape, np.bool_)
        _weaken(
            self.frame_key(work.frame), np.ascontiguousarray(work.data["range"]).reshape(-1),
            work.own("intensity").reshape(-1), mask.reshape(-1), passed, self.target.range_50_m,
            lost.reshape(-1), work.truth.reshape(-1), np.uint8(Truth.DIMMED),
        )  # fmt: skip
        lose(work, lost)
        return True


@fault
class StuckEncoder(AbstractFault):
    """The encoder sticks for a while in every turn: meanwhile all is reported in one column."""

    kind = "stuck_encoder"
    sensors = _LIDAR
    unit = "deg"
    ladder = (5.0, 15.0, 30.0, 60.0, 90.0)
    source = _OWN
    bounds = (0.0, 360.0)

    def act(self, work: Work, strength: float) -> bool:
        """Move the last column of the gap to its first, and lose the others."""
        shape = work.data["range"].shape
        width = round(strength / 360.0 * shape[1])
        if width < 2:
            return False
        first = int(self.frame_rng(work.frame).integers(shape[1]))
        gap = (first + np.arange(width)) % shape[1]
        source = np.arange(shape[1])
        source[first] = gap[-1]
        moved = columns_from(work, source)
        mask = np.zeros(shape, np.bool_)
        mask[:, gap[1:]] = True
        return lose(work, mask) or moved


@fault
class MotorSpeed(AbstractFault):
    """The head turns faster than the sensor believes: a scene stretched in azimuth, with a seam."""

    kind = "motor_speed"
    sensors = _LIDAR
    unit = "relative error"
    ladder = (0.001, 0.002, 0.005, 0.01, 0.02)
    source = _OWN
    bounds = (-0.5, 0.5)
    uses = frozenset({"ramp_s"})

    def act(self, work: Work, strength: float) -> bool:
        """Report in each column what lies further on."""
        columns = work.data["range"].shape[1]
        source = np.rint(np.arange(columns) * (1.0 + strength)).astype(np.int64) % columns
        return columns_from(work, source)


@kernel
def _shift(ranges, mask, key, fixed_m, sigma_m):  # type: ignore[no-untyped-def]
    for i in range(len(ranges)):
        if mask[i] and ranges[i] != 0.0:
            before = ranges[i]
            moved = np.float32(before + fixed_m + (sigma_m * normal(key, i, 1) if sigma_m > 0.0 else 0.0))
            ranges[i] = max(moved, np.float32(0.05))


@fault
class RangeDrift(AbstractFault):
    """The whole sensor drifts in range as it warms up, either way."""

    kind = "range_drift"
    sensors = _LIDAR
    unit = "m"
    ladder = (0.01, 0.02, 0.03, 0.05, 0.1)
    source = "centimetres either way; rungs of our own"
    uses = frozenset({"ramp_s"})

    def act(self, work: Work, strength: float) -> bool:
        """Add the drift, whose sign is drawn once."""
        mask = np.ones(work.data["range"].shape, np.bool_)
        sign = 1.0 if self.episode_rng().random() < 0.5 else -1.0
        touched = mark_returns(work, mask, Truth.DISPLACED)
        for name in ("range", "range_2"):
            if name in work.data:
                _shift(work.own(name).reshape(-1), mask.reshape(-1), np.uint64(0), sign * strength, 0.0)
        return touched > 0


@fault
class Crosstalk(AbstractFault):
    """Pulses of another lidar: some ranges are off by metres."""

    kind = "crosstalk"
    sensors = _LIDAR
    unit = "share of points"
    ladder = (0.004, 0.008, 0.012, 0.016, 0.020)
    source = "3D_Corruptions_AD and Robo3D: standard deviation 3 m"
    bounds = (0.0, 1.0)

    def act(self, work: Work, strength: float) -> bool:
        """Scatter them."""
        key = self.frame_key(work.frame)
        mask = chosen(key, strength, work.data["range"].shape)
        touched = mark_returns(work, mask, Truth.DISPLACED)
        for lane, name in enumerate(("range", "range_2")):
            if touched and name in work.data:
                _shift(work.own(name).reshape(-1), mask.reshape(-1), np.uint64(int(key) ^ lane), 0.0, 3.0)
        return touched > 0


@fault
class IncompleteEcho(AbstractFault):
    """Echoes of vehicles stay out: dark or glossy paint."""

    kind = "incomplete_echo"
    sensors = _LIDAR
    unit = "share of points on vehicles"
    ladder = (0.55, 0.65, 0.75, 0.85, 0.95)
    source = "Robo3D incomplete_echo .75/.85/.95 as severities 3-5; lower end extended"
    bounds = (0.0, 1.0)

    def act(self, work: Work, strength: float) -> bool:
        """Lose each or not."""
        if not self.target.vehicle_classes:
            raise ValueError("fault incomplete_echo: the target names no vehicle_classes, expected at least one")
        vehicle = np.isin(work.data["semantic"], self.target.vehicle_classes)
        return lose(work, vehicle & chosen(self.frame_key(work.frame), strength, vehicle.shape))


@kernel
def _clip(intensity, level, truth, bits):  # type: ignore[no-untyped-def]
    touched = 0
    for i in range(len(intensity)):
        if intensity[i] > level:
            intensity[i] = level
            truth[i] |= bits
            touched += 1
    return touched


@fault
class IntensitySaturation(AbstractFault):
    """Intensities end at a level below full scale."""

    kind = "intensity_saturation"
    sensors = _LIDAR
    unit = "share of full scale"
    ladder = (0.4, 0.3, 0.2, 0.1, 0.05)
    source = _OWN
    identity = 1.0
    bounds = (0.004, 1.0)

    def act(self, work: Work, strength: float) -> bool:
        """Clip them."""
        level = np.uint8(max(1, round(255.0 * strength)))
        touched = 0
        for name in ("intensity", "intensity_2"):
            if name in work.data:
                touched += _clip(work.own(name).reshape(-1), level, work.truth.reshape(-1), np.uint8(Truth.STUCK))
        return touched > 0
