from __future__ import annotations

import numpy as np
from cornercase.sim.dataset import codecs
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

FLOATS = st.floats(0, 1000, width=32)


@given(arrays(np.float32, 40, elements=FLOATS), st.sampled_from([4.0, 50.0, 250.0, 900.0]))
def test_depth_comes_back_within_half_a_step_and_saturates_beyond(depth: np.ndarray, far: float) -> None:
    step = codecs.depth_step(far)
    back = codecs.decode_depth(codecs.encode_depth(depth, step), step)
    largest = np.float32(65534 * step)
    assert largest >= far
    assert np.all(np.abs(back - np.minimum(depth, largest)) <= step / 2)


@given(st.floats(0.1, 5000))
def test_depth_step_is_a_power_of_two_and_the_smallest_that_reaches(far: float) -> None:
    step = codecs.depth_step(far)
    assert np.log2(step) == round(np.log2(step))
    assert step * 65534 >= far > step / 2 * 65534


def test_depth_keeps_nothing_as_infinity() -> None:
    depth = np.array([np.inf, np.nan, 3.0], np.float32)
    back = codecs.decode_depth(codecs.encode_depth(depth, 1 / 256), 1 / 256)
    assert np.isinf(back[0]) and np.isinf(back[1]) and back[2] == 3.0


@given(arrays(np.int64, 30, elements=st.integers(0, 300_000)), st.sampled_from([0.001, 0.002, 0.004]))
def test_ranges_on_the_grid_of_the_sensor_come_back_bit_equal(steps: np.ndarray, step: float) -> None:
    ranges = (steps * step).astype(np.float32)
    stored = codecs.encode_range(ranges, step)
    back = codecs.decode_range(stored, step)
    assert np.array_equal(stored, steps)
    assert np.array_equal(back, ranges)


@given(arrays(np.float32, 30, elements=st.floats(-1020, 1020, width=32)))
def test_flow_comes_back_within_half_a_step(flow: np.ndarray) -> None:
    flow[0] = np.nan
    step = codecs.FLOW_STEP_PX
    back = codecs.decode_flow(codecs.encode_flow(flow, step), step)
    assert np.isnan(back[0])
    assert np.all(np.abs(back[1:] - flow[1:]) <= step / 2)


def test_flow_saturates_instead_of_turning_round() -> None:
    step = codecs.FLOW_STEP_PX
    back = codecs.decode_flow(codecs.encode_flow(np.array([1e6, -1e6], np.float32), step), step)
    assert back[0] > 1023 and back[1] < -1023
