"""Socket.IO packets: what is read, what is refused, what goes out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.realtime import packets

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=8,
)


def readable(text: str) -> bool:
    try:
        packets.read(text)
    except ValueError:
        return False
    return True


@given(JSON, st.none() | st.integers(0, 10**15 - 1))
def test_an_event_is_read_as_it_was_sent(value: object, number: int | None) -> None:
    text = f"2/player,{'' if number is None else number}" + json.dumps(["hello", value], ensure_ascii=False)
    assert packets.read(text) == ("2", "/player", number, ["hello", value])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("0", ("0", "/", None, None)), ("0/player", ("0", "/player", None, None)), ("1/desk,", ("1", "/desk", None, None)),
     ('0/desk?x=1,{"a":1}', ("0", "/desk", None, {"a": 1})), ('25["a"]', ("2", "/", 5, ["a"]))],
)  # fmt: skip
def test_joins_and_leaves_are_read(text: str, wanted: tuple[object, ...]) -> None:
    assert packets.read(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "4/player,{}", '51-["a",{"_placeholder":true,"num":0}]', "2", "2[]", "2{}", '2["a"', '2["a"]]', "0[1]",
     '2/player,["hello",NaN]', "2,[1]", "2/player," + "1" * 16 + '["a"]', '2٣["a"]', "7", "²"],
)  # fmt: skip
def test_what_no_peer_may_send_is_a_value_error(text: str) -> None:
    assert not readable(text)


@given(st.text())
def test_whatever_comes_is_a_packet_or_a_value_error(text: str) -> None:
    assert readable(text) in (True, False)


def test_what_goes_out_is_what_the_library_would_write() -> None:
    assert packets.event("/player", "hello", '{"a":1}') == '2/player,["hello",{"a":1}]'
    assert packets.event("/", "hello", "{}") == '2["hello",{}]'
    assert packets.ack("/player", 7, {"ok": True}) == '3/player,7[{"ok":true}]'
    assert packets.joined("/player", "s") == '0/player,{"sid":"s"}'
    assert packets.left("/player") == "1/player,"
    assert packets.refused("/desk", {"title": "否"}) == '4/desk,{"message":"否","data":{"title":"否"}}'
