"""Depth cameras: what two views share, and how well they are matched."""
