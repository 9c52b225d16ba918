"""Boxes and visibility, measured with the same rays as the pixels.

Visible boxes and pixel counts come from the instance image. The amodal box encloses the projected outline of the
object's meshes (their support points in 96 directions). The visible share compares two castings of the same pixel
rays over the amodal box: with the object alone in the scene, and with everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...renderers.camera.lens import Lens
from ...renderers.compiled import compiled
from ...renderers.pose_track import PoseTrack
from ...renderers.support import support_points
from ...renderers.tracers.embree import EmbreeTracer
from ...renderers.tracers.tables import cast, new_ray
from ...renderers.transforms import conjugate, multiply, rotate, to_matrix
from .records import BOX_2D, BOX_3D

F64 = NDArray[np.float64]
Array = NDArray[np.void]
_GRID = 24
"""Rays per side of the visibility test."""


@dataclass(frozen=True)
class Labelled:
    """The boxes of the actors at one instant. M actors.

    Those of people, animals and arms enclose all that is drawn of them then, see `world.extents`; all others are
    constant.

    Attributes:
        ids, classes: (M,).
        sizes: (M, 3) [m].
        position_w, orientation_w: (M, 3) centres [m] and (M, 4) quaternions.
        velocity_w: (M, 3) of the bodies [m/s]: a box that grows as an arm reaches out is not told as moving.

    """

    ids: NDArray[np.int32]
    classes: NDArray[np.uint8]
    sizes: NDArray[np.float32]
    position_w: F64
    orientation_w: F64
    velocity_w: F64


def boxes_3d(actors: Labelled, pose: tuple[F64, F64], counts: NDArray[np.int64], shares: F64 | None) -> Array:
    """Rows of `BOX_3D`, one per actor, in the frame of a sensor at `pose` (position, quaternion).

    Args:
        actors: the boxes in the world.
        pose: of the sensor.
        counts: (M,) returns or pixels on each actor.
        shares: (M,) visible share, None where the sensor does not measure it (stored as -1).

    """
    rows = np.zeros(len(actors.ids), BOX_3D)
    inverse = conjugate(pose[1])
    rows["id"], rows["class"], rows["size"] = actors.ids, actors.classes, actors.sizes
    rows["position"] = rotate(inverse, actors.position_w - pose[0])
    rows["orientation"] = multiply(inverse, actors.orientation_w)
    rows["velocity"] = rotate(inverse, actors.velocity_w)
    rows["points"] = counts
    rows["visible_share"] = -1.0 if shares is None else shares
    return rows


def count_ids(
    instance: NDArray[np.int32], ids: NDArray[np.int32], present: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """How often each id occurs in an instance image, where `present`."""
    counts = np.zeros(int(ids.max(initial=0)) + 1, np.int64)
    _count(instance.ravel() if present is None else instance[present], counts)
    return counts[ids]


def boxes_2d(
    actors: Labelled,
    instance: NDArray[np.int32],
    tracer: EmbreeTracer,
    lens: Lens,
    track: PoseTrack,
    row_times_s: F64,
) -> Array:
    """Rows of `BOX_2D` for every actor whose amodal box meets the image or that has a visible pixel.

    Args:
        actors: the boxes in the world.
        instance: (H, W) object ids at the pixel centres.
        tracer: holds the scene of this frame.
        lens, track: of the camera.
        row_times_s: (H,) instant at which each row's labels were taken.

    """
    height, width = instance.shape
    largest = int(actors.ids.max(initial=0))
    bounds = np.zeros((largest + 1, 5), np.int64)
    _mask_bounds(instance, bounds)
    outline, owner = _outlines(tracer, lens, track, float(row_times_s[height // 2]))
    position, orientation = track.at(row_times_s)
    poses = np.concatenate([position, to_matrix(orientation).reshape(-1, 9)], axis=1)
    times, ray = tracer.ray_time(row_times_s), new_ray()
    rows = np.zeros(len(actors.ids), BOX_2D)
    keep = np.zeros(len(actors.ids), np.bool_)
    for k, object_id in enumerate(actors.ids):
        visible = bounds[object_id]
        uv = outline[owner == object_id]
        row = rows[k]
        row["id"], row["class"], row["visible_px"] = object_id, actors.classes[k], visible[4]
        if len(uv):
            x0, y0 = uv.min(0)
            x1, y1 = uv.max(0)
        elif visible[4]:
            x0, y0, x1, y1 = visible[:4]
        else:
            continue
        if visible[4]:
            row["x0"], row["y0"], row["x1"], row["y1"] = visible[:4]
            # the outline is sampled: never claim less than what is seen
            x0, y0 = min(x0, visible[0]), min(y0, visible[1])
            x1, y1 = max(x1, visible[2]), max(y1, visible[3])
        cx0, cy0, cx1, cy1 = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
        if cx1 <= cx0 or cy1 <= cy0:
            continue
        keep[k] = True
        row["ax0"], row["ay0"], row["ax1"], row["ay1"] = x0, y0, x1, y1
        row["truncation"] = 1.0 - (cx1 - cx0) * (cy1 - cy0) / max((x1 - x0) * (y1 - y0), 1e-9)
        if visible[4]:
            columns, lines = _centres(cx0, cx1, width), _centres(cy0, cy1, height)
            alone, seen = _silhouette(
                tracer.alone(int(object_id)), ray, object_id, instance, lens.centre_directions, poses, times, lines,
                columns,
            )  # fmt: skip
            row["visible_share"] = seen / alone if alone else 1.0
    return rows[keep]


@compiled
def _silhouette(tables, ray, object_id, instance, centres, poses, times, lines, columns):  # type: ignore[no-untyped-def]
    """How many pixels of a grid show an object, alone in the scene and with everything else.

    Args:
        tables, ray: of the scene with the object alone.
        object_id, instance: where it is seen with everything else.
        centres: directions of the pixels' centres, `Lens.centre_directions`.
        poses, times: (H, 12) position and rotation matrix of the camera, and ray time, of each row.
        lines, columns: of the grid.

    """
    alone, seen = 0, 0
    for y in lines:
        p = poses[y]
        for x in columns:
            a, b, c = centres[y, 0, x], centres[y, 1, x], centres[y, 2, x]
            hit = cast(
                tables, ray, p[0], p[1], p[2], p[3] * a + p[4] * b + p[5] * c, p[6] * a + p[7] * b + p[8] * c,
                p[9] * a + p[10] * b + p[11] * c, times[y], 0.0, np.inf,
            )  # fmt: skip
            if hit >= 0:
                alone += 1
                seen += instance[y, x] == object_id
    return alone, seen


@compiled
def _count(instance, counts):  # type: ignore[no-untyped-def]
    """Add up how often each id occurs, in place."""
    for object_id in instance:
        if 0 < object_id < len(counts):
            counts[object_id] += 1


def _centres(low: float, high: float, size: int) -> NDArray[np.int64]:
    """At most `_GRID` pixel indices spread evenly over an interval."""
    first, last = max(int(np.floor(low)), 0), min(int(np.ceil(high)), size) - 1
    n = min(last - first + 1, _GRID)
    return np.round(np.linspace(first, last, max(n, 1))).astype(np.int64)


@compiled
def _mask_bounds(instance, bounds):  # type: ignore[no-untyped-def]
    """Tight bounds (x0, y0, x1, y1) in pixel edges and the pixel count of every id."""
    height, width = instance.shape
    bounds[:, 0], bounds[:, 1] = width, height
    bounds[:, 2:] = 0
    for y in range(height):
        for x in range(width):
            k = instance[y, x]
            if 0 < k < len(bounds):
                row = bounds[k]
                row[0], row[1] = min(row[0], x), min(row[1], y)
                row[2], row[3] = max(row[2], x + 1), max(row[3], y + 1)
                row[4] += 1


def _outlines(tracer: EmbreeTracer, lens: Lens, track: PoseTrack, time_s: float) -> tuple[F64, NDArray[np.int32]]:
    """Where the support points of all objects are seen at one instant, in pixel edges (P, 2), and the id of each."""
    scene = tracer.scene
    labelled = np.flatnonzero(scene.label > 0)
    supports = [support_points(scene.meshes[k]) for k in scene.mesh[labelled]]
    i = np.repeat(labelled, [len(points) for points in supports])
    last = len(scene.times_s) - 1
    key = np.where(scene.moving[i], min(round(float(tracer.ray_time(time_s)) * last), last), 0)
    local = np.concatenate([np.empty((0, 3)), *supports])
    points = scene.position_w[key, i] + rotate(scene.orientation_w[key, i], local)
    position, orientation = track.at(time_s)
    seen = rotate(conjugate(orientation), points - position)
    in_front = seen[:, 2] > 0.05
    uv, valid = lens.project(seen[in_front])
    return uv[valid] + 0.5, scene.label[i[in_front][valid]]  # from the lens's pixel centres to pixel edges
