"""Alembic's entry: runs the numbered migrations on the engine the server holds."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

from server import engines
from server.tables import metadata

OTHERS_MS = 25_000  # another node that migrates is waited for


def run() -> None:
    """Apply what is asked for in one transaction: the one that is open, or one of its own."""
    given = context.config.attributes
    if "connection" in given:
        _run(given["connection"])
        return
    with given["engine"].connect().execution_options(**{engines.WRITE: OTHERS_MS}) as connection:
        engines.unhurried(connection)
        _run(connection)
        connection.commit()


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
