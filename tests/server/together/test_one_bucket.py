"""Two nodes with folders of their own and one bucket: a picture taken in at one is shown by a player of the other."""

from __future__ import annotations

import io
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from tests.players.stand import until
from tests.postgres import postgresql
from tests.rclone import Store, store_in
from tests.server.redis_here import redis_in
from tests.server.together.node import Node
from tests.site import Site, free_port

PATIENCE_S = 60


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store_in(tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Iterator[tuple[Node, Node]]:
    with postgresql() as database, redis_in(tmp_path_factory.mktemp("redis")) as redis:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
        address = tmp_path_factory.mktemp("secrets") / "s3_url"
        address.write_text(store.url)
        clean |= {
            "PAOMADENG_DATABASE_URL": database.bare(), "PAOMADENG_REDIS_URL": redis.url, "PAOMADENG_PASSWORD_MB": "8",
            "PAOMADENG_S3_URL_FILE": str(address),
        }  # fmt: skip
        folders = [tmp_path_factory.mktemp("node") for _ in range(2)]
        one, two = (
            Node(Site(folder, free_port(), clean | {"PAOMADENG_DATA": str(folder)}), number)
            for number, folder in enumerate(folders)
        )
        one.start()
        shutil.copy(folders[0] / "secret.key", folders[1])
        two.start()
        try:
            yield one, two
        finally:
            for node in (one, two):
                node.send(signal.SIGKILL)


@pytest.fixture(scope="module")
def caller(nodes: tuple[Node, Node]) -> requests.Session:
    return nodes[0].site.token()


def asked(caller: requests.Session, node: Node, method: str, path: str, **more: Any) -> Any:
    answer = caller.request(method, node.site.url + path, timeout=30, **more)
    assert answer.status_code < 300, answer.text
    return answer.json()


def picture(colour: str) -> dict[str, tuple[str, bytes]]:
    out = io.BytesIO()
    Image.new("RGB", (64, 32), colour).save(out, "PNG")
    return {"file": (f"{colour}.png", out.getvalue())}


def media_of(told: Any) -> set[str]:
    """Every picture a programme names."""
    if isinstance(told, dict):
        named = {told["media"]} if isinstance(told.get("media"), str) and told["media"] else set()
        return named.union(*map(media_of, told.values()))
    return set().union(*map(media_of, told)) if isinstance(told, list) else set()


def fetched(node: Node, token: str, name: str) -> requests.Response:
    return requests.get(f"{node.site.url}/media/{name}", headers={"Authorization": f"Bearer {token}"}, timeout=30)


def has(node: Node, name: str) -> bool:
    return (Path(node.site.data) / "media" / name[:2] / name).is_file()


def test_a_picture_taken_in_at_one_node_is_shown_by_a_player_of_the_other_also_without_the_store(
    nodes: tuple[Node, Node], caller: requests.Session, store: Store
) -> None:
    one, two = nodes
    asset = asked(caller, one, "POST", "/api/v1/assets", files=picture("red"))
    size = {"name": "东门", "width": 192, "height": 16, "colour": "full"}
    screen = asked(caller, one, "POST", "/api/v1/screens", json=size)
    token = requests.post(f"{two.site.url}/player/pair", json={"key": screen["key"]}, timeout=10).json()["token"]

    def shown() -> set[str]:
        head = {"Authorization": f"Bearer {token}"}
        return media_of(requests.get(f"{two.site.url}/player/programme", headers=head, timeout=10).json())

    before = shown()
    order = {"name": "东门", "items": [{"kind": "image", "asset": asset["id"]}]}
    playlist = asked(caller, one, "POST", "/api/v1/playlists", json=order)["id"]
    asked(caller, one, "POST", f"/api/v1/playlists/{playlist}/submit", json={})
    asked(caller, one, "POST", "/api/v1/slots", json={"playlist": playlist, "targets": {"screens": [screen["id"]]}})

    assert until(lambda: shown() - before, PATIENCE_S)
    (name,) = shown() - before
    assert (has(one, name), has(two, name)) == (True, False)
    assert fetched(two, token, name).status_code == 200
    assert has(two, name)
    store.send(signal.SIGKILL)
    try:
        assert fetched(two, token, name).status_code == 200
        refused = caller.post(f"{one.site.url}/api/v1/assets", files=picture("blue"), timeout=30)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/media-away")
        assert any("shared media" in told for told in two.get("/readyz")["warnings"])
        assert two.get("/readyz")["ready"]
    finally:
        store.start()
    assert until(lambda: not two.get("/readyz")["warnings"], PATIENCE_S)
    again = asked(caller, two, "POST", "/api/v1/assets", files=picture("blue"))
    assert again["name"] == "blue.png"


def test_the_secret_of_the_store_stands_on_no_command_line_and_in_no_log(
    nodes: tuple[Node, Node], caller: requests.Session
) -> None:
    asked(caller, nodes[0], "POST", "/api/v1/assets", files=picture("green"))
    secret = b"no%2Fbody"
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
    assert any(b"media.press" in line for line in lines)
    assert not any(secret in line for line in lines)
    for node in nodes:
        assert secret not in (node.site.data / f"node{node.number}.log").read_bytes()


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True
