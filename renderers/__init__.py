"""What sensors see. Knows no pybullet and no HDF5, only a Scene."""
