"""A whole plant behind the real application: one of everything, a way to ask as anybody, and a neighbour's plant."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from media.blobs import Blobs
from playlists.alert import Category, Severity, Status
from playlists.model import Colour
from server import tables
from server.accounts import service as accounts
from server.accounts.model import Role, RoleGrant, nobody, system
from server.accounts.sessions import COOKIE
from server.alerts import service as alerts
from server.alerts import templates
from server.alerts.model import IssueAlert
from server.alerts.model import Targets as AlertTargets
from server.app import create_app
from server.cap.model import CapInfo, CapMessage, MsgType
from server.cap.model import Status as CapStatus
from server.cap.writer import write
from server.clock import FixedClock
from server.config import Config
from server.editorial import service as editorial
from server.intake import service as intake
from server.intake import sources
from server.intake.model import Kind, SourceOrder
from server.library import service as library
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.outbox import service as outbox
from server.outbox.model import Format, WebhookOrder
from server.parts import Parts
from server.programmes.compiler import Compiler
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from server.screens import commands, groups, layouts, pairing, service
from server.screens.model import CommandKind, LayoutKind, NewScreenOrder
from tests.server.blank import CHEAP, lay, settings

NOON = 1_763_438_400_000  # 2025-11-18 12:00 in Shanghai, a Tuesday
SLOGAN = {"id": "i1", "kind": "slogan", "text": "安全第一，预防为主"}
TABLES = tuple(table for table in tables.metadata.sorted_tables if table.name not in ("sessions", "attempts"))


def picture(colour: str = "red", size: tuple[int, int] = (64, 32)) -> bytes:
    """A PNG of one colour."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def _message(tag: str) -> CapMessage:
    """A message of a sender nobody knows."""
    info = CapInfo("暴雨", (Category.MET,))
    return CapMessage(tag.replace(" ", "-"), "met@example", NOON, CapStatus.ACTUAL, MsgType.ALERT, infos=(info,))


def open_plant(folder: Path, **config: Any) -> Plant:
    """A plant of one organisation, ``o1``, and its application."""
    chosen = settings(Config(data=folder, password_mb=CHEAP, **config))
    clock = FixedClock(NOON)
    database = lay(chosen)
    parts = Parts(chosen, clock, database, Blobs(folder / "media"))
    _organisation(parts, "o1", NOON)
    with database.transaction() as tx:
        tx.execute(tables.position.insert().values(id=1, epoch="e" * 32, seq=0))
    return Plant(parts, clock, create_app(parts)[0])


def _word(browser: FlaskClient) -> str:
    """The word against forged posts, as it stands on a page."""
    page = browser.get("/me", headers={"Accept": "text/html"}).text
    return str(re.findall(r'name="csrf_token" value="([^"]+)"', page)[0])


def _organisation(parts: Parts, org: str, created: int) -> None:
    row = {"id": org, "name": org, "zone": "Asia/Shanghai", "locale": "zh", "settings": {}, "created": created}
    with parts.db.transaction() as tx:
        tx.execute(tables.organisations.insert().values(**row))


@dataclass
class Plant:
    """``ids`` has a living thing for every name that stands in a path."""

    parts: Parts
    clock: FixedClock
    app: Flask
    ids: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def furnish(self, org: str = "o1") -> dict[str, str]:
        """Make one of everything for an organisation and return it by the name it has in paths."""
        parts, who = self.parts, system(org)
        self.made += 1
        self.clock.pass_(1_800_000)  # whatever an earlier test was paused for is over
        tag = f"{org} {self.made}"
        group = groups.add_group(parts, who, f"车间 {tag}")
        keyed = service.add(parts, who, NewScreenOrder(f"东门 {tag}", 192, 16, Colour.SINGLE, groups=(group.id,)))
        credential = pairing.by_key(parts, nobody(org, "zh"), keyed.key)
        layout = layouts.make_layout(parts, who, next(iter(LayoutKind)), 512, 128, f"版式 {tag}")
        asset = library.add(parts, who, picture("red" if org == "o1" else "blue"), "门.png").asset
        made = editorial.create(parts, who, f"标语 {tag}", [SLOGAN], group.id)
        editorial.submit(parts, who, made.id)
        slot = scheduling.add(parts, who, SlotOrder(made.id, Targets(screens=(keyed.screen.id,))))
        command = commands.order(parts, who, keyed.screen.id, CommandKind.IDENTIFY)
        person, _ = accounts.add_person(parts, who, f"人 {tag}", (RoleGrant(Role.VIEWER),))
        token, _ = accounts.add_token(parts, who, f"令 {tag}", ("read",))
        waiting = pairing.ask(parts, nobody(org, "zh", "192.0.2.9"), (192, 16))
        templates.ship(parts, org)
        drill = IssueAlert(
            Status.EXERCISE, Severity.SEVERE, "演练", "到集合点", AlertTargets((keyed.screen.id,)), 3_600
        )
        alert = alerts.issue(parts, who, drill)
        order = WebhookOrder(name=f"群 {tag}", format=Format.WECOM, address="https://qyapi.weixin.qq.com/send?key=x")
        for one in outbox.list_webhooks(parts, who)[10:]:  # a site may have only so many
            outbox.remove(parts, who, one.id)
        webhook = outbox.add(parts, who, order)
        source, _ = sources.add(parts, who, f"探头 {tag}", Kind.HOOK, SourceOrder())
        branch, _ = organisations.add(parts, who, OrganisationOrder(f"车间 {tag}"))
        (held,) = intake.receive(parts, who, write(_message(tag), offset_min=480))
        compiler = Compiler(parts)
        compiler.touch(org, [keyed.screen.id])
        compiler.run_pending()
        return {
            "group": group.id, "screen": keyed.screen.id, "player": credential.player, "layout": layout.id,
            "asset": asset.id, "name": asset.media, "playlist": made.id, "revision": made.revision, "slot": slot.id,
            "command": command.id, "person": person.id, "token": token.id, "code": waiting.code,
            "alert": alert.alert_id, "template": templates.restore_template(parts, who, "fire").id,
            "bearer": credential.token, "slot_revision": str(slot.changed),
            "org": branch.id, "webhook": webhook.id, "source": source.id, "message": held.message,
        }  # fmt: skip

    def token(self, *scopes: str) -> str:
        """The secret of a new API token."""
        return accounts.add_token(self.parts, system("o1"), " ".join(scopes), scopes)[1]

    def ask(self, method: str, path: str, bearer: str = "", **more: Any) -> TestResponse:
        """One request under a credential, or under none."""
        headers = {**more.pop("headers", {})}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        return self.app.test_client().open(path, method=method, headers=headers, **more)

    def as_person(self, session: str, method: str, path: str, word: str | None = None, **more: Any) -> TestResponse:
        """One request of a browser that is signed in, with the page's word against forged posts or with ``word``."""
        browser = self._browser(session)
        if method != "GET" and word is None:
            word = _word(browser)
        headers = {"Accept": "text/html", **more.pop("headers", {}), "X-CSRF-Token": word or ""}
        return browser.open(path, method=method, headers=headers, **more)

    def _browser(self, session: str) -> FlaskClient:
        browser = self.app.test_client()
        browser.set_cookie(COOKIE, session)
        return browser

    def add_organisation(self, org: str) -> None:
        """A neighbour in the same database."""
        _organisation(self.parts, org, NOON + 1)

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table but those that a mere look may touch."""
        with self.parts.db.read() as tx:
            return {t.name: [tuple(row) for row in tx.execute(t.select().order_by(*t.primary_key))] for t in TABLES}
