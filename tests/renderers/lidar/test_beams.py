import numpy as np
import pytest
from cornercase.renderers.lidar.beams import BEAMS, beam_table


@pytest.mark.parametrize(
    ("name", "rate_hz", "columns", "points_per_second"), [("VLP-16", 10.0, 1808, 289e3), ("HDL-32E", 20.0, 1085, 694e3)]
)
def test_velodyne_firing_cycle_gives_the_published_rates(
    name: str, rate_hz: float, columns: int, points_per_second: float
) -> None:
    table = BEAMS[name]
    assert table.columns_at(rate_hz) == columns
    assert table.beams / table.cycle_s == pytest.approx(points_per_second, rel=2e-3)
    assert columns * rate_hz * table.beams == pytest.approx(points_per_second, rel=2e-3)


def test_lasers_fire_in_the_order_of_their_ids() -> None:
    table = BEAMS["VLP-16"]
    order = np.argsort(table.fire_offset_s)
    assert np.rint(np.rad2deg(table.elevation_rad[order])).tolist() == [
        -15, 1, -13, 3, -11, 5, -9, 7, -7, 9, -5, 11, -3, 13, -1, 15,
    ]  # fmt: skip
    np.testing.assert_allclose(np.diff(table.fire_offset_s[order]), 2.304e-6)


def test_vlp16_vertical_corrections_match_the_manual() -> None:
    table = BEAMS["VLP-16"]
    height = dict(zip(np.rint(np.rad2deg(table.elevation_rad)), table.origin_height_m, strict=True))
    assert height[15] == pytest.approx(-0.0112, abs=1e-4)
    assert height[-1] == pytest.approx(0.0007, abs=1e-4)


def test_hdl32e_is_uniform() -> None:
    np.testing.assert_allclose(np.diff(np.rad2deg(BEAMS["HDL-32E"].elevation_rad)), -4 / 3, atol=0.011)


@pytest.mark.parametrize("table", BEAMS.values(), ids=BEAMS)
def test_every_table_fires_all_lasers_within_one_column(table) -> None:  # type: ignore[no-untyped-def]
    for rate in table.rates_hz:
        columns = table.columns_at(rate)
        period = table.column_period_s(rate, columns)
        assert 0.0 <= table.fire_offset_s.min() <= table.fire_offset_s.max() < period
        assert columns * period <= 1.0 / rate * (1 + 1e-12)


@pytest.mark.parametrize(("columns", "rate_hz"), [(512, 10.0), (512, 20.0), (1024, 10.0), (1024, 20.0), (2048, 10.0)])
def test_ouster_modes(columns: int, rate_hz: float) -> None:
    assert BEAMS["OS1-64"].columns_at(rate_hz, columns) == columns


def test_modes_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one of 1024, 512 columns, got 2048"):
        BEAMS["OS1-64"].columns_at(20.0, 2048)
    with pytest.raises(ValueError, match="fires 1808 columns a turn at 10 Hz, not 1024"):
        BEAMS["VLP-16"].columns_at(10.0, 1024)
    with pytest.raises(ValueError, match="at 13 Hz"):
        BEAMS["HDL-32E"].columns_at(13.0)


def test_unknown_names_get_the_nearest_one() -> None:
    with pytest.raises(ValueError, match="unknown lidar 'os1-46'.*did you mean 'OS1-64'"):
        beam_table("os1-46")
