"""Everything that was issued, and what became of each: the history and the printable report."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request

from playlists.alert import Phase, Status
from server.alerts import archive, reports, wording
from server.alerts.archive import Beginning, Narrowed
from server.alerts.model import SCOPE, Delivery, State, StoredAlert
from server.api import parts
from server.paging import PageQuery
from server.web.alerts_proof import course, readable, received_ms
from server.web.bands import colour_of, of_above
from server.web.shell import alerts_here, common, day_time, locale_now, page, signed_in, site_here
from server.words import say

blueprint = Blueprint("alerts_history", __name__)
PER_PAGE = 30
DAY_MS = 86_400_000
KINDS = ("actual", "exercise")


@blueprint.get("/alerts/bands")
def live() -> Any:
    """The bands of every page, read again when an alert changed."""
    g.who.must("read")
    own = {"own_band": request.args.get("own", "")}
    return render_template("alert_bands.html", **{**common(), **alerts_here(), **own})


# the list -------------------------------------------------------------------------------------------------------------


@blueprint.get("/alerts")
def history() -> Any:
    """The list, filtered and paged."""
    if gate := signed_in():
        return gate
    wanted = {name: request.args.get(name, "").strip()[:80] for name in ("kind", "from", "to", "text")}
    query = PageQuery(cursor=request.args.get("cursor"), limit=PER_PAGE)
    found = archive.search(parts(), g.who, query, _narrowed(wanted))
    began = archive.beginnings(parts(), g.who, found.items)
    kept = {name: value for name, value in wanted.items() if value}
    return page(
        "alert_history.html", here="alert", rows=[_told(one, began[one.id]) for one in found.items],
        more=urlencode({**kept, "cursor": found.next}) if found.next else "", wanted=wanted, filtered=bool(kept),
        may=g.who.may(SCOPE), kinds=KINDS,
    )  # fmt: skip


def _narrowed(wanted: dict[str, str]) -> Narrowed:
    kind = Status(wanted["kind"]) if wanted["kind"] in KINDS else None
    last = _midnight(wanted["to"])
    return Narrowed(kind, _midnight(wanted["from"]), None if last is None else last + DAY_MS, wanted["text"])


def _midnight(day: str) -> int | None:
    """The instant (UTC ms) at which a local day begins, or None for no day."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    if not 1970 < found.year < 2999:
        return None
    begins = datetime(found.year, found.month, found.day, tzinfo=ZoneInfo(site_here().zone))
    return int(begins.astimezone(UTC).timestamp()) * 1000


def _told(alert: StoredAlert, began: Beginning) -> dict[str, Any]:
    return {
        "alert": alert, "headline": readable(began.headline), "state": alert.state(parts().clock.now()),
        "began": began, "label": _label(alert),
        "colour": colour_of(Phase.LIVE, alert.status, alert.severity), "above": of_above(alert, locale_now()),
    }  # fmt: skip


def _label(alert: StoredAlert) -> str:
    """What it was printed with while it was live."""
    return wording.label(Phase.LIVE, alert.status, alert.severity, locale_now())


# the report -----------------------------------------------------------------------------------------------------------


@blueprint.get("/alerts/<alert>/report")
def report(alert: str) -> Any:
    """Times, percentiles, screens that failed: to be printed."""
    if gate := signed_in():
        return gate
    found = reports.report(parts(), g.who, alert, request.args.get("revision", type=int))
    held, at = found.alert, parts().clock.now()
    over = held.state(at) not in (Phase.LIVE, Phase.WAITING)
    return page(
        "alert_report.html", here="alert", report=found, alert=held, label=_label(held), over=over,
        drill=held.status is Status.EXERCISE, colour=colour_of(Phase.LIVE, held.status, held.severity),
        state=held.state(at), above=of_above(held, locale_now()),
        by_organisation=[(one.organisation or site_here().name, one, _times(one.times)) for one in found.parts],
        times=_times(found.times), course=course(held), body=found.revision.body,
        said=readable(found.revision.body["headline"]), instruction=readable(found.revision.body["instruction"]),
        failed=[_row(row) for row in found.failed], shown=[_row(row) for row in found.shown],
        ended=day_time(held.ended or held.expires) if over else "", printed=day_time(at),
    )  # fmt: skip


def _times(times: reports.Times) -> dict[str, str]:
    return {name: seconds(getattr(times, name)) for name in ("first", "p50", "p95", "p99", "max")}


def seconds(ms: int | None) -> str:
    """``0.21 秒``; a word for none."""
    if ms is None:
        return say("alerts_page.report.none", locale_now())
    return say("alerts_page.report.seconds", locale_now(), s=f"{ms / 1000:.2f}")


def _row(row: Delivery) -> dict[str, str]:
    why = "offline" if row.state is State.UNREACHABLE else "received" if row.received else "silent"
    return {
        "name": row.name, "place": row.place, "organisation": row.organisation,
        "took": seconds(row.took_ms) if row.shown else "",
        "why": say(f"alerts_page.why.{why}", locale_now()),
        "seen": str(row.seen or ""), "visited": f"{row.visited_by} {day_time(row.visited)}" if row.visited else "",
        "received": seconds(received_ms(row)) if row.received else "",
    }  # fmt: skip
