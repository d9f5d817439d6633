"""An alert before it is issued: whom it would reach, and what each class of screen would be given to paint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playlists import calendar
from playlists.alert import Alert, Phase, Status
from server.accounts.model import Identity
from server.alerts import checks, filling, reach, settings, store, templates, unstored, wording
from server.alerts.filling import Surroundings
from server.alerts.model import IssueAlert, StoredAlert, Targets
from server.alerts.settings import AlertSettings
from server.db import Transaction
from server.errors import Violation
from server.parts import Parts
from server.screens import service as screens
from server.screens.model import MOST_SCREENS, Screen

GLYPH = 16  # px: the least height of a Chinese line that can be read


@dataclass(frozen=True, slots=True)
class ScreenClass:
    """Screens of the same pixels and colour; ``alert`` is as ``example`` would be given it."""

    width: int
    height: int
    colour: str
    count: int
    example: Screen
    alert: Alert


@dataclass(frozen=True, slots=True)
class Draft:
    """What an order would come to now: the screens it reaches, their classes from the narrowest to the widest.

    ``expires`` UTC ms; ``waits`` when another officer has to agree first.
    """

    screens: tuple[Screen, ...]
    classes: tuple[ScreenClass, ...]
    warnings: tuple[Violation, ...]
    expires: int
    waits: bool

    @property
    def offline(self) -> tuple[Screen, ...]:
        """Those that would not see it now."""
        return tuple(one for one in self.screens if not one.presence.online)


def draft(parts: Parts, who: Identity, order: IssueAlert) -> Draft:
    """What ``order`` would come to; raise Forbidden for targets out of reach. Wrong words are no hindrance yet."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        reach.must_reach(tx, who, order.targets)
        wanted = frozenset(reach.screens_of(tx, who.org, order.targets))
        site = settings.read(tx, who.org)
        words = words_of(tx, who.org, at, site, order.place, order.targets)
        waits = bool(wanted) and checks.asks_for_second_person(tx, site, who.org, order, wanted)
    known = (*screens.list_screens(parts, who, limit=MOST_SCREENS), *_below(parts, who, order.targets))
    found = with_glass(one for one in known if one.id in wanted)
    expires = at + order.expires_s * 1000
    made = tuple(_class(some, order, words, site, at, expires) for some in _alike(found))
    narrow = made[0].example if made else None
    return Draft(found, made, tuple(_warnings(order, narrow, made[0].alert if made else None)), expires, waits)


def _below(parts: Parts, who: Identity, targets: Targets) -> tuple[Screen, ...]:
    """The screens of organisations below that are named, which whoever may alarm them may count on."""
    return tuple(one for one in screens.screens_in(parts, targets.organisations) if one.org != who.org)


def with_glass(some: Iterable[Screen]) -> tuple[Screen, ...]:
    """Those that owe proof, which is what an officer is told to count on; samples only where there is nothing else."""
    every = tuple(some)
    return tuple(one for one in every if one.has_glass) or every


def ending(parts: Parts, who: Identity, held: StoredAlert, phase: Phase) -> tuple[str, str, str]:
    """Label, headline and text an alert would end with."""
    at = parts.clock.now()
    name = templates.ALL_CLEAR if phase is Phase.CLEARED else templates.CORRECTION
    with parts.db.read() as tx:
        site = settings.read(tx, who.org)
        drill = held.status is Status.EXERCISE
        own = None if drill else templates.ended_words(tx, who.org, name, site.locale)
        words = words_of(tx, who.org, at, site, "", held.targets)
    headline, text = own or wording.ended_words(phase, held.status, site.locale)
    label = wording.label(phase, held.status, held.severity, site.locale)
    headline, text = (filling.for_everyone(one, words, site.locale) for one in (headline, text))
    return label, headline, text


def check(parts: Parts, who: Identity, order: IssueAlert) -> None:
    """Raise what issuing it would: Invalid naming every wrong field, Forbidden for targets out of reach."""
    with parts.db.read() as tx:
        reach.must_reach(tx, who, checks.checked(tx, who.org, order).targets)


def issued(parts: Parts, who: Identity, source: str, identifier: str) -> StoredAlert | None:
    """The alert that went out under an identifier, or None."""
    kept = [one.out.alert for one in unstored.pending(parts, who.org)]
    with parts.db.read() as tx:
        held = store.by_identifier(tx, who.org, source, identifier)
    return held or next((one for one in kept if (one.source, one.identifier) == (source, identifier)), None)


def words_of(tx: Transaction, org: str, at: int, site: AlertSettings, place: str, targets: Targets) -> dict[str, str]:
    """What is the same on every screen."""
    time = calendar.local(site.zone, at).strftime("%H:%M")
    place = place or (reach.place_of(tx, org, targets, site.locale) if targets != Targets() else "")
    return {"place": place, "time": time, "phone": site.phone, "unit": site.unit}


def _alike(found: Sequence[Screen]) -> list[list[Screen]]:
    """Screens by pixels and colour, the class with the least room for a headline first."""
    classes: dict[tuple[int, int, str], list[Screen]] = {}
    for one in found:
        classes.setdefault((one.width, one.height, one.colour.value), []).append(one)
    return [classes[key] for key in sorted(classes, key=lambda key: (room(key[0], key[1]), key))]


def room(width: int, height: int) -> int:
    """How many full-width characters stand on a screen at once."""
    return (width // GLYPH) * max(1, height // GLYPH)


def _class(
    some: Sequence[Screen], order: IssueAlert, words: dict[str, str], site: AlertSettings, at: int, expires: int
) -> ScreenClass:
    example = some[0]
    around = Surroundings(example.exit, example.muster_point)
    headline, text = (
        filling.for_screen(filling.for_everyone(one, words, site.locale), around, site.locale)
        for one in (order.headline, order.instruction or order.description)
    )
    alert = Alert(
        id="draft", revision=1, phase=Phase.LIVE, status=order.status, severity=order.severity, urgency=order.urgency,
        presentation=order.presentation, headline=headline, text=text, issued=at, effective=at, expires=expires,
        label=wording.label(Phase.LIVE, order.status, order.severity, site.locale),
    )  # fmt: skip
    return ScreenClass(example.width, example.height, example.colour.value, len(some), example, alert)


def _warnings(order: IssueAlert, narrow: Screen | None, alert: Alert | None) -> Iterable[Violation]:
    """What may be said and is hard to read on the narrowest screen."""
    if narrow is None or alert is None:
        return
    fits, wide = narrow.width // GLYPH, wording.width(printed(alert))
    if wide > fits:
        yield Violation("headline", "alerts_page.scrolls", (("fits", fits), ("wide", wide)))


def printed(alert: Alert) -> str:
    """What stands in the first line of a strip: a drill's mark cannot be left out."""
    return alert.label + alert.headline if alert.status == "exercise" else alert.headline
