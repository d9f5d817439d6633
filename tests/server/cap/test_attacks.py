"""Hostile bytes: refused quickly, never a fault of another kind, never a look at another place."""

from __future__ import annotations

import random
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cap.model import LARGEST, CapMessage
from server.cap.reader import read
from server.cap.refusal import CapRefused, Reason
from tests.server.cap import made
from tests.server.cap.setting import ALL, data, message

NS = b'xmlns="urn:oasis:names:tc:emergency:cap:1.2"'
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (at, b"&l%d;" % (at - 1) * 10) for at in range(1, 10))
QUADRATIC = b'<!DOCTYPE alert [<!ENTITY a "' + b"a" * 50_000 + b'">]><alert>' + b"&a;" * 50_000 + b"</alert>"
FILE = b'<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/hostname">]><alert>&x;</alert>'
OUTSIDE = b'<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/cap.dtd"><alert/>'
PARAMETER = b'<!DOCTYPE alert [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]><alert/>'
DOCTYPES = {
    "billion laughs": b'<!DOCTYPE alert [<!ENTITY l0 "lol">' + LAUGHS + b"]><alert>&l9;</alert>",
    "quadratic blow-up": QUADRATIC,
    "a file": FILE,
    "another host": OUTSIDE,
    "a parameter entity": PARAMETER,
    "an empty one": b"<!DOCTYPE alert><alert/>",
    "attribute defaults": b'<!DOCTYPE alert [<!ATTLIST alert xmlns CDATA "urn:x">]><alert/>',
}
HEAVY = {
    "deep": b"<a>" * 600_000,
    "deep and closed": b"<a>" * 290_000 + b"</a>" * 290_000,
    "many": b"<alert " + NS + b">" + b"<a/>" * 500_000 + b"</alert>",
    "attributes": b"<alert " + b" ".join(b'a%d=""' % at for at in range(180_000)) + b"/>",
    "namespaces": b"<alert " + b" ".join(b'xmlns:a%d="u"' % at for at in range(110_000)) + b"/>",
    "one text": b"<alert " + NS + b"><identifier>" + b"x" * 2_000_000 + b"</identifier></alert>",
    "spaces in a list": b"<alert " + NS + b"><references>" + b" " * 2_000_000 + b"x</references></alert>",
    "commas": b"<alert " + NS + b"><references>" + b"," * 2_000_000 + b"</references></alert>",
    "declaration": b"<?xml " + b" " * 2_000_000 + b"?><alert/>",
    "one comment": b"<alert><!--" + b"-x" * 999_000 + b"--></alert>",
    "sections": b"<alert>" + b"<![CDATA[x]]>" * 160_000 + b"</alert>",
    "references to letters": b"<alert>" + b"&#65;" * 400_000 + b"</alert>",
}
SECONDS = 3.0
"""For two mebibytes on a loaded machine; each takes well under one on a quiet one."""


def outcome(given: bytes) -> CapMessage | CapRefused:
    try:
        return read(given)
    except CapRefused as refusal:
        return refusal


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a socket is a failure: the reader has no reason to."""

    def opened(*arguments: object, **named: object) -> None:
        raise AssertionError("the reader opened a socket")

    monkeypatch.setattr(socket, "socket", opened)
    monkeypatch.setattr(socket, "create_connection", opened)


@pytest.mark.parametrize("given", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_any_doctype_is_refused_at_once(given: bytes, encoding: str) -> None:
    word = b"" if encoding == "utf-16" else b'<?xml version="1.0" encoding="%s"?>' % encoding.encode()
    begun = time.process_time()
    found = outcome((word + given).decode().encode(encoding))
    assert isinstance(found, CapRefused)
    assert found.reason == Reason.DOCTYPE
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("given", HEAVY.values(), ids=HEAVY)
def test_two_mebibytes_of_anything_are_done_with_soon(given: bytes) -> None:
    assert len(given) <= LARGEST
    begun = time.process_time()
    assert isinstance(outcome(given), CapRefused)
    assert time.process_time() - begun < SECONDS


def test_nothing_that_a_message_points_to_is_opened() -> None:
    found = message("points-elsewhere.xml")
    assert found.infos[0].web == "http://127.0.0.1:9/web"
    assert "hostname" not in repr(found)
    assert message("signed.xml") == message("short.xml")


@made.patient
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(given: bytes) -> None:
    assert isinstance(outcome(given), CapRefused)


@made.patient
@given(
    st.text(st.sampled_from("<>/&;!?[]-\"'= alertinfo:xmlns\x00\ufeff"), max_size=200),
    st.sampled_from(("utf-8", "utf-16")),
)
def test_text_that_looks_like_xml_is_refused_or_read(given: str, encoding: str) -> None:
    assert isinstance(outcome(given.encode(encoding)), CapMessage | CapRefused)


SHREDS = rb"""< > </ /> & &amp; &#0; &#xD800; <![CDATA[ ]]> <!-- --> <? ?> " ' , xmlns= encoding="x"
    <info> </info> <alert> 9999-12-31T23:59:59-14:00 0001-01-01T00:00:00+14:00""".split()
SHREDS += [b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe6", b" ", b"\r\n", b"<!DOCTYPE a>"]


def mutated(source: bytes, dice: random.Random) -> bytes:
    """A message with a few wounds: bytes lost, doubled, changed, and shreds of markup let in."""
    wounded = bytearray(source)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(wounded) + 1)
        until = min(len(wounded), at + dice.choice((0, 1, 1, 8, 60)))
        new = dice.choice((dice.choice(SHREDS), b"", bytes(wounded[at:until]) * 2, dice.randbytes(2)))
        wounded[at:until] = new
    return bytes(wounded)


@pytest.mark.parametrize("name", ALL)
def test_wounded_messages_are_read_or_refused_and_never_a_fault(name: str) -> None:
    source, dice = data(name), random.Random(name)
    found = [outcome(mutated(source, dice)) for _ in range(150)]
    assert any(isinstance(one, CapRefused) for one in found)


@made.patient
@given(st.data())
def test_messages_cut_and_joined_anywhere_are_read_or_refused(drawn: st.DataObject) -> None:
    first, second = (data(drawn.draw(st.sampled_from(ALL))) for _ in range(2))
    cut = drawn.draw(st.integers(0, len(first)))
    whole = first[:cut] + second[drawn.draw(st.integers(0, len(second))) :]
    assert isinstance(outcome(whole), CapMessage | CapRefused)
