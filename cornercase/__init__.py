"""cornercase: a simulation engine for edge-case sensor data."""

__version__ = "0.1.0"
