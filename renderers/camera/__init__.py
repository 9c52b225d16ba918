"""Lens, shading, imager, image signal processor."""
