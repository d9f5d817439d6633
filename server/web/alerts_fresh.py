"""The quick password before the alert page: the typed form waits behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from werkzeug.datastructures import MultiDict

from playlists.alert import Status
from server import errors
from server.accounts import freshness
from server.alerts.model import SCOPE
from server.api import parts, to_json
from server.web import alerts, alerts_form, alerts_view
from server.web.alerts_ticket import OPEN_MS, new_ticket, read
from server.web.shell import refusal, signed_in

blueprint = Blueprint("alerts_fresh", __name__)
KEPT = "kept:"


@blueprint.post("/alert/fresh")
def fresh() -> Any:
    """Take the password: back to what was typed, or a renewed ticket for the page's script."""
    if gate := signed_in(SCOPE):
        return gate
    kind = Status.EXERCISE if request.form.get("onward", "").startswith("/drill") else Status.ACTUAL
    try:
        freshness.refresh(parts(), g.who, request.form.get("password", ""))
    except (errors.Invalid, errors.TooMany) as problem:
        if not alerts_view.wants_page():
            raise
        told = refusal(problem)
        return alerts_view.fresh_page(kind, alerts.ADDRESSES[kind], _kept(), told), problem.status
    g.who = replace(g.who, fresh=parts().clock.now())
    return _onward(kind) if alerts_view.wants_page() else _renewed(kind)


def _kept() -> tuple[tuple[str, str], ...]:
    every = request.form.items(multi=True)
    return tuple((name.removeprefix(KEPT), value) for name, value in every if name.startswith(KEPT))


def _onward(kind: Status) -> Any:
    if not _kept():
        return redirect(alerts.ADDRESSES[kind], 303)
    return alerts.form_page(kind, new_ticket(kind), alerts_form.typed(MultiDict(_kept()), kind))


def _renewed(kind: Status) -> Response:
    """The same form goes on: the same identifier and digits, unless it carried nothing of ours."""
    held = read(request.form.get("ticket", ""))
    mine = held is not None and (held.session, held.kind) == (g.who.session, kind.value)
    ticket = held.renewed() if held and mine else new_ticket(kind)
    told = {"ticket": ticket.signed(), "until": ticket.opened + OPEN_MS}
    return Response(to_json(told), mimetype="application/json")
