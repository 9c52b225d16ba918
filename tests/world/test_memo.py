"""Builders that remember within a block."""

from __future__ import annotations

import numpy as np
from cornercase.sim.world.memo import pure, remembering


@pure
def build(n: int, *, rng: np.random.Generator) -> tuple[float, ...]:
    return tuple(rng.uniform(size=n).tolist())


def test_equal_arguments_and_an_equal_generator_give_the_same_thing_and_leave_the_same_generator() -> None:
    plain = np.random.default_rng(3)
    made, after = build(4, rng=plain), plain.uniform()
    with remembering():
        first, second = np.random.default_rng(3), np.random.default_rng(3)
        a = build(4, rng=first)
        b = build(4, rng=second)
        assert a == made and a is b
        assert first.uniform() == second.uniform() == after
        assert build(4, rng=first) != a
        assert build(5, rng=np.random.default_rng(3)) != a
        assert build(4, rng=np.random.default_rng(4)) != a
        with remembering():
            assert build(4, rng=np.random.default_rng(3)) is a
    assert build(4, rng=np.random.default_rng(3)) is not a


def test_no_more_is_kept_than_asked() -> None:
    with remembering(most=2):
        first = build(1, rng=np.random.default_rng(0))
        for seed in (1, 2):
            build(1, rng=np.random.default_rng(seed))
        again = build(1, rng=np.random.default_rng(0))
        assert again == first and again is not first
