import numpy as np
import pytest
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.lidar.models import BEAMS, beam_table


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


@pytest.mark.parametrize(
    ("name", "beams", "top", "bottom", "columns"),
    [
        ("VLP-32C", 32, 15.0, -25.0, 1808), ("HDL-64E", 64, 2.0, -24.9, 2083), ("Pandar64", 64, 14.9, -24.879, 1800),
        ("XT32", 32, 15.0, -16.0, 2000), ("AT128", 128, 12.93, -12.5, 1200),
    ],
)  # fmt: skip
def test_nominal_fields_of_view(name: str, beams: int, top: float, bottom: float, columns: int) -> None:
    table = BEAMS[name]
    assert table.beams == beams
    np.testing.assert_allclose(np.rad2deg(table.elevation_rad[[0, -1]]), [top, bottom], atol=1e-6)
    assert table.columns_at(10.0) == columns


def test_azimuth_offsets_are_those_of_the_data_sheets() -> None:
    def offsets(name: str) -> list[float]:
        return sorted(set(np.abs(np.rad2deg(BEAMS[name].azimuth_offset_rad)).round(3).tolist()))

    assert offsets("VLP-32C") == [1.4, 4.2]
    assert offsets("Pandar64") == [1.042, 3.125, 5.208]
    assert offsets("AT128") == [0.65, 2.4]


def test_a_mirror_scanner_covers_its_field_and_no_more() -> None:
    geometry = Lidar(LidarConfig("AT128"), stream_key=1).geometry
    azimuth = np.rad2deg(geometry.azimuth_rad)
    assert azimuth[0] == pytest.approx(60.0)
    assert azimuth[-1] == pytest.approx(-59.9)
    assert np.all(geometry.directions()[..., 0] > 0.4)


@pytest.mark.parametrize(
    ("name", "across", "up"), [("Avia", (-35.2, 35.2), (-38.6, 38.6)), ("Mid-360", (-180.0, 180.0), (-7.0, 52.0))]
)
def test_patterns_fill_their_field_and_do_not_repeat(name: str, across: tuple, up: tuple) -> None:  # type: ignore[type-arg]
    pattern = BEAMS[name].pattern
    assert pattern is not None
    lidar = Lidar(LidarConfig(name), stream_key=1)
    seen, counts, last = set(), [], None
    for k in range(10):
        azimuth, elevation = pattern.angles(0.1 * k + lidar.column_period_s * np.arange(lidar.columns))
        azimuth, elevation = np.rad2deg(azimuth), np.rad2deg(elevation)
        assert across[0] - 1.5 <= azimuth.min() and azimuth.max() <= across[1] + 1.5
        assert up[0] - 0.1 <= elevation.min() and elevation.max() <= up[1] + 0.1
        assert last is None or np.median(np.hypot(azimuth - last[0], elevation - last[1])) > 1.0
        last = azimuth, elevation
        seen |= set(zip(np.floor(azimuth).astype(int).flat, np.floor(elevation).astype(int).flat, strict=True))
        counts.append(len(seen))
    assert counts[-1] > 1.15 * counts[0] or counts[0] > 0.9 * (across[1] - across[0]) * (up[1] - up[0])
    assert np.ptp(azimuth) > 0.98 * (across[1] - across[0])
    assert np.ptp(elevation) > 0.98 * (up[1] - up[0])


@pytest.mark.parametrize("name", ["Avia", "Mid-360", "AT128", "VLP-32C"])
def test_stored_ranges_turn_into_points_on_the_wall(name, make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = Lidar(LidarConfig(name, noise=0.0, range_50_m=1e4), stream_key=1)
    tracer, track = make_tracer([wall(12.0)]), make_track()
    first, second = lidar.sweep(tracer, track, 0.0, 0), lidar.sweep(tracer, track, 0.03, 1)
    for frame in (first, second):
        rows = frame.points()
        assert len(rows) > 2000
        np.testing.assert_allclose(rows["x"][np.hypot(rows["y"], rows["z"]) < 12.0], 12.0, atol=0.005)
    assert set(first.frame_intrinsics) == ({"azimuth_rad", "elevation_rad"} if name in ("Avia", "Mid-360") else set())
    for key, values in first.frame_intrinsics.items():
        assert values.shape == first.range.shape
        assert np.abs(values - second.frame_intrinsics[key]).max() > 0.1
