"""Ultrasonic near range: sound in air, surfaces, the first echo."""
