"""From echoes to detections: resolution cells, fading, threshold, and the accuracy that the signal allows.

Echoes whose range, folded Doppler and azimuth fall into one cell add up, in power: their phases are random. A cell of
mean signal-to-noise ratio S fades from frame to frame as an exponential (Swerling 1, which is also the speckle of
many echoes), and a cell is detected where its power exceeds -ln P_fa times the noise. That gives
P_d = P_fa^(1 / (1 + S)) and false alarms at the rate P_fa per cell. The noise of a cell holds the side lobes of
the strongest target at the same range and Doppler, which hides weaker ones. A detection reports the centroid of its
cell with errors of dR / sqrt(2 SNR), dv / sqrt(2 SNR) and theta / (1.6 sqrt(2 SNR)), SNR being the one measured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..random import normal, uniform

FADING, ERROR_RANGE, ERROR_AZIMUTH, ERROR_VELOCITY, ERROR_ELEVATION, RESOLVED = 0, 1, 2, 3, 4, 5
"""Random lanes, with the cell's number as the counter."""
F64 = NDArray[np.float64]


class Grid(NamedTuple):
    """The cells: numbers and widths along range [m], Doppler [m/s] and sine of azimuth; elevation [rad]."""

    ranges: int
    dopplers: int
    azimuths: int
    range_m: float
    velocity_mps: float
    sine: float
    elevation: float

    @property
    def max_velocity_mps(self) -> float:
        """Where velocities fold."""
        return 0.5 * self.velocity_mps * self.dopplers


@compiled(error_model="numpy")
def folded(velocity: float, limit: float) -> tuple[float, int]:
    """A velocity in [-limit, limit), and how many times 2 limit were taken off."""
    folds = int(np.floor((velocity + limit) / (2.0 * limit)))
    return velocity - 2.0 * limit * folds, folds


@compiled(error_model="numpy")
def assign(grid, values, out):  # type: ignore[no-untyped-def]
    """Number of the cell of each echo, azimuth fastest; -1 for those beyond the last range."""
    limit = 0.5 * grid.velocity_mps * grid.dopplers
    for i in range(len(out)):
        r = int(values[i, 0] / grid.range_m)
        v, _ = folded(values[i, 3], limit)
        d = min(int((v + limit) / grid.velocity_mps), grid.dopplers - 1)
        a = min(max(int(np.floor(values[i, 1] / grid.sine + 0.5 * grid.azimuths)), 0), grid.azimuths - 1)
        out[i] = (r * grid.dopplers + d) * grid.azimuths + a if r < grid.ranges else -1


@compiled(error_model="numpy")
def gather(grid, order, cell, values, owner, power, clear, out_cell, out, out_owner):  # type: ignore[no-untyped-def]
    """Sum the echoes cell by cell; returns the number of cells.

    Args:
        grid: the cells.
        order: indices of the echoes, sorted by cell and within it by owner.
        cell, values, owner: of the echoes.
        power, clear: mean signal-to-noise ratio of each echo, as received and in clear air without reflections.
        out_cell: (C,) numbers.
        out: (C, 6) power, clear power, centroid of range, sine of azimuth, elevation, folded velocity.
        out_owner: (C, 4) int32 label, class, ghost, folds of the strongest owner.

    """
    limit = 0.5 * grid.velocity_mps * grid.dopplers
    count = -1
    best, run, last = 0.0, 0.0, -1
    for n in range(len(order)):
        i = order[n]
        if cell[i] < 0:
            continue
        v, folds = folded(values[i, 3], limit)
        if count < 0 or out_cell[count] != cell[i]:
            count += 1
            out_cell[count], out[count] = cell[i], 0.0
            best, run, last = -1.0, 0.0, -1
        same = last >= 0
        if same:
            for k in range(3):
                same = same and owner[i, k] == owner[last, k]
        run = run + power[i] if same else power[i]
        last = i
        row = out[count]
        row[0] += power[i]
        row[1] += clear[i]
        row[2] += power[i] * values[i, 0]
        row[3] += power[i] * values[i, 1]
        row[4] += power[i] * values[i, 2]
        row[5] += power[i] * v
        if run > best:
            best = run
            out_owner[count, 0], out_owner[count, 1], out_owner[count, 2] = owner[i, 0], owner[i, 1], owner[i, 2]
            out_owner[count, 3] = folds
    for c in range(count + 1):
        for k in range(2, 6):
            out[c, k] /= out[c, 0]
    return count + 1


@compiled(error_model="numpy")
def leaked(cell, power, azimuths, share, out):  # type: ignore[no-untyped-def]
    """What the side lobes of the strongest cell of the same range and Doppler add to the noise of the others."""
    first = 0
    while first < len(cell):
        end, most = first, 0.0
        while end < len(cell) and cell[end] // azimuths == cell[first] // azimuths:
            most = max(most, power[end])
            end += 1
        for k in range(first, end):
            out[k] = share * most if power[k] < most else 0.0
        first = end


@compiled(error_model="numpy")
def detect(grid, key, strength, threshold, resolve, cell, mean, noise, values, out, found):  # type: ignore[no-untyped-def]
    """Decide and measure, cell by cell.

    Args:
        grid, key: cells, and random key of the frame.
        strength: multiplies fading and errors; 0 compares mean powers.
        threshold: -ln P_fa.
        resolve: chance that the fold of a velocity is found out.
        cell: (C,) numbers.
        mean, noise: (C,) mean signal power and noise power, relative to the receiver's quiet noise.
        values: (C, 6) of `gather`.
        out: (C, 8) measured range, sine, elevation, velocity, signal-to-noise ratio, three standard deviations.
        found: (C,) uint8 0 not detected, 1 detected, 2 detected with its fold found out.

    """
    for c in range(len(cell)):
        power, at = mean[c] + noise[c], cell[c]
        if strength > 0.0:
            fading = -np.log(1.0 - uniform(key, at, FADING))
            power *= max(0.0, 1.0 + strength * (fading - 1.0))
        found[c] = 0
        # without fading the noise itself must not lift a cell over the threshold
        if (power if strength > 0.0 else mean[c]) < threshold * noise[c]:
            continue
        found[c] = 1
        snr = max(power / noise[c] - 1.0, 1.0)
        root = 1.0 / np.sqrt(2.0 * snr)
        level = np.sqrt(max(1.0 - values[c, 3] ** 2, 0.05))
        out[c, 5], out[c, 7] = grid.range_m * root, grid.velocity_mps * root
        out[c, 6] = grid.sine / level * root / 1.6
        out[c, 0], out[c, 1], out[c, 2], out[c, 3], out[c, 4] = values[c, 2], values[c, 3], 0.0, values[c, 5], snr
        measured = np.isfinite(grid.elevation)
        if measured:
            out[c, 2] = values[c, 4]
        if strength > 0.0:
            out[c, 0] = max(out[c, 0] + strength * out[c, 5] * normal(key, at, ERROR_RANGE), 0.0)
            out[c, 1] += strength * out[c, 6] * level * normal(key, at, ERROR_AZIMUTH)
            out[c, 3] += strength * out[c, 7] * normal(key, at, ERROR_VELOCITY)
            if measured:
                out[c, 2] += strength * grid.elevation * root / 1.6 * normal(key, at, ERROR_ELEVATION)
        if uniform(key, at, RESOLVED) < resolve:
            found[c] = 2
