"""What a lit surface sends to the eye: diffuse and GGX specular light of the sun and of the sky.

Sun: Lambert plus GGX (Walter et al. 2007) with Smith masking in Schlick's form and Schlick's Fresnel. Sky: the
irradiance of the dome times ambient occlusion with the coloured interreflection fit of Jimenez et al. 2016, and
a specular part that is either left to a traced mirror ray (smooth surfaces) or taken from the dome, blurred with
roughness. Car paint has a clear coat over its base. Leaves and grass let some of the sun through from behind. The
specular part of a dielectric vanishes as roughness goes to 1, so chalk is exactly Lambertian.
Left out: colour bleeding between surfaces, subsurface scattering, anisotropy.
"""

from __future__ import annotations

import numpy as np

from ..compiled import inlined
from .sky import sky_irradiance

# all numbers are single: a double among them would make doubles of all, of which a register holds half as many
MIRROR_ROUGHNESS = np.float32(0.3)
"""Surfaces smoother than this get a traced reflection."""
_COAT_ALPHA, _LEAST_ALPHA, _DIELECTRIC = np.float32(0.03), np.float32(0.012), np.float32(0.04)
_ZERO, _ONE, _TWO, _HALF, _QUARTER = (np.float32(x) for x in (0.0, 1.0, 2.0, 0.5, 0.25))
_PI, _PER_PI = np.float32(np.pi), np.float32(1.0 / np.pi)
_CUBE, _SQUARE, _LINE = (
    (np.float32(a), np.float32(b)) for a, b in ((2.0404, -0.3324), (-4.7951, 0.6417), (2.7552, 0.6903))
)
"""Coefficients of the fit of Jimenez et al., as straight lines over the albedo."""
_LEAST_COSINE, _LEAST_SQUARE = np.float32(1e-3), np.float32(1e-9)
_BLUR = np.float32(1.2)
"""How fast the reflection of the dome goes over to its mean with roughness."""
_THROUGH = np.float32(0.45 / np.pi)
_LEAF_RED, _LEAF_GREEN, _LEAF_BLUE = np.float32(1.1), np.float32(1.15), np.float32(0.6)


@inlined
def fresnel(f0, cosine):  # type: ignore[no-untyped-def]
    """Schlick's approximation."""
    return f0 + (_ONE - f0) * _fifth(_ONE - min(max(cosine, _ZERO), _ONE))


@inlined
def _fifth(x):  # type: ignore[no-untyped-def]
    s = x * x
    return s * s * x


@inlined
def _ggx(alpha, nh, nl, nv):  # type: ignore[no-untyped-def]
    """Distribution times masking over 4 nl nv."""
    a2 = alpha * alpha
    q = nh * nh * (a2 - _ONE) + _ONE
    k = _HALF * alpha
    return a2 * _QUARTER / (_PI * q * q * (nl * (_ONE - k) + k) * (nv * (_ONE - k) + k))


@inlined
def _interreflected(ao, albedo):  # type: ignore[no-untyped-def]
    """Occlusion softened by the light that bounces between surfaces of this albedo (Jimenez et al. 2016)."""
    a, b, c = _CUBE[0] * albedo + _CUBE[1], _SQUARE[0] * albedo + _SQUARE[1], _LINE[0] * albedo + _LINE[1]
    return max(ao, ((ao * a + b) * ao + c) * ao)


@inlined
def shade(look, normal, direction, sun, dome, visible, ao, mirror):  # type: ignore[no-untyped-def]
    """Reflected radiance of a surface and the weight of its mirror ray; free of branches, so that loops vectorise.

    Args:
        look: (r, g, b, roughness, metallic, coated, leafy) of the surface at the point; the last two are 0 or 1.
        normal: unit shading normal facing the viewer, world frame.
        direction: unit direction from the eye to the surface.
        sun, dome: from `sky.sun_of` and `sky.dome_of`.
        visible: share of the sun that is seen, in [0, 1].
        ao: share of the dome that is seen, in [0, 1].
        mirror: whether a mirror ray can still be traced; if not, the dome stands in for it.

    Returns:
        (r, g, b, wr, wg, wb): radiance [cd/m^2], and the weights of the radiance along the mirror direction.

    """
    r, g, b, rough, metal, coated, leafy = look
    nx, ny, nz = normal
    dx, dy, dz = direction
    lx, ly, lz, sr, sg, sb = sun
    nv = max(_LEAST_COSINE, -(nx * dx + ny * dy + nz * dz))
    er, eg, eb = sky_irradiance(dome, nz)
    mr, mg, mb = sky_irradiance(dome, dz + _TWO * nv * nz)
    chalk = rough * rough
    f0 = _DIELECTRIC * (_ONE - chalk * chalk)
    f0r, f0g, f0b = f0 + metal * (r - f0), f0 + metal * (g - f0), f0 + metal * (b - f0)
    matt = _ONE - rough
    grazing = matt * _fifth(_ONE - min(nv, _ONE))
    fr, fg, fb = f0r + (_ONE - f0r) * grazing, f0g + (_ONE - f0g) * grazing, f0b + (_ONE - f0b) * grazing
    coat = coated * fresnel(_DIELECTRIC, nv)
    under = _ONE - coat
    diffuse = (_ONE - metal) * _PER_PI * under
    kr, kg, kb = diffuse * (_ONE - fr) * r, diffuse * (_ONE - fg) * g, diffuse * (_ONE - fb) * b
    nl = nx * lx + ny * ly + nz * lz
    front, through = max(nl, _ZERO), leafy * _THROUGH * max(-nl, _ZERO)
    hx, hy, hz = lx - dx, ly - dy, lz - dz
    n = _ONE / np.sqrt(max(hx * hx + hy * hy + hz * hz, _LEAST_SQUARE))
    nh = min(_ONE, max(_ZERO, (nx * hx + ny * hy + nz * hz) * n))
    vh = max(_ZERO, -(dx * hx + dy * hy + dz * hz) * n)
    lobe = under * _ggx(max(chalk, _LEAST_ALPHA), nh, front, nv)
    edge = matt * _fifth(_ONE - min(vh, _ONE))
    gloss = coated * fresnel(_DIELECTRIC, vh) * _ggx(_COAT_ALPHA, nh, front, nv)
    smooth = rough < MIRROR_ROUGHNESS
    # the dome as the lobe sees it: between its value around the mirror direction and its mean over the hemisphere
    blur = min(_ONE, rough * _BLUR)
    base = _ZERO if mirror and smooth else ao * _PER_PI * under
    out_r = kr * er * _interreflected(ao, r) + base * fr * (mr + blur * (er - mr))
    out_g = kg * eg * _interreflected(ao, g) + base * fg * (mg + blur * (eg - mg))
    out_b = kb * eb * _interreflected(ao, b) + base * fb * (mb + blur * (eb - mb))
    out_r += visible * sr * (front * (kr + (f0r + (_ONE - f0r) * edge) * lobe + gloss) + through * _LEAF_RED * r)
    out_g += visible * sg * (front * (kg + (f0g + (_ONE - f0g) * edge) * lobe + gloss) + through * _LEAF_GREEN * g)
    out_b += visible * sb * (front * (kb + (f0b + (_ONE - f0b) * edge) * lobe + gloss) + through * _LEAF_BLUE * b)
    if mirror:
        share = under if smooth else _ZERO
        return out_r, out_g, out_b, coat + share * fr, coat + share * fg, coat + share * fb
    coat *= ao * _PER_PI
    out_r += coat * (mr + blur * (er - mr))
    out_g += coat * (mg + blur * (eg - mg))
    out_b += coat * (mb + blur * (eb - mb))
    return out_r, out_g, out_b, _ZERO, _ZERO, _ZERO
