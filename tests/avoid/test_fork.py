"""Playing in a copy of the process."""

from __future__ import annotations

import os

import pytest
from cornercase.sim.avoid.fork import in_copy
from cornercase.sim.errors import CornercaseError


def test_the_copy_sees_the_present_and_changes_nothing_here() -> None:
    numbers = [1, 2]

    def play() -> tuple[int, int]:
        numbers.append(3)
        return sum(numbers), in_copy(lambda: sum(numbers) + os.getpid() * 0)

    assert in_copy(play) == (6, 6)
    assert numbers == [1, 2]


def test_a_copy_that_fails_says_why_and_one_that_is_killed_is_noticed() -> None:
    with pytest.raises(CornercaseError, match="ZeroDivisionError"):
        in_copy(lambda: 1 / 0)
    with pytest.raises(CornercaseError, match="-9"):
        in_copy(lambda: os.kill(os.getpid(), 9))
