"""CAP messages of a weather office, and the site they come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from playlists.alert import Category, Certainty, Phase, Severity, Urgency
from playlists.model import Colour
from server.accounts.model import Grant, Identity, system
from server.alerts import service as alerts
from server.alerts.model import StoredAlert
from server.cap.model import CapInfo, CapMessage, MsgType, Reference, Status
from server.cap.reader import Read
from server.cap.writer import write
from server.intake import remembered, service, sources
from server.intake.model import Kept, Kind, Outcome, Source, SourceOrder, State
from server.paging import PageQuery
from server.parts import Parts
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from tests.server.hindered import takes_no_write

NOON = 1_763_438_400_000
HOUR_MS = 3_600_000
SENDER = "met@city.example"
TOKEN = Identity("o1", "token", "t1", "gateway", (Grant("alerts:issue"),))
OWNER = system("o1")
OFFICER = Identity("o1", "person", "u2", "安全值班", (Grant("read"), Grant("alerts:issue")))

STORM = CapInfo(
    "暴雨", (Category.MET,), Urgency.IMMEDIATE, Severity.SEVERE, Certainty.LIKELY, "zh-CN",
    expires=NOON + 6 * HOUR_MS, headline="暴雨橙色预警", instruction="收好室外的料，切断露天电源",
)  # fmt: skip
FIRST = CapMessage("w-1", SENDER, NOON - 60_000, Status.ACTUAL, MsgType.ALERT, infos=(STORM,))


def update(identifier: str, of: CapMessage, **changed: Any) -> CapMessage:
    """An Update of an earlier message, with another block where wished."""
    return _later(identifier, of, MsgType.UPDATE, replace(STORM, **changed))


def cancel(identifier: str, of: CapMessage) -> CapMessage:
    """A Cancel of an earlier message, without a text as they all are."""
    return _later(identifier, of, MsgType.CANCEL)


def _later(identifier: str, of: CapMessage, kind: MsgType, *infos: CapInfo) -> CapMessage:
    reference = Reference("relay.example", of.identifier, of.sent)
    return replace(
        of, identifier=identifier, sent=of.sent + 30_000, msg_type=kind, references=(reference,), infos=infos
    )


def cap(message: CapMessage) -> bytes:
    """The message as it comes over the wire."""
    return write(message, offset_min=480)


def read(message: CapMessage) -> Read:
    """The message as the reader hands it on."""
    return Read(message, cap(message).decode())


def source(parts: Parts, name: str = "气象台", kind: Kind = Kind.CAP, **order: Any) -> Source:
    """A source, of CAP by that sender unless said otherwise."""
    senders = (SENDER,) if kind is Kind.CAP else None
    return sources.add(parts, OWNER, name, kind, SourceOrder(**{"senders": senders, **order}))[0]


def screen(parts: Parts, name: str = "东门") -> str:
    """A strip; its id."""
    return screens.add(parts, OWNER, NewScreenOrder(name, 192, 16, Colour.SINGLE)).screen.id


@contextmanager
def full(parts: Parts) -> Iterator[None]:
    """The site while its database takes no write; with room again what waits is stored in its time."""
    with takes_no_write(parts):
        yield


def store_late(parts: Parts) -> None:
    """Let time pass until everything that waits is stored."""
    parts.clock.pass_(20_000)  # type: ignore[attr-defined]
    assert alerts.retry(parts) == 0
    remembered.retry(parts)


def alert(parts: Parts, name: str) -> StoredAlert:
    """An alert as it stands."""
    return alerts.get(parts, OWNER, name)


def came(parts: Parts, message: CapMessage, who: Identity = TOKEN) -> Outcome:
    """Post a message."""
    (outcome,) = service.receive(parts, who, cap(message))
    return outcome


def held(parts: Parts, state: State = State.HELD) -> tuple[Kept, ...]:
    """The messages in a state, the newest first."""
    return service.list_messages(parts, OFFICER, PageQuery(), state).items


def live(parts: Parts) -> list[str]:
    """The headlines that are on the screens."""
    return [one.headline for one in alerts.running(parts, OWNER) if one.phase is Phase.LIVE]
