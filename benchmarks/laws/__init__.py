"""Weather against its laws: one physical state swept through the real sensors and tyres, `python -m benchmarks.laws`.

Each curve is measured on what camera, lidar, radar and vehicle really deliver, and compared with a closed form that is
written down here once more, from its source and not from the engine's code.
"""
