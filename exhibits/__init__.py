"""CONTEXT: what stands on the floor and how it does."""
