"""Robot scenarios."""
