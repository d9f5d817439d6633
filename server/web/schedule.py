"""Schedule: the week of a group or a screen, and a list of all slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, g, request

from playlists import calendar
from server.api import parts, plain
from server.editorial import views
from server.editorial.model import PlaylistRow
from server.organisations import service as organisations
from server.scheduling import service
from server.scheduling import week as weeks
from server.scheduling.model import SlotQuery, SlotRow
from server.scheduling.routes import told as slot_answer
from server.scheduling.week_bodies import MandatoryAnswer, Week, WeekQuery
from server.screens import groups
from server.screens import service as screens
from server.screens.model import MOST_SCREENS, Group, Screen
from server.web import grid
from server.web.shell import locale_now, page, signed_in, site_here
from server.web.when import day_word, tell, tell_times

blueprint = Blueprint("schedule", __name__)

PILLS = 4
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """What the week is of: a group or a screen, with the screen that stands for it in pictures."""

    kind: str
    id: str
    name: str
    count: int
    example: str

    @property
    def key(self) -> str:
        """As addresses name it."""
        return f"{self.kind}:{self.id}"


@blueprint.get("/schedule")
def schedule() -> Any:
    if gate := signed_in():
        return gate
    known = _known()
    places = _places(known)
    if request.args.get("view") == "list":
        return _list(places, known)
    place = _chosen(places)
    return _week(places, place, known) if place else page("schedule.html", here="schedule", place=None, may=_may())


def _may() -> bool:
    return bool(g.who.may("content"))


# the week -----------------------------------------------------------------------------------------------------------


def _week(places: list[Place], place: Place, known: Known) -> str:
    week = weeks.week(parts(), g.who, _week_query(place))
    every, today = playlists_here(), _today()
    playing = frozenset(key for key, playlist in every.items() if playlist.approved)
    regions = grid.regions_of(week)
    region = request.args.get("region", "main")
    region = region if region in regions else "main"
    monday = date.fromisoformat(week.monday)
    return page(
        "schedule.html", here="schedule", words=("schedule_page.", "desk.colour."), may=_may(), place=place, week=week,
        data=_week_data(place, week, every, known), places=places, pills=places[:PILLS], region=region, regions=regions,
        columns=grid.columns(week, region, today, locale_now(), playing), today=today, monday=monday,
        before=str(monday - timedelta(7)), after=str(monday + timedelta(7)), number=monday.isocalendar().week,
        first=day_word(week.monday, locale_now()), last=day_word(str(monday + timedelta(6)), locale_now()),
        gap_words=grid.gap_words(week, region, locale_now()), fallback=_name(every, week.fallback),
        above=_above(week.mandatory), airtime=week.airtime, day=_day(week, today),
        lacking=_lacking(every, (one.playlist for day in week.days for one in day.occurrences)),
    )  # fmt: skip


def _above(mandatory: Iterable[MandatoryAnswer]) -> list[tuple[MandatoryAnswer, str]]:
    """What is ordered from above, and when it plays."""
    return [(one, tell_times(one, site_here().zone, locale_now())) for one in mandatory]


def _week_query(place: Place) -> WeekQuery:
    monday = request.args.get("week") or None
    try:
        asked = date.fromisoformat(monday) if monday else None
    except ValueError:
        asked = None
    monday = str(asked - timedelta(asked.weekday())) if asked and 1970 < asked.year < 2999 else None
    return WeekQuery(**{place.kind: place.id}, monday=monday)


def _week_data(place: Place, week: Week, every: Mapping[str, PlaylistRow], known: Known) -> dict[str, Any]:
    shown = {one.slot for day in week.days for one in (*day.occurrences, *day.resting)}
    rows, zone = sorted(service.some(parts(), g.who, shown), key=lambda row: row.id), site_here().zone
    names = known.naming(rows)
    return {
        "place": {"kind": place.kind, "id": place.id, "name": place.name, "example": place.example},
        "monday": week.monday,
        "today": _today(),
        "may": _may(),
        "days": [{"day": day.day, "from": day.begins} for day in week.days],
        "slots": {row.id: _slot(row, names, zone, every) for row in rows},
    }


def _slot(row: SlotRow, names: Mapping[str, str], zone: str, every: Mapping[str, PlaylistRow]) -> dict[str, Any]:
    """A slot as the page's script takes it: what it holds, and how it is said."""
    told = tell(row, names, zone, locale_now())
    playlist = every.get(row.playlist)
    said = {"hours": told.hours, "days": told.days, "dates": told.dates, "where": told.where, "priority": told.priority}
    return {"slot": plain(slot_answer(row)), "said": said, "approved": playlist.approved if playlist else None}


def _day(week: Week, today: str) -> str:
    """The day a phone shows: the one asked for, today, or the first."""
    days = [day.day for day in week.days]
    asked = request.args.get("day", "")
    return asked if asked in days else today if today in days else days[0]


def _today() -> str:
    return date.fromordinal(calendar.local_day(site_here().zone, parts().clock.now())).isoformat()


def playlists_here() -> dict[str, PlaylistRow]:
    """Every playlist by its id."""
    return {one.id: one for one in views.rows(parts(), g.who)}


def _lacking(every: Mapping[str, PlaylistRow], playlists: Iterable[str]) -> list[PlaylistRow]:
    """Those of the scheduled that play with fewer reviews than are asked for now."""
    rows = [every[key] for key in dict.fromkeys(playlists) if key in every]
    found = views.lacking_review(parts(), g.who, rows)
    return [row for row in rows if row.id in found]


def _name(every: Mapping[str, PlaylistRow], playlist: str | None) -> str:
    found = every.get(playlist or "")
    return found.name if found else ""


# places -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """Names of screens and groups by their ids, read once for a page; the oldest screens first."""

    screens: Mapping[str, str]
    groups: Mapping[str, Group]

    def naming(self, rows: Iterable[SlotRow]) -> dict[str, str]:
        """The name of every screen and group by its id, and of the organisations below that slots name."""
        below = {org for row in rows for org in row.targets.organisations}
        own = {**self.screens, **{group.id: group.name for group in self.groups.values()}}
        return own | organisations.names_below(parts(), g.who, below)


def _known() -> Known:
    every = {group.id: group for group, _ in groups.list_groups(parts(), g.who)}
    return Known(screens.screen_names(parts(), g.who), every)


def _places(known: Known) -> list[Place]:
    """Groups with screens first, then every screen."""
    tree = {key: group.parent for key, group in known.groups.items()}
    lineage = {key: _upwards(tree, key) for key in tree}
    inside: dict[str, list[str]] = {}
    for screen, own in screens.groups_of_each(parts(), g.who, known.screens).items():
        for group in {above for one in own for above in lineage.get(one, ())}:
            inside.setdefault(group, []).append(screen)
    found = [Place("group", key, known.groups[key].name, len(some), some[0]) for key, some in inside.items()]
    found.sort(key=lambda one: (one.name, one.id))
    return found + [Place("screen", key, name, 1, key) for key, name in known.screens.items()]


def _upwards(tree: Mapping[str, str | None], group: str) -> list[str]:
    found: list[str] = []
    at: str | None = group
    while at is not None and at not in found:
        found.append(at)
        at = tree.get(at)
    return found


def _chosen(places: list[Place]) -> Place | None:
    asked = request.args.get("at", "")
    return next((place for place in places if place.key == asked), places[0] if places else None)


def screens_here() -> tuple[Screen, ...]:
    """Every screen in use that the asker may see."""
    return screens.list_screens(parts(), g.who, limit=MOST_SCREENS)


# the list -----------------------------------------------------------------------------------------------------------


def _list(places: list[Place], known: Known) -> str:
    asked = request.args.get("at", "")
    place = next((one for one in places if one.key == asked), None)
    playlist = request.args.get("playlist") or None
    where = {place.kind: place.id} if place else {}
    query = SlotQuery(**where, playlist=playlist, cursor=request.args.get("cursor"), limit=PER_PAGE)
    rows, more = service.listed(parts(), g.who, query)
    mandatory, airtime = weeks.above(parts(), g.who)
    every, names, zone = playlists_here(), known.naming(rows), site_here().zone
    told = [(row, tell(row, names, zone, locale_now()), every.get(row.playlist)) for row in rows]
    return page(
        "schedule_list.html", here="schedule", words=("schedule_page.",), may=_may(), rows=told, more=more, place=place,
        places=places, playlists=sorted(every.values(), key=lambda one: one.name), playlist=playlist,
        data={"may": _may(), "slots": {row.id: _slot(row, names, zone, every) for row in rows}},
        above=_above(mandatory), airtime=airtime,
        lacking={one.id for one in _lacking(every, (row.playlist for row in rows))},
    )  # fmt: skip
