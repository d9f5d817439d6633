"""The organisations below one's own, for pages that name them."""

from __future__ import annotations

from flask import g

from server.api import parts
from server.organisations import service
from server.organisations.model import Organisation


def organisations_below() -> tuple[Organisation, ...]:
    """The organisations in one's own, each before those that lie in it."""
    return service.listed(parts(), g.who)[1:] if service.has_below(parts(), g.who.org) else ()
