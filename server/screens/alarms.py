"""What a changed screen means to live alerts: only whether there are any, and that players have to ask anew."""

from __future__ import annotations

import sqlalchemy as sa

from server.db import Transaction
from server.hierarchy import lying_over
from server.tables import alert_organisations, alerts, position


def alarmed(tx: Transaction, org: str, at: int) -> bool:
    """Whether any alert of an organisation, or of one above for it, has not come to its end."""
    here = lying_over(alert_organisations.c.organisation, sa.literal(org, sa.String))
    mine = sa.or_(alerts.c.org == org, alerts.c.id.in_(sa.select(alert_organisations.c.alert).where(here)))
    chosen = sa.select(alerts.c.id).where(mine, alerts.c.expires > at).limit(1)
    return tx.execute(chosen).first() is not None


def move_position(tx: Transaction) -> None:
    """Move the position that every beat carries, so that every player asks for its live set anew."""
    tx.execute(position.update().values(seq=position.c.seq + 1))
