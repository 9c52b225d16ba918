"""Episodes as Gymnasium environments."""
