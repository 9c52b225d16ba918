"""What holds for every kind of fault on every kind of sensor that can have it."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.faults import FaultConfig, FaultFrame, FaultLine, FaultResult, fault_kinds
from cornercase.renderers.faults.fault import FAULTS
from cornercase.renderers.truth import Truth

from .conftest import KEY, KINDS, make_frames, target

PAIRS = [(kind, f.kind) for kind in KINDS for f in fault_kinds(kind)]
EACH = pytest.mark.parametrize(("sensor", "kind"), PAIRS)


def strong(kind: str) -> dict:
    """Arguments that make a fault strong enough to show in a small frame."""
    ladder = FAULTS[kind].ladder
    return {"severity": len(ladder)} if ladder else {}


def differs(frame: FaultFrame, result: FaultResult) -> np.ndarray:
    """Cells of the truth in which any array differs from the sound frame's."""
    out = np.zeros(result.truth.shape, bool)
    assert result.data is not None
    for name, before in frame.data.items():
        after = result.data[name]
        if before.shape != after.shape:
            return np.ones(result.truth.shape, bool)
        unequal = before != after
        if before.shape[: out.ndim] == out.shape:
            out |= unequal.reshape(*out.shape, -1).any(axis=-1)
        else:
            assert out.shape == (1,)
            out |= unequal.any()
    return out


@EACH
def test_whatever_differs_is_marked_and_what_is_not_marked_is_equal(sensor, kind, run):  # type: ignore[no-untyped-def]
    frames = make_frames(sensor)
    _, results = run(frames, x=FaultConfig(kind, start_s=0.2, **strong(kind)))
    touched = 0
    for frame, result in zip(frames, results, strict=True):
        assert not result.truth.any() or result.active
        if result.data is None:
            assert (result.truth & Truth.LOST).all()
            touched += 1
            continue
        changed = differs(frame, result)
        assert not (changed & (result.truth == 0)).any()
        touched += bool(changed.any())
    if FAULTS[kind].stage.name != "STAMP" and kind not in ("exposure_stuck", "extrinsic_drift", "mount_turn"):
        assert touched


@EACH
def test_the_frames_given_are_never_written_to(sensor, kind, run):  # type: ignore[no-untyped-def]
    frames, same = make_frames(sensor), make_frames(sensor)
    run(frames, x=FaultConfig(kind, **strong(kind)), y=FaultConfig("bit_errors", magnitude=1e-3))
    for frame, other in zip(frames, same, strict=True):
        for name in frame.data:
            np.testing.assert_array_equal(frame.data[name], other.data[name])


@EACH
def test_every_fault_leaves_a_record(sensor, kind, run):  # type: ignore[no-untyped-def]
    line, results = run(make_frames(sensor), sick=FaultConfig(kind, start_s=0.3, duration_s=0.6, **strong(kind)))
    assert line.records, "acceptance test 15"
    for record in line.records:
        assert (record.name, record.kind) == ("sick", kind)
        assert 0.3 - 1e-9 <= record.start_s <= record.end_s < 0.9 - 1e-9
    times = {round(r.active[0].end_s, 6) for r in results if r.active}
    assert times and all(any(r.start_s - 1e-9 <= t <= r.end_s + 1e-9 for r in line.records) for t in times)


@EACH
def test_the_same_seed_gives_the_same_bytes(sensor, kind, run):  # type: ignore[no-untyped-def]
    config = FaultConfig(kind, **strong(kind))
    (_, first), (_, again) = (run(make_frames(sensor), x=config) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert (a.delay_s, a.stamp_shift_s, a.active) == (b.delay_s, b.stamp_shift_s, b.active)
        np.testing.assert_array_equal(a.truth, b.truth)
        assert (a.data is None) == (b.data is None)
        for name in a.data or ():
            assert a.data[name].tobytes() == b.data[name].tobytes()
            assert a.data[name].dtype == b.data[name].dtype


@pytest.mark.parametrize(("sensor", "kind"), [pair for pair in PAIRS if FAULTS[pair[1]].ladder])
def test_the_identity_magnitude_changes_nothing(sensor, kind, run):  # type: ignore[no-untyped-def]
    frames = make_frames(sensor)
    line, results = run(frames, x=FaultConfig(kind, magnitude=FAULTS[kind].identity))
    for frame, result in zip(frames, results, strict=True):
        assert result.data is not None and not result.truth.any()
        assert (result.delay_s, result.stamp_shift_s, result.active) == (0.0, 0.0, ())
        assert all(result.data[name] is frame.data[name] for name in frame.data)
    assert not line.records
    np.testing.assert_array_equal(np.concatenate(line.mount_offset(0.5)), [0, 0, 0, 0, 0, 0, 1])


@EACH
def test_ground_truth_about_the_scene_stays(sensor, kind, run):  # type: ignore[no-untyped-def]
    frames = make_frames(sensor)
    _, results = run(frames, x=FaultConfig(kind, **strong(kind)))
    for frame, result in zip(frames, results, strict=True):
        for name in ("depth", "instance", "semantic", "flow") if result.data and sensor != "lidar" else ():
            if name in frame.data:
                assert result.data[name] is frame.data[name]
        if sensor == "lidar" and result.data:
            gone = (result.truth & Truth.LOST > 0) & (result.data["range"] == 0)
            assert not result.data["instance"][gone].any() and not result.data["semantic"][gone].any()


@pytest.mark.parametrize("sensor", ["camera", "lidar", "imu"])
def test_adding_a_fault_changes_no_other(sensor, run):  # type: ignore[no-untyped-def]
    jitter = FaultConfig("timing_jitter", severity=5)
    _, alone = run(make_frames(sensor), jitter=jitter)
    _, both = run(make_frames(sensor), late=FaultConfig("delayed"), drops=FaultConfig("dropped"), jitter=jitter)
    assert [r.stamp_shift_s for r in alone] == [r.stamp_shift_s for r in both]
    _, other = run(make_frames(sensor), other=jitter)
    assert [r.stamp_shift_s for r in alone] != [r.stamp_shift_s for r in other]


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_each_kind_is_described(kind: str) -> None:
    cls = FAULTS[kind]
    (info,) = [k for k in fault_kinds() if k.kind == kind]
    assert info.summary.endswith(".") and info.source and cls.__doc__ is not FAULTS[kind].__bases__[0].__doc__
    assert len(cls.ladder) in (0, 5) and bool(cls.ladder) == bool(cls.unit)
    away = [abs(m - cls.identity) for m in cls.ladder]
    assert away == sorted(away) and len(set(away)) == len(away), "severities grow"
    assert all(cls.bounds[0] <= m <= cls.bounds[1] for m in (*cls.ladder, cls.identity))


def test_mistakes_are_told() -> None:
    with pytest.raises(ValueError, match="unknown fault kind 'frozn'; did you mean 'frozen'"):
        FaultConfig("frozn")
    with pytest.raises(ValueError, match="severity is 6, expected 1 to 5"):
        FaultConfig("beam_loss", severity=6)
    with pytest.raises(ValueError, match="no ladder"):
        FaultConfig("frozen", severity=1)
    with pytest.raises(ValueError, match="exclude each other"):
        FaultConfig("beam_loss", severity=1, magnitude=0.2)
    with pytest.raises(ValueError, match="magnitude is 2, expected 0 to 1 share of beams"):
        FaultConfig("beam_loss", magnitude=2)
    with pytest.raises(ValueError, match="beam_loss has no direction_deg"):
        FaultConfig("beam_loss", direction_deg=3.0)
    with pytest.raises(ValueError, match="scripted by start_s"):
        FaultConfig("extrinsic_drift", probability_per_frame=0.1)
    with pytest.raises(ValueError, match="kind camera has no 'beam_loss'"):
        FaultLine({"x": FaultConfig("beam_loss")}, target("camera"), stream_key=KEY)
    line = FaultLine({"x": FaultConfig("bias", channel="specific_forc")}, target("imu"), stream_key=KEY)
    with pytest.raises(ValueError, match="did you mean 'specific_force'"):
        line.apply(make_frames("imu", 1)[0])
    with pytest.raises(ValueError, match="frame of a lidar, expected one of a imu"):
        line.apply(make_frames("lidar", 1)[0])
