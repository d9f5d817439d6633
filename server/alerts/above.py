"""Alerts of organisations above as those they reach see them: what is said, on whose behalf, and nothing of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from playlists.alert import Phase
from server.accounts.model import Identity
from server.alerts import delivery_lists, store, unstored
from server.alerts.model import Revision, StoredAlert
from server.db import Transaction
from server.errors import Forbidden, NotFound
from server.hierarchy import hierarchy
from server.parts import Parts

SOURCE = "above"
HIDDEN = ("screens", "groups", "organisations", "everywhere")  # of a revision: whom else it is for


def there(parts: Parts, tx: Transaction, org: str, alert: str) -> StoredAlert:
    """One's own alert, or one of an organisation above that reaches this one; raise NotFound."""
    kept = unstored.newest(parts, org, alert)
    found = kept.out.alert if kept else store.get(tx, org, alert) or _from_above(parts, tx, org, alert)
    if found is None:
        raise NotFound(detail="alerts.no_alert")
    return seen_by(tx, org, (found,))[0]


def _from_above(parts: Parts, tx: Transaction, org: str, alert: str) -> StoredAlert | None:
    kept = next((one for one in kept_above(parts, tx, org) if one.out.alert.id == alert), None)
    return kept.out.alert if kept else store.get_from_above(tx, org, alert)


def kept(parts: Parts, tx: Transaction, org: str, at: int) -> tuple[StoredAlert, ...]:
    """What only memory holds and is not over, of one's own and from above."""
    own = unstored.running(parts, org, at)
    far = {one.out.alert.id: one.out.alert for one in reversed(tuple(kept_above(parts, tx, org)))}
    return (*own, *(one for one in far.values() if one.expires > at))


def kept_above(parts: Parts, tx: Transaction, org: str) -> Iterator[unstored.Kept]:
    """What only memory holds of the organisations above and reaches this one, the newest first."""
    far = [one for one in unstored.pending(parts) if one.out.alert.organisations and one.out.alert.org != org]
    if far:
        over = {org, *hierarchy(tx).above(org)}
        yield from (one for one in reversed(far) if over.intersection(one.out.alert.organisations))


def must_be_own(who: Identity, alert: StoredAlert) -> None:
    """Raise Forbidden for an alert of an organisation above: only its own officers change it."""
    if alert.org != who.org:
        raise Forbidden(detail="alerts.of_above", name=alert.above)


def seen_by(tx: Transaction, org: str, found: Sequence[StoredAlert]) -> tuple[StoredAlert, ...]:
    """The alerts as an organisation sees them: of those from above neither who wrote them nor whom else they reach."""
    above = {one.org for one in found if one.org != org}
    if not above:
        return tuple(found)
    names = delivery_lists.organisation_names(tx, above)
    return tuple(_seen(one, org, names[one.org]) if one.org in above else one for one in found)


def _seen(alert: StoredAlert, org: str, name: str) -> StoredAlert:
    return replace(
        alert, identifier=alert.id, sender="", source=SOURCE, issuer="", issuer_name=name, template="", note="",
        everywhere=False, screens=(), groups=(), organisations=(org,), above=name,
    )  # fmt: skip


def revisions_seen(alert: StoredAlert, found: Iterable[Revision]) -> tuple[Revision, ...]:
    """A history as those see it whom ``alert`` reaches from above: what went out, by the organisation, to them."""
    if not alert.above:
        return tuple(found)
    out = (one for one in found if one.body.get("phase") != Phase.WAITING.value)
    return tuple(replace(one, by="", by_name=alert.above, body=_body(one.body)) for one in out)


def _body(body: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name not in HIDDEN}
