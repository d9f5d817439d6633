"""Settings -> Webhooks: who is told of alerts outside the plant's screens, and what became of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request

from server import errors
from server.api import parts
from server.outbox import addresses, sending, service
from server.outbox.model import ASKED, Format, Moment, WebhookOrder
from server.paging import PageQuery
from server.web.settings import topics
from server.web.shell import page, refusal, signed_in

blueprint = Blueprint("webhooks", __name__)
HERE = "/settings/webhooks"


def _page(status: int = 200, **values: Any) -> Any:
    log = service.log(parts(), g.who, PageQuery(cursor=request.args.get("cursor")))
    held = service.list_webhooks(parts(), g.who)
    shown = page(
        "webhooks.html", here="settings", topic="webhooks", topics=topics(), webhooks=held, log=log.items,
        more=log.next, names={one.id: one.name for one in held}, formats=list(Format), moments=ASKED,
        told=addresses.told, **values,
    )  # fmt: skip
    return shown, status


def _order() -> WebhookOrder:
    """The form as an order; an address or a secret left empty stays as it is."""
    form = request.form
    if form.get("format") not in set(Format) or not set(form.getlist("moments")) <= set(ASKED):
        raise errors.Malformed()
    return WebhookOrder(
        name=form.get("name", "")[:200], format=Format(form["format"]), address=form.get("address") or None,
        secret=form.get("secret") or None, moments=tuple(map(Moment, form.getlist("moments"))),
        enabled="enabled" in form,
    )  # fmt: skip


@blueprint.get(HERE)
def webhooks() -> Any:
    return signed_in("settings") or _page(tried=request.args.get("tried", ""))


@blueprint.post(HERE)
def add_webhook() -> Any:
    if gate := signed_in("settings"):
        return gate
    try:
        made = service.add(parts(), g.who, _order())
    except errors.Invalid as problem:
        return _page(problem.status, problem=refusal(problem), typed=request.form)
    return redirect(f"{HERE}?open={made.id}", 303)


@blueprint.post(f"{HERE}/<webhook>")
def change_webhook(webhook: str) -> Any:
    if gate := signed_in("settings"):
        return gate
    try:
        service.change(parts(), g.who, webhook, _order())
    except errors.Invalid as problem:
        return _page(problem.status, problem=refusal(problem), wrong=webhook)
    return redirect(f"{HERE}?saved={webhook}", 303)


@blueprint.post(f"{HERE}/<webhook>/test")
def try_webhook(webhook: str) -> Any:
    """Send a trial at once, so that the page that follows says what became of it."""
    if gate := signed_in("settings"):
        return gate
    row = service.try_out(parts(), g.who, webhook)
    sending.send(parts())
    return redirect(f"{HERE}?tried={row.id}", 303)


@blueprint.post(f"{HERE}/<webhook>/remove")
def remove_webhook(webhook: str) -> Any:
    if gate := signed_in("settings"):
        return gate
    service.remove(parts(), g.who, webhook)
    return redirect(HERE, 303)
