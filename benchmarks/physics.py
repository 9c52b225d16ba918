"""Physics at 240 Hz against the clock: eight vehicles on a flat road; a scenario with all it does but sensors."""

from __future__ import annotations

from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
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
SEED, TARGET = 3, 10.0


def measure() -> list[Row]:
    """Two rows."""
    return [_fleet(), _scenario()]


def _scenario() -> Row:
    """A default draw of the cut-in, played to its end without sensors; building the world does not count."""
    name, stepped_s, cars = "driving/cut_in", 0.0, 0
    open_: list[Episode] = []

    def fresh() -> None:
        for episode in open_:
            episode.close()
        open_[:] = [Episode(EpisodeConfig(ScenarioConfig(name, driver="idm")), seed=SEED)]
        open_[0].start()

    def play() -> None:
        nonlocal stepped_s, cars
        (episode,) = open_
        while not ((update := episode.advance()).step.terminated or update.step.truncated):
            pass
        stepped_s, cars = episode.scenario.world.time_s, len(episode.scenario.world.fleet)

    _, times = interleaved(fresh, play, repeats=REPEATS)
    open_[0].close()
    detail = f"{stepped_s:.1f} s of {cars} vehicles in {times.median_s:.2f} s, with drivers, contacts, labels"
    return Row(f"{name} without sensors, times real time", stepped_s / times.median_s, "x", TARGET, detail)


def _fleet() -> Row:
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
    return Row("physics of 8 vehicles, times real time", DURATION_S / times.median_s, "x", None, detail)
