"""What an order to say something has to be before it is said: readable words, known targets, a life with an end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from playlists.alert import Status
from playlists.text import clean
from server.accounts.model import Identity
from server.alerts import limits, reach, store, wording
from server.alerts.model import IssueAlert, StoredAlert, Targets, UpdateAlert
from server.alerts.settings import AlertSettings
from server.db import Transaction
from server.errors import Conflict, Invalid, TooMany, Violation

BY_PEOPLE = ("desk", "api")  # hooks and feeds have a hold of their own; the command line is the machine's owner


def checked(tx: Transaction, org: str, order: IssueAlert) -> IssueAlert:
    """The order with its words cleaned; raise Invalid naming every field that is not as it should be."""
    words: dict[str, Any] = {
        name: clean(getattr(order, name)) for name in ("headline", "instruction", "description", "place")
    }
    order = replace(order, **words)
    found = [
        *wording.violations(order.headline, order.instruction, order.description, literal=_literal(order.source)),
        *wording.line_violations("place", order.place, limits.PLACE),
        *_life(order.status, order, order.expires_s),
        *reach.violations(tx, org, order.targets),
    ]
    _refuse(found)
    return order


def _literal(source: str) -> bool:
    """Braces in the words of an authority are its own."""
    return source.startswith("cap:")


def _life(status: Status, order: IssueAlert | StoredAlert, expires_s: int) -> Iterator[Violation]:
    longest = limits.expiry(status, order.severity).longest_s
    if not 1 <= expires_s <= longest:
        yield Violation("expires_in_s", "alerts.expires", (("hours", longest // limits.HOUR_S), ("longest", longest)))


def changed(tx: Transaction, site: AlertSettings, held: StoredAlert, changes: UpdateAlert, at: int) -> StoredAlert:
    """The alert as it is to be; raise Invalid. Its end stays where it is unless the update says otherwise."""
    given = {name: getattr(changes, name) for name in ("headline", "description", "instruction")}
    words: dict[str, Any] = {name: clean(value) for name, value in given.items() if value is not None}
    kinds = {name: getattr(changes, name) for name in ("severity", "urgency", "presentation")}
    after = replace(held, **words, **{name: value for name, value in kinds.items() if value is not None})
    if changes.expires_s is not None:
        after = replace(after, expires=at + changes.expires_s * 1000)
    if changes.targets is not None:
        wanted = changes.targets
        after = replace(
            after, screens=wanted.screens, groups=wanted.groups, everywhere=wanted.everywhere,
            organisations=wanted.organisations,
        )  # fmt: skip
    _refuse(_changed_violations(tx, site, held, after, changes))
    return after


def _changed_violations(
    tx: Transaction, site: AlertSettings, held: StoredAlert, after: StoredAlert, changes: UpdateAlert
) -> Iterator[Violation]:
    literal = _literal(held.source)
    yield from wording.violations(after.headline, after.instruction, after.description, literal=literal)
    yield from wording.line_violations("place", changes.place, limits.PLACE)
    if changes.expires_s is not None:
        yield from _life(held.status, after, changes.expires_s)
    if changes.targets is not None:
        yield from reach.violations(tx, held.org, after.targets)
        if _wide(tx, site, after) and not _wide(tx, site, held):
            yield Violation("targets", "alerts.second_person_for_all")


def _wide(tx: Transaction, site: AlertSettings, alert: StoredAlert) -> bool:
    asked = site.second_person and alert.status is Status.ACTUAL and alert.source in BY_PEOPLE
    return asked and whole_site(tx, alert.org, alert.targets, reach.screens_of(tx, alert.org, alert.targets))


def asks_for_second_person(
    tx: Transaction, site: AlertSettings, org: str, order: IssueAlert, screens: Collection[str]
) -> bool:
    """Whether this may go out only once another officer agrees."""
    asked = site.second_person and order.status is Status.ACTUAL and order.source in BY_PEOPLE
    return asked and whole_site(tx, org, order.targets, screens)


def whole_site(tx: Transaction, org: str, targets: Targets, screens: Collection[str]) -> bool:
    """Whether targets amount to everything, named so or one by one, or to whole organisations."""
    named = targets.everywhere or targets.organisations != ()
    return named or len(screens) == len(reach.screens_of(tx, org, Targets(everywhere=True)))


def must_be_new(tx: Transaction, org: str, order: IssueAlert) -> None:
    """Raise Conflict, naming the alert, for a message that came from this source before."""
    held = store.by_identifier(tx, org, order.source, order.identifier) if order.identifier else None
    if held is not None:
        raise Conflict(detail="alerts.already", alert=held.id)


def must_not_flood(tx: Transaction, who: Identity, at: int) -> None:
    """Raise TooMany for a few seconds at most to whoever issues faster than anybody reads; all-clears never wait.

    A program may fill only part of the live set, so that people always have room.
    """
    before, last = store.recent(tx, who.org, who.id, at - limits.WINDOW_MS)
    pause = limits.pause_ms(before, at - last)
    people = who.kind in ("person", "system")
    if not pause and len(store.live(tx, who.org, at)) >= (limits.MOST_LIVE if people else limits.MOST_LIVE_OF_PROGRAMS):
        pause = limits.LONGEST_WAIT_MS
    if pause:
        raise TooMany(detail="alerts.too_fast", retry_s=(pause + 999) // 1000)


def ending_violations(text: str, remark: str) -> Iterator[Violation]:
    """What speaks against the words of a correction and the note of an ending."""
    yield from wording.text_violations("text", text, limits.INSTRUCTION)
    yield from note_violations(remark)


def note_violations(text: str) -> Iterator[Violation]:
    """What speaks against a note."""
    return wording.text_violations("note", text, limits.NOTE)


def _refuse(found: Iterable[Violation]) -> None:
    if violations := tuple(found):
        raise Invalid(violations)
