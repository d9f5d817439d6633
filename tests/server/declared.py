"""Who may ask what, written down a second time: each operation's scope, a body it would take, and the open pages."""

from __future__ import annotations

from typing import Any

NOBODY_NEEDED = {
    "POST /api/v1/session", "POST /player/pairings", "POST /player/pair", "POST /hooks/<source>",
    "GET /healthz", "GET /readyz", "GET /metrics",
}  # fmt: skip
PLAYERS_ONLY = {
    "GET /player/programme", "POST /player/plays", "GET /player/time", "GET /player/alerts",
    "POST /player/alerts/proofs",
}  # fmt: skip
ANYONE_KNOWN = {"GET /media/<name>"}

SCOPES: dict[str, str] = {
    "read": """
        GET /api/v1/session | DELETE /api/v1/session | PUT /api/v1/session/password | PUT /api/v1/session/preferences
        GET /api/v1/site | GET /api/v1/screens | GET /api/v1/screens/<screen> | GET /api/v1/screens/<screen>/commands
        GET /api/v1/screens/<screen>/commands/<command> | GET /api/v1/screens/<screen>/players
        GET /api/v1/groups | GET /api/v1/groups/<group> | GET /api/v1/layouts | GET /api/v1/layouts/<layout>
        GET /api/v1/assets | GET /api/v1/assets/<asset> | GET /api/v1/assets/<asset>/thumbnail
        GET /api/v1/playlists | GET /api/v1/playlists/<playlist>
        GET /api/v1/playlists/<playlist>/revisions/<revision>
        GET /api/v1/playlists/<playlist>/revisions/<revision>/pages | GET /api/v1/reviews
        GET /api/v1/slots | GET /api/v1/slots/conflicts | GET /api/v1/slots/week | GET /api/v1/slots/<slot>
        GET /api/v1/screens/<screen>/programme | GET /api/v1/screens/<screen>/findings
        GET /api/v1/screens/<screen>/frame.png | GET /api/v1/screens/<screen>/strip.png
        GET /api/v1/screens/<screen>/cues | GET /api/v1/plays | GET /api/v1/alerts | GET /api/v1/alerts/<alert>
        GET /api/v1/alerts/<alert>/deliveries | GET /api/v1/cap/feed.atom | GET /api/v1/cap/<alert>.xml
        GET /api/v1/alert-templates | GET /api/v1/alert-templates/<template>
        GET /api/v1/alert-settings | GET /api/v1/alerts/<alert>/sightings | GET /api/v1/live-alerts
        GET /api/v1/organisations | GET /api/v1/organisations/<org>
        GET /api/v1/overview""",
    "content review": "POST /api/v1/playlists/<playlist>/withdraw",
    "people": """
        GET /api/v1/people | GET /api/v1/people/<person>
        POST /api/v1/people | PUT /api/v1/people/<person> | DELETE /api/v1/people/<person>
        POST /api/v1/people/<person>/link | GET /api/v1/tokens | POST /api/v1/tokens | DELETE /api/v1/tokens/<token>
        POST /api/v1/organisations | POST /api/v1/organisations/<org>/link""",
    "settings": """
        PUT /api/v1/organisations/<org>
        | PUT /api/v1/site | PUT /api/v1/alert-settings | GET /api/v1/webhooks | POST /api/v1/webhooks
        PUT /api/v1/webhooks/<webhook> | DELETE /api/v1/webhooks/<webhook> | POST /api/v1/webhooks/<webhook>/test
        GET /api/v1/outbox | GET /api/v1/alert-sources | POST /api/v1/alert-sources
        PUT /api/v1/alert-sources/<source> | DELETE /api/v1/alert-sources/<source>
        POST /api/v1/alert-sources/<source>/secret""",
    "screens": """
        POST /api/v1/screens | PUT /api/v1/screens/<screen> | DELETE /api/v1/screens/<screen>
        POST /api/v1/screens/<screen>/blank | POST /api/v1/screens/<screen>/unblank
        POST /api/v1/screens/<screen>/key | POST /api/v1/screens/<screen>/commands
        POST /api/v1/screens/<screen>/players/<player>/revoke
        POST /api/v1/groups | PUT /api/v1/groups/<group> | DELETE /api/v1/groups/<group>
        POST /api/v1/layouts | PUT /api/v1/layouts/<layout> | DELETE /api/v1/layouts/<layout>
        GET /api/v1/pairings/<code> | POST /api/v1/pairings/claim""",
    "content": """
        POST /api/v1/assets | PUT /api/v1/assets/<asset> | DELETE /api/v1/assets/<asset>
        POST /api/v1/assets/<asset>/restore | POST /api/v1/playlists | PUT /api/v1/playlists/<playlist>
        DELETE /api/v1/playlists/<playlist> | POST /api/v1/playlists/<playlist>/restore
        POST /api/v1/playlists/<playlist>/copy | POST /api/v1/playlists/<playlist>/submit
        POST /api/v1/playlists/check | POST /api/v1/markdown | POST /api/v1/slots | POST /api/v1/slots/check
        PUT /api/v1/slots/<slot> | DELETE /api/v1/slots/<slot> | POST /api/v1/slots/<slot>/restore
        POST /api/v1/slots/<slot>/pause | POST /api/v1/quick-lines | POST /api/v1/previews""",
    "alerts:issue": """
        POST /api/v1/alerts | POST /api/v1/alerts/<alert>/update | POST /api/v1/alerts/<alert>/clear
        POST /api/v1/alerts/<alert>/correct | POST /api/v1/alerts/<alert>/approve | POST /api/v1/alerts/<alert>/note
        POST /api/v1/alerts/<alert>/visited | POST /api/v1/cap | GET /api/v1/messages
        GET /api/v1/messages/<message> | POST /api/v1/messages/<message>/release
        POST /api/v1/messages/<message>/ignore""",
    "alerts:issue settings": """
        POST /api/v1/alert-templates | PUT /api/v1/alert-templates/<template>
        DELETE /api/v1/alert-templates/<template> | POST /api/v1/alert-templates/<template>/restore""",
    "review": "POST /api/v1/playlists/<playlist>/approve | POST /api/v1/playlists/<playlist>/return",
}

OPEN_PAGES = {
    "/favicon.ico", "/fonts/<name>", "/static/<path:name>", "/screen", "/screen/<path:name>", "/screen/faces/<name>",
    "/sign-in", "/sign-out", "/welcome/<secret>", "/language", "/theme",
    "/api/openapi.json", "/seen", "/seen/<code>",
}  # fmt: skip
HARMLESS_PAGES = {"/me", "/session/stay"}  # one's own password, one's own session


def declared() -> dict[str, tuple[str, ...]]:
    """For each operation the scopes of which one is enough; none for those that need no scope."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys((*NOBODY_NEEDED, *PLAYERS_ONLY, *ANYONE_KNOWN), ())
    for scopes, names in SCOPES.items():
        for name in names.replace("\n", "|").split("|"):
            if name.strip():
                found[name.strip()] = tuple(scopes.split())
    return found


def body_for(name: str, ids: dict[str, str]) -> Any:
    """A body that the operation would take from somebody who may; None when it takes none."""
    item = {"id": "i1", "kind": "slogan", "text": "当心机械伤人"}
    slot = {"playlist": ids["playlist"], "targets": {"screens": [ids["screen"]]}}
    strip = {"name": "新屏", "width": 192, "height": 16, "colour": "single"}
    words = {"title": "火灾", "headline": "着火了"}
    template = {"words": {"zh": words, "en": words}, "severity": "extreme", "expires_in_s": 600}
    bodies: dict[str, Any] = {
        "PUT /api/v1/session/password": {"old": "x", "new": "下班先断电再锁门喽好"},
        "PUT /api/v1/session/preferences": {"theme": "dark"},
        "POST /api/v1/people": {"login": "新人", "roles": [{"role": "owner"}]},
        "PUT /api/v1/people/<person>": {"roles": [{"role": "owner"}]},
        "POST /api/v1/tokens": {"name": "mine", "scopes": ["people"]},
        "PUT /api/v1/site": {"name": "换了"},
        "POST /api/v1/screens": strip,
        "PUT /api/v1/screens/<screen>": {"name": "换了"},
        "POST /api/v1/screens/<screen>/commands": {"kind": "reload"},
        "POST /api/v1/groups": {"name": "新组"},
        "PUT /api/v1/groups/<group>": {"name": "换了"},
        "POST /api/v1/layouts": {"width": 640, "height": 128, "kind": "full"},
        "PUT /api/v1/layouts/<layout>": {"name": "换了"},
        "POST /api/v1/pairings/claim": {"code": ids["code"], "screen": ids["screen"]},
        "PUT /api/v1/assets/<asset>": {"name": "换了"},
        "POST /api/v1/playlists": {"name": "新", "items": [item]},
        "PUT /api/v1/playlists/<playlist>": {"items": [item]},
        "POST /api/v1/playlists/<playlist>/copy": {},
        "POST /api/v1/playlists/<playlist>/submit": {},
        "POST /api/v1/playlists/<playlist>/approve": {"revision": ids["revision"]},
        "POST /api/v1/playlists/<playlist>/return": {"revision": ids["revision"], "reason": "改"},
        "POST /api/v1/playlists/<playlist>/withdraw": {},
        "POST /api/v1/playlists/check": {"items": [item], "screens": [ids["screen"]]},
        "POST /api/v1/markdown": {"text": "好"},
        "POST /api/v1/slots": slot,
        "POST /api/v1/slots/check": slot,
        "PUT /api/v1/slots/<slot>": slot | {"priority": 9},
        "POST /api/v1/slots/<slot>/pause": {"day": "2025-11-20"},
        "POST /api/v1/quick-lines": {"text": "好", "targets": {"all": True}},
        "POST /api/v1/previews": {"item": item, "screen": ids["screen"]},
        "POST /player/plays": {"plays": []},
        "POST /player/alerts/proofs": {"proofs": []},
        "POST /api/v1/alerts": {
            "status": "actual", "severity": "extreme", "headline": "煤气泄漏", "targets": {"screens": [ids["screen"]]},
        },
        "POST /api/v1/alert-templates": template | {"name": "new"},
        "PUT /api/v1/alert-templates/<template>": template,
        "PUT /api/v1/alert-settings": {"phone": "6119"},
        "POST /api/v1/alerts/<alert>/update": {"headline": "往东撤离"},
        "POST /api/v1/alerts/<alert>/clear": {},
        "POST /api/v1/alerts/<alert>/correct": {"text": "是误报"},
        "POST /api/v1/alerts/<alert>/note": {"note": "三号窑阀门渗漏"},
        "POST /api/v1/alerts/<alert>/visited": {"screen": ids["screen"]},
        "POST /api/v1/webhooks": {"name": "新群", "format": "wecom", "address": "https://qyapi.weixin.qq.com/send?key=x"},
        "PUT /api/v1/webhooks/<webhook>": {"name": "换了"},
        "POST /api/v1/alert-sources": {"name": "新探头", "kind": "hook"},
        "PUT /api/v1/alert-sources/<source>": {"enabled": False},
        "POST /api/v1/messages/<message>/release": {},
        "POST /api/v1/organisations": {"name": "三厂"},
        "PUT /api/v1/organisations/<org>": {"airtime": 20},
    }  # fmt: skip
    return bodies.get(name)
