"""Makes the faces that players set alerts in, from the fonts we ship: `python -m tests.gate.faces [--check]`."""

from __future__ import annotations

import hashlib
import io
import struct
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "media" / "fonts"
NAMES = ROOT / "players" / "screen" / "facenames.js"
BITMAP, BOLD = FONTS / "notice-16.bin", FONTS / "notice-bold.woff2"
ROWS, BASELINE = 16, 14
MORE = "\u00b7\u2013\u2022\u20ac\u2103\u3013"  # used in Chinese and English text, and not all of them in GB 2312
MAGIC = b"PMN1"
MADE_AT = 3_786_912_000  # 2024-01-01 in seconds since 1904, so that the same sources give the same bytes


def characters() -> list[str]:
    """GB 2312, ASCII, Latin-1 and a few more, in order of code point; a test holds the server's words against them."""
    found = {chr(point) for point in (*range(0x20, 0x7F), *range(0xA1, 0x100))} - {"\xad"} | set(MORE)
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            found.update(bytes((row, cell)).decode("gb2312", errors="ignore"))
    return sorted(found)


def bitmap() -> bytes:
    """GNU Unifont's own dots: magic, counts of narrow and wide cells, their code points, then 16 rows of 1 or 2 bytes.

    Numbers are little-endian and of two bytes; the topmost row comes first, the leftmost dot is the highest bit.
    """
    font = ImageFont.truetype(FONTS / "unifont.otf", ROWS, layout_engine=ImageFont.Layout.BASIC)
    cells: dict[int, list[tuple[int, bytes]]] = {8: [], 16: []}
    for char in characters():
        cells[round(font.getlength(char))].append((ord(char), dots(font, char)))
    narrow, wide = cells[8], cells[16]
    points = [point for point, _ in (*narrow, *wide)]
    head = MAGIC + struct.pack(f"<2H{len(points)}H", len(narrow), len(wide), *points)
    return head + b"".join(data for _, data in (*narrow, *wide))


def dots(font: ImageFont.FreeTypeFont, char: str) -> bytes:
    """A character's cell, one bit a dot."""
    cell = Image.new("1", (round(font.getlength(char)), ROWS))
    draw = ImageDraw.Draw(cell)
    draw.fontmode = "1"
    draw.text((0, BASELINE), char, fill=1, font=font, anchor="ls")
    return cell.tobytes()


def bold() -> bytes:
    """Noto Sans SC Bold cut down to the same characters, without hints and features."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(
        flavor="woff2", hinting=False, layout_features=[], name_IDs=[0, 1, 2, 13, 14], notdef_outline=True,
        recalc_timestamp=False,
        drop_tables=[*subset.Options().drop_tables, "GPOS", "GSUB", "GDEF", "BASE", "vhea", "vmtx"],
    )  # fmt: skip
    font = TTFont(FONTS / "NotoSansSC-Bold.ttf", recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(char) for char in characters()])
    cutter.subset(font)
    font["head"].modified = font["head"].created = MADE_AT
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return out.getvalue()


def names(made: dict[Path, bytes]) -> bytes:
    """The module that tells the player what its faces are called: by what they hold."""
    said = {path: f'"{hashlib.sha256(data).hexdigest()}{path.suffix}"' for path, data in made.items()}
    lines = (
        "/** The faces of alerts, named by what they hold; `python -m tests.gate.faces` writes this. */\n",
        f"export const FACE_16 = {said[BITMAP]};",
        f"export const FACE_BOLD = {said[BOLD]};\n",
    )
    return "\n".join(lines).encode()


def main(arguments: list[str]) -> int:
    """Write the faces and their names, or say which of them are not what the sources give."""
    made = {BITMAP: bitmap(), BOLD: bold()}
    made[NAMES] = names(made)
    if "--check" not in arguments:
        for path, data in made.items():
            path.write_bytes(data)
        return 0
    stale = [path.name for path, data in made.items() if not path.is_file() or path.read_bytes() != data]
    if stale:
        print(f"not what the fonts give: {', '.join(stale)}; run python -m tests.gate.faces and commit them")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
