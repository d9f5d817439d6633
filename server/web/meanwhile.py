"""What somebody else stored while a form was open: who, when, and beside it what was typed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g

from server import audit
from server.api import parts
from server.web.shell import locale_now
from server.words import say

Row = tuple[str, str, str]  # label, as it is stored, as it was typed


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """``rows`` are what differs, ``at`` UTC ms or 0 when unknown, ``back`` the address of the form as it is stored."""

    rows: tuple[Row, ...]
    by: str
    at: int
    back: str


def meanwhile(act: str, subject: str, rows: Iterable[Row], back: str) -> Meanwhile:
    """The rows that differ, and who did the last ``act`` of the log to ``subject``."""
    with parts().db.read() as tx:
        last = audit.last(tx, g.who.org, act, subject)
    differing = tuple((label, stored, typed) for label, stored, typed in rows if stored != typed)
    return Meanwhile(differing, last["who_name"] if last else "", last["at"] if last else 0, back)


def yes_no(one: object) -> str:
    """A tick in words."""
    return say("desk.yes" if one else "desk.no", locale_now())
