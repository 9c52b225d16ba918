"""Rain and snow between lens and scene: the drops and flakes near enough to be seen one by one.

Sizes and number (exponential laws, D the melted diameter in mm, R the rate in mm/h melted):

    rain   N(D) = 8000 exp(-4.1 R^-0.21 D)              [1/(m^3 mm)]      Marshall and Palmer
    snow   N(D) = 7600 R^-0.87 exp(-2.55 R^-0.48 D)                       Marshall and Gunn

A flake of density rho is (1 / rho)^(1/3) times as wide as the drop it melts to. A body is drawn while its width on the
picture, f D / Z, is at least `smallest_px`; what is smaller belongs to the veil that the air takes along every ray. All
bodies of that kind in the field are drawn: their number is a Poisson number of the law's mean, so

    p(D) ~ D^3 exp(-Lambda D),     r = f D / smallest_px * u^(1/3),     directions even over the field's cone.

Drops fall at v = 9.65 - 10.3 exp(-0.6 D) m/s (Atlas 1973, unverified), flakes at a speed of their kind, both move with
the wind, and the camera moves and turns. A body draws the path it takes in its row's own exposure T, of length
f v T / Z sideways, stretched by 1 / (1 - line_time * v_row) where it runs with a rolling shutter. It hides a pixel for
tau = T d / (l + d), d its mean chord (pi / 4 of its width) and l its path [px], and shows its own light while it is
there (Garg and Nayar 2007):

    L = (1 - a tau / T) L_background + a (tau / T) L_drop         L_drop = 0.94 L_view + 0.06 L_ambient

A drop is a lens of 165 degrees: L_view is the mean radiance over that cone, the picture's where the picture reaches,
the surroundings' elsewhere. A flake is a white Lambertian body in the mean light of its surroundings. a is the share
of the pixel that its outline covers, blurred by defocus c = f A |1/r - 1/r_focus| (aperture A); light is conserved.
Frames are independent: a body crosses the field in a fraction of the time between them.

Rendering of streaks from tables exposed for sqrt(D)/50 s (Halder et al. 2019) needs those tables; the equation above
is the model they tabulate. Left out: oscillation of drops, splashes, shadows, lamps near drops lighting them up,
clustering. Everything nearer than `nearest_m` is left out, being a blur over the whole picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..air import Air, Flake
from ..compiled import compiled, kernel
from ..pose_track import PoseTrack
from ..random import bits, normal, uniform
from ..transforms import conjugate, multiply, rotate, to_matrix
from ..truth import Truth
from .lens import Lens, project_point
from .render import Shutter
from .samplers import poisson_field

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_DROP_FIELD_RAD = math.radians(165.0)
_ALBEDO = 0.9
_SEEN = 0.02
"""From this share of a pixel's light on a body counts as seen."""
_INVISIBLE = 3e-3
"""A body that never takes this share of a pixel's light is not drawn."""
_LEAST, _MOST_DROP, _MOST_FLAKE = 0.3, 6.0, 8.0  # melted diameters [mm]; larger drops break up
FLAKES: dict[Flake, tuple[float, float, float]] = {
    Flake.DRY: (0.10, 1.0, 0.35),
    Flake.WET: (0.20, 1.6, 0.25),
    Flake.GRAUPEL: (0.30, 2.0, 0.10),
}
"""Density [g/cm^3], fall speed [m/s], flutter [m/s]. Densities 0.01 to 0.2 and speeds 0.2 to 2 m/s are the ranges that
Hahner et al. 2022 give for snow; the choice within them, graupel and the flutter are (unverified)."""


@dataclass
class PrecipitationConfig:
    """How falling bodies are drawn.

    Attributes:
        smallest_px: least width on the picture of a body drawn singly [px].
        smallest_flake_px: the same for flakes, which are more and hide more.
        nearest_m: nearest distance [m].
        focus_m: distance the lens is focused on [m].
        most: bodies of a kind that may be expected in the field; beyond it the least width grows, for speed.
    """

    smallest_px: float = 0.2
    smallest_flake_px: float = 0.45
    nearest_m: float = 0.25
    focus_m: float = 12.0
    most: int = 10_000

    def __post_init__(self) -> None:
        """Reject limits that would draw without end."""
        for name in ("smallest_px", "smallest_flake_px"):
            if not 0.05 <= getattr(self, name) <= 20.0:
                raise ValueError(f"precipitation {name} is {getattr(self, name)}, expected a value in [0.05, 20]")
        for name in ("nearest_m", "focus_m"):
            if not getattr(self, name) >= 0.05:
                raise ValueError(f"precipitation {name} is {getattr(self, name)}, expected at least 0.05")


@dataclass(frozen=True)
class Bodies:
    """A population of drops or flakes.

    Attributes:
        intercept: N at D = 0 [1/(m^3 mm)].
        slope_per_mm: Lambda, by melted diameter.
        swelling: width over melted diameter.
        largest_mm: largest melted diameter.
        speed_mps: fall speed of all sizes, or 0 for drops, whose speed goes by size.
        flutter_mps: sigma of random motion on every axis.
    """

    intercept: float
    slope_per_mm: float
    swelling: float
    largest_mm: float
    speed_mps: float
    flutter_mps: float

    def expected(self, lens: Lens, smallest_px: float, nearest_m: float) -> float:
        """Mean number of bodies at least `smallest_px` wide beyond `nearest_m` in the cone of the lens."""
        d = np.linspace(_LEAST, self.largest_mm, 2001)
        far = 1e-3 * self.swelling * d * lens.fx / smallest_px
        volume = 2.0 * math.pi * (1.0 - _cone_cosine(lens)) / 3.0 * np.maximum(far**3 - nearest_m**3, 0.0)
        return float(np.trapezoid(self.intercept * np.exp(-self.slope_per_mm * d) * volume, d))


def rain(rate_mmph: float) -> Bodies:
    """Drops at a rain rate above 0 [mm/h]."""
    return Bodies(8000.0, 4.1 * rate_mmph**-0.21, 1.0, _MOST_DROP, 0.0, 0.15)


def snow(rate_mmph: float, flake: Flake) -> Bodies:
    """Flakes at a snowfall rate above 0, melted [mm/h]."""
    density, speed, flutter = FLAKES[flake]
    law = 7600.0 * rate_mmph**-0.87, 2.55 * rate_mmph**-0.48
    return Bodies(*law, density ** (-1.0 / 3.0), _MOST_FLAKE, speed, flutter)


@compiled
def drop_speed(diameter_mm: float) -> float:
    """Terminal velocity of a rain drop [m/s]."""
    return max(0.1, 9.65 - 10.3 * np.exp(-0.6 * diameter_mm))  # type: ignore[no-any-return]


def add(
    radiance: F32,
    truth: U8,
    config: PrecipitationConfig,
    *,
    air: Air,
    distance: F32,
    lens: Lens,
    track: PoseTrack,
    shutter: Shutter,
    ambient: ArrayLike,
    aperture_m: float,
    key: int,
) -> int:
    """Draw the drops and flakes of one frame over its radiance, in place.

    Args:
        radiance: (H, W, 3) float32 linear RGB [cd/m^2]; changed.
        truth: (H, W) uint8 bits of `Truth`; PHANTOM is set where a body is seen, LOST where it hides the pixel.
        config: how they are drawn.
        air: rain and snow rates, kind of flake, wind.
        distance: (H, W) float32 range of each pixel [m], inf for the sky.
        lens: the lens.
        track: poses of the optical frame over the exposure.
        shutter: when each row collects light.
        ambient: (3,) mean radiance of all surroundings, sky and ground [cd/m^2].
        aperture_m: diameter of the lens's entrance pupil, focal length over f-number [m].
        key: 64-bit key of the frame.

    Returns:
        How many bodies were drawn.
    """
    drawn = 0
    populations = []
    if air.rain_mmph > 0.0:
        populations.append((rain(air.rain_mmph), config.smallest_px))
    if air.snow_mmph > 0.0:
        populations.append((snow(air.snow_mmph, air.flake), config.smallest_flake_px))
    if not populations:
        return 0
    around = np.asarray(ambient, float)
    middle = shutter.start_s + 0.5 * (shutter.exposure_s + shutter.line_time_s * (lens.height - 1))
    motion = _camera_motion(track, middle, air.wind_w)
    cosine = _cone_cosine(lens)
    for lane, (bodies, smallest) in enumerate(populations):
        own = np.uint64(bits(np.uint64(key), lane, 7))
        expected = bodies.expected(lens, smallest, config.nearest_m)
        if expected > config.most:  # the number goes with the inverse cube of the least width
            smallest *= float(np.cbrt(expected / config.most))
        count = int(poisson_field(np.array([bodies.expected(lens, smallest, config.nearest_m)]), own, 0)[0])
        light = _ALBEDO * around if bodies.speed_mps > 0.0 else _drop_light(radiance, lens, around)
        law = np.array(
            [bodies.slope_per_mm, bodies.swelling, bodies.largest_mm, bodies.speed_mps, bodies.flutter_mps,
             smallest, config.nearest_m, cosine, aperture_m, 1.0 / config.focus_m,
             max(shutter.exposure_s, 1e-7), shutter.line_time_s]
        )  # fmt: skip
        drawn += _draw(count, law, motion, lens.model, lens.parameters, distance, light, own, radiance, truth)
    return drawn


def _cone_cosine(lens: Lens) -> float:
    """Cosine of the half angle of the cone around the axis that holds the picture and a margin of a twentieth."""
    corners = lens.corner_directions()
    edge = min(float(corners[0, :, 2].min()), float(corners[-1, :, 2].min()), float(corners[:, 0, 2].min()))
    edge = min(edge, float(corners[:, -1, 2].min()))
    return math.cos(min(1.05 * math.acos(max(-1.0, min(1.0, edge))) + 0.01, math.pi))


def _camera_motion(track: PoseTrack, time_s: float, wind_w: tuple[float, float, float]) -> F64:
    """(18,): wind minus the camera's velocity, its turn rate, both in its own frame, down, and its rotation matrix."""
    step = 1e-3
    (p, q), (p2, q2) = ((a[0], b[0]) for a, b in (track.at(np.array([time_s + s])) for s in (-0.5 * step, 0.5 * step)))
    inverse = conjugate(q)
    turn = multiply(inverse, q2)
    rate = 2.0 * np.sign(turn[3] or 1.0) * turn[:3] / step
    air = rotate(inverse, np.asarray(wind_w, float) - (p2 - p) / step)
    down = rotate(inverse, np.array([0.0, 0.0, -1.0]))
    return np.concatenate([air, rate, down, to_matrix(inverse).ravel()])


def _drop_light(radiance: F32, lens: Lens, around: F64) -> F64:
    """Radiance of a drop [cd/m^2]: the mean over its wide field, the picture's share of it from the picture."""
    height, width = radiance.shape[:2]
    seen = radiance[:: max(1, height // 48), :: max(1, width // 64)].reshape(-1, 3).astype(float)
    picture = np.minimum(seen, 50.0 * around + 1e-9).mean(axis=0)  # a single lamp must not light all drops
    whole = 2.0 * math.pi * (1.0 - math.cos(0.5 * _DROP_FIELD_RAD))
    share = min(1.0, lens.width * lens.height / (lens.fx * lens.fy) / whole)
    out: F64 = 0.94 * (share * picture + (1.0 - share) * around) + 0.06 * around
    return out


_PHANTOM, _LOST = np.uint8(Truth.PHANTOM), np.uint8(Truth.LOST)


@kernel
def _draw(count, law, motion, model, lens, distance, light, key, radiance, truth):  # type: ignore[no-untyped-def]
    slope, swelling, largest, speed, flutter = law[0], law[1], law[2], law[3], law[4]
    smallest, nearest, cosine, aperture, focus = law[5], law[6], law[7], law[8], law[9]
    exposure, line_time = law[10], law[11]
    height, width = distance.shape
    drawn = 0
    for i in range(1, count + 1):
        d, r = 0.0, 0.0
        for attempt in range(64):  # D^3 exp(-Lambda D) is a sum of four exponentials, cut to the sizes there are
            lane = 8 * attempt
            product = (1.0 - uniform(key, i, lane)) * (1.0 - uniform(key, i, lane + 1))
            product *= (1.0 - uniform(key, i, lane + 2)) * (1.0 - uniform(key, i, lane + 3))
            d = -np.log(product) / slope
            r = 1e-3 * swelling * d * lens[0] / smallest * np.cbrt(uniform(key, i, lane + 4))
            if _LEAST <= d <= largest and r >= nearest:
                break
        if not (_LEAST <= d <= largest and r >= nearest):
            continue
        z = 1.0 - uniform(key, i, 1001) * (1.0 - cosine)
        azimuth, across = 2.0 * np.pi * uniform(key, i, 1002), np.sqrt(max(0.0, 1.0 - z * z))
        px, py, pz = r * across * np.cos(azimuth), r * across * np.sin(azimuth), r * z
        # velocity relative to the camera, in its frame
        fall = speed if speed > 0.0 else drop_speed(d)
        vx = motion[0] + fall * motion[6] + flutter * normal(key, i, 1003) - (motion[4] * pz - motion[5] * py)
        vy = motion[1] + fall * motion[7] + flutter * normal(key, i, 1004) - (motion[5] * px - motion[3] * pz)
        vz = motion[2] + fall * motion[8] + flutter * normal(key, i, 1005) - (motion[3] * py - motion[4] * px)
        u, v, seen = project_point(model, lens, px, py, pz)
        if not seen:
            continue
        half = 0.5 * exposure
        # a generous bound of how far it reaches: half of all bodies need no more work
        bound = 3.0 * lens[0] / r * (half * np.sqrt(vx * vx + vy * vy + vz * vz) + 1e-3 * swelling * d + aperture) + 8.0
        if pz > 0.5 * r and not (-bound < u < width + bound and -bound < v < height + bound):
            continue
        ua, va, ahead = project_point(model, lens, px - half * vx, py - half * vy, pz - half * vz)
        ub, vb, behind = project_point(model, lens, px + half * vx, py + half * vy, pz + half * vz)
        if not (ahead and behind):
            continue
        # a body that runs with the rows is exposed for longer, one against them for less
        with_rows = min(0.9, line_time * (vb - va) / exposure)
        stretch = 0.5 / (1.0 - with_rows)
        du, dv = (ub - ua) * stretch, (vb - va) * stretch
        # scale of the picture there: the root of the area that a small patch across the line of sight gets
        flat = np.sqrt(px * px + pz * pz) + 1e-12
        ax, az, step = pz / flat, -px / flat, 1e-4 * r
        bx, by, bz = py * az / r, (pz * ax - px * az) / r, -py * ax / r
        us, vs, _ = project_point(model, lens, px + step * ax, py, pz + step * az)
        ut, vt, _ = project_point(model, lens, px + step * bx, py + step * by, pz + step * bz)
        scale = np.sqrt(abs((us - u) * (vt - v) - (vs - v) * (ut - u))) / 1e-4
        wide = max(1e-3 * swelling * d / r * scale, 1e-3)
        soft = np.sqrt(1.0 + (scale * aperture * (1.0 / r - focus)) ** 2)
        long = 2.0 * np.sqrt(du * du + dv * dv)
        chord = 0.25 * np.pi  # mean chord of a disc over its width
        narrow, broad = min(wide, soft), max(wide, soft)
        strength = chord * wide / (long + chord * broad * (1.0 + narrow * narrow / (3.0 * broad * broad)))
        if strength * narrow < _INVISIBLE * soft:
            continue
        reach = 0.5 * (wide + soft)
        first, last = int(np.floor(v - abs(dv) - reach)), int(np.ceil(v + abs(dv) + reach))
        left, right = int(np.floor(u - abs(du) - reach)), int(np.ceil(u + abs(du) + reach))
        if last < 0 or first >= height or right < 0 or left >= width:
            continue
        drawn += 1
        square = du * du + dv * dv
        inverse = 1.0 / max(square, 1e-12)
        for y in range(max(0, first), min(height - 1, last) + 1):
            a, b = max(0, left), min(width - 1, right)
            if abs(dv) > 1e-6:  # only the strip around the path
                edge = reach * np.sqrt(square) / abs(dv)
                middle = u + du / dv * min(max(y - v, -abs(dv)), abs(dv))
                a, b = max(a, int(np.floor(middle - edge))), min(b, int(np.ceil(middle + edge)))
            for x in range(a, b + 1):
                if distance[y, x] <= r:
                    continue
                ex, ey = x - u, y - v
                along = min(1.0, max(-1.0, (ex * du + ey * dv) * inverse))
                ex, ey = ex - along * du, ey - along * dv
                far = ex * ex + ey * ey
                if far >= reach * reach:
                    continue
                share = np.float32(min(reach - np.sqrt(far), narrow) * strength / soft)
                for c in range(3):
                    radiance[y, x, c] += share * (np.float32(light[c]) - radiance[y, x, c])
                if share >= _SEEN:
                    truth[y, x] |= _PHANTOM
                    if share >= 0.5:
                        truth[y, x] |= _LOST
    return drawn


RAIN_MMPH: dict[str, float] = {"light": 1.0, "moderate": 5.0, "heavy": 17.0, "severe": 50.0, "extreme": 100.0}
"""Severities 1 to 5 [mm/h], of the rates used in the literature (Tremblay et al. 2020)."""
SNOW_MMPH: dict[str, float] = {"light": 0.5, "moderate": 1.0, "heavy": 2.5, "severe": 4.0, "extreme": 6.0}
"""Severities 1 to 5, melted [mm/h]; 0 to 1 is light, 1 to 2.5 moderate, more is heavy (Hahner et al. 2022)."""
