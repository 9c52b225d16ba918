"""One tyre on one contact patch: combined slip with friction ellipse and relaxation length.

The tread is a stretched string with deflections (u, w) along and across the wheel, which obey Pacejka's single-contact-
point transient model (Pacejka, Tire and Vehicle Dynamics, 3rd ed., section 7.2.1):

    du/dt = -V_sx - |V_r| u / sigma,     dw/dt = -V_sy - |V_r| w / sigma

so that u/sigma tends to the slip ratio and w/sigma to the tangent of the (negative) slip angle. At standstill the
string is a spring, hence a braked car simply stands. The force follows the similarity form of the Magic Formula with
one curve over the normalised combined slip xi = |(kappa/kappa_peak, tan(alpha)/alpha_peak)|:

    |F| = mu F_z sin(C atan(B xi)),   B = tan(pi / (2 C)):   peak mu F_z at xi = 1, 81 % of it when sliding (C = 1.4)

Peak slips scale with mu, so slip stiffness does not depend on the surface, as in the brush model. Below walking pace
the deflection is kept from growing beyond the peak, and a contact damper calms the string. Left out: camber thrust,
self-aligning moment, load sensitivity of mu, temperature.
"""

from __future__ import annotations

from math import pi, tan

import numpy as np

from ...renderers.compiled import compiled
from .client import GRAVITY_MPS2

SHAPE_C = 1.4
SHAPE_B = tan(pi / (2.0 * SHAPE_C))
SLOPE = SHAPE_B * SHAPE_C
"""Initial slope of the normalised force curve."""
PEAK_SLIP_RATIO = 0.12
PEAK_SLIP_ANGLE = (0.14, 0.11)
"""Tangent of the slip angle at peak side force, front and rear axle, on the reference surface: a mild understeerer."""
REFERENCE_FRICTION = 0.9
SLIP_PER_G = (
    PEAK_SLIP_ANGLE[0] / (REFERENCE_FRICTION * SLOPE),
    PEAK_SLIP_ANGLE[1] / (REFERENCE_FRICTION * SLOPE),
)
"""Slip angle of the front and rear axle per g of lateral acceleration, well below the limit [rad]."""
RELAXATION_SHARE = (0.5, 1.0)
"""Relaxation length along and across, as a share of the wheel radius."""
_SMALLEST_SCALE = 0.25  # of the peak slips, on ice
_DAMPED_BELOW_MPS = 2.0
_DAMPING_RATIO = 0.3


@compiled
def slip_scale(friction: float) -> float:
    """Factor on the peak slips for a surface of this friction (constant slip stiffness)."""
    return max(friction / REFERENCE_FRICTION, _SMALLEST_SCALE)


@compiled
def force_curve(xi: float) -> float:
    """Force over mu F_z at normalised combined slip `xi` >= 0: rises to 1 at xi = 1, then falls a little."""
    return float(np.sin(SHAPE_C * np.arctan(SHAPE_B * xi)))


@compiled
def advance(
    u: float,
    w: float,
    forward_mps: float,
    lateral_mps: float,
    rim_mps: float,
    load_n: float,
    friction: float,
    peak_angle: float,
    radius_m: float,
    damping_limit: float,
    dt: float,
) -> tuple[float, float, float, float]:
    """One step of the string and the force it makes.

    Args:
        u: string deflection along the wheel [m].
        w: string deflection across the wheel [m].
        forward_mps: velocity of the contact over ground in the wheel plane.
        lateral_mps: the same across the wheel plane, positive to the left.
        rim_mps: wheel spin times radius.
        load_n: vertical load, >= 0.
        friction: peak friction coefficient under the patch.
        peak_angle: tangent of slip angle at peak on the reference surface.
        radius_m: wheel radius.
        damping_limit: most contact damping along the wheel that its spin can take in one step [N s/m].
        dt: step [s].

    Returns:
        u, w at the end of the step and the force along and across the wheel on the vehicle [N].

    """
    if load_n <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    sigma_x, sigma_y = RELAXATION_SHARE[0] * radius_m, RELAXATION_SHARE[1] * radius_m
    scale = slip_scale(friction)
    peak_x, peak_y = PEAK_SLIP_RATIO * scale, peak_angle * scale
    slide_x = forward_mps - rim_mps
    rolling = max(abs(forward_mps), abs(rim_mps))
    u = (u - slide_x * dt) / (1.0 + rolling * dt / sigma_x)
    w = (w - lateral_mps * dt) / (1.0 + rolling * dt / sigma_y)
    xi_x, xi_y = u / (sigma_x * peak_x), w / (sigma_y * peak_y)
    xi = np.sqrt(xi_x * xi_x + xi_y * xi_y)
    speed = rolling + abs(lateral_mps)
    limit = 1.0 + speed  # at rest nothing slides beyond the peak; at speed this is far out on the curve
    if xi > limit:
        shrink = limit / xi
        u, w, xi_x, xi_y, xi = u * shrink, w * shrink, xi_x * shrink, xi_y * shrink, limit
    peak_n = friction * load_n
    gain = peak_n * force_curve(xi) / xi if xi > 1e-9 else peak_n * SLOPE
    force_x, force_y = gain * xi_x, gain * xi_y
    if speed < _DAMPED_BELOW_MPS:
        fade = 1.0 - speed / _DAMPED_BELOW_MPS
        mass = load_n / GRAVITY_MPS2
        along = 2.0 * _DAMPING_RATIO * np.sqrt(peak_n * SLOPE / (peak_x * sigma_x) * mass)
        across = 2.0 * _DAMPING_RATIO * np.sqrt(peak_n * SLOPE / (peak_y * sigma_y) * mass)
        force_x -= fade * min(along, damping_limit) * slide_x
        force_y -= fade * across * lateral_mps
        total = np.sqrt(force_x * force_x + force_y * force_y)
        if total > peak_n:
            force_x, force_y = force_x * peak_n / total, force_y * peak_n / total
    return u, w, force_x, force_y
