"""Which alert the glass shows at an instant, a pure function of the live set (players/screen/precedence.js agrees)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from playlists.alert import Alert, Phase, Severity, Status, Urgency, turn_ms

_PHASES = (Phase.LIVE, Phase.CLEARED, Phase.CORRECTED)
_STATUSES = (Status.ACTUAL, Status.EXERCISE)
_SEVERITIES = tuple(Severity)
_URGENCIES = tuple(Urgency)

Rank = tuple[bool, int, int, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """An alert's turn: it began ``elapsed_ms`` ago and lasts ``length_ms``, 0 when nothing but time ends it."""

    alert: Alert
    elapsed_ms: int
    length_ms: int


def alert_at(alerts: Iterable[Alert], at: int) -> Alert | None:
    """The alert to show at ``at`` (UTC ms), None when there is none."""
    turn = turn_at(alerts, at)
    return turn.alert if turn else None


def turn_at(alerts: Iterable[Alert], at: int) -> Turn | None:
    """The alert to show at ``at`` and how far into its turn it is; one alone counts from its ``effective``.

    Of each id the newest revision that has begun counts, also when it has ended: it replaced the older ones. The
    best rank shows; several of one rank take turns, newest first, by the clock alone, so that all screens agree.
    """
    equals = _best(_current(alerts, at))
    if not equals:
        return None
    if len(equals) == 1:
        return Turn(equals[0], at - equals[0].effective, 0)
    position = at % sum(map(turn_ms, equals))
    for alert in equals:
        if position < turn_ms(alert):
            return Turn(alert, position, turn_ms(alert))
        position -= turn_ms(alert)
    raise ValueError("a position lies within its round")


def next_alert_change(alerts: Iterable[Alert], at: int) -> int | None:
    """The first instant after ``at`` at which a revision begins or ends, or a turn ends; None when none ever does."""
    every = tuple(alerts)
    edges = [edge for one in every for edge in (one.effective, one.expires) if edge > at]
    turn = turn_at(every, at)
    if turn and turn.length_ms:
        edges.append(at - turn.elapsed_ms + turn.length_ms)
    return min(edges, default=None)


def _current(alerts: Iterable[Alert], at: int) -> list[Alert]:
    newest: dict[str, Alert] = {}
    for alert in alerts:
        held = newest.get(alert.id)
        if _shows(alert) and alert.effective <= at and (held is None or held.revision < alert.revision):
            newest[alert.id] = alert
    return [alert for alert in newest.values() if at < alert.expires]


def _shows(alert: Alert) -> bool:
    """No screen ever shows a check of the road, nor what waits for a second person."""
    return alert.phase in _PHASES and alert.status in _STATUSES


def _best(alerts: list[Alert]) -> list[Alert]:
    best = min(map(_rank, alerts), default=None)
    return sorted((one for one in alerts if _rank(one) == best), key=lambda one: (-one.issued, one.id))


def _rank(alert: Alert) -> Rank:
    return (
        alert.phase is not Phase.LIVE,
        _STATUSES.index(alert.status),
        _SEVERITIES.index(alert.severity),
        _URGENCIES.index(alert.urgency),
    )
