"""People sitting on two-wheelers: limbs brought to pedals and grips by two-bone inverse kinematics."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....renderers.transforms import from_matrix, from_rpy, rotate
from ...physics.specs import body_plan
from .meshes import MeshBuilder
from .people import add_posed, build_person
from .wardrobe import BRIGHT, MUTED, cloth, draw_outfit

F64 = NDArray[np.float64]
HELMET_SHARE = 1.04
"""Height of a head with a helmet on, relative to the bare head."""


@dataclass(frozen=True)
class Seat:
    """Where a rider touches the vehicle, ground frame, left side; the right side is its mirror image except the pedals.

    Attributes:
        hips: hip centre [m].
        pedal_l, pedal_r: below the ball of each foot [m].
        grip: centre of the left handle [m].
        crown: height of the top of the helmet [m].
        stature_m, mass_kg: of the rider.
        toe_down_rad: pitch of the feet.

    """

    hips: tuple[float, float, float]
    pedal_l: tuple[float, float, float]
    pedal_r: tuple[float, float, float]
    grip: tuple[float, float, float]
    crown: float
    stature_m: float
    mass_kg: float
    toe_down_rad: float = 0.1


def aim(along: ArrayLike, ahead: ArrayLike) -> F64:
    """Orientation of a limb whose -z points `along` and whose x is as near `ahead` as that allows."""
    z = -np.asarray(along, float)
    z /= np.linalg.norm(z)
    x = np.asarray(ahead, float) - z * (np.asarray(ahead, float) @ z)
    x /= np.linalg.norm(x)
    return from_matrix(np.stack([x, np.cross(z, x), z], axis=1))


def bend(root: F64, target: F64, upper: float, lower: float, towards: ArrayLike) -> tuple[F64, F64]:
    """Directions (unit) of two bones from `root` to `target` whose joint bends `towards`; stretched if out of reach."""
    line = target - root
    reach = float(np.clip(np.linalg.norm(line), abs(upper - lower) + 1e-6, upper + lower - 1e-6))
    line = line / np.linalg.norm(line)
    side = np.asarray(towards, float) - line * (np.asarray(towards, float) @ line)
    side /= np.linalg.norm(side)
    cos = (upper**2 + reach**2 - lower**2) / (2 * upper * reach)
    first = line * cos + side * np.sqrt(max(1 - cos**2, 0.0))
    second = line * reach - first * upper
    return first, second / np.linalg.norm(second)


def add_rider(builder: MeshBuilder, seat: Seat, *, motor: bool, rng: np.random.Generator) -> None:
    """A dressed rider, baked into the vehicle's body; bends forward so far that the helmet ends at `seat.crown`."""
    h = seat.stature_m
    plan = body_plan(h, seat.mass_kg)
    by_name = {s.name: s for s in plan}
    look = draw_outfit(rng=rng, child=False)
    bottom = look.bottom if look.bottom in ("jeans", "trousers") or (look.bottom == "shorts" and not motor) else "jeans"
    top = "jacket" if motor or look.top == "coat" else look.top
    shell = (*BRIGHT, MUTED[0], MUTED[3])[int(rng.integers(0, len(BRIGHT) + 2))]
    bag = look.bag if not motor else "none"
    hat = "full helmet" if motor else ("helmet" if rng.random() < 0.7 else "none")
    look = replace(look, bottom=bottom, top=top, hat=hat, hat_cloth=cloth(shell), bag=bag)
    if motor:
        look = replace(look, cloth=cloth(MUTED[int(rng.integers(0, 3))]), hair_cut="crop")
    person = build_person(plan, rng=rng, outfit=look)

    nod = 0.12
    trunk = by_name["pelvis"].length_m + by_name["chest"].length_m
    head = by_name["head"].length_m * HELMET_SHARE * np.cos(nod)
    lean = float(np.arccos(np.clip((seat.crown - seat.hips[2] - head) / trunk, 0.5, 0.999)))
    hips = np.array(seat.hips)
    tilt = from_rpy(0, lean * 0.75, 0)
    lean_chest = from_rpy(0, lean * 1.12, 0)
    facings: dict[str, ArrayLike] = {"pelvis": tilt, "chest": lean_chest, "head": from_rpy(0, nod, 0)}
    shoulders = hips + rotate(tilt, by_name["chest"].joint)
    for side, sign, pedal in (("l", 1.0, seat.pedal_l), ("r", -1.0, seat.pedal_r)):
        hip = hips + rotate(tilt, by_name[f"thigh_{side}"].joint)
        toe = from_rpy(0, seat.toe_down_rad, 0)
        ankle = np.array(pedal) + rotate(toe, (-0.065 * h, 0.0, 0.042 * h))
        thigh, shank = by_name[f"thigh_{side}"].length_m, by_name[f"shank_{side}"].length_m
        a, c = bend(hip, ankle, thigh, shank, (1.0, 0.12 * sign, 0.25))
        facings |= {f"thigh_{side}": aim(a, (1, 0, 0.6)), f"shank_{side}": aim(c, (1, 0, 0.2)), f"foot_{side}": toe}
        shoulder = shoulders + rotate(lean_chest, by_name[f"upper_arm_{side}"].joint)
        grip = np.array(seat.grip) * np.array([1, sign, 1])
        upper, fore = by_name[f"upper_arm_{side}"].length_m, 0.195 * h
        a, c = bend(shoulder, grip, upper, fore, (-0.45, 0.12 * sign, -1.0))
        inner = (0.15, -0.2 * sign, 1.0)
        facings |= {f"upper_arm_{side}": aim(a, (1, 0, 0.3)), f"forearm_{side}": aim(c, inner)}
    add_posed(builder, person, plan, hips, facings)
