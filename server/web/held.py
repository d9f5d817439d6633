"""Messages from outside that wait for a person: look, release with the same question as an alert, or ignore."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, g, redirect, request

from playlists.alert import Phase, Severity, Status
from server import errors, problems
from server.accounts import freshness
from server.alerts import drafts, wording
from server.alerts.model import SCOPE, IssueAlert, StoredAlert, Targets
from server.api import parts
from server.intake import service
from server.intake.model import Kept, Outlook, State
from server.paging import PageQuery
from server.web import alerts_places, alerts_view
from server.web.alerts_form import Typed
from server.web.alerts_ticket import Ticket, read
from server.web.bands import colour_of
from server.web.shell import day_time, locale_now, page, refusal, signed_in, site_here
from server.words import say

blueprint = Blueprint("held", __name__)
HERE = "/alerts/held"
PER_PAGE = 30
FIRST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to know about a message."""

    name: str
    text: str


# the list -----------------------------------------------------------------------------------------------------------


@blueprint.get(HERE)
def listed() -> Any:
    """What waits, or what was shown or ignored."""
    if gate := signed_in(SCOPE):
        return gate
    asked = request.args.get("state", "")
    state = State(asked) if asked in set(State) else State.HELD
    query = PageQuery(cursor=request.args.get("cursor"), limit=PER_PAGE)
    found = service.list_messages(parts(), g.who, query, state)
    return page(
        "held.html", here="alert", outside=None, rows=found.items, more=found.next, state=state, states=list(State),
        why=_why, names=service.names(parts(), g.who),
    )  # fmt: skip


def _why(kept: Kept) -> str:
    return say(kept.why.rule, locale_now(), **dict(kept.why.params)) if kept.why else ""


# one message --------------------------------------------------------------------------------------------------------


@blueprint.get(f"{HERE}/<message>")
def look(message: str) -> Any:
    """What a message says, what releasing it would do, and to whom."""
    return signed_in(SCOPE) or _look(message)


@blueprint.post(f"{HERE}/<message>")
def back(message: str) -> Any:
    """The same with the places that were chosen."""
    return signed_in(SCOPE) or _look(message, targets=_targets())


def _look(message: str, problem: errors.Problem | None = None, targets: Targets | None = None) -> Any:
    kept = service.get(parts(), g.who, message)
    told = refusal(problem) if problem else None
    waits = kept.state is State.HELD
    found = service.outlook(parts(), g.who, message, targets) if waits else None
    chosen = targets or (found.wanted.targets if found and found.wanted else Targets())
    shown = page(
        "held_message.html", here="alert", outside=None, kept=kept, waits=waits, why=_why(kept), problem=told,
        found=found, head=_head(found), live=[_live(one) for one in found.live] if found else [],
        facts=_facts(kept, found),
        over=say(found.over, locale_now()) if found and found.over else "", places=_places(chosen), chosen=chosen,
        notes=[problems.violation_object(one, locale_now()) for one in kept.warnings if one != kept.why],
    )  # fmt: skip
    return (shown, problem.status) if problem else shown


def _places(chosen: Targets) -> Any:
    whom = {name: getattr(chosen, name) for name in Targets.__slots__}
    return alerts_places.places(Typed(**whom))


def _head(found: Outlook | None) -> dict[str, Any]:
    """The label and the words as screens would print them."""
    if not found or not found.wanted:
        return {}
    wanted = found.wanted
    return {
        "label": wording.label(Phase.LIVE, wanted.status, wanted.severity, site_here().locale),
        "colour": colour_of(Phase.LIVE, wanted.status, wanted.severity), "headline": wanted.headline,
        "text": wanted.instruction or wanted.description,
        "presentation": say(f"alerts_page.presentation.{wanted.presentation}", locale_now()),
    }  # fmt: skip


def _live(alert: StoredAlert) -> dict[str, str]:
    label = wording.label(alert.phase, alert.status, alert.severity, site_here().locale)
    return {"id": alert.id, "label": label, "headline": alert.headline,
            "colour": colour_of(alert.phase, alert.status, alert.severity)}  # fmt: skip


def _facts(kept: Kept, found: Outlook | None) -> list[Line]:
    """Who sent it, when, for where and for how long, and all of its words that screens have no room for."""
    info, wanted = (found.info, found.wanted) if found else (None, None)
    names = service.names(parts(), g.who)
    lines = [
        ("source", names.get(kept.source or "", "")), ("sender", kept.sender), ("sent", day_time(kept.sent)),
        ("received", day_time(kept.received)),
        ("from", day_time(wanted.effective) if wanted and wanted.effective else ""),
        ("until", day_time(_until(wanted)) if wanted else ""),
        ("event", info.event if info else ""),
        ("areas", say("alerts_page.comma", locale_now()).join(area.description for area in info.areas) if info else ""),
        ("description", wanted.description if wanted and wanted.instruction else ""),
        ("contact", info.contact if info else ""), ("decided_by", kept.decided_by),
    ]  # fmt: skip
    return [Line(say(f"held_page.{name}", locale_now()), text) for name, text in lines if text.strip()]


def _until(wanted: IssueAlert) -> int:
    since = parts().clock.now() if wanted.effective is None else wanted.effective
    return since + wanted.expires_s * 1000


# the decision -------------------------------------------------------------------------------------------------------


@blueprint.post(f"{HERE}/<message>/check")
def check(message: str) -> Any:
    """Name the targets and ask: for the digits when it is real, for the password when it was long ago."""
    if gate := signed_in(SCOPE):
        return gate
    return _question(message, Ticket(g.who.session, "held", message, parts().clock.now()).asking())


def _question(message: str, ticket: Ticket, problem: errors.Problem | None = None) -> Any:
    found = service.outlook(parts(), g.who, message, _targets())
    if found.over or (found.wanted and found.wanted.targets == Targets()):
        return _look(message, errors.Conflict(detail=found.over or "alerts.no_targets"), _targets())
    try:
        asked = _asked(found)
    except (errors.Invalid, errors.Forbidden) as refused:
        return _look(message, refused, _targets())
    actual = _is_actual(found)
    shown = page(
        "held_ask.html", here="alert", words=("alerts_page.",), outside=None, message=message,
        ticket=ticket.signed(), digits=ticket.digits if actual else "",
        fresh=freshness.is_fresh(parts(), g.who), head=_head(found), live=[_live(one) for one in found.live],
        problem=refusal(problem) if problem else None, first=FIRST_NAMES,
        colour=("red" if actual else "blue") if found.wanted else "green", kept=_chosen(), **asked,
    )  # fmt: skip
    return (shown, problem.status) if problem else shown


def _is_actual(found: Outlook) -> bool:
    return found.wanted is not None and found.wanted.status is Status.ACTUAL


def _asked(found: Outlook) -> dict[str, Any]:
    """The question in words, with everyone it goes to; raise what issuing it would."""
    if found.wanted is None:
        return {"question": say("held_page.end_ask", locale_now()), "go": say("held_page.end", locale_now())}
    drafts.check(parts(), g.who, found.wanted)
    drafted = drafts.draft(parts(), g.who, found.wanted)
    seen = Typed(severity=Severity(found.wanted.severity), expires_s=found.wanted.expires_s)
    return alerts_view.question(found.wanted.status, drafted, seen)


@blueprint.post(f"{HERE}/<message>/release")
def release(message: str) -> Any:
    """Let it have its way, in this person's name."""
    if gate := signed_in(SCOPE):
        return gate
    ticket = read(request.form.get("ticket", ""))
    if ticket is None or (ticket.session, ticket.identifier) != (g.who.session, message):
        return _question(message, Ticket(g.who.session, "held", message, parts().clock.now()).asking())
    try:
        _must_copy(message, ticket)
        _must_be_fresh()
        done = service.release(parts(), g.who, message, _targets())
    except (errors.Invalid, errors.Forbidden, errors.TooMany) as problem:
        return _question(message, ticket, problem)
    except errors.Conflict as problem:
        return _look(message, problem)
    return redirect(f"/alerts/{done.alert}" if done.alert else HERE, 303)


def _must_copy(message: str, ticket: Ticket) -> None:
    """Raise Invalid when it is real and the four digits are not those that were shown."""
    found = service.outlook(parts(), g.who, message, _targets())
    if _is_actual(found) and "".join(request.form.getlist("digit")) != ticket.digits:
        raise errors.Invalid(
            (errors.Violation("digit", "alerts_page.digits_wrong"),), detail="alerts_page.digits_wrong"
        )


def _must_be_fresh() -> None:
    if not freshness.is_fresh(parts(), g.who):
        freshness.refresh(parts(), g.who, request.form.get("password", ""))
        g.who = replace(g.who, fresh=parts().clock.now())


@blueprint.post(f"{HERE}/<message>/ignore")
def ignore(message: str) -> Any:
    if gate := signed_in(SCOPE):
        return gate
    try:
        service.ignore(parts(), g.who, message)
    except errors.Conflict as problem:
        return _look(message, problem)
    return redirect(HERE, 303)


def _targets() -> Targets | None:
    """The places that were chosen; None on a form that asks for none."""
    form = request.form
    if "places" not in form:
        return None
    below = tuple(form.getlist("organisations"))
    if form.get("everywhere") == "1":
        return Targets(everywhere=True, organisations=below)
    return Targets(tuple(form.getlist("screens")), tuple(form.getlist("groups")), organisations=below)


def _chosen() -> list[tuple[str, str]]:
    """The same as fields, to be carried through the question."""
    names = ("places", "everywhere", "groups", "screens", "organisations")
    return [(name, value) for name in names for value in request.form.getlist(name)]
