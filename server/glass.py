"""What the glass shows, programme and alert together: exact pixels of an instant, and the live alerts of a wall."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from playlists.alert import Alert
from playlists.alertwire import alert_objects
from playlists.precedence import turn_at
from server.accounts.model import Identity
from server.alerts import service as alerts
from server.api import Api
from server.paging import PageQuery, sliced
from server.parts import Parts
from server.programmes import service as programmes
from server.programmes.model import InstantQuery
from server.screens import service as screens

MOST = 5_000  # screens of one wall

api = Api("glass")


class ScreensAlerts(BaseModel):
    """Screens that have the same live alerts, as their players get them."""

    screens: list[str]
    alerts: list[Any]


class WallAlerts(BaseModel):
    """The live alerts of every screen the asker may see that has any."""

    now: int
    items: list[ScreensAlerts]
    next: str | None = None


class WallQuery(PageQuery):
    """Which page; all of them unless asked otherwise, so that a wall needs one call."""

    limit: int = Field(default=MOST, ge=1, le=MOST)


@api.get("/api/v1/screens/<screen>/frame.png", query=InstantQuery, media="image/png", summary="Pixels of an instant")
def frame(parts: Parts, who: Identity, screen: str, query: InstantQuery) -> Response:
    at = parts.clock.now() if query.at is None else query.at
    over = turn_at(alerts.held_by(parts, who.org, [screen], at).of(screen), at)
    picture = programmes.frame(parts, who, screen, at, query.region, over)
    return Response(picture.data, headers={"Cache-Control": "private, no-store"}, mimetype=picture.kind)


@api.get(
    "/api/v1/live-alerts", query=WallQuery, answer=WallAlerts, summary="The live alerts of every screen that has any"
)
def live_alerts(parts: Parts, who: Identity, query: WallQuery) -> WallAlerts:
    now = parts.clock.now()
    seen = [screen.id for screen in screens.list_screens(parts, who, limit=MOST)]
    found = alerts.held_by(parts, who.org, seen, now)
    by_set: dict[tuple[Alert, ...], list[str]] = {}
    for screen in seen:
        by_set.setdefault(found.of(screen), []).append(screen)
    items = [ScreensAlerts(screens=those, alerts=alert_objects(mine)) for mine, those in by_set.items() if mine]
    page = sliced(items, query, lambda one: one.screens[0])
    return WallAlerts(now=now, items=list(page.items), next=page.next)
