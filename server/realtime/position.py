"""Where the site's state stands for one screen: epoch, programme version and alert sequence, read from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Unauthenticated
from server.parts import Parts
from server.tables import players, position, programmes, screens


@dataclass(frozen=True, slots=True)
class Standing:
    """The committed position and the screen as its player needs it."""

    epoch: str
    seq: int
    programme: str
    screen: dict[str, Any]

    def position(self) -> dict[str, Any]:
        """The three values every beat carries."""
        return {"epoch": self.epoch, "programme": self.programme, "seq": self.seq}


def standing(parts: Parts, who: Identity) -> Standing:
    """Read the position for a player; raise Unauthenticated when its token ended or its screen was retired."""
    with parts.db.read() as tx:
        row = _row(tx, who)
    if row is None:
        raise Unauthenticated(detail="screens.no_token")
    names = ("id", "name", "width", "height", "colour")
    return Standing(row.epoch, row.seq, row.version or "", {name: getattr(row, name) for name in names})


def _row(tx: Transaction, who: Identity) -> Any:
    shown = screens.c.id, screens.c.name, screens.c.width, screens.c.height, screens.c.colour
    joined = (
        players.join(screens, screens.c.id == players.c.screen)
        .outerjoin(programmes, programmes.c.screen == screens.c.id)
        .join(position, position.c.id == 1)
    )
    where = (players.c.id == who.id, players.c.org == who.org, players.c.revoked.is_(None), screens.c.retired.is_(None))
    chosen = sa.select(position.c.epoch, position.c.seq, programmes.c.version, *shown)
    return tx.execute(chosen.select_from(joined).where(*where)).first()
