"""The kinds of sensors as parts of an episode: when a frame is due, what interval it covers, its labels, its faults.

Cameras, lidars, radars and their like look at the world through one shared tracer; inertial units, wheel counters and
the sensors of an arm feel it at every tick.
"""

from collections.abc import Callable, Mapping

from .arms import EncoderSensor, WrenchSensor
from .cameras import CameraSensor
from .config import MountConfig, SensorConfig, fill, fill_picture, shared
from .depth import DepthSensor
from .feelers import ImuSensor, OdometrySensor
from .lidars import LidarSensor
from .navigation import GnssSensor
from .radars import RadarSensor
from .sensor import Fitting, Sensor, Values
from .ultrasonics import UltrasonicSensor
from .view import View

SENSORS: Mapping[str, Callable[[Fitting, Values], Sensor]] = {
    "camera": CameraSensor,
    "lidar": LidarSensor,
    "radar": RadarSensor,
    "depth": DepthSensor,
    "ultrasonic": UltrasonicSensor,
    "imu": ImuSensor,
    "gnss": GnssSensor,
    "odometry": OdometrySensor,
    "wrench": WrenchSensor,
    "encoders": EncoderSensor,
}
"""All kinds by the name in a rig; each is made from its fitting and the fields of its own."""

__all__ = ["SENSORS", "Fitting", "MountConfig", "Sensor", "SensorConfig", "View", "fill", "fill_picture", "shared"]
