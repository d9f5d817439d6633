"""Use cases of alerts: issue, approve, update, clear, correct, and what is asked for afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playlists import calendar
from playlists.alert import Phase, Status, Urgency
from playlists.text import clean
from server import audit
from server.accounts.model import Identity
from server.alerts import (
    above,
    archive,
    checks,
    codes,
    delivery_store,
    filling,
    reach,
    settings,
    sighting_store,
    store,
    templates,
    unstored,
    wording,
)
from server.alerts.deliveries import (
    deliveries_of,
    mark_sent,
    prove,
    retarget,
    silent,
    tallies,
    visited,
)
from server.alerts.escalation import Due, Step
from server.alerts.escalation import work as escalate
from server.alerts.live import live_for, live_sets
from server.alerts.model import SCOPE, Act, IssueAlert, Issued, NotLive, Revision, StoredAlert, Targets, UpdateAlert
from server.alerts.positions import Position, alarmed, held_by, organisations, position, rejoin, standing
from server.alerts.revising import Outgoing
from server.alerts.settings import AlertSettings
from server.alerts.templates import order_from
from server.alerts.unstored import is_kept, retry
from server.db import Transaction
from server.errors import Forbidden, Invalid, Stale
from server.events import AlertsChanged
from server.ids import new_id
from server.origin import address
from server.paging import Listing, PageQuery
from server.parts import Parts

CODES_KEPT_MS = 7 * 86_400_000  # a code comes again only when its page has long been over

__all__ = [
    "Due",
    "Position",
    "Step",
    "alarmed",
    "approve",
    "clear",
    "correct",
    "deliveries_of",
    "escalate",
    "get",
    "held_by",
    "history",
    "is_kept",
    "issue",
    "list_alerts",
    "live_for",
    "live_sets",
    "mark_sent",
    "note",
    "order_from",
    "organisations",
    "position",
    "prove",
    "rejoin",
    "retarget",
    "retry",
    "running",
    "standing",
    "tallies",
    "update",
    "visited",
]


def issue(parts: Parts, who: Identity, order: IssueAlert) -> Issued:
    """Say something on every target now; raise Invalid, Forbidden, Conflict for a known identifier, TooMany.

    A test reaches nobody. Where the site asks for a second person, an actual alert to the whole site waits for one.
    What cannot be stored goes out all the same; then ``stored`` is False. The same holds for every act below.
    """

    def plan(tx: Transaction, at: int) -> Outgoing:
        reach.must_reach(tx, who, Targets())
        wanted = checks.checked(tx, who.org, order)
        reach.must_reach(tx, who, wanted.targets)
        checks.must_not_flood(tx, who, at)
        checks.must_be_new(tx, who.org, wanted)
        site = settings.read(tx, who.org)
        screens = reach.screens_of(tx, who.org, wanted.targets)
        waits = checks.asks_for_second_person(tx, site, who.org, wanted, screens)
        made = _made(tx, who, at, wanted, site, Phase.WAITING if waits else Phase.LIVE)
        rows = codes.qr(address(parts.config), made.code) if made.code else []
        nobody = silent(parts, tx, who.org, wanted.targets.organisations)
        return Outgoing(who, at, made, Act.ISSUE, screens, nobody, qr=tuple(rows))

    return unstored.store_or_keep(parts, plan)


def _made(tx: Transaction, who: Identity, at: int, order: IssueAlert, site: AlertSettings, phase: Phase) -> StoredAlert:
    name = new_id("a")
    effective = at if order.effective is None else order.effective
    words = _words(tx, who.org, at, site, order.place, order.targets)
    same = ("sender", "status", "severity", "urgency", "certainty", "category", "response", "presentation", "source",
            "incident", "template")  # fmt: skip
    return StoredAlert(
        id=name, org=who.org, identifier=order.identifier or name, revision=1, phase=phase,
        headline=filling.for_everyone(order.headline, words, site.locale),
        description=filling.for_everyone(order.description, words, site.locale),
        instruction=filling.for_everyone(order.instruction, words, site.locale),
        everywhere=order.targets.everywhere, issued=at, changed=at, effective=effective,
        expires=effective + order.expires_s * 1000, ended=None, issuer=who.id, issuer_name=who.name, note="",
        code=_code(tx, at, order, site),
        screens=order.targets.screens, groups=order.targets.groups, organisations=order.targets.organisations,
        **{name: getattr(order, name) for name in same},
    )  # fmt: skip


def _code(tx: Transaction, at: int, order: IssueAlert, site: AlertSettings) -> str:
    """A new code where people are asked to acknowledge, else ""."""
    if order.status is Status.TEST or not (order.code or site.code):
        return ""
    return codes.fresh(sighting_store.codes_since(tx, at - CODES_KEPT_MS))


def _words(tx: Transaction, org: str, at: int, site: AlertSettings, place: str, targets: Targets) -> dict[str, str]:
    """What is the same on every screen."""
    time = calendar.local(site.zone, at).strftime("%H:%M")
    place = place or reach.place_of(tx, org, targets, site.locale)
    return {"place": place, "time": time, "phone": site.phone, "unit": site.unit}


def approve(parts: Parts, who: Identity, alert: str) -> Issued:
    """Let an alert out that waits for a second person; raise Forbidden for the one who issued it, NotLive when late."""

    def plan(tx: Transaction, at: int) -> Outgoing:
        held = _reachable(parts, tx, who, alert)
        if held.state(at) != Phase.WAITING:
            raise NotLive(detail="alerts.not_waiting")
        if who.kind != "person" or who.id == held.issuer:
            raise Forbidden(detail="alerts.not_the_second")
        ends = at + held.expires - held.effective
        live = replace(held, revision=held.revision + 1, phase=Phase.LIVE, changed=at, effective=at, expires=ends)
        screens = reach.screens_of(tx, who.org, held.targets)
        return Outgoing(who, at, live, Act.APPROVE, screens, silent(parts, tx, who.org, held.organisations))

    return unstored.store_or_keep(parts, plan)


def update(parts: Parts, who: Identity, alert: str, changes: UpdateAlert, over: str = "") -> Issued:
    """Say it otherwise, to others or for longer; raise NotLive, Invalid, Forbidden, TooMany.

    ``over`` names the revision that was looked at; raise Stale when there is a newer one.
    """

    def plan(tx: Transaction, at: int) -> Outgoing:
        held = _reachable(parts, tx, who, alert)
        if over not in ("", str(held.revision)):
            raise Stale(revision=str(held.revision))
        if held.state(at) != Phase.LIVE:
            raise NotLive()
        site = settings.read(tx, who.org)
        changed = checks.changed(tx, site, held, changes, at)
        reach.must_reach(tx, who, changed.targets)
        checks.must_not_flood(tx, who, at)
        words = _words(tx, who.org, at, site, changes.place, changed.targets)
        texts: dict[str, Any] = {
            name: filling.for_everyone(getattr(changed, name), words, site.locale)
            for name in ("headline", "description", "instruction")
        }
        newer = replace(changed, revision=held.revision + 1, changed=at, effective=at, **texts)
        screens = reach.screens_of(tx, who.org, newer.targets)
        return Outgoing(who, at, newer, Act.UPDATE, screens, silent(parts, tx, who.org, newer.organisations, alert))

    return unstored.store_or_keep(parts, plan)


def clear(parts: Parts, who: Identity, alert: str, note: str = "") -> Issued:
    """End an alert with the all-clear on every screen it was for; one that still waited simply ends. Raise NotLive."""
    return _end(parts, who, alert, Phase.CLEARED, note=note)


def correct(parts: Parts, who: Identity, alert: str, text: str = "") -> Issued:
    """End an alert that was false, and say so in ``text`` or in the prepared words; raise NotLive, Invalid."""
    return _end(parts, who, alert, Phase.CORRECTED, text=text)


def _end(parts: Parts, who: Identity, alert: str, phase: Phase, *, text: str = "", note: str = "") -> Issued:
    def plan(tx: Transaction, at: int) -> Outgoing:
        held = _reachable(parts, tx, who, alert)
        waited = held.state(at) == Phase.WAITING and phase is Phase.CLEARED
        if held.state(at) != Phase.LIVE and not waited:
            raise NotLive()
        site = settings.read(tx, who.org)
        headline, prepared = _ended_words(tx, who.org, at, site, held, phase)
        said, remark = clean(text) or prepared, clean(note)
        _refuse(checks.ending_violations(said, remark))
        ended = replace(
            held, revision=held.revision + 1, phase=phase, headline=headline, instruction=said, description="",
            urgency=Urgency.PAST, changed=at, effective=at, ended=at, note=remark or held.note,
            expires=at if waited else at + site.cleared_s * 1000,
        )  # fmt: skip
        act = Act.CLEAR if phase is Phase.CLEARED else Act.CORRECT
        nobody = silent(parts, tx, who.org, held.organisations, alert)
        return Outgoing(who, at, ended, act, _screens_of(parts, tx, held), nobody, remark)

    return unstored.store_or_keep(parts, plan)


def _screens_of(parts: Parts, tx: Transaction, held: StoredAlert) -> tuple[str, ...]:
    """Every screen that has the newest revision."""
    kept = unstored.newest(parts, held.org, held.id)
    return kept.out.to if kept else delivery_store.screens_of(tx, held.org, held.id, held.revision)


def _ended_words(
    tx: Transaction, org: str, at: int, site: AlertSettings, held: StoredAlert, phase: Phase
) -> tuple[str, str]:
    """What an ending says: the site's own template, or for drills and where it has none the prepared words."""
    name = templates.ALL_CLEAR if phase is Phase.CLEARED else templates.CORRECTION
    own = templates.ended_words(tx, org, name, site.locale) if held.status is not Status.EXERCISE else None
    words = _words(tx, org, at, site, "", held.targets)
    headline, text = own or wording.ended_words(phase, held.status, site.locale)
    return filling.for_everyone(headline, words, site.locale), filling.for_everyone(text, words, site.locale)


def _refuse(found: Any) -> None:
    if violations := tuple(found):
        raise Invalid(violations)


def note(parts: Parts, who: Identity, alert: str, text: str) -> StoredAlert:
    """Write down what it was about, as is asked for afterwards; raise NotFound, Forbidden, Invalid."""
    at, text = parts.clock.now(), clean(text)
    with parts.db.transaction() as tx:
        held = _reachable(parts, tx, who, alert)
        _refuse(checks.note_violations(text))
        store.set_note(tx, who.org, held.id, text)
        audit.record(tx, who, at, "alert.note", held.id, before={"note": held.note}, after={"note": text})
        tx.announce(AlertsChanged(who.org, held.id, held.revision, store.seq(tx), held.organisations))
        return replace(held, note=text)


# looking ----------------------------------------------------------------------------------------------------------


def get(parts: Parts, who: Identity, alert: str) -> StoredAlert:
    """One alert; raise NotFound."""
    who.must("read")
    with parts.db.read() as tx:
        return above.there(parts, tx, who.org, alert)


def history(parts: Parts, who: Identity, alert: str) -> tuple[Revision, ...]:
    """Every revision of an alert, the first one first; raise NotFound."""
    who.must("read")
    with parts.db.read() as tx:
        held = above.there(parts, tx, who.org, alert)
        return above.revisions_seen(held, store.revisions_of(tx, held.org, held.id))


def list_alerts(parts: Parts, who: Identity, query: PageQuery, *, tests: bool = False) -> Listing[StoredAlert]:
    """A page of alerts and drills, those from above too, the newest issued first; tests only when asked for."""
    who.must("read")
    with parts.db.read() as tx:
        return archive.page(tx, who.org, query, tests=tests)


def running(parts: Parts, who: Identity) -> tuple[StoredAlert, ...]:
    """What is on screens now, endings included, and what waits for a second person; the newest issued first."""
    who.must("read")
    at = parts.clock.now()
    with parts.db.read() as tx:
        kept = above.kept(parts, tx, who.org, at)
        live = (*store.waiting(tx, who.org, at), *store.live_here(tx, who.org, at))
        stored = (one for one in live if unstored.newest(parts, one.org, one.id) is None)
        return above.seen_by(tx, who.org, (*kept, *stored))


def _reachable(parts: Parts, tx: Transaction, who: Identity, alert: str) -> StoredAlert:
    found = above.there(parts, tx, who.org, alert)
    who.must(SCOPE)
    above.must_be_own(who, found)
    reach.must_reach(tx, who, found.targets)
    return found
