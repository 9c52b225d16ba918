import numpy as np
import pytest
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import PreviousFrame, Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import conjugate, from_yaw, look_at, multiply, rotate

LENS = BrownConradyLens(160, 120, fx=140.0, distortion=(-0.1, 0.02, 0.001, 0.0))
AHEAD = look_at((0, 0, 0), (1, 0, 0))


def still(position, orientation=AHEAD) -> PoseTrack:
    return PoseTrack(np.zeros(1), np.array([position], float), np.array([orientation]))


def points_of(frame, view: PoseTrack):
    """World points of all pixels from the depth label, and the pixel grid."""
    u, v = np.meshgrid(np.arange(LENS.width), np.arange(LENS.height))
    local = LENS.directions(u, v) * frame.distance[..., None].astype(float)
    position, orientation = view.at(0.0)
    return position + rotate(orientation, local), np.stack([u, v], axis=-1)


def image_of(points, view: PoseTrack, time: float = 0.0):
    position, orientation = view.at(time)
    return LENS.project(rotate(conjugate(orientation), points - position))[0]


def test_flow_of_a_moving_body_and_a_moving_camera(thing, scene) -> None:
    turn = from_yaw(0.1)
    wall = thing(trimesh.creation.box((1, 100, 100)), label=1, positions=[(30, 0, 0)])
    now = thing(trimesh.creation.box((1, 3, 3)), label=2, positions=[(10.0, 0.5, 0.2)], orientation=turn)
    then = thing(now.shape, label=2, positions=[(10.4, 0.1, 0.0)])
    here, before = still((0, 0, 0)), still((-0.5, 0.2, 0.1), multiply(from_yaw(0.03), AHEAD))
    previous = PreviousFrame(scene([wall, then]), before, Shutter(0.0))
    frame = render(EmbreeTracer(scene([wall, now])), LENS, here, Shutter(0.0), key=1, previous=previous)
    points, uv = points_of(frame, here)
    on_body = frame.instance == 2
    local = rotate(conjugate(turn), points[on_body] - np.array([10.0, 0.5, 0.2]))
    points[on_body] = local + np.array([10.4, 0.1, 0.0])
    expected = image_of(points, before) - uv
    assert on_body.sum() > 500 and (frame.instance == 1).sum() > 500
    assert np.abs(frame.flow - expected).max() < 0.05


def test_flow_under_a_rolling_shutter(thing, scene) -> None:
    line, period, speed = 5e-5, 0.05, np.array([0.0, 6.0, 0.0])
    times = (0.0, period, period + line * LENS.height)
    wall = thing(trimesh.creation.box((1, 100, 100)), label=1, positions=[(15, 0, 0)])
    track = PoseTrack(np.array(times), np.outer(times, speed), np.array([AHEAD] * 3))
    shutter, earlier = Shutter(period, 0.0, line), Shutter(0.0, 0.0, line)
    world = scene([wall])
    frame = render(EmbreeTracer(world), LENS, track, shutter, key=1, previous=PreviousFrame(world, track, earlier))
    rows = np.arange(LENS.height)
    for r in (5, 60, 110):
        c = 80
        position, orientation = track.at(shutter.row_starts(LENS.height)[r])
        point = position + rotate(orientation, LENS.directions(c, r) * float(frame.distance[r, c]))
        # the row whose own exposure sees the point, by search over all rows
        seen = np.array([image_of(point, track, t) for t in earlier.row_starts(LENS.height)])
        row = int(np.argmin(np.abs(seen[:, 1] - rows)))
        np.testing.assert_allclose(frame.flow[r, c], seen[row] - (c, r), atol=0.05)


def test_sky_flow_is_the_cameras_rotation(thing, scene) -> None:
    far = thing(trimesh.creation.box((1, 1, 1)), positions=[(-50, 0, 0)])
    world = scene([far])
    before = still((5.0, 0, 0), multiply(from_yaw(0.02), AHEAD))
    frame = render(
        EmbreeTracer(world),
        LENS,
        still((0, 0, 0)),
        Shutter(0.0),
        key=1,
        previous=PreviousFrame(world, before, Shutter(0.0)),
    )
    assert np.isinf(frame.depth).all()
    u, v = np.meshgrid(np.arange(LENS.width), np.arange(LENS.height))
    expected = LENS.project(rotate(conjugate(before.orientation_w[0]), rotate(AHEAD, LENS.directions(u, v))))[0]
    assert np.abs(frame.flow - (expected - np.stack([u, v], axis=-1))).max() < 0.05


def test_a_first_frame_has_no_flow_and_a_changed_world_is_refused(thing, scene) -> None:
    one, two = (
        scene([thing(trimesh.creation.box((1, 1, 1)), positions=[(5, k, 0)]) for k in range(n)]) for n in (1, 2)
    )
    view = still((0, 0, 0))
    assert not render(EmbreeTracer(one), LENS, view, Shutter(0.0), key=1).flow.any()
    with pytest.raises(ValueError, match="2 instances, this one 1"):
        render(EmbreeTracer(one), LENS, view, Shutter(0.0), key=1, previous=PreviousFrame(two, view, Shutter(0.0)))
