"""Where a webhook may point, and where none may, however it is written or whatever a name leads to."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from server.outbox import addresses
from server.outbox.addresses import NotAllowed, Place


@pytest.mark.parametrize(("address", "wanted"), [
    ("https://qyapi.weixin.qq.com/send?key=k", ("https", "qyapi.weixin.qq.com", 443, "/send?key=k")),
    ("http://10.1.2.3:8080/in", ("http", "10.1.2.3", 8080, "/in")),
    ("http://gw-1.plant.lan", ("http", "gw-1.plant.lan", 80, "/")),
    ("http://mes01/hook", ("http", "mes01", 80, "/hook")),
    ("http://[fd00::12]/x", ("http", "fd00::12", 80, "/x")),
    ("http://127.0.0.1:1880/alert", ("http", "127.0.0.1", 1880, "/alert")),
])  # fmt: skip
def test_plain_addresses_are_read(address: str, wanted: tuple[Any, ...]) -> None:
    assert addresses.place(address) == Place(*wanted)


@pytest.mark.parametrize("address", [
    "", "qyapi.weixin.qq.com", "ftp://gw/", "file:///etc/passwd", "gopher://gw:70/", "javascript:alert(1)",
    "http://", "http:///x", "http://user:pass@gw/", "http://gw@evil/", "http://gw\\@evil/", "http://gw /",
    "http://gw/\r\nX: y",
    "http://gw/\x00", "http://гw/", "http://gw:0/", "http://gw:99999/", "http://gw:x/", "http://[::1",
    "http://" + "a" * 2_000,
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/", "http://a.b.1/",
    "http://169.254.169.254/latest/meta-data", "http://0.0.0.0/", "http://224.0.0.1/", "http://255.255.255.255/",
    "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/", "http://[::]/", "http://[ff02::1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
])  # fmt: skip
def test_odd_and_dangerous_addresses_are_refused(address: str) -> None:
    assert addresses.place(address) is None
    assert addresses.violations(address)


def answers(*ips: str) -> Any:
    """A resolver that gives these addresses for every name."""

    def resolve(host: str, port: int, **_: Any) -> Any:
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]

    return resolve


@pytest.mark.parametrize(("host", "ips", "wanted"), [
    ("gw.plant.lan", ("10.1.2.3",), "10.1.2.3"),
    ("gw.plant.lan", ("169.254.169.254", "10.1.2.3"), "10.1.2.3"),
    ("qyapi.weixin.qq.com", ("192.168.1.9", "109.244.145.1"), "109.244.145.1"),
    ("open.feishu.cn", ("2408:8719::1",), "2408:8719::1"),
])  # fmt: skip
def test_a_name_is_taken_to_an_address_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, host: str, ips: tuple[str, ...], wanted: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers(*ips))
    assert addresses.resolve(Place("https", host, 443, "/")) == wanted


@pytest.mark.parametrize(("host", "ips"), [
    ("gw.plant.lan", ("169.254.169.254",)), ("gw.plant.lan", ("::ffff:169.254.169.254",)),
    ("gw.plant.lan", ("0.0.0.0",)), ("gw.plant.lan", ("2002:a9fe:a9fe::1",)),
    ("oapi.dingtalk.com", ("10.1.2.3",)), ("oapi.dingtalk.com", ("127.0.0.1",)),
    ("open.feishu.cn", ("::ffff:10.0.0.1",)),
])  # fmt: skip
def test_a_name_that_leads_where_it_must_not_is_refused_when_sending(
    monkeypatch: pytest.MonkeyPatch, host: str, ips: tuple[str, ...]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers(*ips))
    with pytest.raises(NotAllowed):
        addresses.resolve(Place("https", host, 443, "/"))


def test_only_the_host_of_an_address_is_told() -> None:
    assert addresses.told("https://oapi.dingtalk.com/robot/send?access_token=T") == "https://oapi.dingtalk.com/…"
