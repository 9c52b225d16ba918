"""The lens's losses: each is an identity at zero, has its law, and stray light conserves light."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from cornercase.renderers.camera.flare import Flare, FlareConfig, SunInView, sun_in_view
from cornercase.renderers.camera.lens import BrownConradyLens, KannalaBrandtLens
from cornercase.renderers.camera.optics import CHROMATIC, DEFOCUS, STRAY_LIGHT, VIGNETTING, Optics, OpticsConfig
from cornercase.renderers.scene import Sun
from cornercase.renderers.transforms import look_at

WIDTH, HEIGHT = 320, 240
LENS = BrownConradyLens.from_fov(WIDTH, HEIGHT, math.radians(70.0))


def flat(value: float = 1000.0) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), value, np.float32)


def lamp(value: float = 1e6, row: int = 120, column: int = 160) -> np.ndarray:
    out = flat(0.0)
    out[row - 2 : row + 2, column - 2 : column + 2] = value
    return out


def test_a_perfect_lens_returns_the_very_picture() -> None:
    picture = flat()
    assert Optics(OpticsConfig(), LENS).apply(picture, sun=SunInView((0.0, 0.0, 1.0), (1e5, 1e5, 1e5))) is picture


@pytest.mark.parametrize("config", [*STRAY_LIGHT.values(), *CHROMATIC.values(), *VIGNETTING.values()])
def test_the_callers_picture_is_not_changed(config: OpticsConfig) -> None:
    picture = lamp()
    before = picture.copy()
    Optics(config, LENS).apply(picture)
    Optics(replace(config, blur_px=0.0, axial_px=(0.0, 0.0, 0.0)), LENS).apply(picture)
    assert np.array_equal(picture, before)


def test_natural_vignetting_is_the_fourth_power_of_the_cosine() -> None:
    out = Optics(OpticsConfig(natural=1.0), LENS).apply(flat())
    for row, column in ((120, 160), (0, 0), (239, 10), (50, 300)):
        ray = np.array([(column - LENS.cx) / LENS.fx, (row - LENS.cy) / LENS.fy, 1.0])
        assert out[row, column, 1] == pytest.approx(1000.0 / np.linalg.norm(ray) ** 4, rel=1e-5)


@pytest.mark.parametrize(("name", "level"), list(zip(VIGNETTING, (0.88, 0.70, 0.55, 0.40, 0.30), strict=True)))
def test_corner_levels(name: str, level: float) -> None:
    out = Optics(replace(VIGNETTING[name], blur_px=0.0), LENS).apply(flat())
    assert out[0, 0, 0] / 1000.0 == pytest.approx(level, abs=0.01)
    assert out[119:121, 159:161].mean() == pytest.approx(1000.0, rel=1e-4)
    assert (np.diff(out[120, 160:, 0]) <= 0.0).all()


def test_lateral_colour_moves_red_out_and_blue_in() -> None:
    picture = flat(0.0)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture += np.exp(-0.5 * ((x - 280) ** 2 + (y - 120) ** 2) / 9.0)[..., None].astype(np.float32)
    out = Optics(OpticsConfig(lateral=0.01), LENS).apply(picture)
    centre = [float((x * out[..., c]).sum() / out[..., c].sum()) for c in range(3)]
    far = 280.0 - LENS.cx
    assert centre[0] == pytest.approx(280.0 + 0.01 * far, abs=0.03)
    assert centre[1] == pytest.approx(280.0, abs=0.01)
    assert centre[2] == pytest.approx(280.0 - 0.01 * far, abs=0.03)


def test_blur_has_the_stated_sigma_in_every_colour() -> None:
    picture = flat(0.0)
    picture[120, 160] = 1.0
    out = Optics(OpticsConfig(blur_px=1.5, axial_px=(2.0, 0.0, 1.0)), LENS).apply(picture)
    x = np.arange(WIDTH) - 160.0
    for c, axial in enumerate((2.0, 0.0, 1.0)):
        profile = out[..., c].sum(axis=0)
        assert profile.sum() == pytest.approx(1.0, rel=1e-4)
        assert (x * x * profile).sum() == pytest.approx(1.5**2 + axial**2, rel=0.03)


def test_veiling_glare_lifts_black_and_keeps_the_mean() -> None:
    picture = flat(0.0)
    picture[:60] = 4000.0
    out = Optics(OpticsConfig(veil=0.05), LENS).apply(picture)
    assert out[100:].mean() == pytest.approx(0.05 * 1000.0, rel=1e-3)
    assert out[:60].mean() == pytest.approx(0.95 * 4000.0 + 50.0, rel=1e-3)
    assert out.mean() == pytest.approx(picture.mean(), rel=1e-4)


@pytest.mark.parametrize("starburst", [0.0, 0.4])
def test_scattering_conserves_light(starburst: float) -> None:
    config = FlareConfig(scatter=0.2, fall=3.5, starburst=starburst)
    picture = lamp()
    out = Optics(OpticsConfig(flare=config), LENS, serial=2).apply(picture)
    # all but the far tail stays in the picture, and the transform wraps what leaves it
    assert out.sum(dtype=float) == pytest.approx(picture.sum(dtype=float), rel=0.02)
    assert out[120, 160, 1] < 0.95 * 1e6
    assert (out >= -1e-3 * out.max()).all()


def test_the_sun_spreads_like_a_lamp_of_the_same_light() -> None:
    config = FlareConfig(scatter=0.05, starburst=0.0)
    light = 16.0 * 1e6
    u, v = 159.5, 119.5  # the middle of that lamp
    direction = LENS.directions(u, v)
    per_steradian = LENS.fx**2 / direction[2] ** 3
    sun = SunInView(tuple(float(d) for d in direction), (light / per_steradian,) * 3)
    by_sun, _ = Flare(config, LENS).stray(flat(0.0), sun)
    by_lamp, _ = Flare(config, LENS).stray(lamp(), None)
    for far in (10, 20, 40):  # at half the resolution
        assert by_sun[60, 80 + far, 1] == pytest.approx(by_lamp[60, 80 + far, 1], rel=0.12)


def test_the_halo_falls_as_its_law() -> None:
    config = FlareConfig(scatter=0.05, starburst=0.0, fall=2.4)
    stray, _ = Flare(config, LENS).stray(flat(0.0), SunInView((0.0, 0.0, 1.0), (1e5,) * 3))
    core = config.core_rad * LENS.fx
    radius = np.array([20.0, 40.0, 80.0, 140.0])
    got = np.array([np.interp(r, 2.0 * np.arange(80) + 0.5 + 159.5 + 0.5 - LENS.cx, stray[60, 80:, 1]) for r in radius])
    law = (1.0 + (radius / core) ** 2) ** (-0.5 * config.fall)
    assert got / got[0] == pytest.approx(law / law[0], rel=0.1)


def test_a_sun_beside_the_picture_still_lights_it() -> None:
    side = math.radians(42.0)
    sun = SunInView((math.sin(side), 0.0, math.cos(side)), (1e5, 1e5, 1e5))
    stray, mean = Flare(FlareConfig(scatter=0.02), LENS).stray(flat(0.0), sun)
    assert stray[60, -1, 1] > 3.0 * stray[60, 0, 1] > 0.0
    assert mean.max() == 0.0


def test_starburst_has_as_many_rays_as_the_stop_asks_for() -> None:
    for blades, rays in ((6, 6), (5, 10), (0, 0)):
        config = FlareConfig(scatter=0.1, starburst=0.8, blades=blades, scratches=0)
        stray, _ = Flare(config, LENS).stray(flat(0.0), SunInView((0.0, 0.0, 1.0), (1e5,) * 3))
        turn = np.linspace(0.0, 2.0 * np.pi, 1440, endpoint=False)
        ring = stray[(59.5 + 40 * np.sin(turn)).round().astype(int), (79.5 + 40 * np.cos(turn)).round().astype(int), 1]
        bright = ring > 0.5 * (ring.max() + np.median(ring)) if blades else ring > 3.0 * np.median(ring)
        assert int((bright & ~np.roll(bright, 1)).sum()) == rays


def test_ghosts_take_their_share_and_lie_across_the_centre() -> None:
    direction = LENS.directions(LENS.cx + 30.0, LENS.cy - 15.0)
    sun = SunInView(tuple(float(d) for d in direction), (1e4, 1e4, 1e4))
    config = FlareConfig(ghosts=1e-3)
    stray, _ = Flare(config, LENS).stray(flat(1.0), sun)
    flux = 1e4 * LENS.fx**2 / direction[2] ** 3
    assert 4.0 * stray[..., 1].sum(dtype=float) == pytest.approx(1e-3 * flux, rel=0.06)
    y, x = np.nonzero(stray[..., 1] > 0.0)
    across = (2 * x + 0.5 - LENS.cx) * 15.0 + (2 * y + 0.5 - LENS.cy) * 30.0  # distance from the line times 33.5
    weight = stray[y, x, 1]
    assert abs(float((across * weight).sum() / weight.sum())) / 33.5 < 1.0


def test_bright_lamps_have_ghosts_too() -> None:
    stray, _ = Flare(FlareConfig(ghosts=1e-3), LENS).stray(lamp(1e6, 60, 80) + 1.0, None)
    assert stray[75:, 85:].max() > 0.0 and stray[:20, 120:].max() == 0.0


def test_the_suns_visible_share_is_measured_on_the_picture() -> None:
    q = look_at((0.0, 0.0, 0.0), (1.0, 0.0, 0.0))
    sun = Sun((1.0, 0.0, 0.0), (1e5, 9e4, 8e4), angular_radius_rad=0.03)
    distance = np.full((HEIGHT, WIDTH), np.inf, np.float32)
    whole = sun_in_view(sun, q, LENS, distance)
    assert whole is not None and whole.visible == 1.0
    assert whole.direction == pytest.approx((0.0, 0.0, 1.0), abs=1e-9)
    distance[:, :160] = 10.0
    half = sun_in_view(sun, q, LENS, distance)
    assert half is not None and half.visible == pytest.approx(0.5, abs=0.1)
    distance[:] = 10.0
    assert sun_in_view(sun, q, LENS, distance) is None
    behind = Sun((-1.0, 0.0, 0.0), (1e5, 9e4, 8e4))
    assert sun_in_view(behind, q, LENS, distance) is None


def test_fisheye_and_odd_sizes_work() -> None:
    lens = KannalaBrandtLens.from_fov(202, 150, math.radians(190.0))
    config = OpticsConfig(natural=0.5, lateral=0.002, veil=0.02, flare=FlareConfig(scatter=0.05, ghosts=1e-3))
    out = Optics(config, lens).apply(np.ones((150, 202, 3), np.float32), sun=SunInView((0.1, 0.2, 0.97), (1e4,) * 3))
    assert out.shape == (150, 202, 3) and np.isfinite(out).all() and (out > 0.0).all()


def test_the_same_lens_does_the_same_and_scratches_follow_the_serial() -> None:
    sun = SunInView((0.0, 0.1, 0.99), (1e5,) * 3)
    a, b, c = (Optics(STRAY_LIGHT["heavy"], LENS, serial=s).apply(flat(), sun=sun) for s in (1, 1, 2))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_bad_values_are_named() -> None:
    for change in ({"natural": 2.0}, {"lateral": 0.5}, {"veil": 0.9}, {"axial_px": (1.0, -1.0, 0.0)}):
        with pytest.raises(ValueError, match=next(iter(change))):
            OpticsConfig(**change)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="vignetting"):
        OpticsConfig(vignetting=(-0.6, -0.6, 0.0))
    with pytest.raises(ValueError, match="scatter"):
        FlareConfig(scatter=0.9)


def test_every_table_has_five_severities() -> None:
    for table in (VIGNETTING, CHROMATIC, STRAY_LIGHT, DEFOCUS):
        assert list(table) == ["light", "moderate", "heavy", "severe", "extreme"]
