"""What holds for every corruption: nothing at severity 0, the same again with the same seed, more at more severity."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.corruptions import Context, Corruption, Modality, corruption, corruptions
from scipy.spatial import cKDTree

from .conftest import data_for

SHARED = [n for n in corruptions("robodepth") if n.replace("robodepth", "imagenet_c") in corruptions("imagenet_c")]
"""The same functions with the same figures as in ImageNet-C."""
EACH = pytest.mark.parametrize("name", [n for n in corruptions() if n not in SHARED])
NOT_MONOTONE = {
    "imagenet_c/saturate": "the published figures desaturate first and saturate then",
    "imagenet_c/snow": "the published figures change kind between severities 2 and 3",
    "imagenet_c/spatter": "water up to severity 3, mud from 4",
    "imagenet_c/fog": "severity 4 is severity 3 with another texture",
    "robobev/fog": "as imagenet_c",
    "imagenet_c/glass_blur": "severity 2 has fewer rounds than severity 1",
}
STRUCTURE = ("imagenet_c/frost", "3d_corruptions_ad/rain", "3d_corruptions_ad/snow",
             "3d_corruptions_ad/fog")  # fmt: skip
"""Brighter and darker at once, so that mean differences say little: what grows is the loss of correlation."""
SNOW = ("robo3d/snow", "multicorrupt/snow", "3d_corruptions_ad/snow/nuscenes")
"""Fewer, larger flakes: what grows is the light they take, see test_point_weather."""


def run(c: Corruption, data, severity: int, context: Context, seed: int = 7):  # type: ignore[no-untyped-def]
    return c.apply(data, severity, rng=np.random.default_rng(seed), context=context)


def distance(a, b, modality: Modality, structure: bool = False) -> float:  # type: ignore[no-untyped-def]
    """How far corrupted data are from clean ones."""
    if structure and a.dtype == np.uint8:
        return float(1.0 - np.corrcoef(a.ravel(), b.ravel())[0, 1])
    if modality is Modality.POINTS or (modality is Modality.BOTH and a.dtype != np.uint8):
        there = np.minimum(cKDTree(b[:, :3]).query(a[:, :3])[0], 3.0).mean() if len(b) else 3.0
        away, which = cKDTree(a[:, :3]).query(b[:, :3])
        dimmer = np.abs(a[which, 3] - b[:, 3]).mean() / 255.0
        return float(there + np.minimum(away, 3.0).mean() + dimmer)
    if modality is Modality.SEQUENCE:
        return float(np.mean([np.abs(x.astype(float) - y).mean() > 0 for x, y in zip(a, b, strict=True)]) +
                     np.mean([np.abs(x.astype(float) - y).mean() for x, y in zip(a, b, strict=True)]))  # fmt: skip
    return float(np.abs(np.asarray(a, float) - np.asarray(b, float)).mean())


@EACH
def test_severity_zero_is_the_identity(name, picture, points, context) -> None:  # type: ignore[no-untyped-def]
    c = corruption(name)
    for data in data_for(c, picture, points):
        assert run(c, data, 0, context) is data


@EACH
def test_the_same_seed_gives_the_same_bytes(name, picture, points, context) -> None:  # type: ignore[no-untyped-def]
    c = corruption(name)
    for data in data_for(c, picture, points):
        before = np.array(data)
        first, again = (np.asarray(run(c, data, c.severities, context)) for _ in range(2))
        assert first.tobytes() == again.tobytes()
        np.testing.assert_array_equal(np.array(data), before)
        if c.modality in (Modality.IMAGE, Modality.VIEWS) or data is picture:
            assert first.shape == before.shape and first.dtype == np.uint8
        elif data is points:
            assert first.shape[1] == 5 and np.isfinite(first).all()


@EACH
def test_distance_from_clean_grows_with_severity(name, picture, points, context) -> None:  # type: ignore[no-untyped-def]
    c = corruption(name)
    for data in data_for(c, picture, points):
        if name in NOT_MONOTONE or (name in SNOW and data is points):
            assert distance(data, run(c, data, c.severities, context), c.modality) > 0
            continue
        seeds = (3, 4, 5) if c.modality in (Modality.POSE, Modality.VIEWS) or name.startswith("robo3d/fog") else (3,)
        grown = [
            np.mean([distance(data, run(c, data, s, context, seed), c.modality, name in STRUCTURE) for seed in seeds])
            for s in range(c.severities + 1)
        ]
        assert np.all(np.diff(grown) > 0), f"{name}: {np.round(grown, 5)}"


@pytest.mark.parametrize("name", SHARED)
def test_robodepth_shares_with_imagenet(name: str) -> None:
    ours, theirs = corruption(name), corruption(name.replace("robodepth", "imagenet_c"))
    assert ours.image is theirs.image and dict(ours.parameters) == dict(theirs.parameters)


@pytest.mark.parametrize("name", corruptions())
def test_each_says_where_it_comes_from_and_what_stands_for_it(name: str) -> None:
    c = corruption(name)
    assert c.source and c.severities in (3, 5)
    assert c.physical is None or len(c.physical) == c.severities
    assert (c.image is None) == (c.modality is Modality.POINTS) and (c.points is not None or c.image is not None)


def test_mistakes_are_told(picture, points) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="did you mean 'imagenet_c/gaussian_noise'"):
        corruption("imagenet_c/gausian_noise")
    c = corruption("robo3d/beam_missing")
    with pytest.raises(ValueError, match="severity is 4, expected 0 to 3"):
        c.apply(points, 4, rng=rng)
    with pytest.raises(ValueError, match="expected points"):
        c.apply(picture, 1, rng=rng)
    with pytest.raises(ValueError, match="ring in column 4"):
        c.apply(points[:, :4], 1, rng=rng)
    with pytest.raises(ValueError, match="got no boxes"):
        corruption("3d_corruptions_ad/scale").apply(points, 1, rng=rng)
    with pytest.raises(ValueError, match="depth_m of shape None"):
        corruption("3dcc/fog_3d").apply(picture, 1, rng=rng)
