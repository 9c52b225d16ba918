"""Friction under water, snow and ice: the table it comes from, its order, and what it does to a real stop."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.physics.client import GRAVITY_MPS2, Client
from cornercase.sim.physics.ground import Ground, RectPatch
from cornercase.sim.physics.road_friction import ICE_FRICTION, SNOW_FRICTION, weathered, wet_share
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.physics.vehicle import VehicleFleet
from cornercase.sim.physics.vehicle_tables import drag_factor
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

KMH = 1 / 3.6
DRY = {50: 0.85, 90: 0.80, 130: 0.75}
HANDBOOK = {  # Bosch, peak coefficients of a new tyre
    (0.2, 50): 0.65, (0.2, 90): 0.60, (0.2, 130): 0.55,
    (1.0, 50): 0.55, (1.0, 90): 0.30, (1.0, 130): 0.20,
    (2.0, 50): 0.50, (2.0, 90): 0.05, (2.0, 130): 0.00,
}  # fmt: skip
FILMS, SPEEDS, SHARES = st.floats(0.0, 5.0), st.floats(0.0, 60.0), st.floats(0.0, 1.0)


def under(friction: float, speed_mps: float, water: float = 0.0, snow: float = 0.0, ice: float = 0.0) -> float:
    return weathered(friction, np.array([water, snow, ice]), speed_mps)


@pytest.mark.parametrize(("water", "speed"), HANDBOOK)
def test_entries_of_the_handbook(water: float, speed: int) -> None:
    assert wet_share(water, speed * KMH) * DRY[speed] == pytest.approx(HANDBOOK[water, speed], abs=1e-12)


def test_a_wet_road_at_town_speed_has_the_friction_of_the_table() -> None:
    assert under(0.85, 50 * KMH, water=0.2) == pytest.approx(0.65)
    assert under(0.85, 50 * KMH, water=1.0) == pytest.approx(0.55)


def test_half_way_between_entries_is_their_mean() -> None:
    corners = [wet_share(w, v * KMH) for w in (1.0, 2.0) for v in (50, 90)]
    assert wet_share(1.5, 70 * KMH) == pytest.approx(np.mean(corners))


@given(SPEEDS, FILMS, FILMS)
def test_more_water_never_grips_better(speed: float, a: float, b: float) -> None:
    assert under(0.85, speed, max(a, b)) <= under(0.85, speed, min(a, b)) + 1e-12


@given(FILMS, SPEEDS, SPEEDS)
def test_more_speed_never_grips_better(water: float, a: float, b: float) -> None:
    assert under(0.85, max(a, b), water) <= under(0.85, min(a, b), water) + 1e-12


@given(st.floats(0.0, 1.5), SPEEDS, FILMS, SHARES, SHARES)
def test_no_cover_grips_better_than_the_road_itself(
    friction: float, speed: float, water: float, snow: float, ice: float
) -> None:
    assert 0.0 <= under(friction, speed, water, snow, ice) <= friction


@given(st.floats(0.0, 1.5), SPEEDS)
def test_a_bare_road_keeps_its_friction_to_the_bit(friction: float, speed: float) -> None:
    assert under(friction, speed) == friction


def test_a_tyre_floats_on_two_millimetres_at_motorway_speed() -> None:
    assert 0.0 < under(0.85, 130 * KMH, water=2.0) <= 0.02
    assert under(0.85, 200 * KMH, water=8.0) == under(0.85, 130 * KMH, water=2.0)


@given(st.floats(0.0, ICE_FRICTION), SPEEDS, FILMS)
def test_what_is_slippery_already_is_not_made_worse_by_water(friction: float, speed: float, water: float) -> None:
    assert under(friction, speed, water) == friction


@pytest.mark.parametrize(("cover", "expected"), [("snow", SNOW_FRICTION), ("ice", ICE_FRICTION)])
def test_snow_and_ice_take_their_share(cover: str, expected: float) -> None:
    assert under(0.85, 20.0, **{cover: 1.0}) == pytest.approx(expected)
    assert under(0.85, 20.0, **{cover: 0.5}) == pytest.approx(0.5 * (0.85 + expected))
    assert under(0.05, 20.0, **{cover: 1.0}) == 0.05


def test_published_bands_of_snow_and_ice() -> None:
    """Packed snow .25-.35, glaze ice .05-.15 (Bohnenkamp)."""
    assert 0.25 <= under(0.85, 14.0, snow=1.0) <= 0.35
    assert 0.05 <= under(0.85, 14.0, ice=1.0) <= 0.15


def stop_m(ground: Ground, cover: tuple[float, float, float], speed_mps: float) -> float:
    """Distance that a car at full brake takes in the engine's physics [m]."""
    with Client() as client:
        fleet = VehicleFleet(client, ground)
        fleet.cover(*cover)
        fleet.add(VEHICLES["hatchback"], xy=(0, 0), yaw=0.0, speed_mps=speed_mps)
        fleet.set_controls(0, 0.0, 0.0, 1.0)
        start = fleet.position_w[0]
        while fleet.speed_mps[0] > 0.05:
            for _ in range(4):
                fleet.apply()
                client.stepSimulation()
            fleet.read()
        return float(np.linalg.norm(fleet.position_w[0] - start))


def law_m(cover: tuple[float, float, float], speed_mps: float) -> float:
    """The integral of v dv / (mu(v) g + c v^2 / m): v^2 / (2 mu g) where friction falls with speed, with drag."""
    spec = VEHICLES["hatchback"]
    air = drag_factor(spec) / spec.mass_kg
    film = np.array(cover)
    return float(
        quad(lambda v: v / (weathered(0.85, film, v) * GRAVITY_MPS2 + air * v * v), 0.0, speed_mps, limit=200)[0]
    )


@pytest.mark.parametrize(
    ("cover", "kmh"),
    [
        ((0.2, 0, 0), 100),
        ((1.0, 0, 0), 50),
        ((1.0, 0, 0), 110),
        ((2.0, 0, 0), 80),
        ((0, 1.0, 0), 60),
        ((0, 0, 1.0), 40),
    ],
)
def test_a_stop_takes_the_distance_of_the_law(cover: tuple[float, float, float], kmh: int) -> None:
    assert stop_m(Ground(friction=0.85), cover, kmh * KMH) == pytest.approx(law_m(cover, kmh * KMH), rel=0.05)


def test_rain_lengthens_a_stop_but_not_on_a_patch_of_ice() -> None:
    rain = (1.0, 0.0, 0.0)
    ice = Ground(friction=0.85, patches=(RectPatch((0.0, 0.0), 0.0, 400.0, 50.0, friction=0.08),))
    road = Ground(friction=0.85)
    assert stop_m(road, rain, 25.0) > 1.8 * stop_m(road, (0.0, 0.0, 0.0), 25.0)
    assert stop_m(ice, rain, 8.0) == stop_m(ice, (0.0, 0.0, 0.0), 8.0)
