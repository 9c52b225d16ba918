"""Procedural, seeded assets: mesh, materials, collision shape, class."""
