"""The receiver: which echoes of one beam are found, and what range and intensity are reported for them.

With noise the chance of an echo follows from its strength and the range scatters; without, an echo is found from the
strength on that is found half of the time. A beam without report may report a false alarm. The same draws decide what
would have been reported in clear air over bare ground without artefacts, and the comparison is the noise truth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..camera.samplers import normal_of
from ..compiled import inlined, kernel
from ..random import bits, uniform
from ..truth import Truth
from .artefacts import background, false_alarm, walk
from .echoes import (
    CLEAR,
    CLEAR_RHO,
    DUAL,
    ECHO_LANE,
    FIRST,
    FOUND,
    KIND,
    LABEL,
    LAST,
    MIXED,
    PHANTOM,
    POWER,
    RANGE,
    RHO,
    SOURCE,
    STRONGEST,
    TOP,
    WAS_POWER,
    WAS_RANGE,
    choose,
    merge,
    sort,
)  # fmt: skip
from .radiometry import INTENSITY_NOISE, detection_probability, intensity_byte, quantised, range_sigma

PHANTOM_BIT, LOST, _DISPLACED, _DIMMED = (int(b) for b in (Truth.PHANTOM, Truth.LOST, Truth.DISPLACED, Truth.DIMMED))
_ALARM, _ALARM_RANGE, _SECOND = 2, 3, 512
_SAME_M, _MOVED_M = 0.05, 0.02
_LOSS = 0.01
"""Echoes that change their strength by less than this share are not marked: haze takes that from everything."""


class Receiver(NamedTuple):
    """What the kernel needs to know of the sensor besides its beams; see `BeamTable` and `LidarConfig`."""

    radius_m: float
    min_m: float
    max_m: float
    range_50_m: float
    floor_m: float
    noise_m: float
    step_m: float
    false_alarm: float
    strength: float
    separation_m: float
    mode: int


@kernel
def found(receiver, key, counter, lane, strength):  # type: ignore[no-untyped-def]
    """Whether an echo of this strength is found."""
    if receiver.strength == 0.0:
        return strength >= 1.0
    p = detection_probability(strength)
    return p >= 1.0 or uniform(key, counter, lane) < p


@kernel
def measured(receiver, key, counter, lane, strength, rho, range_m):  # type: ignore[no-untyped-def]
    """Reported range, 0 where it falls outside, and intensity of an echo that was found."""
    error, flicker = 0.0, 0.0
    if receiver.strength > 0.0:
        sigma = range_sigma(strength, receiver.floor_m, receiver.noise_m)
        error = receiver.strength * sigma * normal_of(bits(key, counter, lane + 1))
        spread = receiver.strength * INTENSITY_NOISE / np.sqrt(strength)
        flicker = spread * normal_of(bits(key, counter, lane + 1 + _SECOND))
    out = quantised(range_m + error, receiver.step_m)
    if receiver.min_m <= out <= receiver.max_m:
        return out, intensity_byte(rho * max(0.0, 1.0 + flicker))
    return 0.0, 0


@kernel
def alarm(receiver, key, counter, chance):  # type: ignore[no-untyped-def]
    """Range of a false alarm, 0 for none."""
    if receiver.strength == 0.0 or uniform(key, counter, _ALARM) >= chance * receiver.strength:
        return 0.0
    span = receiver.max_m - receiver.min_m
    return quantised(receiver.min_m + span * uniform(key, counter, _ALARM_RANGE), receiver.step_m)


@inlined
def _find(receiver, key, counter, e, count, dim):  # type: ignore[no-untyped-def]
    for k in range(count):
        seen = e.echo[k, RANGE] >= receiver.min_m
        seen = seen and found(receiver, key, counter, e.which[k, ECHO_LANE], e.echo[k, POWER] * dim)
        e.which[k, FOUND] = 1 if seen else 0


@inlined
def _undisturbed(receiver, key, counter, e, count, mode):  # type: ignore[no-untyped-def]
    """The echo that would be reported in clear air, by the same luck; -1 for none."""
    best = -1
    for k in range(count):
        strength = e.echo[k, WAS_POWER]
        if e.echo[k, WAS_RANGE] < receiver.min_m or not found(receiver, key, counter, e.which[k, ECHO_LANE], strength):
            continue
        if best < 0 or mode == LAST or (mode != FIRST and strength > e.echo[best, WAS_POWER]):
            best = k
    return best


@inlined
def _report(receiver, key, counter, e, count, mode, taken, dim, marks):  # type: ignore[no-untyped-def]
    """Echo, range and intensity of the first report in this order that falls inside the sensor's range."""
    while True:
        k = choose(e, count, mode, taken)
        if k < 0:
            return -1, 0.0, 0
        strength = e.echo[k, POWER] * dim
        near = e.echo[k, RANGE] - walk(marks, strength)
        out, intensity = measured(receiver, key, counter, e.which[k, ECHO_LANE], strength, e.echo[k, RHO], near)
        if out > 0.0:
            return k, out, intensity
        e.which[k, FOUND] = 0


@inlined
def answer(receiver, marks, key, cells, e, disturbed, cos_sun, out):  # type: ignore[no-untyped-def]
    """Report what the entries of the beams `cells` (8) make, into the arrays of `out`; -1 stands for no beam."""
    mode = STRONGEST if receiver.mode == DUAL else receiver.mode
    for b in range(len(cells)):
        i = cells[b]
        if i < 0:
            continue
        both = sort(e, b)
        was, was_mean, was_power = -1, 0.0, 0.0
        count = -1
        if disturbed:
            # with phantoms or lost entries the echoes of clear air are others, else they are the same but for strength
            if both:
                k = count = merge(e, b, POWER, RHO, receiver.separation_m)
            else:
                k = merge(e, b, CLEAR, CLEAR_RHO, receiver.separation_m)
            was = _undisturbed(receiver, key, i, e, k, mode)
            if was >= 0:
                was_mean, was_power = e.echo[was, WAS_RANGE], e.echo[was, WAS_POWER]
        dim, chance = 1.0, receiver.false_alarm
        if marks.sunlight > 0.0:
            root = np.sqrt(background(marks, cos_sun[b]))
            dim, chance = 1.0 / root, false_alarm(chance, root)
        if count < 0:
            count = merge(e, b, POWER, RHO, receiver.separation_m)
        _find(receiver, key, i, e, count, dim)
        k, range_m, intensity = _report(receiver, key, i, e, count, mode, -1, dim, marks)
        if k < 0:
            range_m = alarm(receiver, key, i, chance)
            out.range_m[i], out.intensity[i] = range_m, 1 if range_m > 0.0 else 0
            truth = LOST if was >= 0 else 0
            if range_m > 0.0 and (was >= 0 or alarm(receiver, key, i, receiver.false_alarm) == 0.0):
                # what was lost cannot also have been a false alarm
                truth |= PHANTOM_BIT
            out.truth[i] = truth
            continue
        out.range_m[i], out.intensity[i] = range_m, intensity
        top, mean, power = e.which[k, TOP], e.echo[k, RANGE], e.echo[k, POWER] * dim
        truth = _DISPLACED if e.which[k, MIXED] == 1 else 0
        if e.what[b, top, SOURCE] == PHANTOM:
            truth |= PHANTOM_BIT | (LOST if was >= 0 else 0)
        else:
            out.instance[i], out.semantic[i] = e.what[b, top, LABEL], e.what[b, top, KIND]
            out.true_range[i] = mean
            if len(out.strength) > 0:
                out.strength[i] = power
            if disturbed:
                truth |= changed(was >= 0, was_mean, was_power, mean, power)
                if walk(marks, power) > 0.0:
                    truth |= _DISPLACED
        if receiver.mode == DUAL:
            # the last echo, or the second strongest where the last is the strongest
            second = choose(e, count, LAST, -1)
            if second == k:
                second = choose(e, count, STRONGEST, k)
            for j in range(count):
                if j != second:
                    e.which[j, FOUND] = 0
            second, range_m, intensity = _report(receiver, key, i, e, count, STRONGEST, -1, dim, marks)
            if second >= 0:
                out.range_2[i], out.intensity_2[i] = range_m, intensity
                top = e.which[second, TOP]
                if e.what[b, top, SOURCE] == PHANTOM:
                    truth |= PHANTOM_BIT
                else:
                    out.instance_2[i], out.semantic_2[i] = e.what[b, top, LABEL], e.what[b, top, KIND]
        out.truth[i] = truth


@kernel
def changed(was, was_mean, was_power, mean, power):  # type: ignore[no-untyped-def]
    """Truth of a surface that is reported, against what would have been."""
    if not was:
        return _DIMMED
    if abs(mean - was_mean) > _SAME_M:
        return LOST
    truth = _DISPLACED if abs(mean - was_mean) > _MOVED_M else 0
    return truth | (_DIMMED if abs(power - was_power) > _LOSS * was_power else 0)
