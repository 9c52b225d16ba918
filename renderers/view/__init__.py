"""Pictures for people: arrays in, RGB arrays out. Nothing here knows files of datasets."""
