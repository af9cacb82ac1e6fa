"""Who comes, when, what it costs, and what we give back."""
