"""Alembic's entry: runs the numbered migrations on the engine the server holds."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

from server import engines
from server.tables import metadata


def run() -> None:
    """Apply what is asked for in one transaction: the one that is open, or one of its own."""
    given = context.config.attributes
    if "connection" in given:
        _run(given["connection"])
        return
    context.script.get_heads()  # reads every migration now: while tables change nobody can write
    with engines.migrating(given["engine"]) as connection:
        given.get("look", lambda _: None)(connection)
        _run(connection)


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
