"""The Litestar kit: layout, forms, errors, languages, security, live streams."""
