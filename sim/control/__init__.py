"""Who decides: reference drivers, path following, pick and place."""
