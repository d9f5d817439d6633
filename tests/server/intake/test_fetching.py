"""Fetching: only from allowed hosts, only at the address that was checked, nothing followed, nothing without end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import Config
from server.intake.fetching import fetch, is_public, parse, violations
from server.intake.model import FetchFailed
from tests.server.cap import made

NONE = Config(data=Path("unused"))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
Say = Callable[[bytes], list[bytes]]


class Host:
    """A web server on this machine that answers whatever it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.asked: list[bytes] = []
        self.pieces: Iterable[bytes] = [OK]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.asked.append(connection.recv(65_536))
                try:
                    for piece in self.pieces:
                        connection.sendall(piece)
                except OSError:
                    continue

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed?x=1"

    @property
    def config(self) -> Config:
        """Settings that allow this very host, though it lies in a private network."""
        return replace(NONE, feed_private_hosts=f"127.0.0.1:{self.port}")


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.listener.shutdown(socket.SHUT_RDWR)
    host.listener.close()


def detail(of: Callable[[], Any]) -> str:
    with pytest.raises(FetchFailed) as caught:
        of()
    return caught.value.detail.removeprefix("intake.")


def test_what_an_allowed_host_holds_is_fetched(host: Host) -> None:
    assert fetch(host.address, host.config) == b"hello"
    head = host.asked[0].decode()
    assert head.startswith("GET /feed?x=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{host.port}\r\n" in head


def test_by_default_nothing_may_be_fetched_from_anywhere(host: Host) -> None:
    assert detail(lambda: fetch(host.address, NONE)) == "host_not_allowed"
    assert detail(lambda: fetch("https://met.city.example/feed", NONE)) == "host_not_allowed"
    assert host.asked == []


def test_a_host_in_a_private_network_needs_more_than_the_usual_leave(host: Host) -> None:
    usual = replace(NONE, feed_hosts=f"127.0.0.1:{host.port}")
    assert detail(lambda: fetch(host.address, usual)) == "private_address"
    assert host.asked == []


def test_a_name_that_turns_out_to_be_this_machine_is_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    leave = replace(NONE, feed_hosts="met.city.example")
    answers = [("127.0.0.1", 80), ("93.184.216.34", 80)]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in answers]
    for order in (found, found[::-1]):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, order=order, **__: order)
        assert detail(lambda: fetch("http://met.city.example/", leave)) == "private_address"


def test_a_name_is_looked_up_once_and_that_number_is_called(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def once(name: str, *_: Any, **__: Any) -> Any:
        looked.append(name)
        port = host.port if len(looked) == 1 else 9
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    assert fetch("http://feeds.plant.lan/", replace(NONE, feed_private_hosts="feeds.plant.lan")) == b"hello"
    assert looked == ["feeds.plant.lan"]
    assert b"Host: feeds.plant.lan\r\n" in host.asked[0]


def test_a_port_is_part_of_the_leave(host: Host) -> None:
    assert detail(lambda: fetch(host.address, replace(NONE, feed_private_hosts="127.0.0.1"))) == "host_not_allowed"


def test_no_proxy_of_the_environment_is_asked(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(host.address, host.config) == b"hello"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(host: Host, status: int) -> None:
    host.pieces = [f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:{host.port}/two\r\n\r\n".encode()]
    assert detail(lambda: fetch(host.address, host.config)) == "redirects"
    assert len(host.asked) == 1


@pytest.mark.parametrize("status", [204, 400, 404, 500])
def test_an_answer_that_is_not_the_thing_itself_is_refused(host: Host, status: int) -> None:
    host.pieces = [f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()]
    assert detail(lambda: fetch(host.address, host.config)) == "bad_status"


def test_an_answer_without_end_is_cut_off(host: Host) -> None:
    host.pieces = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 100_000] * 20]
    assert detail(lambda: fetch(host.address, host.config, 1_000_000)) == "too_much"
    assert len(fetch(host.address, host.config, 2_000_000)) == 2_000_000


@pytest.mark.parametrize("said", [b"", b"hello", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200])
def test_a_host_that_speaks_something_else_is_no_answer(host: Host, said: bytes) -> None:
    host.pieces = [said]
    assert detail(lambda: fetch(host.address, host.config)) == "no_answer"


def test_a_host_that_never_finishes_is_given_up(host: Host) -> None:
    quiet = threading.Event()
    host.pieces = _dripping(quiet)
    assert detail(lambda: fetch(host.address, host.config, seconds=0.4)) == "no_answer"
    quiet.set()


def _dripping(quiet: threading.Event) -> Iterator[bytes]:
    """A header that grows by a letter now and then, so that no single wait is long."""
    yield b"HTTP/1.1 200 OK\r\nX: "
    while not quiet.wait(0.05):
        yield b"x"


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    leave = replace(NONE, feed_private_hosts=f"127.0.0.1:{port}")
    assert detail(lambda: fetch(f"http://127.0.0.1:{port}/", leave)) == "no_answer"


ODD = """
http:///x
http://
//met.example/
met.example/feed
ftp://met.example/
file:///etc/hostname
javascript:alert(1)
http://user@met.example/
http://user:word@met.example/
http://met.example@127.0.0.1/
http://127.1/
http://0177.0.0.1/
http://0x7f.0.0.1/
http://0x7f000001/
http://2130706433/
http://127.0.0.1.:80/
http://met.example./
http://[::ffff:127.0.0.1/
http://[::FFFF:7f00:1%25eth0]/
http://①②⑦.0.0.1/
http://météo.example/
http://met.example:99999/
http://met.example:x/
http://met_example/
http://-met.example/
http://met..example/
http://met.example\\@127.0.0.1/
""".split("\n")


@pytest.mark.parametrize("address", [*filter(None, ODD), "http://met.example/a b", "http://met.example/\r\nX: y", ""])
def test_an_odd_address_is_none(address: str) -> None:
    assert detail(lambda: parse(address)) == "no_address"


def test_a_usual_address_is_taken_apart_and_its_path_made_safe() -> None:
    place = parse("HTTPS://Met.Example/暴雨?区=东#x")
    assert (place.entry, place.port, place.path) == ("met.example", 443, "/%E6%9A%B4%E9%9B%A8?%E5%8C%BA=%E4%B8%9C")
    assert parse("http://met.example:80").entry == "met.example"
    assert parse("http://met.example:8080/").entry == "met.example:8080"
    assert parse("http://[2001:db8::1]:8080/").entry == "[2001:db8::1]:8080"


PRIVATE = """
127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1
198.18.0.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00::1 ff02::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1:: 2001:db8::1
""".split()


@pytest.mark.parametrize("number", PRIVATE)
def test_numbers_of_private_networks_are_known_in_every_dress(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize(
    "number", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_numbers_of_the_open_internet_are_public(number: str) -> None:
    assert is_public(number)


def test_the_page_learns_beforehand_what_will_not_go() -> None:
    assert [v.rule for v in violations("ftp://x/", NONE)] == ["intake.no_address"]
    assert [v.rule for v in violations("http://met.example/", NONE)] == ["intake.host_not_allowed"]
    assert not list(violations("http://met.example/", replace(NONE, feed_hosts="other.example, MET.example")))


@made.patient
@given(st.text(max_size=60) | st.text(st.sampled_from("met.example@:/\\?#[]127%"), max_size=30))
def test_no_address_gets_past_the_leave(address: str) -> None:
    leave = replace(NONE, feed_hosts="met.example")
    found = [violation.rule for violation in violations("http://" + address, leave)]
    if not found:
        assert parse("http://" + address).entry == "met.example"
    assert found in ([], ["intake.no_address"], ["intake.host_not_allowed"])
