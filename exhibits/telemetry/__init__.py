"""Messages from the floor: stored once each, told to health and usage, shown live."""
