"""Transport money for schools: rules, awards, claims, their check and their decision."""
