"""Noise truth: what weather and faults did to each cell of a frame, as bits.

A sensor that delivers more or less than the clean world marks every cell it changed, so that the difference between
a frame and its clean twin is explained by the mask (beyond the sensor's ordinary noise, which has no mask).
"""

from __future__ import annotations

from enum import IntFlag


class Truth(IntFlag):
    """Bits of a `truth` array: (H, W) uint8 for cameras, (beams, columns) uint8 for lidars, one value per row else."""

    SOUND = 0
    PHANTOM = 1
    """Something is reported that is not there: a fog, drop or flake return, a ghost, a streak over a pixel."""
    LOST = 2
    """Something that the clean sensor reports is missing or hidden."""
    DISPLACED = 4
    """The right thing at the wrong place: bent by a drop on the lens, a wrong extrinsic, a merged echo."""
    STUCK = 8
    """The value does not come from this moment: dead or hot cells, frozen or stale frames."""
    DIMMED = 16
    """The right thing with less signal or contrast than in clear air."""
    COVERED = 32
    """Water, snow or ice lies on what a camera sees here, and changes its look: hides, darkens or mirrors."""
