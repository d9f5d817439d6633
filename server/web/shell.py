"""What every page has around it: navigation, words, the site's clock, the person; and pages for errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, g, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from server import errors, problems
from server.accounts.model import NOWHERE, Identity
from server.accounts.site import Site, first, site
from server.api import parts, to_json
from server.editorial import service as editorial
from server.intake import service as intake
from server.nodes import at_work
from server.organisations.service import has_below
from server.version import VERSION
from server.web import bands
from server.web.statics import static
from server.words import LOCALES, catalogue, say

# name, address, icon, scope; an item a person may not use is absent, not grey
NAVIGATION = (
    ("now", "/", "read"),
    ("playlists", "/playlists", "read"),
    ("library", "/library", "read"),
    ("review", "/review", "review"),
    ("schedule", "/schedule", "read"),
    ("screens", "/screens", "read"),
    ("organisations", "/organisations", "read"),
    ("people", "/people", "people"),
    ("settings", "/settings", "settings"),
)


def page(template: str, *, here: str, words: tuple[str, ...] = (), data: Any = None, **values: Any) -> str:
    """Render a desk page; ``here`` is its navigation name, ``words`` catalogue prefixes its script needs.

    ``data`` goes to the script as JSON in a data block, never as script.
    """
    organisation = site_here()
    around = {
        "here": here,
        "navigation": navigation(),
        "waiting": editorial.waiting_count(parts(), g.who) if g.who.may("review") else 0,
        "site": organisation,
        "now": parts().clock.now(),
        "island": _json({"words": _words(("desk.", "search.", *words)), "site": _site(organisation), "data": data}),
    }
    return render_template(template, **{**common(), **alerts_here(), **around, **values})


def navigation() -> list[tuple[str, str]]:
    """Name and address of every main page that the person may use and that is of use here."""
    return [(name, url) for name, url, scope in NAVIGATION if g.who.may(scope) and _is_there(name)]


def _is_there(name: str) -> bool:
    """Whether a page is of any use here: organisations, where some lie below and all may be seen."""
    return name != "organisations" or (g.who.may("read", NOWHERE) and has_below(parts(), g.who.org))


def alerts_here() -> dict[str, Any]:
    """The live alerts above every page, and whether there is a button to issue one."""
    running = bands.bands(parts(), g.who, locale_now(), clock_time)
    return {
        "bands": running,
        "fold_bands": bands.folded,
        "own_band": "",
        "alert_actual": any(one.actual for one in running),
        "may_alert": g.who.may(bands.SCOPE),
        "outside": intake.waiting(parts(), g.who),
        "deaf": bool(parts().config.redis_url) and any(node.deaf for node in at_work(parts())),
    }


def common() -> dict[str, Any]:
    """What every template may use, signed in or not."""
    locale = locale_now()
    return {
        "t": lambda key, **params: say(key, locale, **params),
        "locale": locale,
        "lang": "zh-CN" if locale == "zh" else "en",
        "theme": request.cookies.get("theme", ""),
        "static": static,
        "csrf": generate_csrf,
        "who": getattr(g, "who", None),
        "version": VERSION,
        "clock_time": clock_time,
        "day_time": day_time,
    }


def locale_now() -> str:
    """The reader's language: the one chosen in this browser, else the person's own or the browser's."""
    who = getattr(g, "who", None)
    return str(who.locale) if who is not None else LOCALES[0]


def site_here() -> Site:
    """The reader's site, read once for a page that asks for every time it shows."""
    if "site" not in g:
        g.site = site(parts(), g.who.org)
    found: Site = g.site
    return found


def _site(organisation: Any) -> dict[str, Any]:
    at = parts().clock.now()
    told = {"zone": organisation.zone, "locale": locale_now(), "now": at, "csrf": generate_csrf()}
    return {**told, "session": session_of(g.who, at)}


def session_of(who: Identity, at: int) -> dict[str, Any]:
    """Whose session it is and how many ms it lasts yet: when it is not used, and in any case."""
    return {"who": who.id, "idle_ms": who.idle_end - at, "last_ms": who.last_end - at}


def _words(prefixes: tuple[str, ...]) -> dict[str, str]:
    locale = locale_now()
    return {key: say(key, locale) for key in catalogue() if key.startswith(prefixes)}


def _json(value: Any) -> Markup:
    return Markup(re.sub(r"[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", to_json(value)))  # nosec B704


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(site_here().zone))


def clock_time(at: int) -> str:
    """``14:08:51`` in the site's zone."""
    return _local(at).strftime("%H:%M:%S")


def day_time(at: int) -> str:
    """``11月18日 14:08`` or ``18 Nov, 14:08`` in the site's zone."""
    when = _local(at)
    if locale_now() == "zh":
        return f"{when.month}月{when.day}日 {when:%H:%M}"
    return f"{when.day} {when:%b}, {when:%H:%M}"


def signed_in(scope: str = "read") -> AnyResponse | None:
    """None when the person may see this page; a way to sign in when nobody is there; raises Forbidden."""
    if g.who.kind != "person":
        return redirect(f"/sign-in?next={request.full_path.rstrip('?')}")
    g.who.must(scope)
    return None


def wants_page() -> bool:
    """Whether the asker is a person with a browser and not a program."""
    api = request.path.startswith(("/api/", "/player/", "/hooks/", "/media/", "/socket.io"))
    return not api and "text/html" in request.headers.get("Accept", "")


def whole_address(path: str) -> str:
    """A path of ours as it is written down for somebody else."""
    return f"{(parts().config.public_url or request.host_url).rstrip('/')}{path}"


def is_first() -> bool:
    """Whether the reader belongs to the first organisation, whose people run the server."""
    return bool(g.who.org == first(parts()).id)


def must_be_first() -> None:
    """Raise Forbidden for people of an organisation below: what concerns the whole server is not theirs."""
    if not is_first():
        raise errors.Forbidden(detail="accounts.first_only")


def refusal(problem: errors.Problem) -> dict[str, Any]:
    """A problem as pages tell it, in the reader's language."""
    return problems.to_object(problem, locale_now())


def error_page(problem: errors.Problem) -> Response:
    """An error as a page with one sentence and one way on."""
    return Response(render_template("error.html", problem=refusal(problem), **common()), status=problem.status)
