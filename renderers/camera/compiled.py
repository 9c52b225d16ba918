"""How the camera's kernels are compiled.

Arrays belong to the caller for the whole of a call and kernels allocate nothing, so reference counting is left out of
them: its atomic operations on every access to a field of a tuple of arrays cost more than the shading. Division
follows IEEE rules without a test for zero.
"""

from __future__ import annotations

from typing import Any

from numba import njit

_OPTIONS: Any = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

kernel = njit(**_OPTIONS)
"""Decorator of functions that are called."""
inlined = njit(inline="always", **_OPTIONS)
"""Decorator of functions that become part of their caller."""
