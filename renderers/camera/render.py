"""Rendering: from a scene, a lens, a track and a shutter to radiance and labels.

Every ray has its own time. Row r integrates light over [start + r * line_time, that + exposure]. Labels (depth,
instance, class, flow) are those of the pixel's centre at mid exposure of its row; radiance is an average over pixel
and exposure where that matters, i.e. at edges and where the picture moves. One frame is a short series of passes, each
one compiled loop over the picture: first hits, sun and dome visibility, radiance, extra samples. Threads share out the
rows of each pass, which depend on earlier passes only, so the number of threads does not change a bit.
Left out: everything between radiance and numbers (optics' losses, noise, processing), and the air between.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ..pose_track import PoseTrack
from ..scene import Environment, Scene
from ..threads import in_bands, render_threads
from ..tracers.embree import EmbreeTracer
from ..tracers.packets import new_packet
from ..tracers.tables import new_ray
from ..transforms import conjugate, multiply, slerp, to_matrix
from .cover_mask import cover_mask
from .direct import BATCH, direct
from .flicker import Pulsing, collected
from .gbuffer import Before, Motion, Rays, first_hits, new_gbuffer
from .glow import add_glow
from .lens import BROWN_CONRADY, Lens
from .lighting import lighting_of
from .occlusion import (
    BROAD_DISCS,
    BROAD_RAD,
    DISC_16,
    HEMISPHERE,
    POINT_DISCS,
    ROOKS_8,
    UNLIT,
    ambient_occlusion,
    penumbra,
    shadow_edges,
    smooth_occlusion,
    smooth_penumbra,
    spread_occlusion,
    sun_visibility,
)
from .radiance import SAMPLE, add_reflections, radiance
from .sampling import SWEPT_SAMPLES, mark, resample, smear

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]


_POINT = np.zeros_like(DISC_16)
"""A light without extent, for the hard shadows of drafts."""
_DRAFT_OCCLUSION = 0.85
"""What a draft takes for the share of the dome that a surface sees."""


@dataclass(frozen=True)
class Shutter:
    """When each row collects light.

    Attributes:
        start_s: begin of the first row's exposure [s], in the scene's time.
        exposure_s: length of each row's exposure [s], 0 for an instant.
        line_time_s: delay from one row to the next [s], 0 for a global shutter.

    """

    start_s: float
    exposure_s: float = 0.0
    line_time_s: float = 0.0

    def __post_init__(self) -> None:
        """Reject negative durations."""
        if self.exposure_s < 0 or self.line_time_s < 0:
            raise ValueError(
                f"shutter exposure is {self.exposure_s} s and line time {self.line_time_s} s, "
                "expected non-negative values"
            )

    def row_starts(self, rows: int) -> F64:
        """Begin of exposure of each row [s]."""
        out: F64 = self.start_s + self.line_time_s * np.arange(rows, dtype=np.float64)
        return out


@dataclass(frozen=True, eq=False)
class PreviousFrame:
    """What is needed of a camera's previous frame to say where things were; same instances and lens as now.

    Attributes:
        scene: the scene of that frame (its poses are used).
        track: the camera's track then.
        shutter: its shutter then.

    """

    scene: Scene
    track: PoseTrack
    shutter: Shutter


@dataclass(frozen=True, eq=False)
class Rendered:
    """One noiseless picture with its labels; H rows, W columns.

    Attributes:
        radiance: (H, W, 3) float32 linear RGB [cd/m^2].
        depth: (H, W) float32 along the optical axis [m], inf for the sky.
        distance: (H, W) float32 along the ray [m], inf for the sky.
        instance: (H, W) int32 object label, 0 for scenery and sky.
        semantic: (H, W) uint8 class id, 0 for the sky.
        flow: (H, W, 2) float32 backward flow [px], `u_previous - u_now`: where the surface point seen here was in the
            previous frame. 0 in a first frame and for points that were behind the camera.
        covered: (H, W) uint8, 1 where water, snow or ice lies on what is seen; None where there is none.

    """

    radiance: F32
    depth: F32
    distance: F32
    instance: I32
    semantic: U8
    flow: F32
    covered: U8 | None = None


class _Scratch:
    """Arrays of one picture size that nobody sees afterwards; fresh memory costs more than some passes."""

    def __init__(self, height: int, width: int) -> None:
        size, half = (height, width), ((height + 1) // 2, (width + 1) // 2)
        self.surface = new_gbuffer(height, width)
        self.seen, self.visible, self.occlusion = (np.empty(size, np.float32) for _ in range(3))
        self.half, self.smooth = (np.empty(half, np.float32) for _ in range(2))
        self.edges, self.marks, self.left = (np.empty(size, np.uint8) for _ in range(3))
        self.single, self.mirror = (np.empty((*size, 3), np.float32) for _ in range(2))


class _Buffers(threading.local):
    """What each thread casts its rays with, and its scratch arrays."""

    def __init__(self) -> None:
        self.packet, self.ray = new_packet(), new_ray()
        self.moments, self.batch = np.empty(8), np.zeros(BATCH, np.float32)
        self.scratch = lru_cache(maxsize=4)(_Scratch)
        self._samples = np.empty((0, SAMPLE), np.float32)

    def samples(self, width: int) -> F32:
        """Room for extra samples of at least two rows of a picture of this width."""
        size = max(1 << 16, 2 * SWEPT_SAMPLES * width)
        if len(self._samples) < size:
            self._samples = np.empty((size, SAMPLE), np.float32)
        return self._samples


_own = _Buffers()


def _row_poses(track: PoseTrack, times_s: F64) -> F64:
    """(H, 12) camera poses at one instant of every row: x, y, z, rotation matrix."""
    position, orientation = track.at(times_s)
    out: F64 = np.concatenate([position, to_matrix(orientation).reshape(-1, 9)], axis=1)
    return out


def _rays(tracer: EmbreeTracer, lens: Lens, track: PoseTrack, shutter: Shutter, *, at_once: bool) -> Rays:
    """The camera's rays; `at_once` has all of a row's at mid exposure."""
    first, half = shutter.row_starts(lens.height), 0.5 * shutter.exposure_s
    instants = [first + (half if at_once else share * half) for share in (0.0, 1.0, 2.0)]
    middle = _row_poses(track, instants[1])
    opened, closed = (middle, middle) if at_once else (_row_poses(track, t) for t in (instants[0], instants[2]))
    time = np.ascontiguousarray(np.stack([tracer.ray_time(times) for times in instants], axis=-1))
    return Rays(lens.corner_directions(), lens.centre_directions, lens.pixel_angle_rad, middle, opened, closed, time)


def _poses_at(scene: Scene, time_s: float) -> tuple[F64, F64]:
    """Positions (N, 3) and orientations (N, 4) of all instances at one instant."""
    times = scene.times_s
    if len(times) == 1:
        return scene.position_w[0], scene.orientation_w[0]
    at = np.clip((time_s - times[0]) / (times[-1] - times[0]), 0.0, 1.0) * (len(times) - 1)
    k = min(int(at), len(times) - 2)
    w = np.where(scene.moving, at - k, 0.0)
    first = np.where(scene.moving, k, 0)
    n = np.arange(len(scene.mesh))
    a, b = scene.position_w[first, n], scene.position_w[first + 1, n]
    turned = slerp(scene.orientation_w[first, n], scene.orientation_w[first + 1, n], w)
    return a + w[:, None] * (b - a), turned


def _rotation_vector(before: F64, after: F64) -> F64:
    """Rotation from one orientation to another [rad], world frame, for small turns."""
    turn = multiply(after, conjugate(before))
    turn = np.where(turn[..., 3:] < 0, -turn, turn)
    return 2.0 * turn[..., :3]


def _motion(tracer: EmbreeTracer, lens: Lens, track: PoseTrack, shutter: Shutter, *, wanted: bool) -> Motion:
    """Displacements over the exposure of the middle row; none where they are not `wanted`."""
    scene = tracer.scene
    if not wanted:
        n = len(scene.mesh)
        return Motion(False, np.zeros((n, 9)), np.zeros(9), np.zeros(n), 0.0)
    open_s = shutter.start_s + shutter.line_time_s * (lens.height // 2)
    close_s = open_s + shutter.exposure_s
    position, orientation = _poses_at(scene, open_s)
    position_2, orientation_2 = _poses_at(scene, close_s)
    moved, turned = position_2 - position, _rotation_vector(orientation, orientation_2)
    bodies = np.concatenate([0.5 * (position + position_2), moved, turned], axis=1)
    (eye, eye_2), (gaze, gaze_2) = track.at(np.array([open_s, close_s]))
    camera = np.concatenate([0.5 * (eye + eye_2), eye_2 - eye, _rotation_vector(gaze, gaze_2)])
    moves = bool(np.any(np.abs(bodies[:, 3:]) > 1e-9) or np.any(np.abs(camera[3:]) > 1e-9))
    reach = np.linalg.norm(moved - camera[3:6], axis=1)
    reach += np.linalg.norm(turned, axis=1) * tracer.tables.radius[scene.mesh]
    return Motion(moves, np.ascontiguousarray(bodies), camera, reach, float(np.linalg.norm(camera[6:])))


def _before(scene: Scene, lens: Lens, rays: Rays, previous: PreviousFrame | None) -> Before:
    n = len(scene.mesh)
    if previous is None:
        return Before(
            known=False, position=scene.position_w, orientation=scene.orientation_w, moving=scene.moving,
            still=np.ones(n, np.bool_), camera=rays.middle, time=rays.time[:, 1].copy(), rolling=False,
            model=lens.model, lens=lens.parameters, pinhole=False,
        )  # fmt: skip
    old = previous.scene
    if len(old.mesh) != n:
        raise ValueError(f"the previous frame has {len(old.mesh)} instances, this one {n}")
    same = np.all(old.position_w[0] == scene.position_w[0], axis=1)
    same &= np.all(old.orientation_w[0] == scene.orientation_w[0], axis=1)
    times = previous.shutter.row_starts(lens.height) + 0.5 * previous.shutter.exposure_s
    span = old.times_s[-1] - old.times_s[0]
    return Before(
        known=True,
        position=np.ascontiguousarray(old.position_w),
        orientation=np.ascontiguousarray(old.orientation_w),
        moving=np.ascontiguousarray(old.moving),
        still=same & ~scene.moving & ~old.moving,
        camera=_row_poses(previous.track, times),
        time=np.clip((times - old.times_s[0]) / span, 0.0, 1.0) if span > 0 else np.zeros(lens.height),
        rolling=previous.shutter.line_time_s > 0,
        model=lens.model,
        lens=lens.parameters,
        pinhole=lens.model == BROWN_CONRADY and not any(lens.distortion),
    )


def render(
    tracer: EmbreeTracer,
    lens: Lens,
    track: PoseTrack,
    shutter: Shutter,
    *,
    key: int,
    previous: PreviousFrame | None = None,
    draft: bool = False,
    environment: Environment | None = None,
) -> Rendered:
    """Render one frame; the same arguments give the same bytes.

    Args:
        tracer: holds the scene, which should cover the whole exposure; outside its key times bodies stand still.
        lens: the camera's lens.
        track: poses of the optical frame (x right, y down, z forward).
        shutter: when each row collects light.
        key: 64-bit key of the frame's random numbers (see `renderers.random.frame_key`).
        previous: the camera's previous frame; without it flow is zero.
        draft: one ray per pixel at mid exposure: no anti-aliasing, no motion blur, hard shadows, no ambient
            occlusion, mirrors that show the dome alone unless water or ice makes a mirror of the ground.
            The labels are the same.
        environment: light, air and ground instead of those of the scene, without its lamps; for clean twins.

    Raises:
        ValueError: if the previous frame holds another number of instances.

    """
    scene, tables = tracer.scene, tracer.tables
    height, width = lens.height, lens.width
    rays = _rays(tracer, lens, track, shutter, at_once=draft)
    motion, before = _motion(tracer, lens, track, shutter, wanted=not draft), _before(scene, lens, rays, previous)
    place = environment or scene.environment
    luminaires = scene.luminaires if environment is None else ()
    lighting = lighting_of(place, luminaires, rays.middle[height // 2, :3])
    if place.pulse_hz > 0.0:
        lamp = Pulsing(place.pulse_hz, place.pulse_duty)
        share = collected(lamp, shutter.row_starts(height), shutter.exposure_s)
        lighting = lighting._replace(pulse=np.ascontiguousarray(share))
    light = lighting.sky
    threads = render_threads()
    rows, half_rows = partial(in_bands, height, threads=threads), partial(in_bands, (height + 1) // 2, threads=threads)
    work = _own.scratch(height, width)
    surface = work.surface._replace(
        distance=np.empty((height, width), np.float32),
        depth=np.empty((height, width), np.float32),
        label=np.empty((height, width), np.int32),
        semantic=np.empty((height, width), np.uint8),
        flow=np.empty((height, width, 2), np.float32),
    )

    rows(lambda a, b: first_hits(tables, _own.packet, rays, before, motion, surface, a, b))

    mirrors = not draft or place.cover.water_mm > 0.0 or place.cover.ice > 0.0
    visible, disc = work.visible, _POINT if draft else DISC_16
    if lighting.sunny:
        seen, broad = work.seen, place.sun.angular_radius_rad >= BROAD_RAD and not draft
        first = seen if broad else visible
        discs = BROAD_DISCS if broad else POINT_DISCS
        rows(lambda a, b: sun_visibility(tables, _own.packet, rays, light, surface, disc, first, a, b))
        if not draft:
            rows(lambda a, b: shadow_edges(first, work.edges, a, b))
            rows(
                lambda a, b: penumbra(
                    tables, _own.packet, rays, light, surface, discs, ROOKS_8, work.edges, first, a, b
                )
            )
        if broad:
            rows(lambda a, b: smooth_penumbra(surface, seen, visible, a, b))
    else:
        visible[:] = UNLIT
    if draft:
        work.occlusion[:] = _DRAFT_OCCLUSION
    else:
        half_rows(lambda a, b: ambient_occlusion(tables, _own.packet, rays, surface, HEMISPHERE, work.half, a, b))
        half_rows(lambda a, b: smooth_occlusion(surface, work.half, work.smooth, a, b))
        rows(lambda a, b: spread_occlusion(surface, work.smooth, work.occlusion, a, b))

    def shade(samples: F32, count: int, out: F32, a: int, b: int) -> None:
        radiance(
            tables, _own.ray, rays, lighting, surface, work.occlusion, visible, disc,
            samples, count, out, work.left, work.mirror, mirrors, a, b,
        )  # fmt: skip

    single, marks = work.single, work.marks
    rows(
        lambda a, b: direct(
            tables,
            _own.ray,
            rays,
            lighting,
            surface,
            visible,
            work.occlusion,
            mirrors,
            _own.batch,
            single,
            work.left,
            work.mirror,
            a,
            b,
        )
    )
    rows(lambda a, b: shade(_own.samples(width), -1, single, a, b))
    rows(lambda a, b: add_reflections(surface, work.left, work.mirror, single, a, b))
    out = single.copy()
    under = np.empty((height, width), np.uint8) if lighting.covered else None
    if under is not None:
        rows(lambda a, b: cover_mask(tables, rays, lighting, surface, under, a, b))
    labels = surface.depth, surface.distance, surface.label, surface.semantic, surface.flow
    if draft:
        add_glow(lighting, rays, surface, out)
        return Rendered(out, *labels, under)
    mark(surface, tables.texture, rays, motion.any, single, marks)

    def refine(first: int, end: int) -> None:
        row, samples = first, _own.samples(width)
        while row < end:
            row, count = resample(
                tables, _own.packet, rays, surface, marks, ROOKS_8, motion, lens.model, lens.parameters, _own.moments,
                np.uint64(key), single, out, samples, row, end,
            )  # fmt: skip
            shade(samples, count, out, first, end)
        if motion.any:
            smear(surface, marks, single, out, first, end)

    rows(refine)
    add_glow(lighting, rays, surface, out)
    return Rendered(out, *labels, under)
