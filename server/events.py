"""Facts: what has happened, announced after commit, and the bus that tells those who asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened in organisation ``org`` and is committed."""

    org: str


@dataclass(frozen=True, slots=True)
class PlaylistEdited(Fact):
    """A draft was saved as ``revision``."""

    playlist: str
    revision: str


@dataclass(frozen=True, slots=True)
class ReviewChanged(Fact):
    """A playlist moved along its review chain to ``state``."""

    playlist: str
    state: str


@dataclass(frozen=True, slots=True)
class PlaylistApproved(Fact):
    """``revision`` is what screens show from now on."""

    playlist: str
    revision: str


@dataclass(frozen=True, slots=True)
class PlaylistWithdrawn(Fact):
    """A playlist is to leave every screen."""

    playlist: str


@dataclass(frozen=True, slots=True)
class SlotChanged(Fact):
    """A slot was made, changed or removed; ``screens`` are those it touched before or touches now."""

    slot: str
    screens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScreenChanged(Fact):
    """A screen's profile, groups, layout, fallback or blanking changed, or it was added."""

    screen: str


@dataclass(frozen=True, slots=True)
class ScreenRetired(Fact):
    """A screen is out of use; its players lose their tokens."""

    screen: str


@dataclass(frozen=True, slots=True)
class PlayerPaired(Fact):
    """A player received a device token for a screen."""

    screen: str
    player: str


@dataclass(frozen=True, slots=True)
class PlayerRevoked(Fact):
    """A player's device token no longer counts; its sockets must close."""

    screen: str
    player: str


@dataclass(frozen=True, slots=True)
class PresenceChanged(Fact):
    """A screen came or went, or told what it shows."""

    screen: str


@dataclass(frozen=True, slots=True)
class CommandOrdered(Fact):
    """A command of the fixed list is to go to a screen's players."""

    screen: str
    command: str
    kind: str


@dataclass(frozen=True, slots=True)
class AssetChanged(Fact):
    """The library gained, renamed, deleted or restored an asset."""

    asset: str


@dataclass(frozen=True, slots=True)
class SettingsChanged(Fact):
    """Site settings, groups or layouts changed in a way that may touch every programme."""


@dataclass(frozen=True, slots=True)
class ProgrammePublished(Fact):
    """A screen's programme has the new ``version``; ``media`` names a few pictures that the one before had not."""

    screen: str
    version: str
    media: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PlaysReported(Fact):
    """A screen's plays were stored."""

    screen: str


@dataclass(frozen=True, slots=True)
class SessionEnded(Fact):
    """A session was closed, by its person or by time; its sockets must close."""

    session: str


@dataclass(frozen=True, slots=True)
class AlertsChanged(Fact):
    """The live set moved to the site's position ``seq``: an alert was issued, updated or ended, or has new targets.

    ``named`` are the organisations it is for as such.
    """

    alert: str
    revision: int
    seq: int
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertProved(Fact):
    """Proof of an alert came from ``screens`` and is stored."""

    alert: str
    screens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertUnproven(Fact):
    """A minute after it went out ``screens`` have not proved a revision; somebody has to be told."""

    alert: str
    revision: int
    screens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertSeen(Fact):
    """A person said to have seen an alert."""

    alert: str


@dataclass(frozen=True, slots=True)
class MessageChanged(Fact):
    """A message from outside came and is held, or somebody decided about it."""

    message: str


F = TypeVar("F", bound=Fact)
Handler = Callable[[Any], None]


class Bus:
    """Hands committed facts to handlers; a failing handler is logged and never reaches the one who caused it."""

    def __init__(self) -> None:
        self._handlers: dict[type[Fact], list[Handler]] = {}

    def subscribe(self, kind: type[F], handler: Callable[[F], None]) -> None:
        """Call ``handler`` for every later fact of exactly this ``kind``."""
        self._handlers.setdefault(kind, []).append(handler)

    def publish(self, facts: Iterable[Fact]) -> None:
        """Tell every handler of every fact, in order."""
        for fact in facts:
            for handler in self._handlers.get(type(fact), ()):
                self._tell(handler, fact)

    def _tell(self, handler: Handler, fact: Fact) -> None:
        try:
            handler(fact)
        except Exception:
            log.exception("handler_failed", fact=type(fact).__name__)
