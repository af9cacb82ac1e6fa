"""Classes that wait for a day, and the offers they get when a day has room again."""
