"""The sensor rig: what is mounted where, made from configuration.

Rate, phase, delay, mount, faults and random stream belong to every sensor alike. Frame k of a sensor ends at
phase_s + k / rate_hz, rounded to a physics tick, and is delivered `delay_s` later; a frame that ends at time 0 was
begun during the run-up. Each sensor draws from its own stream "sensor/<name>", so adding one changes no other, and each
fault from a stream of its own below that; so it does not matter either which of them are worked on at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...renderers.threads import begun, render_threads, side_by_side
from ..errors import ConfigError, nearest
from ..world.actor import Actor
from ..world.world import World
from .records import SensorFrame, SensorInfo
from .sensors import SENSORS, Fitting, MountConfig, Sensor, View, shared
from .streams import Streams


class Rig:
    """All sensors of one episode, sharing one view of its world.

    Args:
        sensors: configuration by name, as in YAML: `kind`, `rate_hz`, `mount`, `faults` and the fields of the kind.
        world: populated.
        ego: the actor that "ego" stands for.
        streams: random streams of the episode.
        clean: whether cameras and lidars give clean twins with their frames.

    Raises:
        ConfigError: an unknown field, kind, actor or part, or a value out of range.

    """

    def __init__(
        self,
        sensors: Mapping[str, Mapping[str, Any]],
        world: World,
        ego: Actor,
        streams: Streams,
        *,
        clean: bool = False,
    ) -> None:
        view = View(world)
        self.sensors: tuple[Sensor, ...] = tuple(
            _make(name, dict(values), view, ego, streams, clean=clean) for name, values in sensors.items()
        )

    def begin(self) -> Callable[[], list[SensorFrame]]:
        """Begin all frames that have ended by now.

        With several threads they are made in the background, and the world may go on meanwhile. To be asked for the
        result before the next call.

        Returns:
            A function that waits for the frames and gives those delivered by now, in the order of the rig.

        """
        threads = render_threads()
        finish = begun(side_by_side([sensor.begin for sensor in self.sensors], threads), threads)
        return lambda: [frame for frames in finish() for frame in frames]

    @property
    def infos(self) -> tuple[SensorInfo, ...]:
        """What is constant about each sensor."""
        return tuple(sensor.info for sensor in self.sensors)


def _make(name: str, values: dict[str, Any], view: View, ego: Actor, streams: Streams, *, clean: bool) -> Sensor:
    """One sensor from its YAML."""
    where = f"sensors.{name}"
    config = shared(values, where)
    make = SENSORS.get(config.kind)
    if make is None:
        raise ConfigError(f"{where}.kind is {config.kind!r}; {nearest(config.kind, SENSORS)}")
    carrier = _carrier(where, config.mount, view.world, ego)
    return make(Fitting(name, config, view, carrier, streams.key(f"sensor/{name}"), clean), values)


def _carrier(where: str, mount: MountConfig, world: World, ego: Actor) -> Actor | None:
    if mount.actor == "world":
        return None
    if mount.actor == "ego":
        carrier = ego
    else:
        names = {actor.name for actor in world.actors}
        if mount.actor not in names:
            raise ConfigError(
                f"{where}.mount.actor is {mount.actor!r}; {nearest(mount.actor, names | {'ego', 'world'})}"
            )
        carrier = world.actor(mount.actor)
    parts = [part.name for part in carrier.parts]
    if mount.part and mount.part not in parts:
        raise ConfigError(f"{where}.mount.part is {mount.part!r}; {nearest(mount.part, parts)}")
    return carrier
