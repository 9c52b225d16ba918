"""Finishes: the materials of streets, motorways and halls.

Albedos are linear and natural: worn asphalt 0.10, concrete 0.3, brick 0.1-0.3, leaves 0.03-0.12 with the green of
chlorophyll; only signs and safety paint are saturated. Reflectance at 905 nm follows the lidar table of the project
(asphalt 0.10-0.20, concrete 0.25-0.40, paint 0.5-0.8 with beads, leaves 0.45-0.60, bark and wood 0.25-0.40, glass
0.04 per face) and retro-reflective sheeting returns 10-1000 times a Lambertian surface.
"""

from __future__ import annotations

from ....renderers.scene import RGB, Lamp, Material, Texture
from ..classes import SemanticClass as C

ASPHALT = Material((0.105, 0.104, 0.102), 0.92, nir_reflectance=0.15, texture=Texture.ASPHALT, semantic=C.ROAD)
ASPHALT_WORN = Material((0.128, 0.126, 0.122), 0.9, nir_reflectance=0.17, texture=Texture.ASPHALT, semantic=C.ROAD)
ASPHALT_REPAIR = Material((0.070, 0.069, 0.068), 0.9, nir_reflectance=0.11, texture=Texture.ASPHALT, semantic=C.ROAD)
MANHOLE = Material((0.085, 0.082, 0.078), 0.75, 0.3, 0.15, texture=Texture.ASPHALT, semantic=C.ROAD)
ROAD_PAINT = Material(
    (0.66, 0.65, 0.62), 0.65, nir_reflectance=0.65, retro=4.0, texture=Texture.PAINT_WORN, semantic=C.LANE_MARKING
)
GUTTER = Material((0.235, 0.23, 0.22), 0.85, nir_reflectance=0.28, texture=Texture.CONCRETE, semantic=C.ROAD)
KERBSTONE = Material((0.37, 0.36, 0.34), 0.85, nir_reflectance=0.35, texture=Texture.CONCRETE, semantic=C.KERB)
PAVING = Material((0.30, 0.29, 0.27), 0.88, nir_reflectance=0.33, texture=Texture.PAVING, semantic=C.PAVEMENT)
GRASS = Material((0.085, 0.135, 0.042), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=C.TERRAIN)
MEADOW = Material((0.125, 0.148, 0.060), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=C.TERRAIN)
SOIL = Material((0.13, 0.10, 0.07), 1.0, nir_reflectance=0.3, texture=Texture.GRASS, semantic=C.TERRAIN)
CONCRETE = Material((0.34, 0.33, 0.31), 0.85, nir_reflectance=0.33, texture=Texture.CONCRETE)
CONCRETE_DARK = Material((0.22, 0.21, 0.20), 0.85, nir_reflectance=0.28, texture=Texture.CONCRETE)

STEEL_GREY = Material((0.20, 0.21, 0.22), 0.45, nir_reflectance=0.3)
STEEL_DARK = Material((0.045, 0.050, 0.050), 0.4, nir_reflectance=0.10)
STEEL_GREEN = Material((0.030, 0.060, 0.045), 0.4, nir_reflectance=0.12)
GALVANISED = Material((0.52, 0.53, 0.54), 0.45, 0.7, 0.45, texture=Texture.BRUSHED_METAL)
ALUMINIUM = Material((0.60, 0.61, 0.62), 0.35, 0.8, 0.5, texture=Texture.BRUSHED_METAL)
PLASTIC_BLACK = Material((0.030, 0.030, 0.032), 0.45, nir_reflectance=0.06)
PLASTIC_WHITE = Material((0.72, 0.72, 0.70), 0.4, nir_reflectance=0.7)
STREET_LAMP = Material((0.72, 0.72, 0.70), 0.4, nir_reflectance=0.7, emission=(2.6e4, 2.25e4, 1.7e4), lamp=Lamp.STREET)
WOOD = Material((0.27, 0.17, 0.09), 0.7, nir_reflectance=0.35, texture=Texture.WOOD)
WOOD_PALE = Material((0.42, 0.31, 0.19), 0.7, nir_reflectance=0.4, texture=Texture.WOOD)
BARK = Material((0.115, 0.085, 0.060), 0.95, nir_reflectance=0.3, texture=Texture.BARK)
BARK_PALE = Material((0.24, 0.22, 0.18), 0.9, nir_reflectance=0.35, texture=Texture.BARK)
GLASS = Material((0.022, 0.026, 0.028), 0.06, nir_reflectance=0.04)
GLASS_CURTAIN = Material((0.20, 0.19, 0.17), 0.12, nir_reflectance=0.15)
GLASS_CLEAR = Material((0.02, 0.02, 0.02), 0.04, nir_reflectance=0.04, transparency=0.85)

SIGN_POST = Material((0.52, 0.53, 0.54), 0.45, 0.7, 0.45, texture=Texture.BRUSHED_METAL, semantic=C.POLE)
SIGN_WHITE = Material((0.75, 0.75, 0.74), 0.4, nir_reflectance=0.75, retro=250.0, semantic=C.TRAFFIC_SIGN)
SIGN_RED = Material((0.50, 0.020, 0.025), 0.4, nir_reflectance=0.6, retro=180.0, semantic=C.TRAFFIC_SIGN)
SIGN_BLUE = Material((0.015, 0.085, 0.34), 0.4, nir_reflectance=0.4, retro=120.0, semantic=C.TRAFFIC_SIGN)
SIGN_YELLOW = Material((0.70, 0.42, 0.015), 0.4, nir_reflectance=0.7, retro=200.0, semantic=C.TRAFFIC_SIGN)
SIGN_BLACK = Material((0.015, 0.015, 0.015), 0.5, nir_reflectance=0.05, semantic=C.TRAFFIC_SIGN)
SIGN_BACK = Material((0.33, 0.34, 0.35), 0.5, 0.5, 0.4, semantic=C.TRAFFIC_SIGN)
REFLECTOR_WHITE = Material((0.70, 0.70, 0.70), 0.2, nir_reflectance=0.7, retro=600.0)
REFLECTOR_AMBER = Material((0.60, 0.25, 0.02), 0.2, nir_reflectance=0.6, retro=500.0)

FLOOR = Material((0.29, 0.29, 0.285), 0.55, nir_reflectance=0.3, texture=Texture.CONCRETE, semantic=C.FLOOR)
FLOOR_YARD = Material((0.14, 0.14, 0.145), 0.8, nir_reflectance=0.22, texture=Texture.CONCRETE, semantic=C.FLOOR)
SAFETY_YELLOW = Material((0.62, 0.38, 0.015), 0.45, nir_reflectance=0.6)
FLOOR_LINE = Material((0.60, 0.37, 0.02), 0.5, nir_reflectance=0.6, texture=Texture.PAINT_WORN, semantic=C.FLOOR)
HAZARD = Material((0.62, 0.40, 0.02), 0.5, nir_reflectance=0.4, texture=Texture.HAZARD_STRIPES, semantic=C.FLOOR)


def painted(albedo: RGB, roughness: float = 0.5) -> Material:
    """Plain paint; at 905 nm most pigments are a little brighter than in the visible."""
    nir = min(0.8, 0.15 + 0.8 * max(albedo))
    return Material(albedo, roughness, nir_reflectance=nir)


def leaves(albedo: RGB) -> Material:
    """Foliage: green to the eye, bright near 905 nm beyond the red edge of chlorophyll."""
    return Material(albedo, 0.75, nir_reflectance=0.5, texture=Texture.FOLIAGE)
