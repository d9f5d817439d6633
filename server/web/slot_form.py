"""The form for one slot: made, changed, rested or removed, with and without script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request
from pydantic import ValidationError

from playlists import wire
from server import errors, faults
from server.accounts.model import NOWHERE
from server.api import parts, plain
from server.organisations import service as organisations
from server.organisations.model import Organisation, OrganisationKind
from server.scheduling import service
from server.scheduling.model import DEFAULT_PRIORITY, DEFAULT_SHARE, MOST_SHARE, NewSlot, SlotRow
from server.screens import groups, layouts
from server.web import grid
from server.web.schedule import playlists_here, screens_here
from server.web.shell import locale_now, page, refusal, signed_in
from server.web.wall import nested
from server.words import say

blueprint = Blueprint("slot_form", __name__)

FEW = 20  # organisations below that are found without typing
PRIORITIES = {"high": 70, "normal": DEFAULT_PRIORITY, "low": 30}


@blueprint.get("/schedule/new")
def new() -> Any:
    return signed_in("content") or _form(None, _blank())


@blueprint.get("/schedule/<slot>")
def edit(slot: str) -> Any:
    if gate := signed_in("content"):
        return gate
    row = service.get(parts(), g.who, slot)
    return _form(row, _held(row))


@blueprint.post("/schedule/new")
def add() -> Any:
    return signed_in("content") or _saved(None)


@blueprint.post("/schedule/<slot>")
def change(slot: str) -> Any:
    if gate := signed_in("content"):
        return gate
    return _saved(service.get(parts(), g.who, slot))


@blueprint.post("/schedule/<slot>/remove")
def remove(slot: str) -> Any:
    if gate := signed_in("content"):
        return gate
    service.remove(parts(), g.who, slot)
    return redirect("/schedule", 303)


@blueprint.post("/schedule/<slot>/pause")
def pause(slot: str) -> Any:
    if gate := signed_in("content"):
        return gate
    day, paused = request.form.get("day", ""), request.form.get("paused") != "0"
    service.pause(parts(), g.who, slot, day, paused=paused)
    return redirect(f"/schedule?week={day}", 303)


def _saved(row: SlotRow | None) -> Any:
    typed = _typed()
    try:
        order = NewSlot.model_validate(_body(typed)).order()
        if row is None:
            service.add(parts(), g.who, order)
        else:
            service.change(parts(), g.who, row.id, request.form.get("revision", ""), order)
    except (errors.Problem, ValidationError) as found:
        problem = faults.from_validation(found) if isinstance(found, ValidationError) else found
        return _form(row, typed, refusal(problem)), problem.status
    return redirect(f"/schedule?at={typed['at']}&week={typed['first']}", 303)


def _form(row: SlotRow | None, values: dict[str, Any], problem: Any = None) -> str:
    known = [plain({"id": group.id, "name": group.name, "parent": group.parent}) for group, _ in _groups()]
    every = sorted(playlists_here().values(), key=lambda one: (one.approved is None, one.name))
    return page(
        "slot_form.html", here="schedule", words=("schedule_page.",), row=row, values=values, problem=problem,
        groups=nested(known), screens=screens_here(), playlists=every, regions=_regions(values["region"]),
        below=_below(), few=FEW, most_share=MOST_SHARE,
        kinds={kind.value: say(f"organisations.kind.{kind}", locale_now()) for kind in OrganisationKind},
        priorities=PRIORITIES,
        data={"slot": row.id if row else None},
    )  # fmt: skip


def _below() -> tuple[Organisation, ...]:
    """The organisations that the asker may put something on, each before those that lie in it."""
    if not g.who.may("content", NOWHERE) or not organisations.has_below(parts(), g.who.org):
        return ()
    return organisations.listed(parts(), g.who)[1:]


def _groups() -> tuple[Any, ...]:
    return groups.list_groups(parts(), g.who)


def _regions(held: str) -> list[str]:
    """The regions that any layout knows, main first."""
    found = {region.name for layout in layouts.list_layouts(parts(), g.who) for region in layout.regions}
    return sorted(found | {"main", held}, key=lambda name: (name != "main", name))


def _blank() -> dict[str, Any]:
    """A new slot, with what its address already says."""
    asked = request.args
    kind, _, target = asked.get("at", "").partition(":")
    whole = asked.get("from", "00:00") == "00:00" and asked.get("until", "24:00") in ("24:00", "00:00")
    return {
        "playlist": asked.get("playlist", ""), "all": False, "groups": [target] if kind == "group" else [],
        "screens": [target] if kind == "screen" else [], "region": asked.get("region", "main"), "whole": whole,
        "from": "08:00" if whole else asked.get("from", ""), "until": "16:00" if whole else asked.get("until", ""),
        "weekdays": [1, 2, 3, 4, 5, 6, 7], "first": asked.get("day", ""), "last": asked.get("day", ""),
        "priority": DEFAULT_PRIORITY, "at": asked.get("at", ""),
        "begins": None, "ends": None, "organisations": [], "share": DEFAULT_SHARE,
    }  # fmt: skip


def _held(row: SlotRow) -> dict[str, Any]:
    """A slot as the form shows it."""
    daypart = wire.daypart_from_json(dict(row.daypart))
    whole = (daypart.start, daypart.end) == (0, 1_440)
    return {
        "playlist": row.playlist, "all": row.targets.everywhere, "groups": list(row.targets.groups),
        "screens": list(row.targets.screens), "region": row.region, "whole": whole,
        "from": "08:00" if whole else grid.two_digits(daypart.start),
        "until": "16:00" if whole else grid.two_digits(daypart.end % 1_440),
        "weekdays": list(daypart.weekdays), "first": daypart.first, "last": daypart.last, "priority": row.priority,
        "at": request.args.get("at", ""), "begins": row.begins, "ends": row.ends,
        "organisations": list(row.targets.organisations), "share": row.share or DEFAULT_SHARE,
    }  # fmt: skip


def _typed() -> dict[str, Any]:
    """The form as it was sent, so that nothing typed is lost."""
    form = request.form
    return {
        "playlist": form.get("playlist", ""), "all": form.get("all") == "1", "groups": form.getlist("groups"),
        "screens": form.getlist("screens"), "region": form.get("region", "main"), "whole": form.get("hours") != "some",
        "from": form.get("from", ""), "until": form.get("until", ""),
        "weekdays": [int(day) for day in form.getlist("weekdays") if day in "1234567" and day],
        "first": form.get("first", ""), "last": form.get("last", ""),
        "priority": form.get("priority", DEFAULT_PRIORITY, type=int), "at": form.get("at", ""),
        "begins": form.get("begins", type=int), "ends": form.get("ends", type=int),
        "organisations": form.getlist("organisations"), "share": form.get("share", DEFAULT_SHARE, type=int),
    }  # fmt: skip


def _body(typed: dict[str, Any]) -> dict[str, Any]:
    """The form as the HTTP interface takes it; ``src/schedule/form.js`` agrees."""
    until = "24:00" if typed["until"] == "00:00" else typed["until"]
    daypart = {"clock": "00:00-24:00" if typed["whole"] else f"{typed['from']}-{until}", "weekdays": typed["weekdays"]}
    daypart |= {name: typed[name] for name in ("first", "last") if typed[name]}
    targets = {"all": typed["all"], "groups": typed["groups"], "screens": typed["screens"]}
    targets["organisations"] = typed["organisations"]
    return {"playlist": typed["playlist"] or "-", "targets": targets, "region": typed["region"], "daypart": daypart,
            "priority": typed["priority"], "share": typed["share"],
            "from": typed["begins"], "until": typed["ends"]}  # fmt: skip
