"""Remember what was built: for playing one episode many times in one process.

Stages and assets are pure functions of their arguments and of the state of the generator they draw from. Within
`remembering`, a builder marked `@pure` that is called again with equal ones hands back what it made before, and leaves
the generator where the first call left it, so that whoever draws next notices nothing. What builders make is immutable
and may be shared between worlds. Outside of `remembering` nothing is kept.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
T = TypeVar("T")
_Memory = OrderedDict[bytes, tuple[Any, Any]]
_memory: ContextVar[tuple[_Memory, int] | None] = ContextVar("memory", default=None)


@contextmanager
def remembering(most: int = 128) -> Iterator[None]:
    """Keep what pure builders make, the `most` used last, until the block is left; a block within shares them."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set((OrderedDict(), most))
    try:
        yield
    finally:
        _memory.reset(token)


def pure(build: Callable[P, T]) -> Callable[P, T]:
    """Mark a builder as a pure function of its arguments and of the generator given as keyword `rng`."""

    @wraps(build)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
        held, rng = _memory.get(), kwargs.get("rng")
        if held is None or not isinstance(rng, np.random.Generator):
            return build(*args, **kwargs)
        memory, most = held
        values = {name: value for name, value in sorted(kwargs.items()) if name != "rng"}
        key = pickle.dumps((build.__module__, build.__qualname__, args, values, rng.bit_generator.state))
        if key not in memory:
            made = build(*args, **kwargs)
            memory[key] = made, rng.bit_generator.state
            while len(memory) > most:
                memory.popitem(last=False)
        memory.move_to_end(key)
        found: T
        found, rng.bit_generator.state = memory[key]
        return found

    return remembered
