"""The small box of a gallery: local readings, a spool, an uplink."""
