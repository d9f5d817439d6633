"""Use cases of messages: what becomes of one that came, and what a person decides about one that is held."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from server import audit
from server.accounts.model import Identity
from server.alerts import unstored
from server.alerts.model import SCOPE, StoredAlert, Targets
from server.cap import choosing, reader
from server.cap.model import CapMessage
from server.cap.reader import Read
from server.db import BRIEFLY_S, Transaction
from server.errors import Busy, Conflict, DiskFull, NotFound, Problem, TooMany
from server.events import MessageChanged
from server.ids import new_id
from server.intake import acting, hooks, judging, mapping, remembered, store
from server.intake.judging import Judgement, because
from server.intake.model import Kept, Kind, Outcome, Outlook, Source, State
from server.paging import Listing, PageQuery, cursor
from server.parts import Parts
from server.pool import off_hub

KEPT_MS = 400 * 86_400_000
AGAIN = (Busy, DiskFull, TooMany)
"""What goes by itself: whoever sent the message is told to send it again."""

Taken = tuple[tuple[Outcome, ...], Problem | None]


def receive(parts: Parts, who: Identity, data: bytes) -> tuple[Outcome, ...]:
    """Take every message of a CAP file that ``who`` posted; raise CapRefused when there is none."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        known = [one for one in store.sources(tx, who.org) if one.kind is Kind.CAP and one.enabled]
    found = off_hub(reader.read_all, data, offset_min=acting.offset_min(parts, who.org))
    outcomes, again = take_all(parts, who, ((one, _speaker(known, one.message.sender)) for one in found))
    if again:
        raise again
    return outcomes


def take_all(parts: Parts, who: Identity, found: Iterable[tuple[Read, Source | None]]) -> Taken:
    """Take one message after another; one that has to come again is no reason to leave out those behind it.

    Returns what became of them, and the problem of the first that has to come again.
    """
    outcomes, again = list[Outcome](), None
    for one, source in found:
        try:
            outcomes.append(take(parts, who, one, source))
        except AGAIN as problem:
            again = again or problem
    return tuple(outcomes), again


def _speaker(known: list[Source], sender: str) -> Source | None:
    """The source that speaks for a sender: one that names it before one that takes any."""
    named = [one for one in known if one.speaks_for(sender)]
    return min(named, key=lambda one: (sender.lower() not in map(str.lower, one.senders), one.name), default=None)


def take(parts: Parts, who: Identity, found: Read, source: Source | None) -> Outcome:
    """Decide about one message and act on it in one transaction; what cannot be shown as it is waits for a person.

    What is to be shown and cannot be stored goes out from memory; all else has to come again then.
    """
    try:
        remembered.store_all(parts)
        return _take(parts, who, found, source)
    except unstored.FAILURES:
        return _unstored(parts, who, found, source)
    except AGAIN:
        raise
    except Problem as problem:
        return _refused(parts, who, found, source, problem)


def _refused(parts: Parts, who: Identity, found: Read, source: Source | None, problem: Problem) -> Outcome:
    try:
        return _take(parts, who, found, source, acting.refused(problem.slug))
    except unstored.FAILURES as error:
        raise Busy() from error


def _take(parts: Parts, who: Identity, found: Read, source: Source | None, forced: Judgement | None = None) -> Outcome:
    message, at, name = found.message, parts.clock.now(), source.id if source else None
    with parts.db.transaction(BRIEFLY_S) as tx:
        for kept in store.find(tx, who.org, name, {(message.identifier, message.sent)}):
            return remembered.outcome(parts, kept, repeated=True)
        earlier = store.find(tx, who.org, name, choosing.supersedes(message))
        live = acting.live_of(parts, who.org, earlier, at)
        judgement = forced or _judged(message, source, at, live)
        kept = _kept(parts, who.org, found, source, at, judgement)
        if kept.state is State.SHOWN:
            kept = replace(kept, alert=acting.act(parts, who, message, source, live, at), decided=at)
        store.insert(tx, kept)
        if kept.state is not State.IGNORED or judging.ends(message, at):
            acting.supersede(tx, earlier, at)
        audit.record(tx, who, at, f"message.{kept.state.value}", kept.id, after=acting.told(kept))
        if kept.state is State.HELD:
            tx.announce(MessageChanged(kept.org, kept.id))
        return Outcome(kept.id, kept.state, kept.alert, kept.why)


def _unstored(parts: Parts, who: Identity, found: Read, source: Source | None) -> Outcome:
    """Nothing can be stored: decide by what the tables and memory know, and act from memory."""
    message, at, name = found.message, parts.clock.now(), source.id if source else None
    for kept in _earlier(parts, who.org, name, {(message.identifier, message.sent)}):
        return remembered.outcome(parts, kept, repeated=True)
    live = acting.live_of(parts, who.org, _earlier(parts, who.org, name, choosing.supersedes(message)), at)
    judgement = _judged(message, source, at, live)
    if judgement.state is not State.SHOWN:
        raise Busy()
    kept = _kept(parts, who.org, found, source, at, judgement)
    try:
        alert = acting.act(parts, who, message, source, live, at)
    except unstored.FAILURES as error:
        raise Busy() from error
    except TooMany:
        raise
    except Problem as problem:  # it would wait for a person, and nothing can wait
        raise Busy() from problem
    return remembered.remember(parts, who, replace(kept, alert=alert, decided=at))


def _earlier(parts: Parts, org: str, source: str | None, keys: Collection[tuple[str, int]]) -> tuple[Kept, ...]:
    with parts.db.read() as tx:
        known = {kept.id: kept for kept in store.find(tx, org, source, keys)}
    return tuple((known | {kept.id: kept for kept in remembered.find(parts, org, source, keys)}).values())


def _judged(message: CapMessage, source: Source | None, at: int, live: tuple[StoredAlert, ...]) -> Judgement:
    judgement = judging.judge(message, source, at)
    if judgement.state is not State.IGNORED and judging.ends(message, at) and not live:
        return Judgement(State.IGNORED, because("nothing_to_end"))
    return judgement


def _kept(parts: Parts, org: str, found: Read, source: Source | None, at: int, judgement: Judgement) -> Kept:
    message, locale = found.message, acting.locale_of(parts, org)
    info = choosing.choose_info(message, locale)
    return Kept(
        id=new_id("m"), org=org, source=source.id if source else None, identifier=message.identifier,
        sender=message.sender, sent=message.sent, received=at, state=judgement.state,
        headline=mapping.headline(info, locale) if info else "",
        document="" if judgement.state is State.IGNORED else found.document,
        warnings=((judgement.why,) if judgement.why else ()) + message.warnings,
    )  # fmt: skip


# held messages ------------------------------------------------------------------------------------------------------


def list_messages(parts: Parts, who: Identity, query: PageQuery, state: State) -> Listing[Kept]:
    """A page of messages in a state, the newest first."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        found = store.page(tx, who.org, query, state)
    page, more = found[: query.limit], len(found) > query.limit
    still = tuple(one for one in page if state is not State.HELD or not remembered.get(parts, who.org, one.id))
    return Listing(still, cursor(page[-1].received, page[-1].id) if more else None)


def names(parts: Parts, who: Identity) -> dict[str, str]:
    """The name of every source by its id, for whoever reads messages."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        return {one.id: one.name for one in store.sources(tx, who.org)}


def waiting(parts: Parts, who: Identity) -> int:
    """How many messages wait for a person; 0 for one who could not decide."""
    if not who.may(SCOPE):
        return 0
    with parts.db.read() as tx:
        return max(0, store.waiting(tx, who.org) - remembered.released(parts, who.org))


def get(parts: Parts, who: Identity, message: str) -> Kept:
    """One message; raise NotFound."""
    who.must(SCOPE)
    with parts.db.read() as tx:
        return _there(parts, tx, who, message)


def outlook(parts: Parts, who: Identity, message: str, targets: Targets | None = None) -> Outlook:
    """What a held message would come to if it were released now; raise NotFound, Conflict."""
    with parts.db.read() as tx:
        kept = _held(parts, tx, who, message)
        return _outlook(parts, tx, kept, _source(tx, kept), targets)


def _source(tx: Transaction, kept: Kept) -> Source | None:
    return store.source(tx, kept.org, kept.source) if kept.source else None


def _outlook(
    parts: Parts, tx: Transaction, kept: Kept, source: Source | None, targets: Targets | None = None
) -> Outlook:
    if source and source.kind is Kind.HOOK:
        return hooks.outlook(parts, tx, kept, source, targets)
    message, at = _again(parts, kept), parts.clock.now()
    live = acting.live_of(parts, kept.org, store.find(tx, kept.org, kept.source, choosing.supersedes(message)), at)
    wanted = acting.wanted_by(parts, kept.org, message, source, at, targets)
    over = "intake.over" if wanted and judging.is_over(message, at) else ""
    info = choosing.choose_info(message, acting.locale_of(parts, kept.org))
    return Outlook(wanted, live, over if wanted or live else "intake.ended_already", info)


def _again(parts: Parts, kept: Kept) -> CapMessage:
    return reader.read(kept.document.encode(), offset_min=acting.offset_min(parts, kept.org))


def release(parts: Parts, who: Identity, message: str, targets: Targets | None = None) -> Outcome:
    """Let a held message have its way, in ``who``'s name; raise NotFound, Conflict, and what issuing raises.

    When nothing can be stored it goes out from memory, like any alert.
    """
    try:
        remembered.store_all(parts)
        with parts.db.transaction(BRIEFLY_S) as tx:
            decided = _released(parts, who, *_releasable(parts, tx, who, message, targets), targets)
            store.write(tx, decided)
            tx.announce(MessageChanged(who.org, decided.id))
            audit.record(tx, who, decided.decided or 0, "message.release", decided.id, after=acting.told(decided))
            return Outcome(decided.id, decided.state, decided.alert)
    except unstored.FAILURES:
        with parts.db.read() as tx:
            found = _releasable(parts, tx, who, message, targets)
        return remembered.remember(parts, who, _released(parts, who, *found, targets))


def _releasable(
    parts: Parts, tx: Transaction, who: Identity, message: str, targets: Targets | None
) -> tuple[Kept, Source | None, Outlook]:
    kept = _held(parts, tx, who, message)
    source = _source(tx, kept)
    found = _outlook(parts, tx, kept, source, targets)
    if found.over:
        raise Conflict(detail=found.over)
    return kept, source, found


def _released(
    parts: Parts, who: Identity, kept: Kept, source: Source | None, found: Outlook, targets: Targets | None
) -> Kept:
    at = parts.clock.now()
    if source and source.kind is Kind.HOOK:
        alert = hooks.released(parts, who, kept, source, found, targets)
    else:
        alert = acting.act(parts, who, _again(parts, kept), source, found.live, at, targets)
    return replace(kept, state=State.SHOWN, alert=alert, decided=at, decided_by=who.name)


def ignore(parts: Parts, who: Identity, message: str) -> Outcome:
    """Decide that a held message is not for us; raise NotFound, Conflict."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        kept = _held(parts, tx, who, message)
        decided = replace(kept, state=State.IGNORED, decided=at, decided_by=who.name, document="")
        store.write(tx, decided)
        tx.announce(MessageChanged(who.org, kept.id))
        audit.record(tx, who, at, "message.ignore", kept.id, after=acting.told(decided))
        return Outcome(decided.id, decided.state)


def _held(parts: Parts, tx: Transaction, who: Identity, message: str) -> Kept:
    who.must(SCOPE)
    kept = _there(parts, tx, who, message)
    if kept.state is not State.HELD:
        raise Conflict(detail="intake.decided")
    return kept


def _there(parts: Parts, tx: Transaction, who: Identity, message: str) -> Kept:
    found = remembered.get(parts, who.org, message) or store.get(tx, who.org, message)
    if found is None:
        raise NotFound(detail="intake.no_message")
    return found


def forget(parts: Parts) -> int:
    """Drop what came long ago, and signatures whose times no longer count; return how many messages.

    What nobody decided in all that time goes too: no alert may stand for longer than three days, and a feed that
    nobody looks after would fill the disk.
    """
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        store.forget_signatures(tx, at - 2 * hooks.WINDOW_MS)
        return store.forget(tx, at - KEPT_MS)
