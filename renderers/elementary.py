"""Elementary functions for kernels, as polynomials that become part of their caller.

A call of the library's costs more than the arithmetic of a ray: it empties the registers, and no loop around it turns
into vector code. These are branch-free and good to 1e-13, over the range that each states.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .compiled import inlined


@intrinsic
def _bits_of(typingctx: Any, value: Any) -> Any:
    """The bits of a float64 as an integer."""

    def codegen(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic
def _float_of(typingctx: Any, value: Any) -> Any:
    """The float64 with the bits of an integer."""

    def codegen(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.DoubleType())

    return types.float64(types.int64), codegen


_LOG_2_E = 1.0 / math.log(2.0)
_LN_2_HIGH, _LN_2_LOW = 0.693145751953125, 1.42860682030941723212e-6
_ROUNDING = 1.5 * 2.0**52
"""Added to a number of moderate size, it leaves the nearest integer in the last bits."""
_LOWEST = -700.0
_INVERSE_FACTORIALS = tuple(1.0 / math.factorial(k) for k in range(12))


@inlined
def exponential(x):  # type: ignore[no-untyped-def]
    """e^x for x <= 0, 1e-304 at the least: the share of light that passes an optical depth of -x."""
    x = max(x, _LOWEST)
    shifted = x * _LOG_2_E + _ROUNDING
    turns = shifted - _ROUNDING
    r = (x - turns * _LN_2_HIGH) - turns * _LN_2_LOW
    e = _INVERSE_FACTORIALS[11]
    e = _INVERSE_FACTORIALS[10] + r * e
    e = _INVERSE_FACTORIALS[9] + r * e
    e = _INVERSE_FACTORIALS[8] + r * e
    e = _INVERSE_FACTORIALS[7] + r * e
    e = _INVERSE_FACTORIALS[6] + r * e
    e = _INVERSE_FACTORIALS[5] + r * e
    e = _INVERSE_FACTORIALS[4] + r * e
    e = _INVERSE_FACTORIALS[3] + r * e
    e = 0.5 + r * e
    e = 1.0 + r * (1.0 + r * e)
    return e * _float_of((_bits_of(shifted) + 1023) << 52)  # type: ignore[call-arg]


_SINE = (
    0.9999999999999499, -0.16666666666466873, 0.008333333320367356, -0.00019841266684609006, 2.7556953025516554e-06,
    -2.5030272207942906e-08, 1.5411273900150799e-10,
)  # fmt: skip
"""Coefficients of sin(y) / y in y^2 within a quarter turn (Chebyshev fit)."""


@inlined
def sine(x):  # type: ignore[no-untyped-def]
    """The sine of any angle [rad]."""
    turns = np.floor(x * (1.0 / math.pi) + 0.5)
    y = x - turns * math.pi
    z = y * y
    s = _SINE[4] + z * (_SINE[5] + z * _SINE[6])
    s = y * (_SINE[0] + z * (_SINE[1] + z * (_SINE[2] + z * (_SINE[3] + z * s))))
    return s * (1.0 - 2.0 * (turns - 2.0 * np.floor(0.5 * turns)))


COS_1 = math.cos(1.0)
_ARC = (
    1.0000000000000246, 0.16666666664675436, 0.07500000268548511, 0.04464271636835932, 0.03038571191446792,
    0.022313710394291645, 0.01791284543723972, 0.01056782500853603, 0.024461334570468878, -0.01922904485965603,
    0.04073124454897253,
)  # fmt: skip
"""Coefficients of arcsin(y) / y in y^2 up to y = cos 1 (Chebyshev fit)."""


@inlined
def steep_angle(cosine):  # type: ignore[no-untyped-def]
    """The angle that has this cosine [rad], for angles of one radian to a right angle."""
    z = cosine * cosine
    a = _ARC[7] + z * (_ARC[8] + z * (_ARC[9] + z * _ARC[10]))
    a = _ARC[3] + z * (_ARC[4] + z * (_ARC[5] + z * (_ARC[6] + z * a)))
    return 0.5 * math.pi - cosine * (_ARC[0] + z * (_ARC[1] + z * (_ARC[2] + z * a)))
