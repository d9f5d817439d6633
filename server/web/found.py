"""Everything of the site that words can lead to, kind by kind, each only for those who may open it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from server import finding
from server.accounts import service as accounts
from server.accounts.model import NOWHERE, Identity
from server.alerts import finding as alerts
from server.alerts.model import SCOPE, Template
from server.api import parts
from server.editorial import finding as editorial
from server.editorial.finding import FoundItem
from server.finding import INSIDE, excerpt, has, rank, words_of
from server.library import service as library
from server.screens import groups
from server.screens import service as screens
from server.web.settings import topic_scope, topics
from server.web.shell import day_time, locale_now, navigation
from server.words import LOCALES, say

# word, address, icon, scope: pages that no list of the navigation shows
BELOW = (
    ("search.page.new_playlist", "/playlists/new", "playlists", "content"),
    ("search.page.add_screen", "/screens/new", "screens", "screens"),
    ("search.page.groups", "/screens/groups", "screens", "screens"),
    ("search.page.first_run", "/first-run", "screens", "screens"),
    ("search.page.slots", "/schedule?view=list", "schedule", "read"),
    ("search.page.alert", "/alert", "warn", SCOPE),
    ("search.page.drill", "/drill", "warn", SCOPE),
    ("search.page.alerts", "/alerts", "warn", "read"),
    ("search.page.password", "/me", "people", "read"),
    ("search.page.api", "/api/docs", "settings", "read"),
)
# what a topic of the settings is also found by: the words upon it
UPON = {
    "site": ("settings.name", "settings.zone", "settings.locale", "settings.fallback"),
    "alerts": ("alerts_page.set.unit", "alerts_page.set.phone", "alerts_page.set.second", "alerts_page.set.code"),
    "tokens": ("settings.add_token", "settings.scopes"),
    "backup": ("settings.backup_now", "settings.restore_say"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One place to go to; ``second`` is the quieter line under its ``name``, ``icon`` one of templates/icons.html.

    The lower the ``rank`` the better.
    """

    name: str
    second: str
    url: str
    icon: str
    rank: int = INSIDE


def found(who: Identity, asked: str, most: int) -> list[tuple[str, list[Hit]]]:
    """At most so many hits of each kind, the kind with the best hit first; for nothing typed the pages alone."""
    if not asked:
        return [("pages", list(_main_pages()))]
    each = [(kind, sorted(find(who, asked, most), key=lambda hit: hit.rank)[:most]) for kind, find in KINDS.items()]
    return sorted(((kind, hits) for kind, hits in each if hits), key=lambda one: one[1][0].rank)


def _screens(who: Identity, asked: str, most: int) -> Iterator[Hit]:
    for one in screens.find_screens(parts(), who, asked, most):
        second = _joined(one.place, f"{one.width}×{one.height}", *_also(asked, one.exit, one.muster_point))
        yield Hit(one.name, second, f"/screens/{one.id}", "screens", rank(asked, one.name))


def _also(asked: str, *texts: str) -> list[str]:
    """Those of the texts that have one of the words."""
    return [text for text in texts if any(has((word,), (text,)) for word in words_of(asked))]


def _groups(who: Identity, asked: str, _most: int) -> Iterator[Hit]:
    for group, count in groups.list_groups(parts(), who):
        if has(words_of(asked), (group.name,)):
            second = say("now.n_screens" + ("_one" if count == 1 else ""), locale_now(), n=count)
            yield Hit(group.name, second, f"/screens#g-{group.id}", "screens", rank(asked, group.name))


def _playlists(who: Identity, asked: str, most: int) -> Iterator[Hit]:
    for one in editorial.find_playlists(parts(), who, asked, most):
        state = "waiting" if one.state.startswith("step_") else one.state
        second = _here(f"playlists_page.state.{state}")
        yield Hit(one.name, second, f"/playlists/{one.id}", "playlists", rank(asked, one.name))


def _items(who: Identity, asked: str, most: int) -> Iterator[Hit]:
    for one in editorial.find_items(parts(), who, asked, most):
        yield Hit(excerpt(words_of(asked), one.text), _stands(one), _place(one), "playlists")


def _stands(one: FoundItem) -> str:
    """``安全提示，第 2 条，标语``."""
    kind = _here(f"playlists_page.kind.{one.item.kind.value}")
    return _joined(one.name, say("search.nth", locale_now(), n=one.number), kind)


def _place(one: FoundItem) -> str:
    return f"/playlists/{one.playlist}#item={one.item.id}"


def _assets(who: Identity, asked: str, most: int) -> Iterator[Hit]:
    for one in library.find(parts(), who, asked, most):
        second = f"{one.width}×{one.height}"
        yield Hit(one.name, second, f"/library?q={quote(one.name)}", "library", rank(asked, one.name))


def _alerts(who: Identity, asked: str, most: int) -> Iterator[Hit]:
    for one in alerts.find_alerts(parts(), who, asked, most):
        kind = _here("search.drill" if one.drill else "search.alert")
        better = rank(asked, one.headline)
        second = _joined(kind, day_time(one.issued), excerpt(words_of(asked), one.text) if better == INSIDE else "")
        yield Hit(one.headline, second, f"/alerts/{one.id}", "warn", better)


def _templates(who: Identity, asked: str, _most: int) -> Iterator[Hit]:
    if who.may(topic_scope("alerts")) or who.may(SCOPE, NOWHERE):
        yield from (_template(one, asked) for one in alerts.find_templates(parts(), who, asked))


def _template(one: Template, asked: str) -> Hit:
    said = one.words[locale_now()]
    second = excerpt(words_of(asked), _joined(said["headline"], said["instruction"]))
    return Hit(said["title"], second, f"/settings/alerts/{one.id}", "warn", rank(asked, said["title"]))


def _people(who: Identity, asked: str, _most: int) -> Iterator[Hit]:
    if not who.may("people"):
        return
    for one in accounts.people_list(parts(), who):
        if one.ended is None and has(words_of(asked), (one.name, one.login, one.post)):
            yield Hit(one.name, one.post, f"/people?open={one.id}#{one.id}", "people", rank(asked, one.name))


def _settings(_who: Identity, asked: str, _most: int) -> Iterator[Hit]:
    for topic in topics():
        name = f"settings.topic.{topic}"
        upon = (name, f"settings.say.{topic}", *UPON.get(topic, ()))
        if has(words_of(asked), _every(*upon)):
            better = min(rank(asked, text) for text in _every(name))
            yield Hit(_here(name), _here(f"settings.say.{topic}"), f"/settings/{topic}", "settings", better)


def _main_pages() -> Iterator[Hit]:
    for name, url in navigation():
        yield Hit(_here(f"desk.nav.{name}"), "", url, name)


def _pages(who: Identity, asked: str, _most: int) -> Iterator[Hit]:
    main = [(f"desk.nav.{name}", url, name, "read") for name, url in navigation()]
    for word, url, icon, scope in (*main, *BELOW):
        if who.may(scope) and has(words_of(asked), _every(word)):
            yield Hit(_here(word), "", url, icon, min(rank(asked, text) for text in _every(word)))


KINDS: dict[str, Callable[[Identity, str, int], Iterable[Hit]]] = {
    "screens": _screens, "groups": _groups, "playlists": _playlists, "items": _items, "assets": _assets,
    "alerts": _alerts, "templates": _templates, "people": _people, "settings": _settings, "pages": _pages,
}  # fmt: skip


def _here(word: str) -> str:
    return say(word, locale_now())


def _every(*words: str) -> list[str]:
    """Words in both languages: people type the one their keyboard is in."""
    return [say(word, locale) for word in words for locale in LOCALES]


def _joined(*texts: str) -> str:
    return say("search.join", locale_now()).join(text for text in texts if text)


def pieces(asked: str, text: str) -> tuple[finding.Piece, ...]:
    """A text in pieces, what was asked for marked."""
    return finding.marked(words_of(asked), text)
