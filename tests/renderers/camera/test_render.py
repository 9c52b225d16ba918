import numpy as np
import pytest
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens, KannalaBrandtLens
from cornercase.renderers.camera.render import PreviousFrame, Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Lamp, Material, Sky, Sun, Texture
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import from_rpy, look_at

WHITE = Material((1.0, 1.0, 1.0), 1.0)
GREY = Material((0.5, 0.5, 0.5), 1.0)


def track(eye, target) -> PoseTrack:
    return PoseTrack(np.zeros(1), np.array([eye], float), look_at(eye, target)[None])


def box(*size: float) -> trimesh.Trimesh:
    return trimesh.creation.box(size)


def test_white_plane_under_the_sun_shows_illuminance_over_pi(thing, scene, sun_only) -> None:
    tracer = EmbreeTracer(scene([thing(box(50, 50, 1), WHITE)], sun_only))
    frame = render(tracer, BrownConradyLens(64, 48, fx=80.0), track((-3, 0, 3), (0, 0, 0.5)), Shutter(0.0), key=1)
    expected = np.array([9e4, 8e4, 7e4]) * np.sqrt(0.75) / np.pi
    np.testing.assert_allclose(frame.radiance[24:].reshape(-1, 3), np.broadcast_to(expected, (24 * 64, 3)), rtol=0.01)


@pytest.mark.parametrize("normal_up", [True, False], ids=["floor", "wall"])
def test_unoccluded_plane_under_a_white_dome_shows_its_albedo(thing, scene, white_sky, normal_up: bool) -> None:
    shape = box(500, 500, 1) if normal_up else box(1, 500, 500)
    tracer = EmbreeTracer(scene([thing(shape, GREY)], white_sky))
    view = track((-3, 0, 3), (0, 0, 0.5)) if normal_up else track((-3, 0, 0), (0, 0.1, 0))
    frame = render(tracer, BrownConradyLens(64, 48, fx=80.0), view, Shutter(0.0), key=1)
    np.testing.assert_allclose(frame.radiance[24:], 500.0, rtol=0.02)


def test_contact_darkens_the_ground(thing, scene, white_sky) -> None:
    tracer = EmbreeTracer(scene([thing(box(50, 50, 1), GREY), thing(box(2, 2, 2), GREY, 1, [(0, 0, 1.5)])], white_sky))
    frame = render(tracer, BrownConradyLens(160, 120, fx=150.0), track((-7, 0, 3), (-1, 0, 0.5)), Shutter(0.0), key=1)
    column = frame.radiance[:, 80, 0]
    foot = int(np.flatnonzero(frame.instance[:, 80] == 1).max()) + 1
    assert column[foot + 2] < 0.8 * column[-2]


def test_shadow_has_a_penumbra_of_the_right_width(thing, scene) -> None:
    radius = 0.05
    black = (0.0, 0.0, 0.0)
    light = Environment(Sun((0.0, 0.0, 1.0), (1e4, 1e4, 1e4), radius), Sky(black, black, black, clouds=0.0))
    # the near edge of a plate 2 m above the floor lies at x = 0
    tracer = EmbreeTracer(
        scene([thing(box(50, 50, 1), WHITE, 0, [(0, 0, -0.5)]), thing(box(4, 40, 0.01), WHITE, 0, [(2, 0, 2)])], light)
    )
    lens = BrownConradyLens(400, 20, fx=800.0)
    view = PoseTrack(np.zeros(1), np.array([[0.0, 0.0, 1.9]]), from_rpy(np.pi, 0.0, 0.0)[None])
    frame = render(tracer, lens, view, Shutter(0.0), key=1)
    share = frame.radiance[:, :, 0].mean(axis=0) * np.pi / 1e4
    x = (np.arange(400) - lens.cx) / lens.fx * 1.9
    share = share if share[0] > share[-1] else share[::-1]
    assert share[x < -0.12].min() > 0.99 and share[x > 0.12].max() < 0.01
    width = np.sum((share > 0.1) & (share < 0.9)) * (x[1] - x[0])
    # the chord of a disc of diameter 2 r h: 10 % to 90 % of its area spans 0.687 of it
    assert width == pytest.approx(0.687 * 2 * radius * 2.0, rel=0.2)


def test_a_pane_lets_its_share_through(thing, scene, white_sky) -> None:
    wall = thing(box(1, 80, 80), GREY, 1, [(10, 0, 0)])
    pane = thing(box(0.01, 8, 8), Material((0.5, 0.5, 0.5), 0.05, transparency=0.8), 2, [(3, 0, 0)])
    lens, view = BrownConradyLens(33, 33, fx=100.0), track((0, 0, 0), (1, 0, 0))
    bare = render(EmbreeTracer(scene([wall], white_sky)), lens, view, Shutter(0.0), key=1).radiance
    frame = render(EmbreeTracer(scene([wall, pane], white_sky)), lens, view, Shutter(0.0), key=1)
    # two faces, each passes 0.8 of what it does not reflect, and the first shows the white dome behind the camera
    expected = 0.96 * 0.8 * 0.98 * 0.8 * bare[16, 16, 0] + 0.04 * 1000.0
    assert frame.radiance[16, 16, 0] == pytest.approx(expected, rel=0.02)
    assert frame.instance[16, 16] == 2


def test_lamps_glow_only_when_switched_on(thing, scene, white_sky) -> None:
    shape = box(1, 1, 1)
    lit = scene([thing(shape, Material(emission=(5e3, 0.0, 0.0), lamp=Lamp.BRAKE), 1, [(3, 0, 0)])], white_sky)
    lens, view = BrownConradyLens(9, 9, fx=100.0), track((0, 0, 0), (1, 0, 0))
    dark = render(EmbreeTracer(lit), lens, view, Shutter(0.0), key=1).radiance[4, 4]
    lit.lamps[:] = int(Lamp.BRAKE)
    bright = render(EmbreeTracer(lit), lens, view, Shutter(0.0), key=1).radiance[4, 4]
    np.testing.assert_allclose(bright - dark, [5e3, 0.0, 0.0], atol=1e-2)


def test_rolling_shutter_shears_a_moving_body(thing, scene) -> None:
    speed, distance, line_time = 20.0, 10.0, 1e-4
    lens = BrownConradyLens(320, 240, fx=300.0)
    duration = line_time * lens.height
    # the camera looks along x, the image's u axis is -y
    pole = thing(box(0.1, 0.5, 30.0), GREY, 1, [(distance, 0.0, 0.0), (distance, -speed * duration, 0.0)])
    tracer = EmbreeTracer(scene([pole], times=(0.0, duration)))
    frame = render(tracer, lens, track((0, 0, 0), (1, 0, 0)), Shutter(0.0, 0.0, line_time), key=1)
    left = np.array([np.flatnonzero(row)[0] for row in frame.instance == 1], float)
    slope = np.polyfit(np.arange(lens.height), left, 1)[0]
    expected = lens.fx * speed / (distance - 0.05) * line_time
    assert abs(slope - expected) * lens.height < 0.5


def test_motion_blur_has_the_right_width_and_spreads_beyond_the_silhouette(thing, scene, white_sky) -> None:
    speed, distance, exposure = 10.0, 9.95, 0.02
    lens = BrownConradyLens(200, 40, fx=300.0)
    plate = thing(box(0.1, 2.0, 30.0), Material((0.0, 0.0, 0.0), 1.0), 1, [(10, 0, 0), (10, -speed * exposure, 0)])
    tracer = EmbreeTracer(scene([plate], white_sky, times=(0.0, exposure)))
    frame = render(tracer, lens, track((0, 0, 0), (1, 0, 0)), Shutter(0.0, exposure), key=5)
    profile = frame.radiance[:, :, 0].mean(axis=0) / 1000.0
    blur = lens.fx * speed * exposure / distance
    edge = profile[: np.argmin(profile) + 1]
    # a linear ramp: its mean slope between 20 % and 80 % gives the full width
    ramp = np.interp([-0.8, -0.2], -edge, np.arange(len(edge)))
    assert (ramp[1] - ramp[0]) / 0.6 == pytest.approx(blur, abs=0.8)
    outside = (frame.instance[20] == 0) & (profile < 0.95)
    assert outside.sum() == pytest.approx(blur, abs=2.5)


def test_two_runs_are_equal_to_the_bit(thing, scene) -> None:
    ball = thing(trimesh.creation.icosphere(2, 1.0), Material(texture=Texture.CAR_PAINT), 1, [(6, 0, 1), (6, 0.1, 1)])
    build = scene([thing(box(60, 60, 1), Material(texture=Texture.ASPHALT)), ball], times=(0.0, 0.01))
    frames = [
        render(
            EmbreeTracer(build),
            BrownConradyLens(160, 120, fx=120.0),
            track((0, 0, 1.5), (6, 0, 1)),
            Shutter(0.0, 0.01),
            key=9,
        )
        for _ in range(2)
    ]
    for name in ("radiance", "depth", "distance", "instance", "semantic", "flow"):
        assert getattr(frames[0], name).tobytes() == getattr(frames[1], name).tobytes()


@pytest.mark.parametrize("seed", range(4))
def test_radiance_is_finite_and_not_negative_on_random_scenes(thing, scene, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = [box(1, 2, 1), trimesh.creation.icosphere(1, 0.8), trimesh.creation.cylinder(0.5, 2.0)]
    things = [thing(box(200, 200, 1), Material(texture=Texture.PAVING))]
    for k, texture in enumerate(Texture):
        material = Material(
            tuple(float(c) for c in rng.uniform(0, 1, 3)),
            float(rng.uniform(0.02, 1)),
            float(rng.uniform(0, 1)),
            transparency=float(rng.choice([0.0, 0.0, 0.9])),
            texture=texture,
        )
        start = np.array([rng.uniform(3, 15), rng.uniform(-8, 8), rng.uniform(0, 4)])
        q = rng.normal(size=4)
        things.append(
            thing(shapes[k % 3], material, k + 1, [start, start + rng.normal(0, 0.2, 3)], q / np.linalg.norm(q))
        )
    build = scene(things, times=(0.0, 0.02))
    lens = KannalaBrandtLens.from_fov(96, 64, np.radians(190)) if seed % 2 else BrownConradyLens(96, 64, fx=60.0)
    view = track((0, 0, 2), (8, 0, 1))
    shutter = Shutter(0.0, 0.01, 1e-5)
    frame = render(EmbreeTracer(build), lens, view, shutter, key=seed, previous=PreviousFrame(build, view, shutter))
    assert np.isfinite(frame.radiance).all() and (frame.radiance >= 0).all()
    assert np.isfinite(frame.flow).all()
    assert not np.isnan(frame.depth).any()


def test_a_negative_shutter_is_refused() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        Shutter(0.0, -1.0)


def test_a_draft_has_the_same_labels(thing, scene) -> None:
    ball = thing(trimesh.creation.icosphere(3), Material(), 4, [(0, 0, 1)])
    tracer = EmbreeTracer(scene([thing(box(60, 60, 1), Material(texture=Texture.ASPHALT)), ball]))
    lens, shutter = BrownConradyLens.from_fov(96, 64, 1.0), Shutter(0.0, 0.004, 1e-5)
    full, draft = (
        render(tracer, lens, track((-6.0, 1.0, 2.5), (0, 0, 0.8)), shutter, key=3, draft=d) for d in (False, True)
    )
    for name in ("depth", "distance", "instance", "semantic", "flow"):
        assert np.array_equal(getattr(full, name), getattr(draft, name))
    assert np.isfinite(draft.radiance).all() and not np.array_equal(full.radiance, draft.radiance)
    assert abs(draft.radiance.mean() / full.radiance.mean() - 1.0) < 0.1
