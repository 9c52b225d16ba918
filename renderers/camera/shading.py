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

from ..scene import Texture
from .compiled import kernel
from .sky import ILLUMINANCE, SUN, sky_irradiance

MIRROR_ROUGHNESS = 0.3
"""Surfaces smoother than this get a traced reflection."""
_FOLIAGE, _GRASS, _CAR_PAINT = int(Texture.FOLIAGE), int(Texture.GRASS), int(Texture.CAR_PAINT)
_COAT_ALPHA = 0.03
_DIELECTRIC = 0.04


@kernel
def fresnel(f0, cosine):  # type: ignore[no-untyped-def]
    """Schlick's approximation."""
    m = 1.0 - min(max(cosine, 0.0), 1.0)
    s = m * m
    return f0 + (1.0 - f0) * s * s * m


@kernel
def _ggx(alpha, nh, nl, nv):  # type: ignore[no-untyped-def]
    """Distribution times masking over 4 nl nv."""
    a2 = alpha * alpha
    q = nh * nh * (a2 - 1.0) + 1.0
    k = 0.5 * alpha
    return a2 / (np.pi * q * q) * 0.25 / ((nl * (1.0 - k) + k) * (nv * (1.0 - k) + k))


@kernel
def _interreflected(ao, albedo):  # type: ignore[no-untyped-def]
    """Occlusion softened by the light that bounces between surfaces of this albedo (Jimenez et al. 2016)."""
    a, b, c = 2.0404 * albedo - 0.3324, -4.7951 * albedo + 0.6417, 2.7552 * albedo + 0.6903
    return max(ao, ((ao * a + b) * ao + c) * ao)


@kernel
def shade(light, kind, r, g, b, rough, metal, nx, ny, nz, dx, dy, dz, visible, ao, mirror):  # type: ignore[no-untyped-def]
    """Reflected radiance of a surface and the weight of its mirror ray.

    Args:
        light: light table of `sky`.
        kind: the `Texture`.
        r, g, b, rough, metal: surface at the point.
        nx, ny, nz: unit shading normal facing the viewer, world frame.
        dx, dy, dz: unit direction from the eye to the surface.
        visible: share of the sun that is seen, in [0, 1].
        ao: share of the dome that is seen, in [0, 1].
        mirror: whether a mirror ray can still be traced; if not, the dome stands in for it.

    Returns:
        (r, g, b, wr, wg, wb): radiance [cd/m^2], and the weights of the radiance along the mirror direction.

    """
    nv = max(1e-3, -(nx * dx + ny * dy + nz * dz))
    lx, ly, lz = light[SUN], light[SUN + 1], light[SUN + 2]
    nl = nx * lx + ny * ly + nz * lz
    alpha = max(rough * rough, 0.012)
    chalk = rough * rough
    f0 = _DIELECTRIC * (1.0 - chalk * chalk)
    f0r, f0g, f0b = f0 + metal * (r - f0), f0 + metal * (g - f0), f0 + metal * (b - f0)
    m = 1.0 - min(nv, 1.0)
    s = m * m
    grazing = s * s * m * (1.0 - rough)
    fr, fg, fb = f0r + (1.0 - f0r) * grazing, f0g + (1.0 - f0g) * grazing, f0b + (1.0 - f0b) * grazing
    coat = fresnel(_DIELECTRIC, nv) if kind == _CAR_PAINT else 0.0
    under = 1.0 - coat
    diffuse = (1.0 - metal) / np.pi * under
    kr, kg, kb = diffuse * (1.0 - fr) * r, diffuse * (1.0 - fg) * g, diffuse * (1.0 - fb) * b
    er, eg, eb = sky_irradiance(light, nz)
    out_r = kr * er * _interreflected(ao, r)
    out_g = kg * eg * _interreflected(ao, g)
    out_b = kb * eb * _interreflected(ao, b)
    if visible > 0.0:
        sr, sg, sb = light[ILLUMINANCE] * visible, light[ILLUMINANCE + 1] * visible, light[ILLUMINANCE + 2] * visible
        if nl > 0.0:
            hx, hy, hz = lx - dx, ly - dy, lz - dz
            n = 1.0 / np.sqrt(max(hx * hx + hy * hy + hz * hz, 1e-9))
            nh = min(1.0, max(0.0, (nx * hx + ny * hy + nz * hz) * n))
            vh = max(0.0, -(dx * hx + dy * hy + dz * hz) * n)
            lobe = _ggx(alpha, nh, nl, nv)
            s = 1.0 - min(vh, 1.0)
            edge = s * s
            edge = edge * edge * s * (1.0 - rough)
            gloss = 0.0
            if coat > 0.0:
                gloss = fresnel(_DIELECTRIC, vh) * _ggx(_COAT_ALPHA, nh, nl, nv)
            out_r += sr * nl * (kr + under * (f0r + (1.0 - f0r) * edge) * lobe + gloss)
            out_g += sg * nl * (kg + under * (f0g + (1.0 - f0g) * edge) * lobe + gloss)
            out_b += sb * nl * (kb + under * (f0b + (1.0 - f0b) * edge) * lobe + gloss)
        elif kind in (_FOLIAGE, _GRASS):
            through = -0.45 * nl / np.pi
            out_r += sr * through * 1.1 * r
            out_g += sg * through * 1.15 * g
            out_b += sb * through * 0.6 * b
    base_r, base_g, base_b = under * fr, under * fg, under * fb
    wr, wg, wb = coat, coat, coat
    if rough < MIRROR_ROUGHNESS:
        wr, wg, wb = wr + base_r, wg + base_g, wb + base_b
        base_r, base_g, base_b = 0.0, 0.0, 0.0
    if not mirror:
        base_r, base_g, base_b = base_r + wr, base_g + wg, base_b + wb
        wr, wg, wb = 0.0, 0.0, 0.0
    if max(base_r, base_g, base_b) > 2e-3:
        # the dome as the lobe sees it: between its value around the mirror direction and its mean over the hemisphere
        mz = dz + 2.0 * nv * nz
        blur = min(1.0, rough * 1.2)
        mr, mg, mb = sky_irradiance(light, mz)
        base = ao / np.pi
        out_r += base * base_r * (mr + blur * (er - mr))
        out_g += base * base_g * (mg + blur * (eg - mg))
        out_b += base * base_b * (mb + blur * (eb - mb))
    return out_r, out_g, out_b, wr, wg, wb
