"""What surfaces send back to a radar.

Millimetre waves see shapes, not colours: most surfaces are smooth at 4 mm, and a body returns by the facets that face
the sensor. A patch of area A seen at the angle theta to its normal has the radar cross-section

    sigma = A (pi F D(theta) G(theta) + 4 rho cos^2 theta)

a lobe of facets with power reflectivity F and slopes after GGX (D), shadowed (G, Smith), on a Lambertian ground rho.
These are the two limits of geometrical optics: a smooth sphere of radius a returns F pi a^2, a matt one 8/3 rho pi a^2.
A flat surface is also a mirror, with the share F_schlick exp(-(4 pi h cos theta / lambda)^2) (Ament 1953, h the root
mean square height) of the power in the direction of the reflection, less what the slopes scatter.

The table by class is chosen so that typical bodies come out at their usual size (car 5 to 20 dBsm, truck 20 to 35,
pedestrian -10 to 0); these figures are defaults, not measurements. A metal part reflects as metal whatever its class.
Left out: resonance, corner reflectors within one body, polarisation, waves that go on through panes and plastics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class RadarSurface:
    """One kind of surface.

    Attributes:
        reflectivity: power reflectivity F at normal incidence, in [0, 1].
        slope: width of the facets' slopes (GGX alpha), in (0, 1].
        diffuse: Lambertian albedo rho, in [0, 1].
        height_m: root mean square height of the roughness within a facet.

    """

    reflectivity: float
    slope: float
    diffuse: float
    height_m: float

    def __post_init__(self) -> None:
        """Reject values outside their physical range."""
        for name, low in (("reflectivity", 0.0), ("slope", 1e-3), ("diffuse", 0.0)):
            if not low <= getattr(self, name) <= 1.0:
                raise ValueError(f"radar surface {name} is {getattr(self, name)}, expected a value in [{low}, 1]")
        if not self.height_m >= 0.0:
            raise ValueError(f"radar surface height_m is {self.height_m}, expected 0 or more")


PLAIN = RadarSurface(0.18, 0.25, 0.03, 5e-4)
"""Anything without a class of its own: a dielectric."""
_BODY = RadarSurface(0.3, 0.6, 0.05, 5e-3)
SURFACES: dict[str, RadarSurface] = {
    "road": RadarSurface(0.20, 0.06, 0.01, 8e-4),
    "lane_marking": RadarSurface(0.20, 0.06, 0.01, 5e-4),
    "kerb": RadarSurface(0.20, 0.2, 0.04, 1.5e-3),
    "pavement": RadarSurface(0.20, 0.1, 0.02, 1.5e-3),
    "terrain": RadarSurface(0.05, 0.5, 0.06, 3e-2),
    "building": RadarSurface(0.25, 0.1, 0.05, 1e-3),
    "wall": RadarSurface(0.25, 0.05, 0.04, 6e-4),
    "guard_rail": RadarSurface(0.9, 0.08, 0.02, 3e-4),
    "fence": RadarSurface(0.5, 0.4, 0.05, 1e-2),
    "pole": RadarSurface(0.8, 0.3, 0.05, 1e-3),
    "traffic_sign": RadarSurface(0.9, 0.12, 0.03, 5e-4),
    "traffic_light": RadarSurface(0.6, 0.4, 0.05, 1e-3),
    "vegetation": RadarSurface(0.02, 0.6, 0.06, 3e-2),
    "car": RadarSurface(0.9, 0.25, 0.20, 5e-4),
    "van": RadarSurface(0.9, 0.25, 0.20, 5e-4),
    "truck": RadarSurface(0.9, 0.16, 0.30, 5e-4),
    "bus": RadarSurface(0.9, 0.16, 0.25, 5e-4),
    "motorcycle": RadarSurface(0.9, 0.40, 0.45, 2e-3),
    "bicycle": RadarSurface(0.9, 0.45, 0.28, 2e-3),
    "person": _BODY,
    "child": _BODY,
    "animal": _BODY,
    "hand": _BODY,
    "floor": RadarSurface(0.20, 0.04, 0.01, 2e-4),
    "robot": RadarSurface(0.8, 0.3, 0.05, 3e-4),
    "gripper": RadarSurface(0.8, 0.3, 0.05, 3e-4),
}
"""Surfaces by the name of the semantic class."""

REFLECTIVITY, SLOPE, DIFFUSE, HEIGHT = 0, 1, 2, 3
"""Columns of the table by class id."""
_FLAT_SLOPE = 0.15


def surface_table(names: Mapping[int, str]) -> F64:
    """(256, 4) rows by class id; ids without a name, or whose name has no surface, are plain.

    Args:
        names: semantic class id to name, in lower case.

    """
    table = np.empty((256, 4))
    for k in range(256):
        s = SURFACES.get(names.get(k, ""), PLAIN)
        table[k] = s.reflectivity, s.slope, s.diffuse, s.height_m
    return table


@compiled(error_model="numpy")
def cross_section(reflectivity: float, slope: float, diffuse: float, cosine: float) -> float:
    """Radar cross-section of a patch per square metre of its area projected towards the sensor."""
    if cosine <= 1e-6:
        return 0.0
    square, s = cosine * cosine, slope * slope
    k = square * (s - 1.0) + 1.0
    shadow = 2.0 / (1.0 + np.sqrt(1.0 + s * (1.0 / square - 1.0)))
    return reflectivity * s / (k * k) * shadow / cosine + 4.0 * diffuse * cosine


@compiled(error_model="numpy")
def mirror_share(reflectivity: float, slope: float, height_m: float, cosine: float, wavelength_m: float) -> float:
    """Share of the power that goes on in the direction of the reflection."""
    grazing = (1.0 - cosine) ** 5
    phase = 4.0 * np.pi * height_m * cosine / wavelength_m
    flat = slope / _FLAT_SLOPE
    return (reflectivity + (1.0 - reflectivity) * grazing) * np.exp(-phase * phase - flat * flat)
