"""The only module that emits: facts become nudges to players and refreshes for the desk.

A push is a hint and may be lost; every beat carries the position, which is the promise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from server import events
from server.parts import Parts
from server.realtime import protocol
from server.realtime.fanout import Fanout
from server.realtime.guard import Guard
from server.screens import service

CLOSE, NOTICE = "close", "notice"  # said to other nodes


class Push:
    """Emits to rooms; a message is encoded once per room."""

    def __init__(self, fanout: Fanout, guard: Guard, parts: Parts) -> None:
        self._fanout, self._guard, self._parts = fanout, guard, parts
        self._presences: dict[str, set[str]] = {}

    def subscribe(self) -> None:
        """Listen to every fact that somebody out there should hear of."""
        bus = self._parts.db.bus
        bus.subscribe(events.ProgrammePublished, self.programme_published)
        bus.subscribe(events.CommandOrdered, self.command)
        bus.subscribe(events.PlayerRevoked, self.revoked)
        bus.subscribe(events.SessionEnded, self.session_ended)
        bus.subscribe(events.PresenceChanged, self.presence_changed)
        bus.subscribe(events.PlaylistEdited, self.playlist_edited)
        bus.subscribe(events.ReviewChanged, self.review_changed)
        bus.subscribe(events.PlaylistApproved, self.review_changed)
        bus.subscribe(events.PlaylistWithdrawn, self.review_changed)
        bus.subscribe(events.ScreenChanged, self.screen_changed)
        bus.subscribe(events.ScreenRetired, self.screen_changed)
        bus.subscribe(events.PlayerPaired, self.screen_changed)
        bus.subscribe(events.SlotChanged, self.slot_changed)
        bus.subscribe(events.AssetChanged, self.library_changed)
        bus.subscribe(events.SettingsChanged, self.settings_changed)
        bus.subscribe(events.MessageChanged, self.message_changed)

    @property
    def is_shared(self) -> bool:
        """Whether other nodes may have players of the same organisations."""
        return self._parts.config.redis_url != ""

    # to players

    def programme_published(self, fact: events.ProgrammePublished) -> None:
        """Nudge a screen's players to fetch, pictures too when some are new; tell the desk."""
        media = {"media": list(fact.media)} if fact.media else {}
        self._player(fact.screen, protocol.PROGRAMME_PUBLISHED, {"version": fact.version, **media})
        self._desk(fact.org, protocol.PROGRAMME_PUBLISHED, {"screen": fact.screen, "version": fact.version})

    def command(self, fact: events.CommandOrdered) -> None:
        """Hand a command to every player of a screen that is there now; it is not repeated."""
        self._player(fact.screen, protocol.COMMAND, {"id": fact.command, "kind": fact.kind})

    def revoked(self, fact: events.PlayerRevoked) -> None:
        """End the sockets of a player whose token ended."""
        self._close(protocol.PLAYER, protocol.player_room(fact.player), "revoked")
        self._desk(fact.org, protocol.SCREEN_CHANGED, {"id": fact.screen})

    def live_sets(self, groups: Mapping[str, Iterable[str]]) -> None:
        """Send players their live sets: each, as JSON text, to the screens that have it in common."""
        self._fanout.states(protocol.ALERTS_CHANGED, groups)

    def reconnect(self, screen: str) -> None:
        """End the sockets of a screen's players; they come back and say hello."""
        self._close(protocol.PLAYER, protocol.screen_room(screen), "unproven")

    def screens(self, orgs: Collection[str]) -> set[str]:
        """The screens of these organisations that have a player on this node."""
        return self._fanout.screens(orgs)

    # to the desk

    def alert_changed(self, fact: events.AlertsChanged, orgs: Iterable[str], more: dict[str, Any]) -> None:
        """An alert of these organisations' is to be read again; every node learns of it and tells its own desks."""
        told = {"id": fact.alert, "revision": fact.revision, **more}
        for room in map(protocol.org_room, orgs):
            if self._fanout.hears(protocol.DESK, room):
                self._fanout.tell_here(protocol.DESK, room, protocol.ALERT_CHANGED, told)

    def others_notice(self) -> None:
        """Have the other nodes look at once for what became of alerts, instead of within a second."""
        self._fanout.others.say(NOTICE)

    def alert_proved(self, org: str, alert: str, screens: list[str]) -> None:
        """These screens' rows of an alert are to be read again; without screens, who has seen it."""
        self._desk(org, protocol.ALERT_PROVED, {"id": alert, "screens": screens})

    def message_changed(self, fact: events.MessageChanged) -> None:
        """How many messages from outside wait is to be read again."""
        self._desk(fact.org, protocol.MESSAGE_CHANGED, {"id": fact.message})

    def session_ended(self, fact: events.SessionEnded) -> None:
        """End the sockets of a session that is over."""
        self._close(protocol.DESK, protocol.session_room(fact.session), "revoked")

    def screen_changed(self, fact: events.ScreenChanged | events.ScreenRetired | events.PlayerPaired) -> None:
        """A screen is to be read again."""
        self._desk(fact.org, protocol.SCREEN_CHANGED, {"id": fact.screen})

    def playlist_edited(self, fact: events.PlaylistEdited) -> None:
        """A draft was saved."""
        self._desk(fact.org, protocol.PLAYLIST_CHANGED, {"id": fact.playlist, "revision": fact.revision})

    def review_changed(self, fact: events.ReviewChanged | events.PlaylistApproved | events.PlaylistWithdrawn) -> None:
        """A playlist's review is to be read again."""
        state = {"state": fact.state} if isinstance(fact, events.ReviewChanged) else {}
        self._desk(fact.org, protocol.REVIEW_CHANGED, {"id": fact.playlist, **state})

    def slot_changed(self, fact: events.SlotChanged) -> None:
        """The schedule is to be read again."""
        self._desk(fact.org, protocol.SLOT_CHANGED, {"id": fact.slot})

    def library_changed(self, fact: events.AssetChanged) -> None:
        """The library is to be read again."""
        self._desk(fact.org, protocol.LIBRARY_CHANGED, {"id": fact.asset})

    def settings_changed(self, fact: events.SettingsChanged) -> None:
        """Settings, groups or layouts are to be read again."""
        self._desk(fact.org, protocol.SETTINGS_CHANGED, {})

    def progress(self, org: str, told: dict[str, Any]) -> None:
        """How far a long piece of work has come, such as ``{work, done, of}``."""
        self._desk(org, protocol.PROGRESS, told)

    def presence_changed(self, fact: events.PresenceChanged) -> None:
        """Note that a screen's presence is to be told with the next ``tell_presences``."""
        self._presences.setdefault(fact.org, set()).add(fact.screen)

    def tell_presences(self) -> None:
        """Tell the desks every presence that changed since the last time, read in one go."""
        stale, self._presences = self._presences, {}
        for org, screens in stale.items():
            if self._heard(protocol.DESK, protocol.org_room(org)):
                for screen, found in service.presences(self._parts, org, screens).items():
                    told = {"online": found.online, "last_seen": found.last_seen, "programme": found.programme or None}
                    self._desk(org, protocol.PRESENCE, {"id": screen, **told, "cue": found.cue})

    def _close(self, namespace: str, room: str, reason: str) -> None:
        self._guard.close_room(namespace, room, reason)
        self._fanout.others.say(CLOSE, namespace, room, reason)

    def _heard(self, namespace: str, room: str) -> bool:
        return self.is_shared or self._fanout.hears(namespace, room)

    def _player(self, screen: str, event: str, told: dict[str, Any]) -> None:
        self._fanout.tell(protocol.PLAYER, protocol.screen_room(screen), event, told)

    def _desk(self, org: str, event: str, told: dict[str, Any]) -> None:
        self._fanout.tell(protocol.DESK, protocol.org_room(org), event, told)
