"""A group with two companies, one of which has a plant: screens and playlists made by the real services."""

from __future__ import annotations

import json
from typing import Any

from playlists.model import Colour
from server.accounts.model import Grant, Identity, system
from server.editorial import service as editorial
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.parts import Parts
from server.programmes import store
from server.programmes.compiler import Compiler
from server.scheduling import service
from server.scheduling.model import SlotOrder, SlotRow, Targets
from server.screens import service as screens
from server.screens.model import NewScreenOrder


class Above:
    """``o1`` has ``company``, which has ``plant``, and ``other``; each of the three has a screen of its name."""

    def __init__(self, parts: Parts, airtime: int = 30) -> None:
        self.parts, self.compiler = parts, Compiler(parts)
        self.airtime = airtime
        self.company, self.other = self._below("o1", "唐山公司"), self._below("o1", "邯郸公司")
        self.plant = self._below(self.company, "一厂")
        self.screens = {org: self.screen(org) for org in (self.company, self.other, self.plant)}

    def _below(self, parent: str, name: str) -> str:
        return organisations.add(self.parts, system(parent), OrganisationOrder(name, airtime=self.airtime))[0].id

    def screen(self, org: str, name: str = "东门") -> str:
        made = screens.add(self.parts, system(org), NewScreenOrder(name, 192, 16, Colour.SINGLE))
        return made.screen.id

    def playlist(self, org: str, *texts: str, name: str = "") -> str:
        """A playlist of slogans, approved at once for want of reviewers."""
        items = [{"kind": "slogan", "text": text, "duration_ms": 10_000} for text in texts]
        made = editorial.create(self.parts, system(org), name or texts[0], items, None)
        editorial.submit(self.parts, system(org), made.id)
        return made.id

    def push(self, playlist: str, *below: str, org: str = "o1", **more: Any) -> SlotRow:
        """Make a playlist mandatory in organisations below."""
        order = SlotOrder(playlist, Targets(organisations=below or (self.company,)), **more)
        return service.add(self.parts, system(org), order)

    def show(self, org: str, playlist: str) -> SlotRow:
        """Put a playlist on an organisation's own screens."""
        return service.add(self.parts, system(org), SlotOrder(playlist, Targets(everywhere=True)))

    def programme(self, org: str, screen: str = "") -> dict[str, Any]:
        """What is published for a screen once everything said is compiled."""
        self.compiler.run_pending()
        with self.parts.db.read() as tx:
            found = store.programme(tx, org, screen or self.screens[org])
        assert found is not None
        body: dict[str, Any] = json.loads(found.body)
        return body

    def texts(self, org: str, screen: str = "") -> list[str]:
        """The texts of the loop that turns on a screen's main region at the end of the window."""
        body = self.programme(org, screen)
        (main,) = [channel for channel in body["channels"] if channel["region"]["name"] == "main"]
        return [showing["text"] for showing in body["loops"][main["spans"][-1]["loop"]]["showings"]]


def token(org: str, *scopes: str) -> Identity:
    """A token of an organisation with rights over all of it."""
    return Identity(org, "token", "t", "t", tuple(Grant(scope) for scope in (*scopes, "read")))
