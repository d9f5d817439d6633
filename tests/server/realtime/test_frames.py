"""RFC 6455 frame by frame: every rule a peer may break, every way its bytes may be cut up."""

from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.realtime import frames
from server.realtime.frames import BINARY, BROKEN, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, Reader
from server.realtime.protocol import LARGEST_MESSAGE

MASK = b"\x37\xfa\x21\x3d"  # of the RFC's own example
SIZES = [0, 1, 124, 125, 126, 127, 128, 65_535, 65_536, 65_537, LARGEST_MESSAGE]


def sent(kind: int, payload: bytes, *, fin: bool = True, mask: bytes = MASK, reserved: int = 0) -> bytes:
    """A frame as a peer sends it."""
    size = len(payload)
    head = bytes([(0x80 if fin else 0) | reserved << 4 | kind])
    if size <= 125:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += bytes([0x80 | 126]) + struct.pack("!H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", size)
    masked = bytes(one ^ mask[n % 4] for n, one in enumerate(payload)) if any(mask) else payload
    return head + mask + masked


def quick(kind: int, payload: bytes, *, fin: bool = True) -> bytes:
    """A frame with a mask of zeros, for large ones."""
    return sent(kind, payload, fin=fin, mask=b"\0\0\0\0")


def read(*pieces: bytes) -> list[Frame]:
    reader = Reader()
    return [frame for piece in pieces for frame in reader.feed(piece)]


def text(message: str) -> Frame:
    return Frame(TEXT, text=message)


def broken(code: int = 1002) -> list[Frame]:
    return [Frame(BROKEN, code=code)]


# what is said in the RFC itself (5.7)


def test_the_examples_of_the_rfc() -> None:
    hello = bytes([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    assert read(hello) == [text("Hello")]
    assert frames.text("Hello") == bytes([0x81, 0x05]) + b"Hello"
    assert frames.frame(PONG, b"Hello") == bytes([0x8A, 0x05]) + b"Hello"
    assert frames.frame(BINARY, b"x" * 256)[:4] == bytes([0x82, 0x7E, 0x01, 0x00])
    assert frames.frame(BINARY, b"x" * 65_536)[:10] == bytes([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])


@pytest.mark.parametrize("size", SIZES)
def test_messages_of_every_length_of_length(size: int) -> None:
    assert read(quick(TEXT, b"*" * size)) == [text("*" * size)]
    assert read(quick(BINARY, b"\xfe" * size)) == [Frame(BINARY, b"\xfe" * size)]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_what_goes_out_is_one_frame_in_the_shortest_form(size: int) -> None:
    made = frames.frame(TEXT, b"x" * size)
    assert len(made) - size == (2 if size < 126 else 4 if size < 65_536 else 10)
    assert made[1] & 0x80 == 0
    assert made[0] == 0x81


# pings and pongs


@pytest.mark.parametrize("payload", [b"", b"Hello", bytes(range(125)), b"\0\xff\xfe\xfd\xfc\xfb\0\xff"])
def test_pings_and_pongs_carry_their_payload(payload: bytes) -> None:
    assert read(sent(PING, payload), sent(PONG, payload)) == [Frame(PING, payload), Frame(PONG, payload)]


@pytest.mark.parametrize("kind", [PING, PONG, CLOSE])
def test_a_control_frame_is_short_and_whole(kind: int) -> None:
    assert read(quick(kind, b"x" * 126)) == broken()
    assert read(sent(kind, b"", fin=False)) == broken()


def test_a_long_control_frame_is_refused_before_its_payload_comes() -> None:
    assert read(bytes([0x89, 0xFE])) == broken()


# reserved bits, reserved opcodes, masks, lengths


@pytest.mark.parametrize("kind", [CONTINUATION, TEXT, BINARY, PING, PONG, CLOSE])
@pytest.mark.parametrize("reserved", range(1, 8))
def test_reserved_bits_end_it(kind: int, reserved: int) -> None:
    assert read(sent(kind, b"", reserved=reserved)) == broken()


@pytest.mark.parametrize("kind", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"x" * 5])
def test_reserved_opcodes_end_it(kind: int, payload: bytes) -> None:
    assert read(sent(kind, payload)) == broken()


@pytest.mark.parametrize("kind", [TEXT, BINARY, PING, PONG, CLOSE])
def test_a_frame_without_a_mask_ends_it(kind: int) -> None:
    assert read(bytes([0x80 | kind, 0])) == broken()
    assert read(bytes([0x80 | kind, 5]) + b"Hello") == broken()


@pytest.mark.parametrize("size", [0, 1, 125])
def test_a_length_in_more_bytes_than_it_needs_ends_it(size: int) -> None:
    assert read(bytes([0x82, 0xFE]) + struct.pack("!H", size) + MASK + b"x" * size) == broken()
    assert read(bytes([0x82, 0xFF]) + struct.pack("!Q", size) + MASK + b"x" * size) == broken()


def test_a_length_of_16_bits_written_in_64_ends_it_too() -> None:
    assert read(bytes([0x82, 0xFF]) + struct.pack("!Q", 65_535) + MASK) == broken()


def test_a_length_with_its_highest_bit_set_ends_it() -> None:
    assert read(bytes([0x82, 0xFF]) + struct.pack("!Q", 1 << 63)) == broken()


def test_a_message_too_large_ends_it_before_it_comes() -> None:
    assert read(bytes([0x81, 0xFF]) + struct.pack("!Q", LARGEST_MESSAGE + 1)) == broken(1009)


def test_fragments_count_together_towards_the_limit() -> None:
    half = LARGEST_MESSAGE // 2
    first = quick(TEXT, b"x" * half, fin=False)
    assert read(first, quick(CONTINUATION, b"x" * half)) == [text("x" * (2 * half))]
    assert read(first, quick(CONTINUATION, b"x" * half, fin=False), quick(CONTINUATION, b"x")) == broken(1009)


def test_the_limit_counts_anew_for_the_next_message() -> None:
    large = quick(BINARY, b"x" * LARGEST_MESSAGE)
    assert [len(frame.data) for frame in read(large, large)] == [LARGEST_MESSAGE] * 2


# fragments


def test_a_message_in_fragments_is_joined() -> None:
    parts = [sent(TEXT, b"fra", fin=False), sent(CONTINUATION, b"gmen", fin=False), sent(CONTINUATION, b"t")]
    assert read(*parts) == read(b"".join(parts)) == [text("fragment")]


def test_empty_fragments_are_fragments() -> None:
    parts = [sent(TEXT, b"", fin=False), sent(CONTINUATION, b"", fin=False), sent(CONTINUATION, b"")]
    assert read(*parts) == [text("")]
    parts = [sent(TEXT, b"", fin=False), sent(CONTINUATION, b"middle", fin=False), sent(CONTINUATION, b"")]
    assert read(*parts) == [text("middle")]


def test_control_frames_come_between_fragments() -> None:
    parts = [sent(TEXT, b"a", fin=False), sent(PING, b"1"), sent(CONTINUATION, b"b", fin=False), sent(PONG, b"2")]
    assert read(*parts, sent(CONTINUATION, b"c")) == [Frame(PING, b"1"), Frame(PONG, b"2"), text("abc")]


def test_a_close_between_fragments_counts() -> None:
    assert read(sent(TEXT, b"a", fin=False), sent(CLOSE, b"\x03\xe8")) == [Frame(CLOSE, code=1000)]


@pytest.mark.parametrize("fin", [True, False])
def test_a_continuation_of_nothing_ends_it(fin: bool) -> None:
    assert read(sent(CONTINUATION, b"x", fin=fin)) == broken()
    assert read(sent(TEXT, b"whole"), sent(CONTINUATION, b"x", fin=fin)) == [text("whole"), *broken()]


@pytest.mark.parametrize("kind", [TEXT, BINARY])
def test_a_new_message_inside_another_ends_it(kind: int) -> None:
    assert read(sent(TEXT, b"a", fin=False), sent(kind, b"b")) == broken()


def test_the_frames_are_counted_fragments_too() -> None:
    reader = Reader()
    reader.feed(sent(TEXT, b"a", fin=False) + sent(PING, b"") + sent(CONTINUATION, b"b"))
    assert reader.frames == 3


# UTF-8

BAD_UTF8 = [
    b"\xcf", b"\x80", b"\xbf", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xfe",
    b"\xff", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xc1\xbf",
    "κόσμε".encode() + b"\xed\xa0\x80edited",
]  # fmt: skip


@pytest.mark.parametrize("payload", BAD_UTF8, ids=range(len(BAD_UTF8)))
def test_text_that_is_no_utf_8_ends_it(payload: bytes) -> None:
    assert read(sent(TEXT, payload)) == broken(1007)
    whole = [sent(TEXT, payload[:1], fin=False), sent(CONTINUATION, payload[1:])]
    assert read(*whole) == broken(1007)
    assert read(sent(CLOSE, b"\x03\xe8" + payload)) == broken(1007)


@pytest.mark.parametrize("message", ["κόσμε", "\u0000", "\ud7ff", "\ue000", "\ufffd", "\uffff", "\U0010ffff", "东门"])
def test_text_may_be_cut_anywhere_inside_a_character(message: str) -> None:
    payload = message.encode()
    for at in range(len(payload) + 1):
        assert read(sent(TEXT, payload[:at], fin=False), sent(CONTINUATION, payload[at:])) == [text(message)]


def test_binary_need_not_be_utf_8() -> None:
    assert read(sent(BINARY, b"\xff\xfe")) == [Frame(BINARY, b"\xff\xfe")]


# closing


def test_a_close_without_a_code_has_none() -> None:
    assert read(sent(CLOSE, b"")) == [Frame(CLOSE, code=1005)]


def test_a_close_with_half_a_code_ends_it() -> None:
    assert read(sent(CLOSE, b"\x03")) == broken()


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])
def test_a_close_tells_code_and_reason(code: int) -> None:
    assert read(sent(CLOSE, struct.pack("!H", code) + "再见".encode())) == [Frame(CLOSE, text="再见", code=code)]


@pytest.mark.parametrize("code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
def test_a_code_nobody_may_send_ends_it(code: int) -> None:
    assert read(sent(CLOSE, struct.pack("!H", code))) == broken()


def test_the_longest_reason_fits() -> None:
    assert read(sent(CLOSE, b"\x03\xe8" + b"x" * 123)) == [Frame(CLOSE, text="x" * 123, code=1000)]


def test_nothing_counts_after_a_close_or_an_error() -> None:
    assert read(sent(CLOSE, b"") + sent(TEXT, b"late"), sent(TEXT, b"later")) == [Frame(CLOSE, code=1005)]
    assert read(sent(TEXT, b"good") + sent(3, b"") + sent(TEXT, b"late"), sent(PING, b"")) == [text("good"), *broken()]


def test_close_frames_of_ours() -> None:
    assert frames.close(1008) == b"\x88\x02\x03\xf0"
    assert frames.close(1005) == b"\x88\x00"


# any bytes, any pieces

PAYLOADS = st.binary(max_size=300)
MESSAGES = st.lists(
    st.one_of(
        st.tuples(st.just(TEXT), st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(str.encode)),
        st.tuples(st.just(BINARY), PAYLOADS),
        st.tuples(st.sampled_from([PING, PONG]), st.binary(max_size=125)),
    ),
    max_size=6,
)


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    at = [0, *sorted(one % (len(data) + 1) for one in cuts), len(data)]
    return [data[begin:end] for begin, end in itertools.pairwise(at)]


@given(MESSAGES, st.binary(min_size=4, max_size=4), st.lists(st.integers(0, 10_000), max_size=8))
def test_however_the_bytes_are_cut_the_messages_are_the_same(
    messages: list[tuple[int, bytes]], mask: bytes, cuts: list[int]
) -> None:
    data = b"".join(sent(kind, payload, mask=mask) for kind, payload in messages)
    wanted = [text(payload.decode()) if kind == TEXT else Frame(kind, payload) for kind, payload in messages]
    assert read(*cut(data, cuts)) == wanted


@given(
    st.one_of(st.integers(120, 132), st.integers(0, 300)),
    st.one_of(st.integers(120, 132), st.integers(0, 300)),
    st.booleans(),
    st.characters(max_codepoint=255),
)
def test_a_text_alone_is_read_as_byte_by_byte_whatever_length_it_says(
    said: int, there: int, long: bool, letter: str
) -> None:
    head = bytes([0x81, 0xFE]) + struct.pack("!H", said) if long else bytes([0x81, 0x80 | said & 0x7F])
    data = head + b"\0\0\0\0" + letter.encode() * there
    assert read(data) == read(*(data[at : at + 1] for at in range(len(data))))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.lists(st.integers(0, 10_000), max_size=5))
def test_however_a_text_is_fragmented_it_is_the_same(message: str, cuts: list[int]) -> None:
    first, *rest = cut(message.encode(), cuts)
    parts = [sent(TEXT, first, fin=not rest), *(sent(CONTINUATION, part, fin=False) for part in rest[:-1])]
    if rest:
        parts.append(sent(CONTINUATION, rest[-1]))
    assert read(b"".join(parts)) == [text(message)]


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_whatever_comes_is_read_or_ends_it_and_never_raises(pieces: list[bytes]) -> None:
    found = read(*pieces)
    assert all(frame.kind in (TEXT, BINARY, PING, PONG) for frame in found[:-1])
    assert found == read(b"".join(pieces))


@given(st.binary(max_size=200).map(bytearray), st.integers(0, 199), st.integers(0, 255))
def test_one_flipped_byte_is_a_message_or_an_error_but_no_exception(payload: bytearray, at: int, value: int) -> None:
    data = bytearray(sent(BINARY, bytes(payload)) + sent(PING, b"x"))
    data[at % len(data)] = value
    assert all(frame.kind in (TEXT, BINARY, PING, PONG, CLOSE, BROKEN) for frame in read(bytes(data)))


@given(PAYLOADS, st.binary(min_size=4, max_size=4))
def test_unmasking_twice_is_what_it_was(payload: bytes, mask: bytes) -> None:
    assert frames.unmasked(mask, frames.unmasked(mask, payload)) == payload
    assert frames.unmasked(mask, payload) == bytes(one ^ mask[n % 4] for n, one in enumerate(payload))


def test_a_large_frame_in_small_pieces_is_not_looked_through_again_for_each() -> None:
    reader, data = Reader(), quick(BINARY, b"x" * 200_000)
    for at in range(0, 200_000, 2):
        assert reader.feed(data[at : at + 2]) == []
    assert len(reader.feed(data[200_000:])[0].data) == 200_000
