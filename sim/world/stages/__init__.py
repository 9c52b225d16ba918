"""Places: urban street, motorway, robot cell."""
