"""Bytes to messages of the Common Alerting Protocol, leniently: what real authorities send is read, and noted."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, TypeVar
from xml.etree.ElementTree import Element, tostring

from playlists.alert import Category, Certainty, Response, Severity, Urgency
from server.cap import parsing, references, spelling
from server.cap.decoding import decoded
from server.cap.fields import Fields, Notes
from server.cap.model import (
    DEFAULT_LANGUAGE,
    LARGEST,
    NAMESPACE,
    UNKNOWN,
    CapArea,
    CapInfo,
    CapMessage,
    MsgType,
    Reference,
    Scope,
    Status,
)
from server.cap.refusal import CapRefused, Reason
from server.errors import Violation

W = TypeVar("W", bound=StrEnum)
LONGEST_NAME = 250
"""The most characters of an identifier and of a sender; they are kept, compared and answered."""
_DEPRECATED = {"very likely": Certainty.LIKELY}
"""OASIS CAP 1.1 and 1.2 both say that "Very Likely", a word of CAP 1.0, is to be read so."""


class Read(NamedTuple):
    """A message, and the text of it alone, from which it can be read again."""

    message: CapMessage
    document: str


def read(data: bytes, *, offset_min: int = 0) -> CapMessage:
    """The message in a file, the first when a wrapper holds several; raise CapRefused when there is none.

    ``offset_min``, minutes east of UTC, is the site's zone: it counts for times that name none.
    """
    first, *others = read_all(data, offset_min=offset_min)
    more = (Violation("", "cap.note.several"),) if others else ()
    return replace(first.message, warnings=(*first.message.warnings, *more))


def read_all(data: bytes, *, offset_min: int = 0) -> tuple[Read, ...]:
    """Every message in a file, at least one; raise CapRefused when there is none that can be read."""
    if len(data) > LARGEST:
        raise CapRefused(Reason.TOO_LARGE, limit_mib=LARGEST // 2**20)
    text = decoded(data)
    root = parsing.parse(text)
    around, found, refusals = _around(root), list[Read](), list[CapRefused]()
    for alert in parsing.alerts(root):
        try:
            message = _message(alert, Notes(offset_min, around))
            found.append(Read(message, text if alert is root else tostring(alert, "unicode")))
        except CapRefused as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[0]
    return tuple(map(_skipped, found)) if refusals else tuple(found)


def _skipped(found: Read) -> Read:
    """The message with the note that another beside it could not be read."""
    notes = (*found.message.warnings, Violation("", "cap.note.skipped"))
    return found._replace(message=replace(found.message, warnings=notes))


def _around(root: Element) -> tuple[Violation, ...]:
    """What a wrapper says about all its messages; EDXL has a status of its own."""
    if parsing.split(root.tag)[1] == "alert":
        return ()
    told = [element.text or "" for element in root.iter() if parsing.split(element.tag)[1] == "distributionStatus"]
    notes = Notes(0)
    notes.add("", "wrapped")
    for status in (spelling.one_line(text) for text in told):
        if status.lower() != Status.ACTUAL.lower():
            notes.add("", "wrapper_status", status)
    return tuple(notes.found)


def _message(alert: Element, notes: Notes) -> CapMessage:
    space = parsing.split(alert.tag)[0]
    if space != NAMESPACE:
        notes.add("", "older" if space else "no_namespace")
    fields = Fields(alert, notes)
    identifier, sender, sent = _key(fields)
    return CapMessage(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status=_must(fields, "status", Status),
        msg_type=_must(fields, "msgType", MsgType),
        source=fields.text("source"),
        scope=fields.word("scope", Scope, Scope.PUBLIC),
        restriction=fields.text("restriction"),
        addresses=references.names(fields.text("addresses")),
        codes=fields.texts("code"),
        note=fields.lines("note"),
        references=_references(fields),
        incidents=references.names(fields.text("incidents")),
        infos=tuple(_info(inner) for inner in fields.inner("info")),
        warnings=tuple(notes.found),
    )


def _key(fields: Fields) -> tuple[str, str, int]:
    """Identifier, sender and sent; nobody can refer to a message that lacks the first or the last."""
    identifier, sender, sent = fields.text("identifier"), fields.needed("sender"), fields.time("sent")
    if not 0 < len(identifier) <= LONGEST_NAME:
        raise CapRefused(Reason.FIELD, field="identifier")
    if len(sender) > LONGEST_NAME:
        raise CapRefused(Reason.FIELD, field="sender")
    if sent is None:
        raise CapRefused(Reason.FIELD, field="sent")
    for name, text in (("identifier", identifier), ("sender", sender)):
        if text and not spelling.is_name(text):
            fields.note(name, "forbidden_characters", text)
    return identifier, sender, sent


def _must(fields: Fields, name: str, words: type[W]) -> W:
    """A word without which nobody can tell what to do with the message."""
    found = fields.words(name, words)
    if len(found) != 1:
        raise CapRefused(Reason.FIELD, field=name)
    return found[0]


def _references(fields: Fields) -> tuple[Reference, ...]:
    found, unread = references.parse(fields.text("references"), fields.notes.offset_min)
    for word in unread:
        fields.note("references", "no_reference", word)
    return found


def _info(fields: Fields) -> CapInfo:
    return CapInfo(
        event=fields.needed("event"),
        categories=_categories(fields),
        urgency=fields.word("urgency", Urgency, Urgency.UNKNOWN),
        severity=_severity(fields),
        certainty=_certainty(fields),
        language=_language(fields),
        response_types=fields.words("responseType", Response),
        audience=fields.text("audience"),
        event_codes=fields.pairs("eventCode"),
        effective=fields.time("effective"),
        onset=fields.time("onset"),
        expires=fields.time("expires"),
        sender_name=fields.text("senderName"),
        headline=fields.text("headline"),
        description=fields.lines("description"),
        instruction=fields.lines("instruction"),
        web=fields.text("web"),
        contact=fields.text("contact"),
        parameters=fields.pairs("parameter"),
        areas=tuple(_area(inner) for inner in fields.inner("area")),
    )


def _language(fields: Fields) -> str:
    text = fields.text("language")
    language = text.replace("_", "-")
    if not text:
        return DEFAULT_LANGUAGE
    if language != text or not spelling.is_language(language):
        fields.note("language", "spelling", text)
    return language if spelling.is_language(language) else spelling.UNDETERMINED


def _categories(fields: Fields) -> tuple[Category, ...]:
    """At least one: what CAP has no word for is Other."""
    found = fields.words("category", Category)
    if not fields.texts("category"):
        fields.note("category", "missing")
    return found or (Category.OTHER,)


def _certainty(fields: Fields) -> Certainty:
    older = _DEPRECATED.get(fields.text("certainty").lower())
    return older or fields.word("certainty", Certainty, Certainty.UNKNOWN)


def _severity(fields: Fields) -> Severity | None:
    said = fields.text("severity")
    if said.lower() != UNKNOWN.lower():
        return fields.word("severity", Severity, None)
    if said != UNKNOWN:
        fields.note("severity", "spelling", said)
    return None


def _area(fields: Fields) -> CapArea:
    return CapArea(
        description=fields.needed("areaDesc"),
        polygons=fields.texts("polygon"),
        circles=fields.texts("circle"),
        geocodes=fields.pairs("geocode"),
        altitude=fields.text("altitude"),
        ceiling=fields.text("ceiling"),
    )
