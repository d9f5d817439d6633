"""The live proof of an alert: how many screens showed it, how soon, who is missing, and what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g

from playlists.alert import Phase, Status
from server.alerts import course as happened
from server.alerts import filling, service, wording
from server.alerts.course import Entry
from server.alerts.filling import Surroundings
from server.alerts.model import Act, Delivery, Revision, State, StoredAlert
from server.api import parts
from server.screens import groups
from server.screens import service as screens
from server.web.alerts_table import PROVED, Asked, Table
from server.web.bands import colour_of, of_above, time_left
from server.web.shell import clock_time, locale_now, site_here
from server.words import say

SILENT_MS = 5_000  # a screen that has not shown by then is red and named
MANY = 120  # screens above which cells carry no figures
NAMED = 50  # of those to walk to, above the table; the table has all


@dataclass(frozen=True, slots=True)
class Spot:
    """The screens of one group: ``cells`` in the order of their names."""

    name: str
    shown: int
    cells: tuple[dict[str, str], ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.cells)


def figure(ms: int) -> str:
    """``.21`` or ``3.4``: a delay as a cell has room for."""
    ms = max(0, ms)
    if ms < 1_000:
        return f".{ms // 10:02}"
    return f"{ms // 1_000}.{ms % 1_000 // 100}" if ms < 100_000 else str(ms // 1_000)


def mark(row: Delivery, at: int) -> tuple[str, str]:
    """Class and text of a screen's cell."""
    if row.state in PROVED:
        return ("a" if row.state is State.ACKNOWLEDGED else "ok"), figure(row.took_ms or 0)
    if row.state is State.UNREACHABLE or at - row.created >= SILENT_MS:
        return "x", "×"
    return ("got", "·") if row.state is State.RECEIVED else ("wait", "·")


def is_missing(row: Delivery, at: int) -> bool:
    """Whether somebody should walk there."""
    return mark(row, at)[0] == "x"


def spots(rows: Sequence[Delivery], homes: Mapping[str, str], at: int) -> tuple[Spot, ...]:
    """Cells by home."""
    found: dict[str, list[Delivery]] = {}
    for row in rows:
        found.setdefault(homes[row.screen], []).append(row)
    return tuple(_spot(name, sorted(some, key=lambda row: row.name), at) for name, some in sorted(found.items()))


def _spot(name: str, some: Sequence[Delivery], at: int) -> Spot:
    cells = []
    for row in some:
        shape, text = mark(row, at)
        said = f"{row.name} {say('alerts_page.cell.' + shape, locale_now(), s=text)}"
        cells.append({"screen": row.screen, "shape": shape, "text": text, "said": said})
    return Spot(name, sum(row.state in PROVED for row in some), tuple(cells))


def _homes(rows: Sequence[Delivery]) -> dict[str, str]:
    """Where each screen is at home: in its organisation below, in the first of its groups, else at its place."""
    names = {group.id: group.name for group, _ in groups.list_groups(parts(), g.who)}
    with parts().db.read() as tx:
        held = screens.groups_of(tx, g.who.org, [row.screen for row in rows])
    none = say("now.no_group", locale_now())
    return {
        row.screen: row.organisation
        or min((names[one] for one in held.get(row.screen, ()) if one in names), default=row.place or none)
        for row in rows
    }


def state(alert: StoredAlert, rows: Sequence[Delivery], wanted: Asked) -> dict[str, Any]:
    """Everything on the page that moves, in words; the script puts it where the template put it first."""
    at, locale, homes = parts().clock.now(), locale_now(), _homes(rows)
    table = Table(rows, homes, lambda row: is_missing(row, at))
    shown = [row for row in rows if row.state in PROVED]
    missing = sorted((row for row in rows if is_missing(row, at)), key=lambda row: (row.visited is not None, row.name))
    seen = sum(row.state is State.ACKNOWLEDGED for row in rows)
    return {
        "stored": not service.is_kept(parts(), alert.id, alert.revision), "revision": alert.revision,
        "phase": alert.state(at), "shown": len(shown), "of": len(rows), "seen": seen,
        "fact": _fact(shown, rows, seen, locale), "expires": alert.expires, "left": time_left(alert.expires - at),
        "spots": spots(rows, homes, at), "many": len(rows) > MANY, "spot_names": table.spots(),
        "missing": [_missing(row, at) for row in missing[:NAMED]],
        "missing_rest": _rest(len(missing) - NAMED, locale),
        "missing_say": _missing_words(len(missing), locale), "said": _said(len(shown), len(rows), len(missing), locale),
        "table": table.told(wanted, lambda row: _row(row, at), live=alert.state(at) == Phase.LIVE),
    }  # fmt: skip


def _rest(n: int, locale: str) -> str:
    return say("alerts_page.missing_rest", locale, n=n) if n > 0 else ""


def _fact(shown: Sequence[Delivery], rows: Sequence[Delivery], seen: int, locale: str) -> str:
    if not rows:
        return say("alerts_page.fact.nobody", locale)
    if not shown:
        return say("alerts_page.fact.none", locale)
    slowest = max(row.took_ms or 0 for row in shown)
    told = say("alerts_page.fact.slowest", locale, s=f"{slowest / 1000:.2f}")
    return told + (say("alerts_page.fact.seen" + ("_one" if seen == 1 else ""), locale, n=seen) if seen else "")


def _missing_words(n: int, locale: str) -> str:
    return say("alerts_page.missing" + ("_one" if n == 1 else ""), locale, n=n) if n else ""


def _said(shown: int, of: int, missing: int, locale: str) -> str:
    """What is read aloud."""
    told = say("alerts_page.said", locale, shown=shown, of=of)
    return told + (say("alerts_page.said_missing", locale, n=missing) if missing else "")


def _missing(row: Delivery, at: int) -> dict[str, Any]:
    locale = locale_now()
    why = "offline" if row.state is State.UNREACHABLE else "received" if row.state is State.RECEIVED else "silent"
    gone = say("alerts_page.visited", locale, name=row.visited_by, time=clock_time(row.visited)) if row.visited else ""
    place = " ".join(filter(None, (row.organisation, row.place)))
    return {"screen": row.screen, "name": row.name, "place": place, "gone": gone,
            "why": say(f"alerts_page.why.{why}", locale)}  # fmt: skip


def _row(row: Delivery, at: int) -> dict[str, Any]:
    shape, _ = mark(row, at)
    seen = say("alerts_page.seen_by" + ("_one" if row.seen == 1 else ""), locale_now(), n=row.seen) if row.seen else ""
    return {
        "screen": row.screen, "name": full(row), "bad": shape == "x", "online": row.online,
        "received": _after(received_ms(row)),
        "shown": _after(row.took_ms if row.state in PROVED else None), "shape": shape,
        "seen": seen, "visited": _missing(row, at)["gone"],
    }  # fmt: skip


def full(row: Delivery) -> str:
    """A screen's name with its place before it when they differ."""
    if not row.place or row.place in row.name:
        return row.name
    return say("now.join", locale_now()).join((row.place, row.name))


def received_ms(row: Delivery) -> int | None:
    """From the revision to the player's disk: what was painted by then was there, whenever its word reached us."""
    if row.received is None:
        return None
    took = max(0, row.received - row.created)
    return took if row.took_ms is None else min(took, row.took_ms)


def readable(text: str) -> str:
    """A text with words where each screen has its own exit and muster point, in the language screens speak."""
    locale = site_here().locale
    own = Surroundings(say("alerts_page.own.exit", locale), say("alerts_page.own.muster", locale))
    return filling.for_screen(text, own, locale)


def _after(ms: int | None) -> str:
    """``+0.21 秒`` after the revision went out, or ""."""
    return "" if ms is None else say("alerts_page.after", locale_now(), s=f"{max(0, ms) / 1000:.2f}")


def head(alert: StoredAlert) -> dict[str, Any]:
    """The band on top of the page."""
    at, locale = parts().clock.now(), locale_now()
    over = alert.state(at) != Phase.LIVE.value
    label = wording.label(alert.phase, alert.status, alert.severity, site_here().locale)
    ends, left = alert.ended or alert.expires, say("desk.alert.left", locale, left=time_left(alert.expires - at))
    return {
        "id": alert.id, "label": label, "headline": readable(alert.headline),
        "proved": readable(alert.instruction), "over": over, "above": of_above(alert, locale),
        "colour": "n" if alert.state(at) == "expired" else colour_of(alert.phase, alert.status, alert.severity),
        "left": say(f"alerts_page.state.{alert.state(at)}", locale) if over else left,
        "ends": say("desk.alert.over_at" if over else "desk.alert.until", locale, time=clock_time(ends)),
        "expires": 0 if over else alert.expires,
    }  # fmt: skip


def course(alert: StoredAlert) -> list[dict[str, str]]:
    """What happened, the newest last: revisions, steps of the escalation, people who saw it."""
    acts = service.history(parts(), g.who, alert.id)
    asked = alert.phase is Phase.WAITING or any(one.act is Act.APPROVE for one in acts)
    told = [(one.at, _act(one, alert, asked=asked)) for one in acts]
    told += [(one.at, _entry(one)) for one in happened.entries(parts(), g.who, alert.id)]
    return [{"time": clock_time(at), "text": text} for at, text in sorted(told)]


def _act(one: Revision, alert: StoredAlert, *, asked: bool) -> str:
    """One act in words; ``asked``: it went out only once another officer agreed, or has not yet."""
    first = "ask" if asked else "drill" if alert.status is Status.EXERCISE else "issue"
    kind = first if one.act is Act.ISSUE else one.act.value
    ours = one.by in ("", "system") and not alert.above
    name = say("settings.system", locale_now()) if ours else one.by_name
    return say(f"alerts_page.act.{kind}", locale_now(), name=name, headline=readable(one.body.get("headline", "")))


def _entry(one: Entry) -> str:
    locale = locale_now()
    if one.step:
        return say(f"alerts_page.step.{one.step}" + ("_one" if one.count == 1 else ""), locale, n=one.count)
    place = one.place or say("alerts_page.somewhere", locale)
    return say("alerts_page.sighting" + ("" if one.name else "_nameless"), locale, name=one.name, place=place)
