"""Passenger cars whose front doors open.

The door is cut out of the body of an ordinary car of `vehicles`: between its two gaps, above the sill and below the
roof, everything from the outer skin to the trim inside goes with it, glass and mirror included; its edges are closed
with strips of sheet metal, and so is the frame left behind. The hinge is a vertical axis at the front edge. Sizes of
the opening follow from the car's style. Left out: latches, seals, rear doors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ....renderers.scene import RGB, Mesh
from ...physics.specs import VEHICLES
from .asset import Asset, Box, Part, Vec3
from .car_styles import STYLES, vary
from .cutting import cut_mesh
from .meshes import F64, MeshBuilder, box, rounded_box, tube
from .vehicle_looks import BLACK, CHROME, draw_paint
from .vehicles import build_vehicle

DOOR_MASS_KG = 28.0
"""A front door with glass, trim and window lift (typical, unverified)."""
_TRIM_M, _ROOF_M = 0.125, 0.055
"""How far the trim inside lies from the flank, and the edge of the opening below the roof edge."""


@dataclass(frozen=True, eq=False)
class DoorCar:
    """A car with doors that open.

    Attributes:
        asset: the whole; the parts "door_fl" and "door_fr" have their origin on the hinge.
        hinges: the origin of each door in the asset frame [m], on its hinge at the height of the ground.
        panel: collision box of the left door in the frame of its part; the right one's is the mirror image.

    """

    asset: Asset
    hinges: dict[str, Vec3]
    panel: Box


def build_door_car(kind: str, *, rng: np.random.Generator, colour: RGB | None = None) -> DoorCar:
    """A car of a kind with both front doors hinged.

    Args:
        kind: hatchback, sedan, suv or van.
        rng: source of paint and details.
        colour: linear RGB of the paint, drawn where None.

    Raises:
        ValueError: for a kind that has no such doors.

    """
    if kind not in STYLES:
        raise ValueError(f"a {kind!r} has no doors to open, expected one of {', '.join(STYLES)}")
    state = rng.bit_generator.state
    car = build_vehicle(kind, rng=rng, colour=colour)
    after = rng.bit_generator.state
    rng.bit_generator.state = state  # the same draws again: the style and the paint of this very car
    style = vary(STYLES[kind], rng=rng)
    paint = draw_paint(rng=rng, colour=colour)
    rng.bit_generator.state = after
    length, width, height = VEHICLES[kind].size
    front, half = length / 2, width / 2
    x1, x0 = front - style.door_cuts[0], front - style.door_cuts[1]
    sill = 0.5 * (style.cowl_z[0] + style.cowl_z[1]) + 0.02
    belt = style.cowl_z[6] - 0.02
    roof = height - style.rail_drop - _ROOF_M
    y_belt = half * style.width[6] - _TRIM_M
    y_skin = half * style.width[4] - 0.02
    lean = (half * style.roof_width - 0.06 - y_belt) / (roof - belt)
    y_hinge = half * style.width[3] - 0.045
    x_pillar = front - style.panes[0][1]
    rake = (style.panes[0][1] - style.panes[0][2]) / (height - style.rail_drop - belt)

    def inside(side: float) -> tuple[Callable[[F64], F64], ...]:
        """What is positive for points of the door, one face of its hull after the other."""
        return (
            lambda p: p[:, 0] - x0,
            lambda p: x1 - p[:, 0],
            lambda p: p[:, 2] - sill,
            lambda p: roof - p[:, 2],
            # the surface behind the door is upright to the belt line, then leans in with the window
            lambda p: side * p[:, 1] - y_belt - np.minimum(0.0, lean * (p[:, 2] - belt)),
            # the windscreen pillar stays, the mirror does not
            lambda p: np.maximum.reduce(
                [x_pillar + rake * (p[:, 2] - belt) - p[:, 0], belt - p[:, 2], side * p[:, 1] - half * style.width[6]]
            ),
        )

    whole = next(part for part in car.parts if part.name == "body")  # its origin is on the ground
    shell = MeshBuilder(f"{kind} body")
    body: Mesh | None = whole.mesh
    hinges: dict[str, Vec3] = {}
    doors = []
    for name, side in (("door_fl", 1.0), ("door_fr", -1.0)):
        hinge = (x1 - 0.02, side * y_hinge)
        door = MeshBuilder(name)
        rest = MeshBuilder(f"{kind} body")
        for test in inside(side):
            assert body is not None
            outside, body = cut_mesh(body, test(body.vertices.astype(float)))
            if outside is not None:
                rest.add_mesh(outside)
        assert body is not None
        door.add_mesh(body, (-hinge[0], -hinge[1], 0.0))
        for x in (x0 + 0.014, x1 - 0.014):
            edge = box(
                (0.02, y_skin - y_belt, belt - sill - 0.01), (x, side * (y_skin + y_belt) / 2, (belt + sill) / 2)
            )
            door.add(edge.moved(-hinge[0], -hinge[1]), paint)
        lower = box(
            (x1 - x0 - 0.02, y_skin - y_belt, 0.02), ((x0 + x1) / 2, side * (y_skin + y_belt) / 2, sill + 0.014)
        )
        door.add(lower.moved(-hinge[0], -hinge[1]), paint)
        _inner(door, x0 - hinge[0], x1 - hinge[0], sill, belt, side * y_belt - hinge[1], side)
        doors.append(Part(name, door.build(), (hinge[0], hinge[1], whole.position[2])))
        hinges[name] = (hinge[0], hinge[1], whole.position[2])
        body = rest.build()
    assert body is not None
    shell.add_mesh(body)
    for side in (1.0, -1.0):
        deep, middle = y_skin - y_belt + 0.03, side * ((y_skin + y_belt) / 2 - 0.015)
        for x in (x0 - 0.012, x1 + 0.012):
            shell.add(box((0.02, deep, belt - sill), (x, middle, (belt + sill) / 2)), paint)
        post = [(x0 - 0.012, side * (y_belt + lean * k * (roof - belt)), belt + k * (roof - belt)) for k in (0.0, 1.0)]
        shell.add(tube(post, 0.028, sides=6), BLACK)
        shell.add(box((x1 - x0, deep, 0.02), ((x0 + x1) / 2, middle, sill - 0.012)), paint)
        shell.add(box((x1 - x0 - 0.1, 0.05, 0.012), ((x0 + x1) / 2, side * (y_belt + 0.01), sill + 0.002)), BLACK)
    asset = replace(
        car, parts=(replace(whole, look=shell.build()), *(p for p in car.parts if p.name != "body"), *doors)
    )
    thick, tall = 0.10, roof - sill - 0.06
    panel = Box(
        ((x1 - x0) / 2 - 0.02, thick / 2, tall / 2),
        ((x0 - x1) / 2 + 0.02, half * style.width[3] - thick / 2 - y_hinge, (sill + roof) / 2),
    )
    return DoorCar(asset, hinges, panel)


def _inner(door: MeshBuilder, x0: float, x1: float, sill: float, belt: float, y: float, side: float) -> None:
    """Armrest, handle and pocket on the trim."""
    armrest = rounded_box((0.55, 0.06, 0.06), 0.02, ((x0 + x1) / 2 - 0.08, y - side * 0.02, belt - 0.26), segments=2)
    door.add(armrest, BLACK)
    door.add(rounded_box((0.12, 0.02, 0.03), 0.008, (x1 - 0.35, y - side * 0.008, belt - 0.12), segments=2), CHROME)
    door.add(
        rounded_box((0.65, 0.04, 0.14), 0.02, ((x0 + x1) / 2 + 0.05, y - side * 0.012, sill + 0.14), segments=2), BLACK
    )
