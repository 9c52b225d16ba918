"""One episode: clock, random streams, scenario script, sensor rig, labels."""
