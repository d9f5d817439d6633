"""A desk to knock at: the whole application with a person signed in, asked without a socket."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.accounts import service as accounts
from server.accounts.model import Identity, Role
from server.accounts.sessions import COOKIE, sign_in
from server.app import create_app
from server.parts import Parts

PASSWORD = "下班先断电再锁门喽好"


class Desk:
    """The pages as a person with ``role`` meets them; nobody when None. ``code`` is their organisation's."""

    def __init__(self, parts: Parts, owner: Identity, role: Role | None, locale: str = "zh", code: str = "") -> None:
        app, _ = create_app(parts)
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie("lang", locale)
        if role is not None:
            accounts.add_person_with_password(parts, owner, "厂办老李", role, PASSWORD)
            self.client.set_cookie(COOKIE, sign_in(parts, "厂办老李", PASSWORD, "127.0.0.1", "test", code))

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers={"Accept": "text/html"})

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **values: Any) -> TestResponse:
        form = {"csrf_token": self.token(), **values}
        return self.client.post(path, data=form, headers={"Accept": "text/html"})

    def call(self, path: str, body: Any) -> TestResponse:
        return self.client.post(path, json=body, headers={"X-CSRF-Token": self.token()})

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/more").text)
        return found[1] if found else ""
