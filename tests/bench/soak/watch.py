"""What is looked at each quarter of an hour, and what it comes to over a day."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import linear_regression, mean, median, pstdev

import sqlalchemy as sa

from server.tables import metadata
from tests.bench.soak.plant import Server

Sample = dict[str, float]
HOURS = (6, 12)  # told beside the first and the last
SMALL = 0.02  # of its size: less is no growth
PROBE_S = 20
PROOF = "kept for good: proof"
BOUNDS = {
    "plays": "PAOMADENG_PLAYS_DAYS, 400",
    "play_hours": "400 days", "audit": "PAOMADENG_AUDIT_DAYS, 400", "outbox": "400 days",
    "held_messages": "400 days", "commands": "30 days", "renditions": "30 days unused", "attempts": "a day",
    "sessions": "12 hours", "seen_signatures": "10 minutes", "nodes": "a day", "links": "30 days",
    "pairings": "10 minutes", "players": "30 days after their end", "assets": "7 days after they were put aside",
    "revision_assets": "as revisions", "alerts": PROOF, "alert_revisions": PROOF, "alert_steps": PROOF,
    "alert_groups": PROOF, "alert_screens": PROOF, "deliveries": PROOF, "alert_sightings": PROOF, "reviews": PROOF,
    "revisions": "proof if submitted; else 30 days", "screens": "made by hand", "database MB": "as its rows",
    "WAL MB": "as the longest read lets it", "media files": "7 days after they were put aside", "media MB": "the same",
    "log kB": "whoever keeps the log",
}  # fmt: skip


class Watch:
    """Looks at a server from outside, and through its window."""

    def __init__(self, server: Server, database: str = "") -> None:
        self._server, self.kinds = server, list[dict[str, int]]()
        self._engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://") if database else
                                        f"sqlite:///file:{server.data / 'paomadeng.db'}?mode=ro&uri=true")  # fmt: skip

    def sample(self, answers: Mapping[str, Sequence[float]]) -> Sample:
        """Everything now; ``answers`` are ms by what was asked since the last time."""
        found = self._process() | self._window() | self._files() | self._rows()
        return found | {f"{what}, median ms": median(taken) for what, taken in answers.items() if taken}

    def _process(self) -> Sample:
        assert self._server.process is not None
        pid = self._server.process.pid
        presses = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        status = _status(pid)
        return {
            "memory MB": status["VmRSS"] / 1_024, "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": status["Threads"], "presses": len(presses),
            "presses' memory MB": sum(_status(int(one)).get("VmRSS", 0) for one in presses) / 1_024,
        }  # fmt: skip

    def _window(self) -> Sample:
        assert self._server.process is not None
        path = Path(self._server.env["SOAK_PROBE"])
        path.unlink(missing_ok=True)
        self._server.process.send_signal(signal.SIGUSR2)
        end = time.monotonic() + PROBE_S
        while not path.exists():
            assert time.monotonic() < end, "the server does not look"
            time.sleep(0.05)
        told = json.loads(path.read_text())
        self.kinds.append(told["kinds"])
        return {"objects": told["objects"], "greenlets": told["greenlets"]}

    def _files(self) -> Sample:
        data = self._server.data
        media = [path.stat().st_size for path in _files_in(data / "media")]
        log = self._server.log.stat().st_size + self._server.out.stat().st_size
        database = list(data.glob("paomadeng.db*"))
        others = {*_files_in(data)} - {*_files_in(data / "media")} - {*database}
        loose = [*_files_in(Path(self._server.env["TMPDIR"]))]
        return {
            "media files": len(media), "media MB": sum(media) / 1e6, "log kB": log / 1e3,
            "other files in the folder": len(others), "temporary files": len(loose),
        } | self._database()  # fmt: skip

    def _database(self) -> Sample:
        path = self._server.data / "paomadeng.db"
        if self._engine.dialect.name == "postgresql":
            with self._engine.connect() as connection:
                size = connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
            return {"database MB": size / 1e6}
        wal = path.with_name(path.name + "-wal")
        return {"database MB": path.stat().st_size / 1e6, "WAL MB": wal.stat().st_size / 1e6 if wal.exists() else 0}

    def _rows(self) -> Sample:
        with self._engine.connect() as connection:
            counted = {
                name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }
        return {name: float(rows) for name, rows in counted.items()}

    def grown(self, before: int, after: int, most: int = 15) -> list[tuple[str, int, int]]:
        """(kind, number then, number now) of the objects that became most between two samples."""
        first, last = self.kinds[before], self.kinds[after]
        found = sorted(last, key=lambda kind: first.get(kind, 0) - last[kind])[:most]
        return [(kind, first.get(kind, 0), last[kind]) for kind in found]


def _status(pid: int) -> dict[str, float]:
    """The numbers of /proc's status; kB where they are sizes. Empty for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    fields = (line.replace(":", "").split() for line in lines)
    return {words[0]: float(words[1]) for words in fields if len(words) > 1 and words[1].isdigit()}


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# what it comes to -----------------------------------------------------------------------------------------------------


def slope(values: Sequence[float], hours: float) -> float:
    """By how much it grows a day, of a line through the second half; ``hours`` lie between two values."""
    half = values[len(values) // 2 :]
    return linear_regression(range(len(half)), half).slope * 24 / hours if len(half) > 1 else 0.0


def verdict(name: str, values: Sequence[float], hours: float) -> str:
    """What is to be said of it: that it is flat, what bounds it, or by how much it grows."""
    half = values[len(values) // 2 :]
    grows = slope(values, hours)
    step = grows * hours / 24
    noise = pstdev(value - step * place for place, value in enumerate(half))
    if step * len(half) <= max(SMALL * abs(mean(half)), 2 * noise):
        return "flat"
    if name in BOUNDS:
        bound = BOUNDS[name]
        return bound if bound == PROOF else f"bounded: {bound}"
    return f"**grows by {grows:,.1f} a day**"


def table(samples: Sequence[Sample], hours: float, later: Sample) -> list[str]:
    """A row for each resource that is there at all, those that are ever other than zero."""
    names = [name for name in samples[-1] if any(one.get(name) for one in samples)]
    at = [0, *(min(len(samples) - 1, round(hour / hours) - 1) for hour in HOURS), len(samples) - 1]
    lines = ["| | first | 6 h | 12 h | last | a day, by the second half | much later | |", "|---" * 8 + "|"]
    for name in names:
        values = [one[name] for one in samples if name in one]
        cells = [_cell(samples[place].get(name)) for place in at]
        cells += [f"{slope(values, hours):+,.1f}", _cell(later.get(name)), verdict(name, values, hours)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.1f}"
