"""Who signs in at one node is known at the other, and is nobody at both at once; who guesses is counted by both."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import websocket

from tests.server.together.conftest import Plant
from tests.server.together.node import Node
from tests.site import PASSWORD

PAGE = {"Accept": "text/html", "Accept-Language": "zh"}
Sit = Callable[[Node, str], "Desk"]


class Visitor:
    """A browser that nginx sends now to this node, now to that one."""

    def __init__(self) -> None:
        self.browser = requests.Session()
        self.browser.headers.update(PAGE)
        self.word = ""

    def open(self, node: Node, path: str) -> requests.Response:
        """A page; the word against forged posts is taken from it."""
        page = self.browser.get(node.site.url + path, allow_redirects=False, timeout=20)
        if found := re.search(r'name="csrf_token" value="([^"]+)"', page.text):
            self.word = found[1]
        return page

    def post(self, node: Node, path: str, **form: str) -> requests.Response:
        """A form, with the word of the page it was opened on, at whatever node that was."""
        form = {"csrf_token": self.word, **form}
        return self.browser.post(node.site.url + path, data=form, allow_redirects=False, timeout=20)

    def sign_in(self, node: Node, login: str, password: str = PASSWORD) -> int:
        """By the form; the status of the answer."""
        return self.post(node, "/sign-in", login=login, password=password).status_code

    def is_in(self, node: Node) -> bool:
        """Whether the node knows who this is."""
        return self.open(node, "/me").status_code == 200

    @property
    def cookies(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.browser.cookies)


class Desk:
    """A page's socket."""

    def __init__(self, node: Node, cookies: str) -> None:
        self.ws: Any = websocket.create_connection(
            f"ws://127.0.0.1:{node.site.port}/socket.io/?EIO=4&transport=websocket", timeout=20, cookie=cookies,
            origin=node.site.url,
        )  # fmt: skip
        self.ws.recv()
        self.ws.send("40/desk,{}")
        self.joined = str(self.ws.recv()).startswith('40/desk,{"sid"')

    def ends(self) -> bool:
        """Whether the server ends it; pings are answered meanwhile."""
        try:
            while said := str(self.ws.recv()):
                if said == "2":
                    self.ws.send("3")
                if said.startswith("41/desk"):
                    return True
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError):
            pass
        return True


@pytest.fixture
def sit() -> Iterator[Sit]:
    made: list[Desk] = []

    def call(node: Node, cookies: str) -> Desk:
        made.append(Desk(node, cookies))
        return made[-1]

    yield call
    for one in made:
        one.ws.shutdown()


@pytest.fixture
def nodes(plant: Plant) -> tuple[Node, Node]:
    return plant.nodes


@pytest.fixture
def login(plant: Plant) -> str:
    """The name of somebody who may sign in, for this test alone."""
    return person(plant, "author")


def person(plant: Plant, role: str) -> str:
    name = f"{role} {secrets.token_hex(4)}"
    plant.nodes[0].site.run("user", "add", "--name", name, "--role", role, "--password-stdin", stdin=PASSWORD)
    return name


def test_a_session_of_one_node_counts_at_the_other_and_ends_at_both(
    nodes: tuple[Node, Node], login: str, sit: Sit
) -> None:
    one, two = nodes
    visitor = Visitor()
    visitor.open(one, "/sign-in")
    assert visitor.sign_in(two, login) == 303  # with the word of the other's page
    assert (visitor.is_in(one), visitor.is_in(two)) == (True, True)
    here, there = sit(one, visitor.cookies), sit(two, visitor.cookies)
    assert (here.joined, there.joined) == (True, True)
    held = visitor.cookies
    assert visitor.post(one, "/sign-out").status_code == 303
    assert (here.ends(), there.ends()) == (True, True)
    former = Visitor()
    former.browser.headers["Cookie"] = held
    assert (former.is_in(one), former.is_in(two)) == (False, False)
    assert not sit(two, held).joined


def test_who_is_let_go_at_one_node_is_out_at_the_other(
    plant: Plant, nodes: tuple[Node, Node], login: str, sit: Sit
) -> None:
    two = nodes[1]
    visitor = Visitor()
    visitor.open(two, "/sign-in")
    assert visitor.sign_in(two, login) == 303
    desk = sit(two, visitor.cookies)
    assert desk.joined
    person(plant, "owner")  # without one nobody can be let go
    (found,) = [one["id"] for one in plant.ask(0, "GET", "/api/v1/people").json()["items"] if one["name"] == login]
    plant.ask(0, "DELETE", f"/api/v1/people/{found}")
    assert desk.ends()
    assert not visitor.is_in(two)


def test_a_word_against_forged_posts_counts_at_both_nodes_and_a_wrong_one_at_none(
    nodes: tuple[Node, Node], login: str
) -> None:
    visitor = Visitor()
    visitor.open(nodes[0], "/sign-in")
    assert visitor.sign_in(nodes[0], login) == 303
    assert visitor.is_in(nodes[0])
    good = visitor.word
    for node in nodes:
        visitor.word = good
        assert visitor.post(node, "/theme", theme="dark").status_code == 303
        visitor.word = good[:-1] + ("A" if good[-1] != "A" else "B")
        assert visitor.post(node, "/theme", theme="dark").status_code == 403


def test_guesses_at_both_nodes_are_counted_together(nodes: tuple[Node, Node], login: str) -> None:
    one, two = nodes
    visitor = Visitor()
    visitor.open(one, "/sign-in")
    assert [visitor.sign_in(node, login, "wrong") for node in (one, two, one, two, one)] == [401] * 5
    assert [visitor.sign_in(node, login) for node in (one, two)] == [429, 429]
