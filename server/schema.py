"""Which programs may work on a database: with migrations that expand those of before go on, else they do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from server.db import Database

MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = re.compile(r'^revision = "(.+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Schema:
    """What a migration leaves: its number, and that of the newest migration a program must know to work on with it.

    A migration that expands hands the second number of the one before on; one that contracts raises it.
    """

    number: str = ""
    needs: str = ""

    def suits(self, known: str) -> bool:
        """Whether a program that knows migrations up to ``known`` may work on it."""
        return known >= self.needs


def read(revision: str) -> Schema:
    """The schema behind a migration's name: ``NUMBER.NEEDS``, or ``NUMBER`` where nobody of before can go on."""
    number, _, needs = revision.partition(".")
    return Schema(number, needs or number)


def newest() -> Schema:
    """What this program's last migration leaves: files are numbered."""
    path = max(MIGRATIONS.glob("versions/[0-9]*.py"))
    found = REVISION.search(path.read_text(encoding="utf-8"))
    assert found is not None, path
    return read(found[1])


def held(database: Database) -> Schema:
    """What a database was last migrated to; of an empty one nothing."""
    with database.read() as tx:
        if not sa.inspect(database.engine).has_table("alembic_version"):
            return Schema()
        return read(str(tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()))
