"""Beam tables, radiometry, detection."""
