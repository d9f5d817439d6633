"""Use cases of webhooks: list, add, change, remove, try one, and the log of what was sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playlists.text import clean
from server import audit
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Conflict, Invalid, NotFound, Violation
from server.ids import new_id
from server.naming import name_violations
from server.outbox import addresses, sentences, store
from server.outbox.model import ASKED, WEBHOOKS, Format, Moment, Telling, Webhook, WebhookOrder
from server.paging import Listing, PageQuery, cursor
from server.parts import Parts

SCOPE = "settings"
LONGEST_SECRET = 500


def list_webhooks(parts: Parts, who: Identity) -> tuple[Webhook, ...]:
    """Every webhook of the site."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        return store.webhooks_of(tx, who.org)


def add(parts: Parts, who: Identity, order: WebhookOrder) -> Webhook:
    """Add a webhook; raise Invalid, or Conflict when there are too many."""
    who.must(SCOPE)
    at = parts.clock.now()
    made = _changed(Webhook(new_id("w"), who.org, "", Format.GENERIC, "", "", ASKED, True, at), order)
    _check(made)
    with parts.db.transaction() as tx:
        if len(store.webhooks_of(tx, who.org)) >= WEBHOOKS:
            raise Conflict(detail="outbox.too_many", most=WEBHOOKS)
        store.insert(tx, made)
        audit.record(tx, who, at, "webhook.add", made.id, after=_told(made))
    return made


def change(parts: Parts, who: Identity, name: str, order: WebhookOrder) -> Webhook:
    """Change a webhook; raise NotFound, Invalid."""
    who.must(SCOPE)
    with parts.db.transaction() as tx:
        held = _there(tx, who, name)
        changed = _changed(held, order)
        _check(changed)
        store.write(tx, changed)
        audit.record(tx, who, parts.clock.now(), "webhook.change", name, before=_told(held), after=_told(changed))
    return changed


def remove(parts: Parts, who: Identity, name: str) -> None:
    """Remove a webhook; what it was told stays in the log. Raise NotFound."""
    who.must(SCOPE)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        held = _there(tx, who, name)
        store.delete(tx, who.org, name, at)
        audit.record(tx, who, at, "webhook.remove", name, before=_told(held))


def try_out(parts: Parts, who: Identity, name: str) -> Telling:
    """Queue a message that says that this is a trial; raise NotFound."""
    who.must(SCOPE)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        held = _there(tx, who, name)
        body = sentences.trial(store.site(tx, who.org), who.name)
        row = queued(who.org, held.id, new_id("t"), 0, Moment.TRIAL, body, at)
        store.put(tx, [row])
        audit.record(tx, who, at, "webhook.try", name)
    return row


def log(parts: Parts, who: Identity, query: PageQuery) -> Listing[Telling]:
    """A page of what was sent or is to be, the newest first."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        found = store.page(tx, who.org, query)
    page = found[: query.limit]
    return Listing(page, cursor(page[-1].created, page[-1].id) if len(found) > len(page) else None)


def forget(parts: Parts, before: int) -> int:
    """Remove from the log what was queued before an instant (UTC ms); return how much."""
    with parts.db.transaction() as tx:
        return store.forget(tx, before)


def queued(org: str, webhook: str, alert: str, revision: int, moment: Moment, body: dict[str, Any], at: int) -> Telling:
    """A message that waits to be sent."""
    return Telling(new_id("x"), org, webhook, alert, revision, moment, body, at, at, 0, None, None, "")


def _there(tx: Transaction, who: Identity, name: str) -> Webhook:
    found = store.webhook(tx, who.org, name)
    if found is None:
        raise NotFound()
    return found


def _changed(held: Webhook, order: WebhookOrder) -> Webhook:
    given = {name: getattr(order, name) for name in WebhookOrder.__slots__ if getattr(order, name) is not None}
    for name in ("name", "address", "secret"):
        if name in given:
            given[name] = clean(given[name])
    return replace(held, **given)


def _check(made: Webhook) -> None:
    found = [*name_violations(made.name), *addresses.violations(made.address)]
    if len(made.secret) > LONGEST_SECRET:
        found.append(Violation("secret", "field.string_too_long", (("max_length", LONGEST_SECRET),)))
    if not made.moments or not set(made.moments) <= set(ASKED):
        found.append(Violation("moments", "outbox.moments"))
    if found:
        raise Invalid(tuple(found))


def _told(held: Webhook) -> dict[str, Any]:
    """What the audit log keeps: where it goes, never what opens it."""
    told = {"name": held.name, "format": held.format.value, "address": addresses.told(held.address)}
    return told | {"moments": list(held.moments), "enabled": held.enabled, "secret": bool(held.secret)}
