"""What the site says about its alerts: its phone, its name, who has to agree, how long an all-clear stays."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from server.alerts.limits import CLEARED_S
from server.db import Transaction
from server.tables import organisations


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """``zone`` and ``locale`` are the site's; ``cleared_s`` is how many seconds an all-clear or a correction stays.

    ``second_person`` asks for another officer's approval of actual alerts to the whole site; ``code`` puts the short
    code for acknowledging on every alert.
    """

    zone: str
    locale: str
    unit: str
    phone: str = ""
    second_person: bool = False
    cleared_s: int = CLEARED_S
    code: bool = False


def read(tx: Transaction, org: str) -> AlertSettings:
    """The settings as they are; what nobody set is as above, the unit is the site's name."""
    row = tx.execute(sa.select(organisations).where(organisations.c.id == org)).one()
    held = row.settings.get("alerts", {})
    unit = held.get("unit") or row.name
    names = ("phone", "second_person", "cleared_s", "code")
    return AlertSettings(row.zone, row.locale, unit, **{name: held[name] for name in names if name in held})
