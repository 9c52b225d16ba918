"""The scene: everything a sensor may ask about the world over one interval of time.

A scene is immutable. It holds meshes (geometry with materials, built once), instances of them with poses at several
key times, and the light. The world builds it from its pose history; tracers and sensors only read it.

Photometric units: radiance is in cd/m^2 per colour channel, scaled so that a white Lambertian surface under an
illuminance of E lux shows E / pi in each of red, green and blue. Colours are linear, never gamma encoded.
Frames: world is right-handed with z up. Quaternions are (x, y, z, w).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from .air import Air

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
Bool = NDArray[np.bool_]
RGB = tuple[float, float, float]


class Texture(IntEnum):
    """Procedural surface pattern, evaluated in the shading kernel at the hit point in mesh coordinates (metres)."""

    PLAIN = 0
    ASPHALT = 1
    CONCRETE = 2
    PAVING = 3
    PAINT_WORN = 4
    BRICK = 5
    PLASTER = 6
    GRASS = 7
    FOLIAGE = 8
    BARK = 9
    CLOTH = 10
    CAR_PAINT = 11
    BRUSHED_METAL = 12
    RUBBER = 13
    WOOD = 14
    HAZARD_STRIPES = 15
    CARDBOARD = 16
    ICE = 17


class Lamp(IntFlag):
    """Switchable emitters. A material with a lamp glows only while its instance has that bit set."""

    NONE = 0
    BRAKE = 1
    TAIL = 2
    HEAD = 4
    INDICATOR_LEFT = 8
    INDICATOR_RIGHT = 16
    REVERSE = 32
    WARNING = 64
    STREET = 128
    RED = 256
    AMBER = 512
    GREEN = 1024


class Beam(IntEnum):
    """How a luminaire spreads its light."""

    STREET = 0
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Luminaire:
    """A lamp that lights its surroundings; what it looks like itself is the emission of a material.

    Attributes:
        position_w: world frame [m].
        axis_w: unit vector along which it shines; a street lamp shines down whatever it is.
        intensity_cd: peak luminous intensity in red, green and blue [cd].
        beam: how the light is spread around the axis.

    """

    position_w: RGB
    axis_w: RGB
    intensity_cd: RGB
    beam: Beam = Beam.STREET


@dataclass(frozen=True)
class Material:
    """How a surface answers light.

    Attributes:
        albedo: diffuse reflectance, linear RGB, each in [0, 1].
        roughness: GGX roughness in [0.02, 1]; 0.02 is a mirror-like polish, 1 is chalk.
        metallic: 0 for dielectrics, 1 for metals (then `albedo` tints the specular lobe and there is no diffuse part).
        nir_reflectance: diffuse reflectance near 905 nm in [0, 1], what a lidar sees.
        retro: retro-reflective gain on top of the diffuse lidar return; 0 for ordinary surfaces, 10-1000 for sheeting.
        emission: emitted radiance [cd/m^2], linear RGB.
        lamp: which switch lights the emission; `Lamp.NONE` means always on.
        transparency: share of light passing straight through in [0, 1]; 0.85 for a clear pane.
        texture: procedural pattern that modulates albedo, roughness and normal.
        semantic: class id of the faces with this material; 0 means the class of the instance.

    """

    albedo: RGB = (0.5, 0.5, 0.5)
    roughness: float = 0.8
    metallic: float = 0.0
    nir_reflectance: float = 0.4
    retro: float = 0.0
    emission: RGB = (0.0, 0.0, 0.0)
    lamp: Lamp = Lamp.NONE
    transparency: float = 0.0
    texture: Texture = Texture.PLAIN
    semantic: int = 0

    def __post_init__(self) -> None:
        """Reject values outside their physical range."""
        for name, value, low, high in (
            *(("albedo", c, 0.0, 1.0) for c in self.albedo),
            ("roughness", self.roughness, 0.02, 1.0),
            ("metallic", self.metallic, 0.0, 1.0),
            ("nir_reflectance", self.nir_reflectance, 0.0, 1.0),
            ("transparency", self.transparency, 0.0, 1.0),
        ):
            if not low <= value <= high:
                raise ValueError(f"material {name} is {value}, expected a value in [{low}, {high}]")


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles with a material per face and a normal per vertex; compared and cached by identity.

    Attributes:
        vertices: (V, 3) float32 [m], mesh frame.
        normals: (V, 3) float32 unit shading normals, mesh frame.
        faces: (F, 3) uint32 vertex indices, counter-clockwise seen from outside.
        face_material: (F,) uint16 index into `materials`.
        materials: the materials used.
        name: for messages only.

    """

    vertices: F32
    normals: F32
    faces: U32
    face_material: NDArray[np.uint16]
    materials: tuple[Material, ...]
    name: str = "mesh"

    def __post_init__(self) -> None:
        """Check shapes and indices once, so that kernels need not."""
        v, f = len(self.vertices), len(self.faces)
        if self.vertices.shape != (v, 3) or self.normals.shape != (v, 3) or self.faces.shape != (f, 3):
            raise ValueError(f"mesh {self.name!r}: expected vertices and normals (V, 3) and faces (F, 3)")
        if f and int(self.faces.max()) >= v:
            raise ValueError(f"mesh {self.name!r}: a face refers to vertex {int(self.faces.max())} of {v}")
        if self.face_material.shape != (f,) or (f and int(self.face_material.max()) >= len(self.materials)):
            raise ValueError(
                f"mesh {self.name!r}: face_material must be (F,) indices into {len(self.materials)} materials"
            )


@dataclass(frozen=True)
class Sun:
    """A distant light with a soft edge.

    Attributes:
        direction_w: unit vector from the ground towards the light, world frame.
        illuminance_lx: illuminance on a surface facing it, linear RGB [lx].
        angular_radius_rad: half of the disc seen from the ground; 0.00465 for the real sun, more for a large lamp.

    """

    direction_w: RGB = (0.38, 0.30, 0.875)
    illuminance_lx: RGB = (78_000.0, 74_000.0, 66_000.0)
    angular_radius_rad: float = 0.00465


@dataclass(frozen=True)
class Sky:
    """Light from everywhere else: a vertical gradient of radiance [cd/m^2], linear RGB, with optional clouds.

    By default a clear sky: 19 000 K overhead, so that what lies in the shade is lit by about 14 500 K (CIE D).

    Attributes:
        zenith, horizon, ground: radiance straight up, at the horizon, and below it.
        clouds: cloud cover in [0, 1], drawn on the dome; it does not change the illuminance.

    """

    zenith: RGB = (2_600.0, 3_900.0, 6_300.0)
    horizon: RGB = (7_600.0, 8_800.0, 10_200.0)
    ground: RGB = (2_400.0, 2_300.0, 2_100.0)
    clouds: float = 0.35


@dataclass(frozen=True)
class Cover:
    """What lies on the ground (surfaces with the textures of roads and pavements that face up).

    Attributes:
        water_mm: mean depth of the water film on the road [mm]; puddles stand where the ground is low.
        snow: share of the ground under snow, in [0, 1].
        ice: share of the road under glaze ice, in [0, 1].

    """

    water_mm: float = 0.0
    snow: float = 0.0
    ice: float = 0.0

    def __post_init__(self) -> None:
        """Reject what cannot lie on a road."""
        if not 0.0 <= self.water_mm <= 50.0:
            raise ValueError(f"cover water_mm is {self.water_mm}, expected a value in [0, 50]")
        for name in ("snow", "ice"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"cover {name} is {getattr(self, name)}, expected a value in [0, 1]")

    @property
    def bare(self) -> bool:
        """Whether the ground is dry and clean."""
        return not (self.water_mm or self.snow or self.ice)


@dataclass(frozen=True)
class Shelter:
    """A box of space under a roof: how much of the dome's light comes in, and what lamps make up for it.

    Attributes:
        start_w, end_w: ends of its middle line, on the floor [m].
        half_width_m: to both sides of that line.
        height_m: above and below its start.
        daylight: share of the dome's light at both ends, in [0, 1].
        lamps_lx: illuminance of the floor by lamps at both ends, the same in all colours [lx].

    """

    start_w: RGB
    end_w: RGB
    half_width_m: float
    height_m: float
    daylight: tuple[float, float]
    lamps_lx: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Environment:
    """The light of a place, the air in it, and what lies on its ground.

    Attributes:
        sun, sky, air, cover: see there.
        pulse_hz, pulse_duty: pulse-width modulation of the vehicles' lamps: frequency [Hz], 0 for steady light, and the
            share of each period in which they are lit.
        shelters: places under a roof; where two overlap the first counts.

    """

    sun: Sun = field(default_factory=Sun)
    sky: Sky = field(default_factory=Sky)
    air: Air = field(default_factory=Air)
    cover: Cover = field(default_factory=Cover)
    pulse_hz: float = 0.0
    pulse_duty: float = 1.0
    shelters: tuple[Shelter, ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """Instances of meshes with poses over the interval [times_s[0], times_s[-1]].

    N instances, T key times. Several instances may share one label: a car is a body and four wheels.

    Attributes:
        meshes: the distinct meshes.
        mesh: (N,) int32 index into `meshes`.
        label: (N,) int32 object id, >= 1 for labelled objects, 0 for unlabelled scenery.
        semantic: (N,) uint8 class id.
        lamps: (N,) uint32 bits of `Lamp` that are on.
        times_s: (T,) float64 key times, increasing; T may be 1.
        position_w: (T, N, 3) float64 [m].
        orientation_w: (T, N, 4) float64 unit quaternions (x, y, z, w), mesh frame to world.
        moving: (N,) bool; only these are given several poses, the others use key time 0.
        environment: the light.
        luminaires: lamps that are lit, where they are in the middle of the interval.

    """

    meshes: tuple[Mesh, ...]
    mesh: I32
    label: I32
    semantic: U8
    lamps: U32
    times_s: F64
    position_w: F64
    orientation_w: F64
    moving: Bool
    environment: Environment
    luminaires: tuple[Luminaire, ...] = ()

    def __post_init__(self) -> None:
        """Check that all arrays agree in length."""
        n, t = len(self.mesh), len(self.times_s)
        if self.position_w.shape != (t, n, 3) or self.orientation_w.shape != (t, n, 4):
            raise ValueError(
                f"scene of {n} instances and {t} key times: expected position_w ({t}, {n}, 3) and orientation_w "
                f"({t}, {n}, 4), got {self.position_w.shape} and {self.orientation_w.shape}"
            )
        for name in ("label", "semantic", "lamps", "moving"):
            if getattr(self, name).shape != (n,):
                raise ValueError(f"scene: {name} must have one entry per instance ({n})")
