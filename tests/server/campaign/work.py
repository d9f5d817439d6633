"""What people do meanwhile, through the front, and what they were promised: every answer is written down."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests

from tests.server.campaign.world import World

PLAYLISTS = 4
PAUSE_S = 1.2


@dataclass
class Said:
    """An alert as it was answered: ``ended`` once clearing it was, ``unsure`` while an act had no answer."""

    headline: str
    revision: int
    stored: bool
    ended: bool = False
    unsure: bool = False


@dataclass
class Line:
    """A playlist: the text that was promised last, and those since that had no answer."""

    name: str
    text: str = ""
    maybe: list[str] = field(default_factory=list)


@dataclass
class Promises:
    """All that was acknowledged."""

    alerts: dict[str, Said] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Staff(threading.Thread):
    """One person who never stops: alerts, changes, all-clears, edits."""

    def __init__(self, world: World, promises: Promises, seed: int) -> None:
        super().__init__(daemon=True)
        self._url, self._promises, self._random = f"{world.url}/api/v1", promises, Random(seed)
        self._screens = [one.screen for one in world.screens]
        self._caller = requests.Session()
        self._caller.headers["Authorization"] = f"Bearer {world.token}"
        body = {"name": f"staff {seed}", "scopes": ["*"]}
        secret = self._must("POST", "/tokens", body)["token"]  # each is somebody: nobody may issue without end
        self._caller.headers["Authorization"] = f"Bearer {secret}"
        self._ends, self._works, self._rests = threading.Event(), threading.Event(), threading.Event()
        self._works.set()
        self._number = 0
        self._seed = seed

    def prepare(self) -> None:
        """A few playlists, each on some screens."""
        for number in range(PLAYLISTS):
            text = f"{self._seed} 第 {number} 句"
            made = self._must("POST", "/playlists", {"name": text, "items": [_slogan(text)]})
            self._must("POST", f"/playlists/{made['id']}/submit", {})
            self._must("POST", "/slots", {"playlist": made["id"], "targets": {"all": True}, "priority": 50 + number})
            self._promises.lines[made["id"]] = Line(text, text)

    def rest(self, *, rests: bool) -> None:
        """Let it end what it does and do nothing more, or go on."""
        if not rests:
            self._works.set()
            return
        self._works.clear()
        self._rests.wait(60)

    def stop(self) -> None:
        """Let it end what it does, then stop."""
        self._ends.set()
        self._works.set()
        self.join(60)

    def run(self) -> None:
        acts = (self._issue, self._issue, self._clear, self._update, self._edit, self._edit)
        while not self._ends.wait(self._random.uniform(0, PAUSE_S)):
            if not self._works.is_set():
                self._rests.set()
                self._works.wait()
                self._rests.clear()
            act = self._random.choice(acts)
            with suppress(IndexError):  # nothing to do it to
                act()

    def _must(self, method: str, path: str, body: Any) -> Any:
        answer = self._caller.request(method, self._url + path, json=body, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def _try(self, method: str, path: str, body: Any, held: str = "") -> Any:
        """The answer to an act, or None when there was none that says anything; refusals are plain."""
        name = {1: "issue", 2: f"{method} playlist"}.get(path.count("/"), path.rpartition("/")[2])
        try:
            answer = self._caller.request(
                method, self._url + path, json=body, timeout=20, headers={"If-Match": held} if held else {}
            )
        except requests.RequestException:
            self._promises.counts[f"{name}: no answer"] += 1
            return None
        self._promises.counts[f"{name}: {answer.status_code}"] += 1
        if answer.status_code in (200, 201):
            return answer.json()
        return None if answer.status_code >= 500 else {}

    def _issue(self) -> None:
        self._number += 1
        headline = f"{self._seed}-{self._number} 疏散"
        everywhere = self._random.random() < 0.3
        targets = {"all": True} if everywhere else {"screens": self._random.sample(self._screens, 3)}
        order = {
            "status": "exercise", "severity": self._random.choice(["severe", "extreme", "moderate"]),
            "headline": headline, "targets": targets, "presentation": "takeover", "expires_in_s": 7_200,
        }  # fmt: skip
        self._promises.tried.append(headline)
        if made := self._try("POST", "/alerts", order):
            self._promises.alerts[made["id"]] = Said(headline, made["revision"], made["stored"])

    def _sure(self) -> str:
        return self._random.choice([k for k, one in self._promises.alerts.items() if not one.ended and not one.unsure])

    def _act(self, act: str, body: Any) -> tuple[Said, Any]:
        alert = self._sure()
        said = self._promises.alerts[alert]
        said.unsure = True
        answer = self._try("POST", f"/alerts/{alert}/{act}", body)
        if answer:
            said.revision, said.unsure = answer["revision"], False
            said.stored = said.stored and answer["stored"]
        elif answer == {}:
            said.unsure = said.unsure and not said.stored  # refused: it stands as it stood, if it stands
        return said, answer

    def _clear(self) -> None:
        said, answer = self._act("clear", {})
        said.ended = bool(answer)

    def _update(self) -> None:
        self._number += 1
        headline = f"{self._seed}-{self._number} 改道"
        said, answer = self._act("update", {"headline": headline})
        if answer:
            said.headline = headline

    def _edit(self) -> None:
        name = self._random.choice(
            [k for k, one in self._promises.lines.items() if one.name.startswith(f"{self._seed} ")]
        )
        line = self._promises.lines[name]
        found = self._try("GET", f"/playlists/{name}", None)
        if not found:
            return
        self._number += 1
        text = f"{self._seed}-{self._number} 安全第一"
        line.maybe.append(text)
        put = self._try("PUT", f"/playlists/{name}", {"items": [_slogan(text)]}, found["revision"])
        if put and self._try("POST", f"/playlists/{name}/submit", {}):
            line.text, line.maybe = text, []


def _slogan(text: str) -> dict[str, str]:
    return {"id": "i1", "kind": "slogan", "text": text}
