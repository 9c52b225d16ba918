"""What the world is made of: assets, stages, actors, and its state at a time."""
