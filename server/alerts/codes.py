"""The short code by which people acknowledge an alert, and its QR code as rows of hexadecimal digits."""

from __future__ import annotations

from server.ids import new_code

LENGTH = 6
PATH = "/seen/"


def fresh(taken: set[str]) -> str:
    """A code nobody else reads off a wall."""
    code = new_code(LENGTH)
    while code in taken:
        code = new_code(LENGTH)
    return code


def plain(code: str) -> str:
    """A code as typed by hand, made comparable."""
    return "".join(code.split()).replace("-", "").upper()[:8]


def qr(address: str, code: str) -> list[str]:
    """The QR code of the page behind ``code``: a row a string, a bit a module, padded on the right to whole digits."""
    import segno  # slow to import, and most alerts do without

    rows = segno.make(address + PATH + code, error="m", micro=False).matrix
    return [_hex("".join(map(str, row))) for row in rows]


def _hex(bits: str) -> str:
    digits = -(-len(bits) // 4)
    return f"{int(bits.ljust(4 * digits, '0'), 2):0{digits}x}"
