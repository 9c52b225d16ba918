"""Rigid-body worlds. The only package that imports pybullet."""
