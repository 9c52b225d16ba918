"""Sensors that feel motion: inertial unit, wheel odometry, satellite navigation, wrist wrench, joint encoders."""
