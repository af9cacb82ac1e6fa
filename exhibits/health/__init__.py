"""How each exhibit does: its signal, derived from what its device said and when."""
