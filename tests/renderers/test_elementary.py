"""Short polynomials against the library's functions."""

import numpy as np
import pytest
from cornercase.renderers.compiled import kernel
from cornercase.renderers.elementary import COS_1, exponential, sine, steep_angle


@kernel
def _exponentials(x, out):  # type: ignore[no-untyped-def]
    for k in range(len(x)):
        out[k] = exponential(x[k])


@kernel
def _sines(x, out):  # type: ignore[no-untyped-def]
    for k in range(len(x)):
        out[k] = sine(x[k])


@kernel
def _angles(x, out):  # type: ignore[no-untyped-def]
    for k in range(len(x)):
        out[k] = steep_angle(x[k])


@pytest.mark.parametrize(
    ("ours", "theirs", "x", "relative", "absolute"),
    [
        (_exponentials, np.exp, -np.geomspace(1e-12, 690.0, 20_001), 2e-14, 0.0),
        (_sines, np.sin, np.linspace(-200.0, 200.0, 20_001), 0.0, 1e-12),
        (_angles, np.arccos, np.linspace(0.0, COS_1, 20_001), 0.0, 1e-13),
    ],
)
def test_agrees_with_the_library(ours, theirs, x, relative, absolute) -> None:  # type: ignore[no-untyped-def]
    out = np.empty_like(x)
    ours(x, out)
    np.testing.assert_allclose(out, theirs(x), rtol=relative, atol=absolute)


def test_light_through_nothing_is_whole_and_through_a_wall_is_none() -> None:
    out = np.empty(4)
    _exponentials(np.array([0.0, -0.0, -1e4, -np.inf]), out)
    assert out[0] == out[1] == 1.0
    assert 0.0 < out[2] == out[3] < 1e-300
