"""The semantic classes, and the colours they are drawn in."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class SemanticClass(IntEnum):
    """What a surface belongs to. Ids are part of the dataset contract: append, never renumber."""

    VOID = 0
    ROAD = 1
    LANE_MARKING = 2
    KERB = 3
    PAVEMENT = 4
    TERRAIN = 5
    BUILDING = 6
    WALL = 7
    GUARD_RAIL = 8
    POLE = 9
    TRAFFIC_SIGN = 10
    TRAFFIC_LIGHT = 11
    VEGETATION = 12
    CAR = 13
    VAN = 14
    TRUCK = 15
    BUS = 16
    MOTORCYCLE = 17
    BICYCLE = 18
    PERSON = 19
    CHILD = 20
    ANIMAL = 21
    DEBRIS = 22
    FLOOR = 23
    TABLE = 24
    BIN = 25
    FENCE = 26
    LIGHT_CURTAIN = 27
    ROBOT = 28
    GRIPPER = 29
    OBJECT = 30
    HAND = 31
    STREET_FURNITURE = 32
    ICE = 33
    TRAILER = 34
    WATER = 35


PALETTE = np.array(
    [
        (0, 0, 0), (128, 64, 128), (230, 230, 230), (196, 176, 176), (244, 35, 232), (152, 251, 152), (70, 70, 70),
        (102, 102, 156), (180, 165, 180), (153, 153, 153), (220, 220, 0), (250, 170, 30), (107, 142, 35), (0, 0, 142),
        (0, 60, 160), (0, 0, 70), (0, 60, 100), (0, 0, 230), (119, 11, 32), (220, 20, 60), (255, 90, 40), (190, 120, 60),
        (111, 74, 0), (90, 90, 100), (150, 110, 70), (60, 130, 160), (190, 153, 153), (255, 230, 0), (240, 120, 0),
        (255, 170, 60), (0, 200, 120), (255, 150, 150), (120, 140, 120), (170, 220, 240),
        (0, 0, 110), (60, 120, 200),
    ],
    dtype=np.uint8,
)  # fmt: skip
"""(classes, 3) RGB display colours, indexed by class id; street classes follow the Cityscapes colours."""

VEHICLES = frozenset(
    {
        SemanticClass.CAR,
        SemanticClass.VAN,
        SemanticClass.TRUCK,
        SemanticClass.BUS,
        SemanticClass.MOTORCYCLE,
        SemanticClass.BICYCLE,
        SemanticClass.TRAILER,
    }
)
PEOPLE = frozenset({SemanticClass.PERSON, SemanticClass.CHILD})
