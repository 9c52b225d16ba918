"""The HDF5 dataset: schema, writer, reader, verification."""
