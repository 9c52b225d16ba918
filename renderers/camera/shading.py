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

from .compiled import inlined
from .sky import sky_irradiance

MIRROR_ROUGHNESS = 0.3
"""Surfaces smoother than this get a traced reflection."""
_COAT_ALPHA = 0.03
_DIELECTRIC = 0.04
_PER_PI = 1.0 / np.pi


@inlined
def fresnel(f0, cosine):  # type: ignore[no-untyped-def]
    """Schlick's approximation."""
    return f0 + (1.0 - f0) * _fifth(1.0 - min(max(cosine, 0.0), 1.0))


@inlined
def _fifth(x):  # type: ignore[no-untyped-def]
    s = x * x
    return s * s * x


@inlined
def _ggx(alpha, nh, nl, nv):  # type: ignore[no-untyped-def]
    """Distribution times masking over 4 nl nv."""
    a2 = alpha * alpha
    q = nh * nh * (a2 - 1.0) + 1.0
    k = 0.5 * alpha
    return a2 * 0.25 / (np.pi * q * q * (nl * (1.0 - k) + k) * (nv * (1.0 - k) + k))


@inlined
def _interreflected(ao, albedo):  # type: ignore[no-untyped-def]
    """Occlusion softened by the light that bounces between surfaces of this albedo (Jimenez et al. 2016)."""
    a, b, c = 2.0404 * albedo - 0.3324, -4.7951 * albedo + 0.6417, 2.7552 * albedo + 0.6903
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
    nv = max(1e-3, -(nx * dx + ny * dy + nz * dz))
    er, eg, eb = sky_irradiance(dome, nz)
    mr, mg, mb = sky_irradiance(dome, dz + 2.0 * nv * nz)
    chalk = rough * rough
    f0 = _DIELECTRIC * (1.0 - chalk * chalk)
    f0r, f0g, f0b = f0 + metal * (r - f0), f0 + metal * (g - f0), f0 + metal * (b - f0)
    matt = 1.0 - rough
    grazing = matt * _fifth(1.0 - min(nv, 1.0))
    fr, fg, fb = f0r + (1.0 - f0r) * grazing, f0g + (1.0 - f0g) * grazing, f0b + (1.0 - f0b) * grazing
    coat = coated * fresnel(_DIELECTRIC, nv)
    under = 1.0 - coat
    diffuse = (1.0 - metal) * _PER_PI * under
    kr, kg, kb = diffuse * (1.0 - fr) * r, diffuse * (1.0 - fg) * g, diffuse * (1.0 - fb) * b
    nl = nx * lx + ny * ly + nz * lz
    front, through = max(nl, 0.0), leafy * 0.45 * _PER_PI * max(-nl, 0.0)
    hx, hy, hz = lx - dx, ly - dy, lz - dz
    n = 1.0 / np.sqrt(max(hx * hx + hy * hy + hz * hz, 1e-9))
    nh = min(1.0, max(0.0, (nx * hx + ny * hy + nz * hz) * n))
    vh = max(0.0, -(dx * hx + dy * hy + dz * hz) * n)
    lobe = under * _ggx(max(chalk, 0.012), nh, front, nv)
    edge = matt * _fifth(1.0 - min(vh, 1.0))
    gloss = coated * fresnel(_DIELECTRIC, vh) * _ggx(_COAT_ALPHA, nh, front, nv)
    smooth = rough < MIRROR_ROUGHNESS
    # the dome as the lobe sees it: between its value around the mirror direction and its mean over the hemisphere
    blur = min(1.0, rough * 1.2)
    base = 0.0 if mirror and smooth else ao * _PER_PI * under
    out_r = kr * er * _interreflected(ao, r) + base * fr * (mr + blur * (er - mr))
    out_g = kg * eg * _interreflected(ao, g) + base * fg * (mg + blur * (eg - mg))
    out_b = kb * eb * _interreflected(ao, b) + base * fb * (mb + blur * (eb - mb))
    out_r += visible * sr * (front * (kr + (f0r + (1.0 - f0r) * edge) * lobe + gloss) + through * 1.1 * r)
    out_g += visible * sg * (front * (kg + (f0g + (1.0 - f0g) * edge) * lobe + gloss) + through * 1.15 * g)
    out_b += visible * sb * (front * (kb + (f0b + (1.0 - f0b) * edge) * lobe + gloss) + through * 0.6 * b)
    if mirror:
        share = under if smooth else 0.0
        return out_r, out_g, out_b, coat + share * fr, coat + share * fg, coat + share * fb
    coat *= ao * _PER_PI
    out_r += coat * (mr + blur * (er - mr))
    out_g += coat * (mg + blur * (eg - mg))
    out_b += coat * (mb + blur * (eb - mb))
    return out_r, out_g, out_b, 0.0, 0.0, 0.0
