from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.episode.streams import Streams
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.text(min_size=1, max_size=24)


@given(st.integers(0, 2**40), st.integers(0, 10**6), NAMES)
def test_a_stream_depends_on_nothing_but_seed_episode_and_name(seed: int, episode: int, name: str) -> None:
    one, other = Streams(seed, episode), Streams(seed, episode)
    other.rng("somebody else").random(100)
    assert one.rng(name).random() == other.rng(name).random()
    assert one.key(name) == other.key(name) and 0 <= one.key(name) < 2**63


@given(NAMES, NAMES)
def test_streams_of_different_names_differ(a: str, b: str) -> None:
    streams = Streams(1)
    same = a == b
    assert (streams.key(a) == streams.key(b)) == same
    assert np.array_equal(streams.rng(a).random(8), streams.rng(b).random(8)) == same


@pytest.mark.parametrize("pair", [("a", "a\0"), ("sensor/front", "sensor/front\0\0"), ("ab", "ba"), ("", "\0\0\0\0")])
def test_names_that_pad_to_the_same_words_differ(pair: tuple[str, str]) -> None:
    assert Streams(1).key(pair[0]) != Streams(1).key(pair[1])


def test_seeds_and_episodes_are_independent() -> None:
    keys = {Streams(seed, episode).key("scenario") for seed in range(50) for episode in range(50)}
    assert len(keys) == 2500


def test_streams_are_uncorrelated() -> None:
    rows = np.array([Streams(3, k).rng("scenario").standard_normal(4000) for k in range(12)])
    off = np.corrcoef(rows)[~np.eye(12, dtype=bool)]
    assert np.abs(off).max() < 5.0 / np.sqrt(4000), "five standard errors"
