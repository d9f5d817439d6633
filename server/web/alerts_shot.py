"""An alert as a picture made here: for pages without script, and where nothing has to move."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from playlists.alertwire import alert_from, alert_object
from playlists.model import Colour
from server import errors
from server.alerts.drafts import Draft, ScreenClass
from server.alerts.model import SCOPE
from server.programmes import frames
from server.web import alerts_view

blueprint = Blueprint("alerts_shot", __name__)
SETTLED_MS = 1_500  # into the alert: its first page stands, and text that scrolls has come in
SIDES = range(8, 4_097)
MOST = 4_000_000  # px
ROOM = 328  # px beside the form


@blueprint.get("/alert/shot.png")
def shot() -> Any:
    """The pixels of the alert in the address on a screen of that class."""
    g.who.must(SCOPE)
    width, height = request.args.get("width", 0, int), request.args.get("height", 0, int)
    colour = request.args.get("colour", "")
    if width not in SIDES or height not in SIDES or width * height > MOST or colour not in [*Colour]:
        raise errors.Malformed()
    try:
        alert = alert_from(json.loads(request.args.get("alert", "")))
    except ValueError as wrong:
        raise errors.Malformed() from wrong
    picture = frames.of_alert(width, height, colour, alert, SETTLED_MS)
    return Response(picture, headers={"Cache-Control": "private, max-age=600"}, mimetype="image/png")


def pictures(found: Draft, room: int = ROOM) -> list[dict[str, Any]]:
    """A picture for the narrowest, a middle and the widest class of screens, at whole factors where it is enlarged."""
    return [_picture(one, room) for one in alerts_view.ends(found.classes)]


def _picture(one: ScreenClass, room: int) -> dict[str, Any]:
    told = alerts_view.shot(one)
    asked = {"width": one.width, "height": one.height, "colour": one.colour,
             "alert": json.dumps(alert_object(one.alert), ensure_ascii=False, separators=(",", ":"))}  # fmt: skip
    part = room // one.width if one.width <= room else room / one.width if one.colour == Colour.FULL else 1
    return {
        "src": f"/alert/shot.png?{urlencode(asked)}", "title": told["title"], "said": told["said"],
        "width": round(one.width * part), "height": round(one.height * part),
    }  # fmt: skip
