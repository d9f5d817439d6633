"""Tables of alerts: what was said, to which screens, the proof of each, and the ways in and out."""

from __future__ import annotations

import sqlalchemy as sa

from server.tables.columns import (
    Hash,
    Id,
    id_column,
    maybe_ms_column,
    metadata,
    ms_column,
    org_column,
    ref_column,
    text_column,
)


def _word(name: str) -> sa.Column[str]:
    """A word of a closed list."""
    return sa.Column(name, sa.String(16), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


# The newest revision of every alert; ``alert_revisions`` keeps each one.
alerts = sa.Table(
    "alerts",
    metadata,
    id_column(),
    org_column(),
    sa.Column("identifier", sa.String(250), nullable=False),
    sa.Column("sender", sa.String(250), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    _word("phase"),
    _word("status"),
    _word("severity"),
    _word("urgency"),
    _word("certainty"),
    _word("category"),
    _word("response"),
    _word("presentation"),
    text_column("headline"),
    text_column("description"),
    text_column("instruction"),
    _flag("everywhere"),
    ms_column("issued"),
    ms_column("changed"),
    ms_column("effective"),
    ms_column("expires"),
    maybe_ms_column("ended"),
    sa.Column("source", sa.String(80), nullable=False),
    text_column("issuer"),
    text_column("issuer_name"),
    text_column("incident"),
    text_column("template"),
    text_column("note"),
    sa.Column("code", sa.String(8), nullable=False, server_default=""),
    sa.UniqueConstraint("org", "source", "identifier"),
)
sa.Index("ix_alerts_expires", alerts.c.expires)
sa.Index("ix_alerts_org_issued", alerts.c.org, alerts.c.issued)
sa.Index("ix_alerts_code", alerts.c.code)

alert_screens = sa.Table(
    "alert_screens",
    metadata,
    sa.Column("alert", Id, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True, index=True),
    org_column(),
)

# Organisations below, each with all that lies in it, that an alert is for.
alert_organisations = sa.Table(
    "alert_organisations",
    metadata,
    sa.Column("alert", Id, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("organisation", Id, sa.ForeignKey("organisations.id"), primary_key=True, index=True),
    org_column(),
)

# Without a foreign key on the group: a group may be deleted while an alert remembers having gone to it.
alert_groups = sa.Table(
    "alert_groups",
    metadata,
    sa.Column("alert", Id, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("screen_group", Id, primary_key=True, index=True),
    org_column(),
)

alert_revisions = sa.Table(
    "alert_revisions",
    metadata,
    sa.Column("alert", Id, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    org_column(),
    ms_column("at"),
    text_column("by"),
    text_column("by_name"),
    _word("act"),  # issue, approve, update, clear, correct
    sa.Column("body", sa.JSON, nullable=False),
)

# The queue and the proof: one row for every screen a revision is for.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("alert", Id, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True, index=True),
    org_column(),
    ms_column("created"),
    maybe_ms_column("sent"),  # pushed, or carried by a hello, for the first time
    maybe_ms_column("received"),  # its player has it on disk; the server's clock
    maybe_ms_column("shown"),  # proved as painted; the server's clock
    maybe_ms_column("shown_at"),  # painted; the player's clock, corrected by ours
    text_column("player"),
    maybe_ms_column("visited"),  # somebody walked there
    text_column("visited_by"),
    sa.Column("owes", sa.Boolean, nullable=False, server_default=sa.true()),  # proof; not a sample without a player
)

# People who say they saw it, by the code on the glass; an address is kept as a keyed hash only.
alert_sightings = sa.Table(
    "alert_sightings",
    metadata,
    id_column(),
    org_column(),
    ref_column("alert", "alerts.id"),
    ref_column("screen", "screens.id", nullable=True),
    text_column("place"),
    text_column("name"),
    ms_column("at"),
    sa.Column("address", Hash, nullable=False),
)

# Escalation: rows with a due time, worked by a poll; a step that never ran is found by another.
alert_steps = sa.Table(
    "alert_steps",
    metadata,
    sa.Column("alert", Id, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("step", sa.String(16), primary_key=True),  # again, reconnect, name, webhooks
    org_column(),
    ms_column("due_at"),
    maybe_ms_column("done"),
    text_column("outcome"),
)
sa.Index("ix_alert_steps_due_at", alert_steps.c.due_at)

alert_templates = sa.Table(
    "alert_templates",
    metadata,
    id_column(),
    org_column(),
    sa.Column("name", sa.String(40), nullable=False),  # a stable name for scripts, such as fire
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("words", sa.JSON, nullable=False),  # {zh: {title, headline, instruction}, en: {…}}
    _word("category"),
    _word("response"),
    _word("urgency"),
    _word("severity"),
    _word("certainty"),
    _word("presentation"),
    sa.Column("expires_s", sa.Integer, nullable=False),
    ms_column("changed"),
    maybe_ms_column("deleted"),
    sa.UniqueConstraint("org", "name"),
)

# Ways in from outside the desk: panels, detectors, authorities.
alert_sources = sa.Table(
    "alert_sources",
    metadata,
    id_column(),
    org_column(),
    sa.Column("name", sa.String(40), nullable=False),
    _word("kind"),  # hook, cap, feed
    _word("policy"),  # hold, show, ignore
    _word("status"),  # the most its messages may be: actual, exercise
    text_column("secret"),
    text_column("senders"),
    text_column("address"),
    sa.Column("template", sa.String(40), nullable=False, server_default=""),
    sa.Column("targets", sa.JSON, nullable=False),
    sa.Column("blocked", sa.JSON, nullable=False),  # event names that never pass
    sa.Column("every_s", sa.Integer, nullable=False, server_default="60"),
    _flag("enabled"),
    maybe_ms_column("polled"),
    text_column("said"),
    ms_column("created"),
    sa.UniqueConstraint("org", "name"),
)

held_messages = sa.Table(
    "held_messages",
    metadata,
    id_column(),
    org_column(),
    ref_column("source", "alert_sources.id", nullable=True),
    sa.Column("identifier", sa.String(250), nullable=False),
    sa.Column("sender", sa.String(250), nullable=False),
    ms_column("sent"),
    ms_column("received"),
    text_column("headline"),
    text_column("document"),
    sa.Column("warnings", sa.JSON, nullable=False),
    _word("state"),  # held, shown, ignored
    sa.Column("alert", Id, nullable=True),
    maybe_ms_column("decided"),
    text_column("decided_by"),
)
sa.Index("ix_held_messages_org_state", held_messages.c.org, held_messages.c.state)

# Signed messages seen within the replay window.
seen_signatures = sa.Table(
    "seen_signatures",
    metadata,
    sa.Column("source", Id, primary_key=True),
    sa.Column("signature", Hash, primary_key=True),
    ms_column("at"),
)

# Ways out: who is told of alerts, and what became of each telling.
webhooks = sa.Table(
    "webhooks",
    metadata,
    id_column(),
    org_column(),
    sa.Column("name", sa.String(80), nullable=False),
    _word("format"),  # generic, wecom, dingtalk, feishu
    text_column("address"),
    text_column("secret"),
    sa.Column("moments", sa.JSON, nullable=False),  # issued, unproven, ended
    _flag("enabled"),
    ms_column("created"),
    maybe_ms_column("deleted"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    id_column(),
    org_column(),
    ref_column("webhook", "webhooks.id"),
    sa.Column("alert", Id, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    _word("moment"),
    sa.Column("body", sa.JSON, nullable=False),
    ms_column("created"),
    ms_column("due_at"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    maybe_ms_column("done"),
    maybe_ms_column("failed"),
    text_column("said"),
    sa.UniqueConstraint("webhook", "alert", "revision", "moment"),
)
sa.Index("ix_outbox_due_at", outbox.c.due_at)
