"""What to run: Hydra configuration groups, one YAML per choice."""
