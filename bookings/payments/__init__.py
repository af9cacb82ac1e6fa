"""Card and invoice money of visits: still empty, its floor is kept (docs/decisions/0016)."""
