"""What detectors return, tidy and untidy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cornercase.sim.errors import ConfigError
from cornercase.sim.stress.classes import NAMES, UNKNOWN, checked_mapping, group_of_label
from cornercase.sim.stress.detections import Checked, Detections, checked

RIG = {"front": "camera", "top": "lidar"}
BOX = [10.0, 1.0, 0.5, 4.5, 1.8, 1.5, 0.1, 0.9, 13.0]
CAR, PERSON = NAMES.index("car"), NAMES.index("person")
FLAT = [10.0, 20.0, 30.0, 60.0, 0.8, 19.0]


def rows(answer: object, kinds: dict[str, str] = RIG, mapping: dict[str, int] | None = None, most: int = 100):
    return checked(answer, kinds, mapping or {}, most=most)


def test_all_forms_say_the_same() -> None:
    tidy = rows(Detections(boxes_2d={"front": [FLAT]}, boxes_3d={"top": np.array([BOX])}))
    assert tidy.problems == {}
    np.testing.assert_array_equal(tidy.rows["top"], [[*BOX[:8], CAR]])
    np.testing.assert_array_equal(tidy.rows["front"], [[*FLAT[:5], PERSON]])
    for answer, name in (
        ({"top": [BOX]}, "top"),
        (np.array([BOX]), "top"),
        ({"boxes": [BOX[:7]], "scores": [0.9], "labels": ["car"]}, "top"),
        ({"top": {"boxes": np.array([BOX[:7]]), "scores": np.array([0.9]), "labels": np.array([13])}}, "top"),
        ({"front": [FLAT]}, "front"),
        (np.array([FLAT]), "front"),
        ({"front": [[*FLAT[:5], "person"]]}, "front"),
        (np.array([[*FLAT[:5], "child"]], object), "front"),
        ([[*BOX[:8], "van"]], "top"),
        ({"boxes": np.array([FLAT[:4]]), "scores": [0.8], "labels": ["CHILD"]}, "front"),
    ):
        found = rows(answer)
        assert found.problems == {} and list(found.rows) == [name]
        np.testing.assert_array_equal(found.rows[name], tidy.rows[name])


def test_nothing_is_not_the_same_as_not_looking() -> None:
    assert rows({}) == Checked({}, {})
    assert rows({"top": []}).rows["top"].shape == (0, 9)
    nothing = {"boxes": np.empty((0, 4)), "scores": np.empty(0), "labels": np.empty(0, int)}
    assert rows({"front": nothing}).rows["front"].shape == (0, 6) and rows({"front": nothing}).problems == {}
    assert rows({"front": {"boxes": []}}).rows["front"].shape == (0, 6)
    assert rows([], {"top": "lidar"}).rows["top"].shape == (0, 9)
    for empty in ([], {"boxes": [], "scores": [], "labels": []}, np.empty(0)):
        assert rows(empty) == Checked({}, {})


class Tensor:
    """Behaves as far as it matters like a tensor that has a gradient: NumPy may not look into it."""

    def __init__(self, values: object) -> None:
        self._values = np.array(values)

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        return self._values

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise RuntimeError("can't call numpy() on a tensor that requires grad")


@pytest.mark.parametrize("kind", [Tensor, np.array])
def test_tensors_are_understood(kind: Callable[[object], object]) -> None:
    answer = {"boxes": kind([FLAT[:4]]), "scores": kind([FLAT[4]]), "labels": kind([19])}
    for found in (rows(answer), rows({"front": answer}), rows({"front": kind([FLAT])}), rows(kind([FLAT]))):
        assert found.problems == {}
        np.testing.assert_array_equal(found.rows["front"], [[*FLAT[:5], PERSON]])
    lists = {"boxes": [FLAT[:4]], "scores": [FLAT[4]], "labels": [np.array(19)]}
    assert rows(lists).problems == {}


def test_bare_boxes_score_one_and_have_no_class() -> None:
    found = rows({"front": [FLAT[:4]]})
    np.testing.assert_array_equal(found.rows["front"], [[*FLAT[:4], 1.0, UNKNOWN]])
    assert found.problems == {}


@pytest.mark.parametrize(
    ("answer", "problems", "left"),
    [
        ({"top": [BOX, [np.nan, *BOX[1:]]]}, {"nan": 1}, 1),
        ({"top": [BOX, [np.inf, *BOX[1:]]]}, {"nan": 1}, 1),
        ({"top": [BOX, [*BOX[:3], -1.0, *BOX[4:]]]}, {"bad_box": 1}, 1),
        ({"front": [FLAT, [30.0, 0.0, 20.0, 10.0, 0.5, 13.0]]}, {"bad_box": 1}, 1),
        ({"top": np.zeros((3, 5))}, {"wrong_shape": 1}, 0),
        ({"top": np.zeros((2, 2, 9))}, {"wrong_shape": 1}, 0),
        ({"top": [BOX, BOX[:4]]}, {"wrong_type": 1}, 0),
        ({"top": {"scores": [1.0]}}, {"wrong_type": 1}, 0),
        ("a car", {"wrong_type": 1}, 0),
        (3, {"wrong_type": 1}, 0),
        (None, {"wrong_type": 1}, 0),
        (np.zeros((4, 12)), {"wrong_shape": 1}, 0),
        ({"rear": [FLAT]}, {"unknown_sensor": 1}, 0),
        ({"top": [[*BOX[:8], 250.0]]}, {"unknown_class": 1}, 1),
    ],
)
def test_what_is_wrong_is_counted(answer: object, problems: dict[str, int], left: int) -> None:
    found = rows(answer)
    assert found.problems == problems
    assert sum(len(r) for r in found.rows.values()) == left


def test_too_many_keep_the_best() -> None:
    many = np.tile(BOX, (50, 1))
    many[:, 7] = np.arange(50) / 100
    found = rows({"top": many}, most=10)
    assert found.problems == {"too_many": 1}
    np.testing.assert_allclose(found.rows["top"][:, 7], np.arange(49, 39, -1) / 100)


def test_a_model_has_words_of_its_own() -> None:
    mapping = checked_mapping({0: "person", "auto": "car"})
    assert [group_of_label(w, mapping) for w in (0, 0.0, "auto", "AUTO", 13, "car")] == [
        PERSON, PERSON, CAR, CAR, UNKNOWN, UNKNOWN,
    ]  # fmt: skip
    assert group_of_label("van", {}) == CAR and group_of_label(14, {}) == CAR and group_of_label(1, {}) == UNKNOWN
    with pytest.raises(ConfigError, match="did you mean 'person'"):
        checked_mapping({0: "persons"})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"top": [[1.0, 2.0]]}, r"for 'top' an array of shape (1, 2), expected rows of 7, 8 with the score or 9 with"),
        ({"front": "seen"}, "for 'front' 'seen', expected rows of 4, 5"),
        ({"frnt": []}, "rows for 'frnt', which it was not shown; did you mean 'front'?"),
        ({"front": [[*FLAT[:5], "dragon"]]}, "for 'front' the class 'dragon', it knows car, truck"),
        ({"front": [[0, 0, 0, 5, 1, "car"]]}, "boxes without a size, the first of them 0, 0, 0, 5"),
        ((1 for _ in "a"), "a generator, expected a mapping from the names of sensors"),
        (None, "None, expected a mapping"),
    ],
)
def test_what_is_wrong_is_told_in_words(answer: object, words: str) -> None:
    assert words in rows(answer).error
