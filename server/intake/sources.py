"""Use cases of sources: who may send messages, how, and what their messages are worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from playlists.alert import Status
from server import audit
from server.accounts.model import Identity
from server.alerts import reach
from server.alerts.model import Targets
from server.db import Transaction
from server.errors import Conflict, Invalid, NotFound, Violation
from server.events import MessageChanged
from server.ids import new_id, new_secret
from server.intake import fetching, store, templates
from server.intake.model import ANY_SENDER, Kind, Policy, Source, SourceOrder, State
from server.naming import name_violations
from server.parts import Parts

SCOPE = "settings"
LONGEST_NAME = 40
MOST_SOURCES = 500
EVERY_S = 60
# A plant's own panel is there to be heard; a stranger's message is looked at by somebody first.
USUAL = {Kind.HOOK: Policy.SHOW, Kind.CAP: Policy.HOLD, Kind.FEED: Policy.HOLD}


def list_sources(parts: Parts, who: Identity) -> tuple[Source, ...]:
    """Every source, by name."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        return store.sources(tx, who.org)


def get(parts: Parts, who: Identity, source: str) -> Source:
    """One source; raise NotFound."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        return _there(tx, who, source)


def add(parts: Parts, who: Identity, name: str, kind: Kind, order: SourceOrder) -> tuple[Source, str]:
    """Add a source; return it and, for a hook, the secret that is told only now. Raise Invalid, Conflict."""
    who.must(SCOPE)
    at, secret = parts.clock.now(), new_secret("pmh_") if kind is Kind.HOOK else ""
    with parts.db.transaction() as tx:
        known = store.sources(tx, who.org)
        if any(source.name == name for source in known):
            raise Conflict(detail="intake.name_taken", name=name)
        if len(known) >= MOST_SOURCES:
            raise Conflict(detail="intake.too_many_sources", limit=MOST_SOURCES)
        usual = Source(
            id=new_id("i"), org=who.org, name=name, kind=kind, policy=USUAL[kind], status=Status.ACTUAL, secret=secret,
            senders=(ANY_SENDER,) if kind is Kind.FEED else (), address="", template="", blocked=(),
            targets=Targets(everywhere=True), every_s=EVERY_S, enabled=True, polled=None, said=None, created=at,
        )  # fmt: skip
        source = _changed(usual, order)
        _check(parts, tx, source, tuple(_of_name(name)))
        store.insert_source(tx, source)
        audit.record(tx, who, at, "source.add", source.id, after=_told(source))
    return source, secret


def change(parts: Parts, who: Identity, source: str, order: SourceOrder) -> Source:
    """Change a source; raise NotFound, Invalid. Its name stays: alerts and panels know it by that."""
    who.must(SCOPE)
    with parts.db.transaction() as tx:
        before = _there(tx, who, source)
        after = _changed(before, order)
        if after.address != before.address:
            after = replace(after, polled=None, said=None)
        _check(parts, tx, after)
        store.write_source(tx, after)
        audit.record(tx, who, parts.clock.now(), "source.change", before.id, before=_told(before), after=_told(after))
    return after


def renew_secret(parts: Parts, who: Identity, source: str) -> str:
    """Give a hook another secret and return it; the old one counts no longer. Raise NotFound, Conflict."""
    who.must(SCOPE)
    secret = new_secret("pmh_")
    with parts.db.transaction() as tx:
        held = _there(tx, who, source)
        if held.kind is not Kind.HOOK:
            raise Conflict(detail="intake.no_secret")
        store.write_source(tx, replace(held, secret=secret))
        audit.record(tx, who, parts.clock.now(), "source.secret", held.id)
    return secret


def remove(parts: Parts, who: Identity, source: str) -> None:
    """Remove a source; what waited of it is ignored. Alerts it made stay live. Raise NotFound."""
    who.must(SCOPE)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        held = _there(tx, who, source)
        for kept in store.held_of(tx, who.org, held.id):
            store.write(tx, replace(kept, state=State.IGNORED, decided=at, decided_by=who.name, document=""))
            tx.announce(MessageChanged(who.org, kept.id))
        store.delete_source(tx, held)
        audit.record(tx, who, at, "source.remove", held.id, before=_told(held))


def _there(tx: Transaction, who: Identity, source: str) -> Source:
    found = store.source(tx, who.org, source)
    if found is None:
        raise NotFound(detail="intake.no_source")
    return found


def _changed(source: Source, order: SourceOrder) -> Source:
    given = {name: getattr(order, name) for name in SourceOrder.__slots__}
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for name in ("senders", "blocked"):
        if name in wanted:
            wanted[name] = tuple(dict.fromkeys(line.strip() for line in wanted[name] if line.strip()))
    return replace(source, **wanted)


def _check(parts: Parts, tx: Transaction, source: Source, found: tuple[Violation, ...] = ()) -> None:
    """Raise Invalid naming everything that is not as it should be."""
    wrong = [*found, *reach.violations(tx, source.org, source.targets), *_of_kind(parts, source)]
    if source.status is Status.TEST:
        wrong.append(Violation("status", "field.enum", (("expected", "actual, exercise"),)))
    if any("\n" in line for line in source.senders):
        wrong.append(Violation("senders", "field.wrong"))
    if wrong:
        raise Invalid(tuple(wrong))


def _of_name(name: str) -> Iterator[Violation]:
    yield from name_violations(name)
    if len(name) > LONGEST_NAME:
        yield Violation("name", "field.string_too_long", (("max_length", LONGEST_NAME),))
    if "/" in name or ":" in name:
        yield Violation("name", "intake.name_characters")


def _of_kind(parts: Parts, source: Source) -> Iterator[Violation]:
    if source.kind is Kind.FEED:
        yield from fetching.violations(source.address, parts.config)
    if source.kind is Kind.CAP and not source.senders:
        yield Violation("senders", "field.missing")
    if source.template and templates.of(parts, source) is None:
        yield Violation("template", "intake.no_template", (("name", source.template),))


def _told(source: Source) -> dict[str, Any]:
    """What the audit log keeps of a source; never its secret."""
    names = ("name", "kind", "policy", "status", "address", "template", "every_s", "enabled")
    return {name: getattr(source, name) for name in names} | {
        "senders": list(source.senders), "blocked": list(source.blocked), "targets": source.targets.told(),
    }  # fmt: skip
