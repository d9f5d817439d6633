"""What the editorial desk sends over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from media.errors import Refused
from playlists import wire
from playlists.model import Item
from server.editorial.changes import Change, Run
from server.editorial.model import Detail, Entry, Inbox, PlaylistView, Revision, Waiting
from server.editorial.views import ItemFacts, Looked
from server.errors import Violation
from server.paging import Listing
from server.problems import violation_object
from server.words import say

LINE = 80  # characters of the first item told in a list
ItemJson = dict[str, Any]


class ChainAnswer(BaseModel):
    """``steps`` reviews are asked for; ``at`` is the one that a submitted revision waits for, else 0."""

    steps: int
    at: int


class BriefAnswer(BaseModel):
    """A playlist in a list: ``count`` items, the ``line`` it begins with, ``used`` by so many slots and screens."""

    id: str
    name: str
    state: str
    group: str | None = None
    revision: str
    number: int
    submitted: str | None = None
    approved: str | None = None
    chain: ChainAnswer
    starter: bool
    by: str
    by_name: str = ""
    created: int
    changed: int
    used: int
    count: int
    kinds: list[str]
    line: str


class PlaylistAnswer(BriefAnswer):
    """A playlist with the items of its draft."""

    items: list[ItemJson]


class PlaylistsAnswer(BaseModel):
    """One page of playlists."""

    items: list[BriefAnswer]
    next: str | None = None


class RevisionBrief(BaseModel):
    """A revision without its items."""

    revision: str
    number: int
    name: str
    by: str
    by_name: str
    created: int


class RevisionAnswer(BaseModel):
    """A frozen state of a playlist."""

    playlist: str
    revision: str
    number: int
    name: str
    items: list[ItemJson]
    by: str
    created: int


class EntryAnswer(BaseModel):
    """An act of the review chain."""

    act: str
    revision: str
    state: str
    by: str
    by_name: str
    reason: str
    at: int


class DetailAnswer(PlaylistAnswer):
    """A playlist with what plays, its revisions and history, and the acts open to the asker."""

    approved_items: list[ItemJson]
    revisions: list[RevisionBrief]
    history: list[EntryAnswer]
    may: list[str]


class RunAnswer(BaseModel):
    """A piece of text; ``op`` is same, added or removed."""

    text: str
    op: str


class FieldAnswer(BaseModel):
    """One text field that reads differently."""

    field: str
    runs: list[RunAnswer]


class ChangeAnswer(BaseModel):
    """One item's change; ``runs`` are those of all its texts, one below the other."""

    item: str
    kind: str
    before: ItemJson | None = None
    after: ItemJson | None = None
    runs: list[RunAnswer]
    texts: list[FieldAnswer]
    wishes: list[str]


class WaitingAnswer(BaseModel):
    """A revision that waits for the asker, with its changes against what plays."""

    playlist: BriefAnswer
    revision: str
    items: list[ItemJson]
    submitted_by: str
    submitted_at: int
    changes: list[ChangeAnswer]


class ReturnedAnswer(BaseModel):
    """A playlist that came back to the asker."""

    playlist: BriefAnswer
    reason: str


class InboxAnswer(BaseModel):
    """A page of what waits for the asker, and all that came back to them."""

    items: list[WaitingAnswer]
    returned: list[ReturnedAnswer]
    next: str | None = None


class FactsAnswer(BaseModel):
    """How an item turns out on a profile; ``problem`` says why it cannot be set at all."""

    profile: int
    scrolls: bool | None = None
    needs_ms: int | None = None
    readable_m: int | None = None
    missing: list[str] | None = None
    pages: int | None = None
    fits: int | None = None
    left_out: int | None = None
    problem: str | None = None


class LookedAnswer(BaseModel):
    """One item with what is wrong and its facts on each screen, then each profile asked for."""

    id: str
    violations: list[dict[str, Any]]
    facts: list[FactsAnswer]


class CheckAnswer(BaseModel):
    """Items as they were looked at; ``violations`` are those of the list as a whole."""

    items: list[LookedAnswer]
    violations: list[dict[str, Any]]


class HtmlAnswer(BaseModel):
    """Sanitised HTML."""

    html: str


def brief(view: PlaylistView, names: Mapping[str, str] | None = None) -> BriefAnswer:
    """A playlist for a list."""
    return BriefAnswer(**_brief(view, names or {}))


def playlist(view: PlaylistView) -> PlaylistAnswer:
    """A playlist with its draft."""
    return PlaylistAnswer(**_brief(view, {}), items=wire.items_to_json(view.items))


def detail(found: Detail) -> DetailAnswer:
    """A playlist with everything."""
    return DetailAnswer(
        **_brief(found.view, found.names),
        items=wire.items_to_json(found.view.items),
        approved_items=wire.items_to_json(found.approved_items),
        revisions=[_revision_brief(one, found.names) for one in found.revisions],
        history=[_entry(entry) for entry in found.history],
        may=list(found.may),
    )


def revision(found: Revision) -> RevisionAnswer:
    """A revision with its items."""
    return RevisionAnswer(
        playlist=found.playlist, revision=found.hash, number=found.number, name=found.name,
        items=wire.items_to_json(found.items), by=found.by, created=found.created,
    )  # fmt: skip


def inbox(found: Inbox, page: Listing[Waiting]) -> InboxAnswer:
    """The inbox with one page of what waits."""
    back = [ReturnedAnswer(playlist=brief(view), reason=reason) for view, reason in found.returned]
    return InboxAnswer(items=[_waiting(one) for one in page.items], returned=back, next=page.next)


def looked(items: Iterable[Looked], whole: Iterable[Violation], locale: str) -> CheckAnswer:
    """What a check found, in the reader's language."""
    return CheckAnswer(
        items=[
            LookedAnswer(
                id=one.item.id,
                violations=[violation_object(violation, locale) for violation in one.violations],
                facts=[_facts(facts, locale) for facts in one.facts],
            )
            for one in items
        ],
        violations=[violation_object(violation, locale) for violation in whole],
    )


def _brief(view: PlaylistView, names: Mapping[str, str]) -> dict[str, Any]:
    at = int(view.state.removeprefix("step_")) if view.state.startswith("step_") else 0
    first = view.items[0] if view.items else None
    return {
        "id": view.id, "name": view.name, "state": view.state, "group": view.group, "revision": view.revision,
        "number": view.number, "submitted": view.submitted, "approved": view.approved,
        "chain": ChainAnswer(steps=view.steps, at=at), "starter": view.starter, "by": view.by,
        "by_name": names.get(view.by, ""), "created": view.created, "changed": view.changed, "used": view.used,
        "count": len(view.items), "kinds": sorted({item.kind.value for item in view.items}), "line": _line(first),
    }  # fmt: skip


def _line(item: Item | None) -> str:
    return " ".join((item.title or item.text or item.body).split())[:LINE] if item else ""


def _revision_brief(found: Revision, names: Mapping[str, str]) -> RevisionBrief:
    return RevisionBrief(
        revision=found.hash, number=found.number, name=found.name, by=found.by, by_name=names.get(found.by, ""),
        created=found.created,
    )  # fmt: skip


def _entry(entry: Entry) -> EntryAnswer:
    return EntryAnswer(
        act=entry.act, revision=entry.revision, state=entry.state, by=entry.by, by_name=entry.by_name,
        reason=entry.reason, at=entry.at,
    )  # fmt: skip


def _waiting(found: Waiting) -> WaitingAnswer:
    return WaitingAnswer(
        playlist=brief(found.view), revision=found.view.submitted or found.view.revision,
        items=wire.items_to_json(found.items), submitted_by=found.submitted.by_name if found.submitted else "",
        submitted_at=found.submitted.at if found.submitted else found.view.changed,
        changes=[_change(change) for change in found.changes],
    )  # fmt: skip


def _change(change: Change) -> ChangeAnswer:
    texts = [FieldAnswer(field=text.field, runs=_runs(text.runs)) for text in change.texts]
    runs: list[RunAnswer] = []
    for text in texts:
        runs += [RunAnswer(text="\n", op="same")] if runs else []
        runs += text.runs
    before, after = (wire.item_to_json(item) if item else None for item in (change.before, change.after))
    return ChangeAnswer(
        item=change.item, kind=change.kind, before=before, after=after, runs=runs, texts=texts,
        wishes=list(change.wishes),
    )  # fmt: skip


def _runs(runs: Iterable[Run]) -> list[RunAnswer]:
    return [RunAnswer(text=run.text, op=run.op) for run in runs]


def _facts(found: ItemFacts, locale: str) -> FactsAnswer:
    if found.facts is None:
        return FactsAnswer(profile=found.profile, problem=_said(found.refused, locale))
    facts = found.facts
    return FactsAnswer(
        profile=found.profile, scrolls=facts.scrolls, needs_ms=facts.needs_ms, readable_m=facts.readable_m,
        missing=list(facts.missing), pages=facts.pages, fits=facts.fits, left_out=facts.left_out,
    )  # fmt: skip


def _said(refused: Refused | None, locale: str) -> str:
    return say(f"media.{refused.rule}", locale, **refused.params) if refused else ""
