"""People, roles and how they sign in: by a mailed link, or by a token for the API."""
