"""The cover: clean is identity, drops turn the scene over by Snell's law, dirt and frost blend as stated."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from cornercase.renderers.camera.contamination import (
    DIRT,
    DROPS,
    FROST,
    Contamination,
    ContaminationConfig,
    DirtConfig,
    FrostConfig,
)
from cornercase.renderers.camera.lens import BrownConradyLens, KannalaBrandtLens
from cornercase.renderers.camera.lens_drops import (
    CONTACT,
    RADIUS,
    SAG,
    SPEED,
    WATER,
    WAVES,
    DropsConfig,
    LensDrops,
    X,
    Y,
    refracted,
    transmitted,
)
from cornercase.renderers.truth import Truth

WIDTH, HEIGHT = 320, 240
LENS = BrownConradyLens.from_fov(WIDTH, HEIGHT, math.radians(70.0))
AROUND = (400.0, 400.0, 400.0)


def cover(config: ContaminationConfig, key: int = 4) -> Contamination:
    return Contamination(config, LENS, aperture_m=5e-4, key=key)


def flat(value: float = 1000.0) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), value, np.float32)


def through(c: Contamination, picture: np.ndarray, time_s: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    truth = np.zeros(picture.shape[:2], np.uint8)
    out = c.apply(picture.copy(), truth, ambient=AROUND, time_s=time_s)
    return out, truth


def test_a_clean_cover_changes_nothing() -> None:
    picture = np.random.default_rng(1).uniform(0, 1e4, (HEIGHT, WIDTH, 3)).astype(np.float32)
    out, truth = through(cover(ContaminationConfig()), picture)
    assert np.array_equal(out, picture) and not truth.any()


@pytest.mark.parametrize("config", [DROPS["light"], DIRT["light"], FROST["light"]])
def test_what_is_not_covered_stays(config: ContaminationConfig) -> None:
    picture = flat()
    if config.dirt.coverage:
        config = ContaminationConfig(dirt=DirtConfig(coverage=0.05))
    out, truth = through(cover(config), picture)
    clear = truth == 0
    assert 0.2 < clear.mean() < 0.99
    assert np.abs(out[clear] / 1000.0 - 1.0).max() < 0.06


def test_snell_and_fresnel() -> None:
    for degrees in (5.0, 20.0, 35.0, 45.0):
        a = math.radians(degrees)
        ox, _, oz, passed = refracted(0.0, 0.0, 1.0, math.sin(a), 0.0, math.cos(a))
        leaving = math.asin(WATER * math.sin(a))  # from the normal, on the far side of it
        assert (ox, oz) == pytest.approx((math.sin(a - leaving), math.cos(a - leaving)), abs=1e-12)
        s = math.sin(leaving - a) / math.sin(leaving + a)
        p = math.tan(leaving - a) / math.tan(leaving + a)
        assert passed == pytest.approx(1.0 - 0.5 * (s * s + p * p), abs=1e-12)
    critical = math.degrees(math.asin(1.0 / WATER))
    assert critical == pytest.approx(48.8, abs=0.1)
    assert transmitted(math.cos(math.radians(critical - 0.5))) > 0.0
    assert transmitted(math.cos(math.radians(critical + 0.1))) == 0.0
    assert transmitted(1.0) == pytest.approx(1.0 - ((WATER - 1) / (WATER + 1)) ** 2)


def one_drop(radius: float = 0.2, contact_deg: float = 40.0) -> LensDrops:
    drops = LensDrops(DropsConfig(1), LENS, 0.03, 0.4, key=np.uint64(1))
    drops.table[0, :] = 0.0
    drops.table[0, [X, Y, RADIUS, CONTACT, SAG, SPEED]] = [0.0, 0.0, radius, math.radians(contact_deg), 0.0, 0.0]
    assert not drops.table[0, WAVES:].any()
    return drops


def test_a_drop_shows_the_scene_upside_down_and_smaller() -> None:
    picture = np.zeros((HEIGHT // 2, WIDTH // 2, 3), np.float32)
    picture[: HEIGHT // 4, :, 1], picture[HEIGHT // 4 :, :, 0] = 100.0, 100.0  # green sky over red ground
    out = np.empty_like(picture)
    share = one_drop().view(picture, 0.0, out)
    v, u = HEIGHT // 4, WIDTH // 4
    assert share[v, u] > 0.95 and share[5, 5] == 0.0
    assert out[v - 10, u, 0] > 90.0 and out[v - 10, u, 1] < 5.0  # the ground above
    assert out[v + 9, u, 1] > 90.0 and out[v + 9, u, 0] < 5.0
    # a thin lens of focal length R / (n - 1): rays near the axis turn by -(n - 1) x / R
    sphere = 0.2 / math.sin(math.radians(40.0))
    drops = one_drop()
    drops.view(picture, 0.0, out)
    # two pixels either side: the look-up runs backwards at 1 - (n - 1) / R per unit of the cover, R in cover distances
    run = float(drops._map[0, v, u + 2] - drops._map[0, v, u - 2]) / 4.0
    assert run == pytest.approx(1.0 - (WATER - 1.0) / sphere, abs=0.06)


def test_steep_drops_have_dark_rims() -> None:
    picture = np.full((HEIGHT // 2, WIDTH // 2, 3), 100.0, np.float32)
    out = np.empty_like(picture)
    light = []
    for contact in (30.0, 70.0):
        share = one_drop(contact_deg=contact).view(picture, 0.0, out)
        light.append(out[..., 1].sum() / (100.0 * share.sum()))
    assert light[0] > 0.9 and light[1] < 0.75


def test_large_drops_run_down_and_small_ones_stay() -> None:
    picture = np.random.default_rng(2).uniform(0, 1e3, (HEIGHT, WIDTH, 3)).astype(np.float32)
    small = cover(ContaminationConfig(drops=DropsConfig(30, largest_mm=2.0)))
    assert np.array_equal(through(small, picture, 0.0)[0], through(small, picture, 9.0)[0])
    large = cover(ContaminationConfig(drops=DropsConfig(30, smallest_mm=4.0, largest_mm=5.0)))
    a, b, c = (through(large, picture, t)[0] for t in (0.0, 2.0, 0.0))
    assert not np.array_equal(a, b) and np.array_equal(a, c)
    assert large.drops is not None and (large.drops.table[:, SPEED] > 0.0).all()


def test_mud_follows_its_blend_and_its_coverage() -> None:
    config = DirtConfig(coverage=0.3, opacity=1.0, albedo=(0.3, 0.2, 0.1))
    c = cover(ContaminationConfig(dirt=config))
    assert c.dirt is not None
    assert (c.dirt > 0.5).mean() == pytest.approx(0.3, abs=0.03)
    out, truth = through(c, flat())
    m = cv2.resize(c.dirt, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    nearest = np.kron(c.dirt, np.ones((2, 2)))
    inner = np.abs(m - nearest) < 0.01  # away from edges
    assert inner.mean() > 0.7
    for k, albedo in enumerate(config.albedo):
        expected = (1.0 - m) * 1000.0 + m * albedo * 400.0
        assert np.abs(out[..., k] - expected)[inner].max() < 12.0
    assert ((truth & Truth.LOST) > 0)[m > 0.9].all()


def test_dust_dims_everything_a_little() -> None:
    out, truth = through(cover(ContaminationConfig(dirt=DirtConfig(dust=0.3))), flat())
    assert 600.0 < out[..., 1].mean() < 850.0
    assert ((truth & Truth.DIMMED) > 0).mean() > 0.9


@pytest.mark.parametrize("kind", ["frost", "condensation"])
def test_frost_takes_contrast_and_keeps_even_light(kind: str) -> None:
    c = cover(ContaminationConfig(frost=FrostConfig(0.9, 0.9, kind)))
    even, _ = through(c, flat(400.0))  # as bright as the surroundings
    assert np.abs(even / 400.0 - 1.0).max() < 0.01
    fine = flat(100.0)
    fine[:, ::2] = 700.0
    out, truth = through(c, fine)
    covered = np.kron(c.frost, np.ones((2, 2))) > 0.6 if c.frost is not None else np.zeros(1)
    contrast = np.abs(np.diff(out[..., 1], axis=1))
    assert covered.any() and contrast[covered[:, 1:]].mean() < 0.45 * 600.0
    assert ((truth & (Truth.DIMMED | Truth.LOST)) > 0)[covered].all()


def test_frost_is_thickest_at_the_rim_and_condensation_below() -> None:
    frost = cover(ContaminationConfig(frost=FrostConfig(0.8, 0.5))).frost
    mist = cover(ContaminationConfig(frost=FrostConfig(0.8, 0.5, "condensation"))).frost
    assert frost is not None and mist is not None
    assert frost[:8].mean() > 0.2 and frost[50:70, 60:100].mean() < 0.1
    assert mist[-20:].mean() > 0.5 and mist[:20].mean() < 0.4


def test_a_wider_pupil_blurs_more() -> None:
    config = ContaminationConfig(dirt=DirtConfig(coverage=0.3))
    slopes = [
        np.abs(np.diff(Contamination(config, LENS, aperture_m=a, key=4).dirt, axis=1)).max()  # type: ignore[type-var, arg-type]
        for a in (5e-4, 5e-3)
    ]
    assert slopes[1] < 0.5 * slopes[0]


def test_truth_says_what_bends() -> None:
    out, truth = through(cover(DROPS["extreme"]), flat())
    bent = (truth & Truth.DISPLACED) > 0
    assert 0.1 < bent.mean() < 0.7 and not (truth & Truth.PHANTOM).any()
    assert np.isfinite(out).all()


@pytest.mark.parametrize("config", [DROPS["heavy"], DIRT["heavy"], FROST["heavy"]])
def test_the_key_decides_the_state(config: ContaminationConfig) -> None:
    picture = flat()
    a, b, c = (through(cover(config, k), picture)[0] for k in (1, 1, 2))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_odd_and_fisheye_pictures_work() -> None:
    lens = KannalaBrandtLens.from_fov(202, 150, math.radians(180.0))
    config = ContaminationConfig(drops=DropsConfig(20), dirt=DirtConfig(0.1), frost=FrostConfig(0.5))
    picture, truth = np.ones((150, 202, 3), np.float32), np.zeros((150, 202), np.uint8)
    out = Contamination(config, lens, aperture_m=1e-3, key=1).apply(picture, truth, ambient=AROUND)
    assert out is picture and np.isfinite(out).all() and truth.any()


def test_bad_values_are_named() -> None:
    for kind, change in (
        *((DirtConfig, {"coverage": 2.0}), (DirtConfig, {"albedo": (1.0, 2.0, 0.0)}), (FrostConfig, {"kind": "snow"})),
        *((FrostConfig, {"amount": 2.0}), (DropsConfig, {"count": -1}), (DropsConfig, {"contact_deg": 90.0})),
        (ContaminationConfig, {"cover_m": 0.0}),
    ):
        with pytest.raises(ValueError, match=next(iter(change))):
            kind(**change)  # type: ignore[operator]


def test_every_table_has_five_severities() -> None:
    for table in (DROPS, DIRT, FROST):
        assert list(table) == ["light", "moderate", "heavy", "severe", "extreme"]
