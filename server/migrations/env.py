"""Alembic's entry: runs the numbered migrations on the engine the server holds."""

from __future__ import annotations

from alembic import context

from server.tables import metadata


def run() -> None:
    """Apply what is asked for inside one transaction per migration."""
    engine = context.config.attributes["engine"]
    with engine.connect().execution_options(paomadeng_write=True) as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
