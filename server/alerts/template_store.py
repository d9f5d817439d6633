"""SQL of templates; never commits, always within one organisation."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from playlists.alert import Category, Certainty, Presentation, Response, Severity, Urgency
from server.alerts.model import Template
from server.db import Transaction
from server.tables import alert_templates, screens

KINDS: dict[str, Any] = {
    "category": Category, "response": Response, "urgency": Urgency, "severity": Severity, "certainty": Certainty,
    "presentation": Presentation,
}  # fmt: skip


def names(tx: Transaction, org: str) -> set[str]:
    """Every name that is or was taken."""
    return set(tx.execute(sa.select(alert_templates.c.name).where(alert_templates.c.org == org)).scalars())


def listed(tx: Transaction, org: str, *, deleted: bool = False) -> tuple[Template, ...]:
    """The templates in their places, or those that were deleted."""
    gone = alert_templates.c.deleted.is_not(None) if deleted else alert_templates.c.deleted.is_(None)
    chosen = sa.select(alert_templates).where(alert_templates.c.org == org, gone)
    return tuple(map(_template, tx.execute(chosen.order_by(alert_templates.c.place, alert_templates.c.id)).mappings()))


def get(tx: Transaction, org: str, named: str) -> Template | None:
    """The template of that id or name, deleted or not, or None."""
    either = sa.or_(alert_templates.c.id == named, alert_templates.c.name == named)
    row = tx.execute(sa.select(alert_templates).where(alert_templates.c.org == org, either)).mappings().first()
    return _template(row) if row else None


def insert(tx: Transaction, template: Template) -> None:
    """Add a template."""
    tx.execute(alert_templates.insert().values(**_values(template)))


def write(tx: Transaction, template: Template) -> None:
    """Write a template."""
    where = (alert_templates.c.org == template.org, alert_templates.c.id == template.id)
    tx.execute(alert_templates.update().where(*where).values(**_values(template)))


def _values(template: Template) -> dict[str, Any]:
    values = {name: getattr(template, name) for name in Template.__slots__}
    return {name: value.value if name in KINDS else value for name, value in values.items()}


def _template(row: Any) -> Template:
    return Template(**{name: KINDS[name](value) if name in KINDS else value for name, value in row.items()})


def narrowest(tx: Transaction, org: str) -> tuple[str, int] | None:
    """(name, width in px) of the narrowest screen in use, samples last; None where there is no screen."""
    chosen = sa.select(screens.c.name, screens.c.width).where(screens.c.org == org, screens.c.retired.is_(None))
    row = tx.execute(chosen.order_by(screens.c.sample, screens.c.width, screens.c.created).limit(1)).first()
    return (row.name, row.width) if row else None
