"""From an exhibit's bytes to a batch that somebody stores; no web and no database stack."""
