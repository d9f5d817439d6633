"""Every name and limit on the wire between server, players and desk; ``players/screen/protocol.js`` is its mirror."""

from __future__ import annotations

PROTOCOL = 1

# namespaces
PLAYER = "/player"
DESK = "/desk"

# a player asks, the server answers
HELLO = "hello"
BEAT = "beat"
PLAYS_REPORTED = "plays_reported"
COMMAND_DONE = "command_done"
ALERT_RECEIVED = "alert_received"
ALERT_SHOWN = "alert_shown"

# the server tells a player
PROGRAMME_PUBLISHED = "programme_published"
COMMAND = "command"
ALERTS_CHANGED = "alerts_changed"

# the server tells the desk
SCREEN_CHANGED = "screen_changed"
PRESENCE = "presence"
REVIEW_CHANGED = "review_changed"
PLAYLIST_CHANGED = "playlist_changed"
SLOT_CHANGED = "slot_changed"
LIBRARY_CHANGED = "library_changed"
SETTINGS_CHANGED = "settings_changed"
PROGRESS = "progress"
ALERT_CHANGED = "alert_changed"
ALERT_PROVED = "alert_proved"
MESSAGE_CHANGED = "message_changed"

ASKED: dict[str, frozenset[str]] = {
    PLAYER: frozenset({HELLO, BEAT, PLAYS_REPORTED, COMMAND_DONE, ALERT_RECEIVED, ALERT_SHOWN}),
    DESK: frozenset(),
}
"""Per namespace the events that may come in; any other name is refused and counted."""

TOLD: dict[str, frozenset[str]] = {
    PLAYER: frozenset({PROGRAMME_PUBLISHED, COMMAND, ALERTS_CHANGED}),
    DESK: frozenset(
        {SCREEN_CHANGED, PRESENCE, REVIEW_CHANGED, PLAYLIST_CHANGED, SLOT_CHANGED, LIBRARY_CHANGED, SETTINGS_CHANGED,
         PROGRAMME_PUBLISHED, PROGRESS, ALERT_CHANGED, ALERT_PROVED, MESSAGE_CHANGED}
    ),
}  # fmt: skip
"""Per namespace the events that go out."""

RESERVED = frozenset({"connect", "connect_error", "disconnect", "message", "*"})
"""Names that mean something to the library itself; sent by a peer they are an attack."""

BEAT_S = 10
SILENT_MS = 25_000  # a player not heard for so long is offline
PING_INTERVAL_S, PING_TIMEOUT_S = 10, 5  # whole seconds: fractions are announced truncated
CONNECT_S = 5  # a socket that has not joined a namespace by then is closed
LARGEST_MESSAGE = 1_000_000  # bytes; a screenshot fits
LARGEST_QUEUE = 200  # packets a polling peer may leave unfetched
LARGEST_BACKLOG = 256 * 1024  # bytes a websocket may leave unread
MOST_MESSAGES = 300  # frames per socket and ping interval
MOST_WAITING = 100  # messages of a peer that wait because an earlier one is still worked on
SWEEP_S = 5
REFUSALS = 20  # refused events after which a socket is closed


def screen_room(screen: str) -> str:
    """The players of a screen."""
    return f"screen:{screen}"


def player_room(player: str) -> str:
    """The sockets of one player."""
    return f"player:{player}"


def org_room(org: str) -> str:
    """The desks of an organisation."""
    return f"org:{org}"


def session_room(session: str) -> str:
    """The sockets of one session of a person."""
    return f"session:{session}"
