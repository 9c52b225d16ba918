"""What single kinds of faults do, against their definitions; statistics at significance 1e-3 with fixed keys."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.faults import FaultConfig, FaultFrame, FaultLine
from cornercase.renderers.faults.timing import flipped_bits
from cornercase.renderers.truth import Truth
from scipy import stats

from .conftest import CAR, KEY, make_frames, target

ALPHA = 1e-3


def ticks(count: int) -> list[FaultFrame]:
    return [FaultFrame("imu", i, i / 10 - 0.1, i / 10, {"specific_force": np.full(3, float(i))}) for i in range(count)]


def values(results) -> list[float]:  # type: ignore[no-untyped-def]
    return [float(r.data["specific_force"][0]) if r.data else -1.0 for r in results]


def test_frozen_repeats_the_last_sound_frame(run) -> None:  # type: ignore[no-untyped-def]
    line, results = run(ticks(10), x=FaultConfig("frozen", start_s=0.3, duration_s=0.4))
    assert values(results) == [0, 1, 2, 2, 2, 2, 2, 7, 8, 9]
    assert [bool(r.truth[0] & Truth.STUCK) for r in results] == [3 <= i < 7 for i in range(10)]
    (record,) = line.records
    assert (record.start_s, record.end_s) == (0.3, 0.6)


def test_frozen_from_the_start_holds_the_first_frame(run) -> None:  # type: ignore[no-untyped-def]
    assert values(run(ticks(4), x=FaultConfig("frozen"))[1]) == [0, 0, 0, 0]


def test_two_frozen_bursts_hold_what_came_just_before(run) -> None:  # type: ignore[no-untyped-def]
    _, results = run(ticks(400), x=FaultConfig("frozen", probability_per_frame=0.2, mean_length_frames=3.0))
    shown = values(results)
    stuck = [bool(r.truth[0]) for r in results]
    assert 100 < sum(stuck) < 300
    for i in range(1, 400):
        assert shown[i] == (shown[i - 1] if stuck[i] else i)


def test_stale_comes_from_n_frames_ago(run) -> None:  # type: ignore[no-untyped-def]
    assert values(run(ticks(7), x=FaultConfig("stale", magnitude=3.0))[1]) == [0, 0, 0, 0, 1, 2, 3]


def test_slow_and_off(run) -> None:  # type: ignore[no-untyped-def]
    assert values(run(ticks(7), x=FaultConfig("slow", magnitude=3.0))[1]) == [0, -1, -1, 3, -1, -1, 6]
    assert values(run(ticks(4), x=FaultConfig("off", start_s=0.2))[1]) == [0, 1, -1, -1]


def test_dropped_frames_are_independent(run) -> None:  # type: ignore[no-untyped-def]
    gone = np.array(values(run(ticks(4000), x=FaultConfig("dropped", severity=2))[1])) < 0
    assert stats.binomtest(int(gone.sum()), 4000, 1 / 3).pvalue > ALPHA
    after = gone[1:][gone[:-1]]
    assert stats.binomtest(int(after.sum()), len(after), 1 / 3).pvalue > ALPHA


def test_bursts_are_geometric(run) -> None:  # type: ignore[no-untyped-def]
    config = FaultConfig("intermittent", magnitude=0.1, mean_length_frames=5.0)
    line, results = run(ticks(20000), x=config)
    lengths = np.array([round((r.end_s - r.start_s) * 10) + 1 for r in line.records])
    share = np.mean(np.array(values(results)) < 0)
    assert share == pytest.approx(0.1 / (0.1 + 0.2), abs=0.03)
    edges = np.arange(1, 16)
    expected = len(lengths) * stats.geom.pmf(edges, 0.2)
    observed = np.array([np.sum(lengths == n) for n in edges])
    rest = len(lengths) - expected.sum(), len(lengths) - observed.sum()
    assert stats.chisquare([*observed, rest[1]], [*expected, rest[0]]).pvalue > ALPHA


def test_random_onsets_of_any_kind_come_in_bursts(run) -> None:  # type: ignore[no-untyped-def]
    config = FaultConfig("black_frame", probability_per_frame=0.3, mean_length_frames=2.0)
    line, results = run(make_frames("camera", 60), x=config)
    black = [not r.data["rgb"].any() for r in results]
    assert 10 < sum(black) < 50 and len(line.records) > 5


def test_stamps(run) -> None:  # type: ignore[no-untyped-def]
    _, results = run(ticks(3000), x=FaultConfig("timing_jitter", magnitude=0.004))
    shifts = [r.stamp_shift_s for r in results]
    assert stats.kstest(shifts, stats.norm(0, 0.004).cdf).pvalue > ALPHA
    _, results = run(
        ticks(101), x=FaultConfig("clock_drift", magnitude=20.0), y=FaultConfig("clock_offset", magnitude=-0.1)
    )
    assert results[-1].stamp_shift_s == pytest.approx(20e-6 * 10.0 - 0.1)
    _, results = run(ticks(3), x=FaultConfig("delayed", severity=5))
    assert results[-1].delay_s == 0.3 and results[-1].stamp_shift_s == 0.0


def test_bit_error_rate() -> None:
    for rate in (1e-4, 0.03, 0.5):
        wrong = flipped_bits(np.uint64(9), 200_000, rate)
        assert len(set(wrong.tolist())) == len(wrong) and wrong.max() < 200_000
        assert stats.binomtest(len(wrong), 200_000, rate).pvalue > ALPHA
    wrong = flipped_bits(np.uint64(10), 100_000, 0.1)
    assert stats.kstest(wrong / 100_000, "uniform").pvalue > ALPHA


def test_bit_errors_flip_single_bits_and_keep_numbers_finite(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("camera", 1)
    _, (result,) = run(frames, x=FaultConfig("bit_errors", magnitude=1e-3))
    flips = np.bitwise_count(frames[0].data["rgb"] ^ result.data["rgb"]).sum()
    assert stats.binomtest(int(flips), frames[0].data["rgb"].size * 8, 1e-3).pvalue > ALPHA
    _, (result,) = run(make_frames("lidar", 1), x=FaultConfig("bit_errors", magnitude=0.01))
    assert np.isfinite(result.data["range"]).all() and result.data["range"].max() <= 131.1
    for bit in (Truth.LOST, Truth.PHANTOM, Truth.DISPLACED):
        assert (result.truth & bit).any() or bit is Truth.LOST


def test_torn_pictures_join_two_frames(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("camera", 2)
    _, results = run(frames, x=FaultConfig("torn", magnitude=0.25))
    np.testing.assert_array_equal(results[1].data["rgb"][:12], frames[0].data["rgb"][:12])
    np.testing.assert_array_equal(results[1].data["rgb"][12:], frames[1].data["rgb"][12:])


@pytest.mark.parametrize("kind", ["hot_pixels", "stuck_pixels", "dead_rows", "dead_columns"])
def test_bad_pixels_follow_the_serial_not_the_episode(kind, run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("camera", 2)
    config = {"x": FaultConfig(kind, severity=5)}
    first, again, other = (
        [r.truth for r in run(frames, key=key, serial=serial, **config)[1]] for key, serial in ((1, 1), (2, 1), (1, 2))
    )
    np.testing.assert_array_equal(first[0] > 0, again[0] > 0)
    assert ((first[0] > 0) != (other[0] > 0)).any()
    less = run(frames, x=FaultConfig(kind, severity=4))[1][0].truth
    assert not ((less > 0) & (first[0] == 0)).any(), "a stronger fault contains the weaker one"


def test_hot_pixel_density(run) -> None:  # type: ignore[no-untyped-def]
    frame = FaultFrame("camera", 0, 0.0, 0.0, {"rgb": np.full((400, 500, 3), 30, np.uint8)})
    _, (result,) = run([frame], x=FaultConfig("hot_pixels", magnitude=1e-3))
    rise = result.data["rgb"].astype(int) - 30
    assert rise.min() == 0
    peaks = (rise.max(axis=2) >= 64).sum()  # each is at least 64 at its own site, at most half of 255 beside it
    assert 200 <= peaks <= 200 * 5


def test_channels(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("camera", 1)
    _, (result,) = run(frames, x=FaultConfig("channel_loss", channel="green"))
    assert not result.data["rgb"][..., 1].any() and result.data["rgb"][..., 0].any()
    grey = FaultFrame("camera", 0, 0.0, 0.0, {"rgb": np.full((20, 20, 3), 90, np.uint8)})
    _, (result,) = run([grey], x=FaultConfig("cfa_phase"))
    assert not result.truth.any(), "grey has no colours to confuse"
    red = FaultFrame("camera", 0, 0.0, 0.0, {"rgb": np.tile(np.array([200, 20, 20], np.uint8), (20, 20, 1))})
    _, (result,) = run([red], x=FaultConfig("cfa_phase"))
    assert result.data["rgb"][5:15, 5:15, 1].mean() > 80, "red is taken for green"


def test_exposure_flag_and_focus_ramp(run) -> None:  # type: ignore[no-untyped-def]
    config = FaultConfig("exposure_stuck", start_s=1.0, duration_s=1.0)
    line = FaultLine({"x": config}, target("camera"), stream_key=KEY)
    assert [line.exposure_held(t) for t in (0.9, 1.0, 1.9, 2.0)] == [False, True, True, False]
    line, results = run(make_frames("camera", 11), x=FaultConfig("focus_drift", magnitude=4.0, ramp_s=0.8))
    assert [round(r.active[0].magnitude, 6) for r in results[1:]] == [0.5 * min(i, 8) for i in range(1, 11)]
    sharp = [float(np.abs(np.diff(r.data["rgb"].astype(float), axis=1)).mean()) for r in results]
    assert sharp[0] > sharp[3] > sharp[8]


def test_packets_are_gaps_of_24_columns(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("lidar", 30)
    _, results = run(frames, x=FaultConfig("packet_loss", magnitude=0.3))
    lost = np.array([[(r.data["range"][:, 24 * p : 24 * p + 24] == 0).all() for p in range(10)] for r in results])
    assert stats.binomtest(int(lost.sum()), lost.size, 0.3).pvalue > ALPHA
    for frame, result, gaps in zip(frames, results, lost, strict=True):
        kept = np.repeat(~gaps, 24)
        np.testing.assert_array_equal(result.data["range"][:, kept], frame.data["range"][:, kept])


def test_beams(run) -> None:  # type: ignore[no-untyped-def]
    for config, silent in (
        (FaultConfig("beam_loss", magnitude=0.5), 8),
        (FaultConfig("beam_reduction", magnitude=4.0), 12),
        (FaultConfig("dead_ring", magnitude=2.0), 2),
    ):
        _, results = run(make_frames("lidar", 3), x=config)
        rows = [tuple(np.flatnonzero(~r.data["range"].any(axis=1))) for r in results]
        assert {len(r) for r in rows} == {silent} and len(set(rows)) == 1


def test_points_are_lost_at_the_rate(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("lidar", 5)
    _, results = run(frames, x=FaultConfig("point_loss", severity=5))
    had = sum((f.data["range"] > 0).sum() for f in frames)
    has = sum((r.data["range"] > 0).sum() for r in results)
    assert stats.binomtest(int(had - has), int(had), 0.3).pvalue > ALPHA
    assert all((r.data["range_2"][r.data["range"] == 0] == 0).all() for r in results)


def test_sectors(run) -> None:  # type: ignore[no-untyped-def]
    azimuth = 180.0 - 1.5 * np.arange(240)
    _, (result,) = run(make_frames("lidar", 1), x=FaultConfig("fov_loss", severity=5))
    seen = result.data["range"].any(axis=0)
    assert not seen[np.abs(azimuth) > 45].any() and seen[np.abs(azimuth) < 44].all()
    _, (result,) = run(make_frames("lidar", 1), x=FaultConfig("blocked_window", magnitude=40, direction_deg=170))
    seen = result.data["range"].any(axis=0)
    away = np.abs((azimuth - 170 + 180) % 360 - 180)
    assert not seen[away < 19.9].any() and seen[away > 20.1].all()


def test_a_half_blocked_window_dims_and_loses_the_far_and_dark(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("lidar", 1)
    config = FaultConfig("blocked_window", magnitude=360.0, attenuation=0.5)
    _, (result,) = run(frames, x=config)
    before, after = frames[0].data, result.data
    kept = after["range"] > 0
    assert (after["range"][kept] == before["range"][kept]).all()
    linear = kept & (before["intensity"] <= 100)
    np.testing.assert_allclose(after["intensity"][linear], np.maximum(1, 0.25 * before["intensity"][linear]), atol=0.51)
    lost = (before["range"] > 0) & ~kept
    assert before["range"][lost].mean() > before["range"][kept].mean()
    assert before["intensity"][lost].mean() < before["intensity"][kept].mean()


def test_incomplete_echoes_are_those_of_vehicles(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("lidar", 4)
    _, results = run(frames, x=FaultConfig("incomplete_echo", severity=5))
    car = np.concatenate([f.data["semantic"] == CAR for f in frames])
    lost = np.concatenate([r.truth > 0 for r in results])
    assert not lost[~car].any()
    assert stats.binomtest(int(lost.sum()), int(car.sum()), 0.95).pvalue > ALPHA


def test_encoder_and_motor(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("lidar", 1)
    before = frames[0].data["range"]
    _, (result,) = run(frames, x=FaultConfig("motor_speed", magnitude=0.02))
    np.testing.assert_array_equal(result.data["range"][:, 100], before[:, 102])
    _, (result,) = run(frames, x=FaultConfig("stuck_encoder", magnitude=30.0))
    empty = np.flatnonzero(~result.data["range"].any(axis=0))
    assert len(empty) == 19
    first = int((empty[0] - 1) % 240) if np.all(np.diff(empty) == 1) else None
    if first is not None:
        np.testing.assert_array_equal(result.data["range"][:, first], before[:, empty[-1]])


def test_ranges_shift_together_and_saturated_intensities_end(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("lidar", 1)
    _, (result,) = run(frames, x=FaultConfig("range_drift", magnitude=0.1))
    hit = frames[0].data["range"] > 0
    shift = (result.data["range"] - frames[0].data["range"])[hit]
    np.testing.assert_allclose(np.abs(shift), 0.1, atol=1e-4)
    assert len(set(np.sign(shift))) == 1 and not result.data["range"][~hit].any()
    _, (result,) = run(frames, x=FaultConfig("intensity_saturation", magnitude=0.2))
    assert result.data["intensity"].max() == 51
    _, (result,) = run(frames, x=FaultConfig("crosstalk", magnitude=0.5))
    moved = (result.data["range"] - frames[0].data["range"])[result.truth > 0]
    assert stats.kstest(moved[frames[0].data["range"][result.truth > 0] > 12], stats.norm(0, 3).cdf).pvalue > ALPHA


def test_numbers(run) -> None:  # type: ignore[no-untyped-def]
    def one(kind: str, frames: list[FaultFrame], **kw: object) -> list[np.ndarray]:
        results = run(frames, x=FaultConfig(kind, channel="specific_force", **kw))[1]
        return [r.data["specific_force"] - f.data["specific_force"] for f, r in zip(frames, results, strict=True)]

    frames = make_frames("imu", 31)
    assert [round(float(np.linalg.norm(e)), 6) for e in one("bias", frames, severity=1)] == [2.35] * 31
    drift = one("drift", frames, magnitude=0.01, start_s=1.0)
    assert np.linalg.norm(drift[30]) == pytest.approx(2.35 * 2.0) and not drift[10].any()
    gain = one("gain", frames, magnitude=0.5)[3]
    np.testing.assert_allclose(gain, -0.5 * frames[3].data["specific_force"])
    noise = np.concatenate(one("noise_burst", make_frames("imu", 800), magnitude=0.01))
    assert stats.kstest(noise, stats.norm(0, 2.35).cdf).pvalue > ALPHA
    stuck = run(frames, x=FaultConfig("stuck", channel="specific_force", start_s=1.0))[1]
    held = [r.data["specific_force"] for r in stuck[10:]]
    mean = np.mean([f.data["specific_force"] for f in frames[:10]], axis=0)
    assert all((h == held[0]).all() for h in held)
    assert (np.abs(held[0] / mean - 1.0) >= 0.01 - 1e-9).all() and (np.abs(held[0] / mean - 1.0) <= 0.1).all()


def test_saturation_clips(run) -> None:  # type: ignore[no-untyped-def]
    (frame,), limit = make_frames("imu", 1), 0.35 * 34.9
    _, (result,) = run([frame], x=FaultConfig("saturation", channel="angular_velocity", magnitude=0.35))
    np.testing.assert_array_equal(
        result.data["angular_velocity"], np.clip(frame.data["angular_velocity"], -limit, limit)
    )


@pytest.mark.parametrize(("sensor", "kind"), [(s, k) for s in ("gnss", "radar") for k in ("gain", "saturation")])
def test_places_have_no_scale_and_no_limit(sensor, kind) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=f"^fault 'x': kind {sensor} has no '{kind}', expected one of bias, "):
        FaultLine({"x": FaultConfig(kind)}, target(sensor), stream_key=KEY)


def test_positions(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("gnss", 21)
    config = FaultConfig("spoofing_ramp", magnitude=2.0, direction_deg=90.0, start_s=1.0)
    _, results = run(frames, x=config)
    np.testing.assert_allclose(results[20].data["position_w"] - frames[20].data["position_w"], [0, 2, 0], atol=1e-9)
    assert results[20].data["velocity_w"] is frames[20].data["velocity_w"]
    line, results = run(make_frames("gnss", 900), x=FaultConfig("multipath", magnitude=10.0, probability_per_frame=0.5))
    jumps = [
        r.data["position_w"] - f.data["position_w"] for f, r in zip(make_frames("gnss", 900), results, strict=True)
    ]
    draws = np.unique(np.round(np.concatenate([j for j in jumps if j.any()]), 9))
    assert stats.kstest(draws, stats.norm(0, 10).cdf).pvalue > ALPHA and len(line.records) > 100


def test_mounts() -> None:
    offsets = []
    for key in range(400):
        line = FaultLine({"x": FaultConfig("extrinsic_drift", severity=5)}, target("camera"), stream_key=key)
        offsets.append(np.concatenate(line.mount_offset(0.0)))
    offsets_ = np.array(offsets)
    assert stats.kstest(offsets_[:, :3].ravel(), stats.norm(0, 0.2).cdf).pvalue > ALPHA
    assert stats.kstest(2 * offsets_[:, 3:6].ravel(), stats.norm(0, 0.02).cdf).pvalue > ALPHA
    np.testing.assert_allclose(np.linalg.norm(offsets_[:, 3:], axis=1), 1.0)
    config = FaultConfig("extrinsic_drift", magnitude=0.2, start_s=1.0, ramp_s=2.0)
    line = FaultLine({"x": config}, target("lidar"), stream_key=KEY)
    start, half, full, later = (line.mount_offset(t)[0] for t in (1.0, 2.0, 3.0, 9.0))
    assert not start.any()
    np.testing.assert_allclose(half, full / 2)
    np.testing.assert_array_equal(full, later)


def test_what_is_remembered_is_not_written_to_later(run) -> None:  # type: ignore[no-untyped-def]
    frames = make_frames("camera", 4)
    torn = FaultConfig("torn", magnitude=0.5)
    _, results = run(frames, ripple=FaultConfig("banding", magnitude=20.0), torn=torn)
    _, rippled = run(frames, ripple=FaultConfig("banding", magnitude=20.0))
    for i in (1, 2, 3):
        np.testing.assert_array_equal(results[i].data["rgb"][:24], rippled[i - 1].data["rgb"][:24])
        np.testing.assert_array_equal(results[i].data["rgb"][24:], rippled[i].data["rgb"][24:])
