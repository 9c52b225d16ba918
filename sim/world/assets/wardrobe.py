"""What a person looks like: skin, hair, clothes and bags, drawn at random.

Reflectance at 905 nm: skin 0.4-0.6, dark cloth 0.2-0.5 (dyes are often bright in the near infrared), bright cloth
0.6-0.8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....renderers.scene import RGB, Material, Texture

SKINS: tuple[RGB, ...] = (
    (0.60, 0.41, 0.32), (0.55, 0.36, 0.26), (0.50, 0.31, 0.21), (0.40, 0.24, 0.15), (0.26, 0.14, 0.085),
    (0.15, 0.08, 0.05), (0.085, 0.046, 0.03),
)  # fmt: skip
HAIRS: tuple[RGB, ...] = (
    (0.012, 0.010, 0.009), (0.03, 0.018, 0.011), (0.07, 0.035, 0.018), (0.16, 0.09, 0.04), (0.38, 0.26, 0.11),
    (0.22, 0.06, 0.02), (0.32, 0.31, 0.30),
)  # fmt: skip
MUTED: tuple[RGB, ...] = (
    (0.02, 0.02, 0.023), (0.05, 0.052, 0.058), (0.14, 0.14, 0.145), (0.33, 0.33, 0.33), (0.02, 0.035, 0.09),
    (0.07, 0.085, 0.05),
    (0.20, 0.14, 0.08), (0.40, 0.33, 0.23), (0.10, 0.02, 0.03),
)  # fmt: skip
BRIGHT: tuple[RGB, ...] = (
    (0.70, 0.70, 0.68), (0.55, 0.03, 0.03), (0.03, 0.16, 0.50), (0.72, 0.46, 0.04), (0.04, 0.30, 0.12),
    (0.62, 0.20, 0.03),
    (0.55, 0.12, 0.28), (0.10, 0.40, 0.48), (0.32, 0.12, 0.42),
)  # fmt: skip
DENIM: tuple[RGB, ...] = ((0.035, 0.06, 0.13), (0.07, 0.12, 0.22), (0.16, 0.22, 0.32), (0.018, 0.022, 0.035))
TOPS = ("t-shirt", "sweater", "hoodie", "jacket", "coat")
BOTTOMS = ("jeans", "trousers", "shorts", "skirt")
HAIRCUTS = ("short", "crop", "medium", "long", "bun", "bald")


@dataclass(frozen=True)
class Outfit:
    """Looks of one person.

    Attributes:
        feminine: narrower shoulders and waist, wider hips, bust.
        stout: thickness of trunk and limbs relative to the average.
        top, bottom, hair_cut: one of `TOPS`, `BOTTOMS`, `HAIRCUTS`.
        hat: "none", "cap", "beanie", "helmet" (bicycle) or "full helmet" (motorcycle).
        bag: "none", "backpack" or "school bag".
        skin, hair, cloth, cloth_2, legs, shoe, sole, bag_cloth, hat_cloth: materials; `cloth_2` is the undershirt or
        lining.

    """

    feminine: bool
    stout: float
    top: str
    bottom: str
    hair_cut: str
    hat: str
    bag: str
    skin: Material
    hair: Material
    cloth: Material
    cloth_2: Material
    legs: Material
    shoe: Material
    sole: Material
    bag_cloth: Material
    hat_cloth: Material


def cloth(colour: RGB, shade: float = 1.0) -> Material:
    """Woven cloth of a linear colour; its infrared reflectance follows from its brightness."""
    r, g, b = (float(np.clip(c * shade, 0.008, 0.85)) for c in colour)
    bright = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return Material((r, g, b), 0.9, 0.0, float(np.clip(0.28 + 0.75 * bright, 0.2, 0.8)), texture=Texture.CLOTH)


def draw_outfit(*, rng: np.random.Generator, child: bool) -> Outfit:
    """One random person's looks; children wear brighter things and often a school bag."""

    def pick(options: tuple[RGB, ...]) -> RGB:
        return options[int(rng.integers(0, len(options)))]

    def choose(names: tuple[str, ...], weights: tuple[float, ...]) -> str:
        return names[int(rng.choice(len(names), p=np.array(weights) / sum(weights)))]

    def shade() -> float:
        return float(rng.uniform(0.8, 1.2))

    feminine = bool(rng.random() < 0.5)
    skin, hair = pick(SKINS), pick(HAIRS[:-1] if child else HAIRS)
    top = choose(TOPS, (0.3, 0.25, 0.25, 0.2, 0.0) if child else (0.22, 0.2, 0.18, 0.26, 0.14))
    bottom = choose(BOTTOMS, (0.42, 0.26, 0.18, 0.14) if feminine else (0.5, 0.35, 0.15, 0.0))
    if top == "coat":
        bottom = "jeans" if bottom == "shorts" else bottom
    cut = choose(
        HAIRCUTS, (0.06, 0.04, 0.3, 0.4, 0.2, 0.0) if feminine else (0.5, 0.32, 0.09, 0.0, 0.0, 0.0 if child else 0.09)
    )
    hat = choose(("none", "cap", "beanie"), (0.72, 0.18, 0.10) if child else (0.84, 0.09, 0.07))
    bag = choose(("none", "school bag"), (0.35, 0.65)) if child else choose(("none", "backpack"), (0.72, 0.28))
    legs = pick(DENIM) if bottom == "jeans" else pick(MUTED if bottom != "skirt" else MUTED + BRIGHT)
    main = pick(BRIGHT if rng.random() < (0.75 if child else 0.35) else MUTED)
    return Outfit(
        feminine=feminine,
        stout=float(rng.uniform(0.95, 1.06) if child else rng.uniform(0.94, 1.16)),
        top=top, bottom=bottom, hair_cut=cut, hat=hat, bag=bag,
        skin=Material(skin, 0.6, 0.0, float(rng.uniform(0.45, 0.58))),
        hair=Material(hair, 0.55, 0.0, float(np.clip(0.1 + hair[0], 0.1, 0.45))),
        cloth=cloth(main, shade()),
        cloth_2=cloth(pick(MUTED + BRIGHT), shade()),
        legs=cloth(legs, shade()),
        shoe=Material(pick((*MUTED[:4], BRIGHT[0], *BRIGHT[:3])), 0.6, 0.0, 0.3),
        sole=Material((0.62, 0.62, 0.60) if rng.random() < 0.6 else (0.03, 0.03, 0.03), 0.8, 0.0, 0.5),
        bag_cloth=cloth(pick(BRIGHT[1:]) if child else pick(MUTED + BRIGHT), shade()),
        hat_cloth=cloth(pick(MUTED + BRIGHT), shade()),
    )  # fmt: skip
