"""Evidence files: type by content, re-encoded images, stored by their hash."""
