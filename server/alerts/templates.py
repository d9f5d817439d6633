"""Use cases of templates: the shipped ones, one's own, and an order made from one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from playlists.alert import Status
from playlists.text import clean
from server import audit
from server.accounts.model import NOWHERE, Identity
from server.alerts import limits, settings, template_store, wording
from server.alerts.model import SCOPE, IssueAlert, NewTemplate, Targets, Template
from server.db import Transaction
from server.errors import Conflict, Invalid, NotFound, Stale, Violation
from server.ids import new_id
from server.parts import Parts
from server.words import LOCALES

SHIPPED = Path(__file__).with_name("templates.json")
ALL_CLEAR, CORRECTION = "all_clear", "correction"
GLYPH = 16  # px of the smallest face that is read from across a hall
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, NewTemplate]:
    """The templates this program comes with, in their order, by name."""
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return {row["name"]: NewTemplate(**{n: template_store.KINDS.get(n, _same)(v) for n, v in row.items()})
            for row in rows}  # fmt: skip


def _same(value: Any) -> Any:
    return value


def ship(parts: Parts, org: str) -> int:
    """Give a site the shipped templates it never had; a deleted one stays so. Return how many were added."""
    with parts.db.read() as tx:
        if shipped().keys() <= template_store.names(tx, org):
            return 0
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        held = template_store.names(tx, org)
        fresh = [(n, one) for n, one in enumerate(shipped().values()) if one.name not in held]
        for place, one in fresh:
            template_store.insert(tx, _made(org, one, place, at))
    return len(fresh)


def _made(org: str, order: NewTemplate, place: int, at: int, name: str = "") -> Template:
    values = {field: getattr(order, field) for field in NewTemplate.__slots__}
    return Template(id=name or new_id("h"), org=org, place=place, changed=at, deleted=None, **values)


# one's own ----------------------------------------------------------------------------------------------------------


def list_templates(parts: Parts, who: Identity, *, deleted: bool = False) -> tuple[Template, ...]:
    """Every template in its place, or those that were deleted."""
    who.must("read")
    with parts.db.read() as tx:
        return template_store.listed(tx, who.org, deleted=deleted)


def get_template(parts: Parts, who: Identity, template: str) -> Template:
    """The template of that id or name; raise NotFound."""
    who.must("read")
    with parts.db.read() as tx:
        return _there(tx, who.org, template)


def add_template(parts: Parts, who: Identity, order: NewTemplate) -> Template:
    """Add a template at the end; raise Invalid for poor words, Conflict for a name that is or was taken."""
    _must_edit(who)
    at, order = parts.clock.now(), _checked(order)
    with parts.db.transaction() as tx:
        if order.name in template_store.names(tx, who.org):
            raise Conflict(detail="alerts.template_taken", name=order.name)
        place = max((one.place for one in template_store.listed(tx, who.org)), default=-1) + 1
        made = _made(who.org, order, place, at)
        template_store.insert(tx, made)
        audit.record(tx, who, at, "alert_template.add", made.id, after=_told(made))
    return made


def change_template(parts: Parts, who: Identity, template: str, held: str, order: NewTemplate) -> Template:
    """Write a template anew, its name excepted; raise Stale when somebody else did meanwhile, Invalid, NotFound."""
    _must_edit(who)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        before = _there(tx, who.org, template)
        if held != str(before.changed):
            raise Stale(revision=str(before.changed), template=before.id)
        order = _checked(replace(order, name=before.name))
        after = _made(who.org, order, before.place, max(at, before.changed + 1), before.id)
        return _put(tx, who, at, "change", before, after)


def delete_template(parts: Parts, who: Identity, template: str) -> None:
    """Take a template off the list; ``restore_template`` brings it back."""
    _must_edit(who)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        before = _there(tx, who.org, template)
        _put(tx, who, at, "delete", before, replace(before, deleted=at, changed=max(at, before.changed + 1)))


def restore_template(parts: Parts, who: Identity, template: str) -> Template:
    """Bring a template back: a shipped one as it was shipped, one's own as it was deleted."""
    _must_edit(who)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        before = _there(tx, who.org, template, deleted=True)
        changed = max(at, before.changed + 1)
        order = shipped().get(before.name)
        after = replace(before, deleted=None, changed=changed)
        if order is not None:
            after = _made(who.org, order, before.place, changed, before.id)
        return _put(tx, who, at, "restore", before, after)


def _put(tx: Transaction, who: Identity, at: int, act: str, before: Template, after: Template) -> Template:
    template_store.write(tx, after)
    audit.record(tx, who, at, f"alert_template.{act}", after.id, before=_told(before), after=_told(after))
    return after


def _must_edit(who: Identity) -> None:
    """The site's words are for those who speak to the whole site, or run it."""
    if not who.may("settings"):
        who.must(SCOPE, NOWHERE)


def _there(tx: Transaction, org: str, template: str, *, deleted: bool = False) -> Template:
    found = template_store.get(tx, org, template)
    if found is None or (found.deleted is not None and not deleted):
        raise NotFound(detail="alerts.no_template")
    return found


def _told(template: Template) -> dict[str, Any]:
    values = {name: getattr(template, name) for name in Template.__slots__ if name not in ("id", "org", "changed")}
    return {name: value.value if name in template_store.KINDS else value for name, value in values.items()}


def _checked(order: NewTemplate) -> NewTemplate:
    words = {locale: {name: clean(text) for name, text in said.items()} for locale, said in order.words.items()}
    order = replace(order, words=words)
    if found := tuple(_violations(order)):
        raise Invalid(found)
    return order


def _violations(order: NewTemplate) -> Iterator[Violation]:
    if not _NAME.fullmatch(order.name):
        yield Violation("name", "alerts.template_name")
    for locale in LOCALES:
        said = order.words[locale]
        if not said["title"]:
            yield Violation(f"words.{locale}.title", "field.missing")
        yield from wording.line_violations(f"words.{locale}.title", said["title"], limits.HEADLINE)
        for found in wording.violations(said["headline"], said["instruction"], ""):
            yield replace(found, field=f"words.{locale}.{found.field}")
    longest = limits.EXPIRIES[order.severity].longest_s
    if not 1 <= order.expires_s <= longest:
        yield Violation("expires_in_s", "alerts.expires", (("hours", longest // limits.HOUR_S), ("longest", longest)))


# on the walls -------------------------------------------------------------------------------------------------------


def narrowest(parts: Parts, org: str) -> tuple[str, int]:
    """The name of the site's narrowest screen, and how many full-width characters it shows without scrolling."""
    with parts.db.read() as tx:
        found = template_store.narrowest(tx, org)
    return (found[0], found[1] // GLYPH) if found else ("", limits.HEADLINE_FITS)


def warnings(template: Template, fits: int) -> list[Violation]:
    """What of a template would be hard to read on a strip of ``fits`` characters, placeholders counted as two."""
    found = []
    for locale in LOCALES:
        said = template.words[locale]
        for hint in wording.warnings(_sample(said["headline"]), _sample(said["instruction"]), fits):
            found.append(replace(hint, field=f"words.{locale}.{hint.field}"))
    return found


def _sample(text: str) -> str:
    return re.sub(r"\{[^{}]+\}", "东门", text)


def ended_words(tx: Transaction, org: str, name: str, locale: str) -> tuple[str, str] | None:
    """Headline and text of the site's all-clear or correction; None where it has deleted that template."""
    found = template_store.get(tx, org, name)
    if found is None or found.deleted is not None:
        return None
    return found.words[locale]["headline"], found.words[locale]["instruction"]


def order_from(
    parts: Parts, org: str, template: str, *, status: Status, targets: Targets, source: str, **given: Any
) -> IssueAlert:
    """An order in the words of a template; what is ``given`` and not None comes before them. Raise Invalid.

    ``expires_s`` left out is the template's, or a drill's or test's own when that is shorter.
    """
    with parts.db.read() as tx:
        found = template_store.get(tx, org, template)
        locale = settings.read(tx, org).locale
    if found is None or found.deleted is not None:
        raise Invalid((Violation("template", "alerts.no_template"),))
    said = found.words[locale]
    values = {name: getattr(found, name) for name in template_store.KINDS}
    values |= {"headline": said["headline"], "instruction": said["instruction"]}
    values |= {name: value for name, value in given.items() if value is not None}
    if given.get("expires_s") is None:
        usual = limits.expiry(status, values["severity"])
        values["expires_s"] = min(found.expires_s, usual.longest_s if status is Status.ACTUAL else usual.default_s)
    return IssueAlert(status=status, targets=targets, source=source, template=found.name, **values)
