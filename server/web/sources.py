"""Settings -> Alert sources: who outside the desk may send messages, how, and what they are worth."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request

from playlists.alert import Status
from server import errors
from server.accounts.model import system
from server.alerts import templates
from server.alerts.model import Targets
from server.api import parts
from server.intake import sources
from server.intake.model import ANY_SENDER, Kind, Policy, Source, SourceOrder
from server.intake.routes import path_of
from server.organisations import service as organisations
from server.screens import groups
from server.screens import service as screens
from server.screens.model import MOST_SCREENS
from server.web.settings import topics
from server.web.shell import locale_now, page, refusal, signed_in
from server.words import say

blueprint = Blueprint("sources", __name__)
HERE = "/settings/sources"
EVERY_S = (30, 60, 300, 900, 3600)
LISTS = ("senders", "blocked")


STATUSES = (Status.ACTUAL, Status.EXERCISE)


def _page(status: int = 200, *, wrong: str = "", **values: Any) -> Any:
    """All sources, and the form of a new one once its kind is chosen; ``wrong`` is the one whose form was refused."""
    held = sources.list_sources(parts(), g.who)
    kind = request.values.get("kind", "") if request.values.get("kind") in set(Kind) else ""
    typed = status >= 400
    shown = page(
        "sources.html", here="settings", topic="sources", topics=topics(), held=held, kinds=list(Kind), kind=kind,
        its={one.id: _typed(one.kind) if one.id == wrong else _it(one) for one in held}, wrong=wrong,
        fresh=_typed(kind) if typed and not wrong else _usual(kind), policies=list(Policy), statuses=STATUSES,
        every=EVERY_S, templates=_templates(), groups=_groups(), screens=_screens(), organisations=_organisations(),
        address=_address, said=_said,
        **values,
    )  # fmt: skip
    return shown, status


def _it(source: Source) -> dict[str, Any]:
    """A source as its form shows it."""
    targets = source.targets
    whom = {"organisations": targets.organisations, **targets.told()}
    return {name: getattr(source, name) for name in (*SourceOrder.__slots__, "kind", "name")} | whom


def _usual(kind: str) -> dict[str, Any]:
    """The form of a new source of a kind, before anything is typed."""
    return {
        "kind": kind, "name": "", "policy": sources.USUAL[Kind(kind)] if kind else "", "status": Status.ACTUAL,
        "senders": [ANY_SENDER] if kind == Kind.FEED else [], "blocked": [], "address": "", "template": "",
        "every_s": sources.EVERY_S, "enabled": True, "all": True, "groups": [], "screens": [],
        "organisations": [],
    }  # fmt: skip


def _typed(kind: str) -> dict[str, Any]:
    """The form as it was sent, so that nothing typed is lost."""
    form = request.form
    return {
        "kind": kind, "all": "all" in form, "enabled": "enabled" in form, "every_s": form.get("every_s", type=int),
        **{name: form.get(name, "") for name in ("name", "policy", "status", "address", "template")},
        **{name: form.get(name, "").splitlines() for name in LISTS},
        **{name: form.getlist(name) for name in ("groups", "screens", "organisations")},
    }  # fmt: skip


def _templates() -> list[tuple[str, str]]:
    """Name and title of every template that could word an alarm."""
    ended = (templates.ALL_CLEAR, templates.CORRECTION)
    listed = templates.list_templates(parts(), system(g.who.org))
    return [(one.name, one.words[locale_now()]["title"]) for one in listed if one.name not in ended]


def _groups() -> list[tuple[str, str]]:
    return [(group.id, group.name) for group, _ in groups.list_groups(parts(), g.who)]


def _screens() -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in screens.list_screens(parts(), g.who, limit=MOST_SCREENS)]


def _organisations() -> list[tuple[str, str]]:
    """One's own with all below and each below; none where nothing lies below."""
    own, *below = organisations.listed(parts(), g.who)
    whole = [(own.id, say("alerts_page.all_below", locale_now()))] if below else []
    return whole + [(one.id, one.name) for one in below]


def _address(source: Source) -> str:
    """Where a hook calls."""
    root = (parts().config.public_url or request.host_url).rstrip("/")
    return root + path_of(source) if path_of(source) else ""


def _said(source: Source) -> str:
    """How the last fetch went, in the reader's words."""
    return say(source.said.rule, locale_now(), **dict(source.said.params)) if source.said else ""


def order() -> SourceOrder:
    """The form as an order; raise Malformed for one that no page of ours sends."""
    form = request.form
    try:
        policy, status = Policy(form["policy"]), Status(form["status"])
        every_s = int(form.get("every_s") or EVERY_S[1])
    except ValueError as error:
        raise errors.Malformed() from error
    if every_s not in EVERY_S:
        raise errors.Malformed()
    lists = {name: tuple(form[name].splitlines()) if name in form else None for name in LISTS}
    return SourceOrder(
        policy=policy, status=status, every_s=every_s, enabled="enabled" in form, targets=_targets(),
        template=form.get("template", "")[:40], address=form.get("address", "").strip()[:2_000], **lists,
    )  # fmt: skip


def _targets() -> Targets:
    below = tuple(request.form.getlist("organisations"))
    if "all" in request.form:
        return Targets(everywhere=True, organisations=below)
    grouped = tuple(request.form.getlist("groups"))
    return Targets(tuple(request.form.getlist("screens")), grouped, organisations=below)


@blueprint.get(HERE)
def listed() -> Any:
    return signed_in("settings") or _page()


@blueprint.post(HERE)
def add() -> Any:
    if gate := signed_in("settings"):
        return gate
    kind, name = request.form.get("kind", ""), request.form.get("name", "").strip()[:200]
    if kind not in set(Kind):
        raise errors.Malformed()
    try:
        made, secret = sources.add(parts(), g.who, name, Kind(kind), order())
    except (errors.Invalid, errors.Conflict) as problem:
        return _page(problem.status, problem=refusal(problem))
    if secret:
        return _page(made=made, secret=secret)
    return redirect(f"{HERE}?open={made.id}", 303)


@blueprint.post(f"{HERE}/<source>")
def change(source: str) -> Any:
    if gate := signed_in("settings"):
        return gate
    try:
        sources.change(parts(), g.who, source, order())
    except errors.Invalid as problem:
        return _page(problem.status, problem=refusal(problem), wrong=source)
    return redirect(f"{HERE}?saved={source}", 303)


@blueprint.post(f"{HERE}/<source>/secret")
def renew(source: str) -> Any:
    if gate := signed_in("settings"):
        return gate
    secret = sources.renew_secret(parts(), g.who, source)
    return _page(made=sources.get(parts(), g.who, source), secret=secret)


@blueprint.post(f"{HERE}/<source>/remove")
def remove(source: str) -> Any:
    if gate := signed_in("settings"):
        return gate
    sources.remove(parts(), g.who, source)
    return redirect(HERE, 303)
