"""Which characters a font file can draw, read from its own tables."""

from __future__ import annotations

import struct
from bisect import bisect_right
from pathlib import Path

PCF_MAGIC = b"\x01fcp"
PCF_ENCODINGS = 32
NO_GLYPH = 0xFFFF


class Coverage:
    """A set of code points kept as sorted, non-overlapping ranges (57 000 characters are 400 pairs)."""

    def __init__(self, points: set[int]) -> None:
        starts: list[int] = []
        ends: list[int] = []
        for point in sorted(points):
            if ends and point == ends[-1] + 1:
                ends[-1] = point
            else:
                starts.append(point)
                ends.append(point)
        self._starts, self._ends = starts, ends

    def __contains__(self, point: int) -> bool:
        at = bisect_right(self._starts, point) - 1
        return at >= 0 and point <= self._ends[at]


def of_file(path: Path) -> Coverage:
    """Read the coverage of a TrueType, OpenType or PCF file."""
    data = path.read_bytes()
    return Coverage(_pcf(data) if data.startswith(PCF_MAGIC) else _sfnt(data))


def _sfnt(data: bytes) -> set[int]:
    """The Unicode character map of a TrueType or OpenType font: subtable format 12 if there is one, else 4."""
    tables = struct.unpack_from(">H", data, 4)[0]
    cmap = next(
        struct.unpack_from(">I", data, 12 + 16 * n + 8)[0]
        for n in range(tables)
        if data[12 + 16 * n : 16 + 16 * n] == b"cmap"
    )
    found: dict[int, int] = {}
    for n in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        offset = cmap + struct.unpack_from(">I", data, cmap + 4 + 8 * n + 4)[0]
        found[struct.unpack_from(">H", data, offset)[0]] = offset
    return _format_12(data, found[12]) if 12 in found else _format_4(data, found[4])


def _format_12(data: bytes, offset: int) -> set[int]:
    groups = struct.unpack_from(">I", data, offset + 12)[0]
    points: set[int] = set()
    for n in range(groups):
        first, last, glyph = struct.unpack_from(">III", data, offset + 16 + 12 * n)
        points.update(range(first + (glyph == 0), last + 1))
    return points


def _format_4(data: bytes, offset: int) -> set[int]:
    count = struct.unpack_from(">H", data, offset + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, offset + 14)
    starts = struct.unpack_from(f">{count}H", data, offset + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, offset + 16 + 4 * count)
    slots_at = offset + 16 + 6 * count
    slots = struct.unpack_from(f">{count}H", data, slots_at)
    points: set[int] = set()
    for n, (first, last, delta, slot) in enumerate(zip(starts, ends, deltas, slots, strict=True)):
        for point in range(first, last + 1):
            at = slots_at + 2 * n + slot + 2 * (point - first)
            glyph = struct.unpack_from(">H", data, at)[0] if slot else (point + delta) & 0xFFFF
            if glyph and point != NO_GLYPH:
                points.add(point)
    return points


def _pcf(data: bytes) -> set[int]:
    """The encodings table of an X11 Portable Compiled Format bitmap font."""
    for n in range(struct.unpack_from("<I", data, 4)[0]):
        kind, _form, _size, offset = struct.unpack_from("<IIII", data, 8 + 16 * n)
        if kind == PCF_ENCODINGS:
            return _pcf_encodings(data, offset)
    return set()


def _pcf_encodings(data: bytes, offset: int) -> set[int]:
    order = ">" if struct.unpack_from("<I", data, offset)[0] & 4 else "<"
    low, high, first, last, _default = struct.unpack_from(f"{order}5h", data, offset + 4)
    points = [(row << 8) | cell for row in range(first, last + 1) for cell in range(low, high + 1)]
    glyphs = struct.unpack_from(f"{order}{len(points)}H", data, offset + 14)
    return {point for point, glyph in zip(points, glyphs, strict=True) if glyph != NO_GLYPH}
