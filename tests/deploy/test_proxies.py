"""A player's whole life through a real nginx and a real Caddy, as shipped."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import websocket
from PIL import Image

from server.config import Config
from server.guards import MOST_BYTES
from tests.deploy import front
from tests.deploy.front import DEPLOY, Front
from tests.site import free_port

ALERT = {"status": "actual", "severity": "extreme", "headline": "立即撤离", "targets": {"all": True},
         "presentation": "takeover", "expires_in_s": 600}  # fmt: skip
MIB = 1024 * 1024


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A proxy with a node behind it."""
    made = Front(tmp_path_factory.mktemp(request.param))
    made.folder.chmod(0o755)
    front.certify(made.folder)
    made.site = front.behind(made)
    with getattr(front, request.param)(made, made.site.port):
        yield made
    made.site.stop()


@pytest.fixture(scope="module")
def staff(proxied: Front) -> requests.Session:
    """A program with every right, through the proxy."""
    assert proxied.site is not None
    return proxied.visitor(proxied.site.run("token", "add", "--name", "t", "--scopes", "*"))


@pytest.fixture
def token(proxied: Front, staff: requests.Session) -> str:
    """The token of a player that paired by its screen's key."""
    count = len(staff.get(f"{proxied.url}/api/v1/screens").json()["items"])
    order = {"name": f"大门{count}", "width": 192, "height": 16, "colour": "single"}
    made = staff.post(f"{proxied.url}/api/v1/screens", json=order).json()
    paired = proxied.visitor().post(f"{proxied.url}/player/pair", json={"key": made["key"]})
    return str(paired.json()["token"])


@pytest.fixture
def media(proxied: Front, staff: requests.Session) -> tuple[str, bytes]:
    """A picture in the library: its address and the bytes that are kept of it."""
    out = io.BytesIO()
    Image.effect_noise((300, 200), 90).save(out, "PNG")
    added = staff.post(f"{proxied.url}/api/v1/assets", files={"file": ("窑.png", out.getvalue())})
    address = added.json()["media"]
    (kept,) = (proxied.folder / "data/media").rglob(address.removeprefix("/media/"))
    return proxied.url + address, kept.read_bytes()


def test_an_alert_reaches_a_player_and_its_proof_is_kept(proxied: Front, staff: requests.Session, token: str) -> None:
    player = proxied.dial(token, origin=proxied.url)
    assert player.ask("hello", nonce="n1", protocol=1)["nonce"] == "n1"
    issued = staff.post(f"{proxied.url}/api/v1/alerts", json=ALERT).json()
    state = player.told("alerts_changed")
    (alert,) = (one for one in state["alerts"] if one["id"] == issued["id"])
    proof = {"epoch": state["epoch"], "id": alert["id"], "revision": alert["revision"]}
    assert player.ask("alert_received", **proof) == {"ok": True}
    assert player.ask("alert_shown", **proof, shown_at=state["now"]) == {"ok": True}
    deliveries = staff.get(f"{proxied.url}/api/v1/alerts/{issued['id']}").json()["deliveries"]
    assert deliveries["shown"] == 1
    assert staff.post(f"{proxied.url}/api/v1/alerts/{issued['id']}/clear", json={}).ok


def test_the_proxy_itself_sends_media_when_the_node_says_so(
    proxied: Front, token: str, media: tuple[str, bytes]
) -> None:
    address, data = media
    assert proxied.visitor().get(address).status_code == 401
    answer = proxied.visitor(token).get(address)
    assert (answer.content == data, answer.headers["Content-Type"]) == (True, "image/png")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "X-Accel-Redirect" not in answer.headers
    again = proxied.visitor(token).get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = proxied.visitor(token).get(address, headers={"Range": "bytes=5-20"})
    assert (part.status_code, part.content) == (206, data[5:21])


def test_who_asks_the_node_itself_gets_the_bytes_from_it(proxied: Front, token: str, media: tuple[str, bytes]) -> None:
    assert proxied.site is not None
    path = media[0].removeprefix(proxied.url)
    answer = requests.get(proxied.site.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert (answer.content == media[1], "X-Accel-Redirect" in answer.headers) == (True, False)


def test_media_cannot_be_had_round_the_node(proxied: Front, media: tuple[str, bytes]) -> None:
    name = media[0].rpartition("/")[2]
    for path in (f"/accel/{name[:2]}/{name}", f"/{name[:2]}/{name}", "/accel/../paomadeng.db"):
        assert proxied.visitor().get(proxied.url + path).status_code == 404


def test_plain_http_is_led_to_https(proxied: Front) -> None:
    address = f"http://127.0.0.1:{proxied.plain}/screen?key=x"
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://127.0.0.1/screen?key=x")


def test_pages_come_with_each_guarding_header_once_and_cookies_for_tls_only(proxied: Front) -> None:
    answer = proxied.visitor().get(f"{proxied.url}/sign-in", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    counted = answer.raw.headers
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
        assert len(counted.getlist(name)) == 1
    assert "; Secure" in answer.headers["Set-Cookie"]
    assert f"wss://127.0.0.1:{proxied.secure}" in answer.headers["Content-Security-Policy"]


def test_bodies_are_limited_as_the_server_limits_them(proxied: Front, staff: requests.Session) -> None:
    large = bytes(MOST_BYTES + MIB)
    answer = staff.post(f"{proxied.url}/api/v1/session", data=large)
    assert answer.status_code == 413
    picture = staff.post(f"{proxied.url}/api/v1/assets", files={"file": ("a.png", large)})
    assert (picture.status_code, picture.json()["type"]) == (422, "/problems/refused")


def test_the_limits_of_both_configurations_are_the_servers(tmp_path: Path) -> None:
    nginx, caddy = ((DEPLOY / name).read_text() for name in ("nginx/paomadeng.conf", "caddy/Caddyfile"))
    assert f"client_max_body_size {Config().upload_mb}m;" in nginx
    assert f"client_max_body_size {MOST_BYTES // MIB}m;" in nginx
    assert f"max_size {Config().upload_mb}MiB" in caddy
    assert f"max_size {MOST_BYTES // MIB}MiB" in caddy


def test_figures_are_not_told_through_the_proxy(proxied: Front) -> None:
    assert proxied.visitor().get(f"{proxied.url}/metrics").status_code == 404


def test_another_sites_page_opens_no_websocket(proxied: Front, token: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException):
        proxied.dial(token, origin="https://elsewhere.example")


def test_long_polling_stays_possible(proxied: Front) -> None:
    opened = proxied.visitor().get(f"{proxied.url}/socket.io/?EIO=4&transport=polling")
    assert opened.text.startswith('0{"sid"')


def test_a_screen_that_starts_while_no_node_answers_tries_again_by_itself(tmp_path: Path) -> None:
    for name in ("nginx", "caddy"):
        made = Front(tmp_path / name)
        made.folder.mkdir()
        front.certify(made.folder)
        with getattr(front, name)(made, free_port()):
            answer = made.visitor().get(f"{made.url}/screen?key=k")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert 'http-equiv="refresh" content="5"' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
