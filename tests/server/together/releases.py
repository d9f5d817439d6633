"""The releases to come, as trees of their own: this program with a migration more, and what it writes for it."""

from __future__ import annotations

import shutil
from pathlib import Path

from server.schema import newest
from tests.site import ROOT

COLUMN = '    text_column("name"),\n    sa.Column("items", sa.JSON, nullable=False),\n'
TITLE = '    sa.Column("title", sa.Text, default=lambda context: context.get_current_parameters()["name"]),\n'
EXPANDS = 'op.add_column("revisions", sa.Column("title", sa.Text(), nullable=True))'
CONTRACTS = """op.execute("UPDATE revisions SET title = name WHERE title IS NULL")
    op.alter_column("revisions", "title", nullable=False)"""


def expanding(folder: Path, change: str = EXPANDS) -> str:
    """A tree whose program gives revisions a title and has the database keep it; return the number of its schema."""
    at = newest()
    number = f"{int(at.number) + 1:04d}"
    shutil.copytree(ROOT / "server", folder / "server")
    for name in ("media", "players", "playlists"):
        (folder / name).symlink_to(ROOT / name)
    content = folder / "server/tables/content.py"
    text = content.read_text(encoding="utf-8")
    assert text.count(COLUMN) == 1
    content.write_text(text.replace(COLUMN, COLUMN + TITLE), encoding="utf-8")
    _add(folder, f"{number}.{at.needs}", f"{at.number}.{at.needs}", change)
    return number


def contracting(folder: Path, before: Path, after: str) -> str:
    """A tree whose database holds a title for every revision; return the number of its schema."""
    number = f"{int(after) + 1:04d}"
    shutil.copytree(before, folder, symlinks=True)
    _add(folder, f"{number}.{after}", f"{after}.{newest().needs}", CONTRACTS)
    return number


def _add(folder: Path, revision: str, before: str, change: str) -> None:
    text = f'''"""A release to come."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    {change}
'''
    (folder / f"server/migrations/versions/{revision[:4]}_to_come.py").write_text(text, encoding="utf-8")
