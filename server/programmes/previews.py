"""Items as a screen would show them: the very pixels, while somebody types or reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from media import jobs
from media.errors import Refused
from media.profile import Profile
from media.renditions import Rendition, to_json
from playlists import rules, wire
from playlists.model import Item, Region
from server.accounts.model import Identity
from server.editorial import views
from server.errors import Invalid, NotFound, Violation
from server.parts import Parts
from server.press import pressed
from server.problems import violation_object
from server.programmes import showings, sources, store
from server.programmes.model import (
    FactsAnswer,
    Finding,
    LookAnswer,
    LookQuery,
    NewPreview,
    PreviewAnswer,
    PreviewPage,
    PreviewsAnswer,
)
from server.programmes.rate import Rate
from server.screens import service as screens

UNSAVED = "preview"

rate = Rate(limit=40, within_ms=10_000)
looks = Rate(limit=120, within_ms=10_000)


def make(parts: Parts, who: Identity, order: NewPreview) -> PreviewsAnswer:
    """Typeset items that nobody saved; raise Invalid for an order that makes no sense, TooMany when too often.

    What is wrong with an item is an answer, not an error: somebody is still typing it.
    """
    rate.take(who.id or who.address, parts.clock.now(), "programmes.previews_too_often")
    items = order.items if order.items is not None else [order.item] if order.item is not None else []
    if not items or (order.item is not None and order.items is not None):
        raise Invalid((Violation("items", "programmes.one_thing"),))
    profile = _profile(parts, who, order)
    answers = [_one(parts, who, item, profile) for item in items]
    return PreviewsAnswer(**answers[0].model_dump(), items=answers)


def look(parts: Parts, who: Identity, playlist: str, revision: str, query: LookQuery) -> LookAnswer:
    """Set a stored revision for a screen's region, for those who review or plan it; raise NotFound or TooMany."""
    looks.take(who.id or who.address, parts.clock.now(), "programmes.previews_too_often")
    found = views.revision(parts, who, playlist, revision)
    profile = _of_region(parts, who, query.screen, query.region)
    items = found.items[query.first : query.first + query.count]
    shown = [_set(parts, who, item, profile) for item in items]
    return LookAnswer(playlist=playlist, revision=found.hash, of=len(found.items), items=shown)


def _profile(parts: Parts, who: Identity, order: NewPreview) -> Profile:
    if (order.screen is None) == (order.profile is None):
        raise Invalid((Violation("screen", "programmes.one_place"),))
    if order.profile is not None:
        asked = order.profile
        return Profile(asked.width, asked.height, asked.colour.value, round(asked.pitch_mm * 1_000), asked.distance_m)
    return _of_region(parts, who, str(order.screen), order.region)


def _of_region(parts: Parts, who: Identity, screen: str, name: str) -> Profile:
    with parts.db.read() as tx:
        seen = screens.visible(tx, who, screen)
        region = _region(sources.layout_of(tx, who.org, screen).regions, name)
    return Profile(region.width, region.height, seen.colour.value, seen.pitch_um, seen.distance_m)


def _region(regions: tuple[Region, ...], name: str) -> Region:
    for region in regions:
        if region.name == name:
            return region
    raise NotFound(detail="programmes.no_region_there", region=name)


def _one(parts: Parts, who: Identity, values: Mapping[str, Any], profile: Profile) -> PreviewAnswer:
    try:
        item = wire.item_from_json(dict(values), mint=lambda: UNSAVED)
    except rules.Malformed as malformed:
        return _wrong(who, str(values.get("id") or UNSAVED)[:100], profile, malformed.violations)
    broken = tuple(rules.item_violations(item))
    if broken:
        return _wrong(who, item.id, profile, broken)
    return _set(parts, who, item, profile)


def first_page(parts: Parts, who: Identity, item: Item, profile: Profile) -> str | None:
    """The name of the first picture of an item on a profile, for lists; None when it cannot be shown."""
    assets = _assets(parts, who, item)
    work = showings.work(wire.item_to_json(item), assets, profile)
    found = work if isinstance(work, Finding) else showings.glimpse(parts, work, dict(assets.values()))
    return None if isinstance(found, Finding) or not found.pages else found.pages[0].media


def _assets(parts: Parts, who: Identity, item: Item) -> dict[str, tuple[str, str]]:
    with parts.db.read() as tx:
        return dict(store.media_of_assets(tx, who.org, {a for a in (item.asset, item.portrait) if a}))


def _set(parts: Parts, who: Identity, item: Item, profile: Profile) -> PreviewAnswer:
    assets = _assets(parts, who, item)
    work = showings.work(wire.item_to_json(item), assets, profile)
    if isinstance(work, Finding):
        return _refused(who, item.id, profile, work)
    pictures = dict(assets.values())
    found = showings.glimpse(parts, work, pictures)
    if isinstance(found, Finding):
        return _refused(who, item.id, profile, found)
    facts = None if item.kind.value == "image" else _facts(parts, work, pictures)
    return _answer(item.id, profile, found, facts)


def _facts(parts: Parts, work: jobs.Work, pictures: Mapping[str, str]) -> FactsAnswer | None:
    found = pressed(jobs.facts, [(work.item, work.profile)], parts.blobs, pictures)[0]
    return None if isinstance(found, Refused) else FactsAnswer(**{**asdict(found), "missing": list(found.missing)})


def _answer(item: str, profile: Profile, found: Rendition, facts: FactsAnswer | None) -> PreviewAnswer:
    told = to_json(found)
    return PreviewAnswer(
        id=item, width=profile.width, height=profile.height, effect=found.effect, speed=found.speed, text=found.text,
        pages=[PreviewPage(**page) for page in told["pages"]],  # type: ignore[attr-defined]
        facts=facts, violations=[],
    )  # fmt: skip


def _wrong(who: Identity, item: str, profile: Profile, broken: tuple[rules.Violation, ...]) -> PreviewAnswer:
    told = [Violation(v.field, f"rules.{v.rule.value}", tuple(sorted(v.params.items()))) for v in broken]
    return _without_pages(who, item, profile, told)


def _refused(who: Identity, item: str, profile: Profile, finding: Finding) -> PreviewAnswer:
    return _without_pages(who, item, profile, [Violation("", finding.rule, tuple(sorted(finding.params.items())))])


def _without_pages(who: Identity, item: str, profile: Profile, told: list[Violation]) -> PreviewAnswer:
    violations = [violation_object(one, who.locale) for one in told]
    return PreviewAnswer.model_validate(
        {"id": item, "width": profile.width, "height": profile.height, "pages": [], "violations": violations}
    )
