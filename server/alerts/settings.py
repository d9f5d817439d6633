"""What the site says about its alerts: its phone, its name, who has to agree, how long an all-clear stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from playlists.text import clean
from server import audit
from server.accounts.model import Identity
from server.alerts import limits, wording
from server.db import Transaction
from server.errors import Invalid, Violation
from server.parts import Parts
from server.revisions import must_hold, revision_of
from server.tables import organisations

KEY = "alerts"  # within the organisation's settings
CLEARED_RANGE_S = (5, 3_600)


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
    cleared_s: int = limits.CLEARED_S
    code: bool = False


@dataclass(frozen=True, slots=True)
class SettingsOrder:
    """What is to change; None leaves a field as it is, ``unit`` "" means the site's name."""

    unit: str | None = None
    phone: str | None = None
    second_person: bool | None = None
    cleared_s: int | None = None
    code: bool | None = None


def read(tx: Transaction, org: str) -> AlertSettings:
    """The settings as they are; what nobody set is as above, the unit is the site's name."""
    row = tx.execute(sa.select(organisations).where(organisations.c.id == org)).one()
    held = row.settings.get(KEY, {})
    unit = held.get("unit") or row.name
    names = ("phone", "second_person", "cleared_s", "code")
    return AlertSettings(row.zone, row.locale, unit, **{name: held[name] for name in names if name in held})


def locales(tx: Transaction, org: str | None = None) -> dict[str, str]:
    """The language of an organisation, or of every one."""
    chosen = sa.select(organisations.c.id, organisations.c.locale)
    chosen = chosen if org is None else chosen.where(organisations.c.id == org)
    return {row.id: row.locale for row in tx.execute(chosen)}


def held(parts: Parts, org: str) -> AlertSettings:
    """The settings as they are."""
    with parts.db.read() as tx:
        return read(tx, org)


def revision(found: AlertSettings) -> str:
    """What names the settings as they stand, for whoever changes them."""
    return revision_of(asdict(found))


def change(parts: Parts, who: Identity, order: SettingsOrder, held: str = "") -> AlertSettings:
    """Change the settings; raise Invalid naming each wrong field, Stale when ``held`` names another revision."""
    who.must("settings")
    given = {name: clean(value) if isinstance(value, str) else value for name, value in asdict(order).items()}
    values = {name: value for name, value in given.items() if value is not None}
    if found := tuple(_violations(values)):
        raise Invalid(found)
    with parts.db.transaction() as tx:
        must_hold(held, asdict(read(tx, who.org)))
        stored = dict(tx.execute(sa.select(organisations.c.settings).where(organisations.c.id == who.org)).scalar_one())
        before = stored.get(KEY, {})
        stored[KEY] = {**before, **values}
        tx.execute(organisations.update().where(organisations.c.id == who.org).values(settings=stored))
        audit.record(tx, who, parts.clock.now(), "alert_settings.change", before=before, after=stored[KEY])
        return read(tx, who.org)


def _violations(values: dict[str, Any]) -> Any:
    for name in ("unit", "phone"):
        yield from wording.line_violations(name, values.get(name, ""), limits.PLACE)
    low, high = CLEARED_RANGE_S
    if not low <= values.get("cleared_s", low) <= high:
        yield Violation("cleared_s", "alerts.cleared_s")
