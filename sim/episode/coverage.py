"""How much of a parameter space a set of points covers: combinations of values, and gaps between points.

t-way combinatorial coverage counts, of all combinations of values that any t parameters can take, how many appear
(Kuhn, Kacker, Lei, NIST SP 800-142 and NISTIR 7878). Faults seldom need more than t = 2 to 4 parameters to act
together. `covering_array` builds rows greedily, each the best of a few candidates that are completed value by value
(the AETG idea of Cohen, Dalal, Fredman, Patton 1997), until every combination that a filter allows is covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

import numpy as np

Row = tuple[int, ...]
Pair = tuple[tuple[int, int], ...]
_CANDIDATES = 12
_GIVE_UP = 40


@dataclass(frozen=True)
class Coverage:
    """t-way coverage of a set of rows.

    Attributes:
        covered, possible: combinations of values seen, and all there are.
        complete, tuples: t-tuples of parameters with all their combinations seen, and all tuples.

    """

    covered: int
    possible: int
    complete: int
    tuples: int

    @property
    def share(self) -> float:
        """Part of the combinations that is covered."""
        return self.covered / max(self.possible, 1)


def t_way(rows: Sequence[Row], levels: Sequence[int], strength: int) -> Coverage:
    """Coverage of rows of level numbers by combinations of `strength` parameters, of which number k has `levels[k]`."""
    covered = possible = complete = 0
    tuples = list(combinations(range(len(levels)), min(strength, len(levels))))
    for columns in tuples:
        seen = len({tuple(row[c] for c in columns) for row in rows})
        all_of_them = prod(levels[c] for c in columns)
        covered, possible, complete = covered + seen, possible + all_of_them, complete + (seen == all_of_them)
    return Coverage(covered, possible, complete, len(tuples))


def covering_array(
    levels: Sequence[int],
    strength: int,
    *,
    rng: np.random.Generator,
    allowed: Callable[[Row], bool] = lambda row: True,
) -> Iterator[Row]:
    """Rows of level numbers, those that cover most first, until every combination is covered or found infeasible.

    Args:
        levels: number of values of each parameter.
        strength: how many parameters act together.
        rng: breaks ties.
        allowed: whether a whole row keeps the constraints.

    """
    open_: set[Pair] = {
        tuple(zip(columns, values, strict=True))
        for columns in combinations(range(len(levels)), min(strength, len(levels)))
        for values in product(*(range(levels[c]) for c in columns))
    }
    failures = 0
    while open_ and failures < _GIVE_UP:
        # once the best rows are forbidden, any completion will do that is not
        candidates = [_complete(levels, open_, rng, greedy=failures == 0) for _ in range(_CANDIDATES)]
        rows = [(len(_covers(row, open_)), row) for row in candidates if allowed(row)]
        gain, best = max(rows, default=(0, ()), key=lambda item: item[0])
        if gain == 0:
            failures += 1
            continue
        failures = 0
        open_ -= _covers(best, open_)
        yield best


def _complete(levels: Sequence[int], open_: set[Pair], rng: np.random.Generator, *, greedy: bool) -> Row:
    """A row that begins with one open combination; all else by chance, or the value that covers most."""
    seeds = sorted(open_)
    row: dict[int, int] = dict(seeds[int(rng.integers(len(seeds)))])
    for column in (int(c) for c in rng.permutation(len(levels))):
        if column in row:
            continue
        gains = np.zeros(levels[column])
        for pair in open_ if greedy else ():
            wanted = dict(pair)
            if column in wanted and all(row.get(c) == v for c, v in pair if c != column):
                gains[wanted[column]] += 1
        best = np.flatnonzero(gains == gains.max())
        row[column] = int(best[int(rng.integers(len(best)))])
    return tuple(row[c] for c in range(len(levels)))


def _covers(row: Row, open_: set[Pair]) -> set[Pair]:
    return {pair for pair in open_ if all(row[c] == v for c, v in pair)}
