"""Writes notice.json: how alerts lie on screens of many sizes, as playlists/notice.py says and eyes approved."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from playlists.alert import Alert, Phase, Presentation, Severity, Status, Urgency
from playlists.notice import moment, notice

Json = dict[str, Any]
TARGET = Path(__file__).with_name("notice.json")
SCREENS = [
    (64, 16, "single"), (96, 16, "single"), (192, 16, "single"), (192, 16, "dual"), (320, 16, "dual"),
    (96, 12, "single"), (240, 24, "single"), (64, 32, "full"), (256, 32, "dual"), (128, 48, "dual"),
    (192, 48, "single"), (160, 96, "single"), (192, 96, "seven"), (256, 64, "dual"), (256, 128, "full"),
    (512, 128, "full"), (1024, 64, "full"), (768, 432, "full"), (1080, 1920, "full"), (1920, 1080, "full"),
]  # fmt: skip
GAS = Alert(
    "a1", 1, Phase.LIVE, Status.ACTUAL, Severity.EXTREME, Urgency.IMMEDIATE, Presentation.TAKEOVER,
    "Ⅰ级 红", "煤气泄漏 三号窑 撤离", "走东出口，到南门集合", 1_000, 1_000, 601_000,
)  # fmt: skip


def qr(modules: int = 25) -> tuple[str, ...]:
    """Rows that look like a code's."""
    rng = random.Random(modules)
    digits = -(-modules // 4)
    return tuple(f"{rng.getrandbits(modules) << (4 * digits - modules):0{digits}x}" for _ in range(modules))


ALERTS = [
    GAS,
    replace(GAS, code="7KMQ2X", qr=qr(), severity=Severity.MODERATE, label="Ⅲ级 黄"),
    replace(GAS, status=Status.EXERCISE, label="【演练】", headline="全员疏散 南门", severity=Severity.SEVERE),
    replace(GAS, presentation=Presentation.BANNER, severity=Severity.MINOR, label="Ⅳ级 蓝", text=""),
    replace(GAS, phase=Phase.CLEARED, label="【解除】", headline="三号窑煤气泄漏已处理完毕",
            text="各班组清点人数后返回岗位。"),
    replace(GAS, label="Level Ⅱ orange", severity=Severity.SEVERE, headline="Gas leak at kiln 3: leave now",
            text="Leave by the east exit and gather at the south gate. Call 6119.", code="7KMQ2X", qr=qr(29)),
    replace(GAS, status=Status.EXERCISE, presentation=Presentation.BANNER, label="[Drill]", headline="Everybody out",
            text="To https://example.org/a-long-address-nobody-can-break and back" * 3),
    replace(GAS, status=Status.EXERCISE, phase=Phase.CLEARED, label="【演练】【解除】", headline="演练结束", text=""),
    replace(GAS, headline=" 停电\u3000一车间\n请勿启动 ",
            text="停机，断电，按次序撤离；电话（内线）6119。𠮷野负责点名 é\u200b" * 5),
]  # fmt: skip


def write() -> None:
    """Write the file anew."""
    TARGET.write_text(text(), encoding="utf-8")


def text() -> str:
    """The file's text; the same every time."""
    cases = [case(screen, n) for screen in SCREENS for n in range(len(ALERTS))]
    return f'{{"alerts":{rows(map(asdict, ALERTS))},\n"cases":{rows(cases)}}}\n'


def rows(values: Iterable[Json]) -> str:
    """A list with one value a line."""
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in values)
    return "[\n" + ",\n".join(lines) + "\n]"


def case(screen: tuple[int, int, str], n: int) -> Json:
    """A screen, an alert, the notice, and what of it is on at some instants, alone and in a turn."""
    width, height, colour = screen
    shown = notice((width, height), colour, ALERTS[n])
    turns = [(0, 0), (2_999, 0), (3_001, 0), (123_456_789, 0), (7_000, 9_000), (0, 9_000)]
    instants = [[elapsed, length, 1_000 + elapsed] for elapsed, length in turns]
    moments = [asdict(moment(shown, *instant)) for instant in instants]
    return {"screen": screen, "alert": n, "notice": asdict(shown), "instants": instants, "moments": moments}


if __name__ == "__main__":
    write()
