"""HTTP of the ways in from outside, and of our alerts for others."""

from __future__ import annotations

from flask import Response, request

from server.accounts.model import Identity
from server.alerts.bodies import TargetsAnswer
from server.alerts.model import SCOPE
from server.api import Answer, Api
from server.cap.model import MEDIA_TYPE
from server.errors import Violation
from server.intake import atom, hooks, outgoing, service, signing, sources
from server.intake import bodies as b
from server.intake.model import Kept, Kind, NotXml, Outcome, Source, State
from server.paging import PageQuery, sliced
from server.parts import Parts
from server.problems import violation_object
from server.words import say

api = Api("intake")
XML = (MEDIA_TYPE, "application/xml", "text/xml")
STATUSES = {State.SHOWN: 201, State.HELD: 202, State.IGNORED: 200}


# CAP ----------------------------------------------------------------------------------------------------------------


@api.post(
    "/api/v1/cap", SCOPE, raw=MEDIA_TYPE, answer=b.OutcomeAnswer, status=201, also=(200, 202, 409, 415, 422),
    summary="Take a CAP message; 201 shown, 202 held for a person, 200 ignored",
)  # fmt: skip
def post_cap(parts: Parts, who: Identity, data: bytes) -> Answer:
    if request.mimetype not in XML:
        raise NotXml(got=request.mimetype[:80])
    first, *others = service.receive(parts, who, data)
    answer = outcome_answer(who, first)
    answer.others = [outcome_answer(who, one) for one in others]
    return Answer(answer, status=_status(first))


@api.get("/api/v1/cap/feed.atom", media=atom.MEDIA, summary="Our alerts and drills as an Atom feed")
def get_feed(parts: Parts, who: Identity) -> Response:
    root = (parts.config.public_url or request.host_url).rstrip("/")
    return Response(atom.feed(parts, who, root), mimetype=atom.MEDIA)


@api.get("/api/v1/cap/<alert>.xml", media=MEDIA_TYPE, summary="The newest revision of an alert as a CAP 1.2 file")
def get_cap(parts: Parts, who: Identity, alert: str) -> Response:
    return Response(outgoing.document(parts, who, alert), mimetype=MEDIA_TYPE)


# signed calls -------------------------------------------------------------------------------------------------------


@api.post(
    "/hooks/<source>", "", raw="application/json", body=b.HookBody, answer=b.OutcomeAnswer, status=201,
    also=(200, 202, 401, 409, 413), summary="A signed call of a panel or a detector",
)  # fmt: skip
def post_hook(parts: Parts, who: Identity, source: str, data: bytes) -> Answer:
    timestamp, signature = (request.headers.get(name, "") for name in (signing.TIMESTAMP, signing.SIGNATURE))
    outcome = hooks.receive(parts, who.org, hooks.Call(source, timestamp, signature, data, who.address))
    return Answer(outcome_answer(who, outcome), status=_status(outcome))


def _status(outcome: Outcome) -> int:
    """What came before makes nothing new."""
    status = STATUSES[outcome.state]
    return 200 if outcome.repeated and status == 201 else status


# messages -----------------------------------------------------------------------------------------------------------


@api.get(
    "/api/v1/messages", SCOPE, query=b.MessageQuery, answer=b.MessageList,
    summary="Messages from outside: held ones, or those shown or ignored",
)  # fmt: skip
def list_messages(parts: Parts, who: Identity, query: b.MessageQuery) -> b.MessageList:
    page = service.list_messages(parts, who, query, query.state)
    names = service.names(parts, who)
    return b.MessageList(items=[message_answer(who, one, names) for one in page.items], next=page.next)


@api.get("/api/v1/messages/<message>", SCOPE, answer=b.MessageAnswer, summary="One message with what came")
def get_message(parts: Parts, who: Identity, message: str) -> b.MessageAnswer:
    kept = service.get(parts, who, message)
    answer = message_answer(who, kept, service.names(parts, who))
    answer.document = kept.document
    return answer


@api.post(
    "/api/v1/messages/<message>/release", SCOPE, body=b.ReleaseBody, answer=b.OutcomeAnswer, also=(404, 409, 429),
    summary="Let a held message have its way",
)  # fmt: skip
def release(parts: Parts, who: Identity, message: str, body: b.ReleaseBody) -> b.OutcomeAnswer:
    targets = None if body.targets is None else body.targets.value()
    return outcome_answer(who, service.release(parts, who, message, targets))


@api.post(
    "/api/v1/messages/<message>/ignore",
    SCOPE,
    answer=b.OutcomeAnswer,
    also=(404, 409),
    summary="A message is not for us",
)
def ignore(parts: Parts, who: Identity, message: str) -> b.OutcomeAnswer:
    return outcome_answer(who, service.ignore(parts, who, message))


# sources ------------------------------------------------------------------------------------------------------------


@api.get(
    "/api/v1/alert-sources", sources.SCOPE, query=PageQuery, answer=b.SourceList,
    summary="Who may send messages from outside",
)  # fmt: skip
def list_sources(parts: Parts, who: Identity, query: PageQuery) -> b.SourceList:
    page = sliced(sources.list_sources(parts, who), query, lambda one: one.id)
    return b.SourceList(items=[source_answer(who, one) for one in page.items], next=page.next)


@api.post(
    "/api/v1/alert-sources", sources.SCOPE, body=b.NewSource, answer=b.NewSourceAnswer, status=201, also=(409,),
    summary="Add a source; a hook's secret is told only now",
)  # fmt: skip
def add_source(parts: Parts, who: Identity, body: b.NewSource) -> b.NewSourceAnswer:
    source, secret = sources.add(parts, who, body.name, body.kind, body.order())
    return b.NewSourceAnswer(**dict(source_answer(who, source)), secret=secret)


@api.put(
    "/api/v1/alert-sources/<source>", sources.SCOPE, body=b.SourceBody, answer=b.SourceAnswer, also=(404,),
    summary="Change a source; what is left out stays",
)  # fmt: skip
def change_source(parts: Parts, who: Identity, source: str, body: b.SourceBody) -> b.SourceAnswer:
    return source_answer(who, sources.change(parts, who, source, body.order()))


@api.post(
    "/api/v1/alert-sources/<source>/secret", sources.SCOPE, answer=b.SecretAnswer, also=(404, 409),
    summary="Another secret for a hook; the old one counts no longer",
)  # fmt: skip
def renew_secret(parts: Parts, who: Identity, source: str) -> b.SecretAnswer:
    return b.SecretAnswer(secret=sources.renew_secret(parts, who, source))


@api.delete("/api/v1/alert-sources/<source>", sources.SCOPE, status=204, also=(404,), summary="Remove a source")
def remove_source(parts: Parts, who: Identity, source: str) -> Answer:
    sources.remove(parts, who, source)
    return Answer(None)


# rendering ----------------------------------------------------------------------------------------------------------


def outcome_answer(who: Identity, outcome: Outcome) -> b.OutcomeAnswer:
    """What a sender is told, the reason in words."""
    why = outcome.why
    detail = _said(why, who.locale) if why else None
    return b.OutcomeAnswer(
        id=outcome.message, state=outcome.state, alert=outcome.alert or None, why=why.rule if why else None,
        detail=detail if outcome.stored else say("alerts.unstored", who.locale),
        repeated=outcome.repeated, stored=outcome.stored,
    )  # fmt: skip


def _said(found: Violation, locale: str) -> str:
    return say(found.rule, locale, **dict(found.params))


def source_answer(who: Identity, source: Source) -> b.SourceAnswer:
    """A source without its secret."""
    values = {name: getattr(source, name) for name in b.SourceAnswer.model_fields if hasattr(source, name)}
    shown = {
        "targets": TargetsAnswer.of(source.targets),
        "senders": list(source.senders), "blocked": list(source.blocked),
        "said": _said(source.said, who.locale) if source.said else "",
        "path": path_of(source),
    }  # fmt: skip
    return b.SourceAnswer(**{**values, **shown})


def path_of(source: Source) -> str:
    """Where a hook calls, "" for other kinds."""
    return f"/hooks/{source.id}" if source.kind is Kind.HOOK else ""


def message_answer(who: Identity, kept: Kept, names: dict[str, str]) -> b.MessageAnswer:
    """A message with its notes in words, less the document."""
    values = {name: getattr(kept, name) for name in b.MessageAnswer.model_fields if hasattr(kept, name)}
    notes = [b.NoteAnswer(**violation_object(note, who.locale)) for note in kept.warnings if note != kept.why]
    shown = {
        "source_name": names.get(kept.source or "", kept.sender), "alert": kept.alert or None, "notes": notes,
        "why": _said(kept.why, who.locale) if kept.why else None, "document": None,
    }  # fmt: skip
    return b.MessageAnswer(**{**values, **shown})
