"""What the alert page shows: templates and places to choose from, the message on each class of screen, the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import g, request

from playlists.alert import Phase, Severity, Status
from playlists.alertwire import alert_object
from server import problems
from server.alerts import limits, reports, templates, wording
from server.alerts.drafts import GLYPH, Draft, ScreenClass, printed
from server.alerts.model import Template
from server.api import parts
from server.screens.model import Screen
from server.web import alerts_form
from server.web.alerts_form import Typed
from server.web.alerts_places import organisations_here, screens_here
from server.web.alerts_ticket import OPEN_MS, Ticket
from server.web.bands import COLOURS
from server.web.shell import clock_time, day_time, locale_now, page, site_here
from server.words import say

SHOTS = 3  # classes of screens drawn on the page
LIMITS = {"headline": limits.HEADLINE, "instruction": limits.INSTRUCTION}
ICONS = {
    "fire": "fire", "gas": "gas", "methane": "gauge", "collapse": "collapse", "power": "bolt", "evacuation": "run",
    "injury": "aid", "weather": "storm", "earthquake": "quake", "drill": "clock",
    "all_clear": "tick", "correction": "undo",
}  # fmt: skip
DRILL, ENDINGS = "drill", (templates.ALL_CLEAR, templates.CORRECTION)


@dataclass(frozen=True, slots=True)
class Hazard:
    """A template as a button."""

    name: str
    title: str
    icon: str


def wants_page() -> bool:
    """Whether a form was sent by hand and not by the page's script."""
    return "text/html" in request.headers.get("Accept", "")


def blank(kind: Status) -> Typed:
    """An empty form."""
    return Typed(expires_s=alerts_form.USUAL_S[kind])


# to choose from -------------------------------------------------------------------------------------------------------


def stored(kind: Status) -> tuple[Template, ...]:
    """The templates to choose from, in their order: those of hazards, for a drill its own as well."""
    left_out = ENDINGS if kind is Status.EXERCISE else (*ENDINGS, DRILL)
    return tuple(one for one in templates.list_templates(parts(), g.who) if one.name not in left_out)


def template(name: str) -> Template | None:
    """The template of that name, or None."""
    return next((one for one in stored(Status.EXERCISE) if one.name == name), None) if name else None


def templates_here(kind: Status) -> tuple[Hazard, ...]:
    """Every template as a button, titles in the reader's language."""
    return tuple(
        Hazard(one.name, one.words[locale_now()]["title"], ICONS.get(one.name, "warn")) for one in stored(kind)
    )


def severities() -> list[Any]:
    """The four severities with their colour and their printed word."""
    return [SimpleNamespace(value=one.value, colour=colour(one), label=severity_label(one)) for one in Severity]


def colour(severity: Severity) -> str:
    """The letter of a severity's colour in the style sheet."""
    return COLOURS[severity]


def severity_label(severity: Severity) -> str:
    """What is printed for a severity, in the reader's language."""
    return wording.label(Phase.LIVE, Status.ACTUAL, severity, locale_now())


def expiries(kind: Status, severity: Severity) -> list[Any]:
    """The lives one may choose, in words."""
    return [SimpleNamespace(seconds=one, text=span(one)) for one in alerts_form.expiries(kind, severity)]


def span(seconds: int) -> str:
    """``30 分钟`` or ``2 小时``."""
    if seconds % 3_600 == 0:
        return say("alerts_page.hours", locale_now(), n=seconds // 3_600)
    return say("alerts_page.minutes", locale_now(), n=max(1, seconds // 60))


def data(kind: Status, known: Sequence[Hazard], ticket: Ticket) -> dict[str, Any]:
    """What the page's script starts from."""
    locale = site_here().locale
    full = {one.name: _template(one, locale) for one in stored(kind)}
    single = [{"id": one.id, "name": full_name(one), "online": one.presence.online} for one in screens_here()]
    return {
        "kind": kind.value, "base": "/alert" if kind is Status.ACTUAL else "/drill", "templates": full,
        "screens": single, "organisations": organisations_here(),
        "who": g.who.name, "identifier": ticket.identifier, "until": ticket.opened + OPEN_MS,
        "drill": kind is Status.EXERCISE,
    }  # fmt: skip


def _template(one: Template, locale: str) -> dict[str, Any]:
    words = one.words[locale]
    return {
        "headline": words["headline"], "instruction": words["instruction"], "severity": one.severity.value,
        "presentation": one.presentation.value, "expires_s": one.expires_s,
    }  # fmt: skip


def full_name(screen: Screen) -> str:
    """``三号窑·东通道``: the place before the name when they differ."""
    if screen.place and screen.place not in screen.name:
        return say("now.join", locale_now()).join((screen.place, screen.name))
    return screen.name


# what it comes to -----------------------------------------------------------------------------------------------------


def preview(found: Draft, seen: Typed) -> dict[str, Any]:
    """The page's right side: the narrowest, a middle and the widest class, counts, and what is hard to read."""
    shown = ends(found.classes)
    others = len(found.classes) - len(shown)
    return {
        "shots": [shot(one) for one in shown],
        "others": say("alerts_page.other_classes", locale_now(), n=others) if others else "",
        "screens": len(found.screens), "goes": reach(found), "reach": reach_words(found), "until": until(found),
        "fits": _fits(found), "warnings": [problems.violation_object(one, locale_now()) for one in found.warnings],
        "example": _example(found),
    }  # fmt: skip


def ends(classes: Sequence[ScreenClass]) -> Sequence[ScreenClass]:
    """The narrowest, a middle and the widest class."""
    if len(classes) <= SHOTS:
        return classes
    return (classes[0], classes[len(classes) // 2], classes[-1])


def shot(one: ScreenClass) -> dict[str, Any]:
    """The message on a class of screens, as the script draws it."""
    return {
        "width": one.width, "height": one.height, "colour": one.colour, "alert": alert_object(one.alert),
        "title": say("alerts_page.class", locale_now(), size=f"{one.width}×{one.height}", n=one.count,
                     colour=say(f"desk.colour.{one.colour}", locale_now()), screen=full_name(one.example)),
        "said": f"{one.alert.label} {one.alert.headline} {one.alert.text}".strip(),
    }  # fmt: skip


def reach(found: Draft) -> str:
    """``18 块屏·3 处``."""
    n = len(found.screens)
    if not n:
        return say("alerts_page.nowhere", locale_now())
    spots = len({one.place or one.name for one in found.screens})
    return say("alerts_page.goes" + ("_one" if n == 1 else ""), locale_now(), n=n, spots=spots)


def reach_words(found: Draft) -> str:
    """How many screens, and how many of them would not see it now."""
    n, off = len(found.screens), len(found.offline)
    if not n:
        return say("alerts_page.choose_first", locale_now())
    if off == n:
        return say("alerts_page.none_online" + ("_one" if n == 1 else ""), locale_now(), n=n)
    key = "alerts_page.reach" + ("_off" if off else "")
    return say(key + ("_one" if n == 1 else ""), locale_now(), n=n, off=off)


def until(found: Draft) -> str:
    """``14:36``, with the day once it is another one than today's."""
    now = parts().clock.now()
    same = day_time(found.expires)[:-5] == day_time(now)[:-5]
    return clock_time(found.expires)[:5] if same else day_time(found.expires)


def _fits(found: Draft) -> str:
    """How long the headline is against what the narrowest screen holds at once."""
    if not found.classes:
        return say("alerts_page.fits", locale_now(), n=limits.HEADLINE_FITS)
    narrow = found.classes[0]
    return say(
        "alerts_page.fits_now", locale_now(), fits=narrow.width // GLYPH, wide=wording.width(printed(narrow.alert))
    )


def _example(found: Draft) -> str:
    """What the placeholders become on one screen."""
    if not found.classes:
        return ""
    one = found.classes[-1]
    return say("alerts_page.filled", locale_now(), screen=full_name(one.example), text=one.alert.text)


# the question ---------------------------------------------------------------------------------------------------------


def question(kind: Status, found: Draft, seen: Typed) -> dict[str, Any]:
    """The question before it goes out, in words, with everyone it goes to."""
    n, locale = len(found.screens), locale_now()
    few, lasts = "_one" if n == 1 else "", span(seen.expires_s)
    return {
        "question": say(f"alerts_page.{kind.value}.ask{few}", locale, n=n, until=until(found), span=lasts),
        "go": say(f"alerts_page.{kind.value}.go{few}", locale, n=n),
        "names": sorted(full_name(one) for one in found.screens),
        "offline": _offline_words(found.offline),
        "last": last_drill() if kind is Status.EXERCISE else "",
    }  # fmt: skip


def _offline_words(off: Sequence[Screen]) -> str:
    """Who would not see it, by name while they are few."""
    if not off:
        return ""
    names = say("alerts_page.comma", locale_now()).join(full_name(one) for one in off[:5])
    key = "alerts_page.offline_now" + ("_more" if len(off) > 5 else "_one" if len(off) == 1 else "")
    return say(key, locale_now(), names=names, n=len(off))


def last_drill() -> str:
    """How the last drill went, or ""."""
    found = reports.last_drill(parts(), g.who)
    if found is None or found.times.max is None:
        return ""
    return say("alerts_page.last_drill", locale_now(), day=day_time(found.revision.at), shown=len(found.shown),
               of=found.count, s=f"{found.times.max / 1000:.2f}")  # fmt: skip


def fresh_page(kind: Status, onward: str, kept: Sequence[tuple[str, str]] = (), problem: Any = None) -> Any:
    """The password once more, with everything typed kept."""
    other = "/drill" if kind is Status.ACTUAL else "/alert"
    return page(
        "alert_fresh.html", here="alert", words=("alerts_page.",), kind=kind.value, drill=kind is Status.EXERCISE,
        other=other, onward=onward, kept=kept, problem=problem, login=g.who.name,
    )  # fmt: skip
