"""Road scenarios."""
