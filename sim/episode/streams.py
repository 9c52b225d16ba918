"""Named random streams: every consumer draws from its own, so that changing one never changes another.

All streams of an episode derive from `SeedSequence(dataset_seed, spawn_key=(episode,))`; a stream's own key is its name
("scenario", "assets", "sensor/front"), not the order in which it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """The random streams of one episode.

    Attributes:
        seed: seed of the dataset, a non-negative integer.
        episode: number of the episode.

    """

    seed: int
    episode: int = 0

    def _sequence(self, name: str) -> np.random.SeedSequence:
        words = tuple(int.from_bytes(name.encode()[i : i + 4], "little") for i in range(0, len(name.encode()), 4))
        return np.random.SeedSequence(self.seed, spawn_key=(self.episode, *words, len(name)))

    def rng(self, name: str) -> np.random.Generator:
        """A fresh generator at the start of the named stream."""
        return np.random.Generator(np.random.PCG64(self._sequence(name)))

    def key(self, name: str) -> int:
        """A 63-bit key of the named stream, for counter-based generators in kernels."""
        return int(self._sequence(name).generate_state(1, np.uint64)[0] >> np.uint64(1))
