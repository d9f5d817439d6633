"""A proxy's word counts when it comes from where the proxy stands, and from nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from server.accounts import service
from server.accounts.model import system
from server.app import create_app
from server.parts import Parts
from server.proxies import Proxies, networks

CLAIMED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example"}


def told(address: str, trusted: str) -> str:
    """What a page behind one proxy learns of a request that comes from ``address`` and claims the rest."""
    app = Flask(__name__)
    app.add_url_rule("/", "seen", lambda: f"{request.remote_addr} {request.url}")
    app.wsgi_app = Proxies(app.wsgi_app, 1, networks(trusted))  # type: ignore[method-assign]
    return app.test_client().get("/", headers=CLAIMED, environ_base={"REMOTE_ADDR": address}).text


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.3.0.9"])
def test_a_proxy_of_ours_is_believed(address: str) -> None:
    assert told(address, "127.0.0.0/8, ::1, 10.3.0.0/16") == "203.0.113.9 https://elsewhere.example/"


@pytest.mark.parametrize("address", ["10.4.0.9", "203.0.113.1", "2001:db8::1", "", "nonsense"])
def test_anybody_else_is_who_he_is(address: str) -> None:
    assert told(address, "127.0.0.0/8, 10.3.0.0/16") == f"{address} http://localhost/"


def visitor(parts: Parts) -> FlaskClient:
    """Somebody at a node behind one proxy that reads the media folder."""
    return create_app(replace(parts, config=replace(parts.config, proxies=1, x_accel="/accel/")))[0].test_client()


@pytest.mark.parametrize(
    ("address", "claimed", "ordered"),
    [("127.0.0.1", CLAIMED, True), ("127.0.0.1", {}, False), ("203.0.113.1", CLAIMED, False)],
)
def test_only_a_request_through_the_proxy_is_answered_by_an_order_to_it(
    parts: Parts, address: str, claimed: dict[str, str], ordered: bool
) -> None:
    name = parts.blobs.put(b"\x89PNG a picture", "png")
    token = service.add_token(parts, system("o1"), "t", ("read",))[1]
    headers = {"Authorization": f"Bearer {token}", "Range": "bytes=0-3", **claimed}
    answer = visitor(parts).get(f"/media/{name}", headers=headers, environ_base={"REMOTE_ADDR": address})
    order = answer.headers.get("X-Accel-Redirect", "")
    assert (order, answer.data) == ((f"/accel/{name[:2]}/{name}", b"") if ordered else ("", b"\x89PNG"))
