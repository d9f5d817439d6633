"""One alert's page and what is done there: clear, correct, prolong, change, approve, send somebody, note."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, redirect, request

from playlists.alert import Phase, Status
from server import errors
from server.accounts import freshness
from server.accounts.freshness import NotFresh
from server.alerts import drafts, limits, service, wording
from server.alerts.above import must_be_own
from server.alerts.model import SCOPE, Issued, StoredAlert, Targets, UpdateAlert
from server.api import parts, to_json
from server.web import alerts_form, alerts_places, alerts_proof, alerts_shot, alerts_table, alerts_view
from server.web.alerts_form import Typed
from server.web.shell import clock_time, locale_now, page, refusal, signed_in, site_here
from server.words import say

blueprint = Blueprint("alerts_acts", __name__)
WORDS = ("alerts_page.", "now.join", "desk.colour.")
LONGER_S = 30 * 60
WAITING_ROOM = 400  # px of a picture on the page of what waits
FEW = 12  # screens that need no sifting
COLOURS = {"clear": "green", "correct": "green", "approve": "red", "update": "ink", "extend": "ink"}
ACTS = tuple(COLOURS)


@blueprint.get("/alerts/<alert>")
def proof(alert: str) -> Any:
    """The live proof; the page of what waits for another officer too."""
    if gate := signed_in():
        return gate
    try:
        held = service.get(parts(), g.who, alert)
    except errors.NotFound:
        if request.args.get("stored") != "0":
            raise
        return page("alert_unstored.html", here="alert", words=WORDS, data={"alert": alert})
    at, may = parts().clock.now(), g.who.may(SCOPE) and not held.above
    waits = held.state(at) == Phase.WAITING
    wanted = alerts_table.asked(request.args)
    told = alerts_proof.state(held, _rows(held), wanted)
    return page(
        "alert_waiting.html" if waits else "alert_proof.html", here="alert", words=WORDS, alert=held,
        head=alerts_proof.head(held), state=told, course=alerts_proof.course(held), own_band=held.id,
        may=may, live=held.state(at) == Phase.LIVE, drill=held.status is Status.EXERCISE,
        mine=held.issuer == g.who.id, wanted=wanted, states=alerts_table.ONLY, few=FEW, goes=_goes(held),
        pictures=_pictures(held) if waits else (), unstored=service.is_kept(parts(), held.id, held.revision),
        data={"alert": held.id, "revision": held.revision, "many": told["many"], "of": told["of"],
              "phase": told["phase"], "may": may},
    )  # fmt: skip


def _pictures(held: StoredAlert) -> list[dict[str, Any]]:
    """What the screens would show of an alert that waits."""
    order = alerts_form.order(_typed(held), held.status, "", None)
    return alerts_shot.pictures(drafts.draft(parts(), g.who, order), WAITING_ROOM)


def _rows(held: StoredAlert) -> tuple[Any, ...]:
    return tuple(row for row, _ in service.deliveries_of(parts(), g.who, held.id))


def _goes(held: StoredAlert) -> str:
    """Where it goes, in a few words."""
    if held.everywhere and not held.organisations:
        return say("alerts_page.everywhere", locale_now())
    return say("alerts_page.n_targets", locale_now(), n=len(held.groups) + len(held.screens) + len(held.organisations))


@blueprint.get("/alerts/<alert>/state")
def state(alert: str) -> Any:
    """What moves on the page."""
    g.who.must("read")
    held = service.get(parts(), g.who, alert)
    told = {
        **alerts_proof.state(held, _rows(held), alerts_table.asked(request.args)),
        "head": alerts_proof.head(held),
        "course": alerts_proof.course(held),
    }
    told["spots"] = [{"name": one.name, "shown": one.shown, "cells": one.cells} for one in told["spots"]]
    return Response(to_json(told), mimetype="application/json")


# acts ---------------------------------------------------------------------------------------------------------------


def asked(alert: str, act: str) -> Any:
    """The small question before an act."""
    if gate := signed_in(SCOPE):
        return gate
    held = service.get(parts(), g.who, alert)
    must_be_own(g.who, held)
    return _ask(held, act)


def _ask(held: StoredAlert, act: str, problem: errors.Problem | None = None) -> Any:
    told = refusal(problem) if problem else None
    shown = page(
        "alert_act.html", here="alert", words=WORDS, alert=held, act=act, colour=COLOURS[act], problem=told,
        fresh=freshness.is_fresh(parts(), g.who), drill=held.status is Status.EXERCISE, typed=_typed(held),
        limits=alerts_view.LIMITS, **_prepared(held, act),
    )  # fmt: skip
    return (shown, problem.status) if problem else shown


def _typed(held: StoredAlert) -> Typed:
    """The alert as its form shows it, with what was typed meanwhile."""
    left = max(0, held.expires - parts().clock.now()) // 1000
    now = Typed(
        held.template, "", held.headline, held.instruction, held.severity, held.presentation, left, False, held.groups,
        held.screens, held.everywhere, held.organisations,
    )  # fmt: skip
    return alerts_form.typed(request.form, held.status) if request.form.get("headline") is not None else now


def _prepared(held: StoredAlert, act: str) -> dict[str, Any]:
    """The words an act is prepared with."""
    phase = {"clear": Phase.CLEARED, "correct": Phase.CORRECTED}.get(act)
    label = wording.label(Phase.LIVE, held.status, held.severity, site_here().locale)
    headline, text = held.headline, held.instruction
    if phase:
        label, headline, text = drafts.ending(parts(), g.who, held, phase)
    seen, longer = _typed(held), max(held.expires, parts().clock.now()) + LONGER_S * 1000
    return {
        "label": label, "headline": headline, "text": text, "n": len(_rows(held)), "places": alerts_places.places(seen),
        "until": clock_time(longer), "severities": alerts_view.severities(),
        "expiries": alerts_view.expiries(held.status, seen.severity),
    }  # fmt: skip


def done(alert: str, act: str) -> Any:
    """Do it, once the password is fresh."""
    if gate := signed_in(SCOPE):
        return gate
    held = service.get(parts(), g.who, alert)
    must_be_own(g.who, held)
    try:
        _must_be_fresh()
        made = _do(held, act)
    except (errors.Invalid, errors.Forbidden, errors.Conflict, errors.TooMany) as problem:
        if not alerts_view.wants_page():
            raise
        return _ask(held, act, problem)
    if alerts_view.wants_page():
        return redirect(f"/alerts/{alert}", 303)
    return Response(
        to_json({"id": alert, "revision": made.revision, "url": f"/alerts/{alert}"}), mimetype="application/json"
    )


def _must_be_fresh() -> None:
    """Take the password that came along when it is wanted; raise NotFresh without one, Invalid for a wrong one."""
    if freshness.is_fresh(parts(), g.who):
        return
    if not (password := request.form.get("password", "")):
        raise NotFresh(detail="alerts_page.fresh.act")
    freshness.refresh(parts(), g.who, password)
    g.who = replace(g.who, fresh=parts().clock.now())


def _do(held: StoredAlert, act: str) -> Issued:
    form, at = request.form, parts().clock.now()
    if act == "clear":
        return service.clear(parts(), g.who, held.id, form.get("note", ""))
    if act == "correct":
        return service.correct(parts(), g.who, held.id, form.get("text", ""))
    if act == "approve":
        return service.approve(parts(), g.who, held.id)
    if act == "extend":
        left = max(0, held.expires - at) // 1000
        longest = limits.expiry(held.status, held.severity).longest_s
        return service.update(parts(), g.who, held.id, UpdateAlert(expires_s=min(longest, left + LONGER_S)))
    return service.update(parts(), g.who, held.id, _changes(held))


def _changes(held: StoredAlert) -> UpdateAlert:
    """Only what is another than before: an end that nobody touched stays where it is."""
    seen = alerts_form.typed(request.form, held.status)
    kept = request.form.get("expires_s", "") == ""
    targets = seen.targets if seen.targets not in (Targets(), held.targets) else None
    severity = seen.severity if held.status is Status.ACTUAL else held.severity
    return UpdateAlert(
        headline=seen.headline if seen.headline != held.headline else None,
        instruction=seen.instruction if seen.instruction != held.instruction else None,
        severity=severity if severity is not held.severity else None,
        presentation=seen.presentation if seen.presentation is not held.presentation else None,
        targets=targets, expires_s=None if kept else seen.expires_s,
    )  # fmt: skip


for _act in ACTS:
    rule = f"/alerts/<alert>/{_act}"
    blueprint.add_url_rule(rule, f"ask_{_act}", asked, methods=["GET"], defaults={"act": _act})
    blueprint.add_url_rule(rule, f"do_{_act}", done, methods=["POST"], defaults={"act": _act})


@blueprint.post("/alerts/<alert>/visited")
def visited(alert: str) -> Any:
    """Somebody went to a screen that does not answer."""
    if gate := signed_in(SCOPE):
        return gate
    service.visited(parts(), g.who, alert, request.form.get("screen", ""))
    return redirect(f"/alerts/{alert}", 303) if alerts_view.wants_page() else ("", 204)


@blueprint.post("/alerts/<alert>/note")
def note(alert: str) -> Any:
    """What it was about."""
    if gate := signed_in(SCOPE):
        return gate
    service.note(parts(), g.who, alert, request.form.get("note", ""))
    return redirect(f"/alerts/{alert}?noted=1", 303)
