"""Sensors that feel motion: inertial measurement unit, wheel odometry."""
