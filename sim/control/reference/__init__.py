"""Models of the driver whom a regulation, or a safety theory, takes as its measure: what was avoidable for whom.

`model` says what they have in common, one file each what they differ in, `driver` puts them at the wheel of an episode
and `longitudinal` plays them without physics.
"""
