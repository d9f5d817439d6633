"""A small plant for tests of scheduling and programmes: three screens, two nested groups, playlists on demand."""

from __future__ import annotations

import hashlib
from typing import Any

from playlists.wire import canonical
from server.parts import Parts
from server.tables import (
    audit,
    memberships,
    playlists,
    revisions,
    screen_groups,
    screens,
)

BORN = 1_700_000_000_000


def slogan(text: str, item: str = "i1") -> dict[str, Any]:
    return {"id": item, "kind": "slogan", "text": text}


class Site:
    """Screens s-gate (group g-shop), s-line (group g-line, below g-shop) and s-office (no group)."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._made = 0
        with parts.db.transaction() as tx:
            groups: tuple[tuple[str, str | None], ...] = (("g-shop", None), ("g-line", "g-shop"))
            for group, parent in groups:
                tx.execute(screen_groups.insert().values(id=group, org="o1", name=group, parent=parent, created=BORN))
        self.screen("s-gate", "g-shop")
        self.screen("s-line", "g-line")
        self.screen("s-office")

    def screen(self, screen: str, group: str | None = None, **more: Any) -> str:
        values = {"width": 192, "height": 16, "colour": "single", "key_hash": screen.ljust(64, "0"), **more}
        with self.parts.db.transaction() as tx:
            tx.execute(screens.insert().values(id=screen, org="o1", name=screen, created=BORN, **values))
            if group:
                tx.execute(memberships.insert().values(screen=screen, screen_group=group, org="o1"))
        return screen

    def retire(self, screen: str) -> None:
        self.update(screen, retired=BORN)

    def update(self, screen: str, **values: Any) -> None:
        with self.parts.db.transaction() as tx:
            tx.execute(screens.update().where(screens.c.id == screen).values(**values))

    def playlist(
        self, *items: dict[str, Any], approved: bool = True, name: str = "标语", screen_group: str | None = None
    ) -> str:
        self._made += 1
        playlist = f"p{self._made}"
        values = {"org": "o1", "name": name, "state": "approved" if approved else "draft", "draft": "", "created": BORN}
        with self.parts.db.transaction() as tx:
            tx.execute(playlists.insert().values(id=playlist, changed=BORN, screen_group=screen_group, **values))
        self.revise(playlist, *(items or (slogan(f"安全第一 {self._made}"),)), approved=approved)
        return playlist

    def revise(self, playlist: str, *items: dict[str, Any], approved: bool = True) -> str:
        """Give a playlist a new revision, approved at once when asked."""
        revision = hashlib.sha256(canonical([playlist, list(items)])).hexdigest()
        values = {"draft": revision, "approved": revision if approved else None}
        with self.parts.db.transaction() as tx:
            tx.execute(
                revisions.insert().values(
                    playlist=playlist, hash=revision, org="o1", number=1, name="", items=list(items), created=BORN
                )
            )
            tx.execute(playlists.update().where(playlists.c.id == playlist).values(**values))
        return revision

    def withdraw(self, playlist: str) -> None:
        with self.parts.db.transaction() as tx:
            tx.execute(playlists.update().where(playlists.c.id == playlist).values(approved=None, state="withdrawn"))

    def ask_review(self, group: str, steps: int) -> None:
        with self.parts.db.transaction() as tx:
            tx.execute(screen_groups.update().where(screen_groups.c.id == group).values(steps=steps))

    def acts(self) -> list[str]:
        with self.parts.db.read() as tx:
            return [row.act for row in tx.execute(audit.select().order_by(audit.c.seq))]
