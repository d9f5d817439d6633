"""Signed calls of panels and detectors: checked, counted, and turned into alerts in the words of their template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeGuard
from weakref import WeakKeyDictionary

from playlists.alert import Presentation, Severity, Status
from server import audit
from server.accounts.model import Identity
from server.alerts import filling, limits, unstored
from server.alerts.model import IssueAlert, StoredAlert, Targets
from server.db import BRIEFLY_S, Database, Transaction
from server.errors import Busy, Invalid, Problem, TooLarge, TooMany, Violation
from server.events import MessageChanged
from server.ids import new_id
from server.intake import acting, mapping, remembered, signing, store, templates
from server.intake.bodies import HookBody
from server.intake.judging import Judgement, because
from server.intake.model import BadSignature, Kept, Kind, Outcome, Outlook, Policy, Replayed, Source, State
from server.intake.rates import Rates
from server.intake.signing import WINDOW_MS
from server.parts import Parts

__all__ = ["WINDOW_MS", "Call", "outlook", "receive", "released"]

OF_ADDRESS = 120
OF_SOURCE = 60
"""Calls a minute; a panel that repeats itself every few seconds stays below."""
LARGEST = 64 * 1024
LOUD = (Severity.EXTREME, Severity.SEVERE)
STATES = {Policy.HOLD: State.HELD, Policy.SHOW: State.SHOWN, Policy.IGNORE: State.IGNORED}

_rates: WeakKeyDictionary[Database, Rates] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Call:
    """What came over the wire: the source it names, both headers, the body, and whence."""

    source: str
    timestamp: str
    signature: str
    body: bytes
    address: str = ""


def receive(parts: Parts, org: str, call: Call) -> Outcome:
    """Take a signed call; raise BadSignature, Replayed, TooMany, Invalid for a body that says nothing sensible.

    A source is known by its id wherever it is; by its name only in ``org``, the first organisation. Texts that are too
    long are cut: nobody refuses an alarm for its words.
    """
    at, rates = parts.clock.now(), _rates.setdefault(parts.db, Rates())
    rates.count(f"address {call.address}", OF_ADDRESS, at)
    if len(call.body) > LARGEST:
        raise TooLarge(limit_mb=1)
    source = _known(parts, org, call.source)
    signed = signing.check(source.secret if source else "", call.timestamp, call.signature, call.body, at)
    if source is None:
        raise BadSignature()
    rates.count(f"source {source.id}", OF_SOURCE, at)
    body = HookBody.model_validate_json(call.body or b"{}")
    who = acting.stranger(parts, source, call.address)
    try:
        remembered.store_all(parts)
        return _take(parts, who, source, call, body, signed)
    except unstored.FAILURES:
        return _unstored(parts, who, source, body, name_of(call, body), signed)
    except (TooMany, Replayed):
        raise
    except Problem as problem:
        if isinstance(problem, Invalid) and body.act == "clear":
            raise
        return _take(parts, who, source, call, body, signed, acting.refused(problem.slug))


def _known(parts: Parts, org: str, name: str) -> Source | None:
    with parts.db.read() as tx:
        found = store.source(tx, org, name) or store.source_anywhere(tx, name)
    return found if found and found.kind is Kind.HOOK and found.enabled else None


def _take(
    parts: Parts, who: Identity, source: Source, call: Call, body: HookBody, signed: int,
    forced: Judgement | None = None,
) -> Outcome:  # fmt: skip
    at, name = parts.clock.now(), name_of(call, body)
    with parts.db.transaction(BRIEFLY_S) as tx:
        if not store.see(tx, source.id, call.signature.removeprefix("sha256="), at):
            raise Replayed()
        last, live = _before(parts, tx, source, name, at)
        if _same(last, live, body):
            return remembered.outcome(parts, last, repeated=True)
        kept = _kept(parts, source, body, name, signed, forced or _judged(source, body, live))
        if kept.state is State.SHOWN:
            kept = replace(kept, alert=_act(parts, who, source, body, kept, live), decided=at)
        earlier = tuple(one for one in store.held_of(tx, source.org, source.id) if one.identifier == name)
        store.insert(tx, kept)
        acting.supersede(tx, earlier, at)
        audit.record(tx, who, at, f"message.{kept.state.value}", kept.id, after=acting.told(kept))
        if kept.state is State.HELD:
            tx.announce(MessageChanged(kept.org, kept.id))
        return Outcome(kept.id, kept.state, kept.alert, kept.why)


def _same(last: Kept | None, live: tuple[StoredAlert, ...], body: HookBody) -> TypeGuard[Kept]:
    """Whether a call says what the last one of its alarm said, which is on the screens."""
    return last is not None and bool(live) and last.document == _document(body)


def _document(body: HookBody) -> str:
    return body.model_dump_json(exclude_defaults=True)


def _kept(parts: Parts, source: Source, body: HookBody, name: str, signed: int, judgement: Judgement) -> Kept:
    return Kept(
        id=new_id("m"), org=source.org, source=source.id, identifier=name, sender=source.name, sent=signed,
        received=parts.clock.now(), headline=_headline(parts, source, body), document=_document(body),
        warnings=(judgement.why,) if judgement.why else (), state=judgement.state,
    )  # fmt: skip


def name_of(call: Call, body: HookBody) -> str:
    """What the alarm is called, by its panel or by its signature."""
    return body.id or f"call-{call.signature.removeprefix('sha256=')[:16]}"


def _unstored(parts: Parts, who: Identity, source: Source, body: HookBody, name: str, signed: int) -> Outcome:
    """Nothing can be stored: an alarm of a source that shows at once goes out from memory; a panel that repeats itself
    finds its alert there. All else is told to come again.
    """
    at = parts.clock.now()
    with parts.db.read() as tx:
        last, live = _before(parts, tx, source, name, at)
    if _same(last, live, body):
        return remembered.outcome(parts, last, repeated=True)
    judgement = _judged(source, body, live)
    if judgement.state is not State.SHOWN:
        raise Busy()
    kept = _kept(parts, source, body, name, signed, judgement)
    return remembered.remember(parts, who, replace(kept, alert=_act(parts, who, source, body, kept, live), decided=at))


def _before(
    parts: Parts, tx: Transaction, source: Source, name: str, at: int
) -> tuple[Kept | None, tuple[StoredAlert, ...]]:
    """The newest message under a name that became an alert, and that alert while it is live."""
    known = [one for one in remembered.messages(parts, source.org, source.id) if one.identifier == name and one.alert]
    last = known[-1] if known else store.latest(tx, source.org, source.id, name)
    return last, acting.live_of(parts, source.org, (last,), at) if last else ()


def _judged(source: Source, body: HookBody, live: tuple[StoredAlert, ...]) -> Judgement:
    if body.act == "clear" and not body.id:
        raise Invalid((Violation("id", "field.missing"),))
    if body.act == "clear" and not live and source.policy is not Policy.IGNORE:
        return Judgement(State.IGNORED, because("nothing_to_end"))
    why = None if source.policy is Policy.SHOW else because(f"policy_{source.policy}")
    return Judgement(STATES[source.policy], why)


def _act(
    parts: Parts, who: Identity, source: Source, body: HookBody, kept: Kept, live: tuple[StoredAlert, ...],
    targets: Targets | None = None,
) -> str:  # fmt: skip
    wanted = _wanted(parts, source, body, kept, targets)
    if wanted is None:
        return acting.end(parts, who, live, kept.identifier)
    same = next((one for one in live if one.status is wanted.status), None)
    alert = acting.say(parts, who, wanted, same, kept.sent)
    acting.end(parts, who, tuple(one for one in live if one is not same), kept.identifier)
    return alert


def _wanted(
    parts: Parts, source: Source, body: HookBody, kept: Kept, targets: Targets | None = None
) -> IssueAlert | None:
    """The alert that a call asks for; None for one that ends another."""
    if body.act == "clear":
        return None
    template = templates.of(parts, source)
    headline, instruction, description = _words(parts, source, body)
    severity = body.severity or (template.severity if template else Severity.MODERATE)
    status = status_of(source, body)
    life = limits.expiry(status, severity)
    stands = body.expires_in_s or (template.expires_s if template else life.default_s)
    of_template: dict[str, Any] = templates.kinds(template) if template else {
        "presentation": Presentation.TAKEOVER if severity in LOUD else Presentation.BANNER
    }  # fmt: skip
    return IssueAlert(
        status=status, severity=severity, headline=headline, instruction=instruction, description=description,
        targets=targets or source.targets, expires_s=min(stands, life.longest_s),
        template=source.template if template else "",
        source=f"hook:{source.name}", identifier=f"{kept.identifier}:{kept.sent // 1000}", sender=source.name,
        place=mapping.fitting(body.place, limits.PLACE).replace("\n", " "), **of_template,
    )  # fmt: skip


def status_of(source: Source, body: HookBody) -> Status:
    """What a call may be: what it says, but never more than its source may."""
    if source.status is Status.ACTUAL or body.status is Status.TEST:
        return body.status or Status.ACTUAL
    return Status.EXERCISE


def _words(parts: Parts, source: Source, body: HookBody) -> tuple[str, str, str]:
    """Headline, instruction and description: the call's own, else its template's; the source's name when all fail."""
    headline, instruction = templates.words(templates.of(parts, source), acting.locale_of(parts, source.org))
    return (
        mapping.fitting(_plain(body.headline) or headline or source.name, limits.HEADLINE).replace("\n", " "),
        mapping.fitting(_plain(body.instruction) or instruction, limits.INSTRUCTION),
        mapping.fitting(_plain(body.description), limits.DESCRIPTION),
    )


def _headline(parts: Parts, source: Source, body: HookBody) -> str:
    """The headline as a person reads it in the list of messages."""
    place, locale = {"place": body.place or source.name}, acting.locale_of(parts, source.org)
    return filling.for_everyone(_words(parts, source, body)[0], place, locale)


def _plain(text: str) -> str:
    """A text in which braces that are no placeholder of ours are gone."""
    text = mapping.presentable(text)
    for name in dict.fromkeys(filling.unknown(text)):
        text = text.replace("{" + name + "}", name)
    return text


def outlook(parts: Parts, tx: Transaction, kept: Kept, source: Source, targets: Targets | None = None) -> Outlook:
    """What a held call would come to now."""
    body = HookBody.model_validate_json(kept.document)
    _, live = _before(parts, tx, source, kept.identifier, parts.clock.now())
    wanted = _wanted(parts, source, body, kept, targets)
    return Outlook(wanted, live, "" if wanted or live else "intake.ended_already")


def released(parts: Parts, who: Identity, kept: Kept, source: Source, found: Outlook, targets: Targets | None) -> str:
    """Do what a held call asked for, in ``who``'s name; return the alert."""
    return _act(parts, who, source, HookBody.model_validate_json(kept.document), kept, found.live, targets)
