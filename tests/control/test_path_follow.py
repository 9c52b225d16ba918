"""Path and speed keeping on the real vehicle model: accuracy where it is promised."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from cornercase.renderers.transforms import yaw_of
from cornercase.sim.control.path_follow import (
    PREVIEW_S,
    Offset,
    PathError,
    PathTracker,
    SineShift,
    SpeedHold,
    pedals,
    steering,
)
from cornercase.sim.physics.client import TICK_S, Client
from cornercase.sim.physics.ground import Ground
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.physics.vehicle import VehicleFleet
from cornercase.sim.world.path import Path

MOTORWAY = [(150.0, 0.0), (300.0, 1 / 1000), (200.0, -1 / 800), (300.0, 0.0)]


def drive(
    kind: str,
    speed: float,
    segments: list[tuple[float, float]],
    seconds: float,
    *,
    target: float | None = None,
    shift: SineShift | None = None,
    kinematic: bool = False,
    every: int = 6,
) -> tuple[np.ndarray, np.ndarray]:
    """Lateral errors [m] and speeds [m/s] at every control step (40 Hz unless told)."""
    spec, hold = VEHICLES[kind], SpeedHold()
    tracker = PathTracker(Path.from_segments(segments))
    errors, speeds = [], []
    with Client() as client:
        fleet = VehicleFleet(client, Ground())
        fleet.add(spec, xy=(3.0, 0.0), yaw=0.0, speed_mps=speed, kinematic=kinematic)
        for tick in range(int(seconds / TICK_S)):
            if tick % every == 0:
                now = float(fleet.speed_mps[0])
                x, y, _ = fleet.position_w[0].tolist()
                wanted = shift.at(tick * TICK_S) if shift else Offset()
                ahead = shift.at(tick * TICK_S + PREVIEW_S) if shift else None
                error = tracker.error((x, y), float(yaw_of(fleet.orientation_w[0])), now, wanted, ahead)
                acceleration = hold.acceleration(speed if target is None else target, now, every * TICK_S)
                fleet.set_controls(0, steering(spec, error, now), *pedals(spec, acceleration, now))
                errors.append(error.lateral_m)
                speeds.append(now)
            fleet.apply()
            client.stepSimulation()
            fleet.read()
    return np.array(errors), np.array(speeds)


@pytest.mark.parametrize("kind", ["hatchback", "sedan", "suv", "van"])
def test_motorway_bends_at_130_within_5_cm(kind: str) -> None:
    errors, speeds = drive(kind, 36.0, MOTORWAY, 20.0)
    assert np.abs(errors).max() < 0.05
    assert np.abs(speeds - 36.0).max() * 3.6 < 0.1


@pytest.mark.parametrize(
    ("kind", "speed", "bound"), [("box_truck", 24.0, 0.05), ("bus", 24.0, 0.05), ("motorcycle", 33.0, 0.2)]
)
def test_motorway_bends_of_the_others(kind: str, speed: float, bound: float) -> None:
    errors, _ = drive(kind, speed, MOTORWAY, 18.0)
    assert np.abs(errors).max() < bound


def test_kinematic_traffic_obeys_the_same_law() -> None:
    errors, _ = drive("sedan", 36.0, MOTORWAY, 18.0, kinematic=True)
    assert np.abs(errors).max() < 0.05


@pytest.mark.parametrize("kinematic", [False, True])
def test_lane_change_follows_its_profile(kinematic: bool) -> None:
    errors, _ = drive("hatchback", 25.0, [(600.0, 0.0)], 8.0, shift=SineShift(1.0, 0.0, 3.5, 1.5), kinematic=kinematic)
    assert np.abs(errors).max() < 0.06
    assert abs(errors[-1]) < 0.01


@pytest.mark.parametrize(("kind", "speed"), [("hatchback", 4.0), ("bicycle", 4.0)])
def test_right_angle_turn_in_town(kind: str, speed: float) -> None:
    errors, _ = drive(kind, speed, [(15.0, 0.0), (8.0 * pi / 2, 1 / 8), (30.0, 0.0)], 12.0)
    assert np.abs(errors).max() < 0.2
    assert abs(errors[-1]) < 0.02


def test_speed_step_settles_within_a_tenth_of_a_kmh() -> None:
    _, speeds = drive("hatchback", 20.0, [(2000.0, 0.0)], 40.0, target=25.0, every=12)
    assert abs(speeds[-1] - 25.0) * 3.6 < 0.1
    assert speeds.max() < 25.6


def test_braking_to_a_stop_stays_stopped() -> None:
    _, speeds = drive("sedan", 10.0, [(200.0, 0.0)], 8.0, target=0.0)
    assert np.abs(speeds[-40:]).max() < 1e-2


def test_sine_shift_has_the_promised_peak_rate_and_consistent_derivatives() -> None:
    shift = SineShift(2.0, -1.0, 2.5, 1.2)
    t = np.linspace(1.0, 2.0 + shift.duration_s + 1.0, 20001)
    d, rate, bend = np.array([[o.d_m, o.rate_mps, o.acceleration_mps2] for o in map(shift.at, t)]).T
    assert (d[0], d[-1]) == (-1.0, 2.5)
    assert rate.max() == pytest.approx(1.2, rel=1e-6)
    assert np.gradient(d, t) == pytest.approx(rate, abs=1e-3)
    moving = (t > 2.01) & (t < 2.0 + shift.duration_s - 0.01)
    assert np.gradient(rate, t)[moving] == pytest.approx(bend[moving], abs=1e-3)
    with pytest.raises(ValueError, match="peak_mps"):
        SineShift(0.0, 0.0, 1.0, 0.0)


def test_tracker_agrees_with_the_global_projection() -> None:
    path = Path.from_segments([(30.0, 0.0), (60.0, 1 / 30), (60.0, -1 / 25)])
    tracker = PathTracker(path)
    for s in np.linspace(0.0, path.length_m, 400):
        for d in (-1.5, 0.8):
            xy, yaw, _ = path.at(s, d)
            error = tracker.error((float(xy[0]), float(xy[1])), float(yaw) + 0.1, 10.0)
            s_ref, d_ref = path.project(xy)
            assert (error.s_m, error.lateral_m) == pytest.approx((s_ref, d_ref), abs=0.05)
            assert error.heading_rad == pytest.approx(0.1, abs=0.03)


def test_steering_pushes_back_towards_the_line() -> None:
    spec = VEHICLES["hatchback"]
    for speed in (0.0, 5.0, 30.0):
        assert steering(spec, PathError(0, 0.3, 0, 0), speed) < 0 < steering(spec, PathError(0, -0.3, 0, 0), speed)
        assert steering(spec, PathError(0, 0, 0.1, 0), speed) < 0
        assert steering(spec, PathError(0, 0, 0, 0), speed) == 0.0
    assert steering(spec, PathError(0, 0, 0, 1.0), 5.0) == spec.max_steer_rad
