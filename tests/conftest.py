"""What every test process does."""

from __future__ import annotations

import gc

import pytest
import structlog

from tests import postgres

LONG = (
    "test_killed.py", "test_contract.py", "test_door.py", "test_two_nodes.py", "test_cli.py", "test_fleet.py",
    "test_rights.py", "test_offline.py", "test_postgresql.py", "test_interleaved.py", "test_proxies.py",
    "test_moving.py", "test_faults.py", "test_seeds.py", "test_locked.py", "test_renditions.py", "test_agreement.py",
    "test_press.py", "test_attacks.py",
)  # fmt: skip


def pytest_configure() -> None:
    """Log failures as the server does, in plain words.

    Left to itself structlog finds a library of schemathesis that takes seconds to paint one trace in colour.
    """
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, plain])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the long files begin first, so that no process is left with one of them while the others are done.

    A run on PostgreSQL leaves out what is about SQLite: the other run has it.
    """
    if postgres.WANTED:
        left = [one for one in items if one.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=left)
        items[:] = [one for one in items if not one.get_closest_marker("sqlite")]
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """What was imported for the tests stays for good: it is not looked through again with every collection."""
    gc.collect()
    gc.freeze()
