"""The alert page and the drill page: write it, look at it, answer for it, let it out.

The two share their code and nothing a person sees or sends: no field, link or ticket of one is taken by the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, redirect, request

from playlists.alert import Phase, Status
from server import errors, faults
from server.accounts.freshness import NotFresh
from server.alerts import drafts, limits, service, wording
from server.alerts.model import SCOPE, Issued, Targets
from server.api import parts, to_json
from server.web import alerts_form, alerts_places, alerts_shot, alerts_view
from server.web.alerts_form import Typed
from server.web.alerts_ticket import Ticket, held, new_ticket
from server.web.shell import locale_now, page, refusal, signed_in, site_here
from server.words import say

blueprint = Blueprint("alerts", __name__)
WORDS = ("alerts_page.", "now.join", "now.search", "now.state.offline", "desk.colour.")
ADDRESSES = {Status.ACTUAL: "/alert", Status.EXERCISE: "/drill"}
FIRST_NAMES = 8
ASKED_ROOM = 600  # px of the picture in the question


def _both(rule: str, method: str) -> Callable[[Callable[[Status], Any]], Callable[[Status], Any]]:
    """Declare a page of the alert and its twin of the drill."""

    def declare(view: Callable[[Status], Any]) -> Callable[[Status], Any]:
        for kind, base in ADDRESSES.items():
            name = f"{kind.value}_{view.__name__}"
            blueprint.add_url_rule(base + rule, name, lambda kind=kind: view(kind), methods=[method])
        return view

    return declare


# the form -----------------------------------------------------------------------------------------------------------


@_both("", "GET")
def opened(kind: Status) -> Any:
    """The empty form, once the password was given."""
    if gate := signed_in(SCOPE):
        return gate
    try:
        ticket = new_ticket(kind)
    except NotFresh:
        return alerts_view.fresh_page(kind, ADDRESSES[kind])
    return form_page(kind, ticket, alerts_view.blank(kind))


@_both("", "POST")
def back(kind: Status) -> Any:
    """The form again, with what was typed."""
    return _guarded(kind, lambda ticket, seen: form_page(kind, ticket, seen))


def _guarded(kind: Status, answer: Callable[[Ticket, Typed], Any]) -> Any:
    """What a form of this kind is answered; the password page when its ticket is no good any more."""
    if gate := signed_in(SCOPE):
        return gate
    seen = alerts_form.typed(request.form, kind)
    try:
        ticket = held(request.form.get("ticket", ""), kind)
    except NotFresh as stale:
        if not alerts_view.wants_page():
            raise
        return alerts_view.fresh_page(kind, request.path, tuple(seen.fields())), stale.status
    return answer(ticket, seen)


def form_page(kind: Status, ticket: Ticket, seen: Typed, problem: errors.Problem | None = None) -> Any:
    told = refusal(problem) if problem else None
    known, places = alerts_view.templates_here(kind), alerts_places.places(seen)
    choices = {"severities": alerts_view.severities(), "expiries": alerts_view.expiries(kind, seen.severity)}
    shown = page(
        "alert.html", here="alert", words=WORDS, kind=kind.value, drill=kind is Status.EXERCISE, base=ADDRESSES[kind],
        other=ADDRESSES[Status.EXERCISE if kind is Status.ACTUAL else Status.ACTUAL], ticket=ticket.signed(),
        problem=told, typed=seen, templates=known, places=places, screens=any(place.count for place in places),
        limits=alerts_view.LIMITS, fits=limits.HEADLINE_FITS,
        data=alerts_view.data(kind, known, ticket), **_comes_to(kind, seen), **choices,
    )  # fmt: skip
    return (shown, problem.status) if problem else shown


def _comes_to(kind: Status, seen: Typed) -> dict[str, Any]:
    """What the form as typed comes to, for a browser without script."""
    if not seen.headline or seen.targets == Targets():
        nowhere = say("alerts_page.nowhere", locale_now())
        return {"pictures": [], "goes": nowhere, "reach": say("alerts_page.choose_first", locale_now()), "until": ""}
    found = drafts.draft(parts(), g.who, alerts_form.order(seen, kind, "", None))
    return {
        "pictures": alerts_shot.pictures(found), "goes": alerts_view.reach(found),
        "reach": alerts_view.reach_words(found), "until": alerts_view.until(found),
    }  # fmt: skip


@_both("/preview", "POST")
def preview(kind: Status) -> Any:
    """What the form would come to: counts, the message on each class of screen, what is hard to read."""
    g.who.must(SCOPE)
    seen = alerts_form.typed(request.form, kind)
    found = drafts.draft(parts(), g.who, alerts_form.order(seen, kind, "", alerts_view.template(seen.template)))
    return Response(to_json(alerts_view.preview(found, seen)), mimetype="application/json")


# the question -------------------------------------------------------------------------------------------------------


@_both("/check", "POST")
def check(kind: Status) -> Any:
    """Name the targets, say who is offline, and ask: for the digits when it is real."""
    return _guarded(kind, lambda ticket, seen: _asked(kind, ticket, _filled(seen)))


def _filled(seen: Typed) -> Typed:
    return alerts_form.with_template(seen, alerts_view.template(seen.template), site_here().locale)


def _asked(kind: Status, ticket: Ticket, seen: Typed) -> Any:
    order = alerts_form.order(seen, kind, ticket.identifier, alerts_view.template(seen.template))
    try:
        drafts.check(parts(), g.who, order)
        found = drafts.draft(parts(), g.who, order)
    except (errors.Invalid, errors.Forbidden) as problem:
        return form_page(kind, ticket, seen, problem)
    return _question(kind, ticket, seen, found)


def _question(kind: Status, ticket: Ticket, seen: Typed, found: drafts.Draft, **more: Any) -> Any:
    ticket = ticket.asking()
    return page(
        "alert_ask.html", here="alert", words=WORDS, kind=kind.value, drill=kind is Status.EXERCISE,
        base=ADDRESSES[kind], ticket=ticket.signed(), identifier=ticket.identifier, digits=ticket.digits,
        kept=tuple(seen.fields()), first=FIRST_NAMES, data=alerts_view.preview(found, seen),
        label=wording.label(Phase.LIVE, kind, seen.severity, locale_now()), waits=found.waits,
        pictures=alerts_shot.pictures(found, ASKED_ROOM)[:1],
        **alerts_view.question(kind, found, seen), **more,
    )  # fmt: skip


# out ----------------------------------------------------------------------------------------------------------------


@_both("/issue", "POST")
def issue(kind: Status) -> Any:
    """Let it out; a second press of the same form leads to the same alert."""
    return _guarded(kind, lambda ticket, seen: _issued(kind, ticket, seen))


def _issued(kind: Status, ticket: Ticket, seen: Typed) -> Any:
    order = alerts_form.order(seen, kind, ticket.identifier, alerts_view.template(seen.template))
    if kind is Status.ACTUAL and not _copied(ticket):
        return _miscopied(kind, ticket, seen)
    try:
        made = service.issue(parts(), g.who, order)
    except errors.Conflict as known:
        if not (before := known.params.get("alert")):
            raise
        return _answer(str(before), stored=True)
    except Exception as error:  # whatever it was, what was typed stays and the page says that nothing went out
        problem = faults.translate(error)
        if problem is None or not alerts_view.wants_page():
            raise
        return form_page(kind, ticket, seen, problem)
    return _told(made)


def _copied(ticket: Ticket) -> bool:
    """Whether the four digits are those that were shown."""
    return bool(ticket.digits) and "".join(request.form.getlist("digit")) == ticket.digits


def _miscopied(kind: Status, ticket: Ticket, seen: Typed) -> Any:
    if not alerts_view.wants_page():
        raise errors.Invalid(
            (errors.Violation("digit", "alerts_page.digits_wrong"),), detail="alerts_page.digits_wrong"
        )
    found = drafts.draft(parts(), g.who, alerts_form.order(seen, kind, "", None))
    return _question(kind, ticket, seen, found, wrong=True), 422


def _told(made: Issued) -> Any:
    return _answer(made.alert_id, stored=made.stored)


def _answer(alert: str, *, stored: bool) -> Any:
    address = f"/alerts/{alert}" if stored else f"/alerts/{alert}?stored=0"
    if alerts_view.wants_page():
        return redirect(address, 303)
    return Response(to_json({"id": alert, "url": address, "stored": stored}), 201, mimetype="application/json")


@blueprint.get("/alert/issued/<identifier>")
def was_issued(identifier: str) -> Any:
    """Whether a form's alert is out: asked by a page whose network failed while it was issued."""
    g.who.must(SCOPE)
    found = drafts.issued(parts(), g.who, "desk", identifier)
    told = {"issued": found is not None, "url": f"/alerts/{found.id}" if found else ""}
    return Response(to_json(told), mimetype="application/json")
