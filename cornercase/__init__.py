"""cornercase: a simulation engine for edge-case sensor data."""

from .sim.dataset.reader import load

__all__ = ["__version__", "load"]
__version__ = "0.1.0"
