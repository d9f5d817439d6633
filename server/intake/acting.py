"""What a message does once it may: it issues an alert, changes one or ends one, through the service of alerts."""

from __future__ import annotations

from dataclasses import replace

from playlists import calendar
from playlists.alert import Phase, Status
from server.accounts import site
from server.accounts.model import Grant, Identity, system
from server.alerts import service as alerts
from server.alerts.model import SCOPE, IssueAlert, StoredAlert, Targets
from server.cap import choosing
from server.cap.model import CapMessage
from server.db import Transaction
from server.errors import Conflict
from server.events import MessageChanged
from server.intake import judging, mapping, store
from server.intake.judging import Judgement, because
from server.intake.model import Kept, Source, State
from server.parts import Parts

LONGEST_IDENTIFIER = 250


def offset_min(parts: Parts, org: str) -> int:
    """The site's zone now, in minutes east of UTC."""
    return calendar.offset_min(site.site(parts, org).zone, parts.clock.now())


def locale_of(parts: Parts, org: str) -> str:
    """The site's language."""
    return site.site(parts, org).locale


def stranger(parts: Parts, source: Source, address: str = "") -> Identity:
    """A source as one who acts: it may alarm, and nothing else."""
    grants = (Grant(SCOPE),)
    return Identity(source.org, "source", source.id, source.name, grants, locale_of(parts, source.org), address)


def live_of(parts: Parts, org: str, earlier: tuple[Kept, ...], at: int) -> tuple[StoredAlert, ...]:
    """The alerts that earlier messages became and that are live at ``at`` (UTC ms), each once, the newest first."""
    names = dict.fromkeys(kept.alert for kept in reversed(earlier) if kept.alert)
    found = (alerts.get(parts, system(org), name) for name in names)
    return tuple(one for one in found if one.state(at) == Phase.LIVE)


def supersede(tx: Transaction, earlier: tuple[Kept, ...], at: int) -> None:
    """Let what was held and is out of date by now wait for nobody."""
    for kept in earlier:
        if kept.state is State.HELD:
            others = tuple(note for note in kept.warnings if note != kept.why)
            warnings = (because("superseded"), *others)
            store.write(tx, replace(kept, warnings=warnings, state=State.IGNORED, decided=at, document=""))
            tx.announce(MessageChanged(kept.org, kept.id))


def told(kept: Kept) -> dict[str, object]:
    """What the audit log keeps of a message."""
    names = ("identifier", "sender", "headline", "alert", "source")
    return {name: getattr(kept, name) for name in names} | {"why": kept.why.rule if kept.why else ""}


def act(
    parts: Parts, who: Identity, message: CapMessage, source: Source | None, live: tuple[StoredAlert, ...], at: int,
    targets: Targets | None = None,
) -> str:  # fmt: skip
    """Do what a CAP message asks for, ``live`` being what it refers to; return the alert, "" for none."""
    wanted = wanted_by(parts, who.org, message, source, at, targets)
    if wanted is None:
        return end(parts, who, live, message.identifier)
    same = next((one for one in live if one.status is wanted.status), None)
    alert = say(parts, who, wanted, same, message.sent)
    end(parts, who, tuple(one for one in live if one is not same), message.identifier)
    return alert


def wanted_by(
    parts: Parts, org: str, message: CapMessage, source: Source | None, at: int, targets: Targets | None = None
) -> IssueAlert | None:
    """The alert that a CAP message asks for at an instant in UTC ms; None for one that only ends others."""
    locale = locale_of(parts, org)
    info = choosing.choose_info(message, locale)
    if judging.ends(message, at) or info is None:
        return None
    return mapping.order(
        message, info, most=source.status if source else Status.ACTUAL,
        targets=targets or (source.targets if source else Targets(everywhere=True)),
        source=f"cap:{source.name if source else message.sender[:70]}", locale=locale, at=at,
    )  # fmt: skip


def say(parts: Parts, who: Identity, wanted: IssueAlert, same: StoredAlert | None, sent: int) -> str:
    """Change the alert that is out already, or issue one; return it.

    Some senders use an identifier twice, which CAP forbids: then the time it was sent (UTC ms) tells them apart.
    """
    if same:
        return alerts.update(parts, who, same.id, mapping.changes(wanted)).alert_id
    try:
        return alerts.issue(parts, who, wanted).alert_id
    except Conflict:
        apart = f"#{sent}"
        name = wanted.identifier[: LONGEST_IDENTIFIER - len(apart)] + apart
        return alerts.issue(parts, who, replace(wanted, identifier=name)).alert_id


def end(parts: Parts, who: Identity, live: tuple[StoredAlert, ...], note: str) -> str:
    """Give the all-clear for every alert; return the first, "" for none."""
    for one in live:
        alerts.clear(parts, who, one.id, mapping.fitting(note, 200))
    return live[0].id if live else ""


def refused(slug: str) -> Judgement:
    """What becomes of a message that was to be shown and could not be: a person has a look."""
    return Judgement(State.HELD, because("refused", reason=slug))
