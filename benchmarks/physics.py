"""Physics alone: eight vehicles on a flat road at 240 Hz, against the clock."""

from __future__ import annotations

from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import TICK_HZ, Client
from cornercase.sim.physics.ground import Ground
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.physics.vehicle import VehicleFleet

from .report import Row
from .timing import interleaved

KINDS = ("hatchback", "sedan", "suv", "van", "box_truck", "bus", "sedan", "hatchback")
DURATION_S = 2.0
REPEATS = 5


def measure() -> list[Row]:
    """One row."""
    with Client() as client:
        ground = Ground(friction=0.9)
        Bodies(client).add_ground_plane(friction=ground.friction, height_m=ground.height_m)
        fleet = VehicleFleet(client, ground)
        for k, kind in enumerate(KINDS):
            fleet.add(VEHICLES[kind], xy=(0.0, 5.0 * k), yaw=0.0, speed_mps=15.0)

        def drive() -> None:
            for _ in range(round(DURATION_S * TICK_HZ)):
                for k in range(len(KINDS)):
                    fleet.set_controls(k, 0.01, 0.2, 0.0)
                fleet.apply()
                client.stepSimulation()
                fleet.read()

        (times,) = interleaved(drive, repeats=REPEATS)
    per_tick = times.median_s / (DURATION_S * TICK_HZ)
    detail = f"{1e6 * per_tick:.0f} us per tick of 1/{TICK_HZ} s"
    return [Row("physics of 8 vehicles, times real time", DURATION_S / times.median_s, "x", None, detail)]
