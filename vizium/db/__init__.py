"""The database: types, the one place that commits, migrations, audit and commands."""
