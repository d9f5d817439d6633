"""Review: what waits for this person, one piece at a time, with the pixels that will be shown and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, g, redirect, request

from playlists.model import Item
from server import errors
from server.api import parts, to_json
from server.editorial import service, views
from server.editorial.changes import Change
from server.editorial.model import Inbox
from server.editorial.views import Piece
from server.organisations import service as organisations
from server.scheduling import service as scheduling
from server.scheduling.model import SlotQuery, SlotRow, Targets
from server.scheduling.targets import screens_below, screens_of
from server.screens import groups
from server.screens import service as screens
from server.screens.model import MOST_SCREENS, Screen
from server.web.shell import locale_now, page, refusal, signed_in, site_here
from server.web.when import Told, listed, tell
from server.words import say

blueprint = Blueprint("review", __name__)

REASONS = ("typo", "wrong", "long", "picture", "time")
SHOWN_SLOTS = 4


@blueprint.get("/review")
def review() -> Any:
    """The inbox; on a wide page with its first piece beside it."""
    if gate := _gate():
        return gate
    inbox = views.inbox(parts(), g.who)
    first = next((one.view.id for one in inbox.waiting), None)
    return _page(inbox, first, alone=False)


@blueprint.get("/review/waiting")
def waiting() -> Any:
    """How many pieces wait for the asker, for the badge beside the page's name."""
    g.who.must("review")
    return Response(to_json({"waiting": service.waiting_count(parts(), g.who)}), mimetype="application/json")


@blueprint.get("/review/<playlist>")
def one(playlist: str) -> Any:
    """One piece, to be decided on."""
    return _gate() or _page(views.inbox(parts(), g.who), playlist, alone=True)


@blueprint.post("/review/<playlist>/approve")
def approve(playlist: str) -> Any:
    return _gate() or _decided(playlist, lambda: service.approve(parts(), g.who, playlist, _revision()))


@blueprint.post("/review/<playlist>/return")
def send_back(playlist: str) -> Any:
    return _gate() or _decided(playlist, lambda: service.send_back(parts(), g.who, playlist, _revision(), _reason()))


@blueprint.post("/review/<playlist>/submit")
def submit(playlist: str) -> Any:
    """What plays with fewer reviews than are asked for by now goes to its reviewers."""
    return signed_in("content") or _decided(playlist, lambda: service.submit(parts(), g.who, playlist, _revision()))


def _gate() -> Any:
    """Reviewers decide here; authors read why their pieces came back."""
    return signed_in("review" if not g.who.may("content") else "content")


def _revision() -> str:
    return request.form.get("revision", "")[:64]


def _reason() -> str:
    """The chosen reason in words and what was written beside it."""
    chosen = request.form.get("reason", "")
    told = say(f"review_page.reason.{chosen}", locale_now()) if chosen in REASONS else ""
    written = request.form.get("words", "").strip()[:400]
    return say("review_page.reason_join", locale_now()).join(part for part in (told, written) if part)


def _decided(playlist: str, act: Any) -> Any:
    try:
        act()
    except errors.Problem as problem:
        told = refusal(problem)
        return _page(views.inbox(parts(), g.who), playlist, alone=True, problem=told), problem.status
    return redirect("/review", 303)


def _page(inbox: Inbox, playlist: str | None, *, alone: bool, problem: Any = None) -> str:
    piece = views.piece(parts(), g.who, playlist) if playlist else None
    mine = views.sent(parts(), g.who)
    return page(
        "review.html", here="review", words=("review_page.", "desk.colour."), data=_data(piece), inbox=inbox,
        mine=mine, lacking=views.lacking(parts(), g.who), piece=piece and _shown(piece, inbox), alone=alone,
        problem=problem, reasons=REASONS, returning="return" in request.args,
    )  # fmt: skip


def _data(piece: Piece | None) -> dict[str, Any] | None:
    if piece is None:
        return None
    view = piece.waiting.view
    return {"playlist": view.id, "revision": view.submitted or view.revision, "count": len(piece.waiting.items)}


def _shown(piece: Piece, inbox: Inbox) -> dict[str, Any]:
    """A piece as its template tells it."""
    view, detail = piece.waiting.view, piece.detail
    slots = _slots(view.id)
    order = [one.view.id for one in inbox.waiting]
    numbers = {revision.hash: revision.number for revision in detail.revisions}
    return {
        "view": view,
        "items": piece.waiting.items,
        "sent": piece.waiting.submitted,
        "why": piece.why,
        "step": _step(view.state),
        "number": numbers.get(view.submitted or view.revision, view.number),
        "playing": numbers.get(view.approved or ""),
        "changes": [_change(change, piece) for change in piece.waiting.changes],
        "place": order.index(view.id) + 1 if view.id in order else None,
        "of": len(order),
        "history": [entry for entry in detail.history if entry.revision == view.submitted and entry.act == "approve"],
        **_reach(slots, view.group),
    }


def _step(state: str) -> int:
    """The step a piece stands at, 1 to 3; 0 when it is in no review."""
    return int(state.removeprefix("step_")) if state.startswith("step_") else 0


def _slots(playlist: str) -> list[SlotRow]:
    rows, _ = scheduling.listed(parts(), g.who, SlotQuery(playlist=playlist, limit=200))
    return rows


def _reach(slots: Sequence[SlotRow], group: str | None) -> dict[str, Any]:
    """Where and when a playlist plays, and the kinds of screens it is to be looked at on."""
    every = {one.id: one for one in screens.list_screens(parts(), g.who, limit=MOST_SCREENS)}
    names = {key: screen.name for key, screen in every.items()}
    names |= {group.id: group.name for group, _ in groups.list_groups(parts(), g.who)}
    names |= organisations.names_below(parts(), g.who, {org for row in slots for org in row.targets.organisations})
    with parts().db.read() as tx:
        reached = {key for row in slots for key in screens_of(tx, g.who.org, row.targets)} & every.keys()
        below = sum(len(some) for some in screens_below(tx, *(row.targets for row in slots)).values())
    zone, locale = site_here().zone, locale_now()
    told = [tell(row, names, zone, locale) for row in slots]
    return {
        "reached": len(reached) + below,
        "where": listed(list(dict.fromkeys(_names(slots, names))), locale),
        "when": list(dict.fromkeys(_when(one) for one in told))[:SHOWN_SLOTS],
        "more_when": max(0, len(told) - SHOWN_SLOTS),
        "profiles": _profiles([every[key] for key in sorted(reached)] or _at_home(group) or list(every.values())),
        "scheduled": bool(slots),
    }


def _at_home(group: str | None) -> list[Screen]:
    """The screens of the group that a playlist belongs to."""
    return list(screens.list_screens(parts(), g.who, group=group, limit=MOST_SCREENS)) if group else []


def _names(slots: Sequence[SlotRow], names: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for row in slots:
        if row.targets.everywhere:
            found.append(say("schedule_page.everywhere", locale_now()))
        found += [names[key] for key in _keys(row.targets) if key in names]
    return found


def _keys(targets: Targets) -> tuple[str, ...]:
    return (*targets.groups, *targets.screens, *targets.organisations)


def _when(told: Told) -> str:
    return f"{told.dates}{say('schedule_page.comma', locale_now())}{told.when}"


def _profiles(found: Sequence[Screen]) -> list[dict[str, Any]]:
    """The kinds of screens, the most frequent first, each with one screen that stands for it."""
    alike: dict[tuple[int, int, str], list[Screen]] = {}
    for screen in found:
        alike.setdefault((screen.width, screen.height, screen.colour.value), []).append(screen)
    kinds = sorted(alike.items(), key=lambda kind: (-len(kind[1]), kind[0]))
    return [
        {"screen": some[0].id, "width": width, "height": height, "colour": colour, "n": len(some)}
        for (width, height, colour), some in kinds
    ]


def _change(change: Change, piece: Piece) -> dict[str, Any]:
    """A change with the number its item has in the new order, or had in the old one."""
    now, before = _numbers(piece.waiting.items), _numbers(piece.waiting.playing)
    return {
        "kind": change.kind,
        "n": now.get(change.item) or before.get(change.item),
        "was": before.get(change.item),
        "texts": change.texts,
        "wishes": [wish for wish in change.wishes if wish != "kind"],
    }


def _numbers(items: Sequence[Item]) -> dict[str, int]:
    return {item.id: n for n, item in enumerate(items, 1)}
