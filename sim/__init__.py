"""The engine: physics, worlds, episodes, datasets, environments."""
