"""Alembic's entrance: one transaction for all steps, on the connection rules of `Database`."""

from alembic import context

from vizium.db.base import Base
from vizium.db.session import Database


def run() -> None:
    """Run the migrations that `vizium.db.migrate` asked for."""
    database = Database(context.config.attributes["url"])
    try:
        with database.engine.execution_options(begin="IMMEDIATE").begin() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=connection.dialect.name == "sqlite",
                compare_type=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        database.close()


run()
