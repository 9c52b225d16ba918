"""Detectors that come with cornercase and need no download."""
