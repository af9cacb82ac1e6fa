"""The schools that may come: rows of the state register, placed on the map for their distance."""
