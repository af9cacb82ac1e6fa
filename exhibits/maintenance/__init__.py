"""Faults that people report, and the work that ends them."""
