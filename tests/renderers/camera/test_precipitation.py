"""Falling bodies: how many, how long, how bright, where; against integrals of the laws and hand-made geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cornercase.renderers.air import Air, Flake
from cornercase.renderers.camera import precipitation
from cornercase.renderers.camera.lens import BrownConradyLens, Lens
from cornercase.renderers.camera.precipitation import (
    RAIN_MMPH,
    SNOW_MMPH,
    Bodies,
    PrecipitationConfig,
    drop_speed,
    rain,
    snow,
)
from cornercase.renderers.camera.render import Shutter
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.random import frame_key
from cornercase.renderers.transforms import look_at
from cornercase.renderers.truth import Truth
from scipy import stats

WIDTH, HEIGHT = 240, 180
LENS = BrownConradyLens.from_fov(WIDTH, HEIGHT, math.radians(45.0))
LEVEL = look_at((0.0, 0.0, 1.5), (1.0, 0.0, 1.5))
STILL = PoseTrack(np.zeros(1), np.array([[0.0, 0.0, 1.5]]), LEVEL[None])
INSTANT = Shutter(0.0, 1e-7)


def moving(velocity: float) -> PoseTrack:
    times = np.array([-1.0, 1.0])
    return PoseTrack(times, np.array([[t * velocity, 0.0, 1.5] for t in times]), np.stack([LEVEL, LEVEL]))


def draw(
    air: Air,
    key: int,
    *,
    config: PrecipitationConfig | None = None,
    distance: float = np.inf,
    shutter: Shutter = INSTANT,
    track: PoseTrack = STILL,
    background: float = 0.0,
    ambient: float = 1.0,
    lens: Lens = LENS,
) -> tuple[np.ndarray, np.ndarray, int]:
    radiance = np.full((lens.height, lens.width, 3), background, np.float32)
    truth = np.zeros((lens.height, lens.width), np.uint8)
    far = np.full(truth.shape, distance, np.float32)
    n = precipitation.add(
        radiance, truth, config or PrecipitationConfig(focus_m=1e9), air=air, distance=far, lens=lens, track=track,
        shutter=shutter, ambient=(ambient,) * 3, aperture_m=0.0, key=int(frame_key(77, key)),
    )  # fmt: skip
    return radiance, truth, n


def covered(bodies: Bodies, smallest_px: float, nearest_m: float, lens: Lens) -> float:
    """Mean share of a pixel that bodies cover: the integral of their cross sections along a ray."""
    d = np.linspace(0.3, bodies.largest_mm, 4001)
    wide = 1e-3 * bodies.swelling * d
    depth = np.maximum(wide * lens.fx / smallest_px - nearest_m, 0.0)
    number = bodies.intercept * np.exp(-bodies.slope_per_mm * d)
    return float(np.trapezoid(number * 0.25 * math.pi * wide**2 * depth, d))


def test_clear_air_changes_nothing() -> None:
    radiance, truth, n = draw(Air(fog_extinction_per_m=0.1), 1, background=7.0)
    assert n == 0 and (radiance == 7.0).all() and not truth.any()


@pytest.mark.parametrize("exposure_s", [1e-7, 2e-3])
@pytest.mark.parametrize(
    ("air", "bodies", "light"),
    [(Air(rain_mmph=25.0), rain(25.0), None), (Air(snow_mmph=2.5, flake=Flake.WET), snow(2.5, Flake.WET), 0.9)],
    ids=["rain", "snow"],
)
def test_cover_follows_the_size_law(air: Air, bodies: Bodies, light: float | None, exposure_s: float) -> None:
    config = PrecipitationConfig(smallest_px=0.3, smallest_flake_px=0.4, nearest_m=0.5, focus_m=1e9, most=10**9)
    frames = 30
    found = []
    for k in range(frames):
        radiance, _, _ = draw(air, k, config=config, shutter=Shutter(0.0, exposure_s))
        found.append(float(radiance.mean(dtype=np.float64)))
    # on black, what shows is the cover times the bodies' light; a drop's has the black picture's share in it
    if light is None:
        share = WIDTH * HEIGHT / LENS.fx**2 / (2.0 * math.pi * (1.0 - math.cos(math.radians(82.5))))
        light = 0.94 * (1.0 - share) + 0.06
    expected = light * -math.expm1(-covered(bodies, 0.3 if air.rain_mmph else 0.4, 0.5, LENS))
    error = np.std(found, ddof=1) / math.sqrt(frames)
    assert error < 0.04 * expected
    assert abs(np.mean(found) - expected) < stats.t.isf(5e-4, frames - 1) * error + 0.01 * expected


def test_number_of_bodies_is_poisson_with_the_laws_mean() -> None:
    config = PrecipitationConfig(smallest_px=0.4, nearest_m=0.5, most=10**9)
    frames = 40
    counts = np.array([draw(Air(rain_mmph=60.0), k, config=config)[2] for k in range(frames)])
    # solid angle of the picture, with the 1.7 pixels around it from which a body of 0.4 pixels reaches in
    x, y = np.meshgrid(np.linspace(-1.7, WIDTH + 0.7, 800), np.linspace(-1.7, HEIGHT + 0.7, 600))
    cell = (x[0, 1] - x[0, 0]) * (y[1, 0] - y[0, 0]) / LENS.fx**2
    weight = (1.0 + ((x - LENS.cx) / LENS.fx) ** 2 + ((y - LENS.cy) / LENS.fy) ** 2) ** -1.5
    d = np.linspace(0.3, 6.0, 4001)
    number = 8000.0 * np.exp(-4.1 * 60.0**-0.21 * d)
    depth = np.maximum((1e-3 * d * LENS.fx / 0.4) ** 3 - 0.5**3, 0.0) / 3.0
    mean = float(np.trapezoid(number * depth, d)) * float(weight.sum()) * cell
    assert abs(counts.mean() - mean) < stats.norm.isf(5e-4) * math.sqrt(mean / frames) + 0.01 * mean
    spread = (frames - 1) * counts.var(ddof=1) / counts.mean()
    assert stats.chi2.isf(0.9995, frames - 1) < spread < stats.chi2.isf(0.0005, frames - 1)


def test_more_bodies_than_wanted_raise_the_least_width_only() -> None:
    few = PrecipitationConfig(most=300)
    n = [draw(Air(rain_mmph=100.0), k, config=few)[2] for k in range(10)]
    assert 100 < np.mean(n) < 300


def _flake(monkeypatch: pytest.MonkeyPatch) -> tuple[Air, PrecipitationConfig, int, float]:
    """One flake alone in the picture, falling at exactly 1 m/s, and its distance by bisection on the background."""
    monkeypatch.setitem(precipitation.FLAKES, Flake.DRY, (0.1, 1.0, 0.0))
    air, config = Air(snow_mmph=1.0), PrecipitationConfig(smallest_flake_px=2.0, nearest_m=0.3, focus_m=1e9)
    for key in range(4000):
        radiance, _, n = draw(air, key, config=config)
        rows, columns = np.nonzero(radiance[..., 1])
        if n == 1 and len(rows) and 40 < rows.mean() < 60 and 90 < columns.mean() < 150:
            low, high = 0.3, 20.0
            for _ in range(30):
                middle = 0.5 * (low + high)
                hidden = draw(air, key, config=config, distance=middle)[0].max() == 0.0
                low, high = (middle, high) if hidden else (low, middle)
            return air, config, key, high
    raise AssertionError("no single flake found")


def _length(radiance: np.ndarray) -> float:
    """Rows that one streak covers, counted by its light against its brightest row."""
    profile = radiance[..., 1].sum(axis=1, dtype=float)
    return float(profile.sum() / np.quantile(profile[profile > 0.0], 0.6))


def test_streaks_are_as_long_as_their_path(monkeypatch: pytest.MonkeyPatch) -> None:
    air, config, key, distance = _flake(monkeypatch)
    still, _, _ = draw(air, key, config=config)
    row = float((np.arange(HEIGHT) * still[..., 1].sum(axis=1)).sum() / still[..., 1].sum())
    depth = distance / math.hypot(1.0, (row - LENS.cy) / LENS.fy)  # its column is near the middle
    exposure = 40.0 * depth / (LENS.fx * 1.0)
    streak, _, _ = draw(air, key, config=config, shutter=Shutter(0.0, exposure))
    assert _length(streak) == pytest.approx(LENS.fy * 1.0 * exposure / depth, rel=0.05)
    # the same light is spread over more pixels
    assert streak.sum(dtype=float) == pytest.approx(still.sum(dtype=float), rel=0.1)
    # running with the rows of a rolling shutter makes it longer
    line = 0.3 * exposure / 40.0
    rolling, _, _ = draw(air, key, config=config, shutter=Shutter(0.0, exposure, line))
    assert _length(rolling) / _length(streak) == pytest.approx(1.0 / 0.7, rel=0.06)


def test_a_driving_camera_sees_streaks_radiate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(precipitation.FLAKES, Flake.DRY, (0.1, 1e-6, 0.0))
    config = PrecipitationConfig(smallest_flake_px=1.0, nearest_m=1.0, focus_m=1e9)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    along, across = 0.0, 0.0
    for key in range(6):
        out, _, _ = draw(Air(snow_mmph=1.0), key, config=config, shutter=Shutter(0.0, 0.01), track=moving(30.0))
        gy, gx = np.gradient(out[..., 1].astype(float))
        out_x, out_y = x - LENS.cx, y - LENS.cy
        far = np.hypot(out_x, out_y) + 1e-9
        side = np.hypot(out_x, out_y) > 30
        along += float((((gx * out_x + gy * out_y) / far)[side] ** 2).sum())
        across += float((((gx * out_y - gy * out_x) / far)[side] ** 2).sum())
    assert across > 3.0 * along  # brightness changes across the streaks, not along them


@pytest.mark.parametrize("wind", [1.0, -1.0])
def test_wind_slants_the_streaks(monkeypatch: pytest.MonkeyPatch, wind: float) -> None:
    monkeypatch.setitem(precipitation.FLAKES, Flake.DRY, (0.1, 1.0, 0.0))
    config = PrecipitationConfig(smallest_flake_px=1.0, nearest_m=1.0, focus_m=1e9)
    air = Air(snow_mmph=1.0, wind_w=(0.0, -wind, 0.0))  # y points left, so this blows to the right for 1
    out, _, _ = draw(air, 2, config=config, shutter=Shutter(0.0, 0.04))
    gy, gx = np.gradient(out[..., 1].astype(float))
    assert wind * float((gx * gy).sum()) < -0.4 * float((gx * gx + gy * gy).sum()) / 2.0


def test_bodies_hide_behind_things() -> None:
    radiance, truth, n = draw(Air(rain_mmph=50.0, snow_mmph=1.0), 3, distance=0.2, background=5.0)
    assert n > 0 and (radiance == 5.0).all() and not truth.any()
    near, far = (draw(Air(snow_mmph=2.0), 3, distance=d)[0].sum() for d in (2.0, 20.0))
    assert 0.0 < near < far


def test_light_lies_between_background_and_body_and_truth_marks_it() -> None:
    radiance, truth, _ = draw(Air(snow_mmph=4.0), 5, background=0.1, ambient=1.0)
    assert radiance.min() >= 0.1 and radiance.max() <= 0.9 + 1e-6
    share = (radiance[..., 1] - 0.1) / 0.8
    assert ((truth & Truth.PHANTOM) > 0)[share > 0.3].all()
    assert not truth[share < 0.01].any()
    assert (share[(truth & Truth.LOST) > 0] >= 0.49).all() and ((truth & Truth.LOST) > 0).any()


def test_defocus_spreads_near_bodies_and_keeps_their_light() -> None:
    totals, peaks = [], []
    for aperture in (0.0, 0.004):
        radiance, truth = np.zeros((HEIGHT, WIDTH, 3), np.float32), np.zeros((HEIGHT, WIDTH), np.uint8)
        precipitation.add(
            radiance, truth, PrecipitationConfig(smallest_flake_px=3.0), air=Air(snow_mmph=1.0),
            distance=np.full(truth.shape, np.inf, np.float32), lens=LENS, track=STILL, shutter=INSTANT,
            ambient=(1.0, 1.0, 1.0), aperture_m=aperture, key=5,
        )  # fmt: skip
        totals.append(radiance.sum(dtype=float))
        peaks.append(radiance.max())
    assert totals[1] == pytest.approx(totals[0], rel=0.25) and peaks[1] < peaks[0]


def test_frames_repeat_by_key_and_differ_between_keys() -> None:
    a, b, c = (draw(Air(rain_mmph=25.0), k, shutter=Shutter(0.0, 2e-3))[0] for k in (1, 1, 2))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


@pytest.mark.parametrize(("diameter_mm", "speed"), [(1.0, 4.0), (2.0, 6.5), (5.0, 9.1)])
def test_terminal_velocity(diameter_mm: float, speed: float) -> None:
    assert drop_speed(diameter_mm) == pytest.approx(speed, abs=0.1)


def test_severities_and_bad_values() -> None:
    for table in (RAIN_MMPH, SNOW_MMPH):
        assert list(table) == ["light", "moderate", "heavy", "severe", "extreme"]
        assert (np.diff(list(table.values())) > 0).all()
    with pytest.raises(ValueError, match="smallest_px"):
        PrecipitationConfig(smallest_px=0.0)
    with pytest.raises(ValueError, match="nearest_m"):
        PrecipitationConfig(nearest_m=0.0)
