"""Radar: waveform, surfaces, rays, resolution cells, detections."""
