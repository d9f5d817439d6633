"""Where the site's state stands for one screen: epoch, programme version and alert sequence, read from the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.accounts.model import Identity
from server.errors import Unauthenticated
from server.parts import Parts
from server.tables import players, position, programmes, screens


class Standing(NamedTuple):
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
    found = standings(parts, [who]).get(who.id)
    if found is None:
        raise Unauthenticated(detail="screens.no_token")
    return found


def standings(parts: Parts, peers: Sequence[Identity]) -> dict[str, Standing]:
    """The positions of many players by their id, read at once; those whose token or screen ended are left out."""
    asked = {who.id: who.org for who in peers}
    with parts.db.read() as tx:
        rows: Any = tx.execute(_STANDINGS, {"ids": list(asked)}).all()
    return {
        player: Standing(epoch, seq, version or "", dict(zip(_NAMES, shown, strict=True)))
        for player, org, epoch, seq, version, *shown in rows
        if asked[player] == org
    }


_SHOWN = screens.c.id, screens.c.name, screens.c.width, screens.c.height, screens.c.colour
_NAMES = tuple(column.name for column in _SHOWN)
_STANDINGS = (  # the organisation is compared above: asked for here, SQLite would read all its players
    sa.select(
        players.c.id.label("player"), players.c.org, position.c.epoch, position.c.seq, programmes.c.version, *_SHOWN
    )
    .select_from(
        players.join(screens, screens.c.id == players.c.screen)
        .outerjoin(programmes, programmes.c.screen == screens.c.id)
        .join(position, position.c.id == 1)
    )
    .where(players.c.id.in_(sa.bindparam("ids", expanding=True)))
    .where(players.c.revoked.is_(None), screens.c.retired.is_(None))
)
